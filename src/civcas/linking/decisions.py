"""What people and rules settled about pairs of reports, as the ledger keeps it, and what a new proposal must therefore keep."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from civcas.errors import BadInput
from civcas.linking.proposing import Settled

LINK, UNLINK = "link", "unlink"
RULE = "rule "  # how the author of a decision that no person took begins


@dataclass(frozen=True, slots=True, kw_only=True)
class PairDecision:
    """Two reports are one incident (`same`), or are not; the smaller id first."""

    report_id_l: str
    report_id_r: str
    same: bool
    because: str
    by: str
    at: str = ""

    @classmethod
    def of(cls, one: str, other: str, *, same: bool, because: str, by: str, at: str = "") -> PairDecision:
        if one == other:
            raise BadInput(f"{one} cannot be linked with itself", expected="two reports")
        left, right = sorted((one, other))
        return cls(report_id_l=left, report_id_r=right, same=same, because=because, by=by, at=at)

    def to_dict(self) -> dict[str, Any]:
        """The decision as the ledger writes it: kind, subject, aspect, value, reason, author and time."""
        return {
            "kind": LINK if self.same else UNLINK, "subject": f"{self.report_id_l} + {self.report_id_r}", "about": "link",
            "value": {"report_id_l": self.report_id_l, "report_id_r": self.report_id_r}, "because": self.because,
            "by": self.by, "at": self.at,
        }  # fmt: skip


def of_mapping(given: Mapping[str, Any], *, where: str) -> PairDecision | None:
    """A decision about a pair; None for decisions about anything else."""
    if given.get("kind") not in (LINK, UNLINK):
        return None
    try:
        value = given["value"]
        return PairDecision.of(
            str(value["report_id_l"]), str(value["report_id_r"]), same=given["kind"] == LINK,
            because=str(given.get("because", "")), by=str(given.get("by", "")), at=str(given.get("at", "")),
        )  # fmt: skip
    except (KeyError, TypeError):
        raise BadInput(
            "a link without its two reports", where=where, expected="value: report_id_l and report_id_r"
        ) from None


def read(path: Path) -> list[PairDecision]:
    """Every decision about a pair in a file of one JSON object a line, oldest first."""
    found = []
    for n, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            where = f"{path.name}, line {n}"
            try:
                decision = of_mapping(json.loads(line), where=where)
            except json.JSONDecodeError:
                raise BadInput("this is not JSON", where=where, expected="one decision a line") from None
            found += [decision] if decision else []
    return found


def append(path: Path, decision: PairDecision) -> None:
    """Add a decision at the end of the file; what is there is never changed."""
    with path.open("a", encoding="utf-8") as file:
        file.write(json.dumps(decision.to_dict(), ensure_ascii=False) + "\n")


def standing(decisions: Iterable[PairDecision]) -> list[PairDecision]:
    """The decision that stands for each pair: the last one taken."""
    return list({(d.report_id_l, d.report_id_r): d for d in decisions}.values())


def settled(decisions: Iterable[PairDecision], reports: pa.Table) -> Settled:
    """The standing decisions about reports that are in this table, by row; decisions that contradict one another are refused."""
    row = {str(r): n for n, r in enumerate(reports["report_id"].to_pylist())}
    kept = [d for d in standing(decisions) if d.report_id_l in row and d.report_id_r in row]
    _refuse_contradictions(kept)
    return Settled(
        np.array([row[d.report_id_l] for d in kept], np.int32),
        np.array([row[d.report_id_r] for d in kept], np.int32),
        np.array([d.same for d in kept], np.bool_),
        np.array([d.by.startswith(RULE) for d in kept], np.bool_),
    )


def _refuse_contradictions(decisions: list[PairDecision]) -> None:
    """“Not the same” for two reports that other decisions make the same cannot both be kept."""
    leader: dict[str, str] = {}

    def led(report: str) -> str:
        while leader.get(report, report) != report:
            report = leader[report]
        return report

    for d in decisions:
        if d.same:
            one, other = sorted((led(d.report_id_l), led(d.report_id_r)))
            leader[other] = one
    for d in decisions:
        if not d.same and led(d.report_id_l) == led(d.report_id_r):
            raise BadInput(
                f"{d.report_id_l} and {d.report_id_r} are decided not to be one incident, but other decisions join them",
                expected="decisions that agree", do="Decide one of them anew with: civcas review --pair ID ID",
            )  # fmt: skip
