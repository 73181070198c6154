"""Releases of a made-up case: 20,000 incidents with 100,000 reports linked to them; time, processor time and memory of each step.

python benchmarks/release.py [INCIDENTS [ACCOUNTS]]
"""

from __future__ import annotations

import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from civcas.release.building import build
from civcas.release.verify import verify
from made_up_case import made_up_case


def processor() -> float:
    return sum(sum(resource.getrusage(who)[:2]) for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))


def memory() -> float:
    """The most that this process held at once, and the largest of its children, in GiB."""
    return sum(resource.getrusage(who).ru_maxrss for who in (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN)) / 2**20


class Steps:
    """Prints how long each step took."""

    def __init__(self) -> None:
        self.last, self.begun, self.used = "", time.perf_counter(), processor()

    def __call__(self, step: str) -> None:
        name = step.split(":")[0]
        if name == self.last:
            return
        if self.last:
            print(
                f"  {self.last:60s} {time.perf_counter() - self.begun:7.1f} s {processor() - self.used:7.1f} s of processor"
            )
        self.last, self.begun, self.used = name, time.perf_counter(), processor()


def main(incidents: int, accounts: int) -> None:
    folder = Path(tempfile.mkdtemp(prefix="civcas-benchmark-"))
    try:
        case = made_up_case(folder / "case", incidents=incidents, accounts=accounts, linked=True)
        print(f"{incidents:,} incidents, {incidents + accounts:,} reports")
        steps, begun, used = Steps(), time.perf_counter(), processor()
        built = build(case, folder / "release", tell=steps)
        steps("done")
        size = sum(file["bytes"] for file in built.manifest.files.values())
        print(
            f"  {'in all':60s} {time.perf_counter() - begun:7.1f} s {processor() - used:7.1f} s of processor, {memory():.2f} GiB at most"
        )
        print(f"  {len(built.manifest.files):,} files, {size / 1e6:,.0f} MB")
        begun = time.perf_counter()
        verify(folder / "release")
        print(f"  {'verified in':60s} {time.perf_counter() - begun:7.1f} s")
        case.close()
    finally:
        shutil.rmtree(folder)


if __name__ == "__main__":
    asked = [int(word.replace(",", "")) for word in sys.argv[1:]]
    main(*(asked if len(asked) == 2 else (asked[0], 4 * asked[0]) if asked else (20_000, 80_000)))
