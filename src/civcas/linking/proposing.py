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
from civcas.linking.calibration import MIDDLE, Calibration, Evidence, of_decoys
from civcas.linking.candidates import Pairs, Part, background, joined, keep, parts, survey
from civcas.linking.clustering import CLIP, MUST, MUST_NOT, clusters
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
    weighed,
)
from civcas.linking.lessons import FOLDS, NO_LESSONS, Lessons, fold, learned, teach_enough
from civcas.linking.questions import asked
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
    lessons: Lessons = NO_LESSONS

    @property
    def chance(self) -> Floats:
        return 1.0 / (1.0 + np.exp(-self.log_odds))


@dataclass(frozen=True, slots=True)
class Settled:
    """Pairs that people or rules settled, by row of the report table: `same` says whether they are one incident.

    `by_rule` are those that no person read, from which nothing is learned; none where it is not given.
    """

    left: Ints
    right: Ints
    same: npt.NDArray[np.bool_]
    by_rule: npt.NDArray[np.bool_] | None = None

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
    decided = np.where(settled.same, MUST, MUST_NOT)
    key = lambda a, b: np.minimum(a, b).astype(np.int64) * len(accounts) + np.maximum(a, b)  # noqa: E731
    open_ = ~np.isin(key(pairs.left, pairs.right), key(settled.left, settled.right))  # type: ignore[no-untyped-call]
    return clusters(
        len(accounts),
        np.concatenate([pairs.left[open_], settled.left]),
        np.concatenate([pairs.right[open_], settled.right]),
        np.concatenate([worth[open_], decided]),
    )


def taught(proposal: Proposal, settled: Settled) -> Proposal:
    """The same candidates under these decisions: settled pairs win or lose their contests, and reports are clustered again.

    Where people answered often enough, fields count for more or less by what the answers teach. The decisions alone matter,
    not the order in which they were taken.
    """
    placed = _placed(proposal.accounts, settled)
    answered = _taken(placed, ~placed.by_rule if placed.by_rule is not None else np.ones(len(placed), np.bool_))
    lessons = _lessons(proposal, placed, answered) if teach_enough(answered.same) else NO_LESSONS
    log_odds, worth, _ = _weighed(proposal, placed, lessons)
    member = _cluster(proposal.accounts, proposal.pairs, worth, placed)
    return replace(proposal, log_odds=log_odds, worth=worth, member=member, lessons=lessons)


def _placed(accounts: Accounts, settled: Settled) -> Settled:
    """The same decisions by their reports' places in the accounts."""
    at = np.empty(len(accounts), np.int32)
    at[accounts.row] = np.arange(len(at))
    return Settled(at[settled.left], at[settled.right], settled.same, settled.by_rule)


def _taken(settled: Settled, chosen: npt.NDArray[np.bool_]) -> Settled:
    return Settled(settled.left[chosen], settled.right[chosen], settled.same[chosen])


def _lessons(proposal: Proposal, placed: Settled, answered: Settled) -> Lessons:
    """What the answers teach: each is looked at as a question of the clusters that stand where it, and others with it, were not given."""
    fold_of, of_answers = fold(placed.left, placed.right), fold(answered.left, answered.right)
    found, same = [], []
    for each in range(FOLDS):
        others, these = _taken(placed, fold_of != each), _taken(answered, of_answers == each)
        _, worth, features = _weighed(proposal, others, NO_LESSONS, features=True)
        member = _cluster(proposal.accounts, proposal.pairs, worth, others)
        *question, told = asked(proposal.pairs, member, worth, features, these.left, these.right)
        found.append([part[told] for part in question])
        same.append(these.same[told])
    draw, features, leaving = (np.concatenate(part) for part in zip(*found, strict=True))
    return learned(draw, features, leaving, np.concatenate(same))


def _weighed(
    proposal: Proposal, placed: Settled, lessons: Lessons, *, features: bool = False
) -> tuple[Floats, Floats, Floats]:
    """Log odds of each pair once settled pairs won or lost their contests, what it is worth, and its features where they matter."""
    place, same = _among(proposal, placed.left, placed.right, placed.same)
    alone = proposal.calibration.log_odds(proposal.evidence)
    alone[place] = np.where(same, SETTLED, -SETTLED)
    log_odds = _against_rivals(proposal, alone)
    log_odds[place] = alone[place]
    worth = log_odds + BEFORE_RIVALS * (alone - log_odds) + ATTRACTION
    if not features and lessons is NO_LESSONS:
        return log_odds, worth, np.empty((len(worth), 0))
    told = _features(proposal, log_odds - alone)
    told[place] = 0.0
    return log_odds, worth if lessons is NO_LESSONS else worth + told @ lessons.corrections, told


def _features(proposal: Proposal, rivals: Floats) -> Floats:
    """What lessons may correct of each pair: each field's weight, what rivals take, how many partners there could be, two sources."""
    e = proposal.evidence
    fields = weighed(proposal.pairs, e.theatre, proposal.weights)
    told = np.column_stack([fields, rivals, e.log_partners - MIDDLE, e.across])
    return np.clip(told, -CLIP, CLIP)


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
