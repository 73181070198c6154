"""What becomes of the verdict when one choice is left out, and what it is under civcas's own choices in place of the author's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np

from civcas.catalog import Measure
from civcas.claims.article import Claim
from civcas.claims.curve import Curve
from civcas.claims.grid import Cell
from civcas.claims.meaning import Meaning
from civcas.claims.roles import BOUND, assign
from civcas.claims.verdict import Balance, verdict_of_claim, verdict_of_meaning
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Verdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Without:
    """The verdict where the readings of one choice are left out."""

    choice: str
    word: str
    verdict: Verdict


def leaving_one_out(
    claim: Claim, cells: Sequence[Cell], curve: Curve, meanings: Sequence[Meaning], *, causal: bool
) -> tuple[Without, ...]:
    """The verdict without each listed choice in turn; the others keep the weights they have in the whole grid."""
    found = []
    for choice in claim.choices:
        words = claim.labels[choice]
        for word in words if len(words) > 1 else ():
            left = np.array([cell.choices[choice] != word for cell in cells], bool)
            found.append(Without(choice=choice, word=word, verdict=_verdict(curve, meanings, left, causal=causal)))
    return tuple(found)


def _verdict(curve: Curve, meanings: Sequence[Meaning], left: np.ndarray, *, causal: bool) -> Verdict:
    verdicts, stands_for = [], set()
    for place, meaning in enumerate(meanings):
        first = place if meaning.copy_of is None else meaning.copy_of
        keep = left[meaning.voters]
        if first in stands_for or not keep.any():
            continue  # a copy speaks only where the meaning it repeats was left out
        stands_for.add(first)
        if keep.all():
            verdicts.append(meaning.verdict)
            continue
        balance = Balance.of(curve, meaning.voters[keep], meaning.weight[keep])
        verdicts.append(verdict_of_meaning(balance, causal=causal))
    return verdict_of_claim(verdicts)


def under_default_grid(claim: Claim, measure: Measure) -> tuple[Claim, dict[str, tuple[str, ...]]] | None:
    """The claim with civcas's own choices in place of the author's, and the choices the author left out; None without a default.

    What the author fixed or listed as a meaning is what the sentence means, and stays; a meaning the author left open is opened.
    """
    given = claim.choices
    grid = {
        key: values
        for key, values in measure.grid.items()
        if key != BOUND and not (key in measure.means and (key in given or key in claim.ask))
    }
    if not grid:
        return None
    missing = {
        key: tuple(word for word in map(str, values) if word not in _words(claim, key)) for key, values in grid.items()
    }
    ask = {key: value for key, value in claim.ask.items() if key not in grid}
    listed = {key: values for key, values in given.items() if key not in grid}
    means = {key: values for key, values in listed.items() if key in claim.means}
    # choices that the default does not know stay with the author
    vary = {key: values for key, values in listed.items() if key not in claim.means}
    roles = assign(measure, ask, means, {**vary, **grid})
    labels = {
        key: claim.labels.get(key) if key in listed else tuple(map(str, grid[key]))
        for key in (*roles.means, *roles.vary)
    }
    own = replace(claim, ask=roles.ask, means=roles.means, vary=roles.vary, labels=labels)  # type: ignore[arg-type]
    return own, {key: words for key, words in missing.items() if words}


def _words(claim: Claim, key: str) -> tuple[str, ...]:
    """The words the author chose, or the one that is taken where nothing is said."""
    if key in claim.choices:
        return tuple(map(str, claim.choices[key]))
    if key in claim.ask:
        return (str(claim.ask[key]),)
    plain = Reading.of(belligerents="", area="", window="2000").to_dict()
    return (str(plain[key]),) if key in plain else ()
