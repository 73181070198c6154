"""Two lists of made-up people with known truth, with the errors of this field. Every name is drawn from invented syllables.

An official list of full names (given, father, grandfather, family) in one script; a recorder's list, mostly of the same people, in
another script or romanisation: middle names left out, free spelling, slips, a father-name in place of the given one, ages off by a
year or more, whole households that share all but the given name, and people who are on no list, some of them their brothers.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa

# consonant: Arabic, then the ways each is romanised (the first most often), then Cyrillic
CONSONANTS = {
    "b": ("ب", "b b b b", "б"), "t": ("ت", "t t t", "т"), "th": ("ث", "th th t s", "с"), "j": ("ج", "j j j g dj", "дж"),
    "H": ("ح", "h h h", "х"), "kh": ("خ", "kh kh kh h k", "х"), "d": ("د", "d d d", "д"), "dh": ("ذ", "dh th z d", "з"),
    "r": ("ر", "r r r", "р"), "z": ("ز", "z z z", "з"), "s": ("س", "s s ss s", "с"), "sh": ("ش", "sh sh sh ch", "ш"),
    "S": ("ص", "s s s", "с"), "D": ("ض", "d d dh", "д"), "T": ("ط", "t t t", "т"), "Z": ("ظ", "z dh z", "з"),
    "'": ("ع", "  a '", ""), "gh": ("غ", "gh gh gh g", "г"), "f": ("ف", "f f f", "ф"), "q": ("ق", "q q k k g", "к"),
    "k": ("ك", "k k k c", "к"), "l": ("ل", "l l l", "л"), "m": ("م", "m m m mm", "м"), "n": ("ن", "n n n", "н"), "h": ("ه", "h h h ", "х"),
    "w": ("و", "w w w ou", "в"), "y": ("ي", "y y y i", "й"),
}  # fmt: skip
VOWELS = {
    "a": ("", "a a a a a e", "а"), "i": ("", "i i i e", "и"), "u": ("", "u u u o", "у"),
    "aa": ("ا", "a a a a a aa", "а"), "ii": ("ي", "i i i ee y", "и"), "uu": ("و", "u u ou oo o", "у"),
}  # fmt: skip
ROOT = list(CONSONANTS)
SHORT, LONG = ("a", "i", "u"), ("aa", "ii", "uu")
Syllables = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Lists:
    """`listed` and `recorded` are tables of person_id, name, age, sex; `truth` gives for each recorded person a row of listed, or -1."""

    listed: pa.Table
    recorded: pa.Table
    truth: np.ndarray[Any, Any]


def _names(rng: Any, many: int, *, feminine: bool = False) -> list[Syllables]:
    found: dict[Syllables, None] = {}
    weights = np.array(
        [3, 2, 0.4, 1.5, 2, 0.8, 2, 0.5, 3, 1, 2.5, 1.5, 1, 0.6, 1, 0.5, 2, 0.6, 1.5, 1.2, 1.5, 3, 4, 3, 1.5, 1.5, 1.5]
    )
    weights /= weights.sum()
    while len(found) < many:
        a, b, c = rng.choice(ROOT, 3, p=weights)
        one, two = rng.choice([*SHORT, *LONG], 2)
        shape = rng.random()
        name: list[str] = [a, one, b, two, c] if shape < 0.7 else ["a", a, b, two, c] if shape < 0.8 else [a, one, b, c]
        if feminine and rng.random() < 0.6:
            name += ["a", "AH"]
        elif rng.random() < 0.2:
            name += ["ii"]
        found[tuple(name)] = None
    return list(found)


def _spelt(name: Syllables, script: str, rng: Any, habit: dict[str, str]) -> str:
    out = []
    for n, sound in enumerate(name):
        if sound == "AH":
            out.append(
                {
                    "arabic": "ة" if rng.random() < 0.85 else "ه",
                    "latin": "h" if rng.random() < 0.4 else "",
                    "cyrillic": "",
                }[script]
            )
        elif sound in CONSONANTS:
            arabic, latin, cyrillic = CONSONANTS[sound]
            options = latin.split(" ")
            free = options[rng.integers(len(options))] if rng.random() < 0.2 else habit.setdefault(sound, options[0])
            out.append({"arabic": arabic, "latin": free, "cyrillic": cyrillic}[script])
        else:
            arabic, latin, cyrillic = VOWELS[sound]
            options = latin.split(" ")
            starts = ("أ" if rng.random() < 0.6 else "ا") if n == 0 else arabic
            out.append({"arabic": starts, "latin": options[rng.integers(len(options))], "cyrillic": cyrillic}[script])
    return "".join(out)


def _slip(word: str, rng: Any) -> str:
    """One letter left out, doubled, or exchanged with its neighbour."""
    if len(word) < 3:
        return word
    at, kind = int(rng.integers(1, len(word) - 1)), rng.integers(3)
    return (
        word[:at] + word[at + 1 :],
        word[:at] + word[at] + word[at:],
        word[: at - 1] + word[at] + word[at - 1] + word[at + 1 :],
    )[kind]


ARTICLE = {"arabic": "ال", "latin": "al-", "cyrillic": "аль-"}
ABD = {
    "arabic": ("عبد ال", "عبدال"),
    "latin": ("Abd al-", "Abdul ", "Abdel", "Abdul"),
    "cyrillic": ("Абд аль-", "Абдул"),
}
ABU = {"arabic": "أبو ", "latin": "Abu ", "cyrillic": "Абу "}


def _written(parts: list[tuple[Syllables, str]], script: str, rng: Any, habit: dict[str, str], slips: float) -> str:
    """The words of a full name; a mark says that a word is a servant's name (abd), a family's with article, or a father-name (abu)."""
    out = []
    for name, mark in parts:
        word = _spelt(name, script, rng, habit)
        word = _slip(word, rng) if rng.random() < slips else word
        word = word.capitalize() if script != "arabic" else word
        if mark == "abd":
            front = ABD[script]
            word = front[rng.integers(len(front))] + word
        elif mark == "al" and rng.random() < 0.8:
            word = ARTICLE[script] + word
        elif mark == "abu":
            word = ABU[script] + word
        out.append(word)
    return " ".join(out)


def lists(*, listed: int = 55_000, recorded: int = 5_000, scripts: tuple[str, str] = ("latin", "arabic"), seed: int = 1,
          slips: float = 0.06) -> Lists:  # fmt: skip
    """A recorded list in `scripts[0]` and an official one in `scripts[1]`."""
    rng = np.random.default_rng(seed)
    men, women, families = _names(rng, 900), _names(rng, 700, feminine=True), _names(rng, 5_000)
    zipf = lambda n: (w := 1.0 / (np.arange(n) + 4.0)) / w.sum()  # noqa: E731
    of_men, of_women, of_families = zipf(len(men)), zipf(len(women)), zipf(len(families))
    marked = {n: "abd" for n in rng.choice(len(men), 40, replace=False).tolist()}
    article = set(rng.choice(len(families), len(families) // 2, replace=False).tolist())
    people: list[tuple[list[tuple[Syllables, str]], int, str]] = []
    man = lambda n: (men[n], marked.get(n, ""))  # noqa: E731
    while len(people) < listed + recorded:
        father, grandfather = (int(n) for n in rng.choice(len(men), 2, p=of_men))
        house = int(rng.choice(len(families), p=of_families))
        family = (families[house], "al" if house in article else "")
        for _ in range(int(rng.geometric(0.45))):
            woman = rng.random() < 0.42
            given = (
                (women[int(rng.choice(len(women), p=of_women))], "")
                if woman
                else man(int(rng.choice(len(men), p=of_men)))
            )
            people.append(
                (
                    [given, man(father), man(grandfather), family],
                    int(min(95, rng.gamma(1.7, 14))),
                    "F" if woman else "M",
                )
            )
    people = people[: listed + recorded]
    on_list = rng.permutation(len(people))[:listed]
    official = [_official(people[p], scripts[1], rng, slips) for p in on_list.tolist()]
    place = np.full(len(people), -1)
    place[on_list] = np.arange(listed)
    known = int(recorded * 0.85)
    chosen = np.concatenate(
        [rng.choice(on_list, known, replace=False), rng.permutation(np.flatnonzero(place < 0))[: recorded - known]]
    )
    rng.shuffle(chosen)
    habit: dict[str, str] = {}
    said = [_recorded(people[p], scripts[0], rng, slips, habit) for p in chosen.tolist()]
    return Lists(_table(official, "o"), _table(said, "r"), place[chosen])


def _official(person: Any, script: str, rng: Any, slips: float) -> dict[str, Any]:
    parts, age, sex = person
    habit: dict[str, str] = {}
    return {"name": _written(parts, script, rng, habit, slips / 3), "age": age, "sex": sex}


def _recorded(person: Any, script: str, rng: Any, slips: float, habit: dict[str, str]) -> dict[str, Any]:
    parts, age, sex = person
    given, father, grandfather, family = parts
    drawn = rng.random()
    kept = (parts if drawn < 0.30 else [given, father, family] if drawn < 0.68 else [given, grandfather, family] if drawn < 0.72
            else [given, family] if drawn < 0.95 else [given, father, grandfather])  # fmt: skip
    if rng.random() < 0.015:
        kept = [(men_of(kept), "abu"), *kept[1:]]
    elif rng.random() < 0.02:
        kept = [kept[-1], *kept[:-1]]
    said = None if rng.random() < 0.3 else max(0, age + int(rng.choice([0, 0, 0, 0, 0, 0, 1, -1, 1, -1, 2, -2, 5, -7])))
    return {"name": _written(kept, script, rng, habit if rng.random() < 0.7 else {}, slips), "age": said,
            "sex": None if rng.random() < 0.1 else sex if rng.random() > 0.01 else ("M" if sex == "F" else "F")}  # fmt: skip


def men_of(kept: list[tuple[Syllables, str]]) -> Syllables:
    """The father-name a person may be known by: an invented one, from the syllables of their own."""
    name = kept[0][0]
    return tuple(reversed([s for s in name if s != "AH"]))


def _table(rows: list[dict[str, Any]], letter: str) -> pa.Table:
    return pa.table({
        "person_id": [f"{letter}{n:06d}" for n in range(len(rows))], "name": [r["name"] for r in rows],
        "age": pa.array([r["age"] for r in rows], pa.int32()), "sex": [r["sex"] for r in rows],
    })  # fmt: skip
