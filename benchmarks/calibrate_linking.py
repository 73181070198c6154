"""Fit the default calibration of proposals on generated worlds with known truth.

    python benchmarks/calibrate_linking.py reports_1.parquet reports_2.parquet two_1.parquet …

Every file weighs the same, but for files over 100,000 reports, which hold many theatres and weigh five times as much.
"""

from __future__ import annotations

import sys

import numpy as np

from civcas.linking.calibration import Evidence, fit
from civcas.linking.proposing import propose
from linking import as_reports, truth_of


def main(paths: list[str]) -> None:
    evidence, same, weight = [], [], []
    for path in paths:
        proposal = propose(as_reports(path))
        truth, source = truth_of(path)[proposal.accounts.row], proposal.accounts.source
        across = source[proposal.pairs.left] != source[proposal.pairs.right]
        evidence.append(proposal.evidence.taken(across))
        same.append((truth[proposal.pairs.left] == truth[proposal.pairs.right])[across])
        weight.append(np.full(int(across.sum()), (5 if len(truth) > 100_000 else 1) / across.sum()))
    whole = Evidence(*(np.concatenate([getattr(e, n) for e in evidence]) for n in ("after", "before", "log_partners")))
    weights = np.concatenate(weight)
    print(fit(whole, np.concatenate(same), weights * len(weights) / weights.sum(), fitted_on=" ".join(paths)))


if __name__ == "__main__":
    main(sys.argv[1:])
