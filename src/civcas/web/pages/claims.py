"""The checked claims of the case: each verdict with the curve of every reading behind it."""

from __future__ import annotations

from typing import Any

from civcas.telling import summary
from civcas.telling.page import claims_in_page
from civcas.web.page import Asked, Page
from civcas.web.query import Query
from civcas.web.site import Row, Site


def context(asked: Asked) -> dict[str, Any]:
    """Articles with their claims told by the report's own parts; no two claims share an anchor."""
    articles = []
    for at, report in enumerate(asked.site.claims, 1):
        told = claims_in_page(report, prefix="" if at == 1 else f"article-{at}-")
        articles.append(
            {
                "article": report.get("article") or {},
                "told": told,
                "tally": summary.verdicts(report.get("claims") or ()),
                "how": report.get("how") or (),
                "refused": report.get("refused") or "",
            }
        )
    return {"articles": articles}


def rows(site: Site, query: Query) -> list[Row]:
    """One row a claim: who wrote it, what it says, and the verdict with its reason."""
    return [
        {
            "article": (report.get("article") or {}).get("title"), "id": claim.get("id"), "says": claim.get("says"),
            "verdict": claim.get("verdict"), "because": claim.get("because"), "readings": len(claim.get("readings") or ()),
            "refused": claim.get("refused"),
        }
        for report in site.claims for claim in report.get("claims") or ()
    ]  # fmt: skip


ENTRY = Page(name="claims", address="claims", template="claims.html", context=context, menu=50, rows=rows)
