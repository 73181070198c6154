"""Worked cases: what reports say, and what the rules make of it, written out before the code."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from civcas.assessing import rule_set
from civcas.assessing.counting import Harm, count
from civcas.assessing.saying import Saying
from civcas.errors import BadInput, UnknownName
from civcas.terms.vocabulary import Group, Outcome

Case = tuple[str, list[Any], tuple[int | None, int | None]]

# (rule and situation, what each source says, min–max). A word is one source's; a pair is a range; a dict says more.
AIRWARS: list[Case] = [
    ("M1 one source, one number", [7], (7, 7)),
    ("M1 one source, a range", [(3, 5)], (3, 5)),
    ("M1 zero is a number", [0], (0, 0)),
    ("M1 nothing said is unknown, not zero", [""], (None, None)),
    ("M1 0–1 stands", [(0, 1)], (0, 1)),
    ("M2 highest toll, even of one source, is the maximum", [5, 5, 9], (5, 9)),
    ("M2 a very high single claim widens the maximum", [63, 63, 471], (63, 471)),
    ("M2 a source that is not credible is left out", [5, 5, {"low": 90, "high": 90, "credible": False}], (5, 5)),
    ("M2 plainly another event is left out", [5, 5, {"low": 30, "high": 30, "other_incident": True}], (5, 5)),
    ("M3 two sources agree", [12, 12], (12, 12)),
    ("M3 the lower is corroborated by the higher", [5, 7], (5, 7)),
    ("M3 two higher sources corroborate one another", [5, 9, 9], (9, 9)),
    ("M3 three numbers: the middle is reached by two", [4, 6, 8], (6, 8)),
    ("M3 uncorroborated higher claim goes to the maximum only", [3, 3, 3, 15], (3, 15)),
    ("M3 ranges: two lower ends, highest upper end", [(3, 5), (4, 8)], (3, 8)),
    ("M3 a silent source neither lowers nor raises", [6, 6, ""], (6, 6)),
    ("M4 more named than any source counts", [{"low": 4, "high": 4, "named": 6}], (6, 6)),
    ("M4 fewer named than counted change nothing", [{"low": 9, "high": 9, "named": 4}], (9, 9)),
    ("M4 named raise the minimum but keep a higher maximum", [{"low": 4, "high": 4, "named": 6}, 11], (6, 11)),
    ("M4 named and no number at all", [{"words": "", "named": 3}], (3, 3)),
    ("M5 injuries", [{"words": "injuries"}], (2, 2)),
    ("M5 martyrs", ["martyrs"], (2, 2)),
    ("M5 a number of", ["a number of civilians killed"], (2, 2)),
    ("M5 several", ["several killed"], (2, 2)),
    ("M5 others", ["others were wounded"], (2, 2)),
    ("M5 a few", ["a few people died"], (2, 2)),
    ("M6 dozens", ["dozens killed"], (12, 24)),
    ("M6 large numbers", ["large numbers of dead"], (12, 24)),
    ("M6 dozens in two sources", ["dozens killed", "dozens of martyrs"], (12, 24)),
    ("M6 dozens beside a number", ["dozens killed", 15], (12, 24)),
    ("M7 some in one account and dozens in the other", ["some killed", "dozens killed"], (2, 24)),
    ("M7 some and dozens in one account", ["some say dozens were killed"], (2, 24)),
    ("M8 many", ["many wounded"], (2, 10)),
    ("M8 many beside a number", ["many killed", 4], (2, 10)),
    ("M9 hundreds has no number", ["hundreds killed"], (None, None)),
    ("M9 hundreds beside a number leaves the number", ["hundreds killed", 300], (300, 300)),
    ("M10 whole family", ["his whole family was killed"], (2, 2)),
    ("M10 the family of", ["the family of a farmer"], (2, 2)),
    ("M10 a family of five is five", ["a family of five was killed"], (5, 5)),
    ("M10 children", ["children killed"], (2, 2)),
    ("M10 the majority of ten", ["the majority of 10 killed were children"], (5, 10)),
    ("M10 the majority of seven", ["most of the 7 dead"], (4, 7)),
    ("M11 at least", ["at least 12 killed"], (12, 12)),
    ("M11 at least, with a higher source", ["at least 12 killed", 15], (12, 15)),
    ("M11 more than ten is eleven", ["more than 10 killed"], (11, 11)),
    ("M11 up to raises the maximum only", ["up to 9 killed", 4], (4, 9)),
    ("M11 up to, alone, leaves the minimum unknown", ["up to 9 killed"], (None, 9)),
    ("M12 a named person and others", [{"words": "a teacher and others", "named": 1}], (1, 2)),
    ("M12 three named and others", [{"words": "three brothers and others", "named": 3}], (3, 4)),
    ("M13 missing are not counted", ["4 missing under the rubble"], (None, None)),
    ("M13 trapped are not counted beside the dead", [3, "6 people trapped"], (3, 3)),
    ("M13 the dead under the rubble are counted", ["5 bodies pulled from under the rubble"], (5, 5)),
    ("words: a number word", ["twelve killed"], (12, 12)),
    ("words: a range in words", ["between three and five killed"], (3, 5)),
    ("words: a range with a dash", ["3–5 killed"], (3, 5)),
    ("words: a woman", ["a woman was killed"], (1, 1)),
    ("words: no civilians", ["no civilians were harmed"], (0, 0)),
    ("words: thousands with a comma", ["1,200 killed"], (1200, 1200)),
    ("words: nothing to read", ["heavy bombardment of the town"], (None, None)),
    ("copies count once: two copies do not corroborate", [8, {"low": 8, "high": 8, "copy_of": 0}, 5], (5, 8)),
    ("copies count once: one voice", [8, {"low": 8, "high": 8, "copy_of": 0}], (8, 8)),
    ("one source's own later, higher report is not corroboration", [{"low": 4, "high": 4, "source": "S0"},
     {"low": 9, "high": 9, "source": "S0"}, 4], (4, 9)),
    ("1.3 contested status adds 0–1", [{"low": 3, "high": 3, "contested": 1}], (3, 4)),
    ("1.3 two contested add 0–2", [{"low": 3, "high": 3, "contested": 2}, 3], (3, 5)),
    ("1.3 only contested people", [{"words": "", "contested": 1}], (0, 1)),
    ("a range that is none is left out", [{"low": 9, "high": 3}, 4], (4, 4)),
]  # fmt: skip


def sayings(said: list[Any], **more: Any) -> list[Saying]:
    made = []
    for n, one in enumerate(said):
        known: dict[str, Any] = {"report_id": f"r{n}", "source": f"S{n}", **more}
        if isinstance(one, dict):
            known |= one
            if "copy_of" in one:
                known["copy_of"] = f"r{one['copy_of']}"
        elif isinstance(one, str):
            known["words"] = one
        else:
            known["low"], known["high"] = (one, one) if isinstance(one, int) else one
        made.append(Saying(**known))
    return made


def harm_of(said: list[Any], rules: str = "airwars-2023", **more: Any) -> Harm:
    return count(sayings(said, **more), rule_set.find(rules))[0]


@pytest.mark.parametrize(("said", "range_"), [c[1:] for c in AIRWARS], ids=[c[0] for c in AIRWARS])
def test_the_airwars_rules_reproduce_the_worked_case(said: list[Any], range_: tuple[int | None, int | None]) -> None:
    harm = harm_of(said)
    assert (harm.min, harm.max) == range_


def test_there_are_at_least_sixty_worked_cases_and_no_two_are_alike() -> None:
    assert len(AIRWARS) >= 60
    assert len({c[0] for c in AIRWARS}) == len(AIRWARS)


@pytest.mark.parametrize(
    ("rules", "said", "expected"),
    [
        ("ucdp", [5, 9, 9], (5, 9, 9)),
        ("ucdp", [4, 6, 8], (4, 6, 8)),
        ("ucdp", ["many killed"], (2, 2, 2)),
        ("ucdp", [{"low": 4, "high": 4, "named": 6}], (4, 4, 4)),
        ("conservative", [5, 9, 9], (5, 5, 9)),
        ("conservative", [(3, 30), 4], (3, 3, 4)),
        ("conservative", ["dozens killed"], (12, 12, 12)),
        ("conservative", [{"low": 3, "high": 3, "contested": 2}], (3, 3, 3)),
    ],
)
def test_other_rule_sets_count_the_same_reports_otherwise(rules: str, said: list[Any], expected: Any) -> None:
    harm = harm_of(said, rules)
    low, _, high = expected
    assert (harm.min, harm.max) == (low, high)
    if rules == "ucdp":
        assert harm.best is not None and low <= harm.best <= high


def test_a_derivation_names_every_report_and_the_rule_in_sentences() -> None:
    harm = harm_of([5, "dozens killed", {"low": 90, "high": 90, "credible": False}])
    assert harm.derivation == (
        "S2 (r2) is left out: its source is not credible on this.",
        "S0 (r0) says 5.",
        "S1 (r1) says “dozens killed”: “dozens” and “large numbers” count as 12–24.",
        "The minimum is 5, the largest number that two independent sources reach; the maximum is 24, and 24 is not corroborated.",
    )
    assert harm.rule == "airwars-2023@1"
    assert harm.reports == ("r0", "r1")


def test_contested_people_stand_in_the_belligerents_maximum_too() -> None:
    found = {h.group: h for h in count(sayings([{"low": 3, "high": 3, "contested": 1}]), rule_set.find("airwars-2023"))}
    assert (found[Group.BELLIGERENTS].min, found[Group.BELLIGERENTS].max) == (0, 1)


def test_groups_are_counted_apart_and_need_not_add_up() -> None:
    said = sayings([10]) + sayings(["children killed"], group=Group.CHILDREN) + sayings([4], outcome=Outcome.INJURED)
    found = {(h.group, h.outcome): (h.min, h.max) for h in count(said, rule_set.find("airwars-2023"))}
    assert found == {
        (Group.CIVILIANS, Outcome.KILLED): (10, 10), (Group.CHILDREN, Outcome.KILLED): (2, 2), (Group.CIVILIANS, Outcome.INJURED): (4, 4),
    }  # fmt: skip


numbers = st.integers(0, 200)
spoken = st.one_of(
    numbers,
    st.tuples(numbers, numbers).map(lambda p: (min(p), max(p))),
    st.sampled_from(["dozens killed", "many killed", "several", "", "up to 9 killed", "hundreds killed", "3 missing"]),
    st.builds(lambda n, k: {"low": n, "high": n, "named": k}, numbers, st.integers(0, 20)),
    st.builds(lambda n, c: {"low": n, "high": n, "contested": c}, numbers, st.integers(0, 3)),
)
every_rule_set = pytest.mark.parametrize("rules", rule_set.names())


@every_rule_set
@settings(max_examples=60, deadline=None)
@given(said=st.lists(spoken, min_size=1, max_size=6))
def test_a_range_never_inverts(rules: str, said: list[Any]) -> None:
    harm = harm_of(said, rules)
    assert harm.min is None or (harm.max is not None and harm.min <= harm.max)


@every_rule_set
@settings(max_examples=60, deadline=None)
@example(said=["up to 9 killed"], more=0)
@given(said=st.lists(spoken, min_size=1, max_size=5), more=spoken)
def test_adding_a_report_never_lowers_a_maximum(rules: str, said: list[Any], more: Any) -> None:
    before, after = harm_of(said, rules), harm_of([*said, more], rules)
    assert before.max is None or (after.max is not None and after.max >= before.max)


@every_rule_set
@settings(max_examples=30, deadline=None)
@given(said=st.lists(spoken, min_size=1, max_size=5), data=st.data())
def test_the_order_of_reports_does_not_matter(rules: str, said: list[Any], data: st.DataObject) -> None:
    made = sayings(said)
    shuffled = data.draw(st.permutations(made))
    assert count(made, rule_set.find(rules)) == count(shuffled, rule_set.find(rules))


def test_a_wrong_rule_set_is_answered_with_those_there_are() -> None:
    with pytest.raises(UnknownName, match="airwars-2023"):
        rule_set.find("airwars")


def test_an_edited_rule_set_counts_by_its_own_numbers(tmp_path: Any) -> None:
    ours = (
        rule_set.text_of("airwars-2023")
        .replace("dozens: {min: 12, max: 24", "dozens: {min: 24, max: 36")
        .replace("name: airwars-2023", "name: ours")
    )
    (tmp_path / "ours.yaml").write_text(ours, encoding="utf-8")
    harm = harm_of(["dozens killed"], str(tmp_path / "ours.yaml"))
    assert (harm.min, harm.max, harm.rule) == (24, 36, "ours@1")


def test_a_rule_set_with_a_missing_part_is_refused_by_name() -> None:
    with pytest.raises(BadInput, match="majority_share"):
        rule_set.of({"name": "x"}, where="x.yaml")
