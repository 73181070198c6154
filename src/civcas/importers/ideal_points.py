"""Ideal points of countries in the UN General Assembly, estimated from their votes, by session."""

from __future__ import annotations

from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import Column, Plan, as_published, computed, constant, number, whole

ALWAYS = ("session", "Countryname")
ALSO = {
    "Countryname": ("Country", "CountryName"),
    "IdealPoint": ("IdealPointAll",),
    "Q5%": ("Q5%All", "Q5All"),
    "Q95%": ("Q95%All", "Q95All"),
}


def sessions(given: Given) -> Plan:
    """Session n began in the year 1945 + n; the value stands for that calendar year, low and high are the 5% and 95% quantiles."""
    return _plan(given, "", "ideal point in the UN General Assembly, all votes")


def middle_east(given: Given) -> Plan:
    return _plan(given, "MiddleEast", "ideal point in the UN General Assembly, votes on the Middle East")


def _plan(given: Given, about: str, name: str) -> Plan:
    session = whole(given, "session", at_least=1, at_most=given.latest.year - 1945)
    year = f"TRY(CAST({session.value} AS INTEGER) + 1945)"
    indicator = {
        "name": constant(name),
        "country": as_published(given, "Countryname"),
        "period_start": Column(value=f"TRY(make_date({year}, 1, 1))", fails=session.fails, because=session.because),
        "period_end": computed(f"TRY(make_date({year}, 12, 31))"),
        "value": number(given, f"IdealPoint{about}"),
        "low": number(given, f"Q5%{about}"),
        "high": number(given, f"Q95%{about}"),
        "unit": constant("position on the first dimension of voting"),
        "source": constant("Bailey, Strezhnev and Voeten"),
    }
    return Plan(tables={"indicator": indicator})


ENTRY = Importer(
    name="ideal_points",
    title="United Nations General Assembly ideal points",
    publisher="Bailey, Strezhnev and Voeten",
    licence="MIT",
    redistribute=True,
    citation="Bailey, M., Strezhnev, A. and Voeten, E. 2017. Estimating Dynamic State Preferences from UN Voting Data. "
    "Journal of Conflict Resolution 61(2).",
    page="https://dataverse.harvard.edu/dataset.xhtml?persistentId=doi:10.7910/DVN/LEJUQZ",
    yields=("indicator",),
    encodings=("iso-8859-1",),
    layouts=(
        Layout(name="all votes", expected=(*ALWAYS, "IdealPoint"), plan=sessions, also=ALSO, blank_words=("NA",)),
        Layout(name="votes on the Middle East", expected=(*ALWAYS, "IdealPointMiddleEast"), plan=middle_east, also=ALSO,
               blank_words=("NA",)),
    ),
    notes="Positions are relative to the votes of a session; a change may come from the agenda.",
)  # fmt: skip
