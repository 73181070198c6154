"""Who stands twice in one list of people: every pair of entries that may be one person, how surely, and why.

Names, ages and sexes are compared as between two lists (`naming`). Here most people have no double, and a person may
stand three times: so the pairs of one person are no rivals, and the share of doubles is learned from the list, from none up.
"""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa

from civcas.linking import naming
from civcas.linking.likeness import near
from civcas.linking.naming import Namesakes
from civcas.linking.people import People

START, MOST = 0.02, 0.5  # doubles a person: where learning starts, and more than any list has
ROUNDS = 20
BORNE, BORNE_OF = (
    0.005,
    50.0,
)  # how many bear a word before a list says so, and how many people that is worth: matters in short lists
COUNTED = 0.9  # of the evidence: relatives on one list share words, so that the words of a name do not speak apart
NEGLIGIBLE = 0.001  # a pair less likely than that is not kept


def doubles(people: People) -> Namesakes:
    """Pairs of entries of one list that may be one person, each once, the surest first.

    `chance` (0 to 1) is that both are one person, `listed` the doubles a person, as learned. Work grows with the pairs that share a word,
    at most 48 a person. An empty list, or one of one person, has no pairs.
    """
    together = near(people.words, people.words)
    seen = naming._by_chance(together, len(people.words.heard), people)
    by_chance = (seen * len(people) + BORNE * BORNE_OF) / (len(people) + BORNE_OF)
    worth = naming._worth(together, by_chance, np.array(naming.SAME_WORD))
    given = (*naming._names(people, people, together), *worth, *naming._postings(people))
    one, other, name, _ = naming._compared(np.arange(len(people)), *given) if len(people) > 1 else _nothing()
    left, right, name = _each_once(one, other, name, len(people))
    age = naming._ages(people.age, people.age, left, right, np.array(naming.SAME_AGE))
    sex = naming._sexes(people.sex, people.sex, left, right)
    chance, share = _chances(COUNTED * (name + age + sex), len(people))
    order = np.lexsort((right, left, -chance))
    order = order[chance[order] >= NEGLIGIBLE]
    return Namesakes(
        first=people, second=people, left=left[order], right=right[order], chance=chance[order],
        name=name[order], age=age[order], sex=sex[order], listed=share,
    )  # fmt: skip


def table(found: Namesakes) -> pa.Table:
    """One row a pair: ids, chance, weights in bits, and the reason in words; no name stands in it."""
    because = pa.array([naming.sentence(found, at) for at in range(len(found.left))], pa.string())
    return found.table().append_column("because", because)


def _nothing() -> tuple[npt.NDArray[np.int32], npt.NDArray[np.int32], npt.NDArray[np.float64], None]:
    return np.zeros(0, np.int32), np.zeros(0, np.int32), np.zeros(0), None


def _each_once(
    one: naming.Ints, other: naming.Ints, name: naming.Floats, people: int
) -> tuple[naming.Ints, naming.Ints, naming.Floats]:
    """Pairs of two different entries, each once, with what the less favourable order of the two says."""
    left, right = np.minimum(one, other).astype(np.int64), np.maximum(one, other).astype(np.int64)
    apart = left != right
    left, right, name = left[apart], right[apart], name[apart]
    order = np.lexsort((name, left * people + right))
    key = (left * people + right)[order]
    first = order[np.concatenate([[True], key[1:] != key[:-1]])] if len(order) else order
    return left[first], right[first], name[first]


def _chances(odds: naming.Floats, people: int) -> tuple[naming.Floats, float]:
    """The chance of each pair, and how many doubles a person the list has (expectation–maximisation)."""
    likelihood, share = np.exp(np.clip(odds, -40, 40)) / max(1, people), START
    chance = np.zeros(len(odds))
    for _ in range(ROUNDS):
        claim = likelihood * share / (1 - share)
        chance = claim / (1 + claim)
        share = float(np.clip(chance.sum() / max(1, people), 0.5 / max(1, people), MOST))
    return chance, share
