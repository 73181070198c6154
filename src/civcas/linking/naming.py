"""Who of one list is who of another: names compared across scripts, ages and sexes, and the chance of each pair among its rivals.

A name is an ordered row of words. Words meet on how they sound, and a word that many people bear says little; middle names may
be left out, the first and the last hardly. The chances of a person's candidates and of “nobody of this list” sum to one, and
two people of the first list do not readily share one of the second. Missing people are no evidence: how many of the first list stand
in the second is learned from the lists (expectation–maximisation), not assumed.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from civcas.linking.likeness import LEVELS, Near, near
from civcas.linking.people import UNKNOWN_SEX, WORDS_KEPT, People
from civcas.terms.vocabulary import Sensitivity

Floats = npt.NDArray[np.float64]
Ints = npt.NDArray[np.integer[Any]]

SAME_WORD = (0.70, 0.12, 0.08, 0.05, 0.02, 0.03)
"""How often two spellings of one word fall into each level of likeness, the last of which is “different”: where learning starts."""
PRIOR_WORDS = PRIOR_AGES = 100.0  # words and ages that the start is worth beside those that are learned from
LEARN_FROM, TURNS = 1_000, 3  # people that likenesses are learned from, and how often
FIRST_COUNTS = (2.0, 1.0, 1.0)  # brothers differ in their first word, and share the rest
LEFT_OUT = (-4.0, -0.1, -2.2)  # log odds where one name lacks the first, a middle or the last word of the other
TURNED = -4.0  # log odds of a name written with its last word first
AGES_APART = (0.5, 1.5, 3.5, 9.5)
SAME_AGE = (
    0.66,
    0.18,
    0.08,
    0.05,
    0.03,
)  # how often two ages given of one person are so far apart: where learning starts
SAME_SEX = 0.985
CONSIDERED = 48  # candidates of each person whose names are laid side by side
KEPT = 5  # candidates of each person that are proposed
ROUNDS = 6


@dataclass(frozen=True, slots=True, kw_only=True)
class Namesakes:
    """Candidate pairs of two lists, by place in each, the likeliest of each person first.

    `chance` is that both are one person; `name`, `age` and `sex` are what each says, in natural log odds.
    """

    first: People
    second: People
    left: Ints
    right: Ints
    chance: Floats
    name: Floats
    age: Floats
    sex: Floats
    listed: float  # the share of the first list that stands in the second, as learned

    def table(self) -> pa.Table:
        """One row a candidate pair: ids, chance, and why; no name stands in it, but it is as restricted as the lists it came from."""
        bits = {name: getattr(self, name) / np.log(2) for name in ("name", "age", "sex")}
        ids = (
            pa.array(p.person_id, pa.string()).take(pa.array(at))
            for p, at in ((self.first, self.left), (self.second, self.right))
        )
        columns = [*ids, self.chance, *bits.values()]
        found = pa.table(columns, names=["person_id_l", "person_id_r", "chance", *(f"{name}_weight" for name in bits)])
        return found.replace_schema_metadata({"sensitivity": str(Sensitivity.RESTRICTED)})

    def best(self) -> Ints:
        """Places of the likeliest candidate of each person of the first list that has one."""
        return (
            np.flatnonzero(np.concatenate([[True], self.left[1:] != self.left[:-1]])) if len(self.left) else self.left
        )


def sentence(found: Namesakes, at: int) -> str:
    """Why a pair is proposed, each part with its weight in bits; names no one."""
    parts = (("name", found.name[at]), ("age", found.age[at]), ("sex", found.sex[at]))
    return "; ".join(f"{part} {weight / np.log(2):+.1f}" for part, weight in parts if weight)


def match(first: People, second: People) -> Namesakes:
    """For each person of the first list, the people of the second that may be the same, and how surely."""
    together = near(first.words, second.words)
    postings, by_chance = _postings(second), _by_chance(together, len(first.words.heard), second)
    some = np.arange(0, len(first), max(1, len(first) // LEARN_FROM))
    same, same_age = np.array(SAME_WORD), np.array(SAME_AGE)
    for _ in range(TURNS):
        left, right, name, used = _compared(
            some, *_names(first, second, together), *_worth(together, by_chance, same), *postings
        )
        chance, _listed = _chances(
            left, right, name + _else(first, second, left, right, same_age), len(first), len(second), len(some)
        )
        same, same_age = _learned(used, chance), _learned_ages(_years_apart(first.age, second.age, left, right), chance)
    left, right, name, used = _compared(
        np.arange(len(first)), *_names(first, second, together), *_worth(together, by_chance, same), *postings
    )
    age, sex = _ages(first.age, second.age, left, right, same_age), _sexes(first.sex, second.sex, left, right)
    chance, listed = _chances(left, right, name + age + sex, len(first), len(second), len(first))
    kept = _nth_of(left, chance)
    order = np.lexsort((right, -chance, left))
    order = order[kept[order] < KEPT]
    return Namesakes(
        first=first, second=second, left=left[order], right=right[order], chance=chance[order],
        name=name[order], age=age[order], sex=sex[order], listed=listed,
    )  # fmt: skip


def _names(first: People, second: People, together: Near) -> tuple[Any, ...]:
    return first.begin, first.word, second.begin, second.word, together.begin, together.word, together.level


def _by_chance(together: Near, words: int, second: People) -> Floats:
    """For each word of the first list and each level, how often a word of the second list is at least so near it."""
    borne = np.bincount(second.word, minlength=len(second.words.heard)) / max(1, len(second))
    of_level = np.zeros((words, LEVELS))
    np.add.at(of_level, (_owner(together), together.level), borne[together.word])
    return np.minimum(np.cumsum(of_level, axis=1) + 1.0 / max(1, len(second)), 1.0)


def _owner(together: Near) -> Ints:
    return np.repeat(np.arange(len(together.begin) - 1), np.diff(together.begin))


def _worth(together: Near, by_chance: Floats, same: Floats) -> tuple[npt.NDArray[np.float32], float]:
    """Log odds of each near pair of words, never more for a less near one, and of two words that are different."""
    odds = np.minimum.accumulate(np.log(same[:LEVELS]) - np.log(by_chance), axis=1)
    return odds[_owner(together), together.level].astype(np.float32), float(np.log(same[LEVELS]))


def _learned(used: npt.NDArray[np.int8], chance: Floats) -> Floats:
    """How often two spellings of one word fall into each level, by the pairs that are likely one person."""
    counted = np.array([(chance[:, None] * (used == level)).sum() for level in range(LEVELS + 1)])
    found = counted + PRIOR_WORDS * np.array(SAME_WORD)
    return np.asarray(found / found.sum())


def _postings(second: People) -> tuple[Ints, Ints]:
    """For each word of the list, the people who bear it."""
    order = np.argsort(second.word, kind="stable")
    owner = np.repeat(np.arange(len(second)), np.diff(second.begin))
    begin = np.searchsorted(second.word[order], np.arange(len(second.words.heard) + 1))
    return begin.astype(np.int64), owner[order].astype(np.int32)


def _compared(some: Ints, *given: Any) -> tuple[Ints, Ints, Floats, npt.NDArray[np.int8]]:
    found: tuple[Ints, Ints, Floats, npt.NDArray[np.int8]] = _side_by_side(
        some, *given, np.array(FIRST_COUNTS), np.array(LEFT_OUT), TURNED, CONSIDERED
    )
    return found


@numba.njit(cache=True)
def _side_by_side(  # type: ignore[no-untyped-def]
    some, begin_l, word_l, begin_r, word_r, near_begin, near_word, near_level, weight, differs, bears_begin, bears, counts,
    left_out, turned, considered,
):  # fmt: skip
    """Candidates by the summed weight of the words they share; of the best of them the names side by side, and the levels used."""
    people, vocabulary = len(begin_r) - 1, len(bears_begin) - 1
    score, seen = np.zeros(people, np.float32), np.full(people, -1, np.int32)
    met = np.empty(people, np.int32)
    worth, level = np.zeros((WORDS_KEPT, vocabulary), np.float32), np.full((WORDS_KEPT, vocabulary), -1, np.int8)
    out_l, out_r, out_w = [], [], []
    used = []
    for q in some:
        words, many = word_l[begin_l[q] : begin_l[q + 1]], 0
        for i in range(len(words)):
            for k in range(near_begin[words[i]], near_begin[words[i] + 1]):
                w = near_word[k]
                worth[i, w], level[i, w] = weight[k], near_level[k]
                gain = max(weight[k], np.float32(0))
                for b in range(bears_begin[w], bears_begin[w + 1]):
                    p = bears[b]
                    if seen[p] != q:
                        seen[p], score[p], met[many] = q, 0.0, p
                        many += 1
                    score[p] += gain
        for c in _highest(score, met, many, considered):
            other = word_r[begin_r[c] : begin_r[c + 1]]
            best, levels = _aligned(words, other, worth, level, 0, differs, counts, left_out)
            if len(words) > 2:
                turn, levels_turned = _aligned(words, other, worth, level, 1, differs, counts, left_out)
                if turn + turned > best:
                    best, levels = turn + turned, levels_turned
            out_l.append(q)
            out_r.append(c)
            out_w.append(best)
            used.append(levels)
        for i in range(len(words)):
            for k in range(near_begin[words[i]], near_begin[words[i] + 1]):
                level[i, near_word[k]] = -1
    spread = np.full((len(used), WORDS_KEPT), -1, np.int8)
    for n in range(len(used)):
        spread[n] = used[n]
    return np.array(out_l, np.int32), np.array(out_r, np.int32), np.array(out_w, np.float64), spread


@numba.njit(cache=True)
def _highest(score, met, many, most):  # type: ignore[no-untyped-def]
    """The people met with the highest scores, by a selection of the score that the last of them has."""
    found = met[:many].copy()
    if many <= most:
        return np.sort(found)
    scores = score[found]
    edge = np.partition(scores, many - most)[many - most]
    above, level = found[scores > edge], np.sort(found[scores == edge])
    return np.sort(np.concatenate((above, level[: 2 * most - len(above)])))


@numba.njit(cache=True)
def _aligned(words, other, worth, level, turn, differs, counts, left_out):  # type: ignore[no-untyped-def]
    """The best way to lay two names side by side in order, words left out on either side; `turn` puts the last word first.

    With it the level of every word of the first that was laid beside one of the second; -1 for words left out.
    """
    n, m = len(words), len(other)
    best = np.zeros((n + 1, m + 1))
    came = np.zeros((n + 1, m + 1), np.int8)  # 0 side by side, 1 the first's word is left out, 2 the second's
    for j in range(m):
        best[0, j + 1], came[0, j + 1] = best[0, j] + left_out[_part(j, m)], 2
    for i in range(n):
        at, gap = (i - turn) % n, left_out[_part(i, n)]
        best[i + 1, 0], came[i + 1, 0] = best[i, 0] + gap, 1
        for j in range(m):
            near_by = level[at, other[j]] >= 0
            pair = worth[at, other[j]] if near_by else differs * counts[min(_part(i, n), _part(j, m))]
            best[i + 1, j + 1], came[i + 1, j + 1] = best[i, j] + pair, 0
            if best[i, j + 1] + gap > best[i + 1, j + 1]:
                best[i + 1, j + 1], came[i + 1, j + 1] = best[i, j + 1] + gap, 1
            if best[i + 1, j] + left_out[_part(j, m)] > best[i + 1, j + 1]:
                best[i + 1, j + 1], came[i + 1, j + 1] = best[i + 1, j] + left_out[_part(j, m)], 2
    return best[n, m], _levels_used(words, other, level, turn, came)


@numba.njit(cache=True)
def _levels_used(words, other, level, turn, came):  # type: ignore[no-untyped-def]
    used = np.full(WORDS_KEPT, -1, np.int8)
    i, j = len(words), len(other)
    while i > 0 or j > 0:
        way = came[i, j]
        if way == 0:
            found = level[(i - 1 - turn) % len(words), other[j - 1]]
            used[i - 1] = found if found >= 0 else LEVELS
        i, j = i - (way != 2), j - (way != 1)
    return used


@numba.njit(cache=True)
def _part(at, many):  # type: ignore[no-untyped-def]
    return 0 if at == 0 else 2 if at == many - 1 else 1


def _learned_ages(gap: Floats, chance: Floats) -> Floats:
    """How often two ages given of one person are so far apart, by the pairs that are likely one person."""
    known = ~np.isnan(gap)
    counted = np.bincount(np.searchsorted(AGES_APART, gap[known]), chance[known], minlength=len(SAME_AGE))
    found = counted + PRIOR_AGES * np.array(SAME_AGE)
    return np.asarray(found / found.sum())


def _years_apart(one: Any, other: Any, left: Ints, right: Ints) -> Floats:
    return np.asarray(np.abs(one[left].astype(float) - other[right]))


def _ages(one: Any, other: Any, left: Ints, right: Ints, same_age: Floats) -> Floats:
    """What two ages say, against how often ages drawn from both lists are so far apart; nothing where one is unknown."""
    shares = [np.bincount(np.clip(a[~np.isnan(a)], 0, 120).astype(int), minlength=121) for a in (one, other)]
    if not shares[0].sum() or not shares[1].sum():
        return np.zeros(len(left))
    apart = np.abs(np.arange(121)[:, None] - np.arange(121)[None, :])
    chance = np.outer(shares[0] / shares[0].sum(), shares[1] / shares[1].sum())
    by_chance = np.bincount(np.searchsorted(AGES_APART, apart.ravel()), chance.ravel(), minlength=len(SAME_AGE))
    says = np.log(same_age) - np.log(np.maximum(by_chance, 1e-3))
    gap = _years_apart(one, other, left, right)
    return np.where(np.isnan(gap), 0.0, says[np.searchsorted(AGES_APART, np.nan_to_num(gap))])


def _sexes(one: Any, other: Any, left: Ints, right: Ints) -> Floats:
    known = other[other != UNKNOWN_SEX]
    women = float(np.clip((known == 0).mean(), 0.05, 0.95)) if len(known) else 0.5
    alike = women**2 + (1 - women) ** 2
    says = np.where(one[left] == other[right], np.log(SAME_SEX / alike), np.log((1 - SAME_SEX) / (1 - alike)))
    return np.where((one[left] == UNKNOWN_SEX) | (other[right] == UNKNOWN_SEX), 0.0, says)


def _else(first: People, second: People, left: Ints, right: Ints, same_age: Floats) -> Floats:
    return _ages(first.age, second.age, left, right, same_age) + _sexes(first.sex, second.sex, left, right)


def _chances(left: Ints, right: Ints, odds: Floats, first: int, second: int, asked: int) -> tuple[Floats, float]:
    """The chance of each pair among the rivals of both its people and nobody; and the share of the first list that is listed."""
    listed = 0.5
    likelihood = np.exp(np.clip(odds, -40, 40)) / max(1, second)
    chance = np.zeros(len(left))
    for _ in range(ROUNDS):
        claim = likelihood * listed / (1 - listed)
        of_left, of_right = np.bincount(left, claim, first), np.bincount(right, claim, second)
        chance = claim / (1 + of_left[left] + of_right[right] - claim)
        listed = float(np.clip(chance.sum() / max(1, asked), 0.02, 0.98))
    return chance, listed


def _nth_of(left: Ints, chance: Floats) -> Ints:
    """Of each pair, how many likelier ones the same person has."""
    order = np.lexsort((-chance, left))
    nth = np.empty(len(left), np.int64)
    nth[order] = np.arange(len(left)) - np.searchsorted(left[order], left[order])
    return nth
