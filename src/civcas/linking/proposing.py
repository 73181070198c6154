"""From a table of reports to proposals: candidate pairs, each with the chance that it is one incident, and what stands together.

A report's day is a distribution, its place a radius; pairs are weighed field by field after Fellegi and Sunter (1969), the
weights learned without labels by expectation–maximisation in which a report's partners in one other source compete.
Missing reports are no evidence: that a source is silent about an incident counts neither for nor against any pair.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from civcas.linking import accounts as reading
from civcas.linking.accounts import Accounts
from civcas.linking.calibration import Calibration, Evidence, of_decoys
from civcas.linking.candidates import Pairs, Part, background, joined, keep, parts, survey
from civcas.linking.clustering import MUST, MUST_NOT, clusters
from civcas.linking.comparing import Columns, columns
from civcas.linking.decoys import counted
from civcas.linking.learning import (
    FEWEST_PARTNERS,
    MOST_PARTNERS,
    Weights,
    begin,
    guarded,
    log_odds,
    maximise,
    prior,
    summed,
    unmatched,
)
from civcas.linking.rivals import heard, posteriors, rivalry

LEARN_FROM = 60_000  # reports that weights are learned from; more add time, not knowledge
ROUNDS, REGATHER, FINAL_ROUNDS = 8, 3, 3
# Found on generated worlds of five seeds: rivals count for less within clusters, where several reports may outvote them; and as a
# missed pair costs a cluster more than a wrong one, pairs attract a little before they are likelier one incident than not.
BEFORE_RIVALS, ATTRACTION = 0.4, 1.0
SETTLED = 20.0  # log odds of what is decided
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Pairs of reports, by their places in `accounts`, with the chance that both speak of one incident.

    `member` numbers the cluster of each account; `log_odds` are calibrated; `worth` is how much each pair attracts where
    clusters are made; `levels` of the pairs are their compared fields.
    """

    accounts: Accounts
    pairs: Pairs
    log_odds: Floats
    worth: Floats
    member: Ints
    weights: Weights
    evidence: Evidence
    calibration: Calibration

    @property
    def chance(self) -> Floats:
        return 1.0 / (1.0 + np.exp(-self.log_odds))


@dataclass(frozen=True, slots=True)
class Settled:
    """Pairs that people or rules settled, by row of the report table: `same` says whether they are one incident."""

    left: Ints
    right: Ints
    same: npt.NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.left)


NOTHING_SETTLED = Settled(np.empty(0, np.int32), np.empty(0, np.int32), np.empty(0, np.bool_))


def propose(reports: pa.Table, *, settled: Settled = NOTHING_SETTLED, tell: Progress = lambda step: None) -> Proposal:
    """Which of the reports speak of the same incident, and how surely. The same reports give the same proposal in any order."""
    tell("reading the reports")
    accounts, c = columns(reading.read(reports))
    tell("finding candidates")
    stretches = parts(c)
    could, seen = _survey(c, stretches)
    tell("learning what agreement is worth")
    weights = _learn(c, _sample(stretches), could, seen)
    tell("weighing candidates")
    pairs = _gather(c, stretches, could, weights)
    weights = _everywhere(c, pairs, could, seen, weights)
    tell("counting agreement by chance")
    tables = {t: weights.of(t).astype(np.float32) for t in weights.unmatched}
    calibration = of_decoys(counted(c, stretches, could, tables), int(accounts.theatre.max(initial=0)) + 1)
    evidence = _evidence(c, pairs, could, weights)
    found = Proposal(accounts=accounts, pairs=pairs, weights=weights, evidence=evidence, calibration=calibration,
                     log_odds=evidence.weight, worth=evidence.weight, member=np.arange(len(accounts)))  # fmt: skip
    tell("clustering")
    return taught(found, settled)


