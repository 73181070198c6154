"""The notes a release carries, made from the data it holds: how it was made, what it does not know, and how to cite it."""

from __future__ import annotations

from typing import Any

import duckdb
import pyarrow.compute as pc
from jinja2 import Environment, PackageLoader, StrictUndefined

from civcas.public.policy import Imprint, Policy
from civcas.public.public import Public
from civcas.release.telling_changes import one_line
from civcas.terms.doubt import sentences
from civcas.terms.range_sum import RangeSum, sums_sql
from civcas.terms.version import VERSION
from civcas.terms.vocabulary import Grades, Grading

HEADLINE = Grades.FAIR_CONFIRMED
NOTES = ("METHOD.md", "UNDERCOUNT.md", "CITE.md")


def notes(public: Public, rule: Policy, imprint: Imprint) -> dict[str, str]:
    """Each note as Markdown, by the name of its file."""
    told = {
        "about": public.about,
        "found": counts(public),
        "headline": " and ".join(str(g) for g in Grading if g in HEADLINE.gradings),
        "monthly": pc.sum(public.tables["harm_by_period"]["without_a_number"]).as_py(),
        "sources": public.tables["source"].to_pylist(),
        "doubts": sentences(public.tables["doubt"].to_pylist()),
        "rule": rule,
        "imprint": imprint,
        "share": lambda part, whole: f"{part:,} ({100 * part / whole:.1f}%)",
        "span": _span,
    }
    # Markdown, where nothing is escaped by itself: every imported text goes through `line` or `sentence`
    pages = Environment(
        loader=PackageLoader("civcas.release"), undefined=StrictUndefined, trim_blocks=False, keep_trailing_newline=True
    )
    pages.filters |= {"line": one_line, "sentence": _sentence, "count": lambda number: f"{number:,}"}
    return {name: pages.get_template(name).render(told) for name in NOTES}


def counts(public: Public) -> dict[str, Any]:
    """What the incidents add up to, and what is not known of them. Each incident counts once, however many it names."""
    graded = ", ".join(f"'{g}'" for g in HEADLINE.gradings)
    with duckdb.connect() as db:
        db.register("incident", public.tables["incident"])
        db.register("report", public.tables["report"])
        row = db.execute("""
            SELECT count(*) AS incidents,
                   count(*) FILTER (killed_min IS NULL AND killed_max IS NULL) AS numberless,
                   count(*) FILTER (date_start IS NULL) AS undated, count(*) FILTER (latitude IS NULL) AS unlocated,
                   count(*) FILTER (named = 0) AS unattributed, count(*) FILTER (named > 1) AS shared,
                   (SELECT count(DISTINCT dataset) FROM report) AS lists
            FROM incident""")
        told = dict(zip([d[0] for d in row.description or ()], row.fetchone() or (), strict=True))
        counted = db.execute(f"SELECT {sums_sql()} FROM incident WHERE coalesce(grading, 'ungraded') IN ({graded})")
        names = [d[0] for d in counted.description or ()]
        headline = RangeSum(**dict(zip(names, counted.fetchone() or (), strict=True)))
    low, high = headline.killed
    return told | {"headline_incidents": headline.incidents, "headline_min": low, "headline_max": high}


def _span(low: int | None, high: int | None) -> str:
    """The ends of a sum as readers see them: an open end is said, an unknown sum is no number."""
    if low is None or high is None:
        return "an unknown number of" if low is None else f"{low:,} or more"
    return f"{low:,}" if low == high else f"{low:,} – {high:,}"


def cite_as(public: Public, imprint: Imprint, *, version: str) -> str:
    """One line that names the release so that anybody can find and check it."""
    about = public.about
    who = f"{imprint.publisher}. " if imprint.publisher else ""
    ledger = f"Ledger entry {about.sequence}, {about.head[:16]}"
    return f"{who}{about.title}. Release {version}, {about.as_of}. {ledger}. civcas {VERSION}."


def _sentence(text: str) -> str:
    """Imported text on one line, with a full stop where it has none."""
    line = one_line(text)
    return line if line.endswith((".", "!", "?")) else f"{line}."
