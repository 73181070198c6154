"""How often the 95% intervals of the rates hold the truth, on simulations made to look like the record of 2014–2016.

    python benchmarks/coverage_rates.py [--worlds 2000] [ratio|months|kinds|trend|change|power|pooled|regression|delay|revision|hawkes ...]

Prints one line a case: the share of simulated records whose interval holds the truth, with its Monte Carlo error. A line
outside 93–97% is marked; docs/method-rates.md says what that means for a user.
"""

from __future__ import annotations

import argparse
import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np

import coverage_series
from civcas.measures import pooled_rates
from civcas.measures.counts.negative_binomial import interval_regression
from civcas.measures.incidents.comparison import TOO_FEW, Sample, chance, with_moments
from civcas.measures.incidents.months import month_doubt
from civcas.measures.incidents.panel import Panel
from civcas.measures.incidents.resampling import resampled_sums

Draw = np.random.Generator


def lognormal(draw: Draw, n: int, mean: float, ratio: float) -> Any:
    spread = math.log1p((ratio - 1) / mean)
    return draw.poisson(draw.lognormal(math.log(mean) - spread / 2, math.sqrt(spread), n)).astype(float)


def negative_binomial(draw: Draw, n: int, mean: float, ratio: float) -> Any:
    return draw.negative_binomial(mean / (ratio - 1), 1 / ratio, n).astype(float)


def ratio_holds(
    draw: Draw, sizes: Callable[..., Any], one: int, other: int, tail: float, per_incident: bool
) -> tuple[bool, str]:
    first, second = sizes(draw, draw.poisson(one), 4.34, 8), sizes(draw, draw.poisson(other), 4.38, tail)
    numbers = np.zeros((len(first) + len(second), 4))
    numbers[: len(first), 0], numbers[: len(first), 1] = first, 1
    numbers[len(first) :, 2], numbers[len(first) :, 3] = second, 1
    exposure = (None, None) if per_incident else (1.0, 1.0)
    drawn = chance(
        Sample(numbers=numbers, exposure=exposure), level=0.95, replicates=1000, seed=int(draw.integers(1 << 30))
    )
    truth = 4.34 / 4.38 if per_incident else one * 4.34 / (other * 4.38)
    return drawn.low is not None and drawn.high is not None and drawn.low <= truth <= drawn.high, drawn.method


def ratios(worlds: int) -> Iterator[str]:
    for sizes in (lognormal, negative_binomial):
        for one, other, tail in ((1761, 238, 12), (1761, 238, 19), (637, 150, 19), (60, 40, 8)):
            for per_incident in (False, True):
                draw = np.random.default_rng(20160930)
                found = [ratio_holds(draw, sizes, one, other, tail, per_incident) for _ in range(worlds)]
                given = [held for held, method in found if not method.startswith("none")]
                methods = {name: sum(m == name for _, m in found) for name in sorted({m for _, m in found})}
                name = f"ratio {'per incident' if per_incident else 'per day'}, {sizes.__name__}, {one} and {other} incidents, tail {tail}"
                yield line(name, given) + f"  {methods}"


CASES = (
    ("60 and 16 incidents a month, tails 12 and 19", (60, 12), (16, 19)),
    ("16 and 5, tails 12 and 8", (16, 12), (5, 8)),
)


