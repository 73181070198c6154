"""The draws that chains and the levels of a ladder share: log gamma draws, people among classes, the concentration α."""

from __future__ import annotations

# compiled functions take their types from Numba, not from annotations
# mypy: disable-error-code="no-untyped-def"
from math import exp, lgamma, log

from numba import njit

PRIOR = 0.25  # shape and rate of the Gamma prior of α
TINY = 1e-12


@njit(cache=True, nogil=True)
def log_gamma_draw(chance, shape):
    """The log of a standard gamma draw; small shapes would underflow to zero otherwise."""
    if shape < 1.0:
        return log(chance.standard_gamma(shape + 1.0)) + log(1.0 - chance.random()) / shape
    return log(chance.standard_gamma(shape))


@njit(cache=True, nogil=True)
def allocate(chance, people, weights, into):
    """Split people among classes by weight; adds to `into`, and gives False when no weight is above zero."""
    classes = len(weights)
    left = 0.0
    for k in range(classes):
        left += weights[k]
    if not left > 0.0:
        return False
    if people <= 4:
        for _ in range(people):
            at, k = chance.random() * left, 0
            while k < classes - 1 and at >= weights[k]:
                at -= weights[k]
                k += 1
            into[k] += 1
        return True
    for k in range(classes - 1):
        if people == 0:
            return True
        share = weights[k] / left if left > 0.0 else 1.0
        drawn = people if share >= 1.0 else chance.binomial(people, share)
        into[k] += drawn
        people -= drawn
        left -= weights[k]
    into[classes - 1] += people
    return True


@njit(cache=True, nogil=True)
def concentration(log_alpha, later):
    """ln p(ln α | class sizes) with ν integrated out; `later[l]` people are in class l or after."""
    alpha, last = exp(log_alpha), len(later) - 1
    value = (PRIOR + last) * log_alpha - PRIOR * alpha + lgamma(alpha + later[last]) - lgamma(alpha + later[0])
    for at in range(last):
        value -= log(alpha + later[at])
    return value


@njit(cache=True, nogil=True)
def slice_concentration(chance, alpha, later):
    """Step 5. A slice move of ln α."""
    t = log(alpha)
    height = concentration(t, later) + log(1.0 - chance.random())
    low = t - chance.random()
    high = low + 1.0
    for _ in range(20):
        if low < -25.0 or concentration(low, later) < height:
            break
        low -= 1.0
    for _ in range(20):
        if concentration(high, later) < height:
            break
        high += 1.0
    while True:
        new = low + (high - low) * chance.random()
        if concentration(new, later) >= height:
            return exp(new)
        if new < t:
            low = new
        else:
            high = new
