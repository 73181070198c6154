"""A PostgreSQL server of its own, on a socket in a new folder, as a user who is not root; gone when it is stopped."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import tempfile
from pathlib import Path
from typing import Any

UNPRIVILEGED = ("postgres", "nobody")


def binaries() -> Path | None:
    """The newest server installed; None where there is none."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
    on_path = shutil.which("initdb")
    return found[-1] if found else Path(on_path).parent if on_path else None


class Server:
    """Start with `Server()`, ask `address(name)` for a fresh database, end with `stop()`."""

    def __init__(self, parent: Path | None = None) -> None:
        where = binaries()
        assert where, "no PostgreSQL server is installed"
        self.binaries = where
        self.user = self._unprivileged()
        self.folder = Path(tempfile.mkdtemp(prefix="civcas-pg-", dir=parent))
        if self.user:
            shutil.chown(self.folder, self.user)
        self._run("initdb", "-D", str(self.folder / "data"), "-U", "civcas", "-A", "trust", "-E", "UTF8", "--no-sync")
        self.start()

    def start(self) -> None:
        options = f"-k {self.folder} -c listen_addresses='' -c max_connections=60"
        self._run(
            "pg_ctl", "-D", str(self.folder / "data"), "-w", "-l", str(self.folder / "log"), "-o", options, "start"
        )

    def stop(self, *, mode: str = "fast", remove: bool = True) -> None:
        self._run("pg_ctl", "-D", str(self.folder / "data"), "-w", "-m", mode, "stop")
        if remove:
            shutil.rmtree(self.folder, ignore_errors=True)

    def address(self, name: str) -> str:
        """The address of a new, empty database."""
        self._run("createdb", "-h", str(self.folder), "-U", "civcas", name)
        return f"postgresql://civcas@/{name}?host={self.folder}"

    def _run(self, program: str, *words: str) -> None:
        given: dict[str, Any] = {"user": self.user} if self.user else {}
        done = subprocess.run(
            [str(self.binaries / program), *words],
            cwd="/",
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            check=False,
            **given,
        )
        assert done.returncode == 0, f"{program}: {done.stderr.decode()}"

    @staticmethod
    def _unprivileged() -> str | None:
        """Root may not run a server: the first user there is who is not root."""
        if os.geteuid():
            return None
        known = {entry.pw_name for entry in pwd.getpwall()}
        return next(name for name in UNPRIVILEGED if name in known)
