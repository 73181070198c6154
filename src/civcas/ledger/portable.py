"""The ledger as one file that anyone can check: header, rows, checkpoints, and a trailer with the counts.

One JSON text a line. A row is {"hash":…,"entry":…}; the hash is the SHA-256 of the entry's bytes as they stand.
"""

from __future__ import annotations

import hashlib
import json
import os
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

from civcas.errors import BadInput
from civcas.ledger.book import Ledger, newer_is_refused
from civcas.ledger.checkpoint import Checkpoint
from civcas.ledger.damage import Damage, Damaged
from civcas.ledger.entry import Entry, text_of
from civcas.ledger.store import CHECKPOINT, ENTRY, SCHEMA
from civcas.ledger.verify import Database, Verified, verify
from civcas.terms.canonical import canonical

_MANY = 10_000


def lines(ledger: Ledger) -> Iterator[str]:
    """The file, line by line; the same ledger gives the same bytes."""
    database, digest, count, head = Database(ledger), hashlib.sha256(), 0, ""

    def told(line: str) -> str:
        digest.update(line.encode())
        return line

    yield told(canonical({"header": {"case": ledger.case, "civcas_ledger": SCHEMA}}) + "\n")
    for batch in database.batches():
        for row in batch:
            entry = Entry._make(row)
            yield told(f'{{"hash":"{entry.hash}","entry":{text_of(entry)}}}\n')
        count, head = count + len(batch), batch[-1][-1]
    checkpoints = [c for c in database.checkpoints() if c.sequence <= count]
    for checkpoint in checkpoints:
        yield told(canonical({"checkpoint": checkpoint._asdict()}) + "\n")
    yield canonical({"trailer": _trailer(count, len(checkpoints), head, digest.hexdigest())}) + "\n"


def _trailer(entries: int, checkpoints: int, head: str, sha256: str) -> dict[str, Any]:
    """What the last line says: how much there is before it, and the hash of all its bytes."""
    return {"checkpoints": checkpoints, "entries": entries, "head": head, "sha256": sha256}


def export(ledger: Ledger, path: Path) -> int:
    """Write the file, whole or not at all; returns its size in bytes."""
    part = path.with_name(path.name + ".part")
    with part.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(lines(ledger))
        file.flush()
        os.fsync(file.fileno())
    part.replace(path)
    return path.stat().st_size


class File:
    """An exported ledger as something to verify. Making one reads header and trailer, and finds a file cut short."""

    def __init__(self, path: Path) -> None:
        self.path, self.where = path, str(path)
        try:
            with path.open(encoding="utf-8") as file:
                header = _line(file.readline(), "header", where=self.where)
        except FileNotFoundError:
            raise BadInput("there is no such file: it cannot be read as an exported ledger", where=self.where) from None
        except (OSError, UnicodeDecodeError):
            raise BadInput("this file cannot be read as an exported ledger", where=self.where) from None
        newer_is_refused(str(header.get("civcas_ledger", 0)), where=self.where)
        self.case = str(header.get("case", ""))
        self._checkpoints: list[Checkpoint] = []
        self.trailer: dict[str, Any] = {}
        self._read_the_end()

    def checkpoints(self) -> list[Checkpoint]:
        return self._checkpoints

    def batches(self) -> Iterator[Sequence[Entry]]:
        rows: list[Entry] = []
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.startswith(b'{"hash":'):
                    rows.append(_entry(line, number, where=self.where))
                if len(rows) == _MANY:
                    yield rows
                    rows = []
        if rows:
            yield rows

    def _read_the_end(self) -> None:
        """Checkpoints and trailer; a file without a whole trailer at its end was cut."""
        strange, number, line = 0, 0, b""
        with self.path.open("rb") as file:
            for number, line in enumerate(file, 1):
                if line.startswith(b'{"trailer":') and line.endswith(b"}\n"):
                    self.trailer = _part(line, number, "trailer", where=self.where)
                elif line.startswith(b'{"checkpoint":'):
                    words = _part(line, number, "checkpoint", where=self.where)
                    self._checkpoints.append(Checkpoint(**{name: words.get(name, "") for name in Checkpoint._fields}))
                elif not line.startswith((b'{"hash":', b'{"header":')):
                    strange = strange or number
        if strange and (strange < number or line.endswith(b"}\n")):
            found = f"line {strange} is neither header, row, checkpoint nor trailer"
            raise Damaged(Damage.ALTERED, found, where=self.where)
        if not self.trailer:
            raise Damaged(Damage.TRUNCATED, "the file has no trailer: it was cut short", where=self.where)


