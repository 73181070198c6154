"""Two axes kept apart, the grade derived from both, and who may be held responsible for how much."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st

from civcas.assessing.attributing import Concession, bounds_of, shares, sums_by_set
from civcas.assessing.classes import AgeGroup, Cause, PersonStatus, age_group, cause_of, status_of
from civcas.assessing.comparing import grades_compared
from civcas.assessing.consistency import CHECKS, consistency
from civcas.assessing.grading import Account, HarmCertainty, Override, Says, assess
from civcas.assessing.rule_set import find
from civcas.assessing.whole_case import changed, harm_table
from civcas.errors import BadInput
from civcas.terms.vocabulary import Grading, StrikeStatus

SINGLE, BOTH, FIGHTERS = HarmCertainty.SINGLE_SOURCE, HarmCertainty.CORROBORATED, HarmCertainty.NOT_CIVILIANS
X, Y = "Army of X", "Army of Y"


def account(n: int, *names: tuple[str, Says], **more: Any) -> Account:
    return Account(**{"report_id": f"r{n}", "source": f"S{n}", "names": names} | more)


BY_ATTACKER = {"from_attacker": True}
Status = StrikeStatus
NX, NY = (X, Says.NAMES), (Y, Says.NAMES)


@pytest.mark.parametrize(
    ("accounts", "harm", "status", "grading"),
    [
        ([account(0, NX), account(1, NX)], BOTH, Status.LIKELY, Grading.FAIR),
        ([account(0, NX), account(1)], BOTH, Status.SINGLE_SOURCE, Grading.FAIR),
        ([account(0, NX)], SINGLE, Status.SINGLE_SOURCE, Grading.WEAK),
        ([account(0, NX), account(1, NX, copy_of="r0")], SINGLE, Status.SINGLE_SOURCE, Grading.WEAK),
        ([account(0, NX), account(1, NY)], BOTH, Status.CONTESTED, Grading.CONTESTED),
        ([account(0), account(1)], BOTH, Status.CONTESTED, Grading.CONTESTED),
        ([account(0, NX, NY), account(1, NX, NY)], BOTH, Status.LIKELY, Grading.FAIR),
        ([account(0, NX), account(1, (X, Says.ADMITS), **BY_ATTACKER)], HarmCertainty.ADMITTED, Status.DECLARED, Grading.CONFIRMED),
        ([account(0, NX), account(1, (X, Says.DECLARES), **BY_ATTACKER)], SINGLE, Status.DECLARED, Grading.WEAK),
        ([account(0, NX), account(1, NX), account(2, (X, Says.DENIES), **BY_ATTACKER)], BOTH, Status.LIKELY, Grading.FAIR),
        ([account(0, NX), account(1, says_combatants=True),
         account(2, says_combatants=True)], FIGHTERS, Status.SINGLE_SOURCE, Grading.DISCOUNTED),
        ([account(0, NX), account(1, NX), account(2, says_combatants=True, **BY_ATTACKER)], BOTH, Status.LIKELY, Grading.FAIR),
        ([account(0, NX, credible=False)], HarmCertainty.NOT_REPORTED, Status.CONTESTED, Grading.UNGRADED),
        ([], HarmCertainty.NOT_REPORTED, Status.CONTESTED, Grading.UNGRADED),
    ],
)  # fmt: skip
def test_harm_and_strike_status_are_derived_apart_and_the_grade_from_both(
    accounts: list[Account], harm: HarmCertainty, status: StrikeStatus, grading: Grading
) -> None:
    found = assess(accounts)
    assert (found.harm, found.strike_status, found.derived) == (harm, status, grading)
    assert len(found.because) >= 3


def test_a_persons_grade_stands_with_its_reason_and_the_derived_and_published_stay() -> None:
    override = Override(grading=Grading.WEAK, by="A. Reviewer", because="both sources quote one witness")
    found = assess([account(0, NX), account(1, NX)], published=Grading.CONTESTED, override=override)
    assert (found.standing, found.derived, found.published) == (Grading.WEAK, Grading.FAIR, Grading.CONTESTED)
    assert "A. Reviewer grades it Weak: both sources quote one witness" in found.because


def test_a_published_grade_stands_where_only_the_publishers_row_is_held() -> None:
    summary = assess([account(0, NX)], published=Grading.FAIR, summarised=True)
    assert (summary.standing, summary.derived) == (Grading.FAIR, Grading.WEAK)
    assert summary.because[-1] == "That grade stands: the publisher saw sources that are not held here."
    assert assess([account(0, NX)], published=Grading.FAIR).standing == Grading.WEAK


def test_a_sole_uncontested_belligerent_has_all_of_the_harm() -> None:
    (share,) = shares(assess([account(0, NX), account(1, NX)]))
    assert (share.share_min, share.share_max, share.named) == (1.0, 1.0, 1)


def test_of_two_belligerents_each_may_have_none_or_all() -> None:
    found = shares(assess([account(0, NX), account(1, NY)]))
    assert [(s.belligerent, s.share_min, s.share_max, s.named) for s in found] == [(X, 0.0, 1.0, 2), (Y, 0.0, 1.0, 2)]


def test_a_concession_stands_beside_the_recorders_view() -> None:
    (share,) = shares(
        assess([account(0, NX), account(1, NX)]), concessions=[Concession(belligerent=X, killed_min=3, killed_max=3)]
    )
    assert share.conceded is not None
    assert (share.status, share.conceded.killed_min) == ("known", 3)
    with pytest.raises(BadInput):
        Concession(belligerent=X, killed_min=4, killed_max=3)


def harm_of(*rows: tuple[str, int | None, int | None]) -> pa.Table:
    ids, low, high = zip(*rows, strict=True)
    return pa.table({"incident_id": list(ids), "min": pa.array(low, pa.int64()), "max": pa.array(high, pa.int64())})


def names(*rows: tuple[str, str]) -> pa.Table:
    return pa.table(
        {
            "incident_id": pa.array([i for i, _ in rows], pa.string()),
            "belligerent": pa.array([b for _, b in rows], pa.string()),
        }
    )


def test_sums_count_an_incident_once_per_set_of_belligerents() -> None:
    harm = harm_of(("a", 3, 5), ("b", 2, 2), ("c", None, None), ("d", 7, 9))
    attribution = names(("a", X), ("b", X), ("b", Y), ("b", Y), ("c", X))
    found = sums_by_set(harm, attribution).to_pylist()
    assert [(r["belligerents"], r["incidents"], r["killed_min"], r["killed_max"], r["without_a_number"]) for r in found] == [
        ("", 1, 7, 9, 0), (X, 2, 3, 5, 1), (f"{X}; {Y}", 1, 2, 2, 0),
    ]  # fmt: skip
    assert bounds_of(X, harm, attribution) == {"sole": (3, 5), "any": (5, 7)}


@given(
    rows=st.lists(
        st.tuples(st.integers(0, 50), st.integers(0, 50), st.sets(st.sampled_from([X, Y, "Army of Z"]), max_size=3)),
        min_size=1,
        max_size=12,
    )
)
def test_sums_by_group_of_incidents_equal_sums_over_the_case(rows: list[tuple[int, int, set[str]]]) -> None:
    harm = harm_of(*((f"i{n}", min(a, b), max(a, b)) for n, (a, b, _) in enumerate(rows)))
    attribution = names(*((f"i{n}", who) for n, (_, _, sets) in enumerate(rows) for who in sorted(sets)))
    found = sums_by_set(harm, attribution).to_pydict()
    assert sum(found["incidents"]) == len(rows)
    assert sum(found["killed_min"]) == sum(min(a, b) for a, b, _ in rows)
    assert sum(found["killed_max"]) == sum(max(a, b) for a, b, _ in rows)


def test_a_case_is_counted_and_counted_again_by_another_rule_set() -> None:
    reports = pa.table({
        "report_id": ["a", "b", "c", "d"], "source": ["S", "T", "U", "S"],
        "civ_killed_min": pa.array([5, 9, 9, None], pa.int64()), "civ_killed_max": pa.array([5, 9, 12, None], pa.int64()),
    })  # fmt: skip
    stands_in = pa.table({"incident_id": ["i", "i", "i", "j"], "report_id": ["a", "b", "c", "d"]})
    ours, lower = (harm_table(reports, stands_in, find(rules)) for rules in ("airwars-2023", "conservative"))
    assert [(r["incident_id"], r["min"], r["max"]) for r in ours.to_pylist()] == [("i", 9, 12), ("j", None, None)]
    assert [
        (r["incident_id"], r["min_before"], r["min_after"], r["max_after"]) for r in changed(ours, lower).to_pylist()
    ] == [("i", 9, 5, 9)]


@pytest.mark.parametrize(
    ("means", "cause"),
    [
        ("Airstrike", Cause.HEAVY_WEAPONS), ("Artillery", Cause.HEAVY_WEAPONS), ("IED", Cause.PLANTED), ("landmine", Cause.PLANTED),
        ("sniper fire", Cause.SMALL_ARMS), ("white phosphorus", Cause.INCENDIARY), ("chlorine barrel", Cause.CBRN), ("siege", Cause.DENIAL),
        ("run over by a vehicle", Cause.ACCIDENTS), ("tear gas", Cause.LESS_LETHAL), ("torture", Cause.OTHER), (None, Cause.UNKNOWN),
         ("", Cause.UNKNOWN),
    ],
)  # fmt: skip
def test_means_fall_into_the_indicators_causes(means: str | None, cause: Cause) -> None:
    assert cause_of(means) == cause


@pytest.mark.parametrize(
    ("linked", "status"),
    [
        ({}, PersonStatus.CIVILIAN),
        ({"linked_by_attacker": True}, PersonStatus.CIVILIAN),
        ({"linked_by_local_sources": True}, PersonStatus.BELLIGERENT),
        ({"linked_by_local_sources": True, "sources_disagree": True}, PersonStatus.UNDETERMINED),
        ({"protected": True}, PersonStatus.PROTECTED),
    ],
)
def test_civilian_status_is_assumed_unless_others_than_the_attacker_say_so(
    linked: dict[str, bool], status: PersonStatus
) -> None:
    assert status_of(**({"linked_by_local_sources": False, "linked_by_attacker": False} | linked))[0] == status


def test_a_child_is_under_eighteen_and_sons_and_daughters_alone_are_not_children() -> None:
    found = [
        age_group(age=17.9),
        age_group(age=18),
        age_group(words="a baby girl"),
        age_group(words="her sons"),
        age_group(words="two women"),
    ]
    assert found == [AgeGroup.CHILD, AgeGroup.ADULT, AgeGroup.CHILD, AgeGroup.UNKNOWN, AgeGroup.ADULT]


def test_what_cannot_be_right_together_is_listed() -> None:
    day = lambda *d: pa.array(d, pa.int32()).cast(pa.date32())  # noqa: E731
    reports = pa.table({
        "report_id": list("abcdefgh"), "country": ["C"] * 8, "place": ["P"] * 4 + [None] * 4, "code": ["1", "1", *"234567"],
        "civ_killed_min": [5, 1, 1, 1, 3, 2, 1, 1], "civ_killed_max": [3, 1, 1, 1, 4, 2, 1, 1],
        "children_killed_min": [0, 0, 0, 0, 5, 0, 0, 0],
        "date_start": day(10, 10, 10, 10, 10, 20, 0, 10), "date_end": day(10, 10, 10, 10, 10, 20, 0, 9),
        "published": day(12, 12, 12, 12, 12, 12, 12, 12),
        "latitude": [10.0, 10, 10, 12, 0, None, 95, 10], "longitude": [20.0, 20, 20, 20, 0, 5, 20, 20],
        "text": [None, None, None, None, "7 people were killed", "dozens were killed", "1 civilian killed", ""],
    })  # fmt: skip
    found = {(r["report_id"], r["check"]) for r in consistency(reports).to_pylist()}
    assert found == {
        ("a", "range inverted"), ("a", "code repeated"), ("b", "code repeated"), ("c", "alike under another id"),
        ("d", "far from its place"), ("e", "groups above total"),
        ("e", "impossible place"), ("e", "text against field"),
        ("f", "after publication"), ("f", "half a place"), ("f", "words against field"),
        ("g", "date of day zero"), ("g", "impossible place"), ("h", "dates inverted"),
    }  # fmt: skip
    assert {c.name for c in CHECKS} == {check for _, check in found} - {"alike under another id"}


def test_a_table_without_the_columns_contradicts_nothing() -> None:
    assert consistency(pa.table({"report_id": ["a", "b"]})).num_rows == 0


def test_a_real_recorders_table_has_known_faults(real_data: Any) -> None:
    import pyarrow.csv as csv

    table = csv.read_csv(real_data / "airwars" / "airwars_syria_2014_2016.csv")
    ours = {"date": "date_start", "location": "place"}
    table = table.rename_columns([ours.get(name, name) for name in table.column_names])
    found = consistency(table.append_column("report_id", pa.array([str(n) for n in range(table.num_rows)])))
    counted = {r["values"]: r["counts"] for r in found["check"].value_counts().to_pylist()}
    assert counted["date of day zero"] == 1


def test_published_and_derived_are_compared_on_real_incidents_and_every_difference_has_a_kind(real_data: Any) -> None:
    import pyarrow.compute as pc
    import pyarrow.csv as csv

    table = csv.read_csv(
        real_data / "airwars" / "airwars_syria_2014_2016.csv",
        convert_options=csv.ConvertOptions(strings_can_be_null=True),
    )
    found = grades_compared(table)
    by_kind = {r["kind"]: 0 for r in found.to_pylist()}
    for row in found.to_pylist():
        by_kind[row["kind"]] += row["incidents"]
    assert by_kind == {
        "agrees": 64, "cannot be derived: no strike status is published": 2134, "no grade is published": 1,
        "rests on an admission that the table does not hold": 7, "rests on who those killed were, which the table does not hold": 4,
        "the publisher grades harm apart from a contested strike, our rule does not": 13,
    }  # fmt: skip
    ids = pa.array([f"i{n}" for n in range(table.num_rows)])
    reports = (
        table.select(["civ_killed_min", "civ_killed_max"]).append_column("report_id", ids).append_column("source", ids)
    )
    harm = harm_table(reports, pa.table({"incident_id": ids, "report_id": ids}), find("airwars-2023"))
    killed = harm.filter((pc.field("group") == "civilians") & (pc.field("outcome") == "killed"))
    assert (pc.sum(killed["min"]).as_py(), pc.sum(killed["max"]).as_py()) == (
        pc.sum(table["civ_killed_min"]).as_py(),
        pc.sum(table["civ_killed_max"]).as_py(),
    )
