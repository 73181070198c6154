"""How fast the public site answers: pages from this process, a folder of 40,000 pages, and 50 readers at once beside Datasette.

    PYTHONPATH=src:tests python benchmarks/public_site.py                        pages and the folder
    PYTHONPATH=src:tests python benchmarks/public_site.py --load 60 --datasette PATH-TO-DATASETTE   readers at once, needs wrk

Every address is asked for once by the pages' part, so nothing is remembered but what the tables themselves hold. The load is over some
thousands of addresses, so that some are asked for again, as readers do.
"""

from __future__ import annotations

import argparse
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
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import urlencode

import numpy as np

from civcas.web.folder import write_pages
from civcas.web.following import Making
from civcas.web.replying import reply
from civcas.web.site import Site
from made_up_public import GRADES, PROVINCES, SIDES, made_up_public

LUA = """
local paths = {}
for line in io.lines(os.getenv("ADDRESSES")) do paths[#paths + 1] = line end
local threads = 0
function setup(thread) thread:set("id", threads); threads = threads + 1 end
function init(args) math.randomseed(7 + id) end
request = function() return wrk.format("GET", paths[math.random(#paths)], {["Accept-Encoding"] = "gzip"}) end
done = function(summary, latency, requests)
  io.write(string.format("RESULT %d %d %d %.2f %.2f %.2f %.2f %.2f\\n", summary.requests,
    summary.errors.status + summary.errors.connect + summary.errors.read + summary.errors.timeout, summary.duration,
    latency:percentile(50) / 1000, latency:percentile(95) / 1000, latency:percentile(99) / 1000, latency.max / 1000, summary.bytes))
end
"""


