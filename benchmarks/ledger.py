"""How fast the ledger appends, replays and verifies, beside plain batched SQLite inserts of the same rows.

    python benchmarks/ledger.py            200,000 appended, 1,000,000 replayed and verified
    python benchmarks/ledger.py 20000      a tenth of that

Prints a ratio for the append (target: at least 0.25 of the plain inserts), seconds and peak memory for the replay
(target: under 5 s and 2 GiB), and entries a second for the verification (target: 200,000 on one core).
"""

from __future__ import annotations

import resource
import sqlite3
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from civcas.ledger.book import Ledger
from civcas.ledger.deciding import decide
from civcas.ledger.entry import Entry
from civcas.ledger.replay import replay
from civcas.ledger.verify import Database, verify
from civcas.terms.decision import Decision, count

ROUNDS = 3
PLAIN = (
    "CREATE TABLE entry (sequence INTEGER PRIMARY KEY, at TEXT NOT NULL, author TEXT NOT NULL, kind TEXT NOT NULL, "
    "subject TEXT NOT NULL, body TEXT NOT NULL, reason TEXT NOT NULL, batch TEXT NOT NULL, previous TEXT NOT NULL, "
    "hash TEXT NOT NULL) STRICT"
)


def decisions(number: int, start: int = 0) -> list[Decision]:
    """Corrections of as many subjects, made beforehand: the time to make up data is no part of the measure."""
    because = "page corrected 2026-05-02"
    return [
        count(f"airwars:CS{i}", "civ_killed", i % 7, i % 7 + 3, because=because) for i in range(start, start + number)
    ]


def append(folder: Path, given: list[Decision]) -> tuple[float, list[Entry]]:
    ledger = Ledger.create(folder / "chained.db", case="benchmark")
    began = time.perf_counter()
    decide(ledger, given, author="anna")
    seconds = time.perf_counter() - began
    rows = list(ledger.entries())
    ledger.close()
    (folder / "chained.db").unlink()
    return seconds, rows


def plain(folder: Path, rows: list[Entry]) -> float:
    """The same rows in the same kind of database, as durable, one batch, no hash, no index, no trigger, no check."""
    connection = sqlite3.connect(folder / "plain.db", isolation_level=None)
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = FULL")
    connection.execute(PLAIN)
    given = [tuple(row) for row in rows]
    began = time.perf_counter()
    connection.execute("BEGIN IMMEDIATE")
    connection.executemany("INSERT INTO entry VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)", given)
    connection.execute("COMMIT")
    seconds = time.perf_counter() - began
    connection.close()
    (folder / "plain.db").unlink()
    return seconds


def fill(folder: Path, number: int) -> None:
    """A ledger of that many decisions, each about another subject: the most there is to replay; appended in batches."""
    ledger = Ledger.create(folder / "ledger.db", case="benchmark")
    for start in range(0, number, 100_000):
        decide(ledger, decisions(min(100_000, number - start), start), author="anna")
    ledger.close()


def measured(folder: Path, what: str) -> None:
    """Run in a process of its own, so that peak memory is this step's alone."""
    ledger = Ledger.open(folder / "ledger.db")
    began = time.perf_counter()
    working = time.process_time()
    rows = replay(ledger).num_rows if what == "replay" else verify(Database(ledger)).entries
    seconds, busy = time.perf_counter() - began, time.process_time() - working
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024**2
    speed = f"{seconds:5.2f} s ({busy:5.2f} s of processor) = {rows / seconds:>9,.0f} a second"
    print(f"{what:8} {rows:>10,} entries in {speed}, peak {peak:.2f} GiB")


def main() -> None:
    if len(sys.argv) == 3:
        measured(Path(sys.argv[2]), sys.argv[1])
        return
    number = int(sys.argv[1]) if len(sys.argv) > 1 else 200_000
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        given, ratios = decisions(number), []
        for _ in range(ROUNDS):
            chained, rows = append(folder, given)
            unchained = plain(folder, rows)
            ratios.append(unchained / chained)
            print(
                f"append   {number:>10,} decisions: chained {chained:.2f} s, plain {unchained:.2f} s, ratio {ratios[-1]:.2f}"
            )
        print(f"append   median ratio {statistics.median(ratios):.2f} (target: at least 0.25)")
        del given, rows
        fill(folder, number * 5)
        for what in ("replay", "verify"):
            subprocess.run([sys.executable, __file__, what, name], check=True)


if __name__ == "__main__":
    main()
