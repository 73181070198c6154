"""The document of a checked article: the contract of `civcas check --json`, with its sources and how to run it again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from civcas.catalog import Measure, find
from civcas.claims.checked import CheckedArticle
from civcas.facts.provenance import Provenance, provenance

HOW = (
    "A reading supports a claim where its whole interval lies inside what is claimed, and contradicts it where the whole interval lies "
    "outside. The verdict follows by rule, for each thing the claim may mean.",
)


def document(checked: CheckedArticle, *, command: str, shipped: bool) -> dict[str, Any]:
    """Everything a reader needs to judge the check and to repeat it; the same for JSON, page and terminal."""
    told = checked.to_dict()
    used = provenance() if shipped else ()
    measures: dict[str, Measure] = {
        claim["measure"]: find("measures", claim["measure"]) for claim in told["claims"] if claim["measure"]
    }
    for claim in told["claims"]:
        claim["sources"] = _sources(used, measures[claim["measure"]]) if claim["measure"] else []
    how = dict.fromkeys(sentence for measure in measures.values() for sentence in measure.how)
    return told | {"how": [*how, *HOW], "rerun": _rerun(checked, used, command)}


def _sources(used: Sequence[Provenance], measure: Measure) -> list[dict[str, str]]:
    """The shipped tables that the measure reads."""
    read = [each for each in used if each.holds in (*measure.needs, *measure.may_use)]
    return [{"title": f"{each.title} ({each.source})", "url": each.url, "note": each.licence} for each in read]


def _rerun(checked: CheckedArticle, used: Sequence[Provenance], command: str) -> Mapping[str, Any]:
    return {
        "command": command,
        "version": checked.version,
        "facts": [{"file": each.file, "sha256": each.sha256} for each in used],
    }
