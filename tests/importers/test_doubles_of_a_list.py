"""Who stands twice in one list of people: pairs with a chance and a reason, from Python and from the command line."""

from __future__ import annotations

import importlib.util
import json
import stat
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from civcas.cli.app import build
from civcas.linking import people
from civcas.linking.doubles import doubles, table

BENCHMARKS = Path(__file__).parents[2] / "benchmarks"
CLEAN = [("Zubimar Khadul Shumaq", 8, "M"), ("Nobira Fadir Dunash", 30, "F"), ("Tamlar Larki Gosheb", 51, "M"),
    ("Hasluth Wamir Pendul", 22, "F"),
         ("Djamir Oruk Teshal", 40, "M"), ("Lurika Besham Vodin", 17, "F"), ("Karim Zolub Nashet", 65, "M"), ("Pelusa Tarim Hodek",
         5, "F")]  # fmt: skip


def listed(*rows: tuple[str, int | None, str | None]) -> pa.Table:
    return pa.table({"person_id": [f"p{n}" for n in range(len(rows))], "name": [r[0] for r in rows],
                     "age": pa.array([r[1] for r in rows], pa.float32()), "sex": pa.array([r[2] for r in rows],
                     pa.string())})  # fmt: skip


def pairs(rows: pa.Table) -> list[tuple[str, str, float]]:
    found = table(doubles(people.read(rows)))
    return [(r["person_id_l"], r["person_id_r"], r["chance"]) for r in found.to_pylist() if r["chance"] >= 0.5]


def test_a_double_in_another_spelling_is_found_with_its_reason_and_no_name() -> None:
    rows = listed(*CLEAN, ("زبيمر خادول شوماق", 8, "M"))
    found = table(doubles(people.read(rows)))
    assert [(one, other) for one, other, _ in pairs(rows)] == [("p0", "p8")]
    assert "name +" in found["because"][0].as_py() and "age +" in found["because"][0].as_py()
    assert "Zubimar" not in str(found.to_pydict()) and found.schema.metadata[b"sensitivity"] == b"restricted"


def test_who_stands_three_times_makes_three_pairs() -> None:
    again = ("Zubimar Khadul Shumaq", 8, "M")
    assert [(one, other) for one, other, _ in sorted(pairs(listed(*CLEAN, again, again)))] == [
        ("p0", "p8"),
        ("p0", "p9"),
        ("p8", "p9"),
    ]


def test_nobody_is_a_double_in_a_list_without_one_and_brothers_are_two() -> None:
    assert pairs(listed(*CLEAN)) == []
    assert pairs(listed(*CLEAN, ("Tashil Khadul Shumaq", 11, "M"))) == []


@pytest.mark.parametrize("many", [0, 1])
def test_a_list_of_one_or_nobody_has_no_doubles(many: int) -> None:
    assert table(doubles(people.read(listed(*CLEAN[:many]) if many else listed(*CLEAN).slice(0, 0)))).num_rows == 0


@pytest.fixture(scope="module")
def made_up() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made_up_people", BENCHMARKS / "made_up_people.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["made_up_people"] = module
    spec.loader.exec_module(module)
    return module


def test_planted_doubles_of_a_made_up_list_are_found(made_up: ModuleType) -> None:
    """200 of 3,200 people are listed again as somebody else recorded them: other spellings, words left out, ages off."""
    made = made_up.lists(listed=3_000, recorded=240, scripts=("latin", "latin"), seed=5)
    again = np.flatnonzero(made.truth >= 0)[:200]
    ours, theirs = made.listed["person_id"].to_pylist(), made.recorded["person_id"].to_pylist()
    planted = {tuple(sorted((ours[int(made.truth[n])], theirs[int(n)]))) for n in again}
    found = doubles(people.read(pa.concat_tables([made.listed, made.recorded.take(pa.array(again))])))
    sure = [tuple(sorted((r["person_id_l"], r["person_id_r"]))) for r in table(found).to_pylist() if r["chance"] >= 0.9]
    right = sum(pair in planted for pair in sure)
    assert right >= 0.4 * len(planted) and right >= 0.9 * len(sure)
    assert 0.5 <= found.chance.sum() / len(planted) <= 1.3  # the chances add up to about as many as there are


def test_the_command_lists_ids_chances_and_reasons(tmp_path: Path) -> None:
    file = tmp_path / "list.parquet"
    pq.write_table(listed(*CLEAN, ("Zoubeemar Khadul Shumaq", 8, "M")), file)
    said = CliRunner().invoke(build(), ["names", str(file), "--propose", str(tmp_path / "pairs.parquet")])
    assert said.exit_code == 0, said.output
    assert (
        "In one list of 9 people: 1 pairs" in said.output and "p0 = p8" in said.output and "Zubimar" not in said.output
    )
    assert stat.S_IMODE((tmp_path / "pairs.parquet").stat().st_mode) == 0o600
    assert "because" in pq.read_table(tmp_path / "pairs.parquet").column_names
    out = json.loads(CliRunner().invoke(build(), ["names", str(file), "--json"]).stdout)
    assert out["pairs"][0]["one"] == "p0" and out["pairs"][0]["chance"] >= 0.9


def test_a_rule_decides_each_double_once(tmp_path: Path) -> None:
    file, kept = tmp_path / "list.parquet", tmp_path / "kept.jsonl"
    pq.write_table(listed(*CLEAN, ("Zoubeemar Khadul Shumaq", 8, "M")), file)
    args = ["names", str(file), "--apply", "at-0.9", "--decisions", str(kept), "--by", "A. Reviewer", "--json"]
    first = CliRunner().invoke(build(), args)
    assert first.exit_code == 0, first.output
    assert json.loads(first.stdout)["decided"] == 1
    assert json.loads(CliRunner().invoke(build(), args).stdout)["decided"] == 0
