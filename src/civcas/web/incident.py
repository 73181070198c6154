"""One incident with all that stands behind it: its counts, who is named, the reports, and what was changed. Read for many at once."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from civcas.terms.vocabulary import Group, Outcome
from civcas.web.language import Language
from civcas.web.site import Row, Site

GROUPS = {str(g): i for i, g in enumerate(Group)}
OUTCOMES = {str(o): i for i, o in enumerate(Outcome)}
CIVILIANS = {"civ": "civilians"}  # as columns call them
AT_ONCE = 500  # parameters of one question


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """An incident as its page tells it; `by_id` are its reports by their names."""

    row: Row
    harm: list[Row] = field(default_factory=list)
    attribution: list[Row] = field(default_factory=list)
    reports: list[Row] = field(default_factory=list)
    corrections: list[Row] = field(default_factory=list)
    decided: list[Row] = field(default_factory=list)

    @property
    def killed(self) -> list[Row]:
        return [h for h in self.harm if h["outcome"] == "killed"]

    @property
    def injured(self) -> list[Row]:
        return [h for h in self.harm if h["outcome"] == "injured"]

    def behind(self, harm: Row) -> list[Row]:
        """The reports a count came from; where the rule names none of them, every report of the incident."""
        named = {r.strip() for r in (harm["reports"] or "").split(";")}
        return [r for r in self.reports if r["report_id"] in named] or self.reports


def told(site: Site, rows: Sequence[Row]) -> list[Told]:
    """Everything behind these incidents, in a handful of questions however many they are."""
    found = {row["incident_id"]: Told(row=row) for row in rows}
    for ids in _parts(list(found)):
        marks = ", ".join("?" for _ in ids)
        for row in site.ask(f"SELECT * FROM harm WHERE incident_id IN ({marks})", ids):
            found[row["incident_id"]].harm.append(row)
        for row in site.ask(f"SELECT * FROM attribution WHERE incident_id IN ({marks}) ORDER BY belligerent", ids):
            found[row["incident_id"]].attribution.append(row)
        for row in site.ask(
            "SELECT l.incident_id AS of_incident, r.* FROM incident_report l JOIN report r USING (report_id) "
            f"WHERE l.incident_id IN ({marks}) ORDER BY l.rowid", ids,
        ):  # fmt: skip
            found[row["of_incident"]].reports.append(row)
        for row in site.ask(f"SELECT * FROM correction WHERE subject IN ({marks}) ORDER BY sequence", ids):
            found[row["subject"]].corrections.append(row)
        for row in site.ask(
            "SELECT l.incident_id AS of_incident, d.* FROM incident_report l JOIN decided d ON d.subject = l.report_id "
            f"WHERE l.incident_id IN ({marks}) ORDER BY d.sequence", ids,
        ):  # fmt: skip
            found[row["of_incident"]].decided.append(row)
    for each in found.values():
        each.harm.sort(key=lambda h: (OUTCOMES.get(h["outcome"], 9), GROUPS.get(h["group"], 9), h["group"]))
    return list(found.values())


def shown(one: Told, words: Language) -> dict[str, Any]:
    """What the page of this incident needs."""
    row = one.row
    numbers = [
        {
            "group": words.word("group", h["group"]), "outcome": words.word("outcome", h["outcome"]),
            "low": h["min"], "high": h["max"], "rule": h["rule"], "reports": one.behind(h),
        }
        for h in one.harm
    ]  # fmt: skip
    return {
        "row": row,
        "code": row["code"] or row["address"],
        "title": words.when(row["date_start"], row["date_end"], row["date_precision"]),
        "numbers": numbers,
        "parties": one.attribution,
        "reports": [
            (
                number,
                report,
                figures_of(report),
                [decided_of(d, words) for d in one.decided if d["subject"] == report["report_id"]],
            )
            for number, report in enumerate(one.reports, 1)
        ],
        "number_of": {report["report_id"]: number for number, report in enumerate(one.reports, 1)},
        "corrections": one.corrections,
    }


def gone(row: Row) -> dict[str, Any]:
    """What the page of an incident that no longer stands needs."""
    return {"gone": row, "survivors": survivors(row)}


def survivors(row: Row) -> list[str]:
    return [s.strip() for s in (row["survivors"] or "").split(";") if s.strip()]


def as_json(site: Site, row: Row) -> dict[str, Any]:
    one = told(site, [row])[0]
    return {
        "incident": one.row, "harm": one.harm, "attribution": one.attribution, "reports": one.reports,
        "decided": one.decided, "corrections": one.corrections,
    }  # fmt: skip


def decided_of(decided: Row, words: Language) -> dict[str, Any]:
    """A number or grading that a person settled, in words: what it is about, what was received, and what was decided."""
    if decided["about"] == "grading":
        said, received, now = (
            words.plain("grade"),
            words.word("grading", decided["received"]),
            words.word("grading", decided["decided"]),
        )
    else:
        whom, _, outcome = decided["about"].rpartition("_")
        said = f"{words.word('group', CIVILIANS.get(whom, whom))}{words.plain('comma')}{words.word('outcome', outcome)}"
        received = words.range(whole(decided["received_min"]), whole(decided["received_max"]))
        now = words.range(whole(decided["decided_min"]), whole(decided["decided_max"]))
    return {"said": said, "received": received, "now": now, **{k: decided[k] for k in ("because", "sequence", "date")}}


def whole(number: float | None) -> int | None:
    return None if number is None else int(number)


def figures_of(report: Row) -> list[tuple[str, str, int | None, int | None]]:
    """Every pair of numbers a report gives: group, outcome, lowest, highest; what it does not say is left out."""
    said = []
    for column, low in report.items():
        if not column.endswith("_min") or column.count("_") != 2:
            continue
        whom, outcome, _ = column.split("_")
        high = report[f"{whom}_{outcome}_max"]
        if low is not None or high is not None:
            said.append((CIVILIANS.get(whom, whom), outcome, low, high))
    return said


def _parts(ids: list[str]) -> Iterable[list[str]]:
    return (ids[i : i + AT_ONCE] for i in range(0, len(ids), AT_ONCE))
