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
