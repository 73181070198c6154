"""What was decided about pairs in a case: read from the ledger for a proposal, and written to it; what was put off stands as a note."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import replace

import pyarrow as pa
import pyarrow.compute as pc

from civcas.case.case import Case
from civcas.ledger.entry import EntryKind
from civcas.linking.decisions import LINK, PairDecision
from civcas.terms import decision as make
from civcas.terms.decision import DecisionKind

INCIDENTS, PEOPLE = "link", "person"
SAME = (LINK, str(DecisionKind.SAME_PERSON))
LATER = "later"


def decided(case: Case, about: str = INCIDENTS) -> list[PairDecision]:
    """The decision that stands for each pair, oldest first: whether two reports are one incident, or two accounts one person."""
    rows = _standing(case, about).to_pylist()
    return [
        PairDecision.of(str(value["report_id_l"]), str(value["report_id_r"]), same=row["decision"] in SAME,
                        because=row["because"], by=row["author"], at=row["at"])
        for row in rows if "report_id_l" in (value := json.loads(row["value"]))
    ]  # fmt: skip


def _standing(case: Case, about: str) -> pa.Table:
    found = case.decisions()
    return found.filter(pc.equal(found["about"], about)).sort_by("sequence")


def settle(case: Case, pairs: Sequence[PairDecision], *, author: str, about: str = INCIDENTS) -> int:
    """Append decisions as one batch, each naming the one it takes the place of; how many were appended."""
    stands = _standing(case, about)
    before = dict(zip(stands["subject"].to_pylist(), stands["sequence"].to_pylist(), strict=True))
    of = make.link if about == INCIDENTS else make.person
    made = [of(p.report_id_l, p.report_id_r, because=p.because, together=p.same) for p in pairs]
    if made:
        case.decide(*(replace(each, supersedes=before.get(each.subject)) for each in made), author=author)
    return len(made)


def put_off(case: Case, one: str, other: str, *, because: str, author: str) -> None:
    """Remember that a reviewer left a pair for later, with what they noted."""
    left, right = sorted((one, other))
    body: dict[str, object] = {LATER: True, "report_id_l": left, "report_id_r": right}
    case.remember(EntryKind.NOTE, f"{left} + {right}", body, author=author, reason=because)


def left_for_later(case: Case) -> set[tuple[str, str]]:
    """Pairs put off, by the ids of their reports; also those decided since."""
    notes = (entry.says for entry in case.ledger.entries(kinds=[EntryKind.NOTE]))
    return {(str(n["report_id_l"]), str(n["report_id_r"])) for n in notes if n.get(LATER)}


def incidents_decided(reports: pa.Table, links: Sequence[PairDecision]) -> pa.Table:
    """Which incident each report stands in, by what was decided alone: linked reports in one, every other report in its own.

    An incident bears the id of the report that founds it.
    """
    ids = sorted(str(r) for r in reports["report_id"].to_pylist())
    leader = {report: report for report in ids}

    def led(report: str) -> str:
        while leader[report] != report:
            report = leader[report]
        return report

    for pair in links:
        if pair.same and pair.report_id_l in leader and pair.report_id_r in leader:
            one, other = sorted((led(pair.report_id_l), led(pair.report_id_r)))
            leader[other] = one
    return pa.table({
        "incident_id": pa.array([led(report) for report in ids], pa.string()), "report_id": pa.array(ids, pa.string()),
    })  # fmt: skip


def grades_decided(case: Case, stands_in: pa.Table) -> pa.Table:
    """The last grade a person gave to each incident, or to one of its reports: incident_id, grading, by, because."""
    decided = case.decisions()
    chosen = decided.filter(pc.equal(decided["decision"], str(DecisionKind.GRADE))).sort_by("sequence").to_pylist()
    incident_of = dict(zip(stands_in["report_id"].to_pylist(), stands_in["incident_id"].to_pylist(), strict=True))
    given = {
        incident_of.get(row["subject"], row["subject"]): (value["grading"], row["author"], row["because"])
        for row in chosen
        if "grading" in (value := json.loads(row["value"]))
    }
    columns = list(zip(*given.values(), strict=True)) or [(), (), ()]
    return pa.table(
        [list(given), *map(list, columns)],
        schema=pa.schema([(n, pa.string()) for n in ("incident_id", "grading", "by", "because")]),
    )
