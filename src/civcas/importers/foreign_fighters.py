"""ICSR's estimates of foreign fighters in Syria and Iraq by country of origin, low and high, as of two days."""

from __future__ import annotations

from civcas.importers.dating import period
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Plan, as_published, constant, number


def estimates(given: Given) -> Plan:
    indicator = {
        "name": constant("foreign fighters in Syria and Iraq"),
        "country": as_published(given, "country"),
        **period(given, "icsr.date"),
        "value": number(given, "icsr.mean"),
        "low": number(given, "icsr.low"),
        "high": number(given, "icsr.high"),
        "unit": constant("people"),
        "source": constant("International Centre for the Study of Radicalisation"),
    }
    return Plan(tables={"indicator": indicator})


ENTRY = Importer(
    name="foreign_fighters",
    title="Foreign fighters in Syria and Iraq",
    publisher="International Centre for the Study of Radicalisation",
    licence="CC BY 3.0",
    redistribute=True,
    citation="Neumann, P. 2015. Foreign fighter total in Syria/Iraq now exceeds 20,000. ICSR.",
    page="https://icsr.info",
    yields=("indicator",),
    layouts=(
        Layout(
            name="by country and day",
            expected=("country", "icsr.date", "icsr.low", "icsr.high"),
            plan=estimates,
            blank_words=("NA",),
        ),
    ),
    notes="Dated before September 2015: no effect of anything later can be read from it.",
)
