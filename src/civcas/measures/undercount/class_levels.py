"""The levels of a ladder: the latent class posterior, held to a guess of the classes by more and more of its weight.

At level t the classes z and the unseen m, with profiles λ and weights ν integrated out, have the density

    f_t(z, m) ∝ q(z, m)^(1−t) · ∫ p(λ, ν) · p(z, m | λ, ν)^t · p(guess | λ, ν)^(1−t) dλ dν.

At t = 0 the guess q decides alone and people can be drawn afresh; at t = 1 (the chain itself) the guess is gone. In between
λ and ν are drawn as always, from t parts of the people and 1−t parts of those the guess expects. A level knows only the
classes of its guess, its *parts*, each with a label among all classes. There are several guesses, of different numbers of
parts; at t = 0 one takes the place of another. Reference paths: Surjanovic, Syed, Bouchard-Côté & Campbell (2022).
"""

from __future__ import annotations

# compiled functions take their types from Numba, not from annotations
# mypy: disable-error-code="no-untyped-def"
from math import exp, lgamma, log

import numpy as np
from numba import njit

from civcas.measures.undercount.class_draws import TINY, allocate, log_gamma_draw, slice_concentration

MOVES = 4  # labels tried a step
CHANGES = 8  # guesses tried a step at t = 0


@njit(cache=True, nogil=True)
def guess_value(shares, missed, table, unseen, documented, parts):
    """ln q(z, m): each pattern's people fall in parts by `shares`, the unseen are negative multinomial by `missed`."""
    value = documented * missed[len(missed) - 1]
    for c in range(parts):
        value += unseen[c] * missed[c]
        for x in range(len(table)):
            if table[x, c] > 0:
                value += table[x, c] * shares[x, c]
    return value


@njit(cache=True, nogil=True)
def order_value(alpha, sizes, later):
    """ln p(sizes in this order | α), ν integrated out; fills `later` with how many are in each class or after."""
    classes, running, value = len(sizes), 0.0, 0.0
    for k in range(classes - 1, -1, -1):
        running += sizes[k]
        later[k] = running
    for k in range(classes - 1):
        value -= log(alpha + later[k])
        if sizes[k] > 0:
            value += lgamma(1.0 + sizes[k])
    return value + lgamma(alpha + later[classes - 1]) - lgamma(alpha + later[0])


@njit(cache=True, nogil=True)
def mixed_sizes(t, held, labels, expected, parts, sizes):
    sizes[:] = 0.0
    for c in range(parts):
        sizes[labels[c]] = t * held[c] + (1.0 - t) * expected[c]


@njit(cache=True, nogil=True)
def profiles_value(t, held, ones, expected, expected_ones, parts):
    """ln ∫ of all parts' profiles λ."""
    value = 0.0
    for c in range(parts):
        size = t * held[c] + (1.0 - t) * expected[c]
        whole, none = lgamma(2.0 + size), -log(1.0 + size)
        for j in range(ones.shape[1]):
            listed = t * ones[c, j] + (1.0 - t) * expected_ones[c, j]
            value += lgamma(1.0 + listed) + lgamma(1.0 + size - listed) - whole if listed > 0 else none
    return value


@njit(cache=True, nogil=True)
def draw_part_weights(chance, alpha, sizes, later, labels, parts, log_weight):
    """ν of the labels that hold parts, in logs, from sizes and `later` of all classes."""
    left, classes, last = 0.0, len(sizes), 0
    for c in range(parts):
        last = max(last, labels[c])
    log_weight[classes - 1] = 0.0
    for k in range(last + 1):
        if k == classes - 1:
            log_weight[k] = left
            break
        a = log_gamma_draw(chance, 1.0 + sizes[k])
        b = log_gamma_draw(chance, alpha + later[k + 1])
        top = max(a, b)
        both = top + log(exp(a - top) + exp(b - top))
        log_weight[k] = left + a - both
        left += b - both


@njit(cache=True, nogil=True)
def draw_part_profiles(chance, t, held, ones, expected, expected_ones, labels, parts, log_weight, base, odds):
    """λ of the parts; `base` becomes (ν·Π(1−λ))^t and `odds` (λ/(1−λ))^t."""
    for c in range(parts):
        missed = log_weight[labels[c]]
        size = t * held[c] + (1.0 - t) * expected[c]
        for j in range(ones.shape[1]):
            listed = t * ones[c, j] + (1.0 - t) * expected_ones[c, j]
            if listed == 0.0:
                rest = exp(log(1.0 - chance.random()) / (1.0 + size))
            else:
                b = chance.standard_gamma(1.0 + size - listed)
                rest = b / (b + chance.standard_gamma(1.0 + listed))
            rest = min(max(rest, TINY), 1.0 - TINY)
            missed += log(rest)
            odds[j, c] = ((1.0 - rest) / rest) ** t
        base[c] = exp(t * missed)


