"""How often a false claim is supported and a true one contradicted, and how often a true one is supported, by size of record.

Run: python benchmarks/verdicts.py [--times N] [--seed S] [--only 24,0.4]
Each world is drawn N times as a table of months (tests/simulated_records.py), and the claims go the whole way: table, measure, grid of six
readings (three sets of grades, two ways of attribution, the range of each incident carried), verdict. Prints, for each world, the share of
records in which false claims are supported, true ones contradicted, and true ones supported (or their direction shown).
"""

from __future__ import annotations

import argparse
import sys
import time
from collections import Counter
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np

sys.path.insert(0, str(Path(__file__).parents[1] / "tests"))

from civcas.claims.article import Claim, ClaimKind, Expect
from civcas.claims.check import judge
from civcas.claims.grid import evaluate
from civcas.terms.vocabulary import Verdict
from simulated_records import AREA, EXPOSED, REFERENCE, World, window

VARY = {"grades": ("fair+confirmed", "+contested", "all-but-discounted"), "attribution": ("sole", "any")}
DRAWS = 199
ODD = (
    {"incidents": 3},
    {"spread": 0.3},
    {"heavy": 60},
    {"restless": 1.2, "correlation": 0.6},
    {"incidents": 200, "restless": 0.1, "months": 36},
)
PARTS = ("ratio", "months", "correlation", "incidents", "restless", "heavy", "spread")


def around(value: float) -> Expect:
    return Expect(value=value, low=value * 0.75, high=value * 1.25, within=0.25)


@dataclass(frozen=True)
class Told:
    """What is claimed of a world, and whether it is true there."""

    name: str
    expect: Expect
    true: bool


ABOVE_ONE = Expect(value=1, low=1, high=None)
CLAIMS = {
    8.0: (Told("8 ± 25%", around(8), True), Told("16 ± 25%", around(16), False), Told("4 ± 25%", around(4), False),
          Told("above 1", ABOVE_ONE, True), Told("below 1", Expect(value=1, low=None, high=1), False)),
    1.0: (Told("1 ± 25%", around(1), True), Told("2 ± 25%", around(2), False), Told("above 1", ABOVE_ONE, False)),
}  # fmt: skip


def worlds() -> list[World]:
    """Sizes of record, correlation between months, thin sides, wide ranges, very heavy tails; nothing to find among them."""
    plain = [
        World(ratio=ratio, months=months, correlation=correlation)
        for ratio in (8.0, 1.0) for months in (6, 12, 24, 36) for correlation in (0.0, 0.4, 0.8)
    ]  # fmt: skip
    odd = [
        World(ratio=ratio, **more)  # type: ignore[arg-type]
        for ratio in (8.0, 1.0)
        for more in ODD
    ]  # fmt: skip
    return plain + odd


def claim(world: World) -> Claim:
    return Claim(
        id="simulated", says="a claim", kind=ClaimKind.RATE_RATIO, measure="rate_ratio", expect=ABOVE_ONE,
        ask={"exposed": EXPOSED, "reference": REFERENCE, "area": AREA, "window": window(world.months), "bound": "range"},
        vary=VARY, labels=VARY,
    )  # fmt: skip


def verdicts(world: World, *, times: int, seed: int) -> dict[str, Counter[Verdict]]:
    """How often each claim about this world got which verdict."""
    asked = claim(world)
    found = {told.name: Counter[Verdict]() for told in CLAIMS[world.ratio]}
    for at in range(times):
        grid = evaluate(asked, world.table(np.random.default_rng([seed, at])), times=DRAWS)
        for told in CLAIMS[world.ratio]:
            found[told.name][judge(replace(asked, expect=told.expect), grid).verdict] += 1
    return found


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=400)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--only", help="months,correlation: this size alone")
    given = options.parse_args()
    wrong: list[tuple[float, str]] = []
    print(f"{'world':58} {'claim':9} {'':5} {'supported':>9} {'contradicted':>12} {'direction':>9} {'cannot':>7}")
    for world in worlds():
        name = ", ".join(
            f"{key} {getattr(world, key):g}"
            for key in ("ratio", "months", "correlation", "incidents", "restless", "heavy", "spread")
        )
        if given.only and f"{world.months},{world.correlation:g}" != given.only:
            continue
        began = time.perf_counter()
        for told, counts in zip(
            CLAIMS[world.ratio], verdicts(world, times=given.times, seed=given.seed).values(), strict=True
        ):
            share = {verdict: counts[verdict] / given.times for verdict in Verdict}
            bad = share[Verdict.CONTRADICTED if told.true else Verdict.SUPPORTED]
            wrong.append((bad, f"{told.name}, {name}"))
            print(
                f"{name:58} {told.name:9} {'true' if told.true else 'false':5} {share[Verdict.SUPPORTED]:9.3f} "
                f"{share[Verdict.CONTRADICTED]:12.3f} {share[Verdict.SIZE_OPEN]:9.3f} {share[Verdict.CANNOT_BE_TOLD]:7.3f}"
            )
        print(f"{'':58} {time.perf_counter() - began:.0f} s", file=sys.stderr)
    worst = max(wrong)
    print(
        f"\nworst: {worst[0]:.3f} ({worst[1]}); limit 0.025, Monte Carlo error {np.sqrt(0.025 * 0.975 / given.times):.3f}"
    )


if __name__ == "__main__":
    main()
