"""What every test shares: the network is off, and the real data is found or its absence explained."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

# The same inputs at every run: a failure found once is found again, and a landing does not hang on a draw.
# A machine that is busy draws slowly, which says nothing about what is drawn.
settings.register_profile("repeatable", derandomize=True, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("repeatable")

LOOPBACK = {"127.0.0.1", "::1", "localhost", "0.0.0.0"}


@pytest.fixture(autouse=True)
def network_is_off(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection that would leave this machine fails the test that tried it."""
    connect = socket.socket.connect

    def only_loopback(self: socket.socket, address: Any) -> None:
        if isinstance(address, tuple) and address[0] not in LOOPBACK:
            raise AssertionError(f"a test tried to reach {address[0]}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", only_loopback)


@pytest.fixture(scope="session")
def real_data() -> Path:
    """The folder of real data, or a skip that says how to get it."""
    folder = Path(os.environ.get("CIVCAS_TEST_DATA", "../shared/data"))
    if not (folder / "README.md").exists():
        pytest.skip(f"real data not found in {folder}: set CIVCAS_TEST_DATA to its folder")
    return folder


@pytest.fixture(scope="session")
def driver() -> Iterator[Any]:
    """What starts browsers, once for a whole run: a second one beside it in the same process is refused."""
    playwright = pytest.importorskip("playwright.sync_api")
    with playwright.sync_playwright() as tool:
        yield tool
