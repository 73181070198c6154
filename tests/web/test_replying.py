"""Addresses and their answers: forms, cursors, filters, what is gone, what is wrong."""

from __future__ import annotations

import csv
import dataclasses
import io
import json
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from civcas.public.tables import SHOWN
from civcas.web.rendering import pages
from civcas.web.replying import NotOurs, own_path, reply
from civcas.web.site import Site, TooLong
from made_up_public import made_up_public


def told(site: Site, address: str, status: int = 200) -> Any:
    path, _, question = address.partition("?")
    answer = reply(site, path, question)
    assert answer.status == status, answer.body[:500]
    return json.loads(answer.body)


def rows_of(site: Site, address: str) -> list[dict[str, str]]:
    path, _, question = address.partition("?")
    return list(csv.DictReader(io.StringIO("".join(reply(site, path, question).pieces or ()))))


@pytest.mark.parametrize("language", ["", "/ar"])
def test_every_page_answers_in_every_language_and_says_how_it_is_read(site: Site, language: str) -> None:
    for page in pages().values():
        text = reply(site, f"{language}/{page.address}".rstrip("/") or "/", "").body.decode()
        assert ('lang="ar" dir="rtl"' if language else 'lang="en" dir="ltr"') in text
        assert text.count("<h1") == 1 and 'aria-current="page"' in text
        assert "<style" not in text and " style=" not in text and " on" + "click" not in text


def test_the_same_query_gives_page_json_and_csv(site: Site) -> None:
    question = "belligerents=Coalition&grading=Fair&sort=-killed&window=2015..2017"
    found = told(site, f"/incidents.json?{question}&_size=1000")
    assert found["ok"] and 0 < found["found"] == len(found["rows"]) < found["of"] == 300
    listed = rows_of(site, f"/incidents.csv?{question}")
    assert [r["address"] for r in listed] == [r["address"] for r in found["rows"]]
    page = reply(site, "/incidents", question).body.decode()
    assert f'data-found="{found["found"]}" data-of="300"' in page
    assert [page.index(f'/incidents/{r["address"]}"') for r in found["rows"][:40]] == sorted(
        page.index(f'/incidents/{r["address"]}"') for r in found["rows"][:40]
    )


def test_cursors_walk_through_everything_once(site: Site) -> None:
    for start, key in (
        ("/incidents.json?_size=77&grades=fair%2Bconfirmed", "address"),
        ("/data/report.json?_size=400", "report_id"),
    ):
        seen: list[str] = []
        address: str | None = start
        while address:
            answer = told(site, address)
            seen += [row[key] for row in answer["rows"]]
            assert (answer["next"] is None) == (answer["next_url"] is None)
            address = answer["next_url"]
        assert len(seen) == len(set(seen)) == answer.get("found", answer["of"])


def test_shapes_and_facets_are_those_that_datasette_taught(site: Site) -> None:
    assert isinstance(told(site, "/incidents.json?_shape=array&_size=3"), list)
    assert len(told(site, "/incidents.json?_shape=arrays&_size=3")["rows"][0]) == len(SHOWN["incident"].fields)
    assert told(site, "/incidents.json?_shape=arrayfirst&_size=1&sort=date")[0].startswith("made-up:")
    facets = told(site, "/incidents.json?_facet=grading&_facet=belligerent&_size=0")["facets"]
    assert sum(f["count"] for f in facets["grading"]) == 300 and facets["belligerent"][0]["value"] == "Coalition"


@pytest.mark.parametrize("address", [
    "/incidents.json?colour=red", "/incidents.json?_size=1001", "/incidents.json?_size=-1", "/incidents.json?_shape=xml",
    "/incidents.json?_facet=address",
    "/incidents.json?_facet=grading;drop", "/incidents.json?_next=x", "/incidents.json?_sql=select+1",
    "/incidents.json?from=2016-13-01", "/data/incident.json?_next=-1",
])  # fmt: skip
def test_a_wrong_question_is_answered_with_what_is_expected(site: Site, address: str) -> None:
    wrong = told(site, address, 400)
    assert wrong["ok"] is False and wrong["status"] == 400 and wrong["error"] == wrong["errors"][0]


def test_two_dates_of_a_form_are_a_window_and_what_others_append_means_nothing(site: Site) -> None:
    whole = told(site, "/incidents.json?window=2016-02-01..2016-03-10&_size=max")["rows"]
    assert (
        told(site, "/incidents.json?from=2016-02-01&to=2016-03-10&_size=max&utm_source=x&fbclid=1")["rows"]
        == whole
        != []
    )
    assert told(site, "/incidents.json?from=&to=")["found"] == 300
    assert told(site, "/incidents.json?from=2016-02-01&to=")["query"].startswith("window=2016-02..2100-12")


