"""The shipped tables in the shape of the contract: the same rows, in civcas's columns and names."""

from __future__ import annotations

from functools import cache

import ibis
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
from ibis import _
from ibis.backends.duckdb import Backend

from civcas.errors import BadInput
from civcas.facts.provenance import Provenance, provenance, verify
from civcas.terms.publication import published_by
from civcas.terms.tables import FIGURE, HARM_BY_PERIOD, STRIKE, Table


@cache
def shipped_tables() -> dict[str, ibis.Table]:
    """`harm_by_period`, `figure` and `strike` on an in-process engine."""
    engine = ibis.duckdb.connect()
    _load_originals(engine)
    return {
        "harm_by_period": _lay_out(engine, HARM_BY_PERIOD, _harm_by_period(engine)),
        "figure": _lay_out(engine, FIGURE, _figure(engine)),
        "strike": _lay_out(engine, STRIKE, _strike(engine)),
    }


def _load_originals(engine: Backend) -> None:
    for shipped in provenance():
        content = pa_csv.read_csv(
            pa.py_buffer(verify(shipped)),
            convert_options=pa_csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=True),
        )
        if content.num_rows != shipped.rows:
            raise BadInput(
                f"{content.num_rows} rows", where=f"shipped table {shipped.file}", expected=f"{shipped.rows}"
            )
        row = pa.array(range(1, content.num_rows + 1), pa.int64())
        engine.create_table(_stem(shipped), content.append_column("row", row))


def _stem(shipped: Provenance) -> str:
    return shipped.file.removesuffix(".csv")


def _lay_out(engine: Backend, table: Table, rows: ibis.Table) -> ibis.Table:
    """Store `rows` under the table's name in its schema, refusing any row whose belligerent no one has named."""
    content = rows.to_pyarrow()
    unnamed = content.filter(pc.is_null(content["belligerent"])).num_rows
    if unnamed:
        raise BadInput(f"{unnamed} rows have a belligerent that belligerent_names.csv does not name", where=table.name)
    engine.create_table(table.name, table.conform(content))
    return engine.table(table.name)


def _month_end(month: ibis.expr.types.StringValue) -> ibis.expr.types.DateValue:
    first = (month + "-01").cast("date")
    return (first + ibis.interval(months=1) - ibis.interval(days=1)).cast("date")


def _harm_by_period(engine: Backend) -> ibis.Table:
    rows = engine.table("airwars_syria_monthly")
    return rows.select(
        "belligerent",
        "area",
        period_start=(rows.month + "-01").cast("date"),
        period_end=_month_end(rows.month),
        grading=rows.grading,
        attribution=(rows.attribution == "joint").ifelse("shared", rows.attribution),
        incidents=rows.incidents,
        killed_min=rows.civilians_killed_min,
        killed_max=rows.civilians_killed_max,
        without_a_number=rows.incidents_without_a_number,
        dataset=ibis.literal("airwars_syria_monthly"),
        extra=ibis.null("string"),
    )


def _figure(engine: Backend) -> ibis.Table:
    """Figures under the case's names, dated by their source's title; a party no one has mapped keeps its published name."""
    rows, names = engine.table("published_figures"), engine.table("belligerent_names")
    named = rows.left_join(names, rows.belligerent == names.name)
    laid_out = named.order_by("row").select(
        figure_id="published_figures:" + named.row.cast("string"),
        belligerent=ibis.coalesce(names.belligerent, rows.belligerent),
        area=rows.area,
        period_start=rows.period_start.cast("date"),
        period_end=rows.period_end.cast("date"),
        measure=rows.measure,
        value_low=rows.value_low.cast("float64"),
        value_high=rows.value_high.cast("float64"),
        unit=rows.unit,
        source_title=rows.source_title,
        source_url=rows.source_url,
        published=ibis.null("date"),
        note=rows.note,
        dataset=ibis.literal("published_figures"),
    )
    engine.create_view("undated_figure", laid_out)
    engine.raw_sql(f"CREATE VIEW dated_figure AS {published_by('undated_figure')}")
    return engine.table("dated_figure").mutate(published=_.published_by).drop("published_by", "dated")


def _strike(engine: Backend) -> ibis.Table:
    rows = engine.table("coalition_declared_strikes_monthly")
    return rows.order_by("row").select(
        strike_id="coalition_declared_strikes_monthly:" + rows.row.cast("string"),
        belligerent=rows.belligerent,
        area=rows.area,
        period_start=(rows.month + "-01").cast("date"),
        period_end=_month_end(rows.month),
        strikes_min=rows.strikes.cast("float64"),
        strikes_max=rows.strikes.cast("float64"),
        unit=rows.unit,
        days_declared=rows.days_with_a_release,
        declared_by=rows.declared_by,
        strike_status=ibis.literal("declared"),
        dataset=ibis.literal("coalition_declared_strikes_monthly"),
    )
