"""Erasing an original for a lawful reason: two people, a reason, a tombstone; the hash and the chain stay."""

from __future__ import annotations

from civcas.case.folder import Folder
from civcas.case.intake import imports, table_path
from civcas.errors import BadInput
from civcas.ledger.entry import Entry, EntryKind


def erase(case: Folder, sha256: str, *, reason: str, author: str, second: str) -> int:
    """Record the erasure, then remove the bytes and every table read from them; returns the entry.

    Called again after an interruption, it finishes what the entry says and adds no other.
    """
    if not second.strip() or second.strip() == author.strip():
        raise BadInput(
            "an erasure takes two people", expected="a second person, who is not the author", do="--with NAME"
        )
    if not reason.strip():
        raise BadInput("the erasure gives no reason", do='Say why, with --because "…": it is kept for ever')
    entry = recorded(case, sha256)
    if entry is None:
        if not case.vault.holds(sha256):
            raise BadInput(
                f"there is no original {sha256}", where=str(case.path), do="List them with: civcas log --kind import"
            )
        body: dict[str, object] = {"sha256": sha256, "second": second}
        case.remember(EntryKind.ERASURE, f"original:{sha256}", body, author=author, reason=reason)
        entry = recorded(case, sha256)
    assert entry is not None
    finish(case, entry)
    return entry.sequence


def finish(case: Folder, entry: Entry) -> None:
    """Do what an erasure's entry says; what is done already stays done."""
    sha256, second = entry.says["sha256"], entry.says["second"]
    case.vault.erase(sha256, reason=entry.reason, by=(entry.author, second), at=entry.at)
    for made in imports(case):
        if made.original.sha256 == sha256:
            for name, file in made.tables.items():
                table_path(case, name, file).unlink(missing_ok=True)


def recorded(case: Folder, sha256: str) -> Entry | None:
    return next(case.ledger.entries(subject=f"original:{sha256}", kinds=[EntryKind.ERASURE]), None)


def unfinished(case: Folder) -> list[str]:
    """Originals whose erasure is in the ledger but not done."""
    entries = case.ledger.entries(kinds=[EntryKind.ERASURE])
    return [entry.says["sha256"] for entry in entries if case.vault.holds(entry.says["sha256"])]
