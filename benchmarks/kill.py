"""Kill -9 at random moments during imports, decisions and appends; every case must open, verify, and hold what was acknowledged.

    python benchmarks/kill.py                  200 kills on SQLite and 200 on PostgreSQL
    python benchmarks/kill.py sqlite 20 7      20 kills on one of them, with seed 7

A worker imports files, decides and notes, and tells over a pipe what each call returned. It is killed at a random moment.
On PostgreSQL, every tenth time the server itself is stopped in the middle without a word and started again.
Prints the number of kills, of acknowledged entries, and of entries that were durable but not yet told.
"""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import random
import signal
import sys
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))
from postgresql_server import Server, binaries

CONTEXT = multiprocessing.get_context("forkserver")
LONGEST = 0.6  # seconds a worker is let work; a round of its work takes about 0.1


def work(folder: str, told: Connection, seed: int) -> None:
    """Import, decide and note until killed, or until the server is gone; tell what was acknowledged."""
    from civcas.errors import CivcasError

    with contextlib.suppress(CivcasError):
        work_on(folder, told, seed)


def work_on(folder: str, told: Connection, seed: int) -> None:
    import pyarrow as pa

    from civcas.case.case import Case
    from civcas.ledger.entry import Draft
    from civcas.terms.decision import count

    case, number = Case.open(folder), 0
    while True:
        number += 1
        name = f"{seed}-{number}"
        file = case.path / "hand" / f"{name}.csv"
        file.write_text(name * 5000)
        rows = pa.table({"report_id": [f"{name}:{n}" for n in range(2000)], "dataset": ["d"] * 2000})
        made = case.take_in(file, dataset=name, format="t", tables={"report": rows}, given=2000, author="worker")
        told.send((made.sequence, case.ledger.entry(made.sequence).hash))
        decided = case.decide(
            *(count(f"{name}:{n}", "civ_killed", n, n, because="x") for n in range(50)), author="worker"
        )
        told.send((decided.last, decided.hash))
        for _ in range(5):
            noted = case.ledger.append([Draft("note", "note", "{}", "x" * 300)], author="worker")
            told.send((noted.last, noted.hash))


def survived(folder: str, told: list[tuple[int, str]], answer: Connection) -> None:
    """Open the case, verify all of it, and hold it against what was acknowledged."""
    from civcas.case.case import Case
    from civcas.case.intake import imports, table_path

    with Case.open(folder) as case:
        found = case.verify(originals=True)
        hashes = {entry.sequence: entry.hash for entry in case.ledger.entries()}
        lost = [sequence for sequence, own in told if hashes.get(sequence) != own]
        torn = [
            made.sequence
            for made in imports(case)
            for name, file in made.tables.items()
            if len(table_path(case, name, file).read_bytes()) == 0
        ]
        case.tables()["report"].count().to_pyarrow() if imports(case) else None
        answer.send((found.entries, lost, torn))


def run(target: Any, *given: Any) -> multiprocessing.process.BaseProcess:
    process = CONTEXT.Process(target=target, args=given, daemon=True)
    process.start()
    return process


def one_kill(folder: str, before: int, seed: int, server: Server | None) -> tuple[int, int, int]:
    """Returns entries after, entries acknowledged, and entries that were durable before they were told."""
    reader, writer = CONTEXT.Pipe(duplex=False)
    draw = random.Random(seed)
    worker = run(work, folder, writer, seed)
    writer.close()
    if draw.random() < 0.9:
        reader.poll(30)  # mostly wait until it is at work; else it may be killed while it opens the case
    time.sleep(draw.random() * LONGEST)
    if server and seed % 10 == 0:
        server.stop(mode="immediate", remove=False)
        server.start()
    with contextlib.suppress(ProcessLookupError):  # it ended by itself when the server was gone
        os.kill(worker.pid or 0, signal.SIGKILL)
    worker.join()
    told: list[tuple[int, str]] = []
    try:
        while True:
            told.append(reader.recv())
    except (EOFError, OSError):
        reader.close()
    mine, theirs = CONTEXT.Pipe()
    checker = run(survived, folder, told, theirs)
    theirs.close()
    entries, lost, torn = mine.recv()
    checker.join()
    assert not lost and not torn, f"kill {seed}: lost {lost}, torn {torn}"
    last = max((sequence for sequence, _ in told), default=before)
    in_flight = entries - last
    assert 0 <= in_flight <= 50, f"kill {seed}: {in_flight} entries that nobody acknowledged"
    return entries, last - before, in_flight


def campaign(database: str, kills: int, seed: int) -> None:
    from civcas.case.folder import make

    server = Server() if database == "postgresql" else None
    try:
        with tempfile.TemporaryDirectory() as name:
            folder, done, durable, before = "", 0, 0, 0
            began = time.perf_counter()
            for number in range(kills):
                if number % 20 == 0:  # a new case now and then, so that verifying stays short
                    folder, before = f"{name}/case{number}", 1
                    make(folder, author="benchmark", ledger=server.address(f"case{number}") if server else "ledger.db")
                before, acknowledged, in_flight = one_kill(folder, before, seed * 1000 + number, server)
                done, durable = done + acknowledged, durable + (in_flight > 0)
            print(
                f"{database:10} {kills} kills, {done:,} entries acknowledged, none lost, none torn, every chain whole; "
                f"{durable} times a whole batch was durable but its acknowledgement did not get out "
                f"({time.perf_counter() - began:.0f} s)"
            )
    finally:
        if server:
            server.stop(mode="immediate")


def main() -> None:
    CONTEXT.set_forkserver_preload(["civcas.case.case", "pyarrow.parquet", "psycopg"])
    chosen = sys.argv[1:2] or ["sqlite", *(["postgresql"] if binaries() else [])]
    for database in chosen:
        campaign(database, int(sys.argv[2]) if len(sys.argv) > 2 else 200, int(sys.argv[3]) if len(sys.argv) > 3 else 1)


if __name__ == "__main__":
    main()
