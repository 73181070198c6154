"""What was received, what was decided and what follows from both are three things, each shown as itself."""

from __future__ import annotations

import csv
import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from civcas.case.case import Case
from civcas.public.showing import showing
from civcas.release.building import build
from civcas.terms import decision
from civcas.terms.vocabulary import Grading
from civcas.web.replying import reply
from civcas.web.site import Site
from made_up_case import made_up_case

CORRECTED, PLAIN, GRADED = "made-up:1", "made-up:2", "made-up:4"


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = made_up_case(tmp_path / "case", incidents=20, accounts=0)
    made.decide(
        decision.count(CORRECTED, "civ_killed", 4001, 7002, because="a list names them"),
        decision.grade(GRADED, Grading.CONFIRMED, because="the belligerent admitted it"),
        author="Inventa Author",
    )
    return made


def row(table: Any, key: str, value: str) -> dict[str, Any]:
    return next(r for r in table.to_pylist() if r[key] == value)


def test_each_of_the_three_stands_in_its_own_table(case: Case) -> None:
    imported = case.tables()["report"].to_pyarrow()
    public = showing(case)
    report, harm, decided = (public.tables[name] for name in ("report", "harm", "decided"))
    for name in (CORRECTED, PLAIN, GRADED):
        for column in ("civ_killed_min", "civ_killed_max", "grading", "place", "province"):
            assert row(report, "report_id", name)[column] == row(imported, "report_id", name)[column], "as received"
    counted = row(decided, "subject", CORRECTED)
    received = row(imported, "report_id", CORRECTED)
    assert (counted["received_min"], counted["received_max"]) == (
        received["civ_killed_min"],
        received["civ_killed_max"],
    )
    assert (counted["decided_min"], counted["decided_max"], counted["because"]) == (4001, 7002, "a list names them")
    graded = row(decided, "subject", GRADED)
    assert (graded["received"], graded["decided"]) == (row(imported, "report_id", GRADED)["grading"], "Confirmed")
    rules = {(h["incident_id"], h["group"], h["outcome"]): (h["min"], h["max"], h["rule"]) for h in harm.to_pylist()}
    own = rules.pop((CORRECTED, "civilians", "killed"))
    assert own == (4001, 7002, "as decided in this case")
    others = {rule for _, _, rule in rules.values()}
    assert "as decided in this case" not in others and "as published" in others
    assert row(public.tables["incident"], "incident_id", CORRECTED)["killed_min"] == 4001


def test_what_is_taken_back_is_no_longer_decided_and_what_is_decided_again_stands_once(case: Case) -> None:
    standing = case.standing(CORRECTED, "civ_killed")
    assert standing is not None
    again = replace(
        decision.count(CORRECTED, "civ_killed", 11, 12, because="a second list"), supersedes=standing.sequence
    )
    case.decide(again, author="Inventa Author")
    found = [r for r in showing(case).tables["decided"].to_pylist() if r["subject"] == CORRECTED]
    assert [(r["decided_min"], r["because"]) for r in found] == [(11, "a second list")]
    standing = case.standing(CORRECTED, "civ_killed")
    assert standing is not None
    back = replace(again, value={"as_published": True}, because="the list was another's", supersedes=standing.sequence)
    case.decide(back, author="Inventa Author")
    public = showing(case)
    assert not [r for r in public.tables["decided"].to_pylist() if r["subject"] == CORRECTED]
    assert "as decided in this case" not in public.tables["harm"]["rule"].to_pylist()


def test_page_json_and_release_say_the_three_alike(case: Case, tmp_path: Path) -> None:
    public = showing(case)
    site = Site.make(public, tmp_path / "site.db")
    received = row(case.tables()["report"].to_pyarrow(), "report_id", CORRECTED)
    address = row(public.tables["incident"], "incident_id", CORRECTED)["address"]
    told = json.loads(reply(site, f"/incidents/{address}.json", "").body)
    assert told["reports"][0]["civ_killed_max"] == received["civ_killed_max"]
    assert (
        told["decided"][0]["decided_max"] == 7002 and told["decided"][0]["received_max"] == received["civ_killed_max"]
    )
    assert {h["rule"] for h in told["harm"] if h["group"] == "civilians" and h["outcome"] == "killed"} == {
        "as decided in this case"
    }
    for language in ("", "/ar"):
        page = reply(site, f"{language}/incidents/{address}", "").body.decode()
        reports = page[page.index('<ol class="reports">') : page.index("</ol>", page.index('<ol class="reports">'))]
        shown, decided = reports.split('<p class="decided">')
        assert "4,001" not in shown and "4,001" in decided and "a list names them" in decided
        assert "as decided in this case" in page and "4,001" in page[: page.index('<ol class="reports">')]
    build(case, tmp_path / "out", pages=lambda public, folder, tell: None)
    with next((tmp_path / "out" / "data").rglob("report.csv")).open(encoding="utf-8") as file:
        listed = {r["report_id"]: r for r in csv.DictReader(file)}
    assert listed[CORRECTED]["civ_killed_max"] == str(received["civ_killed_max"])
    assert (
        row(pq.read_table(tmp_path / "out" / "data" / "decided.parquet"), "subject", CORRECTED)["decided_max"] == 7002
    )


def test_nothing_decided_about_a_dataset_that_is_held_back_is_shown(tmp_path: Path) -> None:
    terms = (
        '\n[redaction]\nplaces = "none"\n\n[redaction.datasets.made-up]\npublish = false\nbecause = "its owner asked"\n'
    )
    made = made_up_case(tmp_path / "case", incidents=5, accounts=5, terms=terms)
    made.decide(decision.count("made-up:1", "civ_killed", 1, 2, because="it is so"), author="Inventa Author")
    assert showing(made).tables["decided"].num_rows == 0
