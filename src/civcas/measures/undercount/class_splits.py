"""Splits and merges of classes: the compiled moves that let a chain of the latent class model change its mind.

A Gibbs sampler rarely takes a class apart once it has taken two groups of people for one; chains that start
that way stay there, agree with themselves, and answer with too few or too sure (Colombia's lists do this).
"""

from __future__ import annotations

# compiled functions take their types from Numba, not from annotations
# mypy: disable-error-code="no-untyped-def"
from math import exp, lgamma, log

import numpy as np
from numba import njit

from civcas.measures.undercount.class_draws import TINY

SCANS = 20  # steps towards the two parts a class would fall into


@njit(cache=True, nogil=True)
def log_gamma(x, factorials):
    """ln Γ(x) of a whole number, looked up where the table reaches."""
    if x <= len(factorials):
        return factorials[x - 1]
    return lgamma(float(x))


@njit(cache=True, nogil=True)
def profile_value(size, ones, factorials):
    """ln Π_j B(1+o_j, 1+size−o_j): how well one profile describes a class, λ integrated out."""
    value = -len(ones) * log_gamma(size + 2, factorials)
    for o in ones:
        value += log_gamma(1 + o, factorials) + log_gamma(1 + size - o, factorials)
    return value


@njit(cache=True, nogil=True)
def sizes_value(sizes, alpha, factorials):
    """ln p(class sizes in this order | α), ν integrated out, up to what depends on their sum alone."""
    last, later, value = len(sizes) - 1, sizes.sum(), 0.0
    for k in range(last):
        value += log_gamma(1 + sizes[k], factorials) - log(alpha + later)
        later -= sizes[k]
    return value + lgamma(alpha + later)


@njit(cache=True, nogil=True)
def launch(chance, offsets, members, people, parts, lists, shares, missed):
    """Chances `shares` of each pattern to fall in the first of `parts` classes, and each class's chance to be `missed`.

    Found by steps of expectation–maximisation from a random start, and from `people` alone, so that a split
    and the merge that undoes it propose alike.
    """
    patterns = len(people)
    ones, odds = np.empty((parts, lists)), np.empty((parts, lists))
    rest, size, hidden = np.empty(parts), np.empty(parts), np.zeros(parts)
    for x in range(patterns):
        shares[x] = chance.random() if parts == 2 else 1.0
    for _ in range(SCANS):
        ones[:] = 1.0
        size[:] = 2.0
        for x in range(patterns):
            if people[x] == 0:
                continue
            for c in range(parts):
                here = people[x] * (shares[x] if c == 0 else 1.0 - shares[x])
                size[c] += here
                for at in range(offsets[x], offsets[x + 1]):
                    ones[c, members[at]] += here
        for c in range(parts):
            documented, total, silent = size[c] - 2.0, size[c] + hidden[c], 0.0
            for j in range(lists):
                odds[c, j] = log(ones[c, j] / (total - ones[c, j]))
                silent += log(1.0 - ones[c, j] / total)
            missed[c] = min(exp(silent), 0.95)
            rest[c] = silent + log(total)
            hidden[c] = documented * missed[c] / (1.0 - missed[c])
        if parts == 1:
            continue
        for x in range(patterns):
            if people[x] > 0:
                gap = rest[1] - rest[0]
                for at in range(offsets[x], offsets[x + 1]):
                    gap += odds[1, members[at]] - odds[0, members[at]]
                shares[x] = min(max(1.0 / (1.0 + exp(min(max(gap, -700.0), 700.0))), TINY), 1.0 - TINY)


@njit(cache=True, nogil=True)
def draw_missed(chance, documented, missed):
    return chance.poisson(chance.standard_gamma(float(documented)) * missed / (1.0 - missed))


@njit(cache=True, nogil=True)
def missed_value(m, documented, missed, factorials):
    """ln NegBin(m; documented, 1 − missed), without its −ln m!, which the posterior has too."""
    value = log_gamma(documented + m, factorials) - log_gamma(documented, factorials)
    return value + m * log(missed) + documented * log(1.0 - missed)


@njit(cache=True, nogil=True)
def first_empty(sizes):
    for k in range(len(sizes)):
        if sizes[k] == 0:
            return k
    return len(sizes)


@njit(cache=True, nogil=True)
def nth_held(sizes, n, but):
    """The n-th class with people in it, one left out; -1 if there are not so many."""
    for k in range(len(sizes)):
        if sizes[k] > 0 and k != but:
            if n == 0:
                return k
            n -= 1
    return -1


