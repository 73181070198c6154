"""Linking part by part, for case files that outgrow one machine: theatre by theatre, one stretch of time after another.

A part holds the reports of one country and stretch of days, and those within HALO days before and after it, so that every pair is
weighed beside its rivals. A pair belongs to the part of its earlier report; weights are learned within each part. The pairs of all
parts are clustered together. Here or on Spark (`on_spark`) the same parts give the same pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from civcas.linking.clustering import MUST, MUST_NOT, clusters
from civcas.linking.decisions import PairDecision, settled
from civcas.linking.proposing import SETTLED, propose

STRETCH = 365
HALO = 45
LEAST = 0.05  # pairs with a smaller chance are not kept
PAIRS = pa.schema(
    [(n, pa.string()) for n in ("report_id_l", "report_id_r")] + [(n, pa.float64()) for n in ("log_odds", "worth")]
)
DAY = "date_diff('day', DATE '1970-01-01', CAST(date_start AS DATE))"


@dataclass(frozen=True, slots=True)
class LinkedParts:
    """Pairs of report ids with the log odds that both are one incident and what they are worth to clusters; the cluster of every report."""

    pairs: pa.Table
    member: dict[str, int]

    @property
    def chance(self) -> npt.NDArray[np.float64]:
        chance: npt.NDArray[np.float64] = 1.0 / (1.0 + np.exp(-np.asarray(self.pairs["log_odds"])))
        return chance

    @property
    def together(self) -> npt.NDArray[np.bool_]:
        """Whether both reports of each pair stand in one cluster."""
        one, other = ([self.member[i] for i in self.pairs[c].to_pylist()] for c in ("report_id_l", "report_id_r"))
        same: npt.NDArray[np.bool_] = np.array(one) == np.array(other)
        return same


def placed(reports: pa.Table, *, stretch: int = STRETCH) -> pa.Table:
    """The reports with `theatre`, `stretch`, `day` and `core`: a row for every part a report stands in, as itself or as halo."""
    with duckdb.connect() as engine:
        engine.register("report", reports)
        return engine.sql(placing("report", stretch)).to_arrow_table()


def placing(table: str, stretch: int, *, day: str = DAY) -> str:
    """The query that lays reports out by part; DuckDB and Spark read it alike but for `day`, the days since 1970.

    Reports without a day stand with those of the first of January 1970: they meet one another, and no others.
    """
    offsets = " UNION ALL ".join(f"SELECT {n} AS step" for n in (-1, 0, 1))
    return f"""
        SELECT * FROM (
            SELECT r.*, o.step = 0 AS core, CAST(floor((r.day + o.step * {HALO}) / {stretch:.1f}) AS BIGINT) AS stretch
            FROM (SELECT *, coalesce(country, '') AS theatre, coalesce({day}, 0) AS day FROM {table}) r CROSS JOIN ({offsets}) o
        ) laid
        WHERE core OR stretch <> CAST(floor(day / {stretch:.1f}) AS BIGINT)
    """


def link_part(part: pa.Table) -> pa.Table:
    """The pairs of one part that belong to it: those whose earlier report (by day, then id) is no halo."""
    core, day = part["core"], part["day"]
    reports = part.drop_columns(["core", "day", "theatre", "stretch"])
    if reports.num_rows < 2:
        return PAIRS.empty_table()
    proposal = propose(reports)
    likely = np.flatnonzero(proposal.chance >= LEAST)
    row = proposal.accounts.row
    left, right = row[proposal.pairs.left[likely]], row[proposal.pairs.right[likely]]
    ids = np.array(reports["report_id"].cast(pa.string()).to_pylist(), dtype=object)
    days, belongs = np.asarray(day), np.asarray(core.combine_chunks())
    left_first = (days[left] < days[right]) | ((days[left] == days[right]) & (ids[left] < ids[right]).astype(bool))
    own = belongs[np.where(left_first, left, right)]
    one, other, kept = ids[left[own]], ids[right[own]], likely[own]
    swap = (one > other).astype(bool)
    found = pa.table(
        [np.where(swap, other, one), np.where(swap, one, other), proposal.log_odds[kept], proposal.worth[kept]],
        schema=PAIRS,
    )
    return found.sort_by([("report_id_l", "ascending"), ("report_id_r", "ascending")])


def each_part(table: pa.Table) -> Iterable[pa.Table]:
    """The parts of a table that `placed` laid out, in the order of theatre and time."""
    keys = (
        table.group_by(["theatre", "stretch"])
        .aggregate([])
        .sort_by([("theatre", "ascending"), ("stretch", "ascending")])
    )
    for theatre, stretch in zip(keys["theatre"].to_pylist(), keys["stretch"].to_pylist(), strict=True):
        part = table.filter((pc.field("theatre") == theatre) & (pc.field("stretch") == stretch))
        if pc.any(part["core"]).as_py():
            yield part.combine_chunks()


def link_parts(
    reports: pa.Table,
    *,
    stretch: int = STRETCH,
    mapped: Callable[[pa.Table, int], pa.Table] | None = None,
    decided: Sequence[PairDecision] = (),
) -> LinkedParts:
    """Propose part by part and cluster all pairs together. `mapped` runs the parts elsewhere, such as `on_spark.mapped(session)`.

    Every pair that is decided stands as it was decided, also where its reports are of two parts; parts do not learn from decisions.
    """
    if mapped is None:
        pairs = pa.concat_tables([PAIRS.empty_table(), *map(link_part, each_part(placed(reports, stretch=stretch)))])
    else:
        pairs = mapped(reports, stretch)
    pairs = _under(decided, reports, pairs.cast(PAIRS))
    pairs = pairs.sort_by([("report_id_l", "ascending"), ("report_id_r", "ascending")])
    ids = sorted(reports["report_id"].cast(pa.string()).to_pylist())
    places = pa.array(ids, pa.string())
    left, right = (np.asarray(pc.index_in(pairs[c], places)).astype(np.int32) for c in ("report_id_l", "report_id_r"))
    member = clusters(len(ids), left, right, np.asarray(pairs["worth"]))
    return LinkedParts(pairs, dict(zip(ids, member.tolist(), strict=True)))


def _under(decided: Sequence[PairDecision], reports: pa.Table, pairs: pa.Table) -> pa.Table:
    """The proposed pairs, those that are decided as they were decided."""
    known = settled(decided, reports)
    if not len(known):
        return pairs
    ids = np.array(reports["report_id"].cast(pa.string()).to_pylist(), dtype=object)
    one, other = ids[known.left], ids[known.right]
    swap = (one > other).astype(bool)
    fixed = pa.table(
        [np.where(swap, other, one), np.where(swap, one, other), np.where(known.same, SETTLED, -SETTLED),
         np.where(known.same, MUST, MUST_NOT)], schema=PAIRS,
    )  # fmt: skip
    open_ = pairs.join(fixed.select([0, 1]), ["report_id_l", "report_id_r"], join_type="left anti")
    return pa.concat_tables([open_.cast(PAIRS), fixed])
