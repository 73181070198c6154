"""How alike two words of names sound: a weighted edit distance, and for each word of one list the words of the other near it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numba
import numpy as np
import numpy.typing as npt

from civcas.linking.sounding import SOUNDS, keys

LONGEST = 16  # sounds of a word that are compared
EDGES = (0.12, 0.3, 0.55, 0.9, 1.3)
"""Distances up to which two words may be one word, level by level; beyond the last they are different words."""
LEVELS = len(EDGES)
VOWELS = "aeiou"
UNWRITTEN = 0.25  # of the usual cost, where a vowel stands against a word of a script that writes no short ones
CHEAP = {
    "td": 0.6,
    "tT": 0.3,
    "sT": 0.3,
    "dD": 0.2,
    "zD": 0.3,
    "sz": 0.5,
    "sc": 0.4,
    "sS": 0.5,
    "Sc": 0.2,
    "jg": 0.4,
    "jS": 0.3,
    "jz": 0.5,
    "jc": 0.4,
    "gk": 0.5,
    "gx": 0.5,
    "kq": 0.1,
    "gq": 0.4,
    "kx": 0.4,
    "kc": 0.4,
    "hx": 0.3,
    "gh": 0.5,
    "bp": 0.2,
    "fp": 0.4,
    "fv": 0.1,
    "vw": 0.2,
    "bv": 0.4,
    "ae": 0.1,
    "ei": 0.1,
    "ai": 0.35,
    "ou": 0.05,
    "au": 0.35,
    "ao": 0.3,
    "eo": 0.35,
    "eu": 0.35,
    "iu": 0.35,
    "io": 0.35,
    "wu": 0.05,
    "wo": 0.05,
    "wa": 0.35,
    "yi": 0.05,
    "ye": 0.1,
    "ya": 0.35,
    "yj": 0.5,
    "wy": 0.4,
    "xq": 0.4,
    "dz": 0.6,
    "zS": 0.5,
    "aA": 0.03,
    "eA": 0.1,
    "iA": 0.25,
    "oA": 0.3,
    "uA": 0.25,
    "wW": 0.03,
    "uW": 0.03,
    "oW": 0.05,
    "aW": 0.35,
    "vW": 0.1,
    "bW": 0.5,
    "yY": 0.03,
    "iY": 0.03,
    "eY": 0.08,
    "aY": 0.25,
    "jY": 0.5,
    "aE": 0.05,
    "eE": 0.08,
    "iE": 0.08,
    "oE": 0.08,
    "uE": 0.08,
    "AE": 0.15,
    "AY": 0.35,
    "AW": 0.4,
    "hA": 0.4,
    "WY": 0.5,
    "yA": 0.35,
    **{"hX": 0.1, "xX": 0.1, "kX": 0.4, "qX": 0.4, "gX": 0.4, "AX": 0.4},
    **{"vV": 0.03, "wV": 0.1, "uV": 0.15, "oV": 0.2, "fV": 0.15, "bV": 0.4, "WV": 0.06},
    **{"zZ": 0.03, "DZ": 0.1, "TZ": 0.3, "dZ": 0.3, "sZ": 0.5, "SZ": 0.5, "jZ": 0.5},
}
"""Sounds that romanisations confuse, and what taking one for the other costs; any other change of a consonant costs 1."""
WEAKLY = {
    "a": 0.12,
    "e": 0.12,
    "i": 0.15,
    "o": 0.15,
    "u": 0.15,
    "y": 0.2,
    "w": 0.2,
    "h": 0.3,
    "X": 0.4,
    "A": 0.2,
    "W": 0.35,
    "Y": 0.35,
    "E": 0.1,
}


def _costs() -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    n = len(SOUNDS)
    change = np.ones((n, n), np.float32)
    np.fill_diagonal(change, 0.0)
    for both, cost in CHEAP.items():
        a, b = SOUNDS.index(both[0]), SOUNDS.index(both[1])
        change[a, b] = change[b, a] = cost
    leave = np.array([WEAKLY.get(s, 0.8) for s in SOUNDS], np.float32)
    return change, leave


CHANGE, LEAVE = _costs()
LEAVE_UNWRITTEN = np.array(
    [cost * (UNWRITTEN if s in VOWELS else 1) for s, cost in zip(SOUNDS, LEAVE, strict=True)], np.float32
)


@dataclass(frozen=True, slots=True)
class Words:
    """The distinct words of a list: as sounds, as numbers padded to LONGEST, and the length of each."""

    heard: tuple[str, ...]
    spelt: npt.NDArray[np.uint8]
    bare: npt.NDArray[np.bool_]  # no short vowel is written
    length: npt.NDArray[np.int32]


def words(heard: Sequence[str]) -> Words:
    place = {s: n for n, s in enumerate(SOUNDS)}
    spelt = np.zeros((len(heard), LONGEST), np.uint8)
    for n, word in enumerate(heard):
        spelt[n, : min(len(word), LONGEST)] = [place[s] for s in word[:LONGEST]]
    bare = np.array([not set(word) & set(VOWELS) for word in heard], np.bool_)
    return Words(tuple(heard), spelt, bare, np.array([min(len(w), LONGEST) for w in heard], np.int32))


@dataclass(frozen=True, slots=True)
class Near:
    """For word n of the first list, the words of the second near it: `word[begin[n]:begin[n + 1]]`, each with its level."""

    begin: npt.NDArray[np.int64]
    word: npt.NDArray[np.int32]
    level: npt.NDArray[np.int8]


def near(first: Words, second: Words) -> Near:
    """Words that share a coarse key are compared; those within the last edge are near."""
    of_first, of_second = _numbered(first.heard, second.heard)
    begin, word, level = _near(
        first.spelt, first.length, first.bare, second.spelt, second.length, second.bare,
        *of_first, *_by_key(of_second), CHANGE, LEAVE, LEAVE_UNWRITTEN, np.array(EDGES),
    )  # fmt: skip
    return Near(begin, word, level)


def _numbered(first: Sequence[str], second: Sequence[str]) -> list[tuple[Any, Any]]:
    """The keys of each word as numbers that both lists share: where those of each word begin, and the keys."""
    number: dict[str, int] = {}
    found = []
    for heard in (first, second):
        of_word = [[number.setdefault(k, len(number)) for k in sorted(keys(word))] for word in heard]
        begin = np.concatenate([[0], np.cumsum([len(k) for k in of_word])]).astype(np.int64)
        found.append((begin, np.array([k for each in of_word for k in each], np.int32)))
    return found


def _by_key(keyed: tuple[Any, Any]) -> tuple[Any, Any]:
    """The same the other way round: where the words of each key begin, and the words."""
    begin, of_word = keyed
    owner = np.repeat(np.arange(len(begin) - 1), np.diff(begin))
    order = np.argsort(of_word, kind="stable")
    most = int(of_word.max(initial=-1))
    return np.searchsorted(of_word[order], np.arange(most + 2)).astype(np.int64), owner[order].astype(np.int32)


@numba.njit(cache=True)
def _near(  # type: ignore[no-untyped-def]
    spelt_l, length_l, bare_l, spelt_r, length_r, bare_r, begin_l, keys_l, begin_key, has_key, change, leave, unwritten, edges
):  # fmt: skip
    begin = np.zeros(len(length_l) + 1, np.int64)
    seen = np.full(len(length_r), -1, np.int32)
    words, levels = [], []
    for n in range(len(length_l)):
        for k in range(begin_l[n], begin_l[n + 1]):
            if keys_l[k] >= len(begin_key) - 1:
                continue
            for at in range(begin_key[keys_l[k]], begin_key[keys_l[k] + 1]):
                word = has_key[at]
                if seen[word] == n:
                    continue
                seen[word] = n
                of_l = unwritten if bare_r[word] and not bare_l[n] else leave
                of_r = unwritten if bare_l[n] and not bare_r[word] else leave
                d = distance(spelt_l[n], length_l[n], spelt_r[word], length_r[word], change, of_l, of_r)
                if d <= edges[-1]:
                    words.append(word)
                    levels.append(np.searchsorted(edges, d))
        begin[n + 1] = len(words)
    return begin, np.array(words, np.int32), np.array(levels, np.int8)


@numba.njit(cache=True)
def distance(a, n, b, m, change, leave_a, leave_b):  # type: ignore[no-untyped-def]
    """The cheapest way from one word to the other, leaving sounds out, putting them in or taking one for another."""
    row = np.zeros(m + 1, np.float32)
    for j in range(m):
        row[j + 1] = row[j] + leave_b[b[j]]
    for i in range(n):
        before = row[0]
        row[0] += leave_a[a[i]]
        for j in range(m):
            straight = before + change[a[i], b[j]]
            before = row[j + 1]
            row[j + 1] = min(straight, before + leave_a[a[i]], row[j] + leave_b[b[j]])
    return row[m]
