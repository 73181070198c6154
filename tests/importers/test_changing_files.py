"""A file that changes while it is imported leaves no case with one file in the ledger and the tables of another."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest

from civcas.case.case import Case
from civcas.case.folder import make
from civcas.case.taking import take as take_in
from civcas.catalog import find
from civcas.errors import BadInput
from civcas.importers.importer import Options
from civcas.importers.reading import read

HEADER = "airwars_id,date,civ_killed_min,civ_killed_max\n"
BEFORE, AFTER = HEADER + "1,2016-01-02,3,3\n", HEADER + "1,2016-01-02,900,900\n2,2016-01-03,5,5\n"


def changing(file: Path, step: str, change: Callable[[], object]) -> Options:
    """Options whose first message of that step changes the file."""
    done = []

    def tell(said: str) -> None:
        if said.startswith(step) and not done:
            done.append(said)
            change()

    return Options(tell=tell)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "incidents.csv"
    path.write_text(BEFORE, encoding="utf-8")
    return path


@pytest.mark.parametrize("step", ["opening", "reading", "writing"])
@pytest.mark.parametrize("after", [AFTER, "", None], ids=["rewritten", "emptied", "removed"])
def test_a_case_keeps_the_very_file_whose_tables_it_holds(
    tmp_path: Path, file: Path, step: str, after: str | None
) -> None:
    make(tmp_path / "case", author="A")
    options = changing(file, step, file.unlink if after is None else lambda: file.write_text(after, encoding="utf-8"))
    imported = take_in(tmp_path / "case", "airwars", file, options, author="A")
    with Case.open(tmp_path / "case") as case:
        [made] = case.imports()
        with case.vault.open(made.original.sha256) as kept:
            bytes_kept = kept.read()
        report = pq.read_table(case.tables_folder / "report" / f"{made.tables['report'].sha256}.parquet").to_pylist()
    assert bytes_kept == BEFORE.encode() and made.original.name == "incidents.csv"
    assert imported.sha256 == made.original.sha256 == hashlib.sha256(BEFORE.encode()).hexdigest()
    assert [(r["row"], r["civ_killed_min"]) for r in report] == [(1, 3)]


@pytest.mark.parametrize("step", ["reading", "writing"])
@pytest.mark.parametrize("after", [AFTER, None], ids=["rewritten", "removed"])
def test_an_import_into_a_folder_refuses_a_file_that_changed_and_leaves_nothing(
    tmp_path: Path, file: Path, step: str, after: str | None
) -> None:
    options = changing(file, step, file.unlink if after is None else lambda: file.write_text(after, encoding="utf-8"))
    with pytest.raises(BadInput):
        read(find("importers", "airwars"), file, tmp_path / "out", options)
    assert not (tmp_path / "out").exists()


def test_a_file_that_is_refused_leaves_nothing_in_the_case(tmp_path: Path, file: Path) -> None:
    make(tmp_path / "case", author="A")
    file.write_text("a,b\n1,2\n", encoding="utf-8")
    with pytest.raises(BadInput, match=r"incidents\.csv"):
        take_in(tmp_path / "case", "airwars", file, Options(), author="A")
    with Case.open(tmp_path / "case") as case:
        assert list(case.vault.originals()) == [] and case.imports() == []


def test_a_folder_and_a_file_that_is_not_there_are_refused_by_name(tmp_path: Path) -> None:
    make(tmp_path / "case", author="A")
    for path, said in ((tmp_path, "it is not a file"), (tmp_path / "none.csv", "there is no such file")):
        with pytest.raises(BadInput, match=said):
            take_in(tmp_path / "case", "airwars", path, Options(), author="A")
