"""The document of a checked article: the contract of `civcas check --json`, with its sources and how to run it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civcas.claims.checked import CheckedArticle
from civcas.facts.provenance import Provenance, provenance

HOW = (
    "Deaths are sums over whole calendar months of the recorder's lowest or highest number for each incident. An incident that names "
    "several belligerents counts once for each of them. Incidents without a number add nothing and are counted apart.",
    "Intervals are 95% intervals of a ratio of two quasi-Poisson rates; the over-dispersion is estimated from the months of the window, "
    "or, where these are fewer than six, from the twelve months on each side.",
    "A reading holds where the claimed value lies in the interval or the value within the stated tolerance. The verdict follows by rule.",
    "Every ratio takes harm by both sides to be recorded equally well.",
)


def document(checked: CheckedArticle, *, command: str, shipped: bool) -> dict[str, Any]:
    """Everything a reader needs to judge the check and to repeat it; the same for JSON, page and terminal."""
    told = checked.to_dict()
    used = provenance() if shipped else ()
    for claim in told["claims"]:
        claim["sources"] = _sources(used) if claim["measure"] else []
    return told | {"how": list(HOW), "rerun": _rerun(checked, used, command)}


def _sources(used: Sequence[Provenance]) -> list[dict[str, str]]:
    return [
        {"title": f"{each.title} ({each.source})", "url": each.url, "note": each.licence} for each in used if each.url
    ]


def _rerun(checked: CheckedArticle, used: Sequence[Provenance], command: str) -> Mapping[str, Any]:
    return {
        "command": command,
        "version": checked.version,
        "facts": [{"file": each.file, "sha256": each.sha256} for each in used],
    }
