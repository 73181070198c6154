"""What the tests of the case share: a ledger and a case, on either database."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from made import Clock

from civcas.case.case import Case
from civcas.case.folder import make
from civcas.ledger.book import Ledger
from postgresql_server import Server, binaries

NUMBER = itertools.count(1)
BOTH = [
    "sqlite",
    pytest.param("postgresql", marks=[pytest.mark.postgresql, pytest.mark.xdist_group("postgresql")]),
]


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture(scope="session")
def server() -> Iterator[Server]:
    if binaries() is None:
        pytest.skip("no PostgreSQL server is installed: apt-get install postgresql")
    pytest.importorskip("psycopg", reason="psycopg is not installed: pip install 'civcas[postgresql]'")
    running = Server()
    yield running
    running.stop(mode="immediate")


@pytest.fixture(params=BOTH)
def address(request: pytest.FixtureRequest, tmp_path: Path) -> Path | str:
    """Where a new ledger may be made, on each database in turn."""
    if request.param == "sqlite":
        return tmp_path / "ledger.db"
    server: Server = request.getfixturevalue("server")
    return server.address(f"test{next(NUMBER)}")


@pytest.fixture
def server_address(request: pytest.FixtureRequest, address: Path | str) -> Callable[[], str] | None:
    """Makes another empty database on the server, where the test runs on one."""
    return (
        None if isinstance(address, Path) else lambda: request.getfixturevalue("server").address(f"test{next(NUMBER)}")
    )


@pytest.fixture
def ledger(address: Path | str, clock: Clock) -> Iterator[Ledger]:
    opened = Ledger.create(address, case="a-case", clock=clock)
    yield opened
    opened.close()


@pytest.fixture
def make_case(tmp_path: Path, address: Path | str, clock: Clock) -> Iterator[Callable[[], Case]]:
    """Makes the case, on each database in turn."""
    opened: list[Case] = []

    def made() -> Case:
        make(
            tmp_path / "case",
            author="anna",
            title="A case",
            ledger="ledger.db" if isinstance(address, Path) else address,
            clock=clock,
        )
        opened.append(Case.open(tmp_path / "case", clock=clock))
        return opened[-1]

    yield made
    for case in opened:
        case.close()


@pytest.fixture
def case(make_case: Callable[[], Case]) -> Case:
    return make_case()


@pytest.fixture
def plain_case(tmp_path: Path, clock: Clock) -> Iterator[Case]:
    """A case on SQLite, for what does not depend on the database."""
    make(tmp_path / "plain", author="anna", title="A case", clock=clock)
    with Case.open(tmp_path / "plain", clock=clock) as opened:
        yield opened
