"""Draws a checked claim as a specification curve, for the page and for a notebook."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civcas.drawing.frame import Figure, TableTwin
from civcas.drawing.specification_curve import Level, Point, specification_curve
from civcas.drawing.svg import element
from civcas.telling import summary, words
from civcas.telling.summary import Claim

CAPTION = (
    "Each column is one defensible reading of the data, sorted from lowest to highest; its vertical line is the "
    "interval. The rows below show the choices behind it: a tall stroke supports the claim, a short one does not, "
    "and the thinnest mark is a refusal."
)
RATIO = "ratio"


def curve(claim: Claim, *, id: str = "curve", citation: str = "", table_at: str = "") -> Figure:
    """The picture of one checked claim.

    `claim` is one entry of `claims` in what `civcas check --json` prints. With `table_at` the figure points to a
    table on its page; without, it carries its own table. A claim with no readings gives an empty axis: ask
    `has_curve` first.
    """
    return specification_curve(
        points(claim),
        id=id,
        title=f"{claim.get('id', 'claim')}: every reading of “{claim.get('says', '')}”",
        description=summary.in_a_sentence(claim),
        axis=words.unit(claim)[:1].upper() + words.unit(claim)[1:],
        claimed=claimed(claim),
        neutral=neutral(claim),
        caption=CAPTION,
        reading=_the_same_in_all(claim),
        citation=citation,
        table=None if table_at else table_twin(claim),
        table_at=table_at,
    )


def has_curve(claim: Claim) -> bool:
    """Whether there is a number to draw."""
    return any(r.get("value") is not None for r in summary.readings(claim))


def curve_html(claim: Claim) -> str:
    """The picture as HTML with its own style and table, for `_repr_html_`; without numbers, the verdict and its reason."""
    why = claim.get("answer") or claim.get("because") or ""
    verdict = element("p", element("strong", str(claim["verdict"])), f". {why}", dir="auto")
    says = element("p", f"{claim.get('id', '')} — {claim.get('says', '')}", dir="auto")
    if not has_curve(claim):
        return str(element("div", says, verdict))
    figure = curve(claim, id=f"curve-{summary.anchors([claim])[0]}", citation=citation(claim))
    return str(element("div", says, verdict, figure.alone()))


def citation(claim: Claim, version: str = "", article: Mapping[str, Any] | None = None) -> str:
    """Where a copied picture came from: civcas with its version, the claim, and the sources' titles."""
    titles = list(dict.fromkeys(str(s.get("title")) for s in claim.get("sources") or () if s.get("title")))
    of = [str((article or {})[k]) for k in ("title", "date") if (article or {}).get(k)]
    parts = [
        f"civcas {version}".strip(),
        f"claim {claim.get('id', '')}",
        ", ".join(of),
        "Data: " + "; ".join(titles[:2]) if titles else "",
    ]
    return " · ".join(part for part in parts if part)


def table_twin(claim: Claim) -> TableTwin:
    """Every reading as a row: its choices, its number and interval, what it says of the claim."""
    rows = [(words.choices(r), r) for r in summary.readings(claim)]
    columns = list(dict.fromkeys(d for chosen, _ in rows for d in chosen))
    told = tuple(
        (*(chosen.get(c, "—") for c in columns), words.amount(r.get("value")),
         words.interval(r.get("low"), r.get("high")), str(r["status"]), str(r.get("why") or ""))
        for chosen, r in rows
    )  # fmt: skip
    return TableTwin(
        caption=f"All {len(rows)} readings of {claim.get('id', 'the claim')}",
        columns=(*columns, "Value", "Interval", "The claim", "Why"),
        rows=told,
        numeric=frozenset({len(columns), len(columns) + 1}),
    )


def points(claim: Claim) -> list[Point]:
    """The readings as the picture needs them, in the order given."""
    return [_point(reading) for reading in summary.readings(claim)]


def neutral(claim: Claim) -> Level | None:
    """The line of no difference, where the measure has one."""
    return Level(value=1.0, says="1: no difference") if RATIO in str(claim.get("measure")) else None


def claimed(claim: Claim) -> Level | None:
    """The line and the tolerance of what is claimed, where that is a number."""
    value, band = summary.claimed(claim)
    if value is None and band is None:
        return None
    said = f"{value:g}" if value is not None else summary.claimed_words(claim)
    return Level(value=value, says=f"claimed: {said}", band=band)


def _point(reading: Mapping[str, Any]) -> Point:
    chosen = words.choices(reading)
    number = words.amount(reading.get("value"))
    span = words.interval(reading.get("low"), reading.get("high"))
    head = f"{reading['status']}: {number}" + (f" ({span})" if span != "—" else "")
    spans = [words.window(str(reading["spans"]))] if reading.get("spans") not in (None, reading.get("window")) else []
    why = [str(reading["why"])] if reading.get("why") else []
    return Point(
        value=reading.get("value"),
        low=reading.get("low"),
        high=reading.get("high"),
        outcome=str(reading["status"]),
        choices=chosen,
        says="\n".join([head, ", ".join(chosen.values()), *spans, *why]),
    )


def _the_same_in_all(claim: Claim) -> str:
    rows = [words.choices(r) for r in summary.readings(claim)]
    same = {d: c for d, c in (rows[0] if rows else {}).items() if all(row.get(d) == c for row in rows)}
    return "The same in every reading: " + "; ".join(f"{d.lower()} {c}" for d, c in same.items()) + "." if same else ""
