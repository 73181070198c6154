"""How ranges add up: an unknown or contradictory one adds nothing and is counted, and an open end keeps the sum open."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

Ends = tuple[int | None, int | None]


@dataclass(frozen=True, slots=True, kw_only=True)
class RangeSum:
    """Incidents and the sums of their ranges.

    `least` adds the lower ends, `most` the upper ends of those that have one. `without_a_number` counts incidents of which no
    number is known, `open_above` those that say "or more": with one of them nobody can say how high the sum may be.
    """

    incidents: int = 0
    least: int = 0
    most: int = 0
    without_a_number: int = 0
    open_above: int = 0

    @classmethod
    def of(cls, ranges: Iterable[Ends]) -> RangeSum:
        """The sum of (lowest, highest) pairs, None where an end is not known."""
        total = cls()
        for low, high in ranges:
            if low is not None and high is not None and low > high:
                low = high = None
            total += cls(
                incidents=1, least=low or 0, most=high or 0, without_a_number=int(low is None and high is None),
                open_above=int(low is not None and high is None),
            )  # fmt: skip
        return total

    @property
    def killed(self) -> Ends:
        """The lowest and the highest sum: (None, None) where no incident has a number, (9, None) for "9 or more"."""
        if 0 < self.incidents == self.without_a_number:
            return None, None
        return self.least, None if self.open_above else self.most

    @property
    def killed_min(self) -> int | None:
        return self.killed[0]

    @property
    def killed_max(self) -> int | None:
        return self.killed[1]

    def __add__(self, other: RangeSum) -> RangeSum:
        return RangeSum(
            incidents=self.incidents + other.incidents, least=self.least + other.least, most=self.most + other.most,
            without_a_number=self.without_a_number + other.without_a_number, open_above=self.open_above + other.open_above,
        )  # fmt: skip


def sums_sql(low: str = "killed_min", high: str = "killed_max", *, incidents: str = "count(*)") -> str:
    """The columns of a `RangeSum` over rows that hold one incident each, as SQL that DuckDB and SQLite both read."""
    sound = f"({low} IS NULL OR {high} IS NULL OR {low} <= {high})"
    return (
        f"{incidents} AS incidents, "
        f"CAST(coalesce(sum({low}) FILTER (WHERE {sound}), 0) AS BIGINT) AS least, "
        f"CAST(coalesce(sum({high}) FILTER (WHERE {sound}), 0) AS BIGINT) AS most, "
        f"count(*) FILTER (WHERE {low} IS NULL AND {high} IS NULL OR NOT {sound}) AS without_a_number, "
        f"count(*) FILTER (WHERE {low} IS NOT NULL AND {high} IS NULL) AS open_above"
    )


def sums_of_periods_sql() -> str:
    """The same over rows of `harm_by_period`, each a sum already: an empty killed_max is one that is open."""
    sound = "(killed_max IS NULL OR killed_min <= killed_max)"
    return (
        "CAST(sum(incidents) AS BIGINT) AS incidents, "
        f"CAST(coalesce(sum(killed_min) FILTER (WHERE {sound}), 0) AS BIGINT) AS least, "
        f"CAST(coalesce(sum(killed_max) FILTER (WHERE {sound}), 0) AS BIGINT) AS most, "
        f"CAST(coalesce(sum(CASE WHEN {sound} THEN without_a_number ELSE incidents END), 0) AS BIGINT) AS without_a_number, "
        "CAST(coalesce(sum(CASE WHEN killed_max IS NOT NULL THEN 0 WHEN open_above > 0 THEN open_above ELSE 1 END), 0) AS BIGINT) "
        "AS open_above"
    )