def test_an_incident_tells_the_reports_behind_its_number_and_what_was_changed(site: Site) -> None:
    one = told(site, "/incidents/cs000001.json")
    assert len(one["reports"]) == 5 and one["corrections"][0]["because"] == "a later list names a fourth victim"
    text = reply(site, "/incidents/cs000001", "").body.decode()
    assert "a later list names a fourth victim" in text and 'id="report-5"' in text


def gone_site(tmp_path: Path, survivors: str | None) -> Site:
    public = made_up_public(5)
    gone = public.tables["gone"].set_column(3, "survivors", pa.array([survivors], pa.string()))
    tables = {**public.tables, "gone": SHOWN["gone"].conform(gone.rename_columns(public.tables["gone"].column_names))}
    return Site.make(dataclasses.replace(public, tables=tables), tmp_path / "site.db")


@pytest.mark.parametrize(
    ("survivors", "status", "location"),
    [
        ("cs000001", 308, "/ar/incidents/cs000001"),
        ("cs000001; cs000002", 200, None),
        (None, 410, None),
        ("never-there", 410, None),
    ],
)
def test_an_address_that_no_longer_stands_says_what_became_of_it(
    tmp_path: Path, survivors: str | None, status: int, location: str | None
) -> None:
    answer = reply(gone_site(tmp_path, survivors), "/ar/incidents/cs999999", "")
    assert (answer.status, answer.headers.get("Location")) == (status, location)
    if status != 308:
        assert "told by another source" in answer.body.decode()


@pytest.mark.parametrize("path", ["/nope", "/incidents/nope", "/incidents/cs000001/more", "/data/kept.json", "/data/party.csv",
                                  "/assets/../site.py",                                  "/assets/%2e%2e/site.py", "/embed/../rates.svg",
                                  "/embed/xx/rates.svg", "/map.csvx", "/incidents/cs000001.csv"])  # fmt: skip
def test_what_is_not_there_is_not_there(site: Site, path: str) -> None:
    assert reply(site, path, "").status == 404


@pytest.mark.parametrize(
    "path", ["//evil.example", "/\\evil.example", "https://evil.example", "/a\r\nSet-Cookie: x", "///", "/a b", "evil"]
)
def test_no_redirect_leaves_the_site(site: Site, path: str) -> None:
    with pytest.raises(NotOurs):
        own_path(path)
    for asked in (path, path + "/", f"/{path}/"):
        assert reply(site, asked, "").headers.get("Location", "/x").startswith(("/x", "/a%20", "/evil", "/https:"))


def test_only_the_allow_list_leaves_the_file(site: Site) -> None:
    row = told(site, "/incidents/cs000002.json")["incident"]
    assert list(row) == [f.name for f in SHOWN["incident"].fields]
    for name, table in SHOWN.items():
        assert told(site, f"/data/{name}.json?_size=1")["columns"] == [f.name for f in table.fields]
        assert next(csv.reader(io.StringIO("".join(reply(site, f"/data/{name}.csv", "").pieces or ())))) == [
            f.name for f in table.fields
        ]


def test_a_release_that_is_not_served_is_not_answered_with_another(site: Site) -> None:
    assert told(site, "/incidents.json?release=2026-11-22")["found"] == 300
    assert told(site, "/incidents.json?release=2019-01-01", 404)["ok"] is False


def test_openapi_names_every_form_and_every_column(site: Site) -> None:
    described = told(site, "/api/openapi.json")
    assert {
        "/incidents.json",
        "/incidents.csv",
        "/overview.json",
        "/data/report.csv",
        "/incidents/{address}.json",
    } <= set(described["paths"])
    assert set(described["components"]["schemas"]["incident"]["properties"]) == {
        f.name for f in SHOWN["incident"].fields
    }
    asked = {p["name"] for p in described["paths"]["/incidents.json"]["get"]["parameters"]}
    assert {"belligerents", "grades", "_size", "_next", "_shape", "_facet"} <= asked


def test_a_question_that_takes_too_long_is_ended(site: Site) -> None:
    hasty = Site(site.path, seconds=0.05)
    with pytest.raises(TooLong):
        hasty.ask("WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n) SELECT sum(i) FROM n")
    hasty.seconds = None
    assert hasty.of == 300, "the next question is answered"


def test_nothing_asked_of_the_file_can_change_it(site: Site) -> None:
    import sqlite3

    with pytest.raises(sqlite3.OperationalError):
        site.ask("CREATE TABLE mine (x)")
    with pytest.raises(sqlite3.OperationalError):
        site.ask("ATTACH DATABASE '/tmp/x' AS x")