@njit(cache=True, nogil=True)
def classify_parts(chance, offsets, members, counts, shares, base, odds, parts, table, seen, ones, weights):
    """Parts of the documented by `shares` (already to the power 1−t) and profiles; refills `table`, `seen`, `ones`."""
    seen[:] = 0
    ones[:] = 0
    table[:] = 0
    for x in range(len(counts)):
        for c in range(parts):
            weights[c] = base[c] * shares[x, c]
        for at in range(offsets[x], offsets[x + 1]):
            for c in range(parts):
                weights[c] *= odds[members[at], c]
        if not allocate(chance, counts[x], weights[:parts], table[x]):
            table[x, np.argmax(shares[x, :parts])] = counts[x]
        for c in range(parts):
            if table[x, c] > 0:
                seen[c] += table[x, c]
                for at in range(offsets[x], offsets[x + 1]):
                    ones[c, members[at]] += table[x, c]


@njit(cache=True, nogil=True)
def draw_unseen_parts(chance, t, documented, limit, missed, base, parts, unseen, weights):
    """The unseen of the parts: a product of two negative multinomials is one; kept if it would pass the limit."""
    total = 0.0
    for c in range(parts):
        weights[c] = base[c] * exp((1.0 - t) * missed[c])
        total += weights[c]
    total = min(total, 1.0 - TINY)
    for _ in range(20):
        mean = chance.standard_gamma(float(documented)) * total / (1.0 - total)
        drawn = chance.poisson(mean) if mean < limit * 2 else limit + 1
        if drawn <= limit:
            unseen[:] = 0
            allocate(chance, drawn, weights[:parts], unseen)
            return


@njit(cache=True, nogil=True)
def move_labels(chance, alpha, parts, labels, sizes, later):
    """A part takes another label, or changes with the part that has it; ν integrated out."""
    now, classes = order_value(alpha, sizes, later), len(sizes)
    for _ in range(MOVES):
        a, b = labels[int(chance.random() * parts)], int(chance.random() * classes)
        if a == b:
            continue
        sizes[a], sizes[b] = sizes[b], sizes[a]
        new = order_value(alpha, sizes, later)
        if log(1.0 - chance.random()) >= new - now:
            sizes[a], sizes[b] = sizes[b], sizes[a]
            continue
        now = new
        for c in range(parts):
            if labels[c] == a:
                labels[c] = b
            elif labels[c] == b:
                labels[c] = a


@njit(cache=True, nogil=True)
def free_label(chance, labels, parts, classes):
    """A label that no part has, each alike."""
    while True:
        k = int(chance.random() * classes)
        taken = False
        for c in range(parts):
            taken |= labels[c] == k
        if not taken:
            return k


@njit(cache=True, nogil=True)
def change_guess(chance, now, offset, alpha, labels, parts_of, expected, sizes, later, work):
    """At t = 0: another guess in the place of this one. Shared parts keep their labels; a new part takes a free one.

    `offset` holds ln ∫ of the profiles too, which at t = 0 depends on the guess alone.
    """
    new, classes, none = int(chance.random() * len(parts_of)), len(sizes), np.zeros(expected.shape[1], np.int64)
    if new == now:
        return now
    work[:] = labels
    gain = offset[new] - offset[now]
    for c in range(parts_of[now], parts_of[new]):
        work[c] = free_label(chance, work, c, classes)
        gain += log(float(classes - c))
    for c in range(parts_of[new], parts_of[now]):
        gain -= log(float(classes - c))
    for guess, at, sign in ((new, work, 1.0), (now, labels, -1.0)):
        mixed_sizes(0.0, none, at, expected[guess], parts_of[guess], sizes)
        gain += sign * order_value(alpha, sizes, later)
    if log(1.0 - chance.random()) >= gain:
        return now
    labels[:] = work
    return new


@njit(cache=True, nogil=True)
def step(chance, t, offsets, members, counts, limit, shares, missed, expected, expected_ones, parts, alpha, labels,
         table, seen, unseen, ones, sizes, later, log_weight, base, odds, weights):  # fmt: skip
    """One step of one level, which leaves f_t as it is; gives α."""
    held = seen + unseen
    mixed_sizes(t, held, labels, expected, parts, sizes)
    order_value(alpha, sizes, later)
    alpha = slice_concentration(chance, alpha, later)
    draw_part_weights(chance, alpha, sizes, later, labels, parts, log_weight)
    draw_part_profiles(chance, t, held, ones, expected, expected_ones, labels, parts, log_weight, base, odds)
    classify_parts(chance, offsets, members, counts, shares, base, odds, parts, table, seen, ones, weights)
    draw_unseen_parts(chance, t, counts.sum(), limit, missed, base, parts, unseen, weights)
    mixed_sizes(t, seen + unseen, labels, expected, parts, sizes)
    move_labels(chance, alpha, parts, labels, sizes, later)
    return alpha
