"""Answers for a rate or a ratio of incidents: gather, count, resample, split, say."""

from __future__ import annotations

import time
from dataclasses import dataclass
from typing import Any

import numpy as np

from civcas.catalog import Tables
from civcas.measures.incidents import contested
from civcas.measures.incidents.asked import LEVEL, REPLICATES, SEED, Amount, amounts, checked, reading_of
from civcas.measures.incidents.comparison import Chance, Sample, chance, sample
from civcas.measures.incidents.parts import Split, recorder_errors, split
from civcas.measures.incidents.rows import Mask, Rows, gather
from civcas.measures.incidents.speech import notes, per_unit, rate_sentence, ratio_sentence
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question made ready: the rows, which of them its reading counts, and the sample to resample."""

    reading: Reading
    exposures: tuple[Amount, ...]
    rows: Rows
    counted: Mask
    given: Sample
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


def ask(tables: Tables, *, belligerents: tuple[str, ...], words: dict[str, Any]) -> Asked:
    """Read the words of the options and gather what they ask for."""
    chosen = {name: value for name, value in words.items() if value is not None}
    level, replicates = chosen.get("level", LEVEL), chosen.get("replicates", REPLICATES)
    checked(level=level, replicates=replicates)
    reading = reading_of(belligerents, {"exposure": "day", **chosen})
    exposures = amounts(reading, chosen.get("amount"))
    windows = [reading.window_of(side) for side in range(len(belligerents))]
    rows = gather(tables, belligerents=belligerents, area=chosen.get("area"), windows=windows)
    counted = rows.counted(reading.grades, reading.attribution)
    return Asked(
        reading=reading, exposures=exposures, rows=rows, counted=counted,
        given=sample(rows, counted, reading.bound, tuple(amount.middle for amount in exposures)),
        level=level, replicates=replicates, seed=chosen.get("seed", SEED), weight=chosen.get("contested_weight", 0.5),
    )  # fmt: skip


def answered(name: str, asked: Asked, started: float) -> Answer:
    """The estimate or refusal for one side (a rate) or two (a ratio)."""
    if (refused := _refused(name, asked)) is not None:
        return refused
    drawn = chance(asked.given, level=asked.level, replicates=asked.replicates, seed=asked.seed)
    parts = split(asked.rows, asked.reading, asked.exposures, drawn)
    low, high, level, kind = _interval(drawn, parts, asked.level)
    two = len(asked.exposures) == 2
    return Estimate(
        measure=name,
        value=drawn.value,
        low=low,
        high=high,
        level=level,
        interval=kind,
        n=len(asked.given.numbers),
        counted="incidents",
        unit="times" if two else "civilians killed" + per_unit(asked.exposures),
        reading=asked.reading,
        says=(ratio_sentence if two else rate_sentence)(asked.reading, drawn, parts, asked.exposures),
        notes=notes(asked.rows, asked.counted, asked.reading, asked.exposures, drawn),
        diagnostics=_diagnostics(asked, drawn, parts) | ({"order": _order(asked)} if two else {}),
        seed=asked.seed,
        seconds=time.perf_counter() - started,
    )


def _interval(
    drawn: Chance, parts: Split, level: float
) -> tuple[float | None, float | None, float | None, IntervalKind]:
    """The bootstrap interval; where there are too few incidents for one, the counting range, as bounds without a level."""
    if drawn.given:
        return drawn.low, drawn.high, level, IntervalKind.BOOTSTRAP
    counting = next(part for part in parts.parts if part.name == "counting range")
    if counting.low == counting.high:
        return None, None, None, IntervalKind.NONE
    return _finite(counting.low), _finite(counting.high), None, IntervalKind.BOUNDS


def _refused(name: str, asked: Asked) -> Refusal | None:
    sides = _counts(asked)
    for side, found in sides.items():
        reason, needs = _lacking(side, found)
        if reason:
            return Refusal(measure=name, reason=reason, needs=needs, reading=asked.reading, diagnostics=sides)
    if not np.isfinite(asked.given.value):
        return Refusal(
            measure=name,
            reason=f"{_labels(asked.reading)[1]} has no recorded civilian killed under this reading, so the ratio has no finite value",
            needs="a reference with recorded deaths, or the two rates on their own (incident_rate)",
            reading=asked.reading,
            diagnostics=sides,
        )
    return None


def _counts(asked: Asked) -> dict[str, dict[str, int]]:
    rows, open_ = asked.rows, contested.shares(asked.rows).open
    made = {}
    for index, label in enumerate(_labels(asked.reading)):
        here = rows.side == index
        mine = asked.counted & here
        made[label] = {
            "recorded": int(here.sum()), "incidents": int(mine.sum()), "contested": int((mine & open_).sum()),
            "without a number": int((mine & rows.without_a_number).sum()),
        }  # fmt: skip
    return made


def _lacking(side: str, found: dict[str, int]) -> tuple[str, str]:
    """Why this side carries no number, and what would mend it; two empty texts where it does."""
    if not found["incidents"]:
        every = f", though {found['recorded']} are recorded" if found["recorded"] else ""
        return (
            f"no incident of {side} is counted under this reading{every}",
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


def _labels(reading: Reading) -> list[str]:
    """The sides by name; where both are the same belligerent, with their windows."""
    if len(set(reading.belligerents)) == len(reading.belligerents):
        return list(reading.belligerents)
    return [f"{name} ({reading.window_of(side)})" for side, name in enumerate(reading.belligerents)]


def _diagnostics(asked: Asked, drawn: Chance, parts: Split) -> dict[str, Any]:
    rows, counted, reading, exposures, given = asked.rows, asked.counted, asked.reading, asked.exposures, asked.given
    open_ = contested.shares(rows).open
    reach = contested.bounds(rows, counted, given.exposure)
    weighted = contested.weighted(
        rows, counted, reading.bound, given.exposure, weight=asked.weight, draws=drawn.replicates, seed=asked.seed
    )
    weighted = weighted[~np.isnan(weighted)]
    return {
        "sides": {
            label: _side(rows, counted, side, exposures[side], drawn) for side, label in enumerate(_labels(reading))
        },
        "interval_method": drawn.method,
        "wider_interval": list(drawn.wider) if drawn.wider else None,
        "replicates": drawn.replicates,
        "standard_error_of_log": drawn.deviation,
        "uncertainty": {part.name: part.to_dict() for part in parts.parts},
        "dominant": parts.dominant.name,
        "all_choices_together": _pair(parts.low, parts.high),
        "counting_range_with_chance": _pair(*parts.with_chance) if parts.with_chance else None,
        "contested": {
            "incidents": int((counted & open_).sum()),
            "bounds": _pair(*reach),
            "weight": asked.weight,
            "weighted_median": float(np.median(weighted)),
            "weighted_interval": _pair(*np.quantile(weighted, [0.025, 0.975], method="higher").tolist()),
        },
        "assumes": ["equal detection of both sides"] if len(exposures) == 2 else ["recorded deaths only"],
    }


def _order(asked: Asked) -> dict[str, Any]:
    """Whose rate is higher, claimed only if both bounds agree and every interval that can be given leaves 1 out."""
    samples = [sample(asked.rows, asked.counted, bound, asked.given.exposure) for bound in Bound]
    both = [chance(each, level=asked.level, replicates=asked.replicates, seed=asked.seed) for each in samples]
    given = [each for each in both if each.given]
    higher = all(each.value > 1 for each in both) and all((each.low or 0.0) > 1 for each in given)
    lower = all(each.value < 1 for each in both) and all(each.high is not None and each.high < 1 for each in given)
    claimed = _labels(asked.reading)[0 if higher else 1] if given and (higher or lower) else None
    return {"higher": claimed} | {
        f"at {bound}": {"value": _finite(each.value), "low": each.low, "high": each.high, "method": each.method}
        for bound, each in zip(Bound, both, strict=True)
    }


def _side(rows: Rows, counted: Mask, side: int, amount: Amount, drawn: Chance) -> dict[str, Any]:
    mine = counted & (rows.side == side)
    return {
        "incidents": int(mine.sum()),
        "without_a_number": int((mine & rows.without_a_number).sum()),
        "killed_min": float(np.nansum(rows.low[mine])),
        "killed_max": float(np.nansum(np.where(np.isnan(rows.high), rows.low, rows.high)[mine])),
        "equal_incidents": round(drawn.like_incidents[side], 1),
        "exposure": amount.low if amount.low == amount.high else [amount.low, amount.high],
        "exposure_unit": amount.unit,
        "if_recorders_err": {k: list(v) for k, v in recorder_errors(rows, counted, side).items()},
    }


def _pair(low: float, high: float) -> list[float | None]:
    return [_finite(low), _finite(high)]


def _finite(number: float) -> float | None:
    return float(number) if np.isfinite(number) else None