def _survey(c: Columns, stretches: list[Part]) -> tuple[Ints, dict[int, tuple[npt.NDArray[np.int64], int]]]:
    """Possible partners of each report; for each theatre the levels seen, and among every how many pairs."""
    could = np.zeros(len(c.entry), np.int32)
    seen: dict[int, tuple[npt.NDArray[np.int64], int]] = {}
    for part in stretches:
        partners, levels = survey(c, part)
        could[part.begin : part.end] += partners
        before = seen.get(part.theatre, (np.zeros_like(levels), part.step))[0]
        seen[part.theatre] = (before + levels, part.step)
    return could, seen


def _sample(stretches: list[Part]) -> list[Part]:
    """Parts spread evenly over all, that together hold about as many reports as weights are learned from."""
    total = sum(p.stop - p.begin for p in stretches)
    every = max(1, round(total / LEARN_FROM))
    return stretches[:: min(every, max(1, len(stretches)))]


def effective_sources(c: Columns) -> float:
    """How many equally busy sources would differ as often as these do."""
    share = np.bincount(c.entry["source"]) / max(1, len(c.entry))
    return float(1 / max((share**2).sum(), 1e-12))


def _prior(c: Columns, could: Ints, weights: Weights) -> npt.NDArray[np.float32]:
    return prior(weights.partners, np.asarray(could, np.int32), effective_sources(c))


def _gather(c: Columns, stretches: list[Part], could: Ints, weights: Weights) -> Pairs:
    prior_of = _prior(c, could, weights)
    return joined([keep(c, p, weights.of(p.theatre).astype(np.float32), prior_of) for p in stretches])


def _learn(c: Columns, sample: list[Part], could: Ints, seen: dict[int, tuple[npt.NDArray[np.int64], int]]) -> Weights:
    """Expectation and maximisation over the candidates of a sample of parts; unmatched spreads of every theatre."""
    levels = {t: s for t, (s, _) in seen.items()}
    steps = {t: step for t, (_, step) in seen.items()}
    inside = sum(p.stop - p.begin for p in sample)
    by_chance = background(c)
    weights = begin(levels, by_chance, 0.3 * max(0.1, effective_sources(c) - 1))
    start, theatre = weights, c.entry["theatre"]
    for turn in range(ROUNDS):
        if turn in (0, REGATHER):
            pairs = _across(c, _gather(c, sample, could, weights))
            contests = rivalry(c.entry["source"], pairs)
        odds = log_odds(pairs, theatre, _prior(c, could, weights), weights)
        chance = posteriors(odds, contests)
        weights = Weights(
            maximise(pairs, chance, start.matched),
            unmatched(pairs, chance, theatre, levels, steps, by_chance),
            float(np.clip(2 * chance.sum() / max(1, inside), FEWEST_PARTNERS, MOST_PARTNERS)),
        )
    return guarded(weights, start)


def _everywhere(
    c: Columns, pairs: Pairs, could: Ints, seen: dict[int, tuple[npt.NDArray[np.int64], int]], weights: Weights
) -> Weights:
    """The same weights, with the unmatched spread of every theatre, also of those that were not learned from."""
    levels, steps = {t: s for t, (s, _) in seen.items()}, {t: step for t, (_, step) in seen.items()}
    across, theatre, by_chance = _across(c, pairs), c.entry["theatre"], background(c)
    contests, prior_of = rivalry(c.entry["source"], across), _prior(c, could, weights)
    for _ in range(FINAL_ROUNDS):
        chance = posteriors(log_odds(across, theatre, prior_of, weights), contests)
        weights = replace(weights, unmatched=unmatched(across, chance, theatre, levels, steps, by_chance))
    return weights


def _across(c: Columns, pairs: Pairs) -> Pairs:
    """Only pairs of two sources: a source's own repeats would teach that everything always agrees."""
    return taken(pairs, c.entry["source"][pairs.left] != c.entry["source"][pairs.right])


