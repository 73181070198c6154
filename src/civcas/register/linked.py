"""Which reports speak of one incident: those that standing links join, directly or through others."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import ibis
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from civcas.errors import BadInput
from civcas.register.decided import Decided, Settled, small
from civcas.terms.decision import DecisionKind

PUBLISHER = "the publisher: one row is one incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Reports by the incident they speak of, under `incident_id`: `alone` one each, `together` several (None without links).

    An incident is named after the first of its reports, in alphabetical order, that stands: links undone, every report
    is its own incident under its own name again.
    """

    alone: ibis.Table
    together: ibis.Table | None

    def incident_reports(self) -> ibis.Table:
        """One row for each report and its incident, with who linked them and why."""
        alone = self.alone.select(
            "incident_id", "report_id", decided_by=ibis.literal(PUBLISHER), because=ibis.null("string")
        )
        if self.together is None:
            return alone
        return ibis.union(alone, self.together.select("incident_id", "report_id", "decided_by", "because"))

    def aliases(self) -> ibis.Table:
        """Names that an incident had before a link, each with the incident that holds its report now."""
        rows = self.alone.filter(False) if self.together is None else self.together
        by = {name: ibis.null("string") for name in ("decided_by", "because")} if self.together is None else {}
        return rows.mutate(**by).filter(rows.report_id != rows.incident_id).select(
            "incident_id", "decided_by", "because", alias=ibis._.report_id
        )  # fmt: skip


def spoken(report: ibis.Table, decided: Decided) -> Spoken:
    """Reports of publishers whose row is an incident, and reports of any kind that people linked to another that stands."""
    own = report.mutate(incident_id=report.report_id)
    links = _joined(decided)
    if not links:
        return Spoken(alone=own.filter(own.row_is == "incident"), together=None)
    members = small(**_members(links))
    held = report.inner_join(members, report.report_id == members.member).drop("member")
    named = held.group_by("component").agg(incident_id=held.report_id.min(), members=held.count())
    together = held.inner_join(named.filter(named.members > 1), "component").drop("members", "component")
    alone = own.filter(own.row_is == "incident").anti_join(together, "report_id")
    return Spoken(alone=alone, together=together)


def _joined(decided: Decided) -> list[Settled]:
    """The links that stand; refused where others say that two reports they join are not of one incident."""
    links = list(decided.of_kind(DecisionKind.LINK))
    apart = decided.of_kind(DecisionKind.UNLINK)
    if links and apart:
        component = dict(zip(*_components(links), strict=True))
        for each in apart:
            one, other = (component.get(str(each.value[side])) for side in ("report_id_l", "report_id_r"))
            if one is not None and one == other:
                raise BadInput(
                    f"{each.subject} are decided not to be one incident (by {each.by}, because {each.because}), "
                    "but other decisions join them",
                    expected="decisions that agree",
                    do="Decide one of them anew: civcas decide link ID ID, or civcas decide unlink ID ID",
                )
    return links


def _components(links: Sequence[Settled]) -> tuple[list[str], list[int]]:
    """Every report that a link names, and the number of the group it is in."""
    ends = np.array(
        [[str(each.value[side]) for each in links] for side in ("report_id_l", "report_id_r")], dtype=object
    )
    reports, place = np.unique(ends.astype(str), return_inverse=True)
    left, right = place.reshape(2, -1)
    edges = coo_array((np.ones(len(links), dtype=np.int8), (left, right)), shape=(len(reports), len(reports)))
    return [str(r) for r in reports], [int(n) for n in connected_components(edges, directed=False)[1]]


def _members(links: Sequence[Settled]) -> dict[str, list[str | int | None]]:
    """Each linked report, its group, and the first decision that linked it."""
    reports, component = _components(links)
    by: dict[str, Settled] = {}
    for each in sorted(links, key=lambda link: link.order):
        for side in ("report_id_l", "report_id_r"):
            by.setdefault(str(each.value[side]), each)
    return {
        "member": list(reports),
        "component": list(component),
        "decided_by": [by[report].by for report in reports],
        "because": [by[report].because for report in reports],
    }
