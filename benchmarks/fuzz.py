"""Feeds damaged samples to every importer, guided by the lines of the importers they reach, and reports what went wrong.

python benchmarks/fuzz.py [--minutes 10] [--seed 1] [--only airwars,mapped]

Needs atheris (pip install atheris). Each importer has a process. Half the minutes (of processor time) are shared out equally,
half by what one run of an importer's samples takes, so that those of many columns have their share of runs too.
Damage knows the forms: cells, rows, headers, delimiters, line ends, quotes, encodings, packings, JSON values, types of Parquet
columns; atheris changes bytes beside it.

Wrong is: an error other than a refusal (CivcasError); accounts that do not balance, or say another number of rows than the tables
hold; another result by the straight way than by the careful one; another number of rows than Python's own CSV reader finds where
every row was read; a run of more than 20 seconds; more than 2 GiB of memory. Inputs that went wrong are kept in fuzz-failures/.
"""

from __future__ import annotations

import argparse
import csv
import io
import json
import os
import random
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
import traceback
import zlib
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import atheris
import pyarrow.parquet as pq

with atheris.instrument_imports(include=["civcas.importers"], enable_loader_override=False):
    import civcas.importers
    from civcas.catalog import entries, find
    from civcas.importers import asking, proposing, published, reading
    from civcas.importers.importer import Imported, Options

from civcas.errors import CivcasError
from damaging import OWN, damage, mappings

SAMPLES = Path(civcas.importers.__file__).parent / "samples"
SECONDS_AT_MOST = 20
MEMORY_AT_MOST = 2 << 20  # KiB
LARGEST = 1 << 16
COMPARED = 3  # one read in so many is read the careful way too


class TooSlow(Exception):
    """A run that takes longer than a person would wait."""


class Target:
    """One importer under fire: a folder in memory, one database for all runs, and a tally."""

    def __init__(self, name: str, folder: Path) -> None:
        self.importer, self.folder, self.file = find("importers", name), folder, folder / "given"
        self.mappings = [m for m in mappings(folder)] if name == "mapped" else [None]
        self.tally = {"read": 0, "refused": 0, "wrong": 0, "compared": 0}
        self.runs, self.slowest, self.straight = 0, 0.0, reading._straight
        self.seen: set[str] = set()  # what went wrong, each kind once
        db = asking.connect(folder)
        db.execute("SET threads = 1")
        for module in (reading, proposing, published):
            module.connect = lambda *_: db.cursor()  # a database of its own costs more than a run
        os.chdir(folder)

    def __call__(self, content: bytes) -> None:
        started = time.monotonic()
        signal.alarm(SECONDS_AT_MOST)
        try:
            outcome = self._outcome(content)
        except BaseException:
            outcome = "wrong: " + traceback.format_exc(limit=-4)
        finally:
            signal.alarm(0)
        self.slowest = max(self.slowest, time.monotonic() - started)
        if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > MEMORY_AT_MOST:
            outcome = "wrong: more than 2 GiB of memory"
        self.runs += 1
        self.tally[outcome.split(":")[0]] += 1
        if outcome.startswith("wrong"):
            self._keep(content, outcome)

    def _outcome(self, content: bytes) -> str:
        self.file.write_bytes(content)
        options = Options(mapping=self.mappings[len(content) % len(self.mappings)])
        if self.importer.name == "mapped":
            self._propose()
        try:
            one = reading.read(self.importer, self.file, self.folder / "one", options)
        except CivcasError as refused:
            return "refused" if str(refused) else "wrong: refused without a word"
        wrong = self._miscounted(one, content)
        if one.importer != "package" and not wrong and zlib.crc32(content) % COMPARED == 0:
            self.tally["compared"] += 1
            wrong = self._differs(one, options)
        return f"wrong: {wrong}" if wrong else "read"

    def _propose(self) -> None:
        try:
            proposing.propose(self.file, Options())
        except CivcasError:
            return

    def _miscounted(self, one: Imported, content: bytes) -> str:
        told = one.accounts
        main = next(iter(told.tables))
        held = tuple(pq.read_metadata(one.tables[name]).num_rows for name in (main, "unread"))
        if not told.balanced or held != (told.read, told.unread):
            return f"accounts {told} but {held} rows held"
        if one.encoding != "utf-8" or told.unread or content[:2] in (b"PK", b"\x1f\x8b") or one.importer == "package":
            return ""
        layouts = {layout.name: layout for layout in self.importer.layouts}
        layout = layouts.get(one.layout)
        if layout is None or content.count(b"\r") != content.count(b"\r\n") or content.lstrip()[:1] in (b"{", b"["):
            return ""
        quoting = csv.QUOTE_MINIMAL if layout.quoted else csv.QUOTE_NONE
        try:
            lines = sum(1 for row in csv.reader(io.StringIO(content.decode(), newline=""), quoting=quoting) if row)
        except csv.Error:
            return ""
        above = 0 if layout.headerless and not layout.header else 1
        return (
            f"{told.given} rows given, Python finds {lines} lines" if lines - told.given not in range(above, 41) else ""
        )

    def _differs(self, one: Imported, options: Options) -> str:
        """What the careful way says otherwise, if anything."""
        reading._straight = lambda *_: None
        try:
            other = reading.read(self.importer, self.file, self.folder / "other", options)
        finally:
            reading._straight = self.straight
        if one.accounts != other.accounts:
            return f"straight {one.accounts}, carefully {other.accounts}"
        for name in one.tables.keys() - {"published"}:
            if not one.reader(name).read_all().equals(other.reader(name).read_all()):
                return f"{name} differs between the straight and the careful way"
        return ""

    def _keep(self, content: bytes, outcome: str) -> None:
        last = re.sub(r"\d+", "0", "".join(outcome.splitlines()[-4:]))[:300]
        if last not in self.seen:
            self.seen.add(last)
            (FAILURES / f"{self.importer.name}-{len(self.seen)}").write_bytes(content)
            print(f"{self.importer.name}, {len(self.seen)}: {outcome}", file=sys.stderr, flush=True)


