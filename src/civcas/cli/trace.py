"""`civcas trace`: which recorded incidents a report speaks of."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated

import typer

from civcas.catalog import Command

HELP = """Rank, for each report, the recorded incidents it most likely speaks of: by date, places, parties and numbers named in its text.

Reports need report_id, published and text (a headline is enough); incidents need incident_id, date_start, date_end, and what they have of
place, text, district, province, belligerents, targeted and numbers killed. With 100 decided links or more (report_id,
incident_id), it learns from them. A chance assumes that the report speaks of one of these incidents.

\b
civcas trace reports.parquet incidents.parquet --out ranked.parquet
civcas trace reports.parquet incidents.parquet --links decided.parquet --most 3 --out ranked.csv
"""


def trace(
    reports: Annotated[Path, typer.Argument(help="Reports, Parquet.")],
    incidents: Annotated[Path, typer.Argument(help="Recorded incidents, Parquet.")],
    out: Annotated[Path, typer.Option(help="Write report_id, incident_id, rank and chance here, Parquet or CSV.")],
    links: Annotated[Path | None, typer.Option(help="Links that are decided, Parquet.")] = None,
    most: Annotated[int, typer.Option(help="Incidents kept of each report.", min=1)] = 5,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    from civcas.cli.link import read_reports, write
    from civcas.cli.option import working
    from civcas.linking import tracing

    with working("ranking incidents"):
        found = tracing.trace(
            read_reports([reports]),
            read_reports([incidents]),
            links=read_reports([links]) if links else None,
            most=most,
        )
    first = found.filter(found["rank"].to_numpy() == 1)
    counted = {
        "reports": first.num_rows,
        "mean_chance_of_first": round(float(first["chance"].to_numpy().mean()), 3),
        **write(found, out),
    }
    typer.echo(
        json.dumps(counted)
        if as_json
        else f"{counted['reports']:,} reports ranked; "
        f"the first incident of each has a chance of {counted['mean_chance_of_first']:.0%} on average."
        f"\n{counted['rows']:,} rows written to {counted['written']}."
    )


def attach(app: typer.Typer) -> None:
    app.command("trace", help=HELP)(trace)


ENTRY = Command(name="trace", attach=attach, order=51)
