"""Answers for a rate or a ratio of incidents: gather, count, resample, split, say."""

from __future__ import annotations

import time
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


def answer(
    name: str, tables: Tables, *, belligerents: tuple[str, ...], started: float, words: dict[str, Any]
) -> Answer:
    """The estimate or refusal for one side (a rate) or two (a ratio)."""
    level = words.get("level") or LEVEL
    replicates = words.get("replicates") or REPLICATES
    seed = SEED if words.get("seed") is None else words["seed"]
    checked(level=level, replicates=replicates)
    reading = reading_of(belligerents, {"exposure": "day", **words})
    exposures = amounts(reading, words.get("amount"))
    rows = gather(
        tables, belligerents=belligerents, area=words.get("area"),
        windows=[reading.window_of(side) for side in range(len(belligerents))],
    )  # fmt: skip
    counted = rows.counted(reading.grades, reading.attribution)
    given = sample(rows, counted, reading.bound, tuple(a.middle for a in exposures))
    if (refused := _refused(name, rows, counted, reading, given)) is not None:
        return refused
    drawn = chance(given, level=level, replicates=replicates, seed=seed)
    parts = split(rows, reading, exposures, drawn)
    counting = next(part for part in parts.parts if part.name == "counting range")
    weight = 0.5 if words.get("contested_weight") is None else words["contested_weight"]
    return Estimate(
        measure=name,
        value=drawn.value,
        low=drawn.low if drawn.given else _finite(counting.low),
        high=drawn.high if drawn.given else _finite(counting.high),
        level=level if drawn.given else None,
        interval=IntervalKind.BOOTSTRAP if drawn.given else IntervalKind.BOUNDS,
        n=len(given.numbers),
        counted="incidents",
        unit="times" if len(exposures) == 2 else "civilians killed" + per_unit(exposures),
        reading=reading,
        says=(ratio_sentence if len(exposures) == 2 else rate_sentence)(reading, drawn, parts, exposures),
        notes=notes(rows, counted, reading, exposures, drawn),
        diagnostics=_diagnostics(rows, counted, reading, exposures, given, drawn, parts, weight, seed)
        | ({"order": _order(rows, counted, reading, exposures, level, replicates, seed)} if len(exposures) == 2 else {}),
        seed=seed,
        seconds=time.perf_counter() - started,
    )


def _refused(name: str, rows: Rows, counted: Mask, reading: Reading, given: Sample) -> Refusal | None:
    totals = {
        side: {
            "incidents": int((counted & (rows.side == index)).sum()),
            "without a number": int((counted & (rows.side == index) & rows.without_a_number).sum()),
            "contested": int((rows.contested & (rows.side == index)).sum()),
        }
        for index, side in enumerate(_labels(reading))
    }
    for index, (side, found) in enumerate(totals.items()):
        if not found["incidents"]:
            every = int((rows.side == index).sum())
            because = f", though {every} are recorded ({found['contested']} of them contested)" if every else ""
            return Refusal(
                measure=name,
                reason=f"no incident of {side} is counted under this reading{because}",
                needs="other gradings or attribution (--grades, --attribution), or another window",
                reading=reading,
                diagnostics=totals,
            )
        if found["incidents"] == found["without a number"]:
            return Refusal(
                measure=name,
                reason=f"none of the {found['incidents']} incidents of {side} has a number of killed; unknown is not zero",
                needs="counts for these incidents",
                reading=reading,
                diagnostics=totals,
            )
    if not np.isfinite(given.value):
        return Refusal(
            measure=name,
            reason=f"{_labels(reading)[1]} has no recorded civilian killed under this reading, so the ratio has no finite value",
            needs="a reference with recorded deaths, or the difference of the two rates",
            reading=reading,
            diagnostics=totals,
        )
    return None


def _labels(reading: Reading) -> list[str]:
    """The sides by name; where both are the same belligerent, with their windows."""
    if len(set(reading.belligerents)) == len(reading.belligerents):
        return list(reading.belligerents)
    return [f"{name} ({reading.window_of(side)})" for side, name in enumerate(reading.belligerents)]


def _diagnostics(
    rows: Rows,
    counted: Mask,
    reading: Reading,
    exposures: tuple[Amount, ...],
    given: Sample,
    drawn: Chance,
    parts: Split,
    weight: float,
    seed: int,
) -> dict[str, Any]:
    share = contested.shares(rows)
    reach = contested.bounds(rows, counted, given.exposure)
    weighted = contested.weighted(
        rows, counted, reading.bound, given.exposure, weight=weight, draws=drawn.replicates, seed=seed
    )
    weighted = weighted[~np.isnan(weighted)]
    return {
        "sides": {
            label: _side(rows, counted, side, exposures[side], drawn) for side, label in enumerate(_labels(reading))
        },
        "interval_method": drawn.method,
        "replicates": drawn.replicates,
        "standard_error_of_log": drawn.deviation,
        "uncertainty": {part.name: part.to_dict() for part in parts.parts},
        "dominant": parts.dominant.name,
        "all_choices_together": _pair(parts.low, parts.high),
        "counting_range_with_chance": _pair(*parts.with_chance) if parts.with_chance else None,
        "contested": {
            "incidents": int((counted & share.open).sum()),
            "bounds": _pair(*reach),
            "weight": weight,
            "weighted_median": float(np.median(weighted)),
            "weighted_interval": _pair(*np.quantile(weighted, [0.025, 0.975], method="higher").tolist()),
        },
        "assumes": ["equal detection of both sides"] if len(exposures) == 2 else ["recorded deaths only"],
    }


def _order(
    rows: Rows, counted: Mask, reading: Reading, exposures: tuple[Amount, ...], level: float, replicates: int, seed: int
) -> dict[str, Any]:
    """Whose rate is higher, claimed only if both bounds agree and every interval that can be given leaves 1 out."""
    middles = tuple(a.middle for a in exposures)
    both = [chance(sample(rows, counted, bound, middles), level=level, replicates=replicates, seed=seed) for bound in Bound]
    given = [each for each in both if each.given]
    higher = all(each.value > 1 for each in both) and all((each.low or 0.0) > 1 for each in given)
    lower = all(each.value < 1 for each in both) and all(each.high is not None and each.high < 1 for each in given)
    claimed = _labels(reading)[0 if higher else 1] if given and (higher or lower) else None
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
