"""How good the proposals are, from a labelled random sample of pairs: precision and recall with intervals."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.stats import beta

from civcas.errors import BadInput
from civcas.linking.decisions import PairDecision
from civcas.linking.proposing import Proposal

ENOUGH = 20


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """A share with its exact (Clopper–Pearson 1934) interval; n is how many pairs it was counted in."""

    value: float
    low: float
    high: float
    level: float
    n: int


def share(right: int, n: int, *, level: float = 0.95) -> Share:
    tail = (1 - level) / 2
    low = float(beta.ppf(tail, right, n - right + 1)) if right else 0.0
    high = float(beta.ppf(1 - tail, right + 1, n - right)) if right < n else 1.0
    return Share(value=right / n, low=low, high=high, level=level, n=n)


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """Precision among proposed pairs of the sample, and recall among its true pairs.

    Recall is of pairs that were sampled: a true pair that was never a candidate can be missed only if it was labelled.
    """

    precision: Share | None
    recall: Share | None
    expected_precision: float
    labelled: int


def evaluate(
    proposal: Proposal, labels: list[PairDecision], row_of: dict[str, int], *, level: float = 0.95
) -> Evaluation:
    """The clusters as they stand against labels that they were not made from."""
    known = [d for d in labels if d.report_id_l in row_of and d.report_id_r in row_of]
    if len(known) < ENOUGH:
        raise BadInput(f"{len(known)} labelled pairs are of these reports", expected=f"at least {ENOUGH}")
    member = np.empty(len(proposal.accounts), np.int32)
    member[proposal.accounts.row] = proposal.member
    together = np.array([member[row_of[d.report_id_l]] == member[row_of[d.report_id_r]] for d in known])
    same = np.array([d.same for d in known])
    both = int((together & same).sum())
    return Evaluation(
        precision=share(both, int(together.sum()), level=level) if together.any() else None,
        recall=share(both, int(same.sum()), level=level) if same.any() else None,
        expected_precision=expected_precision(proposal), labelled=len(known),
    )  # fmt: skip


def expected_precision(proposal: Proposal) -> float:
    """What the chances themselves expect of the candidate pairs within clusters."""
    inside: npt.NDArray[np.bool_] = proposal.member[proposal.pairs.left] == proposal.member[proposal.pairs.right]
    return float(proposal.chance[inside].mean()) if inside.any() else float("nan")