def lists(n: int, count: int, rng: random.Random) -> list[str]:
    """Addresses of lists as readers make them: filters in all combinations, orders, pages, searches."""
    found = []
    while len(found) < count:
        words: list[tuple[str, str]] = []
        if rng.random() < 0.5:
            words.append(("belligerents", rng.choice(SIDES)))
        if rng.random() < 0.4:
            words.append(("grading", rng.choice(GRADES)))
        if rng.random() < 0.4:
            words.append(("province", rng.choice(PROVINCES)[0]))
        if rng.random() < 0.3:
            words.append(("window", f"{rng.randint(2015, 2018)}-{rng.randint(1, 12):02d}"))
        if rng.random() < 0.3:
            words.append(("sort", rng.choice(("date", "-killed", "place", "-grading"))))
        if rng.random() < 0.2:
            words.append(("q", f"Town {rng.randint(0, 130)}"))
        if not words and rng.random() < 0.7:
            words.append(("page", str(rng.randint(1, n // 50))))
        found.append(f"/incidents?{urlencode(words)}" if words else "/incidents")
    return found


def incidents(n: int, count: int, rng: random.Random) -> list[str]:
    return [f"/incidents/cs{rng.randint(1, n):06d}" for _ in range(count)]


def pages(n: int) -> None:
    """Every address once, in this process: milliseconds from address to the bytes of the page."""
    rng = random.Random(5)
    with tempfile.TemporaryDirectory() as folder:
        public = made_up_public(n)
        began = time.perf_counter()
        site = Site.make(public, Path(folder) / "site.db")
        print(
            f"\n{n:,} incidents, {public.tables['report'].num_rows:,} reports; stored in {time.perf_counter() - began:.1f} s"
        )
        reply(site, "/incidents", "")
        for name, addresses in (("list", lists(n, 400, rng)), ("incident", incidents(n, 400, rng))):
            took = []
            for address in dict.fromkeys(addresses):
                path, _, question = address.partition("?")
                start = time.perf_counter()
                answer = reply(site, path, question)
                took.append((time.perf_counter() - start) * 1e3)
                assert answer.status in (200, 308), (address, answer.body[:300])
            print(f"  {name:9} {told(took)}")
        for address in ("/", "/belligerents", "/map", "/methods", "/corrections", "/incidents.json"):
            site = Site(site.path)
            start = time.perf_counter()
            reply(site, address, "")
            print(f"  {address:17} first {(time.perf_counter() - start) * 1e3:8.1f} ms")


def told(took: list[float]) -> str:
    p50, p95 = np.percentile(took, [50, 95])
    return f"{len(took)} addresses: median {p50:.1f} ms, p95 {p95:.1f} ms, most {max(took):.1f} ms"


def folder(n: int) -> None:
    """The whole site as a folder."""
    public = made_up_public(n)
    with tempfile.TemporaryDirectory() as out:
        began, cpu = time.perf_counter(), os.times()
        wrote = write_pages(public, Path(out))
        now = os.times()
        spent = sum(now[:4]) - sum(cpu[:4])
        most = (
            resource.getrusage(resource.RUSAGE_SELF).ru_maxrss + resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss
        )
        size = sum(p.stat().st_size for p in Path(out).rglob("*") if p.is_file())
        print(
            f"\n{n:,} incidents as a folder: {wrote:,} files, {size / 1e6:.0f} MB in {time.perf_counter() - began:.1f} s "
            f"({spent:.1f} s of CPU), at most {most / 1024:.0f} MiB"
        )


def load(n: int, seconds: int, datasette: str) -> None:
    """50 readers at once for so many seconds, of civcas and of Datasette, over the same file."""
    rng = random.Random(9)
    with tempfile.TemporaryDirectory() as scratch:
        making = Making(Path(scratch))
        site = making.show(made_up_public(n))
        script = Path(scratch) / "varied.lua"
        script.write_text(LUA, encoding="utf-8")
        for name, paths in (("civcas list", lists(n, 3_000, rng)), ("civcas incident", incidents(n, 3_000, rng))):
            command = [
                sys.executable, "-m", "uvicorn", "--factory", "civcas.web.server:application", "--port", "8155", "--workers", "2",
                "--no-access-log", "--log-level", "error", "--ws", "none", "--lifespan", "off", "--no-server-header",
            ]  # fmt: skip
            with serving(command, "http://127.0.0.1:8155/incidents", {"CIVCAS_SITE": str(making.name)}) as group:
                print(f"  {name:16} {wrk(script, 8155, paths, seconds, scratch, group)}", flush=True)
        if datasette:
            command = [
                datasette,
                "serve",
                "--immutable",
                str(site.path),
                "--port",
                "8156",
                "--setting",
                "suggest_facets",
                "0",
            ]
            with serving(command, "http://127.0.0.1:8156/", {}) as group:
                for name, paths in (("Datasette list", theirs(n, rng)), ("Datasette row", rows(n, rng))):
                    print(
                        f"  {name:16} {wrk(script, 8156, [f'/{site.path.stem}{p}' for p in paths], seconds, scratch, group)}",
                        flush=True,
                    )


def theirs(n: int, rng: random.Random) -> list[str]:
    """The same table in Datasette, 50 rows a page, with the filters that it has of its own."""
    found = []
    for _ in range(3_000):
        words: list[tuple[str, str]] = [("_size", "50")]
        if rng.random() < 0.4:
            words.append(("grading", rng.choice(GRADES)))
        if rng.random() < 0.4:
            words.append(("province", rng.choice(PROVINCES)[0]))
        if rng.random() < 0.3:
            words.append(("date_start__startswith", f"{rng.randint(2015, 2018)}-{rng.randint(1, 12):02d}"))
        if rng.random() < 0.5:
            words.append(("belligerents__contains", rng.choice(SIDES)))
        words.append(("_sort_desc", rng.choice(("date_start", "killed_min"))))
        found.append(f"/incident?{urlencode(words)}")
    return found


def rows(n: int, rng: random.Random) -> list[str]:
    return [f"/incident/{rng.randint(1, n)}" for _ in range(3_000)]


def wrk(script: Path, port: int, paths: list[str], seconds: int, scratch: str, group: int) -> str:
    """What wrk measures, with the processor time an answer took and how much of the machine others used meanwhile."""
    addresses = Path(scratch) / "addresses.txt"
    addresses.write_text("\n".join(paths) + "\n", encoding="utf-8")
    before, busy = seconds_of(group), machine()
    told = subprocess.run(
        ["wrk", "-t1", "-c50", f"-d{seconds}s", "--latency", "--timeout", "10s", "-s", str(script), f"http://127.0.0.1:{port}"],
        env=os.environ | {"ADDRESSES": str(addresses)}, capture_output=True, text=True, check=True,
    ).stdout  # fmt: skip
    found = re.search(r"RESULT (\d+) (\d+) (\d+) (\S+) (\S+) (\S+) (\S+) (\S+)", told)
    assert found, told
    spent, (all_busy, all_there) = (
        seconds_of(group) - before,
        (now - then for now, then in zip(machine(), busy, strict=True)),
    )
    client = sum(os.times()[2:4])
    others = max(0.0, all_busy - spent - (client - CLIENT[0])) / all_there
    CLIENT[0] = client
    requests, errors, micro, p50, p95, p99, most, _ = map(float, found.groups())
    return (
        f"{requests / micro * 1e6:7.0f} a second, errors {errors:.0f}, median {p50:.0f} ms, p95 {p95:.0f} ms, p99 {p99:.0f} ms, "
        f"most {most:.0f} ms; {spent / requests * 1e3:.2f} ms of processor an answer; {others:.0%} of the machine used by others "
        f"({len(set(paths)):,} addresses, {requests:.0f} answers)"
    )


CLIENT = [0.0]  # processor seconds of wrk so far


def seconds_of(group: int) -> float:
    """Processor seconds of a process group."""
    total = 0.0
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parts = path.read_text().rpartition(")")[2].split()
        except OSError:  # it ended in the meantime
            continue
        if int(parts[2]) == group:
            total += (int(parts[11]) + int(parts[12])) / os.sysconf("SC_CLK_TCK")
    return total


def machine() -> tuple[float, float]:
    """Processor seconds that the whole machine worked, and that there were."""
    ticks = [int(n) for n in Path("/proc/stat").read_text().splitlines()[0].split()[1:9]]
    return (sum(ticks) - ticks[3] - ticks[4]) / os.sysconf("SC_CLK_TCK"), sum(ticks) / os.sysconf("SC_CLK_TCK")


@contextmanager
def serving(command: list[str], address: str, environment: dict[str, str]) -> Iterator[int]:
    """A server in a process group of its own, ended with all its processes."""
    process = subprocess.Popen(
        command,
        env=os.environ | environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        start_new_session=True,
    )
    try:
        for _ in range(200):
            try:
                urllib.request.urlopen(address, timeout=5).read()
                break
            except OSError:
                time.sleep(0.1)
        yield process.pid
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)


def main() -> None:
    options = argparse.ArgumentParser()
    options.add_argument("--load", type=int, default=0, metavar="SECONDS")
    options.add_argument("--datasette", default=shutil.which("datasette") or "")
    options.add_argument("--incidents", type=int, default=20_000)
    asked = options.parse_args()
    if asked.load:
        print(f"50 readers at once for {asked.load} s, {asked.incidents:,} incidents, 2 processes of civcas")
        load(asked.incidents, asked.load, asked.datasette)
        return
    folder(asked.incidents)
    for n in (asked.incidents, 200_000):
        pages(n)


if __name__ == "__main__":
    main()
