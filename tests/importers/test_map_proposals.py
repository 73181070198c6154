"""What `civcas map` proposes and asks: of whom, which of two columns, totals that run on, headers of two rows, ids, lists of people."""

from __future__ import annotations

import importlib.util
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import openpyxl
import pytest
import yaml
from imported_rows import rows

from civcas.errors import BadInput
from civcas.importers.importer import Options
from civcas.importers.proposing import Proposal, propose

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
DAYS = [f"2016-03-{day:02d}" for day in range(1, 13)]


@pytest.fixture
def proposed(tmp_path: Path):
    """Propose a mapping for lines of CSV: the fields (column by field), and the questions."""

    def of(header: str, *lines: str) -> tuple[dict[str, Any], tuple[str, ...]]:
        proposal = _propose(tmp_path, header, *lines)
        fields = yaml.safe_load(proposal.yaml)["fields"]
        plain = {n: c.get("column", c) if isinstance(c, dict) else c for n, c in fields.items()}
        return plain | {"id": yaml.safe_load(proposal.yaml).get("id")}, proposal.questions

    return of


def _propose(folder: Path, *lines: str) -> Proposal:
    file = folder / "list.csv"
    file.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return propose(file, Options())


def _settled(proposal: Proposal, folder: Path) -> Path:
    """The mapping as it stands, with every question deleted."""
    said = yaml.safe_load(proposal.yaml)
    said.pop("decide", None)
    path = folder / "mapping.yaml"
    path.write_text(yaml.safe_dump(said, allow_unicode=True), encoding="utf-8")
    return path


# who


def test_fighters_and_everybody_are_never_civilians(proposed) -> None:
    fields, questions = proposed(
        "Date,Actor,militants_killed,civilians_killed,min_ppl_killed", "2016-03-01,A,5,2,7", "2016-03-02,B,1,0,1"
    )
    assert (fields["civ_killed_min"], fields["civ_killed_max"]) == ("civilians_killed", "civilians_killed")
    assert (fields["belligerents_killed_min"], fields["all_killed_min"]) == ("militants_killed", "min_ppl_killed")
    assert "all_killed_max" not in fields and not questions  # a lowest number is not the highest too


@pytest.mark.parametrize(
    "name", ["Fatalities", "Deaths", "Killed", "Muertos", "Morts", "Погибло", "Загинуло", "القتلى"]
)
def test_deaths_of_nobody_in_particular_are_asked_about(proposed, name: str) -> None:
    _, questions = proposed(f"Date,Actor,{name}", "2016-03-01,A,5", "2016-03-02,B,1")
    assert [q for q in questions if q.startswith(f"{name}: civilians only, or everybody") and "sums to 6" in q]


def test_beside_civilians_deaths_are_everybodys_and_asked_about(proposed) -> None:
    fields, questions = proposed("Date,Actor,Killed,Civilians killed", "2016-03-01,A,5,2", "2016-03-02,B,1,1")
    assert (fields["civ_killed_min"], fields["all_killed_min"]) == ("Civilians killed", "Killed")
    assert len(questions) == 1 and "If civilians only, write civ_killed for all_killed" in questions[0]


def test_fighters_alone_leave_civilians_open(proposed) -> None:
    fields, _ = proposed("Date,Actor,Fighters killed", "2016-03-01,A,5", "2016-03-02,B,1")
    assert "civ_killed_min" not in fields and fields["belligerents_killed_max"] == "Fighters killed"


def test_casualties_are_asked_about_and_not_mapped(proposed) -> None:
    fields, questions = proposed("Date,Actor,Civilian casualties", "2016-03-01,A,5", "2016-03-02,B,1")
    assert not any("killed" in name for name in fields)
    assert "Civilian casualties: people killed, or killed and injured?" in questions[0]


def test_a_column_of_killed_without_numbers_is_named(proposed) -> None:
    _, questions = proposed("Date,Actor,Civilians killed?", "2016-03-01,A,yes", "2016-03-02,B,no")
    assert any("'Civilians killed?' (people killed, but not in numbers" in q for q in questions)


def test_the_dead_of_drone_strikes_are_civilians_where_the_codebook_says_so(
    real_data: Path, tmp_path: Path, take
) -> None:
    """The sums are those of the published columns: 647 civilians at least, 5,270 people at least."""
    file = real_data / "drone_strikes" / "tbij_strikes.csv"
    found = rows(take("mapped", file, mapping=_settled(propose(file, Options()), tmp_path)))
    assert sum(r["civ_killed_min"] or 0 for r in found) == 647
    assert sum(r["all_killed_min"] or 0 for r in found) == 5270


