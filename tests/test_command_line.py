from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from civcas import Reading
from command_line import civcas


def test_the_demo_prints_what_check_prints_for_the_same_claims(tmp_path: Path) -> None:
    demo = civcas("demo", tmp_path, "--json")
    assert demo.returncode == 0, demo.stderr
    checked = civcas("check", tmp_path / "op_ed_2017.yaml", "--json")
    assert demo.stdout == checked.stdout
    told = json.loads(demo.stdout)
    assert told["claims"][0]["verdict"] == "depends on what is meant"
    assert told["rerun"]["facts"][0]["sha256"]
    assert {path.name for path in tmp_path.iterdir()} == {
        "op_ed_2017.yaml", "op_ed_2017.html", "claims_by_others.yaml", "claims_by_others.html",
    }  # fmt: skip


def test_the_demo_keeps_a_claims_file_that_a_person_has_changed(tmp_path: Path) -> None:
    civcas("demo", tmp_path)
    changed = tmp_path / "op_ed_2017.yaml"
    changed.write_text(changed.read_text(encoding="utf-8").replace("within: 25%", "within: 1%"), encoding="utf-8")
    told = json.loads(civcas("demo", tmp_path, "--json").stdout)
    assert told["claims"][0]["expect"] == {"value": 8, "within": 0.01}


def test_a_measure_answers_as_json_with_everything_a_number_needs() -> None:
    ran = civcas("measure", "rate_ratio", "--exposed", "Russian Military", "--reference", "U.S.-led Coalition", "--area", "Syria",
                 "--window", "2015-10..2016-09", "--grades", "+contested", "--json")  # fmt: skip
    told = json.loads(ran.stdout)
    assert round(told["value"], 2) == 6.16
    assert told["low"] < told["value"] < told["high"] and told["level"] == 0.95 and told["n"] == 24
    assert told["reading"]["window"] == "2015-10..2016-09"


def test_a_refusal_leaves_with_exit_code_3_and_its_reason() -> None:
    ran = civcas("measure", "rate", "--belligerent", "Russian Military", "--area", "Syria", "--window", "2016-01",
                 "--exposure", "declared strike")  # fmt: skip
    assert ran.returncode == 3
    assert "Refused" in ran.stdout and "alike" in ran.stdout


def test_tables_and_sources_say_what_ships() -> None:
    tables = {each["name"]: each["rows"] for each in json.loads(civcas("tables", "--json").stdout)}
    assert tables["harm_by_period"] == 659 and tables["incident"] is None
    sources = json.loads(civcas("sources", "--json").stdout)
    assert {each["holds"] for each in sources} == {"harm_by_period", "figure", "strike", "names"}


def test_every_command_explains_itself_with_an_example() -> None:
    for command in ("check", "demo", "tables", "sources"):
        shown = civcas(command, "--help")
        assert shown.returncode == 0 and f"civcas {command}" in shown.stdout and "Example" in shown.stdout


def test_a_report_is_written_whole_into_a_folder_that_is_made(tmp_path: Path) -> None:
    civcas("demo", tmp_path)
    page = tmp_path / "new" / "report.html"
    ran = civcas("check", tmp_path / "op_ed_2017.yaml", "--claim", "C01", "--html", page)
    assert ran.returncode == 0 and page.read_text(encoding="utf-8").startswith("<!doctype html>")
    refused = civcas("check", tmp_path / "op_ed_2017.yaml", "--html", "/proc/nowhere/report.html")
    assert refused.returncode == 2 and "cannot write here" in refused.stderr


def test_civcas_runs_as_a_module_and_an_error_there_is_one_message_without_a_traceback() -> None:
    ran = subprocess.run(
        [sys.executable, "-m", "civcas", "check", "nothing.yaml"], capture_output=True, text=True, check=False
    )
    assert (ran.returncode, ran.stdout) == (2, "")
    assert "nothing.yaml: there is no such file" in ran.stderr and "Traceback" not in ran.stderr


def test_a_reading_written_as_options_is_read_back_by_the_command_line() -> None:
    reading = Reading.of(
        belligerents=["Russian Military", "U.S.-led Coalition"], area="Syria", window="2015-10..2016-09 vs 2014-09..2016-09",
        grades="+contested", bound="max", attribution="sole", exposure="declared sortie vs declared strike",
    )  # fmt: skip
    told = json.loads(civcas("measure", "rate_ratio", *reading.to_options(), "--json").stdout)
    assert Reading.from_dict(told["reading"]) == reading
    alone = reading.only(1).varied(exposure="month")
    assert (
        Reading.from_dict(json.loads(civcas("measure", "rate", *alone.to_options(), "--json").stdout)["reading"])
        == alone
    )
