"""Links, and who is held responsible, as people decided them: incidents merge and split, names come and go, and nothing is lost."""

from __future__ import annotations

from typing import Any

import ibis
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from laid_out import arrow, day, decision, held, link, report, rows, whole

from civcas.errors import BadInput
from civcas.register.building import build
from civcas.terms.tables import TABLES

LATER = "2026-02-01T00:00:00"


def test_linked_reports_are_one_incident_named_after_the_first_of_them() -> None:
    built = build(report({}, {}, {}), [link("d:3", "d:2")])
    assert rows(built["incident"], "incident_id") == [("d:1",), ("d:2",)]
    assert rows(built["incident_report"], "incident_id", "report_id", "decided_by", "because") == [
        ("d:1", "d:1", "the publisher: one row is one incident", None),
        ("d:2", "d:2", "a person", "a reason"),
        ("d:2", "d:3", "a person", "a reason"),
    ]


def test_a_name_that_no_longer_stands_says_which_incident_stands_and_who_decided_it() -> None:
    built = build(report({}, {}, {}), [link("d:3", "d:2")])
    assert rows(built["incident_alias"], "alias", "incident_id", "decided_by", "because") == [
        ("d:3", "d:2", "a person", "a reason")
    ]
    assert rows(build(report({}))["incident_alias"], "alias") == []


def test_reports_that_others_join_are_one_incident_too() -> None:
    built = build(report({}, {}, {}, {}), [link("d:2", "d:4"), link("d:4", "d:3")])
    assert rows(built["incident_alias"], "alias", "incident_id") == [("d:3", "d:2"), ("d:4", "d:2")]


def test_an_account_that_is_linked_to_an_incident_speaks_of_it_and_alone_makes_none() -> None:
    given = report({"civ_killed_min": 2, "civ_killed_max": 3}, {"row_is": "account", "civ_killed_min": 5})
    assert rows(build(given)["incident_report"], "incident_id", "report_id") == [("d:1", "d:1")]
    built = build(given, [link("d:1", "d:2")])
    assert rows(built["incident_report"], "incident_id", "report_id") == [("d:1", "d:1"), ("d:1", "d:2")]
    assert rows(built["harm"], "incident_id", "min", "max", "rule", "reports") == [
        ("d:1", 2, None, "widest of the linked reports", "d:1;d:2")
    ]


@pytest.mark.parametrize(
    ("ranges", "expected"),
    [
        ([(3, 5), (4, 9)], (3, 9)),
        ([(3, 5), (None, None)], (3, 5)),
        ([(3, 5), (4, None)], (3, 5)),  # “at least 4” takes no upper limit away
        ([(3, 5), (8, None)], (3, None)),  # “at least 8” lies beyond it
        ([(3, 5), (None, 1)], (None, 5)),
        ([(3, 5), (7, 2)], (3, 5)),  # an inverted range says nothing
        ([(3, 5), (8, 9), (1, 1)], (1, 9)),
    ],
)
def test_a_merged_range_is_the_widest_that_contradicts_no_report(
    ranges: list[tuple[int | None, int | None]], expected: tuple[int | None, int | None]
) -> None:
    given = report(
        *({"civ_killed_min": low, "civ_killed_max": high, "date_start": day("2016-02-03")} for low, high in ranges)
    )
    built = build(given, [link("d:1", f"d:{n}") for n in range(2, len(ranges) + 1)])
    assert rows(built["harm"], "min", "max") == [expected]
    [month] = built["harm_by_period"].to_pyarrow().to_pylist()
    assert (month["incidents"], month["killed_min"], month["killed_max"]) == (1, expected[0] or 0, expected[1])


def test_day_and_place_of_a_merged_incident_come_whole_from_one_report_each() -> None:
    given = report(
        {"date_end": day("2016-09-09"), "place": "Here", "province": "North", "latitude": None, "longitude": 9.0},
        {"date_start": day("2016-02-03"), "date_precision": "day", "place": "There", "latitude": 1.0, "longitude": 2.0},
    )
    [one] = build(given, [link("d:1", "d:2")])["incident"].to_pyarrow().to_pylist()
    assert (one["date_start"], one["date_end"], one["date_precision"]) == (day("2016-02-03"), None, "day")
    assert (one["place"], one["province"], one["latitude"], one["longitude"]) == ("Here", "North", 1.0, 2.0)


def test_a_grade_that_a_person_decided_goes_before_published_ones() -> None:
    given = report({"grading": "Weak"}, {"grading": "Contested"}, {"grading": "Discounted"})
    links = [link("d:1", "d:2"), link("d:2", "d:3")]
    fair = decision("grade", "d:2", {"grading": "Fair"}, about="grading")
    confirmed = decision("grade", "d:3", {"grading": "Confirmed"}, LATER, about="grading")
    assert rows(build(given, links)["incident"], "grading") == [("Weak",)]
    assert rows(build(given, [*links, fair])["incident"], "grading") == [("Fair",)]
    assert rows(build(given, [*links, fair, confirmed])["incident"], "grading") == [("Confirmed",)]