def test_a_column_that_speaks_only_further_down_is_not_lost(proposed) -> None:
    lines = [f"r-{n},2016-03-01,A,{n % 2},{n % 3 if n > 2100 else ''}" for n in range(2200)]
    fields, questions = proposed("ID,Date,Actor,Civilians killed,Fighters killed", *lines)
    assert fields["belligerents_killed_min"] == "Fighters killed" and not questions


# columns that compete


def test_a_name_that_stands_twice_is_two_columns(tmp_path: Path, take) -> None:
    proposal = _propose(
        tmp_path, "Date,Actor,Civilians killed,Civilians killed", "2016-03-01,A,5,9", "2016-03-02,B,1,2"
    )
    assert (
        "'Civilians killed' holds 5, 1… and sums to 6; 'Civilians killed_2' holds 9, 2… and sums to 11"
        in proposal.questions[0]
    )
    mapping = _settled(proposal, tmp_path)
    mapping.write_text(
        mapping.read_text(encoding="utf-8").replace("max: Civilians killed", "max: Civilians killed_2"),
        encoding="utf-8",
    )
    found = rows(take("mapped", tmp_path / "list.csv", mapping=mapping))
    assert [(r["civ_killed_min"], r["civ_killed_max"]) for r in found] == [(5, 9), (1, 2)]


def test_two_columns_for_one_field_are_shown_with_values_and_sums(proposed) -> None:
    fields, questions = proposed(
        "Date,Actor,Civilians killed (UN),Civilians killed (ministry)",
        "2016-03-01,A,5,9",
        "2016-03-02,B,1,2",
        "2016-03-03,B,2,2",
    )
    assert fields["civ_killed_min"] == "Civilians killed (UN)"
    assert "'Civilians killed (UN)' holds 5, 1, 2… and sums to 8" in questions[0]
    assert "'Civilians killed (ministry)' holds 9, 2… and sums to 13" in questions[0]


def test_a_total_that_runs_on_is_not_taken_before_what_is_new(proposed) -> None:
    fields, questions = proposed(
        "Date,Actor,Civilians killed (cumulative),Civilians killed",
        "2016-03-01,A,5,5",
        "2016-03-02,B,6,1",
        "2016-03-03,B,9,3",
    )
    assert fields["civ_killed_min"] == "Civilians killed"
    assert "sums to 20" in questions[0] and "sums to 9" in questions[0]


def test_a_column_that_never_falls_is_asked_about_and_one_that_does_is_not(proposed) -> None:
    growing = [f"{day},A,{n * n + 3}" for n, day in enumerate(DAYS)]
    _, questions = proposed("Date,Actor,Civilians killed", *growing)
    assert [q for q in questions if "total that runs on" in q]
    _, questions = proposed("Date,Actor,Civilians killed", *growing, "2016-04-01,A,1")
    assert not questions
    _, questions = proposed("Date,Actor,Civilians killed", *[f"{day},A,2" for day in DAYS])
    assert not questions  # the same number every day does not grow


def test_many_columns_that_compete_are_one_question(proposed) -> None:
    lines = [f"2023-10-{7 + n:02d},{5 + n},{9 + n},{n % 2},{n % 3},{n}" for n in range(4)]
    _, questions = proposed("date,killed_cum,injured_cum,killed,injured,children_killed_cum", *lines)
    assert len(questions) <= 4
    assert all(f"{name}: " in questions[0] for name in ("civ_killed", "civ_injured", "children_killed_cum"))


# nothing is dropped in silence


def test_two_actors_are_both_parties_and_asked_about(tmp_path: Path, take) -> None:
    proposal = _propose(
        tmp_path, "event_date,actor1,actor2,Civilians killed", "2020-01-01,Army,Militia,3", "2020-01-02,Army,,1"
    )
    assert proposal.questions == (
        "actor1 and actor2 are both taken for parties that may have done it: delete one that did not",
    )
    found = rows(take("mapped", tmp_path / "list.csv", mapping=_settled(proposal, tmp_path)))
    assert [r["belligerents"] for r in found] == ["Army; Militia", "Army"]


