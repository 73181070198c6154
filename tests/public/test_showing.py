"""What anyone may see of a case: the tables of the allow-list and nothing beside them, from the case as it stood at an entry."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

from civcas.case.case import Case
from civcas.errors import BadInput, UnknownName
from civcas.public.leaks import Search
from civcas.public.policy import Dataset, Policy
from civcas.public.public import Public
from civcas.public.secrets import secrets
from civcas.public.showing import showing
from civcas.public.tables import SHOWN
from civcas.terms import decision
from civcas.terms.vocabulary import Grading, Sensitivity
from civcas.web.query import Query
from civcas.web.site import Site
from made_up_case import made_up_case, made_up_reports, take_in

AUTHOR = "Inventa Author"


@pytest.fixture(scope="module")
def case(tmp_path_factory: pytest.TempPathFactory) -> Case:
    """Forty incidents and eighty accounts; a count, a grade, a name, a place, a withdrawal and a supersession, and a newer edition."""
    made = made_up_case(tmp_path_factory.mktemp("showing") / "case", incidents=40, accounts=80)
    made.decide(
        decision.count("made-up:1", "civ_killed", 4, 7, because="a later list names them"),
        decision.grade("made-up:2", Grading.CONFIRMED, because="the belligerent admitted it"),
        decision.belligerent("Coalition", "U.S.-led Coalition", because="the name the case uses"),
        decision.place("Made-up Town 3", "Another Town", latitude=36.123456, longitude=37.654321, because="misspelt"),
        decision.withdraw("made-up:5", because="the source took it back"),
        decision.supersede("made-up:6", "made-up:7", because="one and the same strike"),
        decision.link("made-up:20", "made-up:21", because="the same hour and street"),
        decision.link("accounts:1", "made-up:22", because="it tells of that strike"),
        author=AUTHOR,
    )
    first = made.decide(decision.count("made-up:8", "civ_killed", 1, None, because="one is named"), author=AUTHOR).last
    made.decide(
        replace(decision.count("made-up:8", "civ_killed", 2, 3, because="two are named"), supersedes=first),
        author=AUTHOR,
    )
    older = made.tables()["report"].filter(lambda t: t.dataset == "made-up").to_pyarrow()
    take_in(
        made, "made-up", older.filter(pa.compute.not_equal(older["report_id"], "made-up:9")), reason="edition of May"
    )
    return made


@pytest.fixture(scope="module")
def public(case: Case) -> Public:
    return showing(case)


def rows(public: Public, table: str, **where: object) -> list[dict[str, object]]:
    return [r for r in public.tables[table].to_pylist() if all(r[name] == value for name, value in where.items())]


def test_every_table_of_the_allow_list_is_there_and_no_column_beside_it(public: Public) -> None:
    assert set(public.tables) == set(SHOWN)
    for name, table in public.tables.items():
        assert table.schema.names == [f.name for f in SHOWN[name].fields]


def test_no_shown_column_is_internal_or_restricted() -> None:
    for table in SHOWN.values():
        assert {f.sensitivity for f in table.fields} == {Sensitivity.PUBLIC}
        assert not {f.name for f in table.fields} & {"person", "text", "extra", "author", "by"}


def test_an_incident_is_shown_as_decided(public: Public) -> None:
    [one] = rows(public, "incident", incident_id="made-up:1")
    assert (one["killed_min"], one["killed_max"], one["address"]) == (4, 7, "mu000001")
    assert rows(public, "incident", incident_id="made-up:2")[0]["grading"] == "Confirmed"
    assert {r["belligerent"] for r in rows(public, "attribution")} & {"Coalition", "U.S.-led Coalition"} == {
        "U.S.-led Coalition"
    }


def test_strike_status_is_told_in_the_words_of_the_vocabulary(public: Public) -> None:
    assert {r["strike_status"] for r in rows(public, "incident")} == {
        "declared",
        "likely",
        "contested",
        "single_source_claim",
    }


def test_a_correction_says_what_stood_before_and_why_but_not_who(public: Public) -> None:
    [counted] = rows(public, "correction", subject="made-up:1")
    assert (counted["kind"], counted["about"], counted["after"]) == ("count", "civ_killed", "4 – 7")
    assert counted["before"] not in (None, "4 – 7") and counted["because"] == "a later list names them"
    once, twice = rows(public, "correction", subject="made-up:8")
    assert (once["after"], twice["before"], twice["after"]) == ("at least 1", "at least 1", "2 – 3")
    assert rows(public, "correction", subject="belligerent:Coalition")[0]["before"] == "Coalition"
    [edition] = rows(public, "correction", kind="import")
    assert (edition["subject"], edition["because"]) == ("dataset:made-up", "edition of May")
    assert AUTHOR not in str(public)


def test_the_point_of_a_decided_place_is_not_in_its_correction(public: Public) -> None:
    [placed] = rows(public, "correction", subject="place:Made-up Town 3")
    assert placed["after"] == "Another Town" and "36.1" not in str(placed)


def test_what_no_longer_stands_keeps_its_address_and_says_why(public: Public) -> None:
    gone = {r["incident_id"]: r for r in rows(public, "gone")}
    assert set(gone) == {"made-up:5", "made-up:6", "made-up:9", "made-up:21"}
    assert gone["made-up:21"]["reason"] == "the same incident as another: the same hour and street"
    assert gone["made-up:21"]["survivors"] == "mu000020"
    assert (
        gone["made-up:5"]["reason"] == "withdrawn: the source took it back" and gone["made-up:5"]["survivors"] is None
    )
    assert (gone["made-up:6"]["reason"], gone["made-up:6"]["survivors"]) == (
        "superseded: one and the same strike",
        "mu000007",
    )
    assert gone["made-up:9"]["reason"] == "not in the newer edition of made-up"
    assert not set(gone) & {r["incident_id"] for r in rows(public, "incident")}


def test_an_incident_keeps_its_address_whichever_report_names_it(public: Public) -> None:
    [one] = rows(public, "incident", address="mu000022")
    assert one["incident_id"] == "accounts:1"  # the register names an incident after its first report
    assert {r["report_id"] for r in rows(public, "incident_report", incident_id="accounts:1")} == {
        "accounts:1",
        "made-up:22",
    }


def test_a_correction_of_a_report_is_about_the_incident_it_speaks_of(public: Public) -> None:
    [linked] = rows(public, "correction", subject="accounts:1")
    assert (linked["kind"], linked["after"]) == ("link", "one incident: accounts:1 + made-up:22")
    assert rows(public, "correction", subject="made-up:20")[0]["after"] == "one incident: made-up:20 + made-up:21"


def test_the_case_at_an_earlier_entry_is_shown_as_it_stood(case: Case) -> None:
    then = showing(case, "@3")
    assert then.about.sequence == 3 and then.about.head == case.ledger.entry(3).hash
    assert (
        then.tables["incident"].num_rows == 40
        and then.tables["correction"].num_rows == then.tables["gone"].num_rows == 0
    )


def test_the_same_entry_gives_the_same_tables(case: Case, public: Public) -> None:
    again = showing(case, f"@{public.about.sequence}")
    assert all(again.tables[name].equals(table) for name, table in public.tables.items())


def test_nothing_that_must_not_leave_the_case_is_in_what_pages_can_ask(
    case: Case, public: Public, tmp_path: Path
) -> None:
    """Not to be filtered, sorted, searched or counted by: the database of the pages does not hold it."""
    found = secrets(case, public, Policy())
    case.note("a remark for ourselves alone", author=AUTHOR)
    assert "note" in secrets(case, public, Policy()).texts["kind"].to_pylist()
    kinds = set(found.texts["kind"].to_pylist())
    assert {"person of report", "text of report", "author", "address of a source", "path of this machine"} <= kinds
    assert found.places.num_rows > 100 and found.numbers.num_rows > 100
    assert (
        "made-up:9" in found.places["subject"].to_pylist()
    )  # a newer edition leaves it out; its place is no less a secret
    site = Site.make(public, tmp_path / "site.db")
    assert list(Search(found).folder(tmp_path)) == []
    columns = {row["name"] for table in SHOWN for row in site.ask(f"SELECT name FROM pragma_table_info('{table}')")}
    assert not columns & {"person", "text", "extra", "author"}


@pytest.mark.parametrize("name", ["text", "person", "extra", "author", "latitude", "source_handle"])
def test_a_filter_on_what_is_not_shown_is_unknown(name: str) -> None:
    with pytest.raises(UnknownName):
        Query.of({name: ["a"]})
    with pytest.raises((UnknownName, BadInput)):
        Query.of({"sort": [name]})


def test_addresses_of_sources_are_shown_only_where_the_policy_says_so(case: Case, public: Public) -> None:
    accounts = rows(public, "report", dataset="accounts")
    assert {r["source"] for r in accounts} == {None}
    open_ = showing(case, None, Policy(source_addresses=True), checked=False)
    assert all(str(r["source"]).startswith("https://t.me/") for r in rows(open_, "report", dataset="accounts"))


def test_a_dataset_that_is_held_back_is_in_no_table_but_in_sums(case: Case, public: Public) -> None:
    back = Policy(datasets={"made-up": Dataset(publish=False, because="no licence found")})
    shown = showing(case, None, back, checked=False)
    for name in ("incident", "harm", "attribution", "incident_report", "gone"):
        assert shown.tables[name].num_rows == 0
    assert shown.tables["harm_by_period"].equals(public.tables["harm_by_period"])
    assert "made-up:" not in str({k: v.to_pylist() for k, v in shown.tables.items()})
    assert {r["dataset"] for r in rows(shown, "source")} == {"made-up", "accounts"}


def test_a_dataset_whose_licence_forbids_it_is_refused_until_the_policy_decides(tmp_path: Path) -> None:
    case = made_up_case(tmp_path / "case", incidents=0, accounts=0)
    take_in(case, "closed", made_up_reports(3, 0)[0], redistribute=False)
    with pytest.raises(BadInput, match=re.escape("[redaction.datasets.closed]")):
        showing(case)


CODES = [
    "../../etc/passwd", "CON", "nul", "a/b\\c", "..", ".", "", None, "<script>alert(1)</script>", "CS1, CS2", "CS1 CS2", "cs1-cs2",
    "رمز ١", "%2e%2e%2f", "index", "x" * 300, "Ünïcode-Ćode", "a\u202eb", "=cmd|' /C calc'!A0", "CS1;CS2", " ", "-", "con.html", "\t",
]  # fmt: skip


def test_any_code_makes_an_address_that_is_safe_and_its_own(tmp_path: Path) -> None:
    case = made_up_case(tmp_path / "case", incidents=0, accounts=0)
    rows_, _ = made_up_reports(len(CODES), 0)
    coded = rows_.set_column(rows_.schema.get_field_index("code"), "code", pa.array(CODES, pa.string()))
    take_in(case, "made-up", coded)
    shown = showing(case, checked=False).tables["incident"].to_pylist()
    address = {row["incident_id"]: row["address"] for row in shown}
    assert len(set(address.values())) == len(CODES)
    assert all(re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)*", each) and len(each) <= 90 for each in address.values())
    assert not set(address.values()) & {"con", "nul", "index", "aux"}
    assert address["made-up:10"] == "cs1-cs2" and address["made-up:11"] == "cs1-cs2-made-up-11"
    # a later edition, in another order and with other codes, changes no address
    other = coded.take(pa.array(range(len(CODES))[::-1])).set_column(
        coded.schema.get_field_index("code"), "code", pa.array(CODES)
    )
    take_in(case, "made-up", other, reason="codes moved")
    again = showing(case, checked=False).tables["incident"].to_pylist()
    assert {row["incident_id"]: row["address"] for row in again} == address