def test_a_merged_incident_names_everyone_its_reports_name_once() -> None:
    given = report({"belligerents": "A; B"}, {"belligerents": "B"}, {"belligerents": None})
    built = build(given, [link("d:1", "d:2"), link("d:2", "d:3")])
    assert rows(built["attribution"], "incident_id", "belligerent", "named") == [("d:1", "A", 2), ("d:1", "B", 2)]


def test_a_link_to_a_report_that_was_withdrawn_or_is_not_there_joins_the_others_still() -> None:
    given = report({}, {}, {})
    links = [link("d:1", "d:2"), link("d:1", "d:3"), link("d:2", "gone:7")]
    withdrawn = decision("withdraw", "d:1", {"withdrawn": True}, about="standing")
    built = build(given, [*links, withdrawn])
    assert rows(built["incident_report"], "incident_id", "report_id") == [("d:2", "d:2"), ("d:2", "d:3")]
    alone = build(report({}), [link("d:1", "gone:7")])
    assert rows(alone["incident_report"], "decided_by") == [("the publisher: one row is one incident",)]


def test_an_unlink_takes_a_link_back_and_a_link_takes_the_unlink_back() -> None:
    given = report({}, {})
    made = [link("d:1", "d:2"), link("d:1", "d:2", LATER, kind="unlink")]
    assert len(rows(build(given, made)["incident"], "incident_id")) == 2
    again = [*made, link("d:1", "d:2", "2026-03-01T00:00:00")]
    assert len(rows(build(given, again)["incident"], "incident_id")) == 1
    assert len(rows(build(given, again, "2026-02-15")["incident"], "incident_id")) == 2


def test_links_and_unlinks_that_cannot_both_stand_are_refused_with_the_decision() -> None:
    decided = [link("d:1", "d:2"), link("d:2", "d:3"), link("d:1", "d:3", kind="unlink")]
    with pytest.raises(
        BadInput, match=r"d:1 \+ d:3 are decided not to be one incident \(by a person, because a reason"
    ):
        build(report({}, {}, {}), decided)


def test_who_is_held_responsible_is_added_replaced_and_cleared_with_author_and_reason() -> None:
    given = report({"belligerents": "A"}, {"belligerents": "A; B"}, {"belligerents": None})
    decided = [held("d:1", "A", "known"), held("d:2", "B", "cleared"), held("d:3", "C", "suspected")]
    columns = ("incident_id", "belligerent", "status", "named", "share_min", "decided_by", "because")
    assert rows(build(given, decided)["attribution"], *columns) == [
        ("d:1", "A", "known", 1, 1.0, "a person", "a reason"),
        ("d:2", "A", "suspected", 1, 1.0, None, None),
        ("d:3", "C", "suspected", 1, 1.0, "a person", "a reason"),
    ]


def test_a_contested_belligerent_named_alone_may_have_caused_none_of_the_harm() -> None:
    built = build(report({}), [held("d:1", "A", "contested")])
    assert rows(built["attribution"], "status", "share_min", "share_max") == [("contested", 0.0, 1.0)]


def test_who_is_cleared_is_in_no_sum_and_whoever_is_left_is_named_alone() -> None:
    given = report({"belligerents": "A; B", "civ_killed_min": 4, "civ_killed_max": 4, "date_start": day("2016-02-03")})
    built = build(given, [held("d:1", "B", "cleared")])
    columns = ("belligerent", "attribution", "incidents", "killed_min")
    assert rows(built["harm_by_period"], *columns) == [("A", "sole", 1, 4)]
    back = [held("d:1", "B", "cleared"), held("d:1", "B", "x", LATER) | {"value": {"as_published": True}}]
    assert whole(build(given, back)) == whole(build(given))


def test_a_decision_on_one_of_several_linked_reports_is_about_their_incident_and_names_are_the_cases_own() -> None:
    given = report({"belligerents": "A"}, {"belligerents": "Army of B"})
    named = decision("belligerent", "belligerent:Army of B", {"belligerent": "B"})
    decided = [
        link("d:1", "d:2"),
        named,
        held("d:2", "Army of B", "known"),
        held("d:2", "A", "known"),
        held("d:1", "A", "cleared", LATER),
    ]
    assert rows(build(given, decided)["attribution"], "incident_id", "belligerent", "status", "named") == [
        ("d:1", "B", "known", 1)
    ]