def test_a_day_in_three_columns_is_told(proposed) -> None:
    fields, questions = proposed(
        "iyear,imonth,iday,gname,Civilians killed", "2014,3,4,G,5", "2014,3,5,H,2", "2014,4,1,G,0"
    )
    assert fields["date_start"] == "iyear" and "'imonth', 'iday' say the day more exactly" in questions[0]


def test_victims_beside_children_are_asked_about(proposed) -> None:
    fields, questions = proposed(
        "Date,Lieu,Victimes civiles,Dont enfants,Auteur", "2001-01-01,A,4,1,X", "2001-02-01,A,2,0,Y"
    )
    assert "civ_killed_min" not in fields
    assert any(q.startswith("Victimes civiles: people killed, or killed and injured?") for q in questions)
    assert any(q.startswith("Dont enfants: people killed?") for q in questions)


def test_a_day_a_party_and_a_status_without_a_field_are_named(proposed) -> None:
    _, questions = proposed(
        "Date,Entered on,Actor,Actor 2 group,Review status,Civilians killed",
        "2016-03-01,2017-01-01,A,B,done,5",
        "2016-03-02,2017-01-02,B,A,open,1",
    )
    assert len(questions) == 1
    assert all(
        f"'{name}' ({kind}" in questions[0]
        for name, kind in (("Entered on", "a date"), ("Actor 2 group", "a party"), ("Review status", "a status"))
    )


def test_a_missing_party_is_asked_for(proposed) -> None:
    _, questions = proposed("Date,Civilians killed", "2016-03-01,5", "2016-03-02,1")
    assert len(questions) == 1 and "belligerents: COLUMN, or {constant: NAME}" in questions[0]


def test_days_that_fit_no_pattern_are_kept_and_those_that_cannot_be_read_are_told(proposed) -> None:
    fields, questions = proposed("Date,Actor,Civilians killed", "2016-03,A,5", "3-5 June 2016,B,1", "some time,B,1")
    assert fields["date_start"] == "Date" and questions[0].startswith("date_start: 'some time' cannot be read as a day")


@pytest.mark.parametrize(
    ("name", "value"), [("month", "2016-03"), ("Year", "2016"), ("Período", "2016-03-01 to 2016-03-05")]
)
def test_months_years_and_periods_are_days_where_no_column_says_them(proposed, name: str, value: str) -> None:
    fields, questions = proposed(f"{name},Actor,Civilians killed", f"{value},A,5", f"{value},B,1")
    assert fields["date_start"] == name and not questions


def test_words_for_who_was_harmed_are_no_party(proposed) -> None:
    fields, questions = proposed("Date,Who,Killed", "2016-03-01,civilians,5", "2016-03-02,militants,1")
    assert "belligerents" not in fields and any("'Who' (who was harmed" in q for q in questions)


# ids


def test_an_id_of_several_rows_is_not_the_id_of_a_row(proposed) -> None:
    lines = [f"i-{n // 3},2016-03-01,A,1" for n in range(30)]
    fields, questions = proposed("incident_id,Date,Actor,Civilians killed", *lines)
    assert fields["id"] is None and fields["code"] == "incident_id"
    assert "30 rows have 10 different ids" in questions[0]


def test_of_two_ids_the_one_that_names_rows_is_taken(proposed) -> None:
    lines = [f"i-{n // 3},r-{n},2016-03-01,A,1" for n in range(30)]
    fields, questions = proposed("incident_id,ID,Date,Actor,Civilians killed", *lines)
    assert fields["id"] == "ID" and not questions


def test_ids_repeat_beyond_the_rows_that_are_looked_at(proposed) -> None:
    lines = [f"i-{n % 2500},2016-03-01,A,{n % 2}" for n in range(5000)]
    fields, questions = proposed("ID,Date,Actor,Civilians killed", *lines)
    assert fields["id"] is None and "5,000 rows have 2,500 different ids" in questions[0]


# headers


def test_two_numbers_in_one_cell_are_latitude_and_longitude(tmp_path: Path, take) -> None:
    proposal = _propose(
        tmp_path, "Date;Actor;lat, long;Civilians killed", "2016-03-01;A;36.2, 37.1;5", "2016-03-02;A;(35.9, 36.8);1"
    )
    assert not proposal.questions
    found = rows(take("mapped", tmp_path / "list.csv", mapping=_settled(proposal, tmp_path)))
    assert [(r["latitude"], r["longitude"]) for r in found] == [(36.2, 37.1), (35.9, 36.8)]


