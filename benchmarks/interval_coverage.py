"""How often the 95% intervals of `rate` and `rate_ratio` hold the true rate and ratio, on simulated campaigns whose months are alike.

Run: python benchmarks/interval_coverage.py [--times N] [--whole N]
Worlds: 117 incidents a month against 16, and 117 against 3; months' own levels gamma or lognormal, varying by 50% or 100%; numbers killed
lognormal with variance over mean 8 (the first) and 19. Each row gives the share of the ratio over all eight worlds together, then the worst
single figure: of eight worlds the ratio and both rates, 24 figures. Only intervals that were given count; the share given stands beside.
"""

from __future__ import annotations

import argparse
from dataclasses import replace

import numpy as np

from civcas.measures import rate, rate_ratio
from civcas.measures.simulated_months import (
    LIKE_RUSSIA,
    LIKE_THE_COALITION,
    THIN,
    Campaign,
    Coverage,
    as_tables,
    coverage,
    covered_by_answers,
)
from civcas.terms.reading import Reading

CORRELATIONS = (0.0, 0.2, 0.4, 0.6, 0.8)
WORLDS = [
    tuple(replace(side, restlessness=restless, levels=levels) for side in (LIKE_RUSSIA, other))
    for other in (LIKE_THE_COALITION, THIN)
    for levels in ("gamma", "lognormal")
    for restless in (0.5, 1.0)
]


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=500)
    options.add_argument("--whole", type=int, default=400, help="data sets that go through a table and the measures")
    options.add_argument("--seed", type=int, default=20170123)
    given = options.parse_args()
    error = 1.96 * (0.95 * 0.05 / given.times) ** 0.5
    print(
        f"95% intervals, {given.times:,} data sets in each of {len(WORLDS)} worlds, seed {given.seed}; "
        f"Monte Carlo error of a single figure ±{error:.1%}, of all worlds together ±{error / len(WORLDS) ** 0.5:.1%}"
    )
    table("24 months recorded on each side of the window", (15, 24, 36), given, around=24)
    table("nothing recorded but the window", (15, 24, 36), given, around=0)
    table("short windows, 24 months recorded on each side", (1, 3, 6, 12), given, around=24)
    table("per incident, 24 months recorded on each side", (3, 15), given, around=24, per="incident")
    whole_path(given.whole, given.seed)


def table(title: str, lengths: tuple[int, ...], given: argparse.Namespace, *, around: int, per: str = "month") -> None:
    print(
        f"\n{title}\n| months | neighbours correlate | ratio, all worlds | worst figure | which | given | reaches a factor of |"
    )
    print("|---|---|---|---|---|---|---|")
    for months in lengths:
        for correlation in CORRELATIONS:
            row(months, correlation, given, around=around, per=per)


def row(months: int, correlation: float, given: argparse.Namespace, *, around: int, per: str) -> None:
    found: list[tuple[Coverage, tuple[Campaign, ...]]] = []
    for place, world in enumerate(WORLDS):
        sides = [replace(side, correlation=correlation) for side in world]
        found.append(
            (coverage(*sides, months=months, times=given.times, seed=given.seed + place, around=around, per=per), world)
        )
    worst, world = min(found, key=lambda pair: pair[0].worst)
    which = min(("ratio", "exposed", "reference"), key=lambda name: getattr(worst, name))
    told = f"{which}, {world[1].incidents} a month, {world[0].levels} {world[0].restlessness:.0%}"
    ratio = np.average([c.ratio for c, _ in found], weights=[c.given for c, _ in found])
    shared = np.mean([c.given for c, _ in found])
    factor = np.exp(np.mean([np.log(c.factor) for c, _ in found]))
    print(
        f"| {months} | {correlation} | {ratio:.1%} | {worst.worst:.1%} | {told} | {shared:.0%} | {factor:.1f} |",
        flush=True,
    )


def whole_path(times: int, seed: int) -> None:
    """Through a table `harm_by_period` and the two measures, as a user asks them."""
    print(
        f"\nthrough a table and the measures: {times} data sets of 63 months, windows of 15, months vary by 50%, gamma"
    )
    print(
        "| neighbours correlate | ratio | rate of the exposed | rate of the reference | given |\n|---|---|---|---|---|"
    )
    for correlation in CORRELATIONS:
        random = np.random.default_rng(seed)
        sides = {"E": LIKE_RUSSIA, "R": LIKE_THE_COALITION}
        sides = {who: replace(side, restlessness=0.5, correlation=correlation) for who, side in sides.items()}
        tables = as_tables({who: side.draw(random, months=63, times=times) for who, side in sides.items()})
        two = [
            Reading.of(belligerents=["E", "R"], area=f"set {place}", window="2003-01..2004-03")
            for place in range(times)
        ]
        shared, ratio = covered_by_answers(rate_ratio.answer_many(tables, two), sides["E"].rate / sides["R"].rate)
        ones = [
            covered_by_answers(rate.answer_many(tables, [r.only(at) for r in two]), sides[who].rate)[1]
            for at, who in enumerate(sides)
        ]
        print(f"| {correlation} | {ratio:.1%} | {ones[0]:.1%} | {ones[1]:.1%} | {shared:.0%} |", flush=True)


if __name__ == "__main__":
    main()
