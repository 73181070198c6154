"""The notes a release carries, made from the data it holds: how it was made, what it does not know, and how to cite it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb

from civcas.public.policy import Imprint, Policy
from civcas.public.public import Public
from civcas.release.telling_changes import one_line
from civcas.terms.version import VERSION
from civcas.terms.vocabulary import Grades, Grading

HEADLINE = Grades.FAIR_CONFIRMED


def counts(public: Public) -> dict[str, Any]:
    """What the incidents add up to, and what is not known of them. Each incident counts once, however many it names."""
    graded = ", ".join(f"'{g}'" for g in HEADLINE.gradings)
    with duckdb.connect() as db:
        db.register("incident", public.tables["incident"])
        db.register("report", public.tables["report"])
        row = db.execute(f"""
            SELECT count(*) AS incidents, count(*) FILTER (h) AS headline_incidents,
                   CAST(coalesce(sum(killed_min) FILTER (h), 0) AS BIGINT) AS headline_min,
                   CAST(coalesce(sum(killed_max) FILTER (h), 0) AS BIGINT) AS headline_max,
                   CAST(coalesce(sum(killed_min), 0) AS BIGINT) AS killed_min, CAST(coalesce(sum(killed_max), 0) AS BIGINT) AS killed_max,
                   count(*) FILTER (killed_min IS NULL AND killed_max IS NULL) AS numberless,
                   count(*) FILTER (date_start IS NULL) AS undated, count(*) FILTER (latitude IS NULL) AS unlocated,
                   count(*) FILTER (named = 0) AS unattributed, count(*) FILTER (named > 1) AS shared,
                   (SELECT count(DISTINCT dataset) FROM report) AS lists, (SELECT count(*) FROM report) AS reports
            FROM (SELECT *, coalesce(grading, 'ungraded') IN ({graded}) AS h FROM incident)""")
        names = [d[0] for d in row.description or ()]
        return dict(zip(names, row.fetchone() or (), strict=True))


def method(public: Public, rule: Policy) -> str:
    """METHOD.md: what the numbers are, by which rule, from which datasets, and what is not shown."""
    found, about = counts(public), public.about
    headline = " and ".join(str(g) for g in Grading if g in HEADLINE.gradings)
    lines = [f"# How the numbers of this release were made: {one_line(about.title)}", "", _of(public), ""]
    if found["incidents"]:
        lines += [
            f"The headline counts incidents graded {headline}: {found['headline_incidents']:,} of {found['incidents']:,} incidents, "
            f"{_range(found['headline_min'], found['headline_max'])} civilians reported killed. Each incident counts once in it, "
            "however many belligerents it names. Other gradings are shown apart and are not in it.",
            "",
            "The two numbers are the sum of the lowest and the sum of the highest number of each incident. They are no confidence interval. "
            "An incident without a number adds nothing to either, and is counted apart; unknown is never taken as zero.",
            "",
        ]
    lines += ["## Where the data come from", ""]
    for each in public.tables["source"].to_pylist():
        vintage = f", edition {one_line(each['vintage'])}" if each["vintage"] else ""
        held = "" if rule.publishes(each["dataset"]) else " Its rows are held back; only its sums are shown."
        lines.append(
            f"- {one_line(each['dataset'])}: {one_line(each['citation'] or 'no citation given')}{vintage}. {each['read']:,} of {each['given']:,} "
            f"rows could be read. Terms: {one_line(each['licence'] or 'none known')}.{held}"
        )
    lines += ["", "## What is not shown", "", f"For the safety of people {about.mask}; the exact point never leaves the case. Of each place the "
              "radius says how far from the shown point it may be. Texts of reports, what is said of single persons, and notes of the people who "
              "work on the case are not in this release."]  # fmt: skip
    if not rule.source_addresses:
        lines += ["Addresses of sources are held back."]
    return "\n".join([*lines, ""])


def undercount(public: Public) -> str:
    """UNDERCOUNT.md: what these records cannot say."""
    found = counts(public)
    lines = [f"# What this release does not know: {one_line(public.about.title)}", "", _of(public), "",
             "These are recorded deaths. How many were never recorded is not in these numbers, and it differs by place, month and belligerent: "
             "a month with few records may be a month with few recorders.", ""]  # fmt: skip
    if found["incidents"]:
        lines += [
            f"Of {found['incidents']:,} incidents:",
            "",
            *(f"- {_share(found[name], found['incidents'])} {words}" for name, words in (
                ("numberless", "have no number of people killed; they add nothing to any sum"),
                ("undated", "have no date; they are in totals, and in no month"),
                ("unlocated", "have no point on the map"),
                ("unattributed", "name nobody"),
                ("shared", "name several belligerents, and what share is whose is not known"),
            )),
            "",
        ]  # fmt: skip
    lines += [_lists(found), ""]
    return "\n".join(lines)


def cite_as(public: Public, imprint: Imprint, *, version: str) -> str:
    """One line that names the release so that anybody can find and check it."""
    about = public.about
    who = f"{imprint.publisher}. " if imprint.publisher else ""
    return f"{who}{about.title}. Release {version}, {about.as_of}. Ledger entry {about.sequence}, {about.head[:16]}. civcas {VERSION}."


def citing(public: Public, imprint: Imprint) -> str:
    """CITE.md."""
    terms = imprint.licence or "none given: ask before you publish rows again"
    lines = ["# Cite as", "", one_line(public.about.cite_as), "", f"Terms: {one_line(terms)}.", ""]
    if imprint.contact:
        lines += [f"To correct something: {one_line(imprint.contact)}", ""]
    return "\n".join([*lines, "The datasets it rests on ask to be cited too; METHOD.md names them.", ""])


def _of(public: Public) -> str:
    return f"Release {public.about.version}, of what the case held on {public.about.as_of} (entry {public.about.sequence})."


def _lists(found: Mapping[str, Any]) -> str:
    if found["lists"] >= 3:
        return (
            f"The release holds {found['lists']} datasets of reports. Where at least three of them overlap, `civcas undercount` can estimate how "
            "many are on none, or says why it cannot."
        )
    held = {0: "no dataset", 1: "one dataset", 2: "two datasets"}[found["lists"]]
    return f"The release holds {held} of reports. How many are on none cannot be estimated from fewer than three that overlap."


def _share(part: int, whole: int) -> str:
    return f"{part:,} ({100 * part / whole:.1f}%)"


def _range(low: int, high: int) -> str:
    return f"{low:,}" if low == high else f"{low:,} – {high:,}"
