"""The harm of every incident of a case: its reports' published counts, counted by one rule set."""

from __future__ import annotations

from itertools import groupby
from typing import Any

import pyarrow as pa

from civcas.assessing.counting import count
from civcas.assessing.rule_set import RuleSet
from civcas.assessing.saying import Saying
from civcas.terms.tables import table
from civcas.terms.vocabulary import Group, Outcome

COUNTED = (
    ("civ_killed", Group.CIVILIANS, Outcome.KILLED), ("civ_injured", Group.CIVILIANS, Outcome.INJURED),
    ("all_killed", Group.ALL, Outcome.KILLED),
)  # fmt: skip
DERIVATION = pa.field("derivation", pa.string(), metadata={"description": "how the numbers came about, in sentences"})


def harm_table(
    reports: pa.Table, incident_report: pa.Table, rules: RuleSet, *, copy_of: dict[str, str] | None = None
) -> pa.Table:
    """The `harm` table under a rule set, with the derivation of each row.

    A report that several incidents share, such as a round-up, gives its number to each and says so. Incidents whose
    reports give no number have a row with neither bound: unknown, not 0.
    """
    columns = ["report_id", "source", *(f"{name}_{bound}" for name, _, _ in COUNTED for bound in ("min", "max"))]
    kept = reports.select([c for c in columns if c in reports.column_names])
    joined = incident_report.select(["incident_id", "report_id"]).join(kept, "report_id", join_type="inner")
    rows = joined.sort_by([("incident_id", "ascending"), ("report_id", "ascending")]).to_pylist()
    found: list[dict[str, Any]] = []
    for incident, of_it in groupby(rows, key=lambda row: row["incident_id"]):
        for harm in count([s for row in of_it for s in _sayings(row, copy_of or {})], rules):
            found.append({
                "incident_id": incident, "group": str(harm.group), "outcome": str(harm.outcome), "min": harm.min, "max": harm.max,
                "rule": harm.rule, "reports": ";".join(harm.reports), "derivation": " ".join(harm.derivation),
            })  # fmt: skip
    return pa.Table.from_pylist(found, schema=table("harm").schema.append(DERIVATION))


def _sayings(row: dict[str, Any], copy_of: dict[str, str]) -> list[Saying]:
    report = str(row["report_id"])
    return [
        Saying(
            report_id=report, source=str(row.get("source") or report), group=group, outcome=outcome,
            low=_whole(row.get(f"{name}_min")), high=_whole(row.get(f"{name}_max")), copy_of=copy_of.get(report, ""),
        )
        for name, group, outcome in COUNTED
        if row.get(f"{name}_min") is not None or row.get(f"{name}_max") is not None or name == "civ_killed"
    ]  # fmt: skip


def _whole(value: float | None) -> int | None:
    return None if value is None else int(value)


def changed(before: pa.Table, after: pa.Table) -> pa.Table:
    """Rows of two `harm` tables whose numbers differ: incident, group, outcome, and both ranges."""
    key = ["incident_id", "group", "outcome"]
    both = before.select([*key, "min", "max"]).join(
        after.select([*key, "min", "max", "derivation"]),
        key,
        join_type="full outer",
        left_suffix="_before",
        right_suffix="_after",
    )
    rows = [
        r for r in both.to_pylist() if (r["min_before"], r["max_before"]) != (r["min_after"], r["max_after"])
    ]  # fmt: skip
    return pa.Table.from_pylist(sorted(rows, key=lambda r: tuple(str(r[k]) for k in key)), schema=both.schema)
