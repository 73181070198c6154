"""The recorded incidents of 2014–2016 and the drone strikes as the three tables, made by test-side queries."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import duckdb
import ibis
import pyarrow as pa

from civcas.terms.tables import TABLES

NAMES = ("incident", "harm", "attribution")

SYRIA = """
create table raw as select *, 'airwars:' || airwars_id as incident_id,
  nullif(try_cast(date as date), date '1970-01-01') as day
from read_csv('{file}', all_varchar = true);
create table named as select incident_id, unnest(string_split(belligerents, ', ')) as belligerent from raw;
create table incident as select incident_id, code, day as date_start, coalesce(try_cast(date_end as date), day) as date_end,
  'Syria' as country, coalesce(province, governorate) as province, location as place, try_cast(published as date) as published,
  strike_status, strike_type, coalesce(grading, 'ungraded') as grading, 'airwars' as dataset from raw;
create table harm as select incident_id, 'civilians' as "group", 'killed' as outcome,
  try_cast(civ_killed_min as double)::bigint as "min", try_cast(civ_killed_max as double)::bigint as "max" from raw;
create table attribution as select distinct incident_id, belligerent, count(*) over (partition by incident_id) as named from named;
"""

DRONES = """
create table raw as select * from read_csv('{file}', nullstr = 'NA');
create table incident as select strike_id as incident_id, date::date as date_start, date::date as date_end, country,
  'Fair' as grading, 'tbij' as dataset from raw;
create table harm as select strike_id as incident_id, 'civilians' as "group", 'killed' as outcome,
  min_civil_killed::bigint as "min", max_civil_killed::bigint as "max" from raw;
create table attribution as select strike_id as incident_id, 'United States' as belligerent, 1 as named from raw;
"""


def tables_of(**arrow: pa.Table) -> Mapping[str, ibis.Table]:
    """Arrow tables, made to conform, as the engine's tables."""
    return {name: ibis.memtable(TABLES[name].conform(table)) for name, table in arrow.items()}


def _queried(script: str, file: Path) -> Mapping[str, ibis.Table]:
    engine = duckdb.connect()
    engine.execute(script.format(file=file))
    return tables_of(**{name: engine.table(name).to_arrow_table() for name in NAMES})


def syria(folder: Path) -> Mapping[str, ibis.Table]:
    return _queried(SYRIA, folder / "airwars" / "airwars_syria_2014_2016.csv")


def drone_strikes(folder: Path) -> Mapping[str, ibis.Table]:
    return _queried(DRONES, folder / "drone_strikes" / "tbij_strikes.csv")


def incidents_of(rows: list[dict[str, object]]) -> Mapping[str, ibis.Table]:
    """Made-up incidents: each with id, date, belligerents, grading, min and max."""
    day = [row.get("date") for row in rows]
    incident = {
        "incident_id": [row["id"] for row in rows],
        "date_start": pa.array(day, pa.date32()),
        "date_end": pa.array(day, pa.date32()),
        "published": pa.array([row.get("published", row.get("date")) for row in rows], pa.date32()),
        "country": ["Aland"] * len(rows),
        "province": [row.get("province", "North") for row in rows],
        "grading": [row.get("grading", "Fair") for row in rows],
        "dataset": ["made up"] * len(rows),
    }
    harm = {
        "incident_id": [row["id"] for row in rows],
        "group": ["civilians"] * len(rows),
        "outcome": ["killed"] * len(rows),
        "min": pa.array([row.get("min") for row in rows], pa.int64()),
        "max": pa.array([row.get("max", row.get("min")) for row in rows], pa.int64()),
    }
    pairs = [(row["id"], name, len(row["by"])) for row in rows for name in row["by"]]  # type: ignore[attr-defined,arg-type]
    attribution = {
        "incident_id": [pair[0] for pair in pairs],
        "belligerent": [pair[1] for pair in pairs],
        "named": [pair[2] for pair in pairs],
    }
    return tables_of(incident=pa.table(incident), harm=pa.table(harm), attribution=pa.table(attribution))
