"""What every importer promises, held over all of them and their samples."""

from __future__ import annotations

from pathlib import Path

import pytest
from imported_rows import rows

import civcas.importers
from civcas.catalog import entries
from civcas.errors import BadInput
from civcas.importers.given import Given
from civcas.importers.importer import Layout
from civcas.importers.plan import Plan, as_published
from civcas.importers.values import question
from civcas.terms.tables import TABLES

SAMPLES = Path(civcas.importers.__file__).parent / "samples"
FILES = sorted(p for p in SAMPLES.rglob("*") if p.is_file())
IMPORTERS = entries("importers")
PUBLISHED = [
    n for n, entry in IMPORTERS.items() if entry.layouts
]  # not those whose layout a file or a person describes


@pytest.mark.parametrize("name", PUBLISHED)
def test_each_importer_says_whose_data_it_is_and_has_samples(name: str) -> None:
    importer = IMPORTERS[name]
    assert all((importer.title, importer.publisher, importer.licence, importer.citation, importer.page, importer.notes))
    assert set(importer.yields) <= set(TABLES)
    assert (SAMPLES / name).is_dir()


@pytest.mark.parametrize("file", FILES, ids=lambda p: f"{p.parent.name}/{p.name}")
def test_each_sample_is_read_whole_into_the_tables_promised(take, file: Path) -> None:
    imported = take(file.parent.name, file)
    accounts = imported.accounts
    assert accounts.given == accounts.read > 0
    assert accounts.unread == 0
    beside = {"unread", "flagged", "published", "not_identifiable"}
    assert set(imported.tables) - beside == set(IMPORTERS[file.parent.name].yields)
    for name in imported.tables.keys() & TABLES.keys():
        assert imported.reader(name).schema.names == TABLES[name].schema.names


@pytest.mark.slow
@pytest.mark.parametrize("name", PUBLISHED)
def test_each_layout_of_an_importer_has_a_sample(take, name: str) -> None:
    found = {take(name, file).layout for file in FILES if file.parent.name == name}
    assert found == {layout.name for layout in IMPORTERS[name].layouts}


def planned(layout: Layout) -> Plan:
    return layout.plan(Given(layout.expected, dataset="x_deletions", wide=layout.wide, also=layout.also))


LAYOUTS = [(name, layout) for name in PUBLISHED for layout in IMPORTERS[name].layouts]


@pytest.mark.parametrize(("name", "layout"), LAYOUTS, ids=[f"{name}-{layout.name}" for name, layout in LAYOUTS])
def test_no_plan_fills_the_key_of_its_table_so_that_repeats_are_told_apart_and_flagged(
    name: str, layout: Layout
) -> None:
    plan = planned(layout)
    for table_name, columns in plan.tables.items():
        key = TABLES[table_name].key
        assert len(key) != 1 or key[0] not in columns
    assert plan.own_id is None or name == "acled_deletions" or not plan.own_id.fails, (
        "a row without an id is not counted"
    )


def test_a_plan_that_fills_the_key_of_its_table_is_refused() -> None:
    given = Given(("id",), dataset="x")
    plan = Plan(tables={"report": {"report_id": as_published(given, "id")}})
    with pytest.raises(BadInput, match="report_id is made by civcas"):
        question(plan, given, numbered=True)


@pytest.mark.parametrize(("name", "layout"), LAYOUTS, ids=[f"{name}-{layout.name}" for name, layout in LAYOUTS])
def test_a_file_that_has_the_columns_that_must_be_there_and_no_other_is_read(take, name: str, layout: Layout) -> None:
    if layout.header or layout.headerless[1:]:  # told by its looks, or by its width alone
        return
    mark = "," if layout.quoted else "\t"
    options = {"dataset": "x_deletions"} if name == "acled_deletions" else {}
    cells = {"date": "2016-01-02", "session": "7", "iyear": "2016", "imonth": "1", "iday": "2"}
    said = [next((c for word, c in cells.items() if word in column.lower()), "1") for column in layout.expected]
    accounts = take(name, mark.join(layout.expected) + "\n" + mark.join(said) + "\n", **options).accounts
    assert (accounts.given, accounts.read) == (1, 1)


@pytest.mark.parametrize("name", ["gdelt", "icews", "polecat"])
def test_machine_coded_events_never_yield_a_count_of_casualties(name: str) -> None:
    assert IMPORTERS[name].yields == ("interaction",)


