"""The compiled sampler of the latent class model: one chain, a stretch of iterations at a time.

Manrique-Vallier (2016), "Bayesian population size estimation using Dirichlet process mixtures", with moves
that make chains agree. One iteration leaves the posterior as it is, in this order:

0. stretches of single classes, with everyone's class and n₀ summed out (`class_stretch`);
1. classes of the documented, given class profiles λ and weights ν;
2. the unseen and their classes, given λ and ν;
3. swaps of class labels that keep ν, or carry it along (Papaspiliopoulos & Roberts 2008);
4. the unseen of single classes, then splits and merges of classes, with λ and ν integrated out: the first
   frees n₀ from the profiles it was drawn with, the second frees a chain that began with two classes as one;
5. the concentration α, with ν integrated out;
6. ν, then λ, given everything else.

This file and `class_splits` need Numba; only `latent_classes` imports them.
"""

from __future__ import annotations

# compiled functions take their types from Numba, not from annotations
# mypy: disable-error-code="no-untyped-def"
from math import exp, floor, lgamma, log

import numpy as np
from numba import njit

from civcas.measures.undercount.class_draws import TINY, allocate, log_gamma_draw, slice_concentration
from civcas.measures.undercount.class_ladder import climb
from civcas.measures.undercount.class_splits import log_gamma, split_or_merge
from civcas.measures.undercount.class_stretch import stretch

CLIMB_EVERY = 3  # iterations: a step of all levels costs twice as much as one of the chain


@njit(cache=True, nogil=True)
def classify(chance, offsets, members, counts, base, odds, seen, ones, table, column, weights):
    """Step 1. Classes of the documented; refills `seen` (classes), `ones` (classes × lists), `table` (patterns × classes)."""
    seen[:] = 0
    ones[:] = 0
    table[:] = 0
    for k in range(len(base)):
        column[k] = k
    classes = len(base)
    for x in range(len(counts)):
        weights[:] = base
        for at in range(offsets[x], offsets[x + 1]):
            row = odds[members[at]]
            for k in range(classes):
                weights[k] *= row[k]
        drawn = table[x]
        if not allocate(chance, counts[x], weights, drawn):
            drawn[np.argmax(base)] = counts[x]
        for k in range(classes):
            if drawn[k] > 0:
                seen[k] += drawn[k]
                for at in range(offsets[x], offsets[x + 1]):
                    ones[k, members[at]] += drawn[k]


@njit(cache=True, nogil=True)
def draw_unseen(chance, documented, limit, base, unseen, weights):
    """Step 2. n₀ ~ NegBin(n, 1−π₀) with prior 1/N, and its classes; kept as it was if it would pass the limit."""
    missed = 0.0
    for k in range(len(base)):
        missed += base[k]
    missed = min(missed, 1.0 - TINY)
    for _ in range(20):
        mean = chance.standard_gamma(float(documented)) * missed / (1.0 - missed)
        total = chance.poisson(mean) if mean < limit * 2 else limit + 1
        if total <= limit:
            weights[:] = base
            unseen[:] = 0
            allocate(chance, total, weights, unseen)
            return


@njit(cache=True, nogil=True)
def swap(a, b, seen, unseen, ones, column):
    column[a], column[b] = column[b], column[a]
    seen[a], seen[b] = seen[b], seen[a]
    unseen[a], unseen[b] = unseen[b], unseen[a]
    for j in range(ones.shape[1]):
        ones[a, j], ones[b, j] = ones[b, j], ones[a, j]


@njit(cache=True, nogil=True)
def swap_labels(chance, seen, unseen, ones, column, log_weight, log_stick, log_rest, tries):
    """Step 3. Label moves: members change places with ν kept, or neighbours with their sticks carried along."""
    classes = len(seen)
    for _ in range(tries):
        a = int(chance.random() * classes)
        b = int(chance.random() * (classes - 1))
        b += b >= a
        in_a, in_b = seen[a] + unseen[a], seen[b] + unseen[b]
        if in_a != in_b and log(1.0 - chance.random()) < (log_weight[a] - log_weight[b]) * (in_b - in_a):
            swap(a, b, seen, unseen, ones, column)
        if classes > 2:
            k = int(chance.random() * (classes - 2))
            here, there = seen[k] + unseen[k], seen[k + 1] + unseen[k + 1]
            if log(1.0 - chance.random()) < log_rest[k + 1] * here - log_rest[k] * there:
                swap(k, k + 1, seen, unseen, ones, column)
                log_stick[k], log_stick[k + 1] = log_stick[k + 1], log_stick[k]
                log_rest[k], log_rest[k + 1] = log_rest[k + 1], log_rest[k]
                log_weight[k] = log_weight[k] + log_stick[k] - log_stick[k + 1]
                before = log_weight[k] - log_stick[k]
                log_weight[k + 1] = before + log_rest[k] + log_stick[k + 1]


