"""The picture of an undercount: what is documented, and each method's estimate with its interval, on one scale.

Text and lines take the colour of the page (`currentColor`), so that it reads on light and dark pages alike.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape
from math import ceil, floor, log10

from civcas.terms.estimate import Answer, Estimate

WIDTH, LEFT, RIGHT, ROW, TOP = 760, 230, 40, 34, 76
ESTIMATED = "#2f7ebc"  # reads on white and on black alike: contrast above 3 against both


def draw(answers: Sequence[Answer], *, documented: int, title: str) -> str:
    """An SVG with title and description; a refusal stands in its row as words."""
    found = [each for each in answers if isinstance(each, Estimate)]
    most = max([documented, *(each.high or each.value for each in found)]) * 1.04
    step = _step(most)
    height = TOP + ROW * len(answers) + 62

    def x(people: float) -> float:
        return LEFT + (WIDTH - LEFT - RIGHT) * people / most

    ticks = [step * i for i in range(floor(most / step) + 1)]
    bottom = TOP + ROW * len(answers)
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        'aria-labelledby="undercount-title undercount-desc" '
        'font-family="system-ui, sans-serif" font-size="13" fill="currentColor">',
        f'<title id="undercount-title">{escape(title)}</title>',
        f'<desc id="undercount-desc">{escape(_description(answers, documented))}</desc>',
        f'<text x="12" y="24" font-size="16" font-weight="600">{escape(title)}</text>',
        f'<rect x="{x(0):.1f}" y="{TOP - 14}" width="{x(documented) - x(0):.1f}" height="{bottom - TOP + 14}" '
        'fill="currentColor" opacity="0.12"/>',
        f'<text x="{LEFT}" y="{TOP - 22}">documented: {documented:,}</text>',
    ]
    for tick in ticks:
        parts.append(
            f'<line x1="{x(tick):.1f}" x2="{x(tick):.1f}" y1="{TOP - 14}" y2="{bottom}" stroke="currentColor" opacity="0.2"/>'
            f'<text x="{x(tick):.1f}" y="{bottom + 18}" text-anchor="middle">{tick:,.0f}</text>'
        )
    for row, each in enumerate(answers):
        parts.append(_row(each, TOP + ROW * row + ROW / 2, x))
    foot = "dot: estimated total · line: its interval · shaded: documented · people"
    parts.append(f'<text x="{LEFT}" y="{bottom + 44}">{foot}</text></svg>')
    return "\n".join(parts) + "\n"


def _row(each: Answer, y: float, x) -> str:  # type: ignore[no-untyped-def]
    name = f'<text x="12" y="{y + 4:.1f}">{escape(str(each.diagnostics.get("title", each.measure)))}</text>'
    if not isinstance(each, Estimate):
        short = each.reason.split(":")[0]
        return (
            name + f'<text x="{LEFT + 8}" y="{y + 4:.1f}" font-style="italic">no number: {escape(_cut(short))}</text>'
        )
    low, high = each.low if each.low is not None else each.value, each.high if each.high is not None else each.value
    return (
        name
        + f'<line x1="{x(low):.1f}" x2="{x(high):.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{ESTIMATED}" stroke-width="5" '
        f'stroke-linecap="round"/><circle cx="{x(each.value):.1f}" cy="{y:.1f}" r="6.5" fill="{ESTIMATED}" '
        f'stroke="currentColor"/><text x="{x(each.value):.1f}" y="{y - 10:.1f}" text-anchor="middle" font-size="12">'
        f"{each.value:,.0f}</text>"
    )


def _description(answers: Sequence[Answer], documented: int) -> str:
    rows = [
        f"{each.diagnostics.get('title')}: {each.value:,.0f}, from {each.low:,.0f} to {each.high:,.0f}"
        if isinstance(each, Estimate)
        else f"{each.diagnostics.get('title')}: no number, {each.reason}"
        for each in answers
    ]
    return f"{documented:,} people are documented. Estimated totals: " + "; ".join(rows) + "."


def _cut(text: str, most: int = 64) -> str:
    return text if len(text) <= most else text[: most - 1] + "…"


def _step(most: float) -> float:
    """A round distance between ticks that gives five or so."""
    rough = most / 5
    scale = 10.0 ** floor(log10(rough))
    return float(scale * min((1, 2, 5, 10), key=lambda m: abs(ceil(rough / scale) - m)))
