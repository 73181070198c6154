"""`civcas grade`: how sure the harm of every incident is, who did it, and the grade derived from both."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Annotated, Any

import typer

from civcas.catalog import Command

HELP = """Grade every incident by rule, on two axes: how sure the harm is, and who did it. Each grade says why.

Copies of one text count as one source. A grade that a person gave (`civcas decide grade ID Fair --because …`) stands over the derived
one, and both are kept; the grade a dataset published stands beside them. With `--who`, the bounds of each belligerent's share.

\b
civcas grade --case DIR
civcas grade --case DIR --out assessments.parquet --who attribution.parquet
civcas grade reports.parquet --incidents incident_report.parquet --out assessments.csv
civcas decide grade airwars:CS1203 Fair --because "a second credible source, see note" --case DIR
"""


def grade(
    files: Annotated[list[Path] | None, typer.Argument(help="Report tables, Parquet; none with --case.")] = None,
    case: Annotated[Path | None, typer.Option(help="Folder of the case.", metavar="DIR")] = None,
    incidents: Annotated[
        Path | None, typer.Option(help="Which incident each report stands in; what was decided where not given.")
    ] = None,
    out: Annotated[Path | None, typer.Option(help="Write every assessment here, Parquet or CSV.")] = None,
    who: Annotated[
        Path | None, typer.Option(help="Write the bounds of each belligerent's share here, Parquet or CSV.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    from civcas.assessing.graded_case import assessment_table, attribution_table
    from civcas.cli.assessed import assessed
    from civcas.cli.link import write

    given = assessed(files, case, incidents)
    found = assessment_table(given.reports, given.stands_in, copy_of=given.copies, overrides=given.grades)
    counted: dict[str, Any] = {"incidents": found.num_rows, "copies": len(given.copies)}
    for column in ("standing", "derived", "published"):
        counted[column] = {r["values"] or "none": r["counts"] for r in found[column].value_counts().to_pylist()}
    counted["graded_by_people"] = given.grades.num_rows if given.grades is not None else 0
    for table, path in ((found, out), (attribution_table(found), who)):
        if path:
            write(table, path)
    typer.echo(json.dumps(counted, ensure_ascii=False) if as_json else told(counted))


def told(counted: dict[str, Any]) -> str:
    """Grades in a row each: how many stand, how many the rules derive, how many were published."""
    grades = sorted({g for column in ("standing", "derived", "published") for g in counted[column]})
    rows = [
        f"{g:<12}{counted['standing'].get(g, 0):>10,}{counted['derived'].get(g, 0):>10,}{counted['published'].get(g, 0):>11,}"
        for g in grades
    ]
    return "\n".join([
        f"{counted['incidents']:,} incidents; {counted['copies']:,} reports are copies; {counted['graded_by_people']:,} graded by people.",
        f"{'':<12}{'stand':>10}{'derived':>10}{'published':>11}", *rows,
    ])  # fmt: skip


def attach(app: typer.Typer) -> None:
    app.command("grade", help=HELP)(grade)


ENTRY = Command(name="grade", attach=attach, order=52)
