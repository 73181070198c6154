"""Made-up months of two sides with a known ratio, as `harm_by_period`: correlated months, heavy tails, grades, shared blame."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa

from civcas.catalog import Tables
from civcas.terms.tables import HARM_BY_PERIOD

EXPOSED, REFERENCE, AREA = "Side A", "Side B", "Here"
FIRST = 2015 * 12
GRADES = ("Confirmed", "Fair", "Contested", "Weak")
GRADE_SHARES = (0.1, 0.45, 0.25, 0.2)
SOLE_SHARE = 0.8
Array = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True, kw_only=True)
class World:
    """How both sides' months come about; side B has `incidents` a month on average, and side A `ratio` times as many.

    The months' own levels are lognormal with coefficient of variation `restless`, and their logarithm follows an AR(1) with `correlation`.
    An incident kills a lognormal number with mean 4 and variance `heavy` times its mean; `spread` widens each number upwards by that share.
    """

    ratio: float = 8.0
    incidents: float = 12.0
    months: int = 24
    correlation: float = 0.0
    restless: float = 0.5
    heavy: float = 8.0
    spread: float = 0.0

    def months_of_one_side(self, mean: float, random: np.random.Generator) -> list[tuple[int, Array]]:
        """For each month the numbers killed in each of its incidents."""
        counts = random.poisson(mean * _levels(self.months, self.restless, self.correlation, random))
        return [(month, _sizes(int(count), self.heavy, random)) for month, count in enumerate(counts)]

    def table(self, random: np.random.Generator) -> Tables:
        """One record of this world."""
        rows: dict[tuple[str, int, str, str], list[float]] = {}
        for who, mean in ((EXPOSED, self.incidents * self.ratio), (REFERENCE, self.incidents)):
            for month, sizes in self.months_of_one_side(mean, random):
                _add(rows, who, month, sizes, self.spread, random)
        return harm(rows)


def _levels(months: int, restless: float, correlation: float, random: np.random.Generator) -> Array:
    sigma = np.sqrt(np.log1p(restless**2))
    noise = random.normal(size=months + 60)
    level = np.empty(months + 60)
    level[0] = noise[0]
    for at in range(1, len(level)):
        level[at] = correlation * level[at - 1] + np.sqrt(1 - correlation**2) * noise[at]
    return np.asarray(np.exp(sigma * level[60:] - sigma**2 / 2))


def _sizes(count: int, heavy: float, random: np.random.Generator) -> Array:
    spread = np.log1p(heavy / 4)
    sizes = random.lognormal(np.log(4) - spread / 2, np.sqrt(spread), count)
    return np.asarray(np.floor(sizes + random.random(count)))


def _add(
    rows: dict[tuple[str, int, str, str], list[float]], who: str, month: int, sizes: Array, spread: float,
    random: np.random.Generator,
) -> None:  # fmt: skip
    grades = random.choice(len(GRADES), len(sizes), p=GRADE_SHARES)
    sole = random.random(len(sizes)) < SOLE_SHARE
    most = np.floor(sizes * (1 + spread * random.uniform(0, 2, len(sizes))))
    for size, top, grade, alone in zip(sizes, most, grades, sole, strict=True):
        row = rows.setdefault((who, month, GRADES[grade], "sole" if alone else "shared"), [0.0, 0.0, 0.0])
        row[0] += 1
        row[1] += size
        row[2] += top


def harm(rows: dict[tuple[str, int, str, str], Sequence[float]], *, area: str = AREA) -> Tables:
    """The table of (who, month from January 2015, grading, attribution): (incidents, killed at least, killed at most)."""
    listed = [
        {
            "belligerent": who, "area": area, "period_start": _first(month), "period_end": _first(month + 1) - dt.timedelta(days=1),
            "grading": grade, "attribution": attribution, "incidents": int(n), "killed_min": int(low), "killed_max": int(high),
            "without_a_number": 0, "dataset": "made up",
        }
        for (who, month, grade, attribution), (n, low, high) in sorted(rows.items())
    ]  # fmt: skip
    columns = {name: [row.get(name) for row in listed] for name in HARM_BY_PERIOD.schema.names}
    return {"harm_by_period": ibis.memtable(HARM_BY_PERIOD.conform(pa.table(columns)))}


def _first(month: int) -> dt.date:
    number = FIRST + month
    return dt.date(number // 12, number % 12 + 1, 1)


def window(months: int, *, start: int = 0) -> str:
    """The first `months` months of a record, from month `start` on, as a window is written."""
    first, last = FIRST + start, FIRST + start + months - 1
    return f"{first // 12}-{first % 12 + 1:02}..{last // 12}-{last % 12 + 1:02}"
