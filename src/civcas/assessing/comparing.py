"""A dataset's own totals and grades beside ours, every difference under the kind of reason it has."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from civcas.assessing.grading import HarmCertainty, grade
from civcas.terms.vocabulary import Grading, StrikeStatus

STATUS = {
    "Declared strike": StrikeStatus.DECLARED, "Likely strike": StrikeStatus.LIKELY, "Contested strike": StrikeStatus.CONTESTED,
    "Single source claim": StrikeStatus.SINGLE_SOURCE,
}  # fmt: skip
AGREES, NO_STATUS, NO_GRADE = "agrees", "cannot be derived: no strike status is published", "no grade is published"


def grades_compared(incidents: pa.Table) -> pa.Table:
    """Of a table of published incidents (`strike_status`, `grading`): how many have each published and derivable grade, and why.

    A published incident table names no sources, so the number of sources is unknown: a status shows which grades our rules can
    give for one source and for two or more, and a published grade among them agrees.
    """
    statuses, gradings = incidents["strike_status"].to_pylist(), incidents["grading"].to_pylist()
    counted: dict[tuple[str, str, str], int] = {}
    for status, published in zip(statuses, gradings, strict=True):
        possible = derivable(status) if status in STATUS else ()
        key = (published or "", " or ".join(possible), kind_of_difference(published, possible))
        counted[key] = counted.get(key, 0) + 1
    rows = sorted((*key, n) for key, n in counted.items())
    columns = list(zip(*rows, strict=True)) if rows else [(), (), (), ()]
    return pa.table(
        {"published": columns[0], "derivable": columns[1], "kind": columns[2], "incidents": np.array(columns[3], int)}
    )


def derivable(status: str) -> tuple[str, ...]:
    """The grades that our rules give under a published strike status, for one source and for more."""
    found = [
        str(grade(harm, STATUS[status], 1)[0]) for harm in (HarmCertainty.SINGLE_SOURCE, HarmCertainty.CORROBORATED)
    ]
    return tuple(dict.fromkeys(found))


def kind_of_difference(published: str | None, possible: tuple[str, ...]) -> str:
    """Why a published grade is not one that our rules can derive from what the table holds."""
    if not published:
        return NO_GRADE
    if not possible:
        return NO_STATUS
    if published in possible:
        return AGREES
    if published == Grading.CONFIRMED:
        return "rests on an admission that the table does not hold"
    if published == Grading.DISCOUNTED:
        return "rests on who those killed were, which the table does not hold"
    return "the publisher grades harm apart from a contested strike, our rule does not"
