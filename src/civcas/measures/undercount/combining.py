"""Combining: strata added up, and several versions of the same lists (imputations, ways to link) made one answer."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from time import perf_counter
from typing import Any

import numpy as np

from civcas.errors import BadInput
from civcas.measures.undercount import strata as by_strata
from civcas.measures.undercount.fitness import MEASURE
from civcas.measures.undercount.lower_bound import WARNING, LowerBound, median, summed
from civcas.measures.undercount.method import Method, Wish
from civcas.measures.undercount.methods import MISSES, with_draws
from civcas.measures.undercount.pooling import ADVISED, Pooled, Replicate, pool
from civcas.measures.undercount.speech import ESTIMAND, in_words, warnings_first
from civcas.measures.undercount.strata import Strata
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal

IMPUTATIONS = 40
ADDED = "The limits of the strata are added, as if all erred in the same direction: the interval is wide rather than narrow."


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One stratum of one version of the lists: its estimate, and what pooling needs of it."""

    found: Estimate
    replicate: Replicate
    bound: LowerBound


def stratified(
    strata: Strata, chosen: Method, wish: Wish, *, missing: str = "impute", imputations: int = IMPUTATIONS,
    combine: str = "medians",
) -> Answer:  # fmt: skip
    """Strata estimated one by one and added up; people of unknown stratum are imputed, or dropped with a warning."""
    began = perf_counter()
    filled = (
        by_strata.impute(strata, times=imputations, seed=wish.seed)
        if missing == "impute" and strata.unknown
        else [replace(strata, unknown=None)]
    )
    parts = _parts(filled, chosen, wish, [f"imputation {turn + 1}" for turn in range(len(filled))])
    if isinstance(parts, Refusal):
        return replace(parts, diagnostics={**parts.diagnostics, "documented": strata.whole.n})
    told = _summed(parts, strata, wish, pooling=combine == "pool" and len(parts) > 1)
    everyone = strata.whole.n
    documented = everyone if missing == "impute" or strata.unknown is None else everyone - strata.unknown.n
    notes = (ADDED, *_missing_notes(strata, missing, len(parts)), *told.notes)
    more = {
        "stratum_unknown_share": strata.unknown_share,
        "imputations": len(parts) if missing == "impute" and strata.unknown else 0,
    }
    seeded = strata.unknown is not None or parts[0][next(iter(parts[0]))].found.seed is not None
    return _worded(told, documented, wish, notes, more, seed=wish.seed if seeded else None, began=began)


def several(versions: Sequence[Strata], chosen: Method, wish: Wish, *, names: Sequence[str] = ()) -> Answer:
    """Pool versions of the same lists, stratum by stratum where there are strata; every version must have an estimate.

    Raises `BadInput` where the versions do not hold the same lists and strata, or leave people without a stratum.
    """
    began, names = perf_counter(), names or [f"version {turn + 1}" for turn in range(len(versions))]
    _alike(versions, names)
    parts = _parts(versions, chosen, wish, names)
    if isinstance(parts, Refusal):
        return parts
    told = _summed(parts, versions[0], wish, pooling=True)
    notes = ((ADDED,) if versions[0].by else ()) + told.notes
    seeds = [part.found.seed for part in parts[0].values()]
    return _worded(told, told.n, wish, notes, {"versions": list(names)}, seed=seeds[0], began=began)


def _alike(versions: Sequence[Strata], names: Sequence[str]) -> None:
    first = versions[0]
    for name, each in zip(names, versions, strict=True):
        if each.whole.lists != first.whole.lists:
            raise BadInput(f"its lists are {', '.join(each.whole.lists)}", where=name,
                           expected=f"those of {names[0]}: {', '.join(first.whole.lists)}", do="Give one kind of lists.")  # fmt: skip
        if each.unknown is not None:
            raise BadInput(f"{each.unknown.n:,} people have no stratum", where=name, expected="a stratum for everyone",
                           do="Impute them, or give the one file with blanks: civcas imputes them itself.")  # fmt: skip
        odd = sorted(set(each.known) ^ set(first.known))
        if odd:
            raise BadInput(f"stratum {odd[0]} is not in both this file and {names[0]}", where=name,
                           expected="the same strata in every file", do="Join small strata, so that each file has all.")  # fmt: skip


def _parts(
    versions: Sequence[Strata], chosen: Method, wish: Wish, names: Sequence[str]
) -> list[dict[str, Part]] | Refusal:
    """Each version's strata with their estimates; a refusal where one of them has none."""
    made = []
    for turn, (each, version) in enumerate(zip(versions, names, strict=True)):
        if wish.progress is not None:
            wish.progress(f"{len(each.known)} strata, {turn + 1} of {len(versions)}")
        found = {name: with_draws(overlap, chosen, wish) for name, overlap in each.known.items()}
        refused = {name: answer for name, (answer, _) in found.items() if isinstance(answer, Refusal)}
        if refused:
            return _no_sum(refused, chosen, each, version if len(versions) > 1 else "")
        made.append(
            {
                name: _part(answer, draws, wish)
                for name, (answer, draws) in found.items()
                if isinstance(answer, Estimate)
            }
        )
    return made


def _part(found: Estimate, draws: Any, wish: Wish) -> Part:
    low, high = (
        found.low if found.low is not None else found.value,
        found.high if found.high is not None else found.value,
    )
    return Part(
        found=found,
        replicate=Replicate.of_limits(found.n, found.value, low, high, level=wish.level)
        if draws is None
        else Replicate.of_draws(found.n, draws),
        bound=LowerBound.from_dict(found.diagnostics["chao_lower_bound"]),
    )


