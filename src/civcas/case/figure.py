"""Published figures with two clocks: when each was published, and when the case learned of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import duckdb
import pyarrow as pa

from civcas.case.folder import Folder
from civcas.case.intake import Import, table_path
from civcas.case.vintage import files, kept, standing
from civcas.errors import BadInput
from civcas.ledger.moment import Moment
from civcas.ledger.replay import replay
from civcas.terms.publication import published_by
from civcas.terms.window import Window


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """Which figures: those of a belligerent, an area and a window, whose measure holds these words. None is any."""

    belligerent: str | None = None
    area: str | None = None
    window: Window | None = None
    measure: str | None = None

    @classmethod
    def of(
        cls, *, belligerent: str | None, area: str | None, window: str | Window | None, measure: str | None
    ) -> Asked:
        """From the words a person types."""
        window = Window.parse(window) if isinstance(window, str) else window
        return cls(belligerent=belligerent, area=area, window=window, measure=measure)


def day(text: str | dt.date | None) -> dt.date | None:
    try:
        return dt.date.fromisoformat(text) if isinstance(text, str) else text
    except ValueError:
        raise BadInput(f"{text!r} is not a day", expected="a date like 2015-12-31") from None


def figures(case: Folder, asked: Asked, *, as_of: dt.date | None = None, known: Moment | None = None) -> pa.Table:
    """The figures asked for that had been published by `as_of`, as the case knew them at `known`.

    `published_by` is the day of publication, or the last day it can have been where only a month or a year is known:
    the `published` column, or else the date that ends the source's title (`dated` says which). `standing` is
    stands, withdrawn or superseded, by what had been published by `as_of`; `low` and `high` are as corrected,
    beside the published ones. A figure without a date is known at no day: with `as_of` it is not here but in `undated`.
    """
    return _run(case, asked, known, as_of=as_of, which="published_by <= $as_of" if as_of else "true")


def undated(case: Folder, asked: Asked, *, known: Moment | None = None) -> pa.Table:
    """The figures asked for whose day of publication nobody noted: they cannot be placed before or after a day."""
    return _run(case, asked, known, as_of=None, which="published_by IS NULL")


def _run(case: Folder, asked: Asked, known: Moment | None, *, as_of: dt.date | None, which: str) -> pa.Table:
    paths = _paths(case, known)
    if not paths:
        raise BadInput("the case held no figures at that moment", where=str(case.path), do="Import some first")
    with duckdb.connect() as engine:
        engine.register("learned", _learned(case, known))
        engine.register("decision", replay(case.ledger, known))
        engine.execute("CREATE TABLE figure AS FROM read_parquet(?, filename = true, union_by_name = true)", [paths])
        placed = f"SELECT * EXCLUDE filename FROM ({published_by('figure')}) JOIN learned USING (filename)"
        engine.execute(f"CREATE TABLE dated AS {placed}")
        where, words = _chosen(asked)
        words |= {"as_of": as_of} if as_of else {}
        query = (
            f"{_standing(by_day=bool(as_of))} WHERE {which} AND {where} ORDER BY period_start, published_by, figure_id"
        )
        return engine.sql(query, params=words or None).to_arrow_table()


def _paths(case: Folder, known: Moment | None) -> list[str]:
    made = [each for each in standing(case, known).values() if "figure" in each.tables]
    return sorted({str(path) for path in files(case, made).get("figure", [])})


def _learned(case: Folder, known: Moment | None) -> pa.Table:
    """When the case first held each file of figures: the learned clock."""
    first: dict[str, Import] = {}
    for made in kept(case, known):
        if "figure" in made.tables:
            first.setdefault(str(table_path(case, "figure", made.tables["figure"])), made)
    return pa.table(
        {
            "filename": pa.array(list(first), pa.string()),
            "learned_entry": pa.array([made.sequence for made in first.values()], pa.int64()),
            "learned_at": pa.array([made.at for made in first.values()], pa.string()),
        }
    )


def _chosen(asked: Asked) -> tuple[str, dict[str, object]]:
    """The rows asked for. A window finds figures whose period is that window, not ones that only touch it."""
    window = asked.window
    parts: dict[str, dict[str, object]] = {"true": {}}
    if asked.belligerent is not None:
        parts["lower(belligerent) = lower($belligerent)"] = {"belligerent": asked.belligerent}
    if asked.area is not None:
        parts["lower(area) = lower($area)"] = {"area": asked.area}
    if window is not None:
        parts["period_start = $first AND period_end = $last"] = {"first": window.first, "last": window.last}
    if asked.measure is not None:
        parts["contains(lower(measure), lower($measure))"] = {"measure": asked.measure}
    return " AND ".join(parts), {name: value for words in parts.values() for name, value in words.items()}


def _standing(*, by_day: bool) -> str:
    """Each figure as decided: its corrected range, and whether it had been withdrawn or superseded by the day asked."""
    by_then = "AND next.published_by <= $as_of" if by_day else ""
    return f"""
        WITH corrected AS (
            SELECT subject, sequence, because, CAST(value ->> '$.min' AS DOUBLE) AS low, CAST(value ->> '$.max' AS DOUBLE) AS high
            FROM decision WHERE about = 'value' AND (value ->> '$.as_published') IS NULL
        ), moved AS (
            SELECT d.subject, d.value ->> '$.successor' AS successor, value ->> '$.withdrawn' AS withdrawn, d.because
            FROM decision d LEFT JOIN dated next ON next.figure_id = d.value ->> '$.successor'
            WHERE d.about = 'standing' AND (value ->> '$.as_published') IS NULL
              AND ((value ->> '$.withdrawn') IS NOT NULL OR (next.figure_id IS NOT NULL {by_then}))
        ), told AS (
            SELECT f.figure_id, f.belligerent, f.area, f.period_start, f.period_end, f.measure, f.unit,
                   CASE WHEN c.subject IS NULL THEN f.value_low ELSE c.low END AS low,
                   CASE WHEN c.subject IS NULL THEN f.value_high ELSE c.high END AS high,
                   f.value_low AS published_low, f.value_high AS published_high, c.sequence AS corrected_by,
                   c.because AS corrected_because, f.published_by, f.dated,
                   CASE WHEN m.withdrawn IS NOT NULL THEN 'withdrawn'
                        WHEN m.successor IS NOT NULL THEN 'superseded' ELSE 'stands' END AS standing,
                   m.successor, m.because AS standing_because, f.source_title, f.source_url, f.note, f.dataset,
                   f.learned_at, f.learned_entry
            FROM dated f LEFT JOIN corrected c ON c.subject = f.figure_id LEFT JOIN moved m ON m.subject = f.figure_id
        )
        SELECT * FROM told
    """