def taken(pairs: Pairs, chosen: npt.NDArray[np.bool_] | Ints) -> Pairs:
    return Pairs(pairs.left[chosen], pairs.right[chosen], pairs.levels[chosen])


def _evidence(c: Columns, pairs: Pairs, could: Ints, weights: Weights) -> Evidence:
    partners, source, theatre = np.log(np.maximum(could, 1)), c.entry["source"], c.entry["theatre"]
    return Evidence(
        summed(pairs, theatre, weights), 0.5 * (partners[pairs.left] + partners[pairs.right]),
        theatre[pairs.left], source[pairs.left] != source[pairs.right],
    )  # fmt: skip


def _cluster(accounts: Accounts, pairs: Pairs, worth: Floats, settled: Settled) -> Ints:
    """Clusters in which every settled pair stands as it was settled, unless decisions contradict one another."""
    if not len(settled):
        return clusters(len(accounts), pairs.left, pairs.right, worth)
    at = np.empty(len(accounts), np.int32)
    at[accounts.row] = np.arange(len(accounts))
    left, right = at[settled.left], at[settled.right]
    decided = np.where(settled.same, MUST, MUST_NOT)
    key = lambda a, b: np.minimum(a, b).astype(np.int64) * len(accounts) + np.maximum(a, b)  # noqa: E731
    open_ = ~np.isin(key(pairs.left, pairs.right), key(left, right))  # type: ignore[no-untyped-call]
    return clusters(
        len(accounts),
        np.concatenate([pairs.left[open_], left]),
        np.concatenate([pairs.right[open_], right]),
        np.concatenate([worth[open_], decided]),
    )


def taught(proposal: Proposal, settled: Settled) -> Proposal:
    """The same candidates under these decisions: settled pairs win or lose their contests, and reports are clustered again."""
    at = np.empty(len(proposal.accounts), np.int32)
    at[proposal.accounts.row] = np.arange(len(at))
    place, same = _among(proposal, at[settled.left], at[settled.right], settled.same)
    alone = proposal.calibration.log_odds(proposal.evidence)
    alone[place] = np.where(same, SETTLED, -SETTLED)
    log_odds = _against_rivals(proposal, alone)
    log_odds[place] = alone[place]
    worth = log_odds + BEFORE_RIVALS * (alone - log_odds) + ATTRACTION
    member = _cluster(proposal.accounts, proposal.pairs, worth, settled)
    return replace(proposal, log_odds=log_odds, worth=worth, member=member)


def _against_rivals(proposal: Proposal, alone: Floats) -> Floats:
    """Log odds once the rivals of pairs between sources are heard; one source's pairs stand in no contest."""
    across = proposal.evidence.across
    pairs = taken(proposal.pairs, across)
    chance = heard(alone[across], rivalry(proposal.accounts.source, pairs), proposal.evidence.theatre[across])
    chance = np.clip(chance, 1e-12, 1 - 1e-12)
    out = alone.copy()
    out[across] = np.log(chance) - np.log1p(-chance)
    return out


def _among(
    proposal: Proposal, left: Ints, right: Ints, same: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.bool_]]:
    """Where settled pairs stand among the candidates, and what was settled."""
    n = len(proposal.accounts)
    keys = proposal.pairs.left.astype(np.int64) * n + proposal.pairs.right
    wanted = np.minimum(left, right).astype(np.int64) * n + np.maximum(left, right)
    order = np.argsort(keys)
    found = np.minimum(np.searchsorted(keys[order], wanted), max(0, len(keys) - 1))
    hit = keys[order][found] == wanted if len(keys) else np.zeros(len(wanted), bool)
    return order[found[hit]], same[hit]


def clustered(proposal: Proposal, *, threshold: float) -> Ints:
    """The clusters at another threshold than 0.5: above it fewer pairs attract, below it more."""
    shift = np.log(threshold) - np.log1p(-threshold)
    return clusters(len(proposal.accounts), proposal.pairs.left, proposal.pairs.right, proposal.worth - shift)
