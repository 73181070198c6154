"""One answer from a plain file of events: what is refused and why, and what the real data say."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pytest
from consequence_worlds import events
from typer.testing import CliRunner

from civcas.catalog import find
from civcas.cli.app import build
from civcas.errors import CivcasError
from civcas.measures.consequence import answer
from civcas.terms.estimate import Estimate, Refusal
from civcas.terms.tables import REPORT

NAMES = ("attack", "strike", "show")
QUICK = {"treatment": "strike", "control": "show", "outcome": "attack", "days": "2,4", "km": "2,4", "draws": 99}
Row = tuple[str, float, float, str]


def rows(**made: Any) -> list[Row]:
    given = events(**made)
    dates = given.days.astype(int).astype("datetime64[D]").astype(str)
    north = given.latitude + np.arange(len(dates)) * 1e-9  # so that no two rows are the same
    kinds = [NAMES[k] for k in given.kind]
    return list(zip(dates.tolist(), north.tolist(), given.longitude.tolist(), kinds, strict=True))


def write(path: Path, given: list[Row], header: str = "date,latitude,longitude,kind") -> Path:
    path.write_text("\n".join([header, *(",".join(map(str, row)) for row in given)]) + "\n")
    return path


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return write(tmp_path / "events.csv", rows(seed=2, effect=1.0))


def test_the_measure_is_found_by_its_name_and_lists_its_options() -> None:
    measure = find("measures", "consequence")
    assert {option.name for option in measure.options} >= {"treatment", "control", "outcome", "design", "events"}


def test_more_attacks_after_strikes_are_an_estimate_with_its_estimand_checks_total_and_picture(file: Path) -> None:
    found = answer(events=[file], design="wake", **QUICK)
    assert isinstance(found, Estimate)
    assert found.says.startswith("More. How many more or fewer attack events follow one strike")
    assert found.low is not None and found.low <= 1.0 <= (found.high or 0)
    design = found.diagnostics["designs"][0]
    assert design["total"][0] == pytest.approx(found.value * design["numbers"]["treated"])
    assert design["picture"].startswith("<svg")
    assert {check["name"] for check in design["checks"]} >= {
        "overlap",
        "placebo: the days before",
        "adjusted or differenced",
    }
    assert any("conflict by place and period" in note for note in found.notes)
    json.dumps(found.to_dict())


def test_what_cannot_be_told_is_a_refusal_that_carries_the_numbers(tmp_path: Path) -> None:
    file = write(tmp_path / "events.csv", rows(seed=5, effect=1.0, lead=1.0))
    found = answer(events=[file], design="wake", **QUICK)
    assert isinstance(found, Refusal)
    assert "already differ" in found.reason
    assert found.diagnostics["designs"][0]["headline"]["value"] is not None


def changed(index: int, value: Callable[[Row], Any]) -> Callable[[list[Row]], list[Row]]:
    return lambda given: [(*row[:index], value(row), *row[index + 1 :]) for row in given]  # type: ignore[misc]


@pytest.mark.parametrize(
    ("spoil", "asked", "says"),
    [
        (lambda given: [row for row in given if row[3] != "show"], {}, "there is no value of kind 'show'"),
        (changed(1, lambda row: 0.5), {"duplicates": "keep"}, ""),
        (lambda given: [(row[0], 0.5, 0.5, row[3]) for row in given], {"duplicates": "keep"}, "all events are at one place"),
        (lambda given: given, {"days": "2,150"}, "the longest window is 150 days"),
        (changed(0, lambda row: "2007-02-23"), {}, "all events have the same date"),
        (changed(1, lambda row: row[1] + 120), {}, "latitude and longitude look swapped"),
        (lambda given: [*given, *given[:7]], {}, "7 of "),
        (lambda given: given, {"outcome": "attack|strike"}, "picked by both"),
        (changed(0, lambda row: "23 Feb 2007"), {}, "column date"),
        (lambda given: given, {"treatment": "strik"}, "did you mean 'strike'"),
        (lambda given: given, {"design": "oracle"}, "there is no design 'oracle'"),
        (lambda given: given, {"control": None}, "needs a control"),
        (lambda given: given, {"km": "near"}, "not a list of lengths"),
        (lambda given: given, {"days": "1.5"}, "parts of a day"),
        (lambda given: given, {"duplicates": "shrug"}, "there is no way with duplicates"),
        (lambda given: given, {"dose": "dead"}, "there is no column 'dead'"),
        (lambda given: given, {"cause_began": "2015-09-30"}, "an effect cannot come first"),
    ],
    ids=["no control events", "one latitude is fine", "one place", "windows longer than the data", "identical dates", "swapped",
         "duplicated rows", "outcome contains treatment", "unreadable date", "misspelt", "no such design", "no control named",
         "no lengths", "parts of a day", "no such way", "no such column", "cause after effect"],
)  # fmt: skip
def test_what_cannot_be_used_is_refused_with_the_reason(
    tmp_path: Path, spoil: Callable[[list[Row]], list[Row]], asked: dict[str, Any], says: str
) -> None:
    file = write(tmp_path / "events.csv", spoil(rows(seed=2, effect=1.0)))
    found = answer(events=[file], **{"design": "wake", **QUICK, **asked})
    if not says:
        assert isinstance(found, Estimate)
        return
    assert isinstance(found, Refusal)
    assert says in found.reason + found.needs or says in str(found.to_dict())


def test_a_file_with_swapped_coordinates_among_others_is_noticed(tmp_path: Path) -> None:
    given = [(row[0], row[1] + 33, row[2] + 44, row[3]) for row in rows(seed=2, effect=1.0)]
    turned = [(d, o, a, k) if k == "attack" else (d, a, o, k) for d, a, o, k in given]
    found = answer(events=[write(tmp_path / "events.csv", turned)], design="wake", **QUICK)
    assert isinstance(found, Refusal)
    assert "swapped, they would lie among them" in found.reason


def test_rows_without_a_date_or_a_place_are_left_out_and_counted(file: Path) -> None:
    with file.open("a") as more:
        more.write("2007-01-01,,12.5,attack\n,0.5,0.5,attack\n")
    found = answer(events=[file], design="wake", **QUICK)
    assert isinstance(found, Estimate)
    assert any("2 of 1908 events have no date or no coordinates" in note for note in found.notes) or any(
        note.startswith("2 of ") for note in found.notes
    )


def test_all_designs_are_asked_at_once_and_one_that_cannot_run_says_why(file: Path) -> None:
    found = answer(events=[file], design="all", **{**QUICK, "days": "2,150"})
    assert found.diagnostics["could_not_run"].keys() == {"wake", "did"}
    assert {design["design"] for design in found.diagnostics["designs"]} == {"hawkes"}


def test_events_of_the_register_are_asked_as_those_of_a_file(file: Path) -> None:
    given = rows(seed=2, effect=1.0)
    date, latitude, longitude, kind = zip(*given, strict=True)
    import pyarrow as pa

    report = REPORT.conform(pa.table({
        "report_id": [f"r{k}" for k in range(len(given))], "dataset": ["made up"] * len(given),
        "date_start": pa.array(date).cast(pa.date32()), "date_precision": ["day"] * len(given),
        "latitude": latitude, "longitude": longitude, "extra": [json.dumps({"what": k}) for k in kind],
    }))  # fmt: skip
    words = {"treatment": "what=strike", "control": "what=show", "outcome": "what=attack"}
    found = answer({"report": ibis.memtable(report)}, design="wake", **{**QUICK, **words})
    by_file = answer(events=[file], design="wake", **QUICK)
    assert isinstance(found, Estimate) and isinstance(by_file, Estimate)
    assert found.value == pytest.approx(by_file.value)


def run(*words: str) -> Any:
    return CliRunner().invoke(build(), ["consequence", *words])


def test_the_command_line_answers_from_events_and_writes_the_picture(file: Path, tmp_path: Path) -> None:
    picture = tmp_path / "effect.svg"
    told = run(str(file), "--treatment", "strike", "--control", "show", "--outcome", "attack", "--design", "wake", "--days", "2,4",
               "--km", "2,4", "--draws", "99", "--picture", str(picture))  # fmt: skip
    assert told.exit_code == 0
    assert told.output.startswith("MORE")
    assert "passed   overlap" in told.output
    assert picture.read_text().startswith("<svg")


def test_the_command_line_tells_the_dose_of_either_side(file: Path) -> None:
    lines = file.read_text().splitlines()
    dosed = [f"{line},{k % 7}" for k, line in enumerate(lines[1:])]
    file.write_text("\n".join([lines[0] + ",killed", *dosed]))
    told = run(str(file), "--treatment", "strike", "--control", "show", "--outcome", "attack", "--design", "wake", "--days", "2,4",
               "--km", "2,4", "--draws", "99", "--dose", "killed")  # fmt: skip
    assert told.exit_code == 0
    assert "per unit of dose, treatment: " in told.output
    assert "per unit of dose, control: " in told.output


def test_the_command_line_answers_from_a_plain_table_as_json(tmp_path: Path) -> None:
    rng = np.random.default_rng(1)
    lines = [f"{u},{int(u >= 20)},{rng.normal(10):.2f},{rng.normal(10 + 3 * (u >= 20)):.2f}" for u in range(40)]
    file = tmp_path / "panel.csv"
    file.write_text("\n".join(["village,shelled,before,after", *lines]))
    told = run(str(file), "--treated", "shelled", "--pre", "before", "--post", "after", "--draws", "199", "--json")
    assert told.exit_code == 0
    assert json.loads(told.output)["direction"] == "more here"


@pytest.mark.parametrize(
    "words",
    [(), ("--treated", "shelled"), ("--treatment", "strike"), ("--treatment", "strike", "--outcome", "nothing")],
)
def test_the_command_line_refuses_what_it_cannot_use(file: Path, words: tuple[str, ...]) -> None:
    told = run(str(file), *words)
    assert isinstance(told.exception, CivcasError)
    assert told.exception.exit_code == 2


@pytest.mark.slow
def test_iraq_strikes_against_shows_of_force_in_all_designs(real_data: Path) -> None:
    folder = real_data / "iraq_airstrikes"
    found = answer(
        events=[folder / "airstrikes_2007_08.csv", folder / "insurgencies_2007_08.csv"],
        treatment="Airstrike", control="SOF", outcome="SAF|IED|other", duplicates="drop", design="all",
    )  # fmt: skip
    assert {design["design"] for design in found.diagnostics["designs"]} == {"wake", "did", "hawkes"}
    placebos = {
        d["design"]: c["passed"]
        for d in found.diagnostics["designs"]
        for c in d["checks"]
        if c["name"].startswith("placebo")
    }
    assert placebos == {"wake": True, "did": True, "hawkes": False}  # shows of force are no silent placebo over time
    assert found.diagnostics["direction"] == "less here"  # out to 30 km the sum leaves room for no change
    said = {d["design"]: d["direction"] for d in found.diagnostics["designs"]}
    assert said == {"wake": "less here", "did": "no detectable change", "hawkes": "cannot be told"}
    assert isinstance(found, Estimate)
    assert found.low is not None and found.high is not None and found.low < 0 < found.high
    assert "conflict by place and period" in found.diagnostics["conflict"]


@pytest.mark.slow
def test_shelled_villages_of_chechnya_as_published(real_data: Path) -> None:
    # Lyall (2009), 159 matched pairs: -0.516, by pair -0.839 to -0.193 at normal quantiles
    from civcas.measures.consequences import panel_file, table_design

    sheet = panel_file.read(
        real_data / "lyall_chechnya" / "shelling_pairs.csv", treated="treat", pre=["attacks_before"], post=["attacks_after"],
        cluster="pair",
    )  # fmt: skip
    found = table_design.ask(treated=sheet.treated, before=sheet.before, after=sheet.after, cluster=sheet.cluster)
    assert found.headline.value == pytest.approx(-0.516, abs=5e-4)
    assert found.headline.value - 1.959964 * found.headline.se == pytest.approx(-0.839, abs=2e-3)
    assert str(found.direction) == "less here"
    assert found.numbers["in_proportion"]["value"] == pytest.approx(-0.517, abs=5e-4)


@pytest.mark.slow
def test_chechnya_one_sided_violence_by_month_and_place(real_data: Path) -> None:
    found = answer(
        events=[real_data / "ucdp_ged" / "ged_chechnya.csv"],
        treatment="type_of_violence=3,side_a=Government of Russia (Soviet Union)", outcome="type_of_violence=1",
        where="year=1999|2000|2001|2002|2003|2004|2005|2006|2007|2008|2009,date_prec=1|2|3|4", place="adm_2", design="did",
    )  # fmt: skip
    assert isinstance(found, Estimate)
    assert found.diagnostics["direction"] == "no detectable change"
    assert "would have been seen four times in five" in found.says
    assert any("conflict by place and period" in note for note in found.notes)
