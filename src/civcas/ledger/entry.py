"""An entry of the ledger, and the chain of hashes that holds each to the one before."""

from __future__ import annotations

import json
from collections.abc import Iterable
from hashlib import sha256
from typing import Any, NamedTuple

from civcas.terms.canonical import quoted
from civcas.terms.vocabulary import Word

GENESIS = "0" * 64
"""What the first entry has in place of a previous hash."""


class EntryKind(Word):
    """What an entry remembers."""

    IMPORT = "import", "a file was taken in, with its hash and what was read of it"
    DECISION = "decision", "a person or a rule settled something for the first time"
    CORRECTION = "correction", "a decision that takes the place of what was published or of an earlier decision"
    RELEASE = "release", "the case was published"
    ERASURE = "erasure", "an original was erased for a lawful reason; its hash and this chain stay"
    NOTE = "note", "anything else worth remembering: a key, a backup, an export, a remark"


class Draft(NamedTuple):
    """What an entry is to say, before it has a place in the chain. `body` is canonical JSON."""

    kind: str
    subject: str
    body: str
    reason: str


class Entry(NamedTuple):
    """One entry: what the database and the exported file hold, in this order."""

    sequence: int
    at: str
    author: str
    kind: str
    subject: str
    body: str
    reason: str
    batch: str
    previous: str
    hash: str

    @property
    def says(self) -> dict[str, Any]:
        """The body, read."""
        found = json.loads(self.body)
        return found if isinstance(found, dict) else {"value": found}


def text_of(entry: Entry) -> str:
    """The canonical JSON of everything but the hash: what the hash is made of.

    The body stands in it as it is stored. No other body and columns make the same text: every other text is
    quoted, so that the last eighteen bare quotation marks, and the first fourteen, are where they must be.
    """
    return (
        f'{{"at":{quoted(entry.at)},"author":{quoted(entry.author)},"batch":{quoted(entry.batch)},"body":{entry.body},'
        f'"kind":{quoted(entry.kind)},"previous":{quoted(entry.previous)},"reason":{quoted(entry.reason)},'
        f'"sequence":{entry.sequence},"subject":{quoted(entry.subject)}}}'
    )


def hash_of(entry: Entry) -> str:
    return sha256(text_of(entry).encode()).hexdigest()


def chained(
    drafts: Iterable[Draft], *, at: str, author: str, batch: str, after: int, previous: str
) -> list[tuple[int, str, str, str, str, str, str, str, str, str]]:
    """The drafts as rows, in the columns of an Entry, that follow entry `after`, whose hash is `previous`.

    A loop, since each hash needs the one before; what a batch shares is written once. `text_of` spells the same text.
    """
    shared = f'{{"at":{quoted(at)},"author":{quoted(author)},"batch":{quoted(batch)},"body":'
    rows: list[tuple[int, str, str, str, str, str, str, str, str, str]] = []
    add = rows.append
    for sequence, (kind, subject, body, reason) in enumerate(drafts, after + 1):
        text = (
            f'{shared}{body},"kind":"{kind}","previous":"{previous}",'
            f'"reason":{quoted(reason)},"sequence":{sequence},"subject":{quoted(subject)}}}'
        )
        own = sha256(text.encode()).hexdigest()
        add((sequence, at, author, kind, subject, body, reason, batch, previous, own))
        previous = own
    return rows
