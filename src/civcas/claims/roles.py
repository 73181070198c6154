"""Which choices of a claim change its meaning, and which are only different ways to analyse one meaning.

Choices have roles (Del Giudice & Gangestad 2021). A window, an exposure or a population changes the question, so answers to it must not
vote together. Grades and attribution are choices between which an honest analyst could go either way. The lowest and the highest number
of each incident are neither: they are the two ends of one range, and every reading carries both.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from civcas.catalog import Measure
from civcas.terms.vocabulary import Bound

BOUND = "bound"


@dataclass(frozen=True, slots=True, kw_only=True)
class Roles:
    """The choices by role, and a sentence for each that the file put elsewhere."""

    ask: dict[str, Any]
    means: dict[str, tuple[Any, ...]]
    vary: dict[str, tuple[Any, ...]]
    changed: tuple[str, ...]


def assign(
    measure: Measure, ask: Mapping[str, Any], means: Mapping[str, tuple[Any, ...]], vary: Mapping[str, tuple[Any, ...]]
) -> Roles:
    """Give each choice its role: what changes the question is a meaning wherever the file has it, and bounds become one range."""
    listed = {**means, **vary}
    ask = dict(ask)
    moved = [key for key in vary if key in measure.means and len(vary[key]) > 1]
    changed = [_moved(moved)] if moved else []
    if measure.ranges and (BOUND in listed or BOUND not in ask):
        ask[BOUND] = str(Bound.RANGE)
        changed += [
            "The lowest and highest number of each incident are the ends of one range now, not two readings."
        ] * (BOUND in listed)
        listed.pop(BOUND, None)
    own = {key: values for key, values in listed.items() if key in means or key in measure.means}
    return Roles(
        ask=ask,
        means=own,
        vary={key: values for key, values in listed.items() if key not in own},
        changed=tuple(changed),
    )


def _moved(keys: list[str]) -> str:
    names = " and ".join([", ".join(keys[:-1]), keys[-1]] if len(keys) > 1 else keys)
    return f"The file varies {names}. Each choice there is a meaning of its own now, with its own verdict."