def ratios_of_months(worlds: int) -> Iterator[str]:
    """Ratios and rates per day where months' levels follow an AR(1) on the log scale: the truth is the rate behind the months."""
    for months, spread, (name, *sides) in itertools.product((6, 15, 36), (0.4, 0.7), CASES):
        for alike in (0.0, 0.4, 0.8):
            draw = np.random.default_rng([41, months, int(10 * spread), int(10 * alike), sides[0][0]])
            found = [_months_hold(draw, months, alike, spread, sides) for _ in range(worlds // 5)]
            for which, what in enumerate(("ratio", "rate of the second")):
                held = [each[which] for each in found if each[which] is not None]
                alone = sum(each[2][which] for each in found if each[which] is not None) / max(1, len(held))
                head = f"{what} per day, {name}, {months} months of spread {spread}, correlation {alike}"
                yield line(head, [bool(each) for each in held]) + f"; incidents alone {100 * alone:.0f}%"


def _months_hold(draw: Draw, months: int, alike: float, spread: float, sides: list[Any]) -> Any:
    made, doubts = [], []
    for incidents, tail in sides:
        noise = draw.normal(size=months)
        for each in range(1, months):
            noise[each] = alike * noise[each - 1] + math.sqrt(1 - alike**2) * noise[each]
        came = draw.poisson(incidents * np.exp(spread * noise - spread**2 / 2))
        doubts.append(month_doubt(incidents=came.astype(float), days=np.full(months, 30.0)) if came.any() else None)
        made.append(lognormal(draw, int(came.sum()), 4.35, tail))
    truths = (sides[0][0] / sides[1][0], sides[1][0] * 4.35 / 30)
    exposure = 30.0 * months
    numbers = np.zeros((len(made[0]) + len(made[1]), 4))
    numbers[: len(made[0]), 0], numbers[: len(made[0]), 1] = made[0], 1
    numbers[len(made[0]) :, 2], numbers[len(made[0]) :, 3] = made[1], 1
    samples = (
        Sample(numbers=numbers, exposure=(exposure, exposure)),
        Sample(numbers=numbers[len(made[0]) :, 2:], exposure=(exposure,)),
    )
    held: list[bool | None] = []
    alone = []
    for given, truth, known in zip(samples, truths, (tuple(doubts), (doubts[1],)), strict=True):
        drawn = chance(given, level=0.95, replicates=1000, seed=int(draw.integers(1 << 30)), months=known)
        held.append(drawn.low <= truth <= drawn.high if drawn.low is not None and drawn.high is not None else None)
        low, high = drawn.alone or (None, None)
        alone.append(low is not None and high is not None and low <= truth <= high)
    return held[0], held[1], alone


def kinds(worlds: int) -> Iterator[str]:
    """Percentile, studentised and both together on the same records, to see what choosing between them does."""
    for sizes in (lognormal, negative_binomial):
        for one, other, tail in ((1761, 238, 12), (1761, 238, 19), (637, 150, 19), (300, 100, 12), (60, 40, 8)):
            draw = np.random.default_rng([7001, one, tail, sizes is lognormal])
            found = [_kinds_hold(draw, sizes, one, other, tail) for _ in range(worlds // 2)]
            for at, per in enumerate(("day", "incident")):
                held = np.array([each[at] for each in found if each is not None])
                shares = ", ".join(
                    f"{name} {s:.1%}"
                    for name, s in zip(("percentile", "studentised", "wider"), held.mean(0), strict=True)
                )
                yield f"ratio per {per}, {sizes.__name__}, {one} and {other} incidents, tail {tail}: {shares} ({len(held)} records)"


def _kinds_hold(draw: Draw, sizes: Callable[..., Any], one: int, other: int, tail: float) -> Any:
    first, second = sizes(draw, draw.poisson(one), 4.34, 8), sizes(draw, draw.poisson(other), 4.38, tail)
    numbers = np.zeros((len(first) + len(second), 4))
    numbers[: len(first), 0], numbers[: len(first), 1] = first, 1
    numbers[len(first) :, 2], numbers[len(first) :, 3] = second, 1
    held = []
    for exposure, truth in (((1.0, 1.0), one * 4.34 / (other * 4.38)), ((None, None), 4.34 / 4.38)):
        given = Sample(numbers=numbers, exposure=exposure)
        if min(given.like_incidents()) < TOO_FEW:
            return None
        own = float(given.deviation(given.totals[None], (numbers.T @ numbers).reshape(1, -1))[0])
        sums = resampled_sums(numbers, replicates=1000, seed=int(draw.integers(1 << 30)), widen=with_moments)
        drawn = given.rates(sums[:, :4])
        pivot = (np.log(drawn) - math.log(given.value)) / given.deviation(sums[:, :4], sums[:, 4:])
        below, above = np.quantile(pivot[np.isfinite(pivot)], [0.025, 0.975])
        percentile = np.quantile(drawn, [0.025, 0.975])
        studentised = given.value * np.exp(-np.array([above, below]) * own)
        wider = np.array([min(percentile[0], studentised[0]), max(percentile[1], studentised[1])])
        held.append([bool(ends[0] <= truth <= ends[1]) for ends in (percentile, studentised, wider)])
    return held


def regressions(worlds: int) -> Iterator[str]:
    from scipy.special import stdtrit

    for one, other, sizes in ((150, 150, negative_binomial), (600, 150, negative_binomial), (600, 150, lognormal)):
        draw, held = np.random.default_rng(4), []
        for _ in range(worlds // 4):
            true = np.concatenate([sizes(draw, one, 4.34, 8), sizes(draw, other, 4.34, 8)])
            low, high = np.maximum(0, true - draw.poisson(1, len(true))), true + draw.poisson(2, len(true))
            side = (np.arange(len(true)) < one).astype(float)
            design = np.column_stack([np.ones(len(true)), side])
            fit = interval_regression(low=low, high=high, design=design, exposure=np.ones(len(true)))
            half = stdtrit(len(true) - 3, 0.975) * fit.robust_standard_errors[1]
            held.append(abs(fit.coefficients[1]) <= half)
        yield line(f"interval regression, {one} and {other} incidents, {sizes.__name__}", held)


def pooled(worlds: int) -> Iterator[str]:
    """Six provinces and fifteen months of heavy-tailed incidents whose levels each side moves by itself, alike from month to month.

    The truth is the ratio of the rates behind the months. "Provinces alone" is what the model gives without the months' own doubt.
    """
    for spread, alike in ((0.6, 0.6), (0.6, 0.0), (0.6, 0.8), (0.0, 0.0)):
        draw, held, alone, short = np.random.default_rng([3, int(10 * spread), int(10 * alike)]), [], [], 0
        for world in range(max(worlds // 30, 10)):
            made, came, truth = _provinces(draw, spread, alike)
            found = pooled_rates.fitted(made, chains=2, draws=600, seed=world)
            short += not found.posterior.converged  # two short chains do for coverage; the measure asks for more
            ratio = found.ratio().ravel()
            doubts = [month_doubt(incidents=counts, days=np.full(len(counts), 30.0)) for counts in came]
            apart = np.exp(pooled_rates.months_apart(doubts, len(ratio), world))
            for kept, drawn in ((alone, ratio), (held, ratio * apart)):
                low, high = np.quantile(drawn, [0.025, 0.975])
                kept.append(bool(low <= truth <= high))
        share = f"{100 * sum(alone) / max(1, len(alone)):.0f}%"
        yield (
            line(f"pooled ratio, months of spread {spread}, correlation {alike}", held)
            + f"; provinces alone {share}; {short} with fewer draws than the measure asks for"
        )


def _provinces(draw: Draw, spread: float, alike: float) -> tuple[Panel, list[Any], float]:
    areas, months, incidents = 6, 15, (60.0, 16.0)
    province, own = draw.normal(0, 0.7, areas), draw.normal(0, 0.5, areas)
    rows, came = [], []
    for side, weight in enumerate((np.exp(province + own), np.exp(province))):
        noise = draw.normal(size=months)
        for each in range(1, months):
            noise[each] = alike * noise[each - 1] + math.sqrt(1 - alike**2) * noise[each]
        level = incidents[side] * np.exp(spread * noise - spread**2 / 2)
        counts = draw.poisson(level[:, None] * weight / weight.sum())
        came.append(counts.sum(1).astype(float))
        for month, area in itertools.product(range(months), range(areas)):
            killed = lognormal(draw, int(counts[month, area]), 4.35, 12).sum()
            rows.append((side, 24_000 + month, f"P{area}", counts[month, area], killed))
    sides, month_, area_, number, low = (np.array(column) for column in zip(*rows, strict=True))
    made = Panel(side=sides, month=month_, area=area_.astype(object), days=np.full(len(sides), 30.0), incidents=number.astype(float),
                 low=low, high=np.ceil(1.3 * low), unknown=np.zeros(len(sides)))  # fmt: skip
    return made, came, incidents[0] / incidents[1]


def line(name: str, held: list[bool]) -> str:
    if not held:
        return f"{name}: no interval is given"
    share = sum(held) / len(held)
    error = math.sqrt(share * (1 - share) / len(held))
    mark = "" if 0.93 <= share <= 0.97 else "   OUTSIDE 93–97%"
    return f"{name}: {100 * share:.1f}% ± {100 * error:.1f} ({len(held)} records){mark}"


STUDIES: dict[str, Callable[[int], Iterator[str]]] = {
    "ratio": ratios,
    "months": ratios_of_months,
    "kinds": kinds,
    "trend": coverage_series.trends,
    "change": coverage_series.changes,
    "power": coverage_series.power,
    "pooled": pooled,
    "regression": regressions,
    "delay": coverage_series.delays,
    "revision": coverage_series.revisions,
    "hawkes": coverage_series.hawkes,
}

if __name__ == "__main__":
    asked = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    asked.add_argument("studies", nargs="*", default=list(STUDIES), choices=[*STUDIES, []])
    asked.add_argument("--worlds", type=int, default=2000)
    words = asked.parse_args()
    for study in words.studies:
        for said in STUDIES[study](words.worlds):
            print(said, flush=True)
