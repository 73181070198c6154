"""What `civcas link` writes and says: pairs with their reasons, matched lists, and a summary in sentences."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa

from civcas.errors import UnknownName

if TYPE_CHECKING:  # the linking room needs an extra, and every command file is read when any command runs
    from civcas.linking.proposing import Proposal


def ids_of(proposal: Proposal, reports: pa.Table, places: Any) -> list[str]:
    """The report ids at these places of the accounts."""
    found: list[str] = reports["report_id"].cast(pa.string()).take(pa.array(proposal.accounts.row[places])).to_pylist()
    return found


def summary(proposal: Proposal) -> dict[str, Any]:
    from civcas.linking.calibration import ROUGH_BELOW
    from civcas.linking.evaluating import expected_precision

    sizes, right = np.bincount(proposal.member, minlength=1), expected_precision(proposal)
    return {
        "reports": len(proposal.accounts), "candidate_pairs": len(proposal.pairs), "incidents": int((sizes > 0).sum()),
        "reports_that_stand_alone": int((sizes == 1).sum()), "expected_precision": None if np.isnan(right) else round(right, 4),
        "chances_are_rough": len(proposal.accounts) < ROUGH_BELOW,
        "answers_learned_from": proposal.lessons.answers, "learning_refused": proposal.weights.refused,
    }  # fmt: skip


def of_learning(proposal: Proposal) -> list[str]:
    """What a person should know of how the weights came about: that learning was refused, or that their answers changed them."""
    lines = []
    if proposal.weights.refused:
        lines.append(
            f"Weights learned from these reports were refused ({proposal.weights.refused}); the starting weights stand. "
            "Expect less of this proposal, and review more of it."
        )
    if proposal.lessons.answers:
        lines.append(
            f"{proposal.lessons.answers:,} answers of people moved how much each field counts within incidents."
        )
    return lines


def pairs_table(proposal: Proposal, reports: pa.Table, *, least: float) -> pa.Table:
    """Pairs with at least this chance, smaller id first, likeliest first, each with its reasons."""
    at = np.flatnonzero(proposal.chance >= least).astype(np.int32)
    at = at[np.argsort(-proposal.log_odds[at], kind="stable")]
    return _table(proposal, reports, proposal.pairs.left[at], proposal.pairs.right[at], at)


def _table(proposal: Proposal, reports: pa.Table, left: Any, right: Any, at: Any) -> pa.Table:
    from civcas.linking.explaining import sentences

    one, other = ids_of(proposal, reports, left), ids_of(proposal, reports, right)
    ordered = [(a, b) if a < b else (b, a) for a, b in zip(one, other, strict=True)]
    return pa.table({
        "report_id_l": pa.array([a for a, _ in ordered], pa.string()), "report_id_r": pa.array([b for _, b in ordered], pa.string()),
        "chance": proposal.chance[at], "match_weight": proposal.log_odds[at] / np.log(2),
        "one_incident": proposal.member[left] == proposal.member[right],
        "because": pa.array(sentences(proposal, at), pa.string()),
    })  # fmt: skip


def write_matched(
    proposal: Proposal, reports: pa.Table, between: tuple[str, str], path: Path | None, *, many: bool
) -> dict[str, Any]:
    """Matched pairs of two sources, and what only one of them has; counts that differ are flagged."""
    from civcas.cli.link import write

    table = matched_table(proposal, reports, between, many=many)
    kind = table["found_in"].to_pylist()
    out: dict[str, Any] = {
        "matched": kind.count("both"),
        "only_in_first": kind.count("first"),
        "only_in_second": kind.count("second"),
    }
    out["counts_differ"] = sum(1 for d in table["counts_differ"].to_pylist() if d)
    return out | (write(table, path) if path else {})


def matched_table(proposal: Proposal, reports: pa.Table, between: tuple[str, str], *, many: bool) -> pa.Table:
    """One row a matched pair or an unmatched report of two sources."""
    from civcas.linking.matching import one_to_one

    names = sorted({str(s) for s in reports["source"].drop_null().unique().to_pylist()})
    for name in between:
        if name not in names:
            raise UnknownName("source", name, names)
    source = np.array([str(s) for s in reports["source"].to_pylist()], dtype=object)[proposal.accounts.row]
    code = [int(proposal.accounts.source[source == name][0]) for name in between]
    found = one_to_one(proposal, sides=(code[0], code[1]), many=many)
    only = [
        np.setdiff1d(np.flatnonzero(source == name), side)
        for name, side in zip(between, (found.left, found.right), strict=True)
    ]
    left = ids_of(proposal, reports, np.concatenate([found.left, only[0]]).astype(int)) + [None] * len(only[1])
    right = ids_of(proposal, reports, found.right) + [None] * len(only[0]) + ids_of(proposal, reports, only[1])
    a = proposal.accounts
    apart = (a.killed_min[found.left] > a.killed_max[found.right]) | (
        a.killed_min[found.right] > a.killed_max[found.left]
    )
    rest = [None] * (len(only[0]) + len(only[1]))
    return pa.table({
        "found_in": ["both"] * len(found.left) + ["first"] * len(only[0]) + ["second"] * len(only[1]),
        "first": pa.array(left, pa.string()), "second": pa.array(right, pa.string()),
        "chance": pa.array([*found.chance.tolist(), *rest], pa.float64()),
        "counts_differ": pa.array([*apart.tolist(), *rest], pa.bool_()),
    })  # fmt: skip


def expected(right: float | None) -> str:
    if right is None:
        return "No two are proposed to be one incident."
    return f"Of the pairs put together, {right:.0%} are expected to be right; nothing is decided until you decide it."


def told(out: dict[str, Any], learning: Sequence[str] = ()) -> str:
    """The summary as lines a person reads."""
    lines = [
        f"{out['reports']:,} reports stand in {out['incidents']:,} incidents; {out['reports_that_stand_alone']:,} stand alone.",
        expected(out["expected_precision"]),
        *learning,
    ]
    if out["chances_are_rough"] and out["expected_precision"] is not None:
        lines.append(
            "So few reports have few decoys to read chances off: take chances for rough, and read a sample of pairs."
        )
    if "matched" in out:
        lines.append(f"{out['matched']:,} in both, {out['only_in_first']:,} only in the first, "
                     f"{out['only_in_second']:,} only in the second; "
                     f"{out['counts_differ']:,} with numbers killed that do not overlap.")  # fmt: skip
    if "decided" in out:
        lines.append(f"{out['decided']:,} pairs decided by rule.")
    for name in ("precision", "recall"):
        if "evaluation" in out and out["evaluation"][name]:
            s = out["evaluation"][name]
            lines.append(
                f"{name.capitalize()} {s['value']:.3f} ({s['low']:.3f}–{s['high']:.3f}, {s['level']:.0%} exact, {s['n']} pairs)."
            )
    if "written" in out:
        lines.append(f"{out['rows']:,} rows written to {out['written']}.")
    return "\n".join(lines)
