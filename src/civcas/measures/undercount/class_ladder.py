"""A ladder under a chain: levels that step side by side and change places, so that the chain hears of far parts.

Neighbouring levels change states by the Metropolis rule, even and odd pairs in turn. The chain itself stands above the
last level: what it holds has a place on the ladder when its classes are as many as some guess has parts and each is
nearest to its own part, and only such states pass, in both directions. So the chain's posterior is as it was.
"""

from __future__ import annotations

# compiled functions take their types from Numba, not from annotations
# mypy: disable-error-code="no-untyped-def"
from math import exp, log

import numpy as np
from numba import njit

from civcas.measures.undercount.class_levels import (
    CHANGES,
    change_guess,
    guess_value,
    mixed_sizes,
    order_value,
    profiles_value,
    step,
)


@njit(cache=True, nogil=True)
def level_value(t, offset, shares, missed, expected, expected_ones, parts, documented, alpha, labels, table, seen, unseen,
                ones, sizes, later):  # fmt: skip
    """ln f_t of a state, up to what every level shares."""
    held = seen + unseen
    mixed_sizes(t, held, labels, expected, parts, sizes)
    value = offset + order_value(alpha, sizes, later)
    value += profiles_value(t, held, ones, expected, expected_ones, parts)
    if t < 1.0:
        value += (1.0 - t) * guess_value(shares, missed, table, unseen, documented, parts)
    return value


@njit(cache=True, nogil=True)
def nearest(shares, missed, table, unseen, parts, order):
    """Which class each part of the guess is given: the largest class chooses first; fills `order`. False where two tie."""
    people = np.zeros(parts, np.int64)
    for c in range(parts):
        people[c] = table[:, c].sum() * 1_000_000_000 + unseen[c]
    taken, last = np.zeros(parts, np.bool_), -1
    for k in np.argsort(-people):
        if people[k] == last:
            return False
        last = people[k]
        best, at = -np.inf, -1
        for c in range(parts):
            if not taken[c]:
                value = unseen[k] * missed[c]
                for x in range(len(table)):
                    value += table[x, k] * shares[x, c]
                if value > best or at < 0:
                    best, at = value, c
        taken[at] = True
        order[at] = k
    return True


@njit(cache=True, nogil=True)
def place(
    parts_of, log_shares, log_missed, column, seen, unseen, table, order, labels, part_table, part_seen, part_unseen
):
    """The chain's state as parts of a guess; gives the guess, or -1 where none has so many parts."""
    held = 0
    for k in range(len(seen)):
        held += seen[k] + unseen[k] > 0
    for guess in range(len(parts_of)):
        if parts_of[guess] != held:
            continue
        c = 0
        for k in range(len(seen)):
            if seen[k] + unseen[k] > 0:
                labels[c] = k
                part_table[:, c] = table[:, column[k]]
                part_unseen[c] = unseen[k]
                c += 1
        if not nearest(log_shares[guess], log_missed[guess], part_table, part_unseen, held, order):
            return -1
        found = labels[order[:held]]
        for c in range(held):
            labels[c] = found[c]
            part_table[:, c] = table[:, column[found[c]]]
            part_seen[c], part_unseen[c] = seen[found[c]], unseen[found[c]]
        return guess
    return -1


@njit(cache=True, nogil=True)
def has_place(shares, missed, table, seen, unseen, parts, order):
    """Whether a level's state is one that the chain's states are given: no part empty, each nearest to its own."""
    for c in range(parts):
        if seen[c] + unseen[c] == 0:
            return False
    if not nearest(shares, missed, table, unseen, parts, order):
        return False
    return (order[:parts] == np.arange(parts)).all()


@njit(cache=True, nogil=True)
def exchange(chance, low, documented, fixed, moving, tallies, sizes, later):
    """Two neighbouring levels change states, or not."""
    ts, offset, _, log_shares, log_missed, expected, expected_ones, parts_of, _ = fixed
    guesses, labels, alphas, tables, seen, unseen, ones = moving
    tried, taken, _ = tallies
    gain, high = 0.0, low + 1
    for level, state, sign in ((low, high, 1.0), (high, low, 1.0), (low, low, -1.0), (high, high, -1.0)):
        g = guesses[state]
        gain += sign * level_value(
            ts[level], offset[level, g], log_shares[g], log_missed[g], expected[g], expected_ones[g], parts_of[g],
            documented, alphas[state], labels[state], tables[state], seen[state], unseen[state], ones[state], sizes, later,
        )  # fmt: skip
    tried[low] += 1
    taken[low] += exp(min(gain, 0.0))
    if log(1.0 - chance.random()) >= gain:
        return
    guesses[low], guesses[high] = guesses[high], guesses[low]
    alphas[low], alphas[high] = alphas[high], alphas[low]
    for array in (labels, seen, unseen):
        kept = array[low].copy()
        array[low] = array[high]
        array[high] = kept
    for cube in (tables, ones):
        block = cube[low].copy()
        cube[low] = cube[high]
        cube[high] = block


