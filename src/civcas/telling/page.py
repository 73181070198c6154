"""Tells a checked article as one HTML page that needs nothing else: no script, no font, no request to any host."""

from __future__ import annotations

import base64
import hashlib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

from jinja2 import Environment, PackageLoader
from markupsafe import Markup

from civcas.drawing import frame, mark, share_bars
from civcas.drawing.svg import element
from civcas.telling import curve, meanings, summary, words
from civcas.terms.vocabulary import ReadingOutcome, Verdict


def page(report: Mapping[str, Any], *, language: str = "en") -> str:
    """The report of one checked article, from what `civcas check --json` prints.

    Every text of the report is escaped; addresses become links only where they begin with http or https. The
    page's policy allows its own style sheet, by hash, and nothing else.
    """
    style = stylesheet()
    claims = list(report.get("claims") or ())
    return _templates().get_template("page.html").render(
        language=language,
        report=report,
        article=report.get("article") or {},
        told=[_told(claim, anchor, report) for claim, anchor in zip(claims, summary.anchors(claims), strict=True)],
        tally=summary.verdicts(claims),
        rerun=report.get("rerun") or {},
        style=element("style", style),
        policy=policy(style),
    )  # fmt: skip


def stylesheet() -> str:
    """The one style sheet of the page: its own rules after those of the pictures; nothing in it needs escaping."""
    own = files("civcas.telling").joinpath("templates/page.css").read_text(encoding="utf-8")
    return f"{frame.stylesheet()}\n{own}"


def claims_in_page(report: Mapping[str, Any], *, prefix: str = "") -> list[dict[str, Any]]:
    """Each claim of a report as this page tells it, for a page that holds several: its anchor, its claim, and its HTML.

    That page carries `stylesheet()` too. `prefix` keeps the anchors of one report from those of another.
    """
    claims = list(report.get("claims") or ())
    template = _templates().get_template("claim.html")
    found = []
    for claim, name in zip(claims, summary.anchors(claims), strict=True):
        anchor = f"{prefix}{name}"
        html = template.render(one=_told(claim, anchor, report), rerun=report.get("rerun") or {}, part=True)
        found.append({"anchor": anchor, "claim": claim, "html": Markup(html)})
    return found


def policy(style: str) -> str:
    """The content security policy of a page with this style sheet and nothing else."""
    digest = base64.b64encode(hashlib.sha256(style.encode()).digest()).decode()
    return f"default-src 'none'; style-src 'sha256-{digest}'; img-src data:; base-uri 'none'; form-action 'none'"


def _told(claim: Mapping[str, Any], anchor: str, report: Mapping[str, Any]) -> dict[str, Any]:
    """What a template needs of one claim, laid out so that it computes nothing."""
    cited = curve.citation(claim, str(report.get("civcas", "")), report.get("article"))
    drawn = curve.has_curve(claim)
    return {
        "claim": claim,
        "anchor": anchor,
        "figure": curve.curve(claim, id=f"{anchor}-curve", citation=cited, table_at=f"{anchor}-readings").html() if drawn else None,
        "outcomes": summary.outcomes(claim),
        "made": summary.made(claim),
        "claimed": summary.claimed_words(claim),
        "spread": summary.spread(claim),
        "wanted": summary.wanted(claim),
        "meanings": meanings.groups(claim),
        "meaning_columns": meanings.columns(claim),
        "silent": meanings.silent(claim),
        "beside": meanings.beside(claim),
        "other": meanings.other_question(claim),
        "table": summary.table(claim) if summary.readings(claim) else None,
        "refusals": summary.refusals(claim),
        "intervals": summary.intervals(claim),
        "unit": words.unit(claim),
    }  # fmt: skip


@cache
def _templates() -> Environment:
    engine = Environment(loader=PackageLoader("civcas.telling"), autoescape=True, trim_blocks=True, lstrip_blocks=True)
    engine.filters |= {
        "amount": words.amount, "percent": words.percent, "many": words.many, "day": words.day,
        "address": _address, "dimension": words.dimension,
    }  # fmt: skip
    engine.globals |= {
        "verdict_icon": mark.verdict_icon, "verdict_key": mark.verdict_key, "outcome_icon": mark.outcome_icon,
        "share_bar": share_bars.share_bar, "outcome_bar": share_bars.outcome_bar, "interval": words.interval,
        "meaning": {str(w): w.meaning for w in (*Verdict, *ReadingOutcome)}, "Verdict": Verdict, "ReadingOutcome": ReadingOutcome,
    }  # fmt: skip
    return engine


def _address(url: object) -> str:
    """The address if a browser may follow it, else nothing."""
    text = str(url or "").strip()
    try:
        parts = urlsplit(text)
    except ValueError:  # a malformed address, as in http://[
        return ""
    return text if parts.scheme in ("http", "https") and parts.netloc else ""
