"""Shapes that carry a reading's outcome or a verdict without colour: each word has its own outline."""

from __future__ import annotations

from civcas.drawing.svg import Element, element, number
from civcas.terms.vocabulary import ReadingOutcome, Verdict

# The order in which outcomes are listed, from agreeing with the claim to saying nothing.
OUTCOMES = (ReadingOutcome.SUPPORTS, ReadingOutcome.OPEN, ReadingOutcome.CONTRADICTS, ReadingOutcome.REFUSED)
TEXT_MARKS = {"supports": "●", "open": "○", "contradicts": "◆", "refused": "×"}
VERDICT_TEXT_MARKS: dict[str, str] = {
    Verdict.SUPPORTED: "●",
    Verdict.CONTRADICTED: "◆",
    Verdict.SIZE_OPEN: "▲",
    Verdict.MIXED: "◈",
    Verdict.DEPENDS: "◐",
    Verdict.CANNOT_BE_TOLD: "○",
    Verdict.NOT_FACTUAL: "—",
}
_VERDICT_KEYS: dict[str, str] = {
    Verdict.SUPPORTED: "supported",
    Verdict.CONTRADICTED: "contradicted",
    Verdict.SIZE_OPEN: "direction",
    Verdict.MIXED: "mixed",
    Verdict.DEPENDS: "depends",
    Verdict.CANNOT_BE_TOLD: "untold",
    Verdict.NOT_FACTUAL: "opinion",
}


def outcome_path(outcome: str, x: float, y: float, r: float) -> str:
    """Path data of the outcome's shape around a point: circle, square, diamond, cross."""
    match outcome:
        case "supports":
            return circle_path(x, y, r)
        case "open":
            half = r * 0.85
            return _closed((x - half, y - half), (x + half, y - half), (x + half, y + half), (x - half, y + half))
        case "contradicts":
            return _closed((x, y - r * 1.25), (x + r * 1.25, y), (x, y + r * 1.25), (x - r * 1.25, y))
        case _:
            return _strokes((x - r, y - r, x + r, y + r), (x - r, y + r, x + r, y - r))


def circle_path(x: float, y: float, r: float) -> str:
    n = number
    return f"M{n(x - r)} {n(y)}a{n(r)} {n(r)} 0 1 0 {n(2 * r)} 0a{n(r)} {n(r)} 0 1 0 {n(-2 * r)} 0Z"


def outcome_icon(outcome: str) -> Element:
    """The outcome's shape as a small picture beside its word, which carries the meaning."""
    shape = element("path", d=outcome_path(outcome, 7, 7, 4.2), class_=f"cv-mark cv-{outcome}")
    return _icon(14, shape)


def verdict_icon(verdict: str) -> Element:
    """The verdict's shape as a small picture beside its word, which carries the meaning."""
    return _icon(16, *_verdict_shapes(verdict))


def verdict_key(verdict: str) -> str:
    """The class name of a verdict."""
    return _VERDICT_KEYS[verdict]


def _verdict_shapes(verdict: str) -> tuple[Element, ...]:
    match verdict_key(verdict):
        case "supported":
            return _line(circle_path(8, 8, 6.2), fill=True), _line("M5 8.2 7.2 10.4 11 6", class_="cv-icon-cut")
        case "contradicted":
            return _line(_closed((8, 1), (15, 8), (8, 15), (1, 8)), fill=True), _line(
                "M5.4 8H10.6", class_="cv-icon-cut"
            )
        case "depends":
            return _line(circle_path(8, 8, 6.2)), _line("M8 1.8a6.2 6.2 0 0 1 0 12.4Z", fill=True)
        case "direction":
            return _line(circle_path(8, 8, 6.2)), _line("M8 11.6V4.8M5.2 7.4 8 4.6 10.8 7.4")
        case "mixed":
            return _line(circle_path(8, 8, 6.2)), _line("M1.8 8a6.2 6.2 0 0 0 12.4 0Z", fill=True)
        case "opinion":
            return _line("M2.5 3.5h11v7.5h-6l-3 2.7v-2.7h-2Z"), _line("M5.3 6.3h5.4M5.3 8.4h3.4")
        case _:
            return element("path", d=circle_path(8, 8, 6.2), class_="cv-icon-dashed"), _line("M5.6 8H10.4")


def _line(d: str, *, fill: bool = False, class_: str = "") -> Element:
    return element("path", d=d, class_=class_ or ("cv-icon-fill" if fill else "cv-icon-line"))


def _icon(size: int, *shapes: Element) -> Element:
    return element(
        "svg", *shapes, class_="cv-icon", viewBox=f"0 0 {size} {size}", width=size, height=size,
        aria_hidden="true", focusable="false",
    )  # fmt: skip


def _closed(*points: tuple[float, float]) -> str:
    return "M" + "L".join(f"{number(x)} {number(y)}" for x, y in points) + "Z"


def _strokes(*lines: tuple[float, float, float, float]) -> str:
    return "".join(f"M{number(a)} {number(b)}L{number(c)} {number(d)}" for a, b, c, d in lines)
