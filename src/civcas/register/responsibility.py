"""Incident × belligerent, once each: whom the reports name, as the case calls them, and what people decided about it."""

from __future__ import annotations

import ibis

from civcas.register.correcting import renamed
from civcas.register.decided import Decided, Settled, small
from civcas.register.linked import Spoken
from civcas.terms.decision import DecisionKind
from civcas.terms.vocabulary import Responsibility

BETWEEN = "; "
NAMES = ("incident_id", "belligerent", "status", "decided_by", "because")


def named_incidents(told: ibis.Table, spoken: Spoken, decided: Decided) -> ibis.Table:
    """Incident × belligerent with what sums need; `named` is how many belligerents the incident has.

    Where nothing was decided of one report's incident, names are settled cell by cell (`A; B`), of which there are few, and
    joined to the many incidents. Linked reports name whom any of them names.
    """
    held = _decided_of(spoken, decided)
    plain = told if held is None else told.anti_join(held, "incident_id")
    named = _with_sums(plain.inner_join(_cells(plain, decided), "belligerents").mutate(**_as_published()))
    if held is None and spoken.together is None:
        return named
    return ibis.union(named, _with_sums(told.inner_join(_one_by_one(spoken, held, decided), "incident_id")))


def _with_sums(rows: ibis.Table) -> ibis.Table:
    return rows.select(
        *NAMES, "named", "date_start", "grading", "killed_min", "killed_max", "dataset", area=rows.country
    )


def attribution(named: ibis.Table) -> ibis.Table:
    """Alone named and not contested: the whole harm. Otherwise anything from none to all of it, as publishers do not divide it."""
    whole = (named.named == 1) & (named.status != str(Responsibility.CONTESTED))
    return named.select(
        "incident_id", "belligerent", "status", "named", "decided_by", "because",
        share_min=ibis.ifelse(whole, 1.0, 0.0), share_max=ibis.literal(1.0),
    )  # fmt: skip


def _cells(rows: ibis.Table, decided: Decided) -> ibis.Table:
    once = _names(rows.select("belligerents").distinct(), "belligerents", decided)
    counts = once.group_by("belligerents").agg(named=once.count())
    return once.inner_join(counts, "belligerents").select("belligerents", "belligerent", "named")


def _one_by_one(spoken: Spoken, held: ibis.Table | None, decided: Decided) -> ibis.Table:
    """Incidents of several reports, and incidents of which a person said who is responsible."""
    rows = [] if held is None else [spoken.alone.semi_join(held, "incident_id").select("incident_id", "belligerents")]
    rows += [] if spoken.together is None else [spoken.together.select("incident_id", "belligerents")]
    found = _names(ibis.union(*rows) if len(rows) > 1 else rows[0], "incident_id", decided)
    published = found.mutate(**_as_published()).select(*NAMES)
    if held is not None:
        standing = held.filter(held.status != str(Responsibility.CLEARED)).select(*NAMES)
        published = ibis.union(published.anti_join(held, ["incident_id", "belligerent"]), standing)
    counts = published.group_by("incident_id").agg(named=published.count())
    return published.inner_join(counts, "incident_id").select(*NAMES, "named")


def _names(rows: ibis.Table, of: str, decided: Decided) -> ibis.Table:
    """Each name in the cells `belligerents`, as the case calls it, once for each `of`: two published names of one party are one."""
    each = rows.select(of, belligerent=rows.belligerents.split(BETWEEN).unnest())
    return renamed(each, "belligerent", decided.names(DecisionKind.BELLIGERENT)).distinct()


def _as_published() -> dict[str, ibis.Value]:
    nobody = {name: ibis.null("string") for name in ("decided_by", "because")}
    return {"status": ibis.literal(str(Responsibility.SUSPECTED)), **nobody}


def _decided_of(spoken: Spoken, decided: Decided) -> ibis.Table | None:
    """What was decided of each incident and belligerent, the last where several of its reports were decided; None without decisions."""
    names = decided.names(DecisionKind.BELLIGERENT)
    last: dict[tuple[str, str], Settled] = {}
    for each in sorted(decided.of_kind(DecisionKind.ATTRIBUTION), key=lambda settled: settled.order):
        party = str(each.value["belligerent"])
        last[(spoken.incident_of.get(each.subject, each.subject), names.get(party, party))] = each
    if not last:
        return None
    return small(
        incident_id=[incident for incident, _ in last],
        belligerent=[party for _, party in last],
        status=[str(each.value["status"]) for each in last.values()],
        decided_by=[each.by for each in last.values()],
        because=[each.because for each in last.values()],
    )