def sample(take, name: str, file: str) -> list[dict]:
    return rows(take(name, SAMPLES / name / file))


def test_acled_has_one_number_and_civilians_are_no_party(take) -> None:
    first, second = sample(take, "acled", "events.csv")
    assert (first["belligerents"], second["belligerents"]) == (
        "Military Forces of A",
        "Military Forces of A; Militia B",
    )
    assert (first["all_killed_min"], first["all_killed_max"], first["civ_killed_min"]) == (4, 4, None)
    assert (second["date_start"].isoformat(), second["date_precision"]) == ("2016-02-04", "week")


def test_gtd_days_of_zero_are_not_known_and_divided_counts_run_from_below_to_above(take) -> None:
    day, month, year = sample(take, "gtd", "attacks.csv")
    spans = [(r["date_start"].isoformat(), r["date_end"].isoformat(), r["date_precision"]) for r in (day, month, year)]
    assert spans == [
        ("2016-02-03", "2016-02-03", "day"), ("2016-02-01", "2016-02-29", "month"), ("2016-01-01", "2016-12-31", "year"),
    ]  # fmt: skip
    assert [(r["all_killed_min"], r["all_killed_max"], r["belligerents_killed_min"]) for r in (day, month, year)] == [
        (4, 4, 1), (None, None, None), (2, 3, 0),
    ]  # fmt: skip
    assert (month["place"], year["belligerents"]) == ("São Exemplo", "Group B; Group C")


def test_ibc_reads_below_its_preamble(take) -> None:
    first, second = sample(take, "ibc", "incidents.csv")
    assert (first["report_id"], first["civ_killed_min"], first["civ_killed_max"]) == ("ibc:x0001a", 3, 5)
    assert (second["date_start"].isoformat(), second["date_precision"]) == ("2016-02-04", "range")


def test_who_a_person_was_stands_only_in_the_restricted_field(take) -> None:
    for name, file in (("ibc", "individuals.csv"), ("victim_lists", "persons.csv")):
        for row in sample(take, name, file):
            said = {k: v for k, v in row.items() if k not in ("person", "report_id", "code")}
            assert row["row_is"] == "person"
            assert "Made-up" not in str(said) and "made up" not in str(said) and "مختلق" not in str(said)
            assert "ade" in row["person"]
    assert str(TABLES["report"].field("person").sensitivity) == "restricted"


def test_airwars_own_export_flags_drafts_and_dates_taken_from_the_page(take) -> None:
    imported = take("airwars", SAMPLES / "airwars" / "site_export.csv")
    assert dict(imported.accounts.doubts) == {"dated on the day of the page": 1, "not published": 1}
    assert rows(imported)[1]["belligerents"] == "Air Force A; Militia B"


def test_a_page_of_the_rest_address_has_no_number_rather_than_zero(take) -> None:
    first = sample(take, "airwars", "rest_pages.json")[0]
    assert (first["date_start"], first["civ_killed_min"], first["published"].isoformat()) == (None, None, "2016-02-05")


def test_polecat_accepts_older_and_newer_modes(take) -> None:
    assert [r["code"] for r in sample(take, "polecat", "events.tsv")] == [
        "ASSAULT/aerial",
        "ASSAULT/massacre",
        "CONSULT",
    ]


def test_hxl_reads_by_tags_and_keeps_what_has_none(take) -> None:
    first, second = sample(take, "hxl", "tagged.csv")
    assert (first["province"], first["civ_killed_min"], first["civ_killed_max"], first["children_killed_min"]) == (
        "North",
        3,
        5,
        1,
    )
    assert second["civ_killed_min"] is None
    assert "blue" in first["extra"]


def test_ged_without_a_header_and_from_the_api_says_the_same(take) -> None:
    ways = [sample(take, "ucdp_ged", f) for f in ("events.csv", "events_without_header.csv", "events_api.json")]
    dropped = [[{k: v for k, v in r.items() if k != "extra"} for r in way] for way in ways]
    assert dropped[0] == dropped[1] == dropped[2]
    assert (dropped[0][0]["belligerents"], dropped[0][1]["belligerents"]) == (
        "Government of Exampleland", "Government of Exampleland; Militia B",
    )  # fmt: skip
    assert (dropped[0][1]["number_of_sources"], dropped[0][1]["date_precision"]) == (None, "month")
