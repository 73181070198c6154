"""What is doubted of the incidents that sums add up: ranges that contradict themselves, doubles, and outliers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import ibis

from civcas.register.decided import Decided, small
from civcas.register.linked import SIDES, Spoken
from civcas.register.periods import NOWHERE
from civcas.register.ranges import broken
from civcas.register.toll import PREFIX
from civcas.terms.decision import DecisionKind
from civcas.terms.doubles import ALIKE, doubles, loose
from civcas.terms.doubt import DOUBT, FEWEST, PART, RISES, TIMES, DoubtKind, sentences
from civcas.terms.typed_decision import count_columns
from civcas.terms.vocabulary import Outcome
from civcas.terms.window import Window

KILLED = "civ_killed"


def doubt(spoken: Spoken, told: ibis.Table, decided: Decided) -> ibis.Table:
    """The `doubt` table: of each incident that reports speak of, what a person should look at; what was decided is gone from it."""
    reports = _reports(spoken)
    killed = loose(told).select("incident_id", "killed_min", "killed_max", "dataset")
    parts = [loose(part) for part in (_inverted(reports), _twice(reports, decided), _outliers(told, decided))]
    running = _running(reports).mutate(killed_min=ibis.null("int64"), killed_max=ibis.null("int64"))
    joined = [part.drop("dataset").left_join(killed, "incident_id").drop("incident_id_right") for part in parts]
    return ibis.union(*(loose(part.select(*(f.name for f in DOUBT.fields))) for part in (*joined, running)))


def declared_doubt(table: ibis.Table, about: str, *, key: str) -> ibis.Table:
    """The `doubt` rows of declared strikes or published figures: ranges that contradict themselves."""
    low, high = count_columns()[about]
    rows = table.filter(table[low] > table[high])
    nothing = ibis.null("int64")
    found = rows.select(
        "dataset", subject=rows[key], incident_id=ibis.null("string"), kind=ibis.literal(str(DoubtKind.RANGE)),
        about=ibis.literal(about), killed_min=nothing, killed_max=nothing,
        **_nothing() | {"low": rows[low].cast("float64"), "high": rows[high].cast("float64")},
    )  # fmt: skip
    return loose(found.select(*(f.name for f in DOUBT.fields)))


def _reports(spoken: Spoken) -> ibis.Table:
    needed = [*dict.fromkeys(("report_id", "incident_id", "dataset", "row", *ALIKE, *_pairs_columns()))]
    alone = loose(spoken.alone.select(needed))
    return alone if spoken.together is None else ibis.union(alone, loose(spoken.together.select(needed)))


def _pairs() -> list[str]:
    return [f"{prefix}_{outcome}" for prefix in PREFIX.values() for outcome in Outcome]


def _pairs_columns() -> list[str]:
    return [f"{name}_{end}" for name in _pairs() for end in ("min", "max")]


def _nothing() -> dict[str, ibis.Value]:
    return {
        "other": ibis.null("string"), "low": ibis.null("float64"), "high": ibis.null("float64"), "share": ibis.null("float64"),
    }  # fmt: skip


def _inverted(reports: ibis.Table) -> ibis.Table:
    return ibis.union(*(_inverted_in(reports, name) for name in _pairs()))


def _inverted_in(reports: ibis.Table, name: str) -> ibis.Table:
    low, high = reports[f"{name}_min"], reports[f"{name}_max"]
    rows = reports.filter(broken(low, high))
    inverted = (rows[f"{name}_min"] > rows[f"{name}_max"]).fill_null(False)
    return rows.select(
        "incident_id", "dataset", subject=rows.report_id, about=ibis.literal(name),
        kind=ibis.ifelse(inverted, str(DoubtKind.RANGE), str(DoubtKind.NO_COUNT)),
        **_nothing() | {"low": rows[f"{name}_min"].cast("float64"), "high": rows[f"{name}_max"].cast("float64")},
    )  # fmt: skip


def _twice(reports: ibis.Table, decided: Decided) -> ibis.Table:
    found = doubles(reports)
    if apart := _apart(decided):
        pairs = small(subject=[one for one, _ in apart], against=[other for _, other in apart])
        found = found.anti_join(pairs, [found.report_id == pairs.subject, found.other == pairs.against])
    return found.select(
        "incident_id", "kind", dataset=ibis.null("string"), subject=found.report_id, about=ibis.literal("row"),
        **_nothing() | {"other": found.other},
    )  # fmt: skip


def _apart(decided: Decided) -> list[tuple[str, str]]:
    """Pairs that people decided not to be one incident, in both orders."""
    pairs = [tuple(str(each.value[side]) for side in SIDES) for each in decided.of_kind(DecisionKind.UNLINK)]
    return [(one, other) for left, right in pairs for one, other in ((left, right), (right, left))]


def _outliers(told: ibis.Table, decided: Decided) -> ibis.Table:
    """Incidents that give a tenth or more of all killed in their dataset, and far more than the others on average."""
    numbered = told.mutate(number=ibis.coalesce(told.killed_max, told.killed_min))
    numbered = numbered.filter(numbered.number > 0)
    whole = ibis.window(group_by=numbered.dataset)
    rows = numbered.mutate(total=numbered.number.sum().over(whole), n=numbered.count().over(whole))
    most = rows.number * PART >= rows.total
    apart = rows.number * (rows.n - 1) > (rows.total - rows.number) * TIMES
    rows = rows.filter((rows.n >= FEWEST) & most & apart)
    if looked_at := sorted({d.subject for d in decided.of_kind(DecisionKind.COUNT) if d.about == KILLED}):
        looked = small(looked_at=looked_at)
        rows = rows.anti_join(looked, rows.incident_id == looked.looked_at)
    return rows.select(
        "incident_id", "dataset", subject=rows.incident_id, kind=ibis.literal(str(DoubtKind.OUTLIER)), about=ibis.literal(KILLED),
        **_nothing() | {"share": rows.number.cast("float64") / rows.total.cast("float64")},
    )  # fmt: skip


def _running(reports: ibis.Table) -> ibis.Table:
    """Datasets whose lowest numbers of killed never fall in the order of their file, as the parts of a running total do."""
    rows = reports.filter(reports.civ_killed_min.notnull())
    order = ibis.window(group_by=rows.dataset, order_by=[rows.row, rows.report_id])
    rows = rows.mutate(before=rows.civ_killed_min.lag().over(order))
    by = rows.group_by("dataset").agg(
        n=rows.count(),
        falls=(rows.civ_killed_min < rows.before).fill_null(False).cast("int64").sum(),
        rises=(rows.civ_killed_min > rows.before).fill_null(False).cast("int64").sum(),
    )
    found = by.filter((by.n >= RISES) & (by.falls == 0) & (by.rises * 2 >= RISES))
    return found.select(
        "dataset", incident_id=ibis.null("string"), subject=found.dataset, kind=ibis.literal(str(DoubtKind.RUNNING)),
        about=ibis.literal(KILLED), **_nothing(),
    )  # fmt: skip


def beside(
    tables: Mapping[str, ibis.Table],
    *,
    belligerents: Sequence[str] = (),
    area: str | None = None,
    windows: Sequence[Window] = (),
) -> list[str]:
    """What a person must know beside a sum over these incidents, in sentences; nothing said of a question takes every incident."""
    if "doubt" not in tables:
        return []
    rows = tables["doubt"]
    if "incident" in tables:
        known = tables["incident"]
        known = known if area is None else known.filter(known.country.fill_null(NOWHERE) == area)
        if windows:
            known = known.filter(ibis.or_(*(known.date_start.between(w.first, w.last) for w in windows)))
        if belligerents and "attribution" in tables:
            named = tables["attribution"]
            known = known.semi_join(named.filter(named.belligerent.isin(list(belligerents))), "incident_id")
        of_tables = rows.filter(rows.incident_id.isnull())
        rows = ibis.union(loose(rows.semi_join(known, "incident_id")), loose(of_tables))
    found = rows.to_pyarrow().to_pylist()
    return sentences(sorted(found, key=lambda row: (-(row["share"] or 0.0), row["subject"], row["about"])))
