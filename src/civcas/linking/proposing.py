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
from civcas.linking.calibration import MADE_UP_WORLDS, Calibration, Evidence, fit
from civcas.linking.candidates import Pairs, Part, background, joined, keep, parts, survey
from civcas.linking.clustering import MUST, MUST_NOT, clusters
from civcas.linking.comparing import Columns, columns
from civcas.linking.learning import Weights, begin, log_odds, maximise, prior, unmatched
from civcas.linking.rivals import posteriors, rivalry

LEARN_FROM = 60_000  # reports that weights are learned from; more add time, not knowledge
ROUNDS, REGATHER, FINAL_ROUNDS = 8, 3, 3
ENOUGH_LABELS = 30
SAME_SOURCE = np.log(0.02)  # one source tells of one incident twice far more rarely than two sources do
Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]
Progress = Callable[[str], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Pairs of reports, by their places in `accounts`, with the chance that both speak of one incident.

    `member` numbers the cluster of each account; `log_odds` are calibrated; `levels` are the compared fields of each pair.
    """

    accounts: Accounts
    pairs: Pairs
    log_odds: Floats
    member: Ints
    weights: Weights
    evidence: Evidence

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


def propose(
    reports: pa.Table,
    *,
    settled: Settled = NOTHING_SETTLED,
    calibration: Calibration = MADE_UP_WORLDS,
    tell: Progress = lambda step: None,
) -> Proposal:
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
    evidence = _weigh(c, pairs, could, weights)
    worth = calibration.log_odds(evidence)
    tell("clustering")
    member = _cluster(accounts, pairs, worth, settled)
    return Proposal(accounts=accounts, pairs=pairs, evidence=evidence, log_odds=worth, member=member, weights=weights)


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
    start, theatre = weights.matched, c.entry["theatre"]
    for turn in range(ROUNDS):
        if turn in (0, REGATHER):
            pairs = _across(c, _gather(c, sample, could, weights))
            contests = rivalry(c, pairs)
        odds = log_odds(pairs, theatre, _prior(c, could, weights), weights)
        chance = posteriors(odds, contests)
        weights = Weights(
            maximise(pairs, chance, start),
            unmatched(pairs, chance, theatre, levels, steps, by_chance),
            float(np.clip(2 * chance.sum() / max(1, inside), 0.05, 20.0)),
        )
    return weights


def _everywhere(
    c: Columns, pairs: Pairs, could: Ints, seen: dict[int, tuple[npt.NDArray[np.int64], int]], weights: Weights
) -> Weights:
    """The same weights, with the unmatched spread of every theatre, also of those that were not learned from."""
    levels, steps = {t: s for t, (s, _) in seen.items()}, {t: step for t, (_, step) in seen.items()}
    across, theatre, by_chance = _across(c, pairs), c.entry["theatre"], background(c)
    contests, prior_of = rivalry(c, across), _prior(c, could, weights)
    for _ in range(FINAL_ROUNDS):
        chance = posteriors(log_odds(across, theatre, prior_of, weights), contests)
        weights = Weights(
            weights.matched, unmatched(across, chance, theatre, levels, steps, by_chance), weights.partners
        )
    return weights


def _across(c: Columns, pairs: Pairs) -> Pairs:
    """Only pairs of two sources: a source's own repeats would teach that everything always agrees."""
    return taken(pairs, c.entry["source"][pairs.left] != c.entry["source"][pairs.right])


def taken(pairs: Pairs, chosen: npt.NDArray[np.bool_] | Ints) -> Pairs:
    return Pairs(pairs.left[chosen], pairs.right[chosen], pairs.levels[chosen])


def _weigh(c: Columns, pairs: Pairs, could: Ints, weights: Weights) -> Evidence:
    """The evidence for every pair; pairs of one source stand in no contest and start from a lower prior."""
    before = log_odds(pairs, c.entry["theatre"], _prior(c, could, weights), weights)
    across = c.entry["source"][pairs.left] != c.entry["source"][pairs.right]
    after = before + SAME_SOURCE
    chance = np.clip(posteriors(before[across], rivalry(c, taken(pairs, across))), 1e-12, 1 - 1e-12)
    after[across] = np.log(chance) - np.log1p(-chance)
    before[~across] = after[~across]
    partners = np.log(np.maximum(could, 1))
    return Evidence(after, before, 0.5 * (partners[pairs.left] + partners[pairs.right]))


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


def taught(proposal: Proposal, settled: Settled, *, near: Calibration = MADE_UP_WORLDS) -> Proposal:
    """The same candidates under more decisions: recalibrated on the settled pairs among them, and clustered again."""
    at = np.empty(len(proposal.accounts), np.int32)
    at[proposal.accounts.row] = np.arange(len(at))
    place, same = _among(proposal, at[settled.left], at[settled.right], settled.same)
    worth = proposal.log_odds
    if len(place) >= ENOUGH_LABELS:
        learned = fit(
            proposal.evidence.taken(place),
            same,
            np.ones(len(place)),
            fitted_on=f"{len(place)} reviewed pairs",
            near=near,
        )
        worth = learned.log_odds(proposal.evidence)
    member = _cluster(proposal.accounts, proposal.pairs, worth, settled)
    return replace(proposal, log_odds=worth, member=member)


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
    return clusters(len(proposal.accounts), proposal.pairs.left, proposal.pairs.right, proposal.log_odds - shift)
