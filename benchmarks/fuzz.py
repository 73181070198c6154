"""Feeds damaged samples to every importer, guided by which lines of the importers they reach, and reports what went wrong.

python benchmarks/fuzz.py [--minutes 10] [--seed 1]

Wrong is: an error other than a refusal (BadInput), accounts that do not balance, rows lost against Python's own CSV reader, a run
of more than 20 seconds, or more than 2 GiB of memory. Inputs that went wrong are kept in fuzz-failures/.
"""

from __future__ import annotations

import argparse
import csv
import io
import random
import resource
import signal
import sys
import tempfile
import time
import traceback
from pathlib import Path
from types import FrameType
from typing import Any

import civcas.importers
from civcas.catalog import find
from civcas.errors import CivcasError
from civcas.importers.header import SEARCHED
from civcas.importers.importer import Options
from civcas.importers.reading import read

ROOM = str(Path(civcas.importers.__file__).parent)
SAMPLES = Path(ROOM) / "samples"
TOKENS = [
    *(
        b'"',
        b'""',
        b"\n",
        b"\r\n",
        b"\r",
        b",",
        b";",
        b"\t",
        b"\0",
        b"\xff\xfe",
        b"\xef\xbb\xbf",
        b" ",
        b"'",
        b"--",
        b"\\",
        b"\x01",
    ),
    *(
        b"NA",
        b"-9",
        b"=1+1",
        b"1e309",
        b"nan",
        b"2016-02-30",
        b"0000-00-00",
        b"99999999999999999999",
        b"\xd9\xa3",
        b"null",
    ),
    *(b"{", b"}", b"[", b"]", b"#event", b"PK\x03\x04", b"\x1f\x8b", b"PAR1"),
]
SECONDS_AT_MOST = 20
PLAIN = ("airwars", "acled", "gtd", "strike_releases", "tbij_drones", "foreign_fighters", "victim_lists")
MAPPING = """fields:
  date_start: Date
  place: Town
  civ_killed_min: {column: Killed, range: true}
  latitude: {column: Lat, decimal_comma: true}
"""
OWN = [
    b"Date;Town;Killed;Lat\n2016-01-02;A;3-5;36,5\n2016-01-03;B;;\n",
    b'{"Date": "2016-01-02", "Town": "A", "Killed": 3, "Lat": "1"}\n' * 2,
    b'[{"Date": "2016-01-02", "Town": "A", "Killed": "5+", "Lat": null}]',
]


class TooSlow(Exception):
    """A run that takes longer than a person would wait."""


def mutate(draw: random.Random, content: bytes, others: list[bytes]) -> bytes:
    """A few small damages: bytes changed, pieces dropped, doubled, moved, tokens put in, another input spliced on."""
    damaged = bytearray(content)
    for _ in range(draw.choice((1, 1, 2, 3, 8))):
        at, length = draw.randrange(len(damaged) + 1), draw.choice((1, 2, 8, 64))
        kind = draw.randrange(6)
        if kind == 0 and damaged:
            damaged[at - 1] = draw.randrange(256)
        elif kind == 1:
            del damaged[at : at + length]
        elif kind == 2:
            damaged[at:at] = damaged[at : at + length] * draw.choice((1, 2, 50))
        elif kind == 3:
            damaged[at:at] = draw.choice(TOKENS)
        elif kind == 4:
            damaged[at : at + length] = draw.choice(TOKENS)
        else:
            other = draw.choice(others)
            damaged[at:] = other[draw.randrange(len(other) + 1) :]
    return bytes(damaged[: 1 << 20])


def attempt(name: str, content: bytes, folder: Path, mapping: Path) -> tuple[set[tuple[str, int]], str]:
    """Lines reached, and what became of it: `read`, `refused`, or what went wrong."""
    reached: set[tuple[str, int]] = set()

    def line(frame: FrameType, event: str, _: Any) -> Any:
        if event == "line":
            reached.add((frame.f_code.co_filename, frame.f_lineno))
        return line

    def call(frame: FrameType, event: str, _: Any) -> Any:
        return line if frame.f_code.co_filename.startswith(ROOM) else None

    file = folder / "given.csv"
    file.write_bytes(content)
    signal.alarm(SECONDS_AT_MOST)
    sys.settrace(call)
    try:
        imported = read(
            find("importers", name), file, folder / "out", Options(mapping=mapping if name == "mapped" else None)
        )
        lost = _lost(imported.accounts.given, imported, content)
        outcome = "read" if imported.accounts.balanced and not lost else f"wrong: {lost or 'accounts do not balance'}"
    except CivcasError:
        outcome = "refused"
    except BaseException:
        outcome = "wrong: " + traceback.format_exc(limit=-3)
    finally:
        sys.settrace(None)
        signal.alarm(0)
    if resource.getrusage(resource.RUSAGE_SELF).ru_maxrss > 2 << 20:
        outcome = "wrong: more than 2 GiB of memory"
    return reached, outcome


def _lost(given: int, imported: Any, content: bytes) -> str:
    """Rows that Python's own reader finds below the header and the accounts do not; only where both read the same thing."""
    if (
        imported.encoding != "utf-8"
        or imported.importer not in PLAIN
        or imported.layout in ("REST pages", "civcas data package")
    ):
        return ""
    if content.lstrip()[:1] in (b"{", b"[") or content.count(b"\r") != content.count(b"\r\n"):
        return ""
    try:
        rows = [row for row in csv.reader(io.StringIO(content.decode(), newline="")) if row]
    except csv.Error:
        return ""
    return f"{given} rows given, {len(rows) - 1} found by Python" if len(rows) - 1 - given > SEARCHED else ""


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--minutes", type=float, default=10)
    words.add_argument("--seed", type=int, default=1)
    told = words.parse_args()

    def too_slow(*_: object) -> None:
        raise TooSlow

    signal.signal(signal.SIGALRM, too_slow)
    draw = random.Random(told.seed)
    corpus = [(p.parent.name, p.read_bytes()) for p in sorted(SAMPLES.rglob("*")) if p.is_file()] + [
        ("mapped", c) for c in OWN
    ]
    names = sorted({name for name, _ in corpus})
    reached: set[tuple[str, int]] = set()
    tally: dict[str, int] = {"read": 0, "refused": 0, "wrong": 0}
    slowest, runs, started = 0.0, 0, time.monotonic()
    with tempfile.TemporaryDirectory() as place:
        folder = Path(place)
        mapping = folder / "m.yaml"
        mapping.write_text(MAPPING, encoding="utf-8")
        while time.monotonic() - started < told.minutes * 60:
            name, content = draw.choice(corpus)
            if draw.random() < 0.05:
                name = draw.choice(names)
            damaged = mutate(draw, content, [c for _, c in corpus[:40]])
            begun = time.monotonic()
            lines, outcome = attempt(name, damaged, folder, mapping)
            slowest, runs = max(slowest, time.monotonic() - begun), runs + 1
            if lines - reached:
                reached |= lines
                corpus.append((name, damaged))
            tally[outcome.split(":")[0]] += 1
            if outcome.startswith("wrong"):
                kept = Path("fuzz-failures")
                kept.mkdir(exist_ok=True)
                (kept / f"{name}-{runs}").write_bytes(damaged)
                print(f"{name}, run {runs}: {outcome}", flush=True)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20
    print(f"{runs:,} runs in {told.minutes:g} minutes over {len(names)} importers: {tally}; {len(reached):,} lines reached, "
          f"{len(corpus)} inputs kept; slowest {slowest:.1f} s, peak {peak:.2f} GiB")  # fmt: skip


if __name__ == "__main__":
    main()
