"""One CSV with the columns that readers of UCDP GED expect, for incidents of any dataset."""

from __future__ import annotations

import ibis

from civcas.errors import BadInput
from civcas.exporters.columns import stream
from civcas.exporters.csv_files import write_csv
from civcas.exporters.exporter import Exporter, Request
from civcas.terms.tables import Field
from civcas.terms.vocabulary import Sensitivity

NEEDS = ("incident", "harm", "attribution")


def write(request: Request) -> dict[str, int]:
    """Low and high are of civilians killed, as GED's are of all deaths: the header says so. `best` is not written: nobody gave one.

    `deaths_civilians_open` is true where a report says "4 or more": the high is then empty because nobody gave one.
    """
    missing = [n for n in NEEDS if n not in request.tables]
    if missing:
        raise BadInput(f"there is no table {', '.join(missing)}", where="ucdp_like", expected=", ".join(NEEDS))
    request.out.mkdir(parents=True, exist_ok=True)
    rows = _rows(request)
    fields = tuple(Field(name=f.name, type=f.type, meaning="") for f in rows.schema().to_pyarrow())
    return {
        "events.csv": write_csv(
            stream(rows.order_by("id"), rows.schema().to_pyarrow()), fields, request.out / "events.csv"
        )
    }


def _rows(request: Request) -> ibis.Table:
    incident, harm, attribution = (request.tables[n] for n in NEEDS)
    killed = harm.filter((harm.group == "civilians") & (harm.outcome == "killed"))
    killed = killed.select("incident_id", deaths_civilians_low=killed.min, deaths_civilians_high=killed.max)
    sides = attribution.group_by("incident_id").agg(
        side_a=attribution.belligerent.min(),
        others=attribution.count() - 1,
        side_b=attribution.belligerent.max(),
    )
    joined = incident.left_join(killed, "incident_id").left_join(sides, "incident_id")
    places = request.clearance != Sensitivity.PUBLIC
    return joined.select(
        id=incident.incident_id,
        year=incident.date_start.year(),
        side_a=sides.side_a,
        side_b=ibis.ifelse(sides.others > 0, sides.side_b, ibis.null("string")),
        further_sides=ibis.greatest(sides.others - 1, 0),
        where_coordinates=incident.place,
        adm_1=incident.province,
        country=incident.country,
        latitude=incident.latitude if places else ibis.null("float64"),
        longitude=incident.longitude if places else ibis.null("float64"),
        date_start=incident.date_start,
        date_end=incident.date_end,
        deaths_civilians_low=killed.deaths_civilians_low,
        deaths_civilians_high=killed.deaths_civilians_high,
        deaths_civilians_open=killed.deaths_civilians_low.notnull() & killed.deaths_civilians_high.isnull(),
        source=incident.dataset,
    )


ENTRY = Exporter(
    name="ucdp_like",
    title="One CSV in the manner of UCDP GED",
    makes="a folder with events.csv",
    write=write,
    needs=NEEDS,
)
