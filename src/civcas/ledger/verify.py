"""Holding a ledger against its own hashes and against checkpoints, in one pass over its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import sha256
from typing import Protocol

import sqlalchemy as sa

from civcas.ledger.book import Ledger
from civcas.ledger.checkpoint import Checkpoint
from civcas.ledger.damage import Damage, Damaged
from civcas.ledger.entry import GENESIS, Entry, EntryKind, hash_of
from civcas.ledger.store import CHECKPOINT, ENTRY
from civcas.terms.canonical import quoted

KEY_SUBJECTS = ("case", "key")
"""Entries with these subjects name the public key that signs from there on."""


class Source(Protocol):
    """What can be verified: a database or an exported file."""

    where: str
    case: str

    def batches(self) -> Iterator[Sequence[Entry]]: ...
    def checkpoints(self) -> list[Checkpoint]: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Verified:
    """A ledger found whole: how many entries and checkpoints, its head, and the keys it names."""

    entries: int
    checkpoints: int
    hash: str
    keys: tuple[str, ...]
    signed_to: int
    """The last entry that a checkpoint vouches for. Later ones could be dropped, and no one could tell."""


class Database:
    """A ledger's database as something to verify."""

    def __init__(self, ledger: Ledger) -> None:
        self.ledger, self.where, self.case = ledger, ledger.store.where, ledger.case

    def batches(self) -> Iterator[Sequence[Entry]]:
        with self.ledger.store.reading() as connection:
            rows = self.ledger.store.rows(connection, sa.select(ENTRY).order_by(ENTRY.c.sequence))
            yield from rows  # type: ignore[misc]  # rows have the columns of an Entry, in its order

    def checkpoints(self) -> list[Checkpoint]:
        with self.ledger.store.reading() as connection:
            return [Checkpoint._make(row) for row in connection.execute(sa.select(CHECKPOINT).order_by("sequence"))]


def verify(source: Source, *, kept: Sequence[Checkpoint] = (), keys: Sequence[str] = ()) -> Verified:
    """Hold every entry against its hash, the one before and every checkpoint; raise Damaged at the first that fails.

    `kept` are checkpoints that were kept elsewhere: without one, entries cut from the end leave no trace. `keys`
    are public keys known from elsewhere; without one, the ledger's own word on its keys is taken.
    """
    checkpoints = [*source.checkpoints(), *kept]
    walked = _walk(source, wanted={c.sequence for c in checkpoints})
    trusted = tuple(keys) or walked.keys
    for checkpoint in checkpoints:
        _hold_against(checkpoint, walked, source, trusted)
    return Verified(
        entries=walked.entries,
        checkpoints=len(checkpoints),
        hash=walked.hash,
        keys=walked.keys,
        signed_to=max((c.sequence for c in checkpoints), default=0),
    )


@dataclass(frozen=True, slots=True)
class _Walked:
    entries: int
    hash: str
    hashes: dict[int, str]
    keys: tuple[str, ...]


def _walk(source: Source, *, wanted: set[int]) -> _Walked:
    """Every entry against its hash and the one before. A loop, since each hash needs the one before it."""
    sequence, last, shared, left = 0, GENESIS, ("", "", ""), ""
    hashes: dict[int, str] = {}
    keys: list[str] = []
    for batch in source.batches():
        for row in batch:
            number, at, author, kind, subject, body, reason, of, previous, own = row
            if (at, author, of) != shared:
                left = f'{{"at":{quoted(at)},"author":{quoted(author)},"batch":{quoted(of)},"body":'
                shared = (at, author, of)
            sequence += 1
            text = (
                f'{left}{body},"kind":{quoted(kind)},"previous":"{last}","reason":{quoted(reason)},'
                f'"sequence":{sequence},"subject":{quoted(subject)}}}'
            )
            found = sha256(text.encode()).hexdigest()
            if found != own or number != sequence or previous != last:
                raise diagnosed(source, sequence, last)
            last = found
            if sequence in wanted:
                hashes[sequence] = found
            if subject in KEY_SUBJECTS and kind == EntryKind.NOTE:
                keys.append(Entry._make(row).says.get("key", ""))
    return _Walked(sequence, last, hashes, tuple(keys))


def _hold_against(checkpoint: Checkpoint, walked: _Walked, source: Source, trusted: Sequence[str]) -> None:
    sequence = checkpoint.sequence
    if checkpoint.key not in trusted or not checkpoint.is_signed_by(checkpoint.key, case=source.case):
        found = (
            f"the checkpoint of entry {sequence} is signed with key {checkpoint.key[:16]}…, not with the one expected"
        )
        raise Damaged(Damage.WRONG_KEY, found, where=source.where, sequence=sequence)
    if sequence > walked.entries:
        found = f"there are {walked.entries} entries, but a checkpoint of {checkpoint.at} signed entry {sequence}"
        raise Damaged(Damage.TAIL_DROPPED, found, where=source.where, sequence=walked.entries)
    if walked.hashes[sequence] != checkpoint.hash:
        found = f"entry {sequence} is not the one a checkpoint of {checkpoint.at} signed"
        raise Damaged(Damage.REWRITTEN, found, where=source.where, sequence=sequence)


def diagnosed(source: Source, sequence: int, last: str) -> Damaged:
    """Which damage it is that the walk met at this place; reads the ledger once more."""
    rows = [Entry._make(row) for batch in source.batches() for row in batch]
    entry, numbers = rows[sequence - 1], {row.sequence for row in rows}
    place = places(rows)
    whole = hash_of(entry) == entry.hash

    def told(damage: Damage, found: str) -> Damaged:
        return Damaged(damage, found, where=source.where, sequence=sequence)

    if whole and entry.sequence != sequence:
        if sequence in numbers:
            return told(Damage.REORDERED, f"entry {entry.sequence} stands where entry {sequence} belongs")
        return told(Damage.GAP, f"after entry {sequence - 1} comes entry {entry.sequence}")
    if whole:
        return told(Damage.SPLICED, f"entry {sequence} is whole, but does not follow entry {sequence - 1}")
    own = place.get(entry.hash, sequence)
    if own != sequence and hash_of(entry._replace(sequence=own)) == entry.hash:
        return told(Damage.REORDERED, f"entry {own} stands where entry {sequence} belongs")
    if entry.sequence != sequence and sequence not in numbers:
        return told(Damage.GAP, f"after entry {sequence - 1} comes entry {entry.sequence}")
    return told(Damage.ALTERED, f"entry {sequence} ({entry.kind}, {entry.subject}) does not match its hash")


def places(rows: Sequence[Entry]) -> dict[str, int]:
    """Where each entry belongs by the hashes alone, whatever its number says: the chain followed from its beginning."""
    after = {row.previous: row.hash for row in rows}
    found: dict[str, int] = {}
    here = after.get(GENESIS)
    while here is not None and here not in found:
        found[here] = len(found) + 1
        here = after.get(here)
    return found
