"""`civcas consequence`: whether harm is followed by more violence or less, from a plain table."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civcas.catalog import Command
from civcas.errors import BadInput

if TYPE_CHECKING:
    from rich.table import Table

    from civcas.measures.consequences.finding import Finding

HELP = """Is harm followed by more violence, or less, and could these data tell?

A PANEL has one row a unit: whether it was treated (0 or 1), and the outcome before and after. Name several --pre columns, oldest
first, and the trend before is tested too. EVENTS have one row an event: date, latitude, longitude and kind.

The answer is one of six. "More" and "less" are about violence within the widest area looked at. "More here" and "less here" are about
the places of the treatment alone: the violence may only have moved. "No detectable change" comes with the smallest effect that would
have been seen. "Cannot be told" comes with the checks that failed. Published findings conflict by place and period.
"""
EXAMPLES = """Examples:  civcas consequence villages.csv --treated shelled --pre attacks_before --post attacks_after --cluster district  ·
civcas consequence events.csv --treatment strike --control show_of_force --outcome attack --design wake --picture effect.svg  ·
Exit codes: 0 answered, also with "cannot be told" · 2 the input was not usable"""


def attach(app: typer.Typer) -> None:
    app.command("consequence", help=HELP, epilog=EXAMPLES)(consequence)


def consequence(
    tables: Annotated[
        list[Path], typer.Argument(metavar="PANEL.csv | EVENTS.csv…", help="the table, or several of events")
    ],
    treated: Annotated[
        str | None, typer.Option(help="panel: column that is 1 for treated units and 0 for others")
    ] = None,
    pre: Annotated[
        list[str] | None, typer.Option(help="panel: column of the outcome before; repeat, oldest first")
    ] = None,
    post: Annotated[list[str] | None, typer.Option(help="panel: column of the outcome after; repeat")] = None,
    cluster: Annotated[str | None, typer.Option(help="panel: column of groups whose units share a fate")] = None,
    treatment: Annotated[
        str | None, typer.Option(help="events: kind that did it; or column=value, joined by , and |")
    ] = None,
    control: Annotated[str | None, typer.Option(help="events: kind to compare with")] = None,
    outcome: Annotated[str | None, typer.Option(help="events: kind that may follow")] = None,
    design: Annotated[str, typer.Option(help="events: wake, did, hawkes or all")] = "all",
    where: Annotated[str | None, typer.Option(help="events: use only rows like this")] = None,
    dose: Annotated[
        str | None, typer.Option(help="events: column of what each event did, such as people killed")
    ] = None,
    place: Annotated[str | None, typer.Option(help="events: column of place names")] = None,
    days: Annotated[str, typer.Option(help="events: windows of time")] = "2,4,6,8,10",
    km: Annotated[str, typer.Option(help="events: windows of space")] = "2,4,6,8,10",
    duplicates: Annotated[str, typer.Option(help="events that stand twice: refuse, keep or drop")] = "refuse",
    overlap: Annotated[float, typer.Option(help="wakes: share that may overlap another", min=0, max=1)] = 0.5,
    reach: Annotated[
        float | None, typer.Option(help="kilometres within which displaced events are looked for", min=0)
    ] = None,
    worth: Annotated[float, typer.Option(help="change worth seeing, as a share of what is usual")] = 1.0,
    draws: Annotated[int, typer.Option(help="permutations", min=99)] = 999,
    seed: Annotated[int, typer.Option(help="of every draw")] = 20170123,
    picture: Annotated[Path | None, typer.Option(help="write the picture here, as SVG")] = None,
    as_json: Annotated[bool, typer.Option("--json", help="print everything as JSON")] = False,
) -> None:
    if treated:
        if len(tables) != 1 or not pre or not post:
            raise BadInput(
                "a panel needs one table and columns before and after", expected="--treated COL --pre COL --post COL"
            )
        told = _panel(tables[0], treated, pre, post, cluster, {"worth": worth, "draws": draws, "seed": seed})
    elif treatment and outcome:
        told = _events(
            events=tables, treatment=treatment, control=control, outcome=outcome, design=design, where=where, dose=dose,
            place=place, days=days, km=km, duplicates=duplicates, overlap=overlap, reach=reach, worth=worth, draws=draws, seed=seed,
        )  # fmt: skip
    else:
        raise BadInput(
            "neither a panel nor events are described",
            expected="--treated, --pre and --post for a panel; --treatment and --outcome (and --control) for events",
        )
    if picture:
        _save(told, picture)
    if as_json:
        typer.echo(json.dumps(told, ensure_ascii=False, indent=2))
    else:
        _print(told)


def _panel(
    path: Path, treated: str, pre: list[str], post: list[str], cluster: str | None, limits: dict[str, Any]
) -> dict[str, Any]:
    from civcas.measures.consequences import panel_file, table_design
    from civcas.measures.consequences.finding import CONFLICT
    from civcas.measures.consequences.wake_design import Limits

    sheet = panel_file.read(path, treated=treated, pre=pre, post=post, cluster=cluster)
    found: Finding = table_design.ask(
        treated=sheet.treated, before=sheet.before, after=sheet.after, cluster=sheet.cluster, periods=[*pre, *post],
        limits=Limits(**limits),
    )  # fmt: skip
    return {
        "direction": str(found.direction),
        "designs": [found.to_dict()],
        "could_not_run": {},
        "notes": [],
        "conflict": CONFLICT,
    }


def _events(**options: Any) -> dict[str, Any]:
    from rich.console import Console

    from civcas.measures.consequence import answer
    from civcas.terms.estimate import Refusal

    with Console(stderr=True).status("counting wakes, panels and points"):
        found = answer(None, **options)
    if isinstance(found, Refusal) and not found.diagnostics:
        raise BadInput(found.reason, expected=found.needs)
    return dict(found.diagnostics)


def _save(told: dict[str, Any], path: Path) -> None:
    pictures = {d["design"]: d["picture"] for d in told["designs"]}
    for design, drawn in pictures.items():
        target = path if len(pictures) == 1 else path.with_name(f"{path.stem}-{design}{path.suffix or '.svg'}")
        target.write_text(drawn, encoding="utf-8")


TITLES = {"wake": "Matched wakes (wake)", "did": "Treated against others (did)", "hawkes": "Point process (hawkes)"}


def _print(told: dict[str, Any]) -> None:
    from rich.console import Console
    from rich.text import Text

    from civcas.measures.consequences.finding import Direction

    console = Console(highlight=False)
    console.print(Text(told["direction"].upper(), style="bold"))
    console.print(Direction(told["direction"]).meaning, markup=False)
    for design in told["designs"]:
        console.print()
        console.print(Text(f"{TITLES[design['design']]}: {design['direction']}", style="bold"))
        console.print(design["estimand"], markup=False)
        console.print(_effects(design))
        for line in _lines(design):
            console.print(line, markup=False)
        for check in design["checks"]:
            mark = {True: "passed", False: "FAILED" if check["decides"] else "open", None: "not made"}[check["passed"]]
            console.print(f"  {mark:8} {check['name']}: {check['says']}", markup=False)
        for note in design["notes"]:
            console.print(f"  {note}", markup=False, style="dim")
    for design, why in told["could_not_run"].items():
        console.print(f"\n{TITLES[design]} could not be run: {why}", markup=False)
    for note in told["notes"]:
        console.print(f"\n{note}", markup=False)
    console.print(f"\n{told['conflict']}", markup=False, style="dim")


def _effects(design: dict[str, Any]) -> Table:
    from rich.table import Table

    from civcas.measures.consequences.finding import shown

    effects = Table("", "effect", "from", "to", box=None, pad_edge=False, header_style="dim")
    best = design["headline"]
    for effect in [best] + [e for e in design["effects"] if e["label"] != best["label"]]:
        effects.add_row(effect["label"], *(shown(effect[k]) for k in ("value", "low", "high")))
    return effects


def _lines(design: dict[str, Any]) -> Iterator[str]:
    """What the numbers mean, a sentence or two a line."""
    from civcas.measures.consequences.finding import shown

    yield f"Effects are in {design['unit']}. The first line is the one the answer rests on."
    yield f"Its {design['level']:.0%} interval is of {design['interval_of']}."
    yield (
        f"There are {design['n']:,} {design['counted']}. Without any effect, a result as clear comes up with probability "
        f"{shown(design['p'], sign=False)}."
    )
    if design["smallest_visible"] is not None:
        visible, usual = (shown(design[k], sign=False) for k in ("smallest_visible", "usual"))
        yield f"An effect of {visible} or more would be seen four times in five. {usual} is usual{_for(design)}."
    if design["total"]:
        value, low, high = (shown(part) for part in design["total"])
        yield f"Over all treated, the effect adds up to {value} ({low} to {high})."
    if relative := design["numbers"].get("relative"):
        yield f"That is {relative:+.0%} of what is usual."
    for side, dose in design["numbers"].get("dose", {}).items():
        value, low, high = (shown(dose.get(k)) for k in ("per_unit", "low", "high"))
        size = dose.get("refused") or f"{value} ({low} to {high}), p = {dose['p']:.3g}"
        yield f"per unit of dose, {side}: {size}; {dose['unknown']} with an unknown dose left out"


def _for(design: dict[str, Any]) -> str:
    """For what the usual number is usual."""
    return {"wake": " after a control", "did": " without treatment", "hawkes": " on a day"}[design["design"]]


ENTRY = Command(name="consequence", attach=attach, order=45)
