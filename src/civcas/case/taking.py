"""Takes a published file into a case: the original into the vault, its tables beside it, and one entry that accounts for every row."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from civcas.case.case import Case
from civcas.catalog import find
from civcas.errors import BadInput
from civcas.importers.importer import Imported, Options
from civcas.importers.reading import read
from civcas.terms.tables import TABLES

UNREAD = "unread"


def take(folder: Path, format_: str, file: Path, options: Options, *, author: str) -> Imported:
    """Read `file` through the importer of that format, and make what it says part of the case, whole or not at all.

    What is read is a copy that nobody else writes to, and the same copy goes to the vault: a file that changes meanwhile
    cannot leave one file in the ledger and the tables of another. A file that is refused leaves nothing in the case.
    """
    importer = find("importers", format_, kind="format")
    with Case.open(folder) as case, tempfile.TemporaryDirectory(prefix="civcas-take-") as passing:
        copy = _copied(file, Path(passing) / "given")
        imported = read(importer, copy, Path(passing) / "tables", replace(options, beside=file.parent))
        said = imported.to_dict()
        case.commit(
            dataset=imported.dataset,
            format=imported.importer,
            original=case.keep(copy),
            tables={name: imported.reader(name) for name in imported.tables if name in TABLES and name != UNREAD},
            unread=pq.read_table(imported.tables[UNREAD]) if UNREAD in imported.tables else None,
            given=said["given"],
            author=author,
            notes={
                key: said[key]
                for key in ("layout", "vintage", "licence", "citation", "redistribute", "doubts", "reasons")
            },
        )
    return imported


def _copied(file: Path, to: Path) -> Path:
    """A copy under the same name, made once; what cannot be copied is refused as the reader of files would."""
    if not file.is_file():
        return file
    to.mkdir()
    try:
        return Path(shutil.copyfile(file, to / file.name))
    except PermissionError:
        raise BadInput("this file may not be read by this user", where=str(file)) from None
    except OSError as failed:
        raise BadInput(f"the file cannot be copied: {failed.strerror}", where=str(file)) from None