def test_counts_of_figures_and_strikes_are_applied_where_they_belong() -> None:

    figure = {"figure_id": "f:1", "belligerent": "A ", "measure": "m", "unit": "u", "dataset": "f", "value_low": 1.0}
    strike = {"strike_id": "s:1", "belligerent": "A", "unit": "strike", "dataset": "s", "strikes_min": 5.0}
    tables = {name: ibis.memtable(arrow(name, [row])) for name, row in {"figure": figure, "strike": strike}.items()}
    decided = [
        decision("count", "f:1", {"min": 2, "max": 2.5}, about="value"),
        decision("count", "s:1", {"min": None, "max": 7}, about="strikes"),
    ]
    built = build(report({}) | tables, decided)
    assert rows(built["figure"], "belligerent", "value_low", "value_high") == [("A", 2.0, 2.5)]
    assert rows(built["strike"], "strikes_min", "strikes_max") == [(None, 7.0)]
    gone = [decision("withdraw", "f:1", {"withdrawn": True}, about="standing")]
    assert rows(build(tables, gone)["figure"], "figure_id") == []


def test_every_table_built_from_decisions_has_the_contracts_columns() -> None:
    built = build(report({}, {}), [link("d:1", "d:2"), held("d:1", "C", "known")])
    for name, table in built.items():
        assert set(table.columns) == set(TABLES[name].schema.names), name


REPORTS = st.lists(
    st.fixed_dictionaries(
        {
            "belligerents": st.sampled_from(["A", "B", "A; B", "C"]),
            "civ_killed_min": st.one_of(st.none(), st.integers(0, 5)),
            "civ_killed_max": st.one_of(st.none(), st.integers(0, 9)),
            "grading": st.sampled_from(["Fair", "Weak", "Confirmed"]),
            "date_start": st.sampled_from([day("2016-01-05"), day("2016-01-31"), day("2016-02-01")]),
        }
    ),
    min_size=12,
    max_size=40,
)
PAIRS = st.lists(
    st.tuples(st.integers(1, 20), st.integers(1, 20)).filter(lambda p: p[0] < p[1]),
    min_size=3,
    max_size=16,
    unique=True,
)
HELD = st.lists(
    st.tuples(st.integers(1, 20), st.sampled_from("ABCD"), st.sampled_from(["known", "contested", "cleared"])),
    min_size=1,
    max_size=12,
    unique_by=lambda one: one[:2],
)


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(REPORTS, PAIRS, HELD)
def test_what_is_merged_and_split_again_is_as_it_was(
    reports: list[dict[str, Any]], pairs: list[tuple[int, int]], said: list[tuple[int, str, str]]
) -> None:
    given_reports = report(*reports)
    ids = [(f"d:{one}", f"d:{other}") for one, other in pairs]
    made = [link(*pair) for pair in ids] + [held(f"d:{n}", who, status) for n, who, status in said]
    back = [link(*pair, LATER, kind="unlink") for pair in ids]
    back += [held(f"d:{n}", who, "", LATER) | {"value": {"as_published": True}} for n, who, _ in said]
    assert whole(build(given_reports, [*made, *back])) == whole(build(given_reports))


@pytest.mark.slow
@settings(max_examples=5, deadline=None)
@given(REPORTS, PAIRS, HELD)
def test_sums_by_group_are_the_sums_of_the_incidents_whatever_was_decided(
    reports: list[dict[str, Any]], pairs: list[tuple[int, int]], said: list[tuple[int, str, str]]
) -> None:
    made = [link(f"d:{one}", f"d:{other}") for one, other in pairs]
    built = build(report(*reports), made + [held(f"d:{n}", who, status) for n, who, status in said])
    incidents = {each["incident_id"] for each in built["incident"].to_pyarrow().to_pylist()}
    harm = {h["incident_id"]: h for h in built["harm"].to_pyarrow().to_pylist()}
    links = built["incident_report"].to_pyarrow().to_pylist()
    sums = built["harm_by_period"].to_pyarrow().to_pylist()
    assert sorted(each["report_id"] for each in links) == sorted(f"d:{n}" for n in range(1, len(reports) + 1))
    assert {each["incident_id"] for each in links} == incidents
    by_party: dict[str, set[str]] = {}
    for row in built["attribution"].to_pyarrow().to_pylist():
        by_party.setdefault(row["belligerent"], set()).add(row["incident_id"])
    for party in {s["belligerent"] for s in sums} | set(by_party):
        of = [s for s in sums if s["belligerent"] == party]
        numbers = [harm[i] for i in by_party[party] if i in harm]
        assert sum(s["incidents"] for s in of) == len(by_party[party])
        assert sum(s["killed_min"] for s in of) == sum(h["min"] or 0 for h in numbers)
        if any(h["min"] is not None and h["max"] is None for h in numbers):
            assert any(s["killed_max"] is None for s in of)
        else:
            assert sum(s["killed_max"] for s in of) == sum(h["max"] or 0 for h in numbers)
        known = [h for h in numbers if (h["min"], h["max"]) != (None, None)]
        assert sum(s["without_a_number"] for s in of) == len(by_party[party]) - len(known)