def _no_sum(refused: Mapping[str, Refusal], chosen: Method, strata: Strata, version: str) -> Refusal:
    name, first = next(iter(refused.items()))
    stratum = f"stratum {name}" if strata.by else "these lists"
    others = f" ({len(refused) - 1} more strata likewise have no estimate)" if len(refused) > 1 else ""
    unsaid = "; a sum without it would leave people out unsaid" if strata.by else ""
    return Refusal(
        measure=MEASURE,
        reason=f"no estimate for {stratum}{' in ' + version if version else ''}: {first.reason}{others}{unsaid}",
        needs=first.needs + ("; or join strata, or leave --strata out" if strata.by else ""),
        diagnostics={
            "method": chosen.name,
            "title": chosen.title,
            "documented": strata.whole.n,
            "refused": sorted(refused),
        },
    )


def _summed(parts: list[dict[str, Part]], strata: Strata, wish: Wish, *, pooling: bool) -> Estimate:
    """The strata combined over versions, by medians or pooled, and added up."""
    model = next(iter(parts[0].values())).found
    rows = {name: _combined([each[name] for each in parts], wish, pooling=pooling) for name in parts[0]}
    value, low, high = (sum(row[end] for row in rows.values()) for end in ("value", "low", "high"))
    bounds = {name: median([each[name].bound for each in parts]) for name in parts[0]}
    bound = summed(list(bounds.values()))
    kept = {key: model.diagnostics[key] for key in ("method", "title", "identifying_assumption", "assumptions")}
    kept |= {"estimand": ESTIMAND, "chao_lower_bound": bound.to_dict() | {"interval": bound.stands_to(low, high)}}
    if pooling:
        kept |= {"replicates": len(parts), "combined_by": "pooled on the log of the unseen (verdata's rule)"}
    elif len(parts) > 1:
        kept |= {"combined_by": "medians over imputations"}
    return replace(
        model,
        value=value,
        low=low,
        high=high,
        n=round(sum(row["n"] for row in rows.values())),
        interval=IntervalKind.WALD if pooling else model.interval,
        notes=(
            *bound.warns(low, high),
            *(note for note in model.notes if note == MISSES),
            *_strata_below(rows, bounds),
            bound.says(),
            *(_pooling_notes(rows, len(parts)) if pooling else ()),
        ),
        diagnostics=kept
        | {"lists": dict(zip(strata.whole.lists, strata.whole.sizes.tolist(), strict=True))}
        | ({"strata": rows} if strata.by else next(iter(rows.values()))),
    )


def _strata_below(rows: Mapping[str, Mapping[str, Any]], bounds: Mapping[str, LowerBound]) -> tuple[str, ...]:
    """A warning that names the strata whose interval ends below their own lower bound, where there are several strata."""
    below = [name for name, row in rows.items() if bounds[name].stands_to(row["low"], row["high"]) == "contradicts"]
    if not below or len(rows) == 1:
        return ()
    return (
        f"{WARNING}in {len(below)} of {len(rows)} strata the upper limit lies below Chao's lower bound: {', '.join(below[:6])}.",
    )


def _combined(parts: list[Part], wish: Wish, *, pooling: bool) -> dict[str, Any]:
    if not pooling:
        return {
            end: float(np.median([getattr(each.found, end) for each in parts])) for end in ("n", "value", "low", "high")
        }
    found: Pooled = pool([each.replicate for each in parts], level=wish.level)
    row = {"n": found.documented, "value": found.value, "low": found.low, "high": found.high}
    return row | {"between_share": found.between_share}


def _pooling_notes(rows: Mapping[str, Mapping[str, Any]], versions: int) -> tuple[str, ...]:
    share = max(row["between_share"] for row in rows.values())
    said = [
        f"Pooled over {versions} versions of the lists; up to {share:.0%} of the spread (of the log of the unseen) lies between "
        "versions, not within one."
    ]
    if versions < ADVISED:
        said.append(f"{versions} versions are few: with {ADVISED} or more the spread between them is better known.")
    return tuple(said)


def _worded(
    told: Estimate, documented: int, wish: Wish, notes: tuple[str, ...], more: dict[str, Any], *, seed: int | None,
    began: float,
) -> Estimate:  # fmt: skip
    low, high = told.low if told.low is not None else told.value, told.high if told.high is not None else told.value
    unseen = {"value": told.value - documented, "low": low - documented, "high": high - documented}
    plain = {key: value for key, value in told.diagnostics.items() if key not in ("n", "value", "low", "high")}
    return replace(
        told,
        n=documented,
        says=in_words(documented, told.value, low, high, wish.level, told.interval),
        notes=warnings_first(*notes),
        diagnostics={**plain, "documented": documented, "unseen": unseen, **more},
        seed=seed,
        seconds=perf_counter() - began,
    )


def _missing_notes(strata: Strata, missing: str, times: int) -> tuple[str, ...]:
    said = []
    unequal = by_strata.unequal_missingness(strata)
    if unequal:
        said.append(
            f"Warning: missingness differs by list pattern. The stratum is unknown for {unequal.share_missing:.1%} of those on "
            f"{unequal.pattern}, and {unequal.share_missing_elsewhere:.1%} of the others."
            + (
                f" Dropping these {strata.unknown.n:,} people shifts the estimate; use --missing impute."
                if missing == "drop" and strata.unknown
                else ""
            )
        )
    if missing == "impute" and strata.unknown:
        said.append(
            f"{strata.unknown.n:,} people of unknown stratum were given one {times} times over, from others on the same lists."
        )
    return tuple(said)