FAILURES = Path("fuzz-failures").resolve()


def fire(name: str, seconds: float, seed: int) -> None:
    """Fuzz one importer in this process for a while, then print its tally as JSON; never returns."""

    def too_slow(*_: object) -> None:
        raise TooSlow

    signal.signal(signal.SIGALRM, too_slow)
    FAILURES.mkdir(exist_ok=True)
    folder = Path(tempfile.mkdtemp(prefix="civcas-fuzz-", dir="/dev/shm" if Path("/dev/shm").is_dir() else None))
    tempfile.tempdir = str(folder)
    seeds = folder / "corpus"
    seeds.mkdir()
    for place, content in enumerate(_samples(name, folder)):
        (seeds / str(place)).write_bytes(content)
    target, begun = Target(name, folder), time.process_time()

    def mutate(content: bytes, largest: int, drawn: int) -> bytes:
        draw = random.Random(drawn)
        damaged = atheris.Mutate(content, largest) if draw.random() < 0.25 else damage(draw, content)
        return bytes(damaged[:largest])

    def attempt(content: bytes) -> None:
        target(content)
        if time.process_time() - begun > seconds:
            peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
            kept = len(list(seeds.iterdir()))
            told = {"runs": target.runs, **target.tally, "slowest": round(target.slowest, 2),
                    "peak_gib": round(peak, 2), "inputs": kept}  # fmt: skip
            shutil.rmtree(folder, ignore_errors=True)
            os.write(1, (json.dumps(told) + "\n").encode())
            os._exit(0)

    words = [
        sys.argv[0],
        str(seeds),
        f"-seed={seed}",
        f"-max_len={LARGEST}",
        "-timeout=60",
        "-rss_limit_mb=3000",
        "-verbosity=0",
    ]
    atheris.Setup(words, attempt, custom_mutator=mutate)
    atheris.Fuzz()


def _samples(name: str, folder: Path) -> list[bytes]:
    """What an importer reads whole: its samples by hand, or tables made here."""
    if name in OWN:
        return OWN[name](folder)
    return [path.read_bytes() for path in sorted((SAMPLES / name).rglob("*")) if path.is_file()]


def _shares(names: list[str], seconds: float) -> dict[str, float]:
    """How long to fuzz each importer: half of the time equally, half by the processor time of a run."""
    here = Path.cwd()
    costs = {}
    for name in names:
        with tempfile.TemporaryDirectory(prefix="civcas-fuzz-") as folder:
            inputs = _samples(name, Path(folder))
            target, begun = Target(name, Path(folder)), time.process_time()
            for content in inputs:
                target(content)
            costs[name] = (time.process_time() - begun) / len(inputs)
            os.chdir(here)
    return {name: seconds * (0.5 / len(names) + 0.5 * costs[name] / sum(costs.values())) for name in names}


def _fired(name: str, seconds: float, seed: int) -> dict[str, Any]:
    """The tally of one importer, fuzzed in a process of its own; `noise` is what it said where something went wrong."""
    words = [sys.executable, __file__, "--fire", name, "--minutes", str(seconds / 60), "--seed", str(seed)]
    answer = subprocess.run(words, capture_output=True, text=True, errors="replace")
    said = [line for line in answer.stdout.splitlines() if line.startswith("{")]
    noise = [line for line in answer.stderr.splitlines() if not line.startswith(("INFO:", "WARNING:"))]
    if answer.returncode or not said:
        return {"wrong": 1, "noise": [f"the process ended with {answer.returncode}", *noise[-30:]]}
    found = json.loads(said[-1])
    return found | {"noise": noise if found["wrong"] else []}


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    words.add_argument("--minutes", type=float, default=10, help="of processor time, for all importers together")
    words.add_argument("--seed", type=int, default=1)
    words.add_argument("--only", default="", help="names of importers, separated by commas")
    words.add_argument("--jobs", type=int, default=os.cpu_count() or 1, help="processes at once")
    words.add_argument("--fire", default="", help=argparse.SUPPRESS)
    told = words.parse_args()
    names = told.only.split(",") if told.only else sorted(entries("importers"))
    if told.fire:
        fire(told.fire, told.minutes * 60, told.seed)
    seconds = _shares(names, told.minutes * 60)
    total = {"runs": 0, "read": 0, "compared": 0, "refused": 0, "wrong": 0}
    with ThreadPoolExecutor(told.jobs) as pool:
        for name, found in zip(names, pool.map(lambda n: _fired(n, seconds[n], told.seed), names), strict=True):
            total = {key: total[key] + found.get(key, 0) for key in total}
            noise = found.pop("noise")
            print(
                f"{name}: " + " ".join(f"{key} {value}" for key, value in found.items()), *noise, sep="\n", flush=True
            )
    print(f"together in {told.minutes:g} minutes of processor time: {total}")


if __name__ == "__main__":
    main()
