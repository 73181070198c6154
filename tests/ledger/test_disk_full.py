"""A disk that fills up in the middle: one clear message, and a case as it was."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from made import Clock, report

from civcas.case.case import Case
from civcas.case.folder import make
from civcas.errors import NoSpace
from civcas.ledger.entry import Draft


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 3 MiB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], stderr=subprocess.DEVNULL, check=False
        ).returncode
    )
    if not mounted:
        pytest.skip("this user may not mount a small disk")
    yield disk
    subprocess.run(["umount", "-l", str(disk)], check=True)


@pytest.fixture
def case(small_disk: Path, clock: Clock) -> Iterator[Case]:
    make(small_disk / "case", author="anna", clock=clock)
    with Case.open(small_disk / "case", clock=clock) as opened:
        yield opened


def fill(disk: Path) -> Path:
    """Take all the space there is left."""
    ballast = disk / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(bytes(4096))
        except OSError:
            return ballast


def test_an_original_that_does_not_fit_is_refused_and_leaves_nothing(case: Case, tmp_path: Path) -> None:
    large = tmp_path / "large.csv"
    large.write_bytes(os.urandom(4 << 20))
    with pytest.raises(NoSpace, match="no space is left on the disk"):
        case.keep(large)
    assert case.status().unfinished == () and case.verify(originals=True).entries == 1
    assert take_in_small(case) == 2


def take_in_small(case: Case) -> int:
    file = case.path / "hand" / "small.csv"
    file.write_text("small")
    return case.take_in(
        file, dataset="small", format="t", tables={"report": report(("a:1", 1, 1))}, given=1, author="anna"
    ).sequence


def test_tables_that_do_not_fit_are_refused_and_leave_no_entry(case: Case, tmp_path: Path) -> None:
    take_in_small(case)
    (tmp_path / "x.csv").write_text("x")
    rows = pa.table({"report_id": [os.urandom(20).hex() for _ in range(200_000)], "dataset": ["d"] * 200_000})
    with pytest.raises(NoSpace, match="no space is left on the disk"):
        case.take_in(tmp_path / "x.csv", dataset="d", format="t", tables={"report": rows}, given=200_000, author="anna")
    assert case.verify(originals=True).entries == 2 and case.tables()["report"].to_pyarrow().num_rows == 1
    assert [line for line in case.status().unfinished if "half-written" in line] == []


def test_entries_that_do_not_fit_are_refused_and_those_before_stay(case: Case, small_disk: Path) -> None:
    head = case.ledger.head()
    with pytest.raises(NoSpace, match="no space is left for the ledger"):
        case.ledger.append([Draft("note", "note", "{}", "x" * 1000)] * 20_000, author="anna")
    assert case.ledger.head() == head and case.verify().entries == 1
    case.note("smaller", author="anna")
    ballast = fill(small_disk)
    with pytest.raises(NoSpace):
        for _ in range(1000):
            case.note("x" * 1000, author="anna")
    acknowledged = case.ledger.head().sequence
    ballast.unlink()
    assert case.verify().entries == acknowledged
    case.note("there is space again", author="anna")
    assert case.verify().entries == acknowledged + 1


def test_a_case_that_does_not_fit_opens_and_says_what_is_unfinished(small_disk: Path, clock: Clock) -> None:
    (small_disk / "case").mkdir()
    ballast = fill(small_disk)
    with ballast.open("rb+") as file:
        file.truncate(ballast.stat().st_size - 12 * 4096)
    with pytest.raises(NoSpace):
        make(small_disk / "case", author="anna", clock=clock)
    ballast.unlink()
    make(small_disk / "case", author="anna", clock=clock)
    with Case.open(small_disk / "case", clock=clock) as case:
        assert case.verify().entries == 1
