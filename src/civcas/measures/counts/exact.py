"""One Poisson count and two Poisson or binomial rates: intervals that small samples do not break."""

from __future__ import annotations

import math
from dataclasses import dataclass

from civcas.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """A value with the ends of its interval."""

    value: float
    low: float
    high: float


@dataclass(frozen=True, slots=True, kw_only=True)
class TwoRates:
    """The ratio of two Poisson rates, each interval by another method, and the exact p of equality."""

    ratio: float
    p: float
    exact: Interval
    mid_p: Interval
    score: Interval
    wald: Interval
    recovered: Interval  # MOVER: the square-and-add interval from the two sides' own


def poisson_count(count: int, *, level: float = 0.95) -> Interval:
    """The exact interval of a Poisson mean from one count (Garwood 1936)."""
    from scipy.special import chdtri

    _refuse(count, 1.0)
    tail = (1 - level) / 2
    low = chdtri(2 * count, 1 - tail) / 2 if count else 0.0
    return Interval(value=float(count), low=float(low), high=float(chdtri(2 * count + 2, tail) / 2))


def two_rates(
    *, count: int, exposure: float, reference_count: int, reference_exposure: float, level: float = 0.95
) -> TwoRates:
    """How many times the reference's rate: count/exposure over reference_count/reference_exposure.

    Exact and mid-p condition on the sum of the counts (binomial; Clopper and Pearson 1934); score is Wilson's on the same
    binomial; Wald is on the log scale; `recovered` is Donner and Zou (2012) from the Byar-free Rao score limits of
    each mean. Both counts must be above zero but for exact and score, which hold at zero too. It says nothing of
    unreported events.
    """
    for each, over in ((count, exposure), (reference_count, reference_exposure)):
        _refuse(each, over)
    total, odds = count + reference_count, reference_exposure / exposure
    if not total:
        raise BadInput("both counts are 0", expected="at least one event on either side")

    def ratio_of(share: float) -> float:
        return share / (1 - share) * odds if share < 1 else math.inf

    ratio = (count / exposure) / (reference_count / reference_exposure) if reference_count else math.inf
    made = {
        "exact": _clopper_pearson(count, total, level),
        "mid_p": _mid_p(count, total, level),
        "score": _wilson(count, total, level),
    }
    # the mid-p value is the median-unbiased ratio, the others take the ratio of the rates
    middle = ratio_of(_mid_p(count, total, 0.0)[0]) if 0 < count < total else ratio
    values = {"mid_p": middle, "exact": ratio, "score": ratio}
    intervals = {
        name: Interval(value=values[name], low=ratio_of(low), high=ratio_of(high)) for name, (low, high) in made.items()
    }
    return TwoRates(
        ratio=ratio,
        p=_binomial_p(count, total, exposure / (exposure + reference_exposure)),
        wald=_wald(count, reference_count, ratio, level),
        recovered=_recovered(count, exposure, reference_count, reference_exposure, level),
        **intervals,
    )


def risk_ratio(
    *, count: int, of: int, reference_count: int, reference_of: int, level: float = 0.95
) -> tuple[Interval, Interval]:
    """The ratio of two proportions: score interval (Koopman 1984) and Wald on the log scale (Katz and others 1978)."""
    from scipy.optimize import brentq
    from scipy.special import chdtri, ndtri

    for each, whole in ((count, of), (reference_count, reference_of)):
        _refuse(each, float(whole))
        if each > whole:
            raise BadInput(f"{each} of {whole}", expected="a count no larger than its whole")
    ratio, limit = (count / of) / (reference_count / reference_of), float(chdtri(1, 1 - level))

    def distance(assumed: float) -> float:
        """Koopman's chi-square of an assumed ratio, less its critical value."""
        a, b = assumed * (of + reference_of), assumed * of + count + reference_of + assumed * reference_count
        p0 = (b - math.sqrt(b * b - 4 * a * (count + reference_count))) / (2 * a)
        p1 = assumed * p0
        return (count - of * p1) ** 2 / (of * p1 * (1 - p1)) * (
            1 + of * (assumed - p1) / (reference_of * (1 - p1))
        ) - limit  # fmt: skip

    far = (reference_of / reference_count) * (1 - 1e-9)
    score = Interval(
        value=ratio, low=brentq(distance, ratio / 1e4, ratio), high=brentq(distance, ratio, max(far, ratio * 1.001))
    )
    spread = float(ndtri((1 + level) / 2)) * math.sqrt(1 / count - 1 / of + 1 / reference_count - 1 / reference_of)
    return score, Interval(value=ratio, low=ratio * math.exp(-spread), high=ratio * math.exp(spread))


