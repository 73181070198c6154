"""Answers for a rate or a ratio of incidents: gather, count, resample, split, say."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from civcas.catalog import Tables
from civcas.measures.identifying import unidentifiable_incidents
from civcas.measures.incidents import contested
from civcas.measures.incidents.asked import LEVEL, REPLICATES, SEED, Amount, amounts, checked, reading_of
from civcas.measures.incidents.comparison import Chance, Sample, chance, sample
from civcas.measures.incidents.diagnosis import Interval, diagnostics, interval_of
from civcas.measures.incidents.months import FEWEST_MONTHS, MonthDoubt, month_doubt
from civcas.measures.incidents.panel import panel
from civcas.measures.incidents.parts import split
from civcas.measures.incidents.ranges import open_sum, range_chance
from civcas.measures.incidents.rows import Mask, Rows, gather
from civcas.measures.incidents.speech import notes, per_unit, rate_sentence, ratio_sentence, side_labels
from civcas.terms.estimate import Answer, Estimate, Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound, Estimand, Exposure

IN_TIME = (Exposure.DAY, Exposure.MONTH, Exposure.NONE)
"""What is divided by time, so that its months' own variation is in the interval."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question made ready: the rows, which of them its reading counts, and the sample to resample.

    `months` says of each side how far its months may lie from the rate behind them; None where the question has no time in it.
    """

    reading: Reading
    exposures: tuple[Amount, ...]
    rows: Rows
    counted: Mask
    given: Sample
    months: tuple[MonthDoubt | None, ...]
    level: float
    replicates: int
    seed: int
    weight: float

    @property
    def rates_change_with_incidents(self) -> bool:
        """Whether moving an incident moves the divisor too (deaths per incident)."""
        return any(amount.middle is None for amount in self.exposures)

    @property
    def fixed_exposure(self) -> tuple[float, float]:
        one, other = (amount.middle for amount in self.exposures)
        assert one is not None and other is not None
        return one, other

    @property
    def end(self) -> Bound:
        """The end of each count at which the value is taken; that of a range is its lowest."""
        return Bound.MAX if self.reading.bound is Bound.MAX else Bound.MIN

    def sampled(self, *bounds: Bound) -> Sample:
        """The sample with each side counted at its own end."""
        return sample(self.rows, self.counted, bounds, self.given.exposure)

    def chance(self, given: Sample, *, level: float | None = None) -> Chance:
        """The interval of a sample of this question; none where its months are too few."""
        why = too_few_months(self.reading)
        if why or self.reading.estimand is Estimand.AS_IT_WAS:
            return Chance(
                value=given.value, low=None, high=None, method=why or "none: the number is of the records as they were",
                deviation=float("nan"), like_incidents=given.like_incidents(), replicates=self.replicates,
            )  # fmt: skip
        return chance(given, level=level or self.level, replicates=self.replicates, seed=self.seed, months=self.months)


def ask(tables: Tables, *, name: str, belligerents: tuple[str, ...], words: dict[str, Any]) -> Asked | Refusal:
    """Read the words of the options and gather what they ask for; refused where the data cannot tell who acted."""
    chosen = {name: value for name, value in words.items() if value is not None}
    level, replicates = chosen.get("level", LEVEL), chosen.get("replicates", REPLICATES)
    checked(level=level, replicates=replicates)
    reading = reading_of(belligerents, {"exposure": "day", **chosen})
    exposures = amounts(reading, chosen.get("amount"))
    if (
        refused := unidentifiable_incidents(tables, measure=name, reading=reading, area=chosen.get("area"))
    ) is not None:
        return refused
    windows = [reading.window_of(side) for side in range(len(belligerents))]
    rows = gather(tables, belligerents=belligerents, area=chosen.get("area"), windows=windows)
    counted = rows.counted(reading.grades, reading.attribution)
    bound = Bound.MAX if reading.bound is Bound.MAX else Bound.MIN
    return Asked(
        reading=reading, exposures=exposures, rows=rows, counted=counted,
        given=sample(rows, counted, (bound,) * len(windows), tuple(amount.middle for amount in exposures)),
        months=months_of(rows, counted, reading),
        level=level, replicates=replicates, seed=chosen.get("seed", SEED), weight=chosen.get("contested_weight", 0.5),
    )  # fmt: skip


def too_few_months(reading: Reading) -> str:
    """Why no interval over time can be given, or an empty text."""
    shortest = min(
        (reading.window_of(s).months for s in range(len(reading.belligerents)) if _in_time(reading, s)), default=None
    )
    if shortest is None or shortest >= FEWEST_MONTHS:
        return ""
    return f"none: a window of {shortest} month{'s' if shortest > 1 else ''} cannot show how months vary; it takes {FEWEST_MONTHS}"


def _in_time(reading: Reading, side: int) -> bool:
    return reading.exposure_of(side) in IN_TIME


def months_of(rows: Rows, counted: Mask, reading: Reading) -> tuple[MonthDoubt | None, ...]:
    """What each side's months leave open; None where nothing is divided by time, for too few months, or no incident."""
    windows = [reading.window_of(side) for side in range(len(reading.belligerents))]
    usable = counted & rows.with_a_number
    if too_few_months(reading) or not usable.any():
        return (None,) * len(windows)
    made = panel(rows, usable, windows)
    doubts: list[MonthDoubt | None] = []
    for side in range(len(windows)):
        mine = made.side == side
        some = _in_time(reading, side) and made.incidents[mine].any()
        doubts.append(month_doubt(incidents=made.incidents[mine], days=made.days[mine]) if some else None)
    return tuple(doubts)


