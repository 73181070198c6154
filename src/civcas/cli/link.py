"""`civcas link`: which reports speak of the same incident."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civcas.catalog import Command
from civcas.cli.option import By, author
from civcas.errors import BadInput, MissingExtra

if TYPE_CHECKING:
    import pyarrow as pa

    from civcas.cli.kept_pairs import KeptPairs
    from civcas.linking.decisions import PairDecision
    from civcas.linking.proposing import Proposal

HELP = """Propose which reports speak of the same incident, and how surely.

Reports are those of a case, or Parquet tables with the columns of `report`. Nothing is merged: a proposal is a table, and only a
person (`civcas review`) or a rule (`--apply`) decides, into the ledger of the case or a file. Every later run keeps each decision.

\b
civcas link --case DIR --propose pairs.parquet
civcas link --case DIR --apply at-0.98
civcas link reports.parquet --propose pairs.parquet
civcas link reports.parquet --decisions decisions.jsonl --incidents incident_report.parquet
civcas link reports.parquet --decisions decisions.jsonl --apply at-0.98
civcas link ours.parquet theirs.parquet --between "Airwars" "UCDP GED" --propose matched.parquet
civcas link reports.parquet --evaluate labelled.jsonl
civcas link --case DIR --parts 365 --engine spark --propose pairs.parquet
"""
_RULE = re.compile(r"^at-(0\.\d+)$")
LEAST_SHOWN = 0.05


def link(
    files: Annotated[list[Path] | None, typer.Argument(help="Report tables, Parquet; none with --case.")] = None,
    case: Annotated[
        Path | None, typer.Option(help="Folder of the case: its reports, and its ledger.", metavar="DIR")
    ] = None,
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
        tuple[str, str] | None, typer.Option(help="Match the reports of two sources or datasets, one to one.")
    ] = None,
    many: Annotated[
        bool, typer.Option(help="With --between: one report of the first may stand for several of the second.")
    ] = False,
    evaluate: Annotated[Path | None, typer.Option(help="Precision and recall against these labelled pairs.")] = None,
    parts: Annotated[
        int,
        typer.Option(
            help="Link country by country and so many days at a time; for tables too large for one go.", metavar="DAYS"
        ),
    ] = 0,
    engine: Annotated[str, typer.Option(help="With --parts: duckdb or spark; without it the engine of the case.")] = "",
    by: By = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    from civcas.cli.kept_pairs import kept_pairs
    from civcas.cli.link_output import of_learning, pairs_table, summary, told, write_matched

    refuse_mixed(parts=bool(parts), engine=bool(engine), whole=bool(between or many or evaluate))
    with kept_pairs(case, decisions, by=author(by)) as kept:
        reports = between_datasets(reports_at_hand(files, case), between)
        if parts:
            from civcas.cli.parts_linked import link_by_part

            out = link_by_part(reports, kept, days=parts, engine=engine, case=case, propose=propose, incidents=incidents,
                               rule=apply, quiet=as_json)  # fmt: skip
            return typer.echo(json.dumps(out, ensure_ascii=False) if as_json else told(out))
        proposal = proposed(reports, kept.decided(), quiet=as_json)
        ruled = {"decided": decide_by_rule(proposal, reports, apply, kept)} if apply else {}
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
    out |= ruled
    if evaluate:
        out |= {"evaluation": evaluated(proposal, reports, evaluate)}
    typer.echo(json.dumps(out, ensure_ascii=False) if as_json else told(out, of_learning(proposal)))


def refuse_mixed(*, parts: bool, engine: bool, whole: bool) -> None:
    """Some options need all reports at once, and one needs parts."""
    if parts and whole:
        raise BadInput("--between, --many and --evaluate need all reports at once", do="Leave out --parts")
    if engine and not parts:
        raise BadInput("an engine is named for a linking in one go", do="Add --parts 365, or leave out --engine")


def reports_at_hand(files: list[Path] | None, case: Path | None) -> pa.Table:
    """The reports of a case, or those of the files named."""
    from civcas.cli.kept_pairs import reports_of_case

    if bool(files) == (case is not None):
        raise BadInput("it is not clear which reports are meant", expected="Parquet files, or --case DIR")
    return reports_of_case(case) if case else read_reports(files or [])


def between_datasets(reports: pa.Table, between: tuple[str, str] | None) -> pa.Table:
    """The same reports; those of two datasets alone, each with its dataset for a source, where two datasets are named."""
    import pyarrow as pa
    import pyarrow.compute as pc

    if between is None or "dataset" not in reports.column_names:
        return reports
    if not set(between) <= set(reports["dataset"].unique().to_pylist()):
        return reports
    chosen = reports.filter(pc.is_in(reports["dataset"], pa.array(between)))
    return chosen.set_column(chosen.column_names.index("source"), "source", chosen["dataset"])


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


def proposed(reports: pa.Table, decided: list[PairDecision], *, quiet: bool = False) -> Proposal:
    """The proposal for these reports under the decisions that stand, with progress on a terminal."""
    from rich.console import Console

    try:
        import numba  # noqa: F401
    except ImportError:
        raise MissingExtra("linking", "estimators") from None
    from civcas.linking.decisions import settled
    from civcas.linking.proposing import propose, taught

    known = settled(decided, reports)
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


def decide_by_rule(proposal: Proposal, reports: pa.Table, rule: str, kept: KeptPairs) -> int:
    """Link by rule every undecided pair with at least the rule's chance that stands in one cluster; how many were decided."""
    from civcas.cli.link_output import ids_of

    pairs = proposal.pairs
    sure = (proposal.chance >= least_chance(rule)) & (proposal.member[pairs.left] == proposal.member[pairs.right])
    ids = ids_of(proposal, reports, pairs.left[sure]), ids_of(proposal, reports, pairs.right[sure])
    return keep_links(*ids, proposal.chance[sure].tolist(), rule=rule, kept=kept)


def keep_links(left: list[str], right: list[str], chance: list[float], *, rule: str, kept: KeptPairs) -> int:
    """Keep a rule's decision that these pairs are one incident; those decided before are left as they are."""
    from civcas.linking.decisions import RULE, PairDecision

    known = {(d.report_id_l, d.report_id_r) for d in kept.decided()}
    made = [
        PairDecision.of(one, other, same=True, because=f"proposed with a chance of {c:.3f}", by=f"{RULE}{rule}")
        for one, other, c in sorted(zip(left, right, chance, strict=True))
    ]
    return kept.keep([each for each in made if (each.report_id_l, each.report_id_r) not in known])


def least_chance(rule: str) -> float:
    """The chance from which a rule decides, as its name says."""
    found = _RULE.match(rule)
    if not found:
        raise BadInput(f"there is no rule {rule!r}", expected="at-0.98, or another chance between 0 and 1")
    return float(found[1])


def evaluated(proposal: Proposal, reports: pa.Table, labelled: Path) -> dict[str, Any]:
    from dataclasses import asdict

    from civcas.linking.decisions import read
    from civcas.linking.evaluating import evaluate

    rows = {str(r): n for n, r in enumerate(reports["report_id"].to_pylist())}
    return asdict(evaluate(proposal, read(labelled), rows))


def attach(app: typer.Typer) -> None:
    app.command("link", help=HELP)(link)


ENTRY = Command(name="link", attach=attach, order=50)
