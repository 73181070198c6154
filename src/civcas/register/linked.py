"""Which reports speak of one incident: those that standing links join, directly or through others."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import ibis
import numpy as np
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from civcas.errors import BadInput
from civcas.register.decided import Decided, Settled, small
from civcas.terms.decision import DecisionKind

SIDES = ("report_id_l", "report_id_r")
PUBLISHER = "the publisher: one row is one incident"


@dataclass(frozen=True, slots=True, kw_only=True)
class Spoken:
    """Reports by the incident they speak of, under `incident_id`: `alone` one each, `together` several (None without links).

    An incident is named after the first of its reports, in alphabetical order, that stands: links undone, every report
    is its own incident under its own name again.
    """

    alone: ibis.Table
    together: ibis.Table | None
    incident_of: Mapping[str, str]  # the incident of each report that is `together` with others

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
    """Reports of publishers whose row is an incident, and reports of any kind that people linked to another that stands.

    Where there are links, one question is asked of the engine here: which of the linked reports stand.
    """
    own = report.mutate(incident_id=report.report_id).filter(report.row_is == "incident")
    links = _joined(decided)
    groups = _groups(links, _standing(report, links)) if links else {}
    if not groups:
        return Spoken(alone=own, together=None, incident_of={})
    by = _first_links(links)
    members = small(
        member=list(groups),
        incident_id=list(groups.values()),
        decided_by=[by[each].by for each in groups],
        because=[by[each].because for each in groups],
    )
    together = report.inner_join(members, report.report_id == members.member).drop("member")
    return Spoken(alone=own.anti_join(members, own.report_id == members.member), together=together, incident_of=groups)


def _standing(report: ibis.Table, links: Sequence[Settled]) -> set[str]:
    """The reports that links name and that stand."""
    named = small(member=sorted({str(each.value[side]) for each in links for side in SIDES}))
    ids = report.select("report_id")
    found = ids.semi_join(named, ids.report_id == named.member)
    return set(found.to_pyarrow()["report_id"].to_pylist())


def _groups(links: Sequence[Settled], standing: set[str]) -> dict[str, str]:
    """Each report that stands and is linked to another that does, with the incident they speak of: the first of them."""
    component = {report: n for report, n in zip(*_components(links), strict=True) if report in standing}
    members: dict[int, list[str]] = {}
    for report, n in component.items():
        members.setdefault(n, []).append(report)
    return {report: min(members[n]) for report, n in component.items() if len(members[n]) > 1}


def _joined(decided: Decided) -> list[Settled]:
    """The links that stand; refused where others say that two reports they join are not of one incident."""
    links = list(decided.of_kind(DecisionKind.LINK))
    apart = decided.of_kind(DecisionKind.UNLINK)
    if links and apart:
        component = dict(zip(*_components(links), strict=True))
        for each in apart:
            one, other = (component.get(str(each.value[side])) for side in SIDES)
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
    ends = np.array([[str(each.value[side]) for each in links] for side in SIDES], dtype=object)
    reports, place = np.unique(ends.astype(str), return_inverse=True)
    left, right = place.reshape(2, -1)
    edges = coo_array((np.ones(len(links), dtype=np.int8), (left, right)), shape=(len(reports), len(reports)))
    return [str(r) for r in reports], [int(n) for n in connected_components(edges, directed=False)[1]]


def _first_links(links: Sequence[Settled]) -> dict[str, Settled]:
    """The first decision that linked each report."""
    by: dict[str, Settled] = {}
    for each in sorted(links, key=lambda link: link.order):
        for side in SIDES:
            by.setdefault(str(each.value[side]), each)
    return by