def answered(name: str, asked: Asked | Refusal, started: float) -> Answer:
    """The estimate or refusal for one side (a rate) or two (a ratio)."""
    if isinstance(asked, Refusal):
        return asked
    if (refused := _refused(name, asked)) is not None:
        return refused
    drawn = asked.chance(asked.given)
    parts = split(asked.rows, asked.reading, asked.exposures, drawn)
    if asked.reading.bound is Bound.RANGE:
        drawn = range_chance(asked.sampled, asked.chance, drawn, parts.identified, asked.months, asked.level)
    interval = Interval.of(asked.reading, drawn, parts.identified, asked.level)
    two = len(asked.exposures) == 2
    return Estimate(
        measure=name,
        value=asked.given.value,
        low=interval.low,
        high=interval.high,
        level=interval.level,
        interval=interval.kind,
        n=len(asked.given.numbers),
        counted="incidents with a number",
        unit="times" if two else "civilians killed" + per_unit(asked.exposures),
        reading=asked.reading,
        says=(ratio_sentence if two else rate_sentence)(asked.reading, drawn, parts, asked.exposures),
        notes=notes(asked.rows, asked.counted, asked.reading, asked.exposures, drawn),
        diagnostics=diagnostics(asked, drawn, parts),
        seed=asked.seed,
        seconds=time.perf_counter() - started,
        estimand=asked.reading.estimand,
        interval_of=interval_of(asked.reading, interval),
        identified=parts.identified,
        effective=float(min(drawn.like_incidents)),
    )


def _refused(name: str, asked: Asked) -> Refusal | None:
    sides = _counts(asked)

    def because(reason: str, needs: str) -> Refusal:
        return Refusal(measure=name, reason=reason, needs=needs, reading=asked.reading, diagnostics=sides)

    for side, found in sides.items():
        reason, needs = _lacking(side, found)
        if reason:
            return because(reason, needs)
    if asked.reading.bound is Bound.MAX and (why := open_sum(asked.rows, asked.counted, side_labels(asked.reading))):
        return because(*why)
    if not np.isfinite(asked.given.value):
        return because(
            f"{side_labels(asked.reading)[1]} has no recorded civilian killed under this reading, so the ratio has no finite value",
            "a reference with recorded deaths, or the two rates on their own (incident_rate)",
        )
    return None


def _counts(asked: Asked) -> dict[str, dict[str, int]]:
    rows, open_ = asked.rows, contested.shares(asked.rows).open
    left_out = rows.left_out(asked.reading.grades, asked.reading.attribution)
    made = {}
    for index, label in enumerate(side_labels(asked.reading)):
        here = rows.side == index
        mine = asked.counted & here
        made[label] = {
            "recorded": int(here.sum()), "incidents": int(mine.sum()), "contested": int((mine & open_).sum()),
            "without a number": int((mine & rows.without_a_number).sum()), "left out": int((left_out & here).sum()),
        }  # fmt: skip
    return made


def _lacking(side: str, found: dict[str, int]) -> tuple[str, str]:
    """Why this side carries no number, and what would mend it; two empty texts where it does."""
    if not found["incidents"]:
        every = f", though {found['recorded']} are recorded" if found["recorded"] else ""
        wrong = f"; {found['left out']} left out, since their numbers cannot be" if found["left out"] else ""
        return (
            f"no incident of {side} is counted under this reading{every}{wrong}",
            "other gradings or attribution (--grades, --attribution), or another window",
        )
    if found["incidents"] == found["without a number"]:
        return (
            f"none of the {found['incidents']} incidents of {side} has a number of killed; unknown is not zero",
            "counts for these incidents",
        )
    if found["incidents"] == found["contested"]:
        return contested.whose_cannot_be_told(found["incidents"], side)
    return "", ""
