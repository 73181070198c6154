"""How a pair of reports looks to a reviewer: two columns, what differs marked, distance, chance and reasons."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    import pyarrow as pa
    from rich.console import RenderableType

    from civcas.linking.explaining import Reason
    from civcas.linking.proposing import Proposal

SHOWN = (
    ("source", "source"), ("published", "published"), ("date", "date"), ("place", "place"), ("district", "district"),
    ("province", "province"), ("geo_precision", "located by"), ("belligerents", "belligerents"), ("strike_type", "means"),
    ("targeted", "targeted"), ("killed", "killed"), ("injured", "injured"), ("victims", "victims"), ("text", "text"),
)  # fmt: skip
LONGEST_TEXT = 600
NOTHING = 0.2  # bits under which a reason says little


def page(proposal: Proposal, reports: pa.Table, at: int, *, title: str) -> RenderableType:
    """Both reports in two columns: what differs in bold yellow, what only one knows dimmed; below, what speaks for and against."""
    from rich.console import Group
    from rich.table import Table
    from rich.text import Text

    from civcas.linking.explaining import reasons

    one, other = reports_of(proposal, reports, at)
    heading = Text.assemble(
        (title, "bold"), f" · chance of one incident {proposal.chance[at]:.0%}{_apart(one, other)}", overflow="fold"
    )
    table = Table(expand=True, pad_edge=False)
    table.add_column("", no_wrap=True, style="dim")
    table.add_column(str(one["report_id"]), ratio=1, overflow="fold")
    table.add_column(str(other["report_id"]), ratio=1, overflow="fold")
    for name, label in SHOWN:
        a, b = one.get(name), other.get(name)
        if a or b:
            style = "" if a == b else "dim" if not a or not b else "bold yellow"
            mark = "  " if a == b or not a or not b else "≠ "
            table.add_row(f"{mark}{label}", *(Text(_said(value, name), style=style) for value in (a, b)))
    return Group(heading, table, _why(reasons(proposal, at)))


def _said(value: Any, name: str) -> str:
    text = "not known" if not value else str(value)
    if name == "geo_precision":  # a term of ours, not what a source wrote
        text = text.replace("_", " ")
    return text if len(text) <= LONGEST_TEXT else f"{text[:LONGEST_TEXT]} … ({len(text):,} letters)"


def _why(found: list[Reason]) -> RenderableType:
    """The reasons in two lines of words; a bar says how much each weighs."""
    from rich.table import Table
    from rich.text import Text

    grid = Table.grid(padding=(0, 1))
    for reason in found:
        side, colour = ("for one incident", "green") if reason.weight > 0 else ("against it", "red")
        says = f"{side} ({reason.weight:+.1f})" if abs(reason.weight) >= NOTHING else "says little either way"
        bar = "■" * min(8, round(abs(reason.weight)))
        grid.add_row(f"[{colour}]{bar:<8}[/]", Text(f"{reason.field}: {reason.says}"), f"[dim]{says}[/]")
    return grid


def reports_of(proposal: Proposal, reports: pa.Table, at: int) -> list[dict[str, Any]]:
    rows = [int(proposal.accounts.row[side[at]]) for side in (proposal.pairs.left, proposal.pairs.right)]
    return [with_ranges(reports.slice(row, 1).to_pylist()[0]) for row in rows]


def with_ranges(report: dict[str, Any]) -> dict[str, Any]:
    """The report with its date and counts as the ranges a person reads."""
    start, end = report.get("date_start"), report.get("date_end")
    date = f"{start or 'not known'}" if end in (None, start) else f"{start} to {end}"
    killed = _range(report, "all_killed") or _range(report, "civ_killed")
    return report | {"date": date, "killed": killed, "injured": _range(report, "civ_injured")}


def _range(report: dict[str, Any], name: str) -> str:
    from civcas.cli.option import span

    low, high = report.get(f"{name}_min"), report.get(f"{name}_max")
    return "" if low is None and high is None else span(low, high)


def _apart(one: dict[str, Any], other: dict[str, Any]) -> str:
    from math import cos, hypot, radians

    if any(r.get(k) is None for r in (one, other) for k in ("latitude", "longitude")):
        return " · not both are located"
    north = (one["latitude"] - other["latitude"]) * 110.57
    east = (one["longitude"] - other["longitude"]) * 111.32 * cos(radians(one["latitude"]))
    return f" · {hypot(north, east):.1f} km apart"
