"""Writing decisions down: each names the one it replaces, so that of two authors one is told, and none is lost."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import sqlalchemy as sa

from civcas.errors import BadInput, Conflict
from civcas.ledger.book import Appended, Ledger
from civcas.ledger.entry import Draft, Entry, EntryKind
from civcas.ledger.store import ENTRY
from civcas.terms.canonical import canonical, quoted
from civcas.terms.decision import Decision, DecisionKind

_DECISION, _CORRECTION = str(EntryKind.DECISION), str(EntryKind.CORRECTION)
DECIDING = (EntryKind.DECISION, EntryKind.CORRECTION)
_REPLACES = ("COUNT", "DATE", "LOCATION", "NAMED", "WITHDRAW", "SUPERSEDE")
_REPLACES_WHAT_WAS_PUBLISHED = {str(DecisionKind[name]) for name in _REPLACES}


def decide(ledger: Ledger, decisions: Sequence[Decision], *, author: str, batch: str = "") -> Appended:
    """Append the decisions as one batch, all or none; their entries follow one another in the order given.

    Raises Conflict where one was decided in the meantime: its `supersedes` is not the decision that stands.
    """
    seen = {(d.subject, d.about): d.supersedes for d in decisions}
    if len(seen) < len(decisions):
        raise BadInput("a batch decides the same thing twice", expected="one decision for each subject and aspect")

    def guard(connection: sa.Connection) -> None:
        _refuse_what_has_changed(
            seen, standing_entries(connection, {d.subject for d in decisions}, sqlite=ledger.store.sqlite)
        )

    return ledger.append(list(map(draft, decisions)), author=author, batch=batch, guard=guard)


def draft(decision: Decision) -> Draft:
    """The decision as the ledger keeps it; keys stand in the order canonical JSON demands."""
    settles = decision.kind._value_
    corrects = decision.supersedes is not None or settles in _REPLACES_WHAT_WAS_PUBLISHED
    supersedes = "null" if decision.supersedes is None else decision.supersedes
    body = (
        f'{{"about":{quoted(decision.about)},"decision":"{settles}",'
        f'"supersedes":{supersedes},"value":{canonical(decision.value)}}}'
    )
    kind = _CORRECTION if corrects else _DECISION
    return Draft(kind, decision.subject, body, decision.because)


def read(entry: Entry) -> Decision:
    """The decision an entry keeps."""
    says = entry.says
    return Decision(
        kind=DecisionKind(says["decision"]),  # type: ignore[call-arg]
        subject=entry.subject,
        about=says["about"],
        value=says["value"],
        because=entry.reason,
        supersedes=says["supersedes"],
        by=entry.author,
        at=entry.at,
        sequence=entry.sequence,
    )


def standing(ledger: Ledger, subject: str, about: str) -> Decision | None:
    """The decision that stands on one aspect of a subject; None where nothing was decided."""
    with ledger.store.reading() as connection:
        found = standing_entries(connection, {subject}, sqlite=ledger.store.sqlite).get((subject, about))
    return read(found) if found else None


def standing_entries(
    connection: sa.Connection, subjects: Iterable[str], *, sqlite: bool
) -> Mapping[tuple[str, str], Entry]:
    """The last deciding entry of every aspect of these subjects. The subjects go in as one value, however many."""
    chosen = sa.select(ENTRY).where(ENTRY.c.kind.in_([str(kind) for kind in DECIDING])).order_by(ENTRY.c.sequence)
    given: Any = list(subjects)
    if len(given) == 1:
        chosen = chosen.where(ENTRY.c.subject == given[0])
    elif sqlite:
        asked = sa.func.json_each(json.dumps(given)).table_valued("value")
        chosen = chosen.select_from(sa.join(asked, ENTRY, ENTRY.c.subject == asked.c.value))
    else:
        chosen = chosen.where(ENTRY.c.subject == sa.any_(sa.literal(given, sa.ARRAY(sa.Text))))
    entries = (Entry._make(row) for row in connection.execute(chosen))
    return {(entry.subject, entry.says["about"]): entry for entry in entries}


def _refuse_what_has_changed(
    seen: Mapping[tuple[str, str], int | None], stand: Mapping[tuple[str, str], Entry]
) -> None:
    for key, supersedes in seen.items():
        entry = stand.get(key)
        if (entry.sequence if entry else None) != supersedes:
            _refuse(*key, supersedes, entry)


def _refuse(subject: str, about: str, supersedes: int | None, entry: Entry | None) -> None:
    looked = f"entry {supersedes}" if supersedes is not None else "no decision"
    if entry is None:
        raise BadInput(f"{about} of {subject}: {looked} does not decide it", do=f"Look: civcas log '{subject}'")
    raise Conflict(
        f"{about} of {subject}: you saw {looked}, but {entry.author} decided it at {entry.at} "
        f"(entry {entry.sequence}): {canonical(entry.says['value'])}, because {entry.reason}",
        do=f"Nothing was recorded. Look: civcas log '{subject}'; then decide again with --seen {entry.sequence}",
    )
