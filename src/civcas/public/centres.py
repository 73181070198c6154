"""The middle of a town or province, from the case's own incidents: settled once, so that no later release gives anyone away.

A middle that moved with every new incident would tell where that incident lies to whoever holds both releases. So it is taken from
the first entries that brought enough different points, and rests on these alone.
"""

from __future__ import annotations

import duckdb
import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from civcas.public.policy import Places

AREAS = {Places.PLACE: ("country, province, place", "country, province"), Places.PROVINCE: ("country, province",)}

Floats = NDArray[np.float64]


def centres(db: duckdb.DuckDBPyConnection, incident: pa.Table, places: Places, fewest: int) -> tuple[Floats, Floats]:
    """For each incident, in order, the middle of its area in degrees north and east; NaN where it has none.

    The finest area goes first. Areas are called as the publisher first called them; `ever` holds every incident's first point.
    """
    db.register("asked", incident.select(["incident_id"]).append_column("nth", pa.array(range(incident.num_rows))))
    found = [np.full(incident.num_rows, np.nan) for _ in range(2)]
    for area in AREAS.get(places, ()):
        settled = db.sql(_settled(area, fewest)).fetchnumpy()
        of, row = settled["nth"].astype(int), np.arange(len(settled["nth"]))
        lacking = np.isnan(found[0][of])
        of, row = of[lacking], row[lacking]
        for values, into in zip((settled["north"], settled["east"]), found, strict=True):
            into[of] = np.asarray(values, float)[row]
    return found[0], found[1]


def _settled(area: str, fewest: int) -> str:
    """Every asked incident with the middle of its area.

    Middles are sums of whole millionths of a degree, which add up to the same in any order.
    """
    named = " AND ".join(f"{name} IS NOT NULL" for name in area.split(", "))
    return f"""
        WITH located AS (
            SELECT {area}, latitude, longitude, min(sequence) AS sequence FROM ever
            WHERE row_is = 'incident' AND {named} AND abs(latitude) <= 90 AND abs(longitude) <= 180 GROUP BY ALL
        ), counted AS (
            SELECT *, row_number() OVER (PARTITION BY {area} ORDER BY sequence, latitude, longitude) AS point FROM located
        ), enough AS (
            SELECT {area}, sequence AS last FROM counted WHERE point = {fewest}
        ), middle AS (
            SELECT {area}, sum(CAST(round(latitude * 1e6) AS HUGEINT)) / count(*) / 1e6 AS north,
                   sum(CAST(round(longitude * 1e6) AS HUGEINT)) / count(*) / 1e6 AS east
            FROM located JOIN enough USING ({area}) WHERE sequence <= last GROUP BY {area}
        )
        SELECT a.nth, m.north, m.east
        FROM asked a JOIN ever e USING (incident_id) JOIN middle m USING ({area}) ORDER BY a.nth"""