def verify_file(path: Path, *, kept: Sequence[Checkpoint] = (), keys: Sequence[str] = ()) -> Verified:
    """Hold an exported ledger against its hashes, its checkpoints, its trailer and those kept elsewhere."""
    file = File(path)
    found = verify(file, kept=kept, keys=keys)
    counted = int(file.trailer.get("entries", 0))
    if found.entries < counted:
        says = f"the trailer counts {counted} entries, the file holds {found.entries}"
        raise Damaged(Damage.TRUNCATED, says, where=file.where, sequence=found.entries)
    if file.trailer != _trailer(found.entries, len(file.checkpoints()), found.hash, _hash_before_trailer(path)):
        raise Damaged(Damage.ALTERED, "header, checkpoints or trailer are not as they were written", where=file.where)
    return found


def load(path: Path, ledger: Ledger) -> Verified:
    """Put an exported ledger into an empty one, entry for entry, after verifying it. One batch, all or none."""
    found = verify_file(path)
    file = File(path)
    if file.case != ledger.case:
        raise BadInput(f"the file is of case {file.case}", where=file.where, expected=f"one of case {ledger.case}")
    with ledger.store.writing() as connection:
        if connection.execute(ENTRY.select().limit(1)).first():
            raise BadInput("the ledger has entries already", where=ledger.store.where, expected="an empty ledger")
        for batch in file.batches():
            ledger.store.insert(connection, ENTRY, batch)
        if file.checkpoints():
            ledger.store.insert(connection, CHECKPOINT, file.checkpoints())
    return found


def _hash_before_trailer(path: Path) -> str:
    digest = hashlib.sha256()
    with path.open("rb") as file:
        for line in file:
            if line.startswith(b'{"trailer":'):
                return digest.hexdigest()
            digest.update(line)
    return ""


def _line(line: str, name: str, *, where: str) -> dict[str, Any]:
    try:
        found = json.loads(line)[name]
    except (ValueError, KeyError, TypeError):
        raise BadInput(
            "this is not an exported ledger", where=where, expected="a file of civcas ledger export"
        ) from None
    return dict(found)


def _parsed(line: bytes, number: int, *, where: str) -> dict[str, Any]:
    try:
        found = json.loads(line)
    except ValueError:  # also what is not UTF-8
        raise Damaged(Damage.ALTERED, f"line {number} is not JSON", where=where) from None
    if not isinstance(found, dict):
        raise Damaged(Damage.ALTERED, f"line {number} is not an entry", where=where)
    return found


def _part(line: bytes, number: int, name: str, *, where: str) -> dict[str, Any]:
    found = _parsed(line, number, where=where).get(name)
    if not isinstance(found, dict):
        raise Damaged(Damage.ALTERED, f"line {number} holds no {name}", where=where)
    return found


def _entry(line: bytes, number: int, *, where: str) -> Entry:
    """The row of one line. The body is taken as it stands, so that its hash can be made again."""
    words = _parsed(line, number, where=where)
    try:
        entry, own = words["entry"], words["hash"]
        body = canonical(entry["body"])
        return Entry._make(body if name == "body" else own if name == "hash" else entry[name] for name in Entry._fields)
    except (KeyError, TypeError):
        raise Damaged(Damage.ALTERED, f"line {number} lacks part of an entry", where=where) from None
