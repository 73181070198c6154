"""How often the 95% interval of a ratio of rates holds the true ratio, on simulated months like those of the two campaigns.

Run: python benchmarks/interval_coverage.py [--times N]
One side has about 117 incidents a month with variance/mean of killed 8, the other about 16 with 19. `restlessness` lets the months'
own levels vary (coefficient of variation). The Monte Carlo error of each figure is printed.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from dataclasses import replace

from civcas.measures.simulated_months import LIKE_RUSSIA, LIKE_THE_COALITION, ratio_coverage, short_window_coverage


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--times", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=20170123)
    given = options.parse_args()
    error = 1.96 * (0.95 * 0.05 / given.times) ** 0.5
    print(
        f"coverage of the 95% interval, {given.times:,} data sets each, seed {given.seed}, Monte Carlo error ±{error:.1%}"
    )
    show("windows that show their own spread", ratio_coverage, (6, 12, 15, 25), given.times, given.seed)
    show(
        "short windows, which borrow it from the months around",
        short_window_coverage,
        (1, 2, 4),
        given.times // 5,
        given.seed,
    )


def show(title: str, coverage: Callable[..., float], lengths: tuple[int, ...], times: int, seed: int) -> None:
    print(f"\n{title}, {times:,} data sets each")
    print(f"{'months vary by':>15} {'per':>10}" + "".join(f"{months:>5} months" for months in lengths))
    for restlessness in (0.0, 0.5, 1.0):
        sides = [replace(side, restlessness=restlessness) for side in (LIKE_RUSSIA, LIKE_THE_COALITION)]
        for per in ("month", "incident"):
            found = [coverage(*sides, months=months, times=times, seed=seed, per=per) for months in lengths]
            print(f"{restlessness:>15.0%} {per:>10}" + "".join(f"{share:>12.1%}" for share in found))


if __name__ == "__main__":
    main()
