"""Rates of belligerents and their ratios under several readings at once, by the measures of the package, refusals included."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import ibis

from civcas.catalog import Tables
from civcas.drawing.frame import Figure
from civcas.drawing.interval_plot import Interval, interval_plot
from civcas.errors import CivcasError
from civcas.measures import rate, rate_ratio
from civcas.register.periods import NOWHERE
from civcas.terms.estimate import Answer, Estimate
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound, Exposure, Grades, Grading
from civcas.terms.window import Window
from civcas.web import charts, periods
from civcas.web.language import Language
from civcas.web.marking import LETTERS
from civcas.web.page import Asked
from civcas.web.query import Query
from civcas.web.site import Site

SIDES = 4  # belligerents compared, those named most
READ_AS = (
    (Grades.FAIR_CONFIRMED, Bound.MIN),
    (Grades.FAIR_CONFIRMED, Bound.MAX),
    (Grades.ALL_BUT_DISCOUNTED, Bound.MIN),
    (Grades.ALL_BUT_DISCOUNTED, Bound.MAX),
)  # fmt: skip
WIDE = 50  # how many times the lowest the highest may be before the axis is logarithmic
NEEDED = ("harm_by_period", "strike", "figure")


@dataclass(frozen=True, slots=True, kw_only=True)
class Rated:
    """One belligerent, or one against another, under one reading: a number with its interval, or why there is none."""

    belligerents: tuple[str, ...]
    reading: Reading
    answer: Answer | None
    refused: str = ""

    @property
    def estimate(self) -> Estimate | None:
        return self.answer if isinstance(self.answer, Estimate) else None


@dataclass(frozen=True, slots=True, kw_only=True)
class Rates:
    """Every rate and ratio asked for; `notes` each once, in the order met."""

    rates: tuple[Rated, ...]
    ratios: tuple[Rated, ...]
    exposure: Exposure
    area: str = ""
    window: Window | None = None

    def grouped(self, kind: str) -> dict[tuple[str, ...], list[Rated]]:
        """Rates or ratios by whom they are about; readings refused for one reason stand once."""
        groups: dict[tuple[str, ...], list[Rated]] = {}
        for each in self.rates if kind == "rates" else self.ratios:
            groups.setdefault(each.belligerents, []).append(each)
        return {
            who: all_of[:1] if len({r.refused for r in all_of}) == 1 and all_of[0].refused else all_of
            for who, all_of in groups.items()
        }

    @property
    def notes(self) -> list[str]:
        made = [r.estimate for r in (*self.rates, *self.ratios)]
        return list(dict.fromkeys(note for e in made if e for note in e.notes))


def rates(site: Site, query: Query) -> Rates:
    """Under the query's area, window, attribution and exposure: rates by lowest and highest number, by two sets of gradings.

    Without a window, every whole month of the data; without an area, the one with most incidents. Remembered, since nothing changes.
    """
    key = ("rates", query.area, query.window, query.attribution, query.exposure, query.belligerents)
    return site.remember(key, lambda: _rates(site, query))


def _rates(site: Site, query: Query) -> Rates:
    exposure = Exposure.MONTH if query.exposure is Exposure.NONE else query.exposure
    area = query.area or _largest(site, "area")
    sides = query.belligerents[:SIDES] or tuple(_named(site, area)[:SIDES])
    window = query.window or _span(site, area, sides)
    if not sides or not window:
        return Rates(rates=(), ratios=(), exposure=exposure, area=area, window=window)
    tables = _tables(site)
    usual: dict[str, Any] = {
        "area": area,
        "window": window,
        "attribution": str(query.attribution),
        "exposure": str(exposure),
    }
    single = [
        Reading.of(belligerents=(side,), grades=str(grades), bound=str(bound), **usual)
        for side in sides
        for grades, bound in READ_AS
    ]
    pairs = [
        Reading.of(belligerents=(sides[0], side), grades=str(grades), bound=str(bound), **usual)
        for side in sides[1:]
        for grades, bound in READ_AS
    ]
    return Rates(
        rates=tuple(_answered(rate.answer, tables, r) for r in single),
        ratios=tuple(_answered(rate_ratio.answer, tables, r) for r in pairs),
        exposure=exposure, area=area, window=window,
    )  # fmt: skip


def _answered(measure: Any, tables: Tables, reading: Reading) -> Rated:
    """The answer; what the measure cannot be asked at all is told as its refusal, in its first sentence."""
    try:
        answer: Answer = measure(tables, reading)
    except CivcasError as refused:
        return Rated(belligerents=reading.belligerents, reading=reading, answer=None, refused=refused.found)
    why = "" if isinstance(answer, Estimate) else " ".join(p for p in (answer.reason, answer.needs) if p)
    return Rated(belligerents=reading.belligerents, reading=reading, answer=answer, refused=why)


def figure(asked: Asked) -> Figure | None:
    """The rates as dots with their intervals, one row a belligerent and reading; the refused stand in the table with their reason."""
    found, words = rates(asked.site, asked.query), asked.language
    if not any(r.estimate for r in found.rates):
        return None
    exposure = words.word("exposure", found.exposure)
    rows = [_row(r, words) for r in found.rates]
    ends = [v for row in rows for v in (row.value, row.low, row.high) if v is not None]
    return interval_plot(
        rows, id="rates", title=words.plain("chart.rates", exposure=exposure),
        description=words.plain("chart.rates.description"), axis=words.plain("chart.rates", exposure=exposure),
        caption=words.plain("chart.rates.caption"), reading=says(found, words, asked.query), citation=charts.cited(asked),
        logarithmic=min(ends) > 0 and max(ends) > WIDE * min(ends),
    )  # fmt: skip


def says(found: Rates, words: Language, query: Query) -> str:
    """What all readings of the table share, in words."""
    area = words.plain("area.not_recorded") if found.area == NOWHERE else found.area
    parts = [area, words.when(*_ends(found.window)), words.word("attribution", query.attribution)]
    return " · ".join(p for p in parts if p)


def reading_of(rated: Rated, words: Language) -> str:
    """What tells one reading of the table from the others."""
    return f"{words.word('grades', rated.reading.grades)}, {words.word('bound', rated.reading.bound)}"


def _row(rated: Rated, words: Language) -> Interval:
    letters = " ".join(LETTERS[g] for g in Grading if g in rated.reading.grades.gradings)
    label = f"{rated.belligerents[0]} · {letters} · {words.word('bound', rated.reading.bound)}"
    made = rated.estimate
    if made is None:
        return Interval(label=label, value=None, says=rated.refused)
    return Interval(
        label=label,
        value=made.value,
        low=made.low,
        high=made.high,
        says=f"{reading_of(rated, words)}; n = {made.n:,} {made.counted}",
    )


def _ends(window: Window | None) -> tuple[str | None, str | None]:
    return (window.first.isoformat(), window.last.isoformat()) if window else (None, None)


def _tables(site: Site) -> Tables:
    def make() -> Tables:
        engine = ibis.duckdb.connect()
        for name in NEEDED:
            engine.create_table(name, site.table(name))
        held: Mapping[str, ibis.Table] = {name: engine.table(name) for name in NEEDED}
        return held

    return site.remember("rate tables", make)


def _largest(site: Site, column: str) -> str:
    found = site.ask(f"SELECT {column} AS word FROM harm_by_period GROUP BY 1 ORDER BY sum(incidents) DESC, 1 LIMIT 1")
    return str(found[0]["word"]) if found else ""


def _named(site: Site, area: str) -> list[str]:
    found = site.ask(
        "SELECT belligerent FROM harm_by_period WHERE area = ? GROUP BY 1 ORDER BY sum(incidents) DESC, 1", (area,)
    )
    return [row["belligerent"] for row in found]


def _span(site: Site, area: str, sides: tuple[str, ...]) -> Window | None:
    """The months in which all of these belligerents are recorded; where there are none, every month in which any of them is.

    Recorded in are the months of the span that holds most of a belligerent's incidents, not the earliest date met: see `totals.months`.
    """
    spans = [span for side in sides if (span := periods.recorded(site, area, side))]
    if not spans:
        return None
    first, last = max(s[0] for s in spans), min(s[-1] for s in spans)
    if first > last:
        first, last = min(s[0] for s in spans), max(s[-1] for s in spans)
    return Window.parse(f"{first}..{last}")
