"""Tells one answer in the terminal: the sentence, the number with its interval, the reading, and what must be said with it."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from civcas.terms.estimate import Answer, Estimate, Refusal


def tell_answer(answer: Answer, console: Console | None = None) -> None:
    """Print an estimate or a refusal for a person."""
    shown = console or Console(highlight=False)
    lines = _refusal(answer) if isinstance(answer, Refusal) else _estimate(answer)
    for line in lines:
        shown.print(line)


def _estimate(estimate: Estimate) -> list[Text | Padding]:
    number = Text.assemble((_digits(estimate.value), "bold"), f" {estimate.unit}")
    if estimate.low is not None and estimate.high is not None:
        sure = f"{estimate.level:.0%} interval" if estimate.level else str(estimate.interval)
        number.append(
            f"  {_digits(estimate.low)} – {_digits(estimate.high)} ({sure}, {estimate.interval})", style="cyan"
        )
    lines: list[Text | Padding] = [Text(estimate.says, style="bold")] if estimate.says else []
    lines += [number, _under("n", f"{estimate.n:,} {estimate.counted}")]
    if estimate.reading:
        lines.append(_under("reading", str(estimate.reading)))
    return lines + [_under("note", note) for note in estimate.notes]


def _refusal(refusal: Refusal) -> list[Text | Padding]:
    lines: list[Text | Padding] = [Text.assemble(("Refused: ", "bold yellow"), refusal.reason)]
    if refusal.needs:
        lines.append(_under("needs", refusal.needs))
    if refusal.reading:
        lines.append(_under("reading", str(refusal.reading)))
    return lines


def _under(label: str, text: str) -> Padding:
    return Padding(Text.assemble((f"{label}: ", "dim"), text), (0, 0, 0, 2))


def _digits(value: float) -> str:
    return f"{value:,.0f}" if abs(value) >= 1000 or value == int(value) else f"{value:,.2f}"
