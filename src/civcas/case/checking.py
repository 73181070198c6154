"""Whether a case is whole: its chain, its originals, and what an interruption left unfinished."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from civcas.case.erasure import unfinished
from civcas.case.folder import INSIDE, Folder, seen_by_others
from civcas.case.intake import Import, imports, table_path
from civcas.case.vintage import erased
from civcas.errors import BadInput
from civcas.ledger.checkpoint import read_checkpoint, read_public_key
from civcas.ledger.damage import Damage, Damaged
from civcas.ledger.deciding import DECIDING
from civcas.ledger.verify import Database, verify
from civcas.vault import leftovers


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """A case found whole. `originals` is how many were hashed again; None where that was not asked."""

    entries: int
    checkpoints: int
    signed_to: int
    hash: str
    originals: int | None

    def to_dict(self) -> dict[str, Any]:
        return {"whole": True, **asdict(self)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Status:
    """What a case holds, what an interruption left unfinished, and what its owner should know."""

    path: str
    title: str
    id: str
    entries: int
    last: str
    signed_to: int
    originals: int
    datasets: tuple[dict[str, Any], ...]
    decisions: int
    unfinished: tuple[str, ...]
    warnings: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        return asdict(self)


def check(
    case: Folder,
    *,
    originals: bool = False,
    against: Sequence[str | Path] = (),
    keys: Sequence[str] = (),
    progress: Callable[[int, int], None] | None = None,
) -> Checked:
    """Hold the ledger against its hashes, its checkpoints and those kept elsewhere; with `originals`, hash those again.

    `against` are files of checkpoints that were kept elsewhere, `keys` public keys known from elsewhere.
    """
    kept = [read_checkpoint(Path(path), case=case.settings.id) for path in against]
    found = verify(Database(case.ledger), kept=kept, keys=[read_public_key(key) for key in keys])
    return Checked(
        entries=found.entries,
        checkpoints=found.checkpoints,
        signed_to=found.signed_to,
        hash=found.hash,
        originals=_check_originals(case, progress) if originals else None,
    )


def _check_originals(case: Folder, progress: Callable[[int, int], None] | None) -> int:
    """Hash every original that the ledger speaks of."""
    hashes = sorted({made.original.sha256 for made in imports(case)})
    for number, sha256 in enumerate(hashes, 1):
        if flaw := case.vault.check(sha256):
            raise Damaged(Damage.ORIGINALS, f"original {sha256}: {flaw.found}", where=str(case.path))
        if progress:
            progress(number, len(hashes))
    return len(hashes)


def status(case: Folder) -> Status:
    """What the case holds; a case that an interruption left half-made can still be asked."""
    try:
        ledger = case.ledger
    except BadInput as missing:
        return _half_made(case, f"the ledger is not there yet ({missing.found}); finish with: civcas new {case.path}")
    head, made = ledger.head(), imports(case)
    checkpoints = Database(ledger).checkpoints()
    warnings = []
    if seen_by_others(case.path):
        warnings.append(
            f"other users of this machine may look into this folder; close it with: chmod 700 '{case.path}'"
        )
    signed_to = max((c.sequence for c in checkpoints), default=0)
    if signed_to < head.sequence:
        warnings.append(
            f"entries {signed_to + 1} to {head.sequence} are not signed yet; sign, and keep the copy elsewhere: "
            "civcas checkpoint --out FILE"
        )
    return Status(
        path=str(case.path),
        title=case.settings.title,
        id=case.settings.id,
        entries=head.sequence,
        last=head.at,
        signed_to=signed_to,
        originals=sum(1 for _ in case.vault.originals()),
        datasets=tuple(_datasets(made)),
        decisions=ledger.count(DECIDING),
        unfinished=tuple(_unfinished(case, made)),
        warnings=tuple(warnings),
    )


def _half_made(case: Folder, why: str) -> Status:
    return Status(
        path=str(case.path), title=case.settings.title, id=case.settings.id, entries=0, last="", signed_to=0,
        originals=0, datasets=(), decisions=0, unfinished=(why,), warnings=(),
    )  # fmt: skip


def _datasets(made: Sequence[Import]) -> list[dict[str, Any]]:
    last = {each.dataset: each for each in made}
    vintages = {name: sum(1 for each in made if each.dataset == name) for name in last}
    return [
        {
            "dataset": name,
            "vintages": vintages[name],
            "entry": each.sequence,
            "imported": each.at,
            "given": each.given,
            "read": each.read,
            "unread": each.unread,
            "tables": {table: file.rows for table, file in each.tables.items()},
        }
        for name, each in last.items()
    ]


def _unfinished(case: Folder, made: Sequence[Import]) -> list[str]:
    """What an interruption left behind, each with what to do; none of it is part of the case."""
    found = [
        f"the folder {name}/ is missing; finish with: civcas new {case.path}"
        for name in INSIDE
        if not (case.path / name).is_dir()
    ]
    if not case.ledger.head().sequence:
        found.append(f"the ledger has no first entry; finish with: civcas new {case.path}")
    spoken = {each.original.sha256 for each in made}
    for sha256 in case.vault.originals():
        if sha256 not in spoken:
            found.append(f"original {sha256} was kept, but no import speaks of it: import its file again")
    tables = {table_path(case, name, file) for each in made for name, file in each.tables.items()}
    stray = sorted(set(case.tables_folder.glob("*/*.parquet")) - tables)
    if stray:
        found.append(
            f"{len(stray)} tables were written, but no import speaks of them: import again, or delete {stray[0]} …"
        )
    gone = erased(case)
    missing = [each for each in made if each.original.sha256 not in gone and not _whole(case, each)]
    found += [
        f"tables of {each.dataset} (entry {each.sequence}) are missing: import its original again" for each in missing
    ]
    found += [
        f"the erasure of {sha256} is recorded but not done: civcas erase {sha256} again" for sha256 in unfinished(case)
    ]
    parts = leftovers(case.path)
    return found + ([f"{len(parts)} half-written files were left: delete {parts[0]} …"] if parts else [])


def _whole(case: Folder, made: Import) -> bool:
    return all(table_path(case, name, file).exists() for name, file in made.tables.items())
