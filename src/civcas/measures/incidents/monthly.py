"""One belligerent's monthly counts as a measure asks for them: which incidents, what is counted, over what exposure."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from civcas.catalog import Option, Tables
from civcas.errors import UnknownName
from civcas.measures.identifying import unidentifiable_incidents
from civcas.measures.incidents.asked import READING_OPTIONS, reading_of
from civcas.measures.incidents.contested import all_contested
from civcas.measures.incidents.panel import Panel, panel
from civcas.measures.incidents.ranges import open_sum
from civcas.measures.incidents.rows import Floats, gather
from civcas.measures.incidents.speech import notes_of_rows
from civcas.terms.estimate import Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound

COUNTED = ("deaths", "incidents")
DIVISORS = ("day", "incident")

MONTHLY_OPTIONS = (
    Option(name="belligerent", help="who is alleged to have acted", required=True),
    Option(name="of", help="deaths or incidents", default="deaths"),
    Option(name="per", help="day, or incident (deadlier incidents rather than more of them)", default="day"),
    Option(name="province", help="only incidents in this province"),
    Option(name="strike_status", help="only incidents with this strike status"),
    *READING_OPTIONS,
)
COUNTED_MONTHS = "A month without a recorded incident counts as 0: nothing recorded, which is not nothing done."
REPORTING = "A change in reporting looks the same as a change in violence; the last months are often incomplete (civcas measure delay)."


@dataclass(frozen=True, slots=True, kw_only=True)
class Monthly:
    """Counts of whole or cut months in order, with the exposure of each and where the months lie."""

    reading: Reading
    panel: Panel
    counts: Floats
    exposure: Floats
    unit: str
    notes: tuple[str, ...]

    @property
    def labels(self) -> list[str]:
        return [self.panel.label(row) for row in range(len(self.counts))]


def monthly(
    name: str, tables: Tables, *, belligerent: str, of: str = "deaths", per: str = "day", province: str | None = None,
    strike_status: str | None = None, **words: Any,
) -> Monthly | Refusal:  # fmt: skip
    """Gather and add up; refused where nothing is counted, or nothing counted has a number."""
    for given, known, where in ((of, COUNTED, "--of"), (per, DIVISORS, "--per")):
        if given not in known:
            raise UnknownName(where.strip("-"), given, known, where=where)
    reading = reading_of((belligerent,), {"exposure": per, **words})
    if reading.bound is Bound.RANGE:
        raise UnknownName("bound", "range", (str(Bound.MIN), str(Bound.MAX)), where="--bound")
    if (
        unknown_there := unidentifiable_incidents(tables, measure=name, reading=reading, area=words.get("area"))
    ) is not None:
        return unknown_there
    windows = [reading.window_of(0)]
    rows = gather(tables, belligerents=(belligerent,), area=words.get("area"), windows=windows)
    counted = rows.counted(reading.grades, reading.attribution)
    for wanted, values, what in (
        (province, rows.province, "province"),
        (strike_status, rows.strike_status, "strike status"),
    ):
        if wanted is not None:
            if wanted not in values:
                raise UnknownName(what, wanted, sorted(set(values)))
            counted &= values == wanted
    if not counted.any() or (of == "deaths" and not (counted & ~rows.without_a_number).any()):
        return Refusal(
            measure=name, reason=f"no incident of {belligerent} with what is to be counted lies in {windows[0]}",
            needs="another window, gradings, attribution or filter", reading=reading,
        )  # fmt: skip
    if (refused := all_contested(name, rows, counted, reading)) is not None:
        return refused
    if of == "deaths" and reading.bound is Bound.MAX and (why := open_sum(rows, counted, (belligerent,))) is not None:
        return Refusal(measure=name, reason=why[0], needs="the lowest numbers (--bound min)", reading=reading)
    # deaths per incident are over incidents with a number: unknown is not zero
    made = panel(rows, counted & rows.with_a_number if of == "deaths" and per == "incident" else counted, windows)
    counts = made.incidents if of == "incidents" else made.low if reading.bound is Bound.MIN else made.high
    notes = [COUNTED_MONTHS, REPORTING]
    notes += notes_of_rows(rows, counted, reading) if of == "deaths" else ()
    kept = made.incidents > 0 if per == "incident" else np.ones(len(counts), bool)
    return Monthly(
        reading=reading, panel=_kept(made, kept), counts=counts[kept],
        exposure=(made.incidents if per == "incident" else made.days)[kept],
        unit=("recorded deaths" if of == "deaths" else "recorded incidents") + f" per {per}", notes=tuple(notes),
    )  # fmt: skip


def _kept(made: Panel, kept: Any) -> Panel:
    return Panel(**{name: getattr(made, name)[kept] for name in Panel.__dataclass_fields__})
