"""Stretch moves: a class grows and hides, or shrinks and shows, while about as many of its people stay documented.

Few of a class that is hardly ever listed are documented, whether it is large and nearly invisible or small and less so; the data
hardly tell these apart, and steps that redraw classes and profiles in turn walk along that ridge slowly. Here all chances λ of
one class are multiplied by s and the odds of its weight ν divided by s, accepted by Metropolis and Hastings on the posterior of
(ν, λ) with n₀ and everyone's class summed out: Π_x p_x^{n_x} / (1−π₀)^n · p(ν | α), times the chance that n₀ is within its limit.
"""

from __future__ import annotations

# compiled functions take their types from Numba, not from annotations
# mypy: disable-error-code="no-untyped-def"
from math import erfc, exp, log, log1p, sqrt

import numpy as np
from numba import njit

WIDTHS = (0.3, 1.0, 3.0)  # of ln s: classes with many documented people move little, hidden ones far


@njit(cache=True, nogil=True)
def log_within(missed, documented, limit):
    """ln P(n₀ ≤ limit) of NegBin(n, 1−π₀), by its normal approximation."""
    if missed <= 0.0 or documented == 0:
        return 0.0
    mean = documented * missed / (1.0 - missed)
    return log(max(0.5 * erfc((mean - limit - 0.5) / sqrt(2.0 * mean / (1.0 - missed))), 1e-300))


@njit(cache=True, nogil=True)
def fill_likelihoods(offsets, members, odds, of_class):
    """`of_class[k, x]`: the odds Π λ/(1−λ) over the lists of pattern x, in class k."""
    for k in range(of_class.shape[0]):
        for x in range(of_class.shape[1]):
            product = 1.0
            for at in range(offsets[x], offsets[x + 1]):
                product *= odds[members[at], k]
            of_class[k, x] = product


@njit(cache=True, nogil=True)
def fit(counts, base, of_class, documented, limit):
    """ln Π p_x^{n_x} / (1−π₀)^n, and the chance of so few unseen as may be."""
    missed = base.sum()
    if not missed < 1.0:
        return -np.inf
    value = log_within(missed, documented, limit) - documented * log1p(-missed)
    for x in range(len(counts)):
        p = 0.0
        for k in range(len(base)):
            p += base[k] * of_class[k, x]
        if p <= 0.0:
            return -np.inf
        value += counts[x] * log(p)
    return value


@njit(cache=True, nogil=True)
def fill_tails(log_weight, log_tail):
    """ln of the weight of each class and all later ones."""
    log_tail[-1] = log_weight[-1]
    for k in range(len(log_weight) - 2, -1, -1):
        top = max(log_weight[k], log_tail[k + 1])
        log_tail[k] = top + log(exp(log_weight[k] - top) + exp(log_tail[k + 1] - top))


@njit(cache=True, nogil=True)
def log_sticks(alpha, log_weight, log_tail):
    """ln p(ν | α) of stick-breaking weights, without what α alone decides: (α−1) ln ν_K − Σ_{k<K} ln ν_{≥k}."""
    return (alpha - 1.0) * log_weight[-1] - log_tail[:-1].sum()


@njit(cache=True, nogil=True)
def stretch(
    chance, offsets, members, counts, documented, limit, alpha, log_weight, log_stick, log_rest, base, odds, tries
):
    """So many tries, each of one class drawn at random; the state is changed in place. Gives how many were accepted."""
    classes, lists, made = len(base), len(odds), 0
    of_class, proposed = np.empty((classes, len(counts))), np.empty(len(counts))
    new_base, new_weight, new_odds = np.empty(classes), np.empty(classes), np.empty(lists)
    log_tail, new_tail = np.empty(classes), np.empty(classes)
    fill_likelihoods(offsets, members, odds, of_class)
    fill_tails(log_weight, log_tail)
    now = fit(counts, base, of_class, documented, limit)
    for _ in range(tries):
        k = int(chance.random() * classes)
        by = WIDTHS[int(chance.random() * len(WIDTHS))] * chance.standard_normal()
        before = exp(log_weight[k])
        if not 1e-300 < before < 1.0 - 1e-9:
            continue
        grown = log(before) - log1p(-before) - by  # the new odds of ν, ln
        after = 1.0 / (1.0 + exp(-grown))
        others = log1p(-after) - log1p(-before)
        hidden, possible = after, 1e-300 < after < 1.0 - 1e-9
        for j in range(lists):
            listed = odds[j, k] / (1.0 + odds[j, k]) * exp(by)
            if not 1e-12 < listed < 1.0 - 1e-12:
                possible = False
                break
            new_odds[j] = listed / (1.0 - listed)
            hidden *= 1.0 - listed
        if not possible:
            continue
        for other in range(classes):
            new_base[other] = base[other] * exp(others)
            new_weight[other] = log_weight[other] + others
        new_base[k], new_weight[k] = hidden, log(after)
        fill_tails(new_weight, new_tail)
        for x in range(len(counts)):
            product = 1.0
            for at in range(offsets[x], offsets[x + 1]):
                product *= new_odds[members[at]]
            proposed[x] = of_class[k, x]
            of_class[k, x] = product
        value = fit(counts, new_base, of_class, documented, limit)
        gain = value - now + log_sticks(alpha, new_weight, new_tail) - log_sticks(alpha, log_weight, log_tail)
        # the volume: the others share 1−ν among classes−1, the odds of ν and each λ are moved on their own scales
        gain += (classes - 1) * others + log(after) - log(before) + lists * by
        if log(1.0 - chance.random()) < gain:
            now, made = value, made + 1
            base[:], log_weight[:], log_tail[:] = new_base, new_weight, new_tail
            odds[:, k] = new_odds
        else:
            of_class[k] = proposed
    for k in range(classes - 1):
        log_stick[k], log_rest[k] = log_weight[k] - log_tail[k], log_tail[k + 1] - log_tail[k]
    return made
