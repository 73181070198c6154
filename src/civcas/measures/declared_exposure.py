"""How much a belligerent says it did in a window: strikes, sorties or munitions, from what was published about other spans.

Militaries publish totals over spans of their own. A total is used for a window only where the two spans are alike: days in both over
days in either at least `ALIKE`. It is then taken by days (total × days of the window ÷ days of its own span), which assumes an even
pace, and the result says so. Where nothing is alike, there is no exposure and the measure refuses.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import ibis

from civcas.terms.vocabulary import Exposure
from civcas.terms.window import Window

ALIKE = 0.75
DIFFERENT = 1.1

# How publishers word a declared total of each unit, and the unit they print. A first-published value that was revised is not used.
WORDED = {
    Exposure.STRIKE: (re.compile(r"^declared (airstrikes|strikes)( \(own figure\))?$"), "strikes", "strike"),
    Exposure.SORTIE: (re.compile(r"^declared (combat )?(sorties|missions)(, minimum)?$"), "sorties", "sortie"),
    Exposure.MUNITION: (re.compile(r"^munitions released( \(revised\))?$"), "munitions", "munition"),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredTotal:
    """A number of actions over a span, as published or worked out from two published totals."""

    amount: float
    span: Window
    days_known: int
    source: str
    is_minimum: bool = False

    def likeness(self, window: Window) -> float:
        """Days in both over days in either, where days of the span on which nothing was published do not count."""
        share = self.days_known / self.span.days
        both = self.span.overlap_days(window) * share
        return both / (self.days_known + window.days - both)


@dataclass(frozen=True, slots=True, kw_only=True)
class DeclaredExposure:
    """What a window is divided by, and the sentence that says what was used and how far it is off."""

    amount: float
    note: str


@dataclass(frozen=True, slots=True, kw_only=True)
class NoExposure:
    """Why there is nothing fair to divide by, and what would be."""

    reason: str
    needs: str


Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Published:
    """What was published on one area, read once: totals (figures), and declared actions by period (strikes)."""

    area: str
    figures: tuple[Row, ...]
    strikes: tuple[Row, ...]

    @classmethod
    def of(cls, tables: Mapping[str, ibis.Table], *, area: str) -> Published:
        return cls(area=area, figures=_figures(tables, area), strikes=_strikes(tables, area))


def _figures(tables: Mapping[str, ibis.Table], area: str) -> tuple[Row, ...]:
    if "figure" not in tables:
        return ()
    figure, units = tables["figure"], [printed for _, printed, _ in WORDED.values()]
    rows = figure.filter(figure.area == area, figure.unit.isin(units)).order_by("figure_id")
    return tuple(rows.to_pyarrow().to_pylist())


def _strikes(tables: Mapping[str, ibis.Table], area: str) -> tuple[Row, ...]:
    """Declared actions of each belligerent, unit and period; days without a release are unknown, not zero."""
    if "strike" not in tables:
        return ()
    strike, units = tables["strike"], [counted for _, _, counted in WORDED.values()]
    rows = strike.filter(strike.area == area, strike.unit.isin(units), strike.strike_status == "declared")
    return tuple(
        rows.group_by("belligerent", "unit", "period_start", "period_end")
        .agg(strikes=rows.strikes_min.sum(), days=rows.days_declared.sum(), source=rows.declared_by.max())
        .to_pyarrow()
        .to_pylist()
    )


def match(published: Published, *, belligerent: str, unit: Exposure, window: Window) -> DeclaredExposure | NoExposure:
    """The published total most like the window, taken to its days; or why none is fair."""
    area = published.area
    found = [*_totals(published.figures, belligerent, unit), *_monthly(published.strikes, belligerent, unit, window)]
    actions = f"{unit.removeprefix('declared ')}s"
    if not found:
        return NoExposure(
            reason=f"no declared {actions} of the {belligerent} in {area} are in these tables",
            needs=f"the number of {actions} the {belligerent} declared in {area} in {window}",
        )
    best = max(found, key=lambda total: (total.likeness(window), -total.span.first.toordinal()))
    likeness = best.likeness(window)
    others = [total.amount * window.days / total.days_known for total in found if total.likeness(window) >= ALIKE]
    if likeness < ALIKE:
        return NoExposure(
            reason=(
                f"the nearest total of {actions} declared by the {belligerent} in {area} covers {best.span}, "
                f"which is {likeness:.0%} alike to {window}; {ALIKE:.0%} is asked for"
            ),
            needs=f"{actions} of the {belligerent} declared for {window} or nearly that span",
        )
    amount = best.amount * window.days / best.days_known
    return DeclaredExposure(
        amount=amount, note=_note(best, window, amount, belligerent, actions, likeness) + _rivals(others, amount)
    )


def _note(best: DeclaredTotal, window: Window, amount: float, belligerent: str, actions: str, likeness: float) -> str:
    least = "at least " if best.is_minimum else ""
    said = f"{belligerent}: {least}{best.amount:,.0f} declared {actions} over {best.days_known} days of {best.span} ({best.source})"
    if best.span == window and best.days_known == window.days:
        return said
    taken = f"taken by days as {amount:,.0f} for the {window.days} days of {window}"
    return f"{said}, {taken}; spans {likeness:.0%} alike, an even pace assumed"


def _rivals(others: list[float], amount: float) -> str:
    """Other totals as fair for this window, where they would give another number."""
    if max(others) <= DIFFERENT * amount and min(others) >= amount / DIFFERENT:
        return ""
    return f"; other totals as fair for this window would give {min(others):,.0f} to {max(others):,.0f}"


def _totals(figures: Sequence[Row], belligerent: str, unit: Exposure) -> Iterator[DeclaredTotal]:
    """Published totals, and the differences of two totals that run from the same day."""
    wording, printed, _ = WORDED[unit]
    rows = [row for row in figures if row["belligerent"] == belligerent and row["unit"] == printed]
    totals = [
        DeclaredTotal(
            amount=row["value_low"],
            span=(span := Window(row["period_start"], row["period_end"])),
            days_known=span.days,
            source=row["source_title"],
            is_minimum=row["value_high"] is None,
        )
        for row in rows
        if wording.match(row["measure"]) and row["value_low"] is not None
    ]
    yield from totals
    for shorter in totals:
        for longer in totals:
            nested = shorter.span.first == longer.span.first and shorter.span.last < longer.span.last
            exact = not shorter.is_minimum and not longer.is_minimum
            if nested and exact and longer.amount > shorter.amount:
                yield _difference(shorter, longer)


def _difference(shorter: DeclaredTotal, longer: DeclaredTotal) -> DeclaredTotal:
    after = Window.parse(f"{shorter.span.last}..{longer.span.last}")
    span = Window(type(after.first).fromordinal(after.first.toordinal() + 1), after.last)
    return DeclaredTotal(
        amount=longer.amount - shorter.amount,
        span=span,
        days_known=span.days,
        source=f"worked out from two published totals: {longer.source}, less {shorter.source}",
    )


def _monthly(strikes: Sequence[Row], belligerent: str, unit: Exposure, window: Window) -> Iterator[DeclaredTotal]:
    """The window's own periods of a declared series."""
    counted = WORDED[unit][2]
    inside = [
        row
        for row in strikes
        if row["belligerent"] == belligerent
        and row["unit"] == counted
        and row["period_start"] >= window.first
        and row["period_end"] <= window.last
    ]
    amount = sum(row["strikes"] or 0 for row in inside)
    if amount:
        span = Window(min(row["period_start"] for row in inside), max(row["period_end"] for row in inside))
        days = sum(row["days"] or 0 for row in inside)
        source = max(row["source"] for row in inside if row["source"] is not None)
        yield DeclaredTotal(amount=amount, span=span, days_known=days, source=source)