def test_coordinates_beyond_ninety_come_first_as_longitude(proposed, tmp_path: Path, take) -> None:
    proposal = _propose(
        tmp_path, "Date;Actor;Coordinates;Civilians killed", "2016-03-01;A;137,1/36,2;5", "2016-03-02;A;36,8/35,9;1"
    )
    found = rows(take("mapped", tmp_path / "list.csv", mapping=_settled(proposal, tmp_path)))
    assert [(r["latitude"], r["longitude"]) for r in found] == [(36.2, 137.1), (35.9, 36.8)]


TWO_ROWS = (["Date", "Actor", "Killed", "", "", "Injured", ""], ["", "", "Civilians", "Children", "Fighters", "Civilians", "Fighters"],
            ["2016-03-01", "A", "5", "2", "3", "7", "8"], ["2016-03-02", "B", "1", "0", "", "2", ""])  # fmt: skip


@pytest.mark.parametrize("kind", ["csv", "merged xlsx"])
def test_a_header_of_two_rows_is_read_together(tmp_path: Path, take, kind: str) -> None:
    file = tmp_path / ("list.csv" if kind == "csv" else "list.xlsx")
    if kind == "csv":
        file.write_text("\n".join(",".join(row) for row in TWO_ROWS) + "\n", encoding="utf-8")
    else:
        book = openpyxl.Workbook()
        for row in TWO_ROWS:
            book.active.append([int(c) if c.isdigit() else c or None for c in row])
        for cells in ("A1:A2", "B1:B2", "C1:E1", "F1:G1"):
            book.active.merge_cells(cells)
        book.save(file)
    proposal = propose(file, Options())
    assert not proposal.questions
    imported = take("mapped", file, mapping=_settled(proposal, tmp_path))
    found = [
        (r["civ_killed_min"], r["children_killed_min"], r["belligerents_killed_min"], r["civ_injured_max"])
        for r in rows(imported)
    ]
    assert found == [(5, 2, 3, 7), (1, 0, None, 2)]
    assert (imported.accounts.given, imported.accounts.unread) == (3, 1)  # the second row of the header


def test_a_column_without_a_name_and_empty_ones_on_the_right(tmp_path: Path) -> None:
    proposal = _propose(tmp_path, "Date,Actor,Civilians killed,,,", "2016-03-01,A,5,checked,,", "2016-03-02,B,1,,,")
    assert proposal.unmapped == ("column_4",)


def test_where_no_row_names_columns_the_rows_that_were_seen_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match=r"these rows were seen: 2016-03-01 \| 6 \| 7"):
        _propose(tmp_path, "2016-03-01,6,7", "2016-03-02,7,8")


def test_where_no_column_is_known_the_columns_that_were_seen_are_told(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="these were seen: Alpha, Beta"):
        _propose(tmp_path, "Alpha,Beta", "x,y", "z,w")


# lists of people


PEOPLE = {
    "english": ("Name,Age,Sex,ID number,Date of death", "Female", "Male"),
    "spanish": ("Nombre,Edad,Sexo,Código,Fecha de muerte", "Mujer", "Hombre"),
    "french": ("Nom et prénom,Âge,Sexe,Identifiant,Date de décès", "Femme", "Homme"),
    "russian": ("ФИО,Возраст,Пол,Код,Дата гибели", "женский", "мужской"),
    "ukrainian": ("ПІБ,Вік,Стать,Код,Дата загибелі", "ж", "ч"),
    "arabic": ("الاسم,العمر,الجنس,المعرف,تاريخ الوفاة", "أنثى", "ذكر"),
}


@pytest.mark.parametrize("language", sorted(PEOPLE))
def test_a_list_of_people_becomes_rows_that_names_reads(tmp_path: Path, take, language: str) -> None:
    from civcas.linking import people

    header, female, male = PEOPLE[language]
    proposal = _propose(
        tmp_path, header, f"Zubima Khadul,30,{female},1,2016-03-01", f"Tamlar Dunash,12,{male},2,2016-03-05"
    )
    assert [q for q in proposal.questions if "one row is one person" in q]
    imported = take("mapped", tmp_path / "list.csv", mapping=_settled(proposal, tmp_path))
    found = rows(imported)
    assert [(r["row_is"], r["all_killed_min"], r["civ_killed_min"], str(r["date_start"])) for r in found] == [
        ("person", 1, None, "2016-03-01"), ("person", 1, None, "2016-03-05")]  # fmt: skip
    listed = people.of_reports(imported.reader("report").read_all())
    assert listed["name"].to_pylist() == ["Zubima Khadul", "Tamlar Dunash"]
    assert people.read(listed).sex.tolist() == [people.FEMALE, people.MALE] and people.read(listed).age.tolist() == [
        30,
        12,
    ]


