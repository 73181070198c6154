"""Tells a checked article in a terminal: the table of verdicts, and one claim in full with its curve in characters."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any

from rich.box import ASCII, SIMPLE_HEAD, Box
from rich.console import Console, Group, RenderableType
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from civcas.drawing.mark import VERDICT_TEXT_MARKS
from civcas.telling import meanings, summary, words
from civcas.telling.summary import Claim
from civcas.telling.text_curve import text_curve
from civcas.terms.vocabulary import Verdict

OUTCOME_STYLES = {
    "supports": "cyan",
    "open": "yellow",
    "contradicts": "red",
    "refused": "bright_black",
}
VERDICT_STYLES: dict[str, str] = {
    Verdict.SUPPORTED: "cyan",
    Verdict.CONTRADICTED: "red",
    Verdict.SIZE_OPEN: "cyan",
    Verdict.MIXED: "yellow",
    Verdict.DEPENDS: "yellow",
    Verdict.CANNOT_BE_TOLD: "bright_black",
    Verdict.NOT_FACTUAL: "magenta",
}
# Escape and its kin, and the characters that override the direction of what follows them.
_CONTROLS = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e\u2066-\u2069]")
MEANINGS = {str(verdict): verdict.meaning for verdict in Verdict}
_TO_ASCII = str.maketrans(
    {"–": "-", "—": "-", "’": "'", "‘": "'", "“": '"', "”": '"', "…": ".", "\u00a0": " ", "·": "-"}
)
PLAIN_MARKS = {"●": "o", "▲": "^", "▽": "v", "◆": "#", "×": "x", "◐": "%", "◈": "&", "○": "?", "—": "-"}


def tell(report: Mapping[str, Any], console: Console, *, full: bool = False) -> None:
    """Print the table of verdicts, or with `full` each claim of the report in full."""
    if not full:
        show_verdicts(report, console)
        return
    for claim in report.get("claims") or ():
        show_claim(report, claim, console)


def show_verdicts(report: Mapping[str, Any], console: Console) -> None:
    """Print the article and every claim with its verdict, as wide as the console."""
    report = without_controls(report)
    claims = list(report.get("claims") or ())
    _print(Group(_title(report), _verdict_table(claims, console), _tally(claims, console)), console)


def show_claim(report: Mapping[str, Any], claim: Claim, console: Console) -> None:
    """Print one claim in full: verdict, curve, what decides it, refusals, sources, and how to run it again."""
    report, claim = without_controls(report), without_controls(claim)
    command = (report.get("rerun") or {}).get("command")
    parts: list[RenderableType] = [
        Text(f"{claim.get('id', '')}  {claim['says']}", style="bold"),
        _verdict(str(claim["verdict"]), console)
        + Text(f"  {claim.get('rule') or MEANINGS[str(claim['verdict'])]}", style="dim"),
        *([Text(f"\n{claim['answer']}", style="bold")] if claim.get("answer") else []),
        *([Text(meanings.other_question(claim)["says"])] if meanings.other_question(claim) else []),
        *([Text(str(claim["because"]), style="dim")] if claim.get("because") else []),
        *_then(claim, console),
        *_meanings(claim, console),
        *_bulleted("Beside the verdict", meanings.beside(claim), console),
        *_grid(claim, console),
        *_bulleted("What would decide it", summary.wanted(claim), console),
        *_bulleted("Sources", [_source(s) for s in claim.get("sources") or ()], console),
        *([Text(f"\nRun it again: {command}", style="dim")] if command else []),
    ]
    _print(Group(*parts), console)


def _then(claim: Claim, console: Console) -> list[RenderableType]:
    """The verdict by what had been published on a day, beside the verdict by what is known now."""
    then = claim.get("as_of")
    if not then:
        return []
    why = then.get("answer") or then["because"]
    head = Text(f"\nBy what had been published on {words.day(str(then['date']))}: ", style="bold")
    return [head + _verdict(str(then["verdict"]), console), Text(str(why))]


def without_controls(value: Any) -> Any:
    """The same, with control characters made visible: a claim's text must not steer the terminal that shows it."""
    if isinstance(value, str):
        return _CONTROLS.sub("\ufffd", value)
    if isinstance(value, Mapping):
        return {key: without_controls(item) for key, item in value.items()}
    return [without_controls(item) for item in value] if isinstance(value, list | tuple) else value


def _print(told: RenderableType, console: Console) -> None:
    """Print; a terminal that knows only ASCII gets the nearest ASCII, and ? where there is none."""
    if not console.options.ascii_only:
        console.print(told)
        return
    with console.capture() as captured:
        console.print(told)
    console.file.write(captured.get().translate(_TO_ASCII).encode("ascii", "replace").decode("ascii"))


def _title(report: Mapping[str, Any]) -> Text:
    article = report.get("article") or {}
    by = [str(article[key]) for key in ("author", "outlet") if article.get(key)]
    by += [words.day(article["date"])] if article.get("date") else []
    return Text.assemble("\n", (str(article.get("title") or "Checked claims"), "bold"), (f"\n{', '.join(by)}\n", "dim"))


