"""`civcas count`: the harm of every incident by a named rule set."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civcas.catalog import Command
from civcas.terms.range_sum import RangeSum

if TYPE_CHECKING:
    import pyarrow as pa

    from civcas.cli.assessed import Assessed

HELP = """Count what the reports of each incident say, by a named rule set, with the derivation of every number.

\b
civcas count --case DIR --out harm.parquet
civcas count reports.parquet --incidents incident_report.parquet --out harm.parquet
civcas count reports.parquet --incidents incident_report.parquet --rules ucdp --against conservative
civcas count --show-rules airwars-2023 > ours.yaml
civcas count reports.parquet --incidents incident_report.parquet --rules ours.yaml
"""


def count(
    files: Annotated[list[Path] | None, typer.Argument(help="Report tables, Parquet; none with --case.")] = None,
    case: Annotated[Path | None, typer.Option(help="Folder of the case.", metavar="DIR")] = None,
    incidents: Annotated[
        Path | None,
        typer.Option(help="Which incident each report stands in; what was decided, or alone, where not given."),
    ] = None,
    rules: Annotated[str, typer.Option(help="A rule set's name, or the path of one.")] = "airwars-2023",
    against: Annotated[str | None, typer.Option(help="Count again by this rule set, and list what changes.")] = None,
    out: Annotated[Path | None, typer.Option(help="Write the harm table here, Parquet or CSV.")] = None,
    show_rules: Annotated[str | None, typer.Option(help="Print a shipped rule set, to be copied and edited.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    from civcas.assessing import rule_set
    from civcas.cli.assessed import assessed
    from civcas.errors import BadInput

    if show_rules:
        rule_set.find(show_rules)
        typer.echo(rule_set.text_of(show_rules), nl=False)
        return
    if not files and case is None:
        raise BadInput(
            "no reports are given",
            expected="--case DIR, or one Parquet table of reports or more",
            do="civcas count --help",
        )
    typer.echo(_counted(assessed(files, case, incidents), rules, against, out, as_json))


def _counted(given: Assessed, rules: str, against: str | None, out: Path | None, as_json: bool) -> str:
    import pyarrow.compute as pc

    from civcas.assessing.rule_set import find
    from civcas.assessing.whole_case import changed, harm_table
    from civcas.cli.link import write

    reports, stands_in, copied = given.reports, given.stands_in, given.copies
    harm = harm_table(reports, stands_in, find(rules), copy_of=copied)
    killed = harm.filter((pc.field("outcome") == "killed") & (pc.field("group") != "belligerents"))
    found: dict[str, Any] = {
        "rules": find(rules).id,
        "rows": harm.num_rows,
        "copies": len(copied),
        "without_a_number": int(pc.sum(pc.and_(pc.is_null(killed["min"]), pc.is_null(killed["max"]))).as_py() or 0),
    }
    for group in ("civilians", "all"):
        found |= _summed(killed.filter(pc.field("group") == group), group)
    if against:
        difference = changed(harm, harm_table(reports, stands_in, find(against), copy_of=copied))
        found |= {"against": find(against).id, "changed": difference.num_rows}
        harm = difference if out else harm
    if out:
        found |= write(harm, out)
    return json.dumps(found) if as_json else told(found)


def _summed(rows: pa.Table, group: str) -> dict[str, int | None]:
    """Lowest and highest sum of a group; no highest where one of its counts is open, and neither where nothing is counted."""
    total = RangeSum.of(zip(rows["min"].to_pylist(), rows["max"].to_pylist(), strict=True))
    low, high = total.killed if total.incidents else (None, None)
    return {f"{group}_killed_min": low, f"{group}_killed_max": high, f"{group}_open_above": total.open_above}


def told(found: dict[str, Any]) -> str:
    """The sums as a person reads them; a group that no report counts has no number, and is not spoken of."""
    lines = [f"Counted by {found['rules']}: {found['rows']:,} rows; {found['copies']:,} reports are copies."]
    for group, who in (("civilians", "civilians"), ("all", "people, fighters included or not told apart")):
        if found[f"{group}_killed_min"] is not None:
            low, high = found[f"{group}_killed_min"], found[f"{group}_killed_max"]
            lines.append(
                f"{low:,} {who} killed at least" + (f", {high:,} at most." if high is not None else " (or more).")
            )
    if found["without_a_number"]:
        lines.append(
            f"{found['without_a_number']:,} counts have no number: harm was reported, and nobody said how much."
        )
    if "against" in found:
        lines.append(f"{found['changed']:,} rows are otherwise by {found['against']}.")
    if "written" in found:
        lines.append(f"Written to {found['written']}.")
    return "\n".join(lines)


def attach(app: typer.Typer) -> None:
    app.command("count", help=HELP)(count)


ENTRY = Command(name="count", attach=attach, order=52)
