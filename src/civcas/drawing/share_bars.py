"""Draws shares of a whole as bars beside their words."""

from __future__ import annotations

from civcas.drawing.svg import Element, element


def share_bar(share: float, *, width: float = 180, height: float = 9) -> Element:
    """One bar for a share between 0 and 1; the number beside it carries the meaning, so it is hidden from readers."""
    filled = width * min(max(share, 0.0), 1.0)
    return element(
        "svg",
        element("rect", x=0, y=0, width=width, height=height, rx=2, class_="cv-bar-rest"),
        element("rect", x=0, y=0, width=filled, height=height, rx=2, class_="cv-bar"),
        viewBox=f"0 0 {width:g} {height:g}",
        width=width,
        height=height,
        class_="cv-share",
        aria_hidden="true",
        focusable="false",
    )


def outcome_bar(counts: dict[str, int], *, width: float = 120, height: float = 9) -> Element:
    """Readings by what they say as parts of one bar, in the order given; the words beside it say the same."""
    total, x, parts = sum(counts.values()) or 1, 0.0, []
    for outcome, count in counts.items():
        part = width * count / total
        if count:
            parts.append(
                element("rect", x=x, y=0, width=max(part - 1, 0.8), height=height, class_=f"cv-part cv-{outcome}")
            )
        x += part
    return element(
        "svg", *parts, viewBox=f"0 0 {width:g} {height:g}", width=width, height=height, class_="cv-share",
        aria_hidden="true", focusable="false",
    )  # fmt: skip