def _verdict_table(claims: Sequence[Claim], console: Console) -> Table:
    wide = console.width >= 100
    table = Table(box=_box(console), expand=False, pad_edge=False, show_edge=False)
    table.add_column("", no_wrap=True, style="dim")
    table.add_column("Claim", ratio=1, min_width=24, max_width=64 if wide else None)
    table.add_column("Verdict", no_wrap=True)
    if wide:
        table.add_column("Support", no_wrap=True, justify="right")
        table.add_column("Contradict", no_wrap=True, justify="right")
        table.add_column("Open", no_wrap=True, justify="right")
    for claim in claims:
        counts = summary.outcomes(claim)
        cells: list[Text | str] = [
            str(claim.get("id", "")),
            Text(str(claim["says"])),
            _verdict(str(claim["verdict"]), console),
        ]
        counted = [_count(counts, outcome) for outcome in ("supports", "contradicts", "open")]
        table.add_row(*cells, *(counted if wide else []))
    return table


def _count(counts: Mapping[str, int], outcome: str) -> str:
    return f"{counts[outcome]:,}" if counts.get(outcome) else ""


def _tally(claims: Sequence[Claim], console: Console) -> Text:
    parts = []
    for verdict, count in summary.verdicts(claims).items():
        part = Text(f"{count} ") + _verdict(verdict, console)
        part.plain = part.plain.replace(" ", "\u00a0")  # a verdict is not broken between lines
        parts.append(part)
    return Text("\n") + Text("   ").join(parts) + Text("\n")


def _verdict(verdict: str, console: Console) -> Text:
    return Text(f"{_marked(VERDICT_TEXT_MARKS[verdict], console)} {verdict}", style=VERDICT_STYLES[verdict])


def _grid(claim: Claim, console: Console) -> list[RenderableType]:
    if not summary.readings(claim):
        return []
    said = f"Claimed: {summary.claimed_words(claim)}. " if summary.claimed_words(claim) else ""
    return [
        Text(f"\n{said}{summary.spread(claim)}\n"),
        _curve(claim, console),
        *_decides(claim, console),
        *_bulleted("Refused, and why", [_refusal(r) for r in summary.refusals(claim)], console),
        *_bulleted("Notes that travel with the numbers", summary.kinds_of_notes(claim), console),
    ]


def _meanings(claim: Claim, console: Console) -> list[RenderableType]:
    """Each thing the claim may mean, with its number and its verdict; nothing where it means one thing."""
    rows = meanings.rows(claim)
    if len(rows) < 2:
        return []
    table = Table(box=_box(console), pad_edge=False, show_edge=False)
    for heading in meanings.columns(claim):
        table.add_column(heading, overflow="fold")
    table.add_column("Number", justify="right", no_wrap=True)
    other = meanings.other_question(claim)
    table.add_column(other.get("own", "Verdict"), overflow="fold")
    if other:
        table.add_column(other["other"], overflow="fold")
    silent = sum(not row["verdict"] for row in rows)
    for row in (row for row in rows if row["verdict"]):
        verdict = _verdict(row["verdict"], console)
        same = Text(f"the same as {row['same_as']}", style="dim") if row["same_as"] else verdict
        beside = _verdict(row["other"], console) if row["other"] and not row["same_as"] else Text("")
        table.add_row(*row["chosen"], row["number"], same, *([beside] if other else []))
    note = (
        [Text(f"{words.many(silent, 'more meaning')} without a number; the reasons stand below.", style="dim")]
        if silent
        else []
    )
    return [Text("\nWhat it may mean", style="bold"), table, *note]


def _curve(claim: Claim, console: Console) -> Text:
    plain = console.options.ascii_only
    drawn = text_curve(claim, width=min(console.width, 120), plain=plain)
    text = Text(no_wrap=True, overflow="crop")
    for line in drawn:
        for run, outcome in line:
            text.append(run, style=OUTCOME_STYLES.get(outcome, "dim" if outcome == "dim" else ""))
        text.append("\n")
    return text


def _decides(claim: Claim, console: Console) -> list[RenderableType]:
    parts = claim.get("decides") or ()
    if not parts:
        return []
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(no_wrap=True)
    table.add_column(justify="right", no_wrap=True)
    table.add_column(no_wrap=True)
    full = "#" if console.options.ascii_only else "█"
    net = ", chance taken out" if parts[0].get("low") is not None else ""
    for part in parts:
        name = words.DIMENSIONS.get(str(part["choice"]), str(part["choice"]))
        table.add_row(name, words.percent(part["share"]), Text(full * round(part["share"] * 30), style="cyan"))
    return [
        Text(
            f"What moves the numbers: the share of their spread that each choice explains{net}",
            style="bold",
        ),
        Padding(table, (0, 0, 0, 2)),
    ]


def _refusal(refusal: Mapping[str, Any]) -> str:
    where = f" ({'; '.join(refusal['where'])})" if refusal["where"] else ""
    return f"{words.many(refusal['count'], 'reading')}: {refusal['why']}{where}"


def _source(source: Mapping[str, Any]) -> str:
    return ", ".join(str(source[key]).rstrip(".") for key in ("title", "note", "url") if source.get(key))


def _bulleted(heading: str, items: Sequence[str], console: Console) -> list[RenderableType]:
    if not items:
        return []
    table = Table(box=None, pad_edge=False, show_header=False)
    table.add_column(width=1)
    table.add_column(overflow="fold")
    for item in items:
        table.add_row("-" if console.options.ascii_only else "·", Text(item))
    return [Text(f"\n{heading}", style="bold"), Padding(table, (0, 0, 0, 2))]


def _marked(mark: str, console: Console) -> str:
    """The mark, or its plain neighbour where the terminal knows only ASCII."""
    return PLAIN_MARKS.get(mark, mark) if console.options.ascii_only else mark


def _box(console: Console) -> Box:
    return ASCII if console.options.ascii_only else SIMPLE_HEAD