@njit(cache=True, nogil=True)
def pair_to_move(chance, sizes, merging):
    """Which class to take apart (its second part goes to the first empty class), or which two to put together.

    A split is undone by a merge whose second class stands before the first empty one, and such merges can
    choose among as many second classes as stand there: the factor `first_empty` of the acceptance.
    """
    empty, held = first_empty(sizes), 0
    for k in range(len(sizes)):
        held += sizes[k] > 0
    if merging:
        if held < 2 or empty == 0:
            return -1, -1
        b = int(chance.random() * empty)
        return nth_held(sizes, int(chance.random() * (held - 1)), b), b
    if empty == len(sizes):
        return -1, -1
    return nth_held(sizes, int(chance.random() * held), -1), empty


@njit(cache=True, nogil=True)
def counted(offsets, members, people, first, shares, first_ones):
    """How many of `people` are in the first part, and ln of the chance that `shares` put them there; fills `first_ones`."""
    seen, chosen = 0, 0.0
    for x in range(len(people)):
        if people[x] > 0:
            chosen += first[x] * log(shares[x]) + (people[x] - first[x]) * log(1.0 - shares[x])
            seen += first[x]
            for at in range(offsets[x], offsets[x + 1]):
                first_ones[members[at]] += first[x]
    return seen, chosen


@njit(cache=True, nogil=True)
def split_or_merge(chance, offsets, members, table, column, seen, unseen, ones, documented, limit, alpha, factorials,
                   sizes, shares):  # fmt: skip
    """Step 4b. Take a class apart, or put two together, their unseen drawn anew, λ and ν integrated out.

    After Jain & Neal (2004). Without it a chain that starts with two classes as one stays so for ever.
    Gives 1 when the move was made.
    """
    classes, lists = ones.shape
    for k in range(classes):
        sizes[k] = seen[k] + unseen[k]
    merging = chance.random() < 0.5
    a, b = pair_to_move(chance, sizes, merging)
    if a < 0 or seen[a] == 0 or (merging and seen[b] == 0):
        return 0
    patterns, total = len(table), seen[a] + seen[b]
    people = table[:, column[a]] + table[:, column[b]]
    missed, missed_whole = np.empty(2), np.empty(1)
    launch(chance, offsets, members, people, 1, lists, shares, missed_whole)
    launch(chance, offsets, members, people, 2, lists, shares, missed)
    first = table[:, column[a]].copy()
    if not merging:
        for x in range(patterns):
            first[x] = chance.binomial(people[x], shares[x]) if people[x] > 0 else 0
    all_ones, first_ones = ones[a] + ones[b], np.zeros(lists, np.int64)
    first_seen, chosen = counted(offsets, members, people, first, shares, first_ones)
    second_seen = total - first_seen
    if first_seen == 0 or second_seen == 0:
        return 0
    in_whole, in_first, in_second = unseen[a] + unseen[b], unseen[a], unseen[b]
    if merging:
        in_whole = draw_missed(chance, total, missed_whole[0])
    else:
        in_first = draw_missed(chance, first_seen, missed[0])
        in_second = draw_missed(chance, second_seen, missed[1])
    others = documented - unseen[a] - unseen[b]
    for k in range(classes):
        others += unseen[k]
    if others + max(in_whole, in_first + in_second) > documented + limit:
        return 0
    sizes[a], sizes[b] = total + in_whole, 0
    together = profile_value(sizes[a], all_ones, factorials) + sizes_value(sizes, alpha, factorials)
    together += log_gamma(others + in_whole, factorials) - lgamma(alpha + others + in_whole)
    together -= missed_value(in_whole, total, missed_whole[0], factorials)
    sizes[a], sizes[b] = first_seen + in_first, second_seen + in_second
    apart = profile_value(sizes[a], first_ones, factorials) + sizes_value(sizes, alpha, factorials)
    apart += profile_value(sizes[b], all_ones - first_ones, factorials)
    both = others + in_first + in_second
    apart += log_gamma(both, factorials) - lgamma(alpha + both) - chosen
    apart -= missed_value(in_first, first_seen, missed[0], factorials)
    apart -= missed_value(in_second, second_seen, missed[1], factorials)
    gain = apart - together - log(first_empty(sizes))
    if log(1.0 - chance.random()) >= (-gain if merging else gain):
        return 0
    if merging:
        first[:], first_seen, first_ones, in_first, in_second = people, total, all_ones, in_whole, 0
    table[:, column[a]], table[:, column[b]] = first, people - first
    seen[a], seen[b], unseen[a], unseen[b] = first_seen, total - first_seen, in_first, in_second
    ones[a], ones[b] = first_ones, all_ones - first_ones
    return 1
