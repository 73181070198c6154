"""Pictures: effects with their bands as SVG, which needs no script and says in words what it shows."""

from __future__ import annotations

import hashlib
import math
from collections.abc import Callable, Sequence
from xml.sax.saxutils import escape

from civcas.measures.consequences.finding import Effect

INK, QUIET, BAND = "#1f2933", "#6b7785", "#9db4c8"
WIDTH, ROW, LEFT, RIGHT, TOP, BOTTOM = 760, 20, 150, 130, 64, 46


def by_window(
    effects: Sequence[Effect], *, title: str, unit: str, direction: str, bars: str = "bars hold for all rows at once"
) -> str:
    """One row an effect: its value as a dot, its band as a bar, and the same in numbers at the right."""
    shown = [e for e in effects if math.isfinite(e.value)]
    low = min([0.0, *(e.low for e in shown)])
    high = max([0.0, *(e.high for e in shown)])
    step = _step(high - low)
    low, high = math.floor(low / step) * step, math.ceil(high / step) * step
    high = high if high > low else low + step
    name = f"effects-{hashlib.sha256((title + unit).encode()).hexdigest()[:8]}"  # apart from others on the same page
    height = TOP + ROW * len(effects) + BOTTOM

    def across(value: float) -> float:
        return LEFT + (value - low) / (high - low) * (WIDTH - LEFT - RIGHT)

    marks = [low + k * step for k in range(round((high - low) / step) + 1)]
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" role="img" '
        f'aria-labelledby="{name}-title {name}-words" font-family="sans-serif" font-size="12" fill="{INK}">',
        f'<title id="{name}-title">{escape(title)}</title>',
        f'<desc id="{name}-words">{escape(_told(shown, unit, direction))}</desc>',
        f'<rect width="{WIDTH}" height="{height}" fill="#fff"/>',
        f'<text x="16" y="24" font-size="15" font-weight="600">{escape(title)}</text>',
        f'<text x="16" y="44" fill="{QUIET}">{escape(f"{unit}; {bars}. Answer: {direction}.")}</text>',
        *(_mark(across(m), m, height) for m in marks),
        *(_row(e, across, TOP + ROW * k + ROW / 2) for k, e in enumerate(effects)),
        "</svg>",
    ]
    return "\n".join(parts)


def _told(effects: Sequence[Effect], unit: str, direction: str) -> str:
    rows = "; ".join(f"{e.label}: {e.value:+.3g} ({e.low:+.3g} to {e.high:+.3g})" for e in effects)
    return f"Effects in {unit}, each with its band. {rows}. Answer: {direction}."


def _mark(x: float, value: float, height: float) -> str:
    zero = abs(value) < 1e-12
    return (
        f'<line x1="{x:.1f}" x2="{x:.1f}" y1="{TOP - 6}" y2="{height - BOTTOM + 4}" stroke="{INK if zero else "#e3e8ee"}"/>'
        f'<text x="{x:.1f}" y="{height - BOTTOM + 20}" text-anchor="middle" fill="{QUIET}">{0.0 if zero else value:g}</text>'
    )


def _row(effect: Effect, across: Callable[[float], float], y: float) -> str:
    name = f'<text x="{LEFT - 12}" y="{y + 4:.1f}" text-anchor="end">{escape(effect.label)}</text>'
    if not math.isfinite(effect.value):
        return name + f'<text x="{WIDTH - RIGHT + 12}" y="{y + 4:.1f}" fill="{QUIET}">does not vary</text>'
    left, middle, right = (across(v) for v in (effect.low, effect.value, effect.high))
    sure = effect.low > 0 or effect.high < 0
    return (
        name + f'<line x1="{left:.1f}" x2="{right:.1f}" y1="{y:.1f}" y2="{y:.1f}" stroke="{BAND}" stroke-width="6"/>'
        f'<circle cx="{middle:.1f}" cy="{y:.1f}" r="4" fill="{INK if sure else "#fff"}" stroke="{INK}" stroke-width="1.5"/>'
        f'<text x="{WIDTH - RIGHT + 12}" y="{y + 4:.1f}" font-size="11">{effect.value:+.2g} '
        f'<tspan fill="{QUIET}">({effect.low:+.2g}, {effect.high:+.2g})</tspan></text>'
    )


def _step(span: float) -> float:
    """A round distance between marks, so that four to eight of them fill the span."""
    if span <= 0:
        return 1.0
    rough = 10 ** math.floor(math.log10(span / 4))
    return float(next(rough * k for k in (1, 2, 5, 10) if span / (rough * k) <= 6))