def _refuse(count: int, exposure: float) -> None:
    if count < 0 or count != int(count):
        raise BadInput(f"a count of {count}", expected="a whole number, 0 or more")
    if not exposure > 0:
        raise BadInput(f"an exposure of {exposure:g}", expected="above 0; a rate over no exposure is undefined")


def _clopper_pearson(count: int, total: int, level: float) -> tuple[float, float]:
    from scipy.special import betaincinv

    tail = (1 - level) / 2
    low = betaincinv(count, total - count + 1, tail) if count else 0.0
    high = betaincinv(count + 1, total - count, 1 - tail) if count < total else 1.0
    return float(low), float(high)


def _mid_p(count: int, total: int, level: float) -> tuple[float, float]:
    from scipy.optimize import brentq
    from scipy.special import bdtr, bdtrc

    tail = (1 - level) / 2

    def above(share: float) -> float:
        reached = float(bdtrc(count - 1, total, share)) if count else 1.0
        return (reached + float(bdtrc(count, total, share))) / 2 - tail

    def below(share: float) -> float:
        under = float(bdtr(count - 1, total, share)) if count else 0.0
        return (under + float(bdtr(count, total, share))) / 2 - tail

    low = brentq(above, 1e-12, 1 - 1e-12) if count else 0.0
    high = brentq(below, 1e-12, 1 - 1e-12) if count < total else 1.0
    return low, high


def _wilson(count: int, total: int, level: float) -> tuple[float, float]:
    from scipy.special import ndtri

    z2, share = float(ndtri((1 + level) / 2)) ** 2, count / total
    middle = (share + z2 / (2 * total)) / (1 + z2 / total)
    half = math.sqrt(z2 * share * (1 - share) / total + z2**2 / (4 * total**2)) / (1 + z2 / total)
    return middle - half, middle + half


def _wald(count: int, reference_count: int, ratio: float, level: float) -> Interval:
    from scipy.special import ndtri

    if not (count and reference_count):
        return Interval(value=ratio, low=0.0, high=math.inf)
    spread = float(ndtri((1 + level) / 2)) * math.sqrt(1 / count + 1 / reference_count)
    return Interval(value=ratio, low=ratio * math.exp(-spread), high=ratio * math.exp(spread))


def _recovered(count: int, exposure: float, reference_count: int, reference_exposure: float, level: float) -> Interval:
    from scipy.special import ndtri

    z = float(ndtri((1 + level) / 2))

    def score_limits(events: int, over: float) -> tuple[float, float]:
        middle, half = events + z * z / 2, z * math.sqrt(events + z * z / 4)
        return (middle - half) / over, (middle + half) / over

    rate, other = count / exposure, reference_count / reference_exposure
    (low, high), (other_low, other_high) = (
        score_limits(count, exposure),
        score_limits(reference_count, reference_exposure),
    )
    product = rate * other

    def end(mine: float, theirs: float, sign: float) -> float:
        slope = theirs * (2 * other - theirs)
        inside = product**2 - mine * (2 * rate - mine) * slope
        return (product + sign * math.sqrt(max(0.0, inside))) / slope if slope else math.inf

    return Interval(
        value=rate / other if other else math.inf, low=end(low, other_high, -1.0), high=end(high, other_low, 1.0)
    )


def _binomial_p(count: int, total: int, share: float) -> float:
    """Two-sided exact p: every outcome no likelier than the one seen (as R's poisson.test)."""
    import numpy as np
    from scipy.special import bdtr, bdtrc, gammaln

    outcomes = np.arange(total + 1)
    log = gammaln(total + 1) - gammaln(outcomes + 1) - gammaln(total - outcomes + 1)
    log += outcomes * math.log(share) + (total - outcomes) * math.log1p(-share)
    likelier = outcomes[log > log[count] + 1e-7]
    if not len(likelier):
        return 1.0
    low, high = int(likelier.min()), int(likelier.max())
    return float((bdtr(low - 1, total, share) if low else 0.0) + bdtrc(high, total, share))