@njit(cache=True, nogil=True)
def unseen_of_class(k, m, seen, unseen, ones, others, alpha, after, factorials):
    """ln p of m unseen in class k, all else of the unseen given, λ and ν integrated out.

    Γ(N)/m! · Π_j Γ(1+T−o_j)/Γ(2+T) · [Γ(1+T) or, in the last class, Γ(α+T)] · 1/Γ(α+N) · Π_{l≤k} 1/(α+T_{≥l}),
    T the people of class k, o_j those of them on list j, T_{≥l} the people of class l and later.
    """
    classes, lists = ones.shape
    here = seen[k] + m
    total = others + here
    value = log_gamma(total, factorials) - lgamma(alpha + total) - log_gamma(m + 1, factorials)
    value -= lists * log_gamma(here + 2, factorials)
    for j in range(lists):
        value += log_gamma(1 + here - ones[k, j], factorials)
    value += log_gamma(here + 1, factorials) if k < classes - 1 else lgamma(alpha + here)
    product = 1.0
    for later in range(min(k + 1, classes - 1)):
        product *= alpha + after[later] + m
        if product > 1e200:
            value -= log(product)
            product = 1.0
    return value - log(product)


@njit(cache=True, nogil=True)
def slice_unseen(chance, k, seen, unseen, ones, documented, limit, alpha, after, factorials):
    """Step 4. A slice move (Neal 2003) of the unseen of one class, on the log scale."""
    classes = len(seen)
    elsewhere = 0
    for other in range(classes):
        if other != k:
            elsewhere += unseen[other]
    running = 0
    for at in range(classes - 1, -1, -1):
        running += seen[at] + unseen[at]
        after[at] = running - unseen[k] if at <= k else running
    others, most = documented - seen[k] + elsewhere, limit - elsewhere
    t = log(unseen[k] + 1.0 - chance.random())
    m = unseen[k]
    height = unseen_of_class(k, m, seen, unseen, ones, others, alpha, after, factorials) + t
    height += log(1.0 - chance.random())
    width = 1.0
    low = t - width * chance.random()
    high = low + width
    for _ in range(12):
        m = floor(exp(low))
        if unseen_of_class(k, m, seen, unseen, ones, others, alpha, after, factorials) + low < height:
            break
        low -= width
    for _ in range(12):
        m = floor(exp(high))
        if m > most or unseen_of_class(k, m, seen, unseen, ones, others, alpha, after, factorials) + high < height:
            break
        high += width
    while True:
        new = low + (high - low) * chance.random()
        m = floor(exp(new))
        if m <= most and unseen_of_class(k, m, seen, unseen, ones, others, alpha, after, factorials) + new >= height:
            unseen[k] = m
            return
        if new < t:
            low = new
        else:
            high = new


@njit(cache=True, nogil=True)
def draw_weights(chance, alpha, sizes, later, log_weight, log_stick, log_rest):
    """Step 6, ν. V_k ~ Beta(1 + people of class k, α + people after), the last stick takes what is left."""
    left, last = 0.0, len(sizes) - 1
    for k in range(last):
        a = log_gamma_draw(chance, 1.0 + sizes[k])
        b = log_gamma_draw(chance, alpha + later[k + 1])
        top = max(a, b)
        both = top + log(exp(a - top) + exp(b - top))
        log_stick[k], log_rest[k] = a - both, b - both
        log_weight[k] = left + log_stick[k]
        left += log_rest[k]
    log_stick[last], log_rest[last], log_weight[last] = 0.0, 0.0, left


