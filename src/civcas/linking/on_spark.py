"""The parts of a linking mapped by Spark: each worker links whole parts with the code that links them here."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from civcas.errors import MissingExtra
from civcas.linking.partitions import PAIRS, each_part, link_part, placing

SCHEMA = "report_id_l string, report_id_r string, log_odds double, worth double"
VIEW = "civcas_reports_to_link"
DAY = "datediff(CAST(date_start AS DATE), DATE '1970-01-01')"


def mapped(session: Any, *, workers: int = 0) -> Callable[[Any, int], pa.Table]:
    """What `link_parts` runs its parts with: takes reports (an Arrow table, or a Spark data frame that fits no machine) and a stretch.

    `workers` is into how many tasks the parts are dealt; 0 leaves it to Spark.
    """
    try:
        import pyspark  # noqa: F401
    except ImportError:
        raise MissingExtra("linking on Spark", "spark") from None

    def run(reports: Any, stretch: int) -> pa.Table:
        if not isinstance(reports, pa.Table):
            return _linked(session, reports, stretch, workers)
        with tempfile.TemporaryDirectory(prefix="civcas-link-") as folder:
            pq.write_table(reports, Path(folder) / "reports.parquet")
            return _linked(session, session.read.parquet(folder), stretch, workers)

    return run


def _linked(session: Any, frame: Any, stretch: int, workers: int) -> pa.Table:
    frame.createOrReplaceTempView(VIEW)
    laid = session.sql(placing(VIEW, stretch, day=DAY))
    dealt = laid.repartition(workers, "theatre", "stretch") if workers else laid.repartition("theatre", "stretch")
    rows = dealt.mapInArrow(link_batches, SCHEMA).collect()
    return pa.Table.from_pylist([row.asDict() for row in rows], schema=PAIRS)


def link_batches(batches: Iterator[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
    """All parts that one task was dealt, one after another."""
    given = list(batches)
    if given:
        for part in each_part(pa.Table.from_batches(given)):
            yield from link_part(part).to_batches()
