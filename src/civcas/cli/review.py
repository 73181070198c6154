"""`civcas review`: two reports side by side, one key an answer; it resumes where it was left."""

from __future__ import annotations

import datetime as dt
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civcas.catalog import Command

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.table import Table

    from civcas.linking.proposing import Proposal

HELP = """Review proposed links: two reports side by side, the pair first whose answer changes most.

Keys: [bold]y[/] same incident · [bold]n[/] not the same · [bold]l[/] later · [bold]t[/] write a note, then answer · [bold]q[/] stop.
Every answer is appended to the decisions file at once; run the command again to go on where you stopped.

\b
civcas review reports.parquet --decisions decisions.jsonl --by "A. Reviewer"
civcas review reports.parquet --decisions decisions.jsonl --by "A. Reviewer" --order deaths --pairs 50
civcas link reports.parquet --decisions decisions.jsonl --incidents incident_report.parquet
"""
SHOWN = (
    ("source", "source"), ("published", "published"), ("date", "date"), ("place", "place"), ("district", "district"),
    ("geo_precision", "located by"), ("belligerents", "belligerents"), ("strike_type", "means"), ("targeted", "targeted"),
    ("killed", "killed"), ("injured", "injured"), ("victims", "victims"), ("text", "text"),
)  # fmt: skip
RELEARN_EVERY = 25


def review(
    files: Annotated[list[Path], typer.Argument(help="Report tables, Parquet.")],
    decisions: Annotated[Path, typer.Option(help="Where answers are kept, one JSON object a line.")],
    by: Annotated[str, typer.Option(help="Who is answering; it stands beside every decision.")],
    order: Annotated[
        str, typer.Option(help="teaches: what changes most pairs; deaths: where most deaths are at stake.")
    ] = "teaches",
    pairs: Annotated[int, typer.Option(help="Stop after so many answers.", min=1)] = 1000,
) -> None:
    from rich.console import Console

    from civcas.cli.link import proposed, read_reports
    from civcas.errors import UnknownName
    from civcas.linking.queue import Order

    if order not in list(Order):
        raise UnknownName("order", order, list(Order))
    reports = read_reports(files)
    proposal = proposed(reports, decisions)
    answered = _ask_all(Console(highlight=False), proposal, reports, decisions, by, Order(order), pairs)
    typer.echo(f"{answered} answered; they are in {decisions}.")


def _ask_all(
    console: Any, proposal: Proposal, reports: pa.Table, decisions: Path, by: str, order: Any, most: int
) -> int:
    from civcas.linking.decisions import PairDecision, append, read, settled
    from civcas.linking.proposing import taught
    from civcas.linking.queue import next_pairs

    answered, later = 0, set[int]()
    while answered < most:
        known = settled(read(decisions) if decisions.is_file() else [], reports)
        if answered % RELEARN_EVERY == 0 and len(known):
            proposal = taught(proposal, known)
        waiting = [
            at for at in next_pairs(proposal, known, order=order, most=len(later) + 1).tolist() if at not in later
        ]
        if not waiting:
            console.print("No pair is left whose answer would change anything.")
            return answered
        at = waiting[0]
        one, other = _reports_of(proposal, reports, at)
        console.print(side_by_side(proposal, reports, at, number=answered + 1))
        answer, note = _key(console)
        if answer == "q":
            return answered
        if answer == "l":
            later.add(at)
            continue
        made = PairDecision.of(
            str(one["report_id"]), str(other["report_id"]), same=answer == "y", by=by, because=note or "reviewed side by side",
            at=dt.datetime.now(dt.UTC).isoformat(timespec="seconds"),
        )  # fmt: skip
        append(decisions, made)
        answered += 1
    return answered


def _key(console: Any) -> tuple[str, str]:
    """One of y, n, l, q, and the note that was written before it."""
    note = ""
    while True:
        console.print(
            "[bold]y[/] same · [bold]n[/] not the same · [bold]l[/] later · [bold]t[/] note · [bold]q[/] stop", end=" "
        )
        key = _pressed()
        console.print(key)
        if key == "t":
            note = input("note: ").strip()
        elif key in ("y", "n", "l", "q"):
            return key, note


def _pressed() -> str:
    """One key; from a pipe, one character, and its end is “stop”."""
    if not sys.stdin.isatty():
        return sys.stdin.read(1).lower() or "q"
    try:
        return typer.getchar().lower()
    except (KeyboardInterrupt, EOFError):
        return "q"


def _reports_of(proposal: Proposal, reports: pa.Table, at: int) -> list[dict[str, Any]]:
    rows = [int(proposal.accounts.row[side[at]]) for side in (proposal.pairs.left, proposal.pairs.right)]
    return [with_ranges(reports.slice(row, 1).to_pylist()[0]) for row in rows]


def with_ranges(report: dict[str, Any]) -> dict[str, Any]:
    """The report with its date and counts as the ranges a person reads."""
    start, end = report.get("date_start"), report.get("date_end")
    date = f"{start}" if end in (None, start) else f"{start} to {end}"
    killed = _range(report, "all_killed") or _range(report, "civ_killed")
    return report | {"date": date, "killed": killed, "injured": _range(report, "civ_injured")}


def _range(report: dict[str, Any], name: str) -> str:
    low, high = report.get(f"{name}_min"), report.get(f"{name}_max")
    if low is None and high is None:
        return ""
    return (
        f"{low:g}"
        if low == high and low is not None
        else f"{'?' if low is None else f'{low:g}'}–{'?' if high is None else f'{high:g}'}"
    )


def side_by_side(proposal: Proposal, reports: pa.Table, at: int, *, number: int) -> Table:
    """Both reports in two columns, what differs in bold, with the distance, the chance and the reasons below."""
    from rich.table import Table
    from rich.text import Text

    from civcas.linking.explaining import reasons

    one, other = _reports_of(proposal, reports, at)
    chance = proposal.chance[at]
    table = Table(title=f"Pair {number} · chance of one incident {chance:.0%}{_apart(one, other)}", title_justify="left",
                  caption="\n".join(f"{r.weight:+5.1f}  {r.field}: {r.says}" for r in reasons(proposal, at)), caption_justify="left",
                  expand=True)  # fmt: skip
    table.add_column("", no_wrap=True)
    table.add_column(str(one["report_id"]), ratio=1)
    table.add_column(str(other["report_id"]), ratio=1)
    for field, label in SHOWN:
        a, b = one.get(field), other.get(field)
        if a or b:
            style = "" if a == b else "dim" if not a or not b else "bold"
            table.add_row(
                label,
                Text("not known" if not a else str(a), style=style),
                Text("not known" if not b else str(b), style=style),
            )
    return table


def _apart(one: dict[str, Any], other: dict[str, Any]) -> str:
    from math import cos, hypot, radians

    if any(r.get(k) is None for r in (one, other) for k in ("latitude", "longitude")):
        return " · one is not located"
    north = (one["latitude"] - other["latitude"]) * 110.57
    east = (one["longitude"] - other["longitude"]) * 111.32 * cos(radians(one["latitude"]))
    return f" · {hypot(north, east):.1f} km apart"


def attach(app: typer.Typer) -> None:
    app.command("review", help=HELP)(review)


ENTRY = Command(name="review", attach=attach, order=51)
