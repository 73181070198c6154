"""A disk that fills up in the middle: one clear message, and a case as it was."""

from __future__ import annotations

import contextlib
import os
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from made import Clock, report

from civcas.case.case import Case
from civcas.case.folder import make
from civcas.errors import Busy, NoSpace
from civcas.ledger.book import Ledger
from civcas.ledger.entry import Draft
from civcas.ledger.verify import Database, verify
from postgresql_server import Server, binaries


@contextlib.contextmanager
def disk(folder: Path, size: str) -> Iterator[Path]:
    """A disk of that size, for as long as it is needed."""
    folder.mkdir(mode=0o755)
    mounted = (
        os.geteuid() == 0
        and not subprocess.run(
            ["mount", "-t", "tmpfs", "-o", f"size={size},mode=755", "tmpfs", str(folder)],
            stderr=subprocess.DEVNULL,
            check=False,
        ).returncode
    )
    if not mounted:
        folder.rmdir()
        pytest.skip("this user may not mount a small disk")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "-l", str(folder)], check=True)
        folder.rmdir()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    with disk(tmp_path / "disk", "3m") as small:
        yield small


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


@pytest.mark.slow
@pytest.mark.postgresql
@pytest.mark.xdist_group("postgresql")
def test_a_server_whose_disk_is_full_keeps_what_it_acknowledged(clock: Clock) -> None:
    """PostgreSQL may refuse, or stop altogether; started again with space, it has every acknowledged entry and no other."""
    if binaries() is None:
        pytest.skip("no PostgreSQL server is installed: apt-get install postgresql")
    with disk(Path(tempfile.gettempdir()) / f"civcas-disk-{os.getpid()}", "120m") as small:
        server = Server(small)
        ledger = Ledger.create(server.address("full"), case="a-case", clock=clock)
        ballast, acknowledged = fill(small), 0
        os.truncate(ballast, ballast.stat().st_size - (4 << 20))
        with pytest.raises((NoSpace, Busy)):
            for _ in range(400):
                acknowledged = ledger.append(
                    [Draft("note", "note", "{}", os.urandom(5000).hex())] * 20, author="anna"
                ).last
        ballast.unlink()
        with contextlib.suppress(AssertionError):  # it has stopped by itself already
            server.stop(mode="immediate", remove=False)
        server.start()
        ledger.close()
        assert verify(Database(ledger)).entries == acknowledged > 0
        ledger.append([Draft("note", "note", "{}", "there is space again")], author="anna")
        ledger.close()
        server.stop(mode="immediate")
