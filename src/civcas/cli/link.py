"""`civcas link`: which reports speak of the same incident."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civcas.catalog import Command
from civcas.errors import BadInput, MissingExtra

if TYPE_CHECKING:
    import pyarrow as pa

    from civcas.linking.proposing import Proposal

HELP = """Propose which reports speak of the same incident, and how surely.

Reports come as Parquet tables with the columns of `report`. Nothing is merged: a proposal is a table, and only a person
(`civcas review`) or a rule (`--apply`) decides. A decision is kept by every later run.

\b
civcas link reports.parquet --propose pairs.parquet
civcas link reports.parquet --decisions decisions.jsonl --incidents incident_report.parquet
civcas link reports.parquet --decisions decisions.jsonl --apply at-0.98
civcas link ours.parquet theirs.parquet --between "Airwars" "UCDP GED" --propose matched.parquet
civcas link reports.parquet --evaluate labelled.jsonl
"""
_RULE = re.compile(r"^at-(0\.\d+)$")
LEAST_SHOWN = 0.05


def link(
    files: Annotated[list[Path], typer.Argument(help="Report tables, Parquet.")],
    propose: Annotated[
        Path | None, typer.Option(help="Write every pair with a chance of 5% or more here, with its reasons.")
    ] = None,
    apply: Annotated[
        str | None, typer.Option(help="Decide by a rule: at-0.98 links pairs with at least that chance.")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="Decisions that every proposal keeps, one JSON object a line.")
    ] = None,
    incidents: Annotated[Path | None, typer.Option(help="Write which incident each report stands in here.")] = None,
    between: Annotated[
        tuple[str, str] | None, typer.Option(help="Match the reports of two sources, one to one.")
    ] = None,
    many: Annotated[
        bool, typer.Option(help="With --between: one report of the first may stand for several of the second.")
    ] = False,
    evaluate: Annotated[Path | None, typer.Option(help="Precision and recall against these labelled pairs.")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    from civcas.cli.link_output import pairs_table, summary, told, write_matched

    reports = read_reports(files)
    proposal = proposed(reports, decisions, quiet=as_json)
    out = summary(proposal)
    if between:
        out |= write_matched(proposal, reports, between, propose, many=many)
    elif propose:
        out |= write(pairs_table(proposal, reports, least=LEAST_SHOWN), propose)
    if incidents:
        from civcas.linking.incidents import incident_reports

        out |= {
            "incidents_file": write(
                incident_reports(proposal, reports["report_id"], decided_by="civcas link"), incidents
            )["written"]
        }
    if apply:
        out |= {"decided": decide_by_rule(proposal, reports, apply, decisions)}
    if evaluate:
        out |= {"evaluation": evaluated(proposal, reports, evaluate)}
    typer.echo(json.dumps(out, ensure_ascii=False) if as_json else told(out))


def read_reports(files: list[Path]) -> pa.Table:
    """The rows of several report tables as one; columns that only some have are unknown in the others."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tables = []
    for file in files:
        if not file.is_file():
            raise BadInput("there is no such file", where=str(file), expected="a Parquet table of reports")
        try:
            tables.append(pq.read_table(file))
        except pa.ArrowInvalid as unreadable:
            raise BadInput(
                f"this is not Parquet ({unreadable})", where=str(file), expected="a Parquet table of reports"
            ) from None
    whole = pa.concat_tables(tables, promote_options="permissive")
    for at, name in enumerate(whole.column_names):
        if name in ("report_id", "incident_id"):
            whole = whole.set_column(at, name, whole[name].cast(pa.string()))
    return whole


def proposed(reports: pa.Table, decisions: Path | None, *, quiet: bool = False) -> Proposal:
    """The proposal for these reports under the decisions of a file, with progress on a terminal."""
    from rich.console import Console

    try:
        import numba  # noqa: F401
    except ImportError:
        raise MissingExtra("linking", "estimators") from None
    from civcas.linking.decisions import read, settled
    from civcas.linking.proposing import propose, taught

    known = settled(read(decisions) if decisions and decisions.is_file() else [], reports)
    console = Console(stderr=True, quiet=quiet)
    with console.status("linking") as status:
        proposal = propose(reports, settled=known, tell=lambda step: status.update(step))
        return taught(proposal, known) if len(known) else proposal


def write(table: pa.Table, path: Path) -> dict[str, Any]:
    """Write a table as Parquet, or as CSV where the name ends so."""
    import pyarrow.csv as csv
    import pyarrow.parquet as pq

    if path.suffix == ".csv":
        csv.write_csv(table, path)
    else:
        pq.write_table(table, path)
    return {"written": str(path), "rows": table.num_rows}


def decide_by_rule(proposal: Proposal, reports: pa.Table, rule: str, decisions: Path | None) -> int:
    """Link by rule every undecided pair with at least the rule's chance that stands in one cluster; how many were decided."""
    from civcas.cli.link_output import ids_of
    from civcas.linking.decisions import PairDecision, append, read

    found = _RULE.match(rule)
    if not found:
        raise BadInput(f"there is no rule {rule!r}", expected="at-0.98, or another chance between 0 and 1")
    if decisions is None:
        raise BadInput("a rule needs a place for its decisions", do="Name it: --decisions decisions.jsonl")
    known = {(d.report_id_l, d.report_id_r) for d in (read(decisions) if decisions.is_file() else [])}
    pairs = proposal.pairs
    surely = (proposal.chance >= float(found[1])) & (proposal.member[pairs.left] == proposal.member[pairs.right])
    left, right = ids_of(proposal, reports, pairs.left[surely]), ids_of(proposal, reports, pairs.right[surely])
    new = 0
    for one, other, chance in sorted(zip(left, right, proposal.chance[surely].tolist(), strict=True)):
        made = PairDecision.of(
            one, other, same=True, because=f"proposed with a chance of {chance:.3f}", by=f"rule {rule}"
        )
        if (made.report_id_l, made.report_id_r) not in known:
            append(decisions, made)
            new += 1
    return new


def evaluated(proposal: Proposal, reports: pa.Table, labelled: Path) -> dict[str, Any]:
    from dataclasses import asdict

    from civcas.linking.decisions import read
    from civcas.linking.evaluating import evaluate

    rows = {str(r): n for n, r in enumerate(reports["report_id"].to_pylist())}
    return asdict(evaluate(proposal, read(labelled), rows))


def attach(app: typer.Typer) -> None:
    app.command("link", help=HELP)(link)


ENTRY = Command(name="link", attach=attach, order=50)