def test_a_person_from_one_column_is_a_name_that_names_reads(tmp_path: Path, take) -> None:
    from civcas.linking import people

    mapping = tmp_path / "m.yaml"
    mapping.write_text("fields: {row_is: {constant: person}, person: Who}\n", encoding="utf-8")
    imported = take("mapped", "Who,Town\nZubima Khadul,A\n", mapping=mapping)
    assert people.of_reports(imported.reader("report").read_all())["name"].to_pylist() == ["Zubima Khadul"]


def test_names_of_towns_make_no_list_of_people(proposed) -> None:
    fields, _ = proposed("Name,Date,Actor,Sex", *[f"Town,2016-03-{n:02d},A,f" for n in range(1, 9)])
    assert "person" not in fields
    fields, _ = proposed("Name,Date,Actor,Civilians killed,Sex", "Raid A,2016-03-01,A,3,f", "Raid B,2016-03-02,A,1,f")
    assert "person" not in fields and fields["civ_killed_min"] == "Civilians killed"


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("place: {columns: A}", "columns is a list"), ("place: {column: A, part: 1}", "part is a place between separators"),
        ("civ_killed_min: {columns: [A, B]}", "civ_killed_min is no text"), ("place: {column: A, columns: [A]}", "made from a column"),
    ],
)  # fmt: skip
def test_a_way_to_make_a_field_that_cannot_be_is_refused(tmp_path: Path, take, written: str, says: str) -> None:
    mapping = tmp_path / "m.yaml"
    mapping.write_text(f"fields: {{{written}}}\n", encoding="utf-8")
    with pytest.raises(BadInput, match=says):
        take("mapped", "A,B\n1,2\n", mapping=mapping)


def test_two_lists_of_people_are_proposed_imported_and_matched(real_data: Path, tmp_path: Path) -> None:
    """A published layout without a source (a field case): from `map` to `names`, of two lists and of one."""
    from typer.testing import CliRunner

    from civcas.cli.app import build

    given = real_data / "field" / "05-list-without-source-column" / "list.csv"
    if not given.is_file():
        pytest.skip("the field cases are not with the data")
    mapping = _settled(propose(given, Options()), tmp_path)
    other = tmp_path / "other.csv"
    lines = given.read_text(encoding="utf-8").splitlines()
    other.write_text("\n".join([*lines, lines[1].replace("900000002", "900000009")]) + "\n", encoding="utf-8")

    def run(*words: str) -> str:
        said = CliRunner().invoke(build(), list(words))
        assert said.exit_code == 0, said.output
        return said.stdout

    case = str(tmp_path / "case")
    run("new", case)
    for name, file in (("first", given), ("other", other)):
        run("import", "mapped", str(file), "--mapping", str(mapping), "--dataset", name, "--case", case)
    assert yaml.safe_load(run("names", "first", "other", "--case", case, "--json"))["people"] == 2
    twice = yaml.safe_load(run("names", "other", "--case", case, "--json"))["pairs"]
    assert [(p["one"], p["other"]) for p in twice] == [("other:900000002", "other:900000009")]


# published layouts under the headers that people write


@pytest.fixture(scope="module")
def layouts() -> ModuleType:
    spec = importlib.util.spec_from_file_location("map_layouts", BENCHMARKS / "map_layouts.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["map_layouts"] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize("at", range(7))
def test_published_layouts_under_other_headers_are_read_right_or_asked_about(
    real_data: Path, tmp_path: Path, layouts: ModuleType, at: int
) -> None:
    """19 layouts in seven spellings of six languages: nothing wrong or lost in silence, at most four questions a file."""
    judged = {}
    for published in layouts.FILES:
        path = tmp_path / "list.csv"
        if (real_data / published.file).is_file():
            judged[published.name] = layouts.judged(path, layouts.renamed(real_data, published, at, path))
    assert len(judged) >= 15
    assert {name: (j["wrong"], j["lost"]) for name, j in judged.items() if j["wrong"] or j["lost"]} == {}
    assert max(j["questions"] for j in judged.values()) <= 4
    assert sum(j["right"] for j in judged.values()) >= 35
