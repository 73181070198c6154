"""Every page, every table and every file adds up to one headline, whatever is missing."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
from hypothesis import given, settings
from hypothesis import strategies as st

from civcas.public.public import About, Public
from civcas.terms.vocabulary import Grades
from civcas.web import api, totals
from civcas.web.language import language
from civcas.web.page import Asked
from civcas.web.pages import belligerents, overview
from civcas.web.query import Query
from civcas.web.replying import reply
from civcas.web.site import Site

SIDES = ("Ash Command", "Birch Force", "Cedar Army")
GRADINGS = (
    "Confirmed",
    "Fair",
    "Weak",
    "Contested",
    "Contested, Discounted",
    "Discounted",
    "ungraded",
    None,
    "Another",
)
INCIDENT = st.fixed_dictionaries({
    "day": st.none() | st.dates(dt.date(2015, 11, 1), dt.date(2016, 3, 1)),
    "named": st.sets(st.sampled_from(SIDES)),
    "grading": st.sampled_from(GRADINGS),
    "low": st.none() | st.integers(0, 40),
    "more": st.none() | st.integers(0, 9),  # None: the upper end is open, or unknown where the lower is
    "located": st.booleans(),
})  # fmt: skip


def made(incidents: list[dict[str, Any]]) -> Site:
    ids = [f"made:{i}" for i in range(len(incidents))]
    high = [None if i["more"] is None else (i["low"] or 0) + i["more"] for i in incidents]
    days = pa.array([i["day"] for i in incidents], pa.date32())
    incident = pa.table({
        "incident_id": pa.array(ids, pa.string()), "address": pa.array([f"m{i}" for i in range(len(ids))], pa.string()),
        "date_start": days, "date_end": days,
        "country": ["Nowhere"] * len(ids), "dataset": ["made"] * len(ids),
        "grading": pa.array([i["grading"] for i in incidents], pa.string()),
        "latitude": pa.array([35.0 if i["located"] else None for i in incidents], pa.float64()),
        "longitude": pa.array([38.0 if i["located"] else None for i in incidents], pa.float64()),
        "killed_min": pa.array([i["low"] for i in incidents], pa.int64()), "killed_max": pa.array(high, pa.int64()),
        "belligerents": pa.array(["; ".join(sorted(i["named"])) or None for i in incidents], pa.string()),
        "named": pa.array([len(i["named"]) for i in incidents], pa.int64()),
    })  # fmt: skip
    pairs = [(id_, side, len(i["named"])) for id_, i in zip(ids, incidents, strict=True) for side in sorted(i["named"])]
    attribution = pa.table({
        "incident_id": pa.array([p[0] for p in pairs], pa.string()), "belligerent": pa.array([p[1] for p in pairs], pa.string()),
        "named": pa.array([p[2] for p in pairs], pa.int64()),
    })  # fmt: skip
    folder = tempfile.mkdtemp(prefix="civcas-sums-")
    public = Public.of(About(title="Sums"), {"incident": incident, "attribution": attribution})
    return Site.make(public, Path(folder) / "site.db")


Four = tuple[int, int | None, int | None, int]


def by_hand(incidents: list[dict[str, Any]]) -> Four:
    counted = [i for i in incidents if i["grading"] in ("Confirmed", "Fair")]
    ends = [(i["low"], None if i["more"] is None else (i["low"] or 0) + i["more"]) for i in counted]
    return total(ends)


def total(ends: list[tuple[int | None, int | None]]) -> Four:
    """Incidents, lowest and highest sum and those without a number: an open end leaves the sum open, unknown is no zero."""
    nothing = sum(low is None and high is None for low, high in ends)
    if ends and nothing == len(ends):
        return len(ends), None, None, nothing
    is_open = any(high is None and low is not None for low, high in ends)
    return len(ends), sum(low or 0 for low, _ in ends), None if is_open else sum(high or 0 for _, high in ends), nothing


def four(found: Any) -> Four:
    return found.incidents, found.killed_min, found.killed_max, found.without_a_number


def added(rows: list[dict[str, Any]]) -> Four:
    """Rows that are sums already, each with its open ends counted."""
    incidents, nothing, is_open = (
        sum(int(row[c]) for row in rows) for c in ("incidents", "without_a_number", "open_above")
    )
    if incidents and incidents == nothing:
        return incidents, None, None, nothing
    low, high = (sum(int(row[c] or 0) for row in rows) for c in ("killed_min", "killed_max"))
    return incidents, low, None if is_open else high, nothing


@settings(max_examples=60, deadline=None)
@given(st.lists(INCIDENT, max_size=14))
def test_every_way_to_add_up_gives_the_headline(incidents: list[dict[str, Any]]) -> None:
    site, headline = made(incidents), by_hand(incidents)
    asked = Asked(site=site, query=Query(), language=language("en"))
    cells = totals.cells(site)

    # the overview: the number shown, its gradings, months with the undated, located with the unlocated, named with nobody
    shown = overview.context(asked)
    assert four(shown["headline"]) == headline
    assert four(sum(shown["counted"].values(), totals.Sum())) == headline
    everything = four(shown["everything"])
    assert everything[0] == len(incidents)
    assert four(sum([*shown["counted"].values(), *shown["apart"].values()], totals.Sum())) == everything
    for part in (lambda c: c.month, lambda c: str(c.located), lambda c: c.belligerents, lambda c: c.strike_status):
        parts = totals.by([c for c in cells if c.headline], part)
        assert four(sum(parts.values(), totals.Sum())) == headline

    # belligerents: alone, several together and nobody are the headline
    assert four(sum(belligerents.divided(cells).values(), totals.Sum())) == headline

    # the list, its JSON and its CSV
    query = Query(grades=Grades.FAIR_CONFIRMED)
    assert four(site.found(query)) == headline
    told = json.loads(reply(site, "/incidents.json", query.to_query() + "&_size=max").body)
    assert (told["found"], told["killed_min"], told["killed_max"], told["without_a_number"]) == headline
    assert total([(r["killed_min"], r["killed_max"]) for r in told["rows"]]) == headline
    listed = list(csv.DictReader(io.StringIO("".join(reply(site, "/incidents.csv", query.to_query()).pieces or ()))))
    ends = [tuple(int(r[c]) if r[c] else None for c in ("killed_min", "killed_max")) for r in listed]
    assert total(ends) == headline  # type: ignore[arg-type]

    # the numbers beside the overview, and those beside the belligerents with shared incidents taken once
    cells_told = json.loads(reply(site, "/overview.json", "").body)["rows"]
    assert added([row for row in cells_told if row["in_headline"]]) == headline
    sole = [
        r
        for r in json.loads(reply(site, "/belligerents.json", "").body)["rows"]
        if r["in_headline"] and r["attribution"] == "sole"
    ]
    rest = [
        row for row in cells_told if row["in_headline"] and (row["belligerents"] is None or "; " in row["belligerents"])
    ]
    assert added([*sole, *rest]) == headline

    # facets of the list
    facet = {f["value"]: f["count"] for f in api.facet(site, query, "grading")}
    assert sum(facet.values()) == headline[0]


@settings(max_examples=30, deadline=None)
@given(st.lists(INCIDENT, max_size=14), st.sampled_from(SIDES))
def test_what_is_not_known_is_listed_by_the_link_that_counts_it(incidents: list[dict[str, Any]], side: str) -> None:
    site = made(incidents)
    for sums, query in overview.unknown(totals.cells(site)).values():
        assert site.found(query).incidents == sums.incidents
    for kind in ("sole", "shared"):
        sums = totals.by_belligerent(site).get(side, {}).get(kind, {})
        asked = Query.of({"belligerents": [side], "attribution": [kind]})
        assert site.found(asked).incidents == sum(s.incidents for s in sums.values())


def test_more_belligerents_than_bits_are_each_found_alone() -> None:
    many = [
        {"day": None, "named": {f"Side {i:03d}"}, "grading": "Fair", "low": i, "more": 0, "located": False}
        for i in range(90)
    ]
    many += [{"day": None, "named": {"Side 000", "Side 089"}, "grading": "Fair", "low": 1, "more": 0, "located": False}]
    site = made(many)
    found = {i: site.found(Query(belligerents=(f"Side {i:03d}",))).incidents for i in range(90)}
    assert found == {i: 2 if i in (0, 89) else 1 for i in range(90)}
    assert site.found(Query(belligerents=("Side 001", "Side 088", "Side 089", "Nobody"))).incidents == 4


def test_doubles_and_an_outlier_are_said_beside_the_sums() -> None:
    plain = {"day": dt.date(2016, 1, 1), "named": {"Ash Command"}, "grading": "Fair", "more": 0, "located": False}
    site = made([plain | {"low": 3}, plain | {"low": 3}, plain | {"low": 94}])
    tables = site.public.tables | {"doubt": pa.table({
        "subject": ["made:1", "made:2"], "incident_id": ["made:1", "made:2"], "kind": ["alike under another id", "outlier"],
        "about": ["row", "civ_killed"], "other": pa.array(["made:0", None], pa.string()), "dataset": ["made"] * 2,
    })}  # fmt: skip
    doubted = Site.make(
        Public.of(About(title="Sums"), tables), Path(tempfile.mkdtemp(prefix="civcas-sums-")) / "site.db"
    )
    for page in ("/", "/incidents", "/belligerents"):
        told = reply(doubted, page, "").body.decode()
        assert "may be a double of another" in told and "94%" in told, page
        assert "data-doubted" not in reply(site, page, "").body.decode()
    assert "data-doubted" not in reply(doubted, "/incidents", "grading=Weak").body.decode()
