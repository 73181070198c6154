"""What is said beside a sum of the incidents in it: doubles that are counted, and one number that outweighs the rest."""

from __future__ import annotations

from dataclasses import dataclass

from civcas.terms.doubt import DOUBLES, DoubtKind
from civcas.terms.range_sum import RangeSum
from civcas.web.query import Query
from civcas.web.site import Row, Site
from civcas.web.where import where


@dataclass(frozen=True, slots=True, kw_only=True)
class Doubted:
    """Incidents that may be doubles of others, with what sums take from them; and those that outweigh the rest."""

    doubles: RangeSum
    outliers: tuple[Row, ...]  # address, code, killed_min, killed_max


def doubted(site: Site, query: Query | None = None) -> Doubted:
    """Of the incidents a query finds; one that may be a double of several counts once."""
    condition, values = where(query or Query())
    return site.remember(("doubted", condition, *values), lambda: _doubted(site, condition, values))


def _doubted(site: Site, condition: str, values: list[object]) -> Doubted:
    chosen = f"SELECT rowid FROM incident WHERE {condition}"
    rows = site.ask(
        "SELECT DISTINCT i.address, i.code, d.kind, i.killed_min, i.killed_max FROM doubt d JOIN incident i USING (incident_id) "
        f"WHERE i.rowid IN ({chosen}) ORDER BY i.killed_min DESC, i.address", values,
    )  # fmt: skip
    doubles = {row["address"]: row for row in rows if row["kind"] in DOUBLES}
    return Doubted(
        doubles=RangeSum.of((row["killed_min"], row["killed_max"]) for row in doubles.values()),
        outliers=tuple(row for row in rows if row["kind"] == DoubtKind.OUTLIER),
    )


def share(row: Row, whole: RangeSum) -> str:
    """The part of a sum that one incident gives, in percent; of the sum of lowest numbers where the highest is open."""
    top = row["killed_max"] if row["killed_max"] is not None and not whole.open_above else row["killed_min"]
    of = whole.least if whole.open_above else whole.most
    return f"{100 * (top or 0) / of:.0f}%" if of else ""
