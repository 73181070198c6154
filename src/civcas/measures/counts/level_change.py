"""Whether a series of counts changed its level once, when, and by how much, where months may resemble their neighbours."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from civcas.errors import BadInput
from civcas.measures.counts.change_points import dispersion_between_neighbours
from civcas.measures.counts.level_likelihood import ChangeLikelihood, change_likelihood
from civcas.measures.counts.level_thresholds import LONGEST, SIZES, Thresholds, thresholds

Floats = NDArray[np.float64]

FEWEST_MONTHS = 12
FEWEST_WITH_A_RECORD = 5
LEAST_SHAPE = 1e-3  # of the variance that months have beyond chance, over their squared mean
NOTHING = 1e-3  # a level below this is this
STEPS = 1201  # sizes of a change that are tried for the interval
FARTHEST = 30.0  # standard deviations of months: the largest size that is tried


@dataclass(frozen=True, slots=True, kw_only=True)
class LevelChange:
    """The strongest change of level: `after` counts the months before it, `first`..`last` where else it may lie.

    `value` is the mean a month after over the mean before, in `low`..`high`. `p` is how often months without a change, alike as
    they may be, show one as strong; `shown` says that it is rarer than the level allows and that the interval leaves 1 out. `visible`
    is the size, as a factor above 1, of a change in the middle that is shown four times in five (None where none is). `correlation` is
    that of neighbours in the likeliest model.
    """

    after: int
    first: int
    last: int
    value: float
    low: float
    high: float
    p: float
    shown: bool
    gain: float
    needed: float
    correlation: float
    visible: float | None


def level_change(counts: Floats, *, exposure: Floats | None = None, level: float = 0.95) -> LevelChange:
    """The likeliest single change of level, tested against a constant level whose months resemble their neighbours.

    Counts become normal with one spread by the transformation of negative binomial counts (Anscombe 1948). How months are alike
    (`alike_models`) is chosen anew for no change and for every change. The test is the largest likelihood ratio over months
    (Andrews 1993); its threshold is simulated, as the strictest over correlations up to 0.8. The interval holds every month and size of
    a change that the same test does not reject (Siegmund 1988). Shapes (months,), at least 12; exposure in any unit.
    Raises `BadInput` where nothing varies, or too few months have a record. Assumes that recording did not change.
    """
    refuse_unchangeable(counts)
    scaled = counts if exposure is None else counts * exposure.mean() / exposure
    shape = max((dispersion_between_neighbours(scaled) - 1) / float(scaled.mean()), LEAST_SHAPE)
    likelihood = change_likelihood(_transformed(scaled, shape), least=_chance(float(scaled.mean()), shape))
    return _strongest(scaled, shape, likelihood, thresholds(min(len(counts), LONGEST)), level)


def refuse_unchangeable(counts: Floats) -> None:
    """Raises `BadInput` where no method could tell a change."""
    some = int((counts > 0).sum())
    if not np.isfinite(counts).all() or (counts < 0).any():
        raise BadInput("a count of the series is unknown or below zero", expected="whole months with 0 or more")
    if len(counts) < FEWEST_MONTHS:
        raise BadInput(
            f"{len(counts)} months are too few to place a change", expected=f"at least {FEWEST_MONTHS} months"
        )
    if not some:
        raise BadInput("every month counts 0, so no level can change", expected="months with recorded harm")
    if (counts == counts[0]).all():
        raise BadInput(
            f"every month counts {counts[0]:g}: nothing varies, so chance cannot be measured",
            expected="months that vary",
        )
    if some < FEWEST_WITH_A_RECORD:
        raise BadInput(
            f"only {some} of {len(counts)} months have a record", expected=f"at least {FEWEST_WITH_A_RECORD} that do"
        )


def _transformed(counts: Floats, shape: float) -> Floats:
    """2 arsinh(√(α(y + ⅜))) / √α: a logarithm where months vary much, a square root where they vary as chance alone."""
    return np.asarray(2 * np.arcsinh(np.sqrt(shape * (counts + 0.375))) / np.sqrt(shape))


def _chance(mean: float, shape: float) -> float:
    """The variance of transformed Poisson counts: months of deaths vary by no less."""
    from scipy.stats import poisson

    counts = (
        np.arange(int(mean + 12 * np.sqrt(mean) + 12)) if mean < 1e4 else mean + np.sqrt(mean) * np.linspace(-6, 6, 241)
    )
    chance = poisson.pmf(counts, mean) if mean < 1e4 else np.exp(-((counts - mean) ** 2) / (2 * mean))
    chance = chance / chance.sum()
    values = _transformed(counts.astype(float), shape)
    return float(chance @ values**2 - (chance @ values) ** 2)


def _back(transformed: Floats, shape: float) -> Floats:
    mean = np.sinh(np.sqrt(shape) * np.maximum(transformed, 0.0) / 2) ** 2 / shape - 0.375
    return np.asarray(np.maximum(mean, NOTHING))


def _strongest(
    counts: Floats, shape: float, likelihood: ChangeLikelihood, limits: Thresholds, level: float
) -> LevelChange:
    model, place = np.unravel_index(int(likelihood.best.argmax()), likelihood.best.shape)
    after = int(likelihood.design.after[place])
    before, since = float(counts[:after].mean()), float(counts[after:].mean())
    if not (before and since):
        raise BadInput(
            f"the {'first' if not before else 'last'} {after if not before else len(counts) - after} months count 0, so the level "
            "has no ratio", expected="recorded harm before and after the strongest change",
        )  # fmt: skip
    best, spread = float(likelihood.best[model, place]), _spread(likelihood, int(model), int(place))
    sizes = spread * np.linspace(-FARTHEST, FARTHEST, STEPS)
    allowed = np.interp(np.abs(sizes) / spread, SIZES, limits.allowed(level))
    held = likelihood.at(sizes) >= best - allowed
    start = likelihood.level_before(sizes)
    ratio = _back(start + sizes, shape) / _back(start, shape)
    places = likelihood.design.after[held.any(1)]
    gain, value = best - likelihood.none, since / before
    low, high = min(value, float(ratio[held].min())), max(value, float(ratio[held].max()))
    # a change whose direction is open, since one of the other direction at another month is not rejected, is not shown either
    shown = bool(gain > limits.allowed(level)[0]) and not low <= 1 <= high
    correlation = float(likelihood.design.correlation[model])
    return LevelChange(
        after=after, first=int(places.min(initial=after)), last=int(places.max(initial=after)), value=value, low=low, high=high,
        p=limits.p(gain), shown=shown, gain=gain, needed=float(limits.allowed(level)[0]), correlation=correlation,
        visible=_visible(float(likelihood.level[model]), shape, spread * limits.visible(level, correlation)),
    )  # fmt: skip


def _spread(likelihood: ChangeLikelihood, model: int, place: int) -> float:
    """The standard deviation of months on the transformed scale, around the best change."""
    variance = likelihood.squares[model, place] / max(1, likelihood.design.freedom - 1)
    return float(np.sqrt(max(variance, likelihood.least)))


def _visible(start: float, shape: float, size: float) -> float | None:
    """A size on the transformed scale as a factor of the level."""
    if not np.isfinite(size):
        return None
    return float((_back(np.array([start + size]), shape) / _back(np.array([start]), shape))[0])