@njit(cache=True, nogil=True)
def exchange_with_chain(
    chance, documented, fixed, moving, tallies, alpha, table, column, seen, unseen, ones, sizes, later
):
    """The last level and the chain change states, or not."""
    ts, offset, _, log_shares, log_missed, expected, expected_ones, parts_of, _ = fixed
    guesses, labels, alphas, tables, seen_of, unseen_of, ones_of = moving
    tried, taken, _ = tallies
    top, most = len(ts) - 1, labels.shape[1]
    order, new_labels, new_table = np.zeros(most, np.int64), np.zeros(most, np.int64), np.zeros_like(tables[top])
    new_seen, new_unseen = np.zeros(most, np.int64), np.zeros(most, np.int64)
    tried[top] += 1
    new = place(parts_of, log_shares, log_missed, column, seen, unseen, table, order, new_labels, new_table, new_seen,
                new_unseen)  # fmt: skip
    if new < 0:
        return
    now, t, new_ones = guesses[top], ts[top], np.zeros_like(ones_of[top])
    for c in range(parts_of[new]):
        new_ones[c] = ones[new_labels[c]]
    if not has_place(log_shares[now], log_missed[now], tables[top], seen_of[top], unseen_of[top], parts_of[now], order):
        return
    gain = 0.0
    for level, bias, sign in ((t, offset[top, new], 1.0), (1.0, 0.0, -1.0)):
        gain += sign * level_value(
            level, bias, log_shares[new], log_missed[new], expected[new], expected_ones[new], parts_of[new], documented,
            alpha[0], new_labels, new_table, new_seen, new_unseen, new_ones, sizes, later,
        )  # fmt: skip
    for level, bias, sign in ((1.0, 0.0, 1.0), (t, offset[top, now], -1.0)):
        gain += sign * level_value(
            level, bias, log_shares[now], log_missed[now], expected[now], expected_ones[now], parts_of[now], documented,
            alphas[top], labels[top], tables[top], seen_of[top], unseen_of[top], ones_of[top], sizes, later,
        )  # fmt: skip
    taken[top] += exp(min(gain, 0.0))
    if log(1.0 - chance.random()) >= gain:
        return
    table[:] = 0
    seen[:] = 0
    unseen[:] = 0
    ones[:] = 0
    for c in range(parts_of[now]):
        k = labels[top, c]
        table[:, column[k]] = tables[top, :, c]
        seen[k], unseen[k] = seen_of[top, c], unseen_of[top, c]
        ones[k] = ones_of[top, c]
    alpha[0], alphas[top] = alphas[top], alpha[0]
    guesses[top] = new
    labels[top], tables[top], ones_of[top] = new_labels, new_table, new_ones
    seen_of[top], unseen_of[top] = new_seen, new_unseen


@njit(cache=True, nogil=True)
def climb(
    chance, turn, offsets, members, counts, limit, fixed, moving, tallies, alpha, table, column, seen, unseen, ones
):
    """A step of every level, then places changed between even or odd pairs of levels, the chain the last of them."""
    ts, offset, powers, _, log_missed, expected, expected_ones, parts_of, profiles = fixed
    guesses, labels, alphas, tables, seen_of, unseen_of, ones_of = moving
    classes, most, documented, levels = len(seen), labels.shape[1], counts.sum(), len(ts)
    sizes, later, log_weight = np.zeros(classes), np.zeros(classes), np.zeros(classes)
    base, weights, odds, work = (
        np.zeros(most),
        np.zeros(most),
        np.zeros((ones.shape[1], most)),
        np.zeros(most, np.int64),
    )
    for level in range(levels):
        if level == 0:
            for _ in range(CHANGES):
                guesses[0] = change_guess(
                    chance,
                    guesses[0],
                    offset[0] + profiles,
                    alphas[0],
                    labels[0],
                    parts_of,
                    expected,
                    sizes,
                    later,
                    work,
                )
        g = guesses[level]
        tallies[2][level, g] += 1
        alphas[level] = step(
            chance, ts[level], offsets, members, counts, limit, powers[level, g], log_missed[g], expected[g],
            expected_ones[g], parts_of[g], alphas[level], labels[level], tables[level], seen_of[level], unseen_of[level],
            ones_of[level], sizes, later, log_weight, base, odds, weights,
        )  # fmt: skip
    for low in range(turn % 2, levels, 2):
        if low + 1 < levels:
            exchange(chance, low, documented, fixed, moving, tallies, sizes, later)
        else:
            exchange_with_chain(
                chance, documented, fixed, moving, tallies, alpha, table, column, seen, unseen, ones, sizes, later
            )
