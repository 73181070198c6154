"""How many were on no source's list: incidents that sources share tell of those that no source reported."""

from __future__ import annotations

from typing import Any

import ibis

from civcas.catalog import Measure, Option, Tables
from civcas.errors import BadInput
from civcas.terms.estimate import Answer, Estimate, Refusal
from civcas.terms.window import Window

NAME, MOST_TOLD = "undercount", 6


def listed(
    tables: Tables, *, by: str = "source", belligerent: str | None = None, window: Window | None = None
) -> ibis.Table:
    """One row an incident and source (or dataset) that reports it, each pair once.

    Incidents without a report are left out: nothing says who found them. With a window so are those that begin outside it or on
    an unknown day.
    """
    report, link = tables["report"], tables["incident_report"]
    name = {"source": "source", "dataset": "dataset"}.get(by)
    if name is None or name not in report.columns:
        raise BadInput(f"lists cannot be made by {by!r}", where="undercount", expected="source or dataset")
    joined = link.join(report.select("report_id", list_name=report[name]), "report_id")
    if belligerent is not None:
        named = tables["attribution"].filter(ibis._.belligerent == belligerent).select("incident_id").distinct()
        joined = joined.semi_join(named, "incident_id")
    if window is not None:
        when = tables["incident"].filter(ibis._.date_start.between(window.first, window.last))
        joined = joined.semi_join(when, "incident_id")
    return joined.filter(joined.list_name.notnull()).select("incident_id", "list_name").distinct()


def answer(
    tables: Tables, *, by: str = "source", lists: tuple[str, ...] = (), belligerent: str | None = None,
    window: str | None = None, method: str = "auto", level: float = 0.95, seed: int | None = None,
) -> Answer:  # fmt: skip
    """How many incidents there were in all, reported by some source of the case or by none.

    It assumes that links between reports are right, and that no incident was beyond every source's reach. Refuses lists that speak
    of different times, and datasets that cannot tell the belligerent's doings from others'.
    """
    from civcas.measures.undercount import answering, methods, speech
    from civcas.measures.undercount.strata import Strata

    chosen = listed(tables, by=by, belligerent=belligerent, window=Window.parse(window) if window else None)
    pairs = chosen.to_pyarrow()
    names = tuple(lists) or tuple(sorted(set(pairs["list_name"].to_pylist())))
    if why := _blind(tables, names, by, belligerent) or _of_different_times(tables, chosen, names):
        return why
    overlap = _overlap(pairs, tuple(lists))
    wish = methods.Wish(level=level) if seed is None else methods.Wish(level=level, seed=seed)
    found = answering.answer(Strata(by=(), known={"all": overlap}), method_name=method, wish=wish)
    return speech.of_incidents(found)


def _blind(tables: Tables, names: tuple[str, ...], by: str, belligerent: str | None) -> Refusal | None:
    """A dataset that cannot identify the belligerent lists few of its incidents or none, whatever it recorded."""
    unknowns = tables.get("not_identifiable")
    if by != "dataset" or belligerent is None or unknowns is None:
        return None
    said = (
        unknowns.filter((unknowns.belligerent == belligerent) & unknowns.dataset.isin(names)).to_pyarrow().to_pylist()
    )
    if not said:
        return None
    return Refusal(
        measure=NAME,
        reason=f"{belligerent} is not identifiable in {said[0]['area']} from {said[0]['dataset']}: {said[0]['reason']}",
        needs="lists of datasets that name who struck",
        diagnostics={"datasets": sorted({row["dataset"] for row in said})},
    )


def _of_different_times(tables: Tables, chosen: ibis.Table, names: tuple[str, ...]) -> Refusal | None:
    """What a list of other years shares with the others is no sign of what they missed."""
    import numpy as np

    from civcas.measures.undercount.same_time import of_different_times, shared, spans

    if "incident" not in tables or len(names) < 2:
        return None
    dated = tables["incident"].filter(ibis._.date_start.notnull()).select("incident_id", "date_start")
    rows = (
        chosen.filter(chosen.list_name.isin(names))
        .join(dated, "incident_id")
        .select("list_name", "date_start")
        .to_pyarrow()
    )
    days = np.asarray(rows["date_start"].cast("date32").cast("int32"))
    found = spans(days, np.array(rows["list_name"].to_pylist(), dtype=object))
    if not of_different_times(found):
        return None
    told = ", ".join(f"{span.name} of {span.window}" for span in found[:MOST_TOLD])
    worst, common = max(found, key=lambda span: span.outside), shared(found)
    return Refusal(
        measure=NAME,
        reason=f"the lists do not speak of the same time: {told}; {worst.outside:.0%} of {worst.name} lies outside what all of them span",
        needs=f"--window {common}, or within it" if common else "lists that speak of the same time",
    )


def _overlap(pairs: Any, asked: tuple[str, ...]) -> Any:
    import numpy as np

    from civcas.measures.undercount.overlap import Overlap

    names = asked or tuple(sorted(set(pairs["list_name"].to_pylist())))
    place = {name: j for j, name in enumerate(names)}
    absent = set(names) - set(pairs["list_name"].to_pylist())
    if absent or not names:
        raise BadInput(f"no incident is reported by {', '.join(sorted(absent)) or 'anyone'}", where="undercount",
                       expected="lists that report incidents of this case", do="Link reports to incidents first.")  # fmt: skip
    kept = pairs.filter(np.isin(np.array(pairs["list_name"].to_pylist(), dtype=object).astype(str), names))
    _, row = np.unique(np.array(kept["incident_id"].to_pylist(), dtype=str), return_inverse=True)
    marks = np.zeros((int(row.max()) + 1, len(names)), dtype=np.uint8)
    marks[row, [place[name] for name in kept["list_name"].to_pylist()]] = 1
    return Overlap.of(marks, np.ones(len(marks), dtype=np.int64), lists=names)


def draw(found: Estimate) -> Any:
    """The documented incidents and the estimate with its interval."""
    from civcas.measures.undercount.picture import draw_one

    return draw_one(found)


ENTRY = Measure(
    name=NAME,
    question="How many incidents did no source report?",
    needs=("report", "incident_report"),
    may_use=("incident", "attribution", "not_identifiable"),
    by="options",
    answer=answer,
    options=(
        Option(name="by", help="what a list is: source or dataset", default="source"),
        Option(name="lists", help="sources or datasets to use as lists; all by default", repeated=True, default=()),
        Option(name="window", help="only incidents that begin in it: 2016, 2015-10..2016-09"),
        Option(name="belligerent", help="only incidents attributed to this belligerent"),
        Option(name="method", help="auto, or a method of `civcas undercount --help`", default="auto"),
        Option(name="level", help="nominal coverage of the interval", type=float, default=0.95),
        Option(name="seed", help="seed of any random draws", type=int),
    ),
    source="docs/method-undercount.md",
    example="civcas measure undercount --by source --method loglinear",
    draw=draw,
)