@njit(cache=True, nogil=True)
def draw_profiles(chance, sizes, ones, log_weight, base, odds):
    """Step 6, λ ~ Beta(1 + ones, 1 + others), kept as odds λ/(1−λ); `base` becomes ν·Π(1−λ)."""
    for k in range(len(sizes)):
        missed = exp(log_weight[k])
        for j in range(ones.shape[1]):
            listed, others = ones[k, j], sizes[k] - ones[k, j]
            if listed == 0:
                rest = (1.0 - chance.random()) ** (1.0 / (1.0 + others))
            elif others == 0:
                rest = 1.0 - (1.0 - chance.random()) ** (1.0 / (1.0 + listed))
            else:
                b = chance.standard_gamma(1.0 + others)
                rest = b / (b + chance.standard_gamma(1.0 + listed))
            rest = min(max(rest, TINY), 1.0 - TINY)
            missed *= rest
            odds[j, k] = (1.0 - rest) / rest
        base[k] = missed


@njit(cache=True, nogil=True)
def by_size(seen, unseen, ones, column):
    """Largest class first: a chain that starts with its large class on the last stick may never leave it."""
    for a in range(len(seen)):
        for b in range(a + 1, len(seen)):
            if seen[b] + unseen[b] > seen[a] + unseen[a]:
                swap(a, b, seen, unseen, ones, column)


@njit(cache=True, nogil=True)
def iterate(chance, offsets, members, counts, factorials, limit, unseen, log_weight, log_stick, log_rest, base, odds,
            alpha, fixed, moving, tallies, iterations, thin, sort, swaps, slices, stretches, split_every, kept, total):  # fmt: skip
    """Run so many iterations from a chain's state, which is changed in place; every `thin`-th n₀ goes to `kept`.

    `alpha` holds one number. `fixed`, `moving` and `tallies` are the ladder, of no levels where there is none. `sort`
    orders classes by size first. The people of each pattern in each class are added up in `total` (patterns + 1 × classes;
    the unseen in its last row), unless that has no rows. Gives how many splits and merges were made.
    """
    classes, lists, documented, made = len(base), len(odds), counts.sum(), 0
    weights, shares = np.empty(classes), np.empty(len(counts))
    seen, sizes, later = np.zeros(classes, np.int64), np.empty(classes, np.int64), np.empty(classes, np.int64)
    ones, table = np.zeros((classes, lists), np.int64), np.zeros((len(counts), classes), np.int64)
    column = np.arange(classes)
    for i in range(iterations):
        stretch(chance, offsets, members, counts, documented, limit, alpha[0], log_weight, log_stick, log_rest, base, odds,
                stretches)  # fmt: skip
        classify(chance, offsets, members, counts, base, odds, seen, ones, table, column, weights)
        draw_unseen(chance, documented, limit, base, unseen, weights)
        if sort and i == 0:
            by_size(seen, unseen, ones, column)
        else:
            swap_labels(chance, seen, unseen, ones, column, log_weight, log_stick, log_rest, swaps)
        for _ in range(slices):
            k = int(chance.random() * classes)
            slice_unseen(chance, k, seen, unseen, ones, documented, limit, alpha[0], later, factorials)
        if i % split_every == 0:
            made += split_or_merge(chance, offsets, members, table, column, seen, unseen, ones, documented, limit, alpha[0],
                                   factorials, sizes, shares)  # fmt: skip
        if len(total) > 0:
            total[:-1] += table[:, column]
            total[-1] += unseen
        if len(fixed[0]) > 0 and i % CLIMB_EVERY == 0:
            climb(chance, i // CLIMB_EVERY, offsets, members, counts, limit, fixed, moving, tallies, alpha, table, column, seen,
                  unseen, ones)  # fmt: skip
        running = 0
        for k in range(classes - 1, -1, -1):
            sizes[k] = seen[k] + unseen[k]
            running += sizes[k]
            later[k] = running
        alpha[0] = slice_concentration(chance, alpha[0], later)
        draw_weights(chance, alpha[0], sizes, later, log_weight, log_stick, log_rest)
        draw_profiles(chance, sizes, ones, log_weight, base, odds)
        if (i + 1) % thin == 0:
            kept[i // thin] = unseen.sum()
    return made
