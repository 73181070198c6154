"""Names of two lists: one key for many spellings and scripts, the right person among rivals, nobody where there is nobody."""

from __future__ import annotations

import importlib.util
import itertools
import json
import stat
import sys
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from civcas.case.case import Case
from civcas.case.folder import make
from civcas.cli.app import build
from civcas.errors import BadInput, UnknownName
from civcas.linking import naming, people
from civcas.linking.likeness import CHANGE, LEAVE, distance, words
from civcas.linking.sounding import keys, sounds, words_of

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


@pytest.fixture(scope="module")
def made_up() -> ModuleType:
    spec = importlib.util.spec_from_file_location("made_up_people", BENCHMARKS / "made_up_people.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules["made_up_people"] = module
    spec.loader.exec_module(module)
    return module


def persons(*rows: tuple[str, str, float | None, str | None]) -> pa.Table:
    columns = list(zip(*rows, strict=True))
    return pa.table(
        {
            "person_id": list(columns[0]),
            "name": list(columns[1]),
            "age": pa.array(columns[2], pa.float32()),
            "sex": pa.array(columns[3], pa.string()),
        }
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("Zubimar", "زبيمر"), ("Zoubeemar", "زبيمر"), ("Зубимар", "Zubimar"), ("Khadul", "خادول"), ("Хадул", "خادول"), ("Djamir", "جامير"),
        ("Hasluth", "هسلوث"), ("Fadirah", "فاديرة"), ("Fadira", "فاديره"), ("Shumaq", "شوماق"), ("Chumak", "شوماق"), ("Джамур", "Jamur"),
        ("Худил", "Hudil"), ("Худил", "Khudil"), ("Вамир", "Wamir"), ("Вамир", "Oumir"), ("Зубим", "Dhubim"),
        ("Зубим", "ذوبيم"), ("Тавур", "طاوور"),
    ],
)  # fmt: skip
def test_spellings_of_one_word_share_a_key_and_sound_nearly_alike(one: str, other: str) -> None:
    heard = words([sounds(words_of(pa.array([w]))[0][0].as_py()) for w in (one, other)])
    assert keys(heard.heard[0]) & keys(heard.heard[1])
    spelt, length = heard.spelt, heard.length
    assert distance(spelt[0], length[0], spelt[1], length[1], CHANGE, LEAVE, LEAVE) < 0.9


def test_marks_digits_direction_and_particles_are_left_out_and_the_original_is_kept() -> None:
    given = persons(
        ("a", "12 \u202bأبو زُبـيمر الخادولي\u202c", None, None), ("b", "Abd al-Rukhim bin Zubimar", None, None)
    )
    read = people.read(given)
    assert [read.words.heard[w] for w in read.word[: read.begin[1]]] == ["zbYmr", "xAdWlY"]
    assert [read.words.heard[w] for w in read.word[read.begin[1] :]] == ["ruxim", "zubimar"]
    assert given["name"][0].as_py().startswith("12")


def test_words_written_together_and_apart_are_one_word() -> None:
    forms = ("عبد الرخيم", "عبدالرخيم", "Abd al-Rukhim", "Abdulrukhim", "Abdurrukhim", "Abdel Rukhim")
    read = people.read(persons(*((str(n), name, None, None) for n, name in enumerate(forms))))
    assert np.diff(read.begin).tolist() == [1] * 6
    assert {read.words.heard[w] for w in read.word} <= {"rxYm", "ruxim"}


def test_the_rare_word_the_age_and_the_sex_decide_between_namesakes() -> None:
    listed = persons(
        ("l1", "Zubimar Khadul Fadir Shumaq", 40, "M"), ("l2", "Zubimar Khadul Fadir Shumaq", 9, "M"),
        ("l3", "Nubira Khadul Fadir Shumaq", 8, "F"), *((f"x{n}", f"Zubimar Tamul{n} Larik Donash", 30, "M") for n in range(40)),
    )  # fmt: skip
    found = naming.match(people.read(persons(("q", "زبيمر خادول شوماق", 8, "M"))), people.read(listed))
    assert [found.second.person_id[r] for r in found.right[:2]] == ["l2", "l1"]
    assert found.chance[0] > 10 * found.chance[1]


def test_how_far_ages_of_one_person_lie_apart_is_learned() -> None:
    # given 400 pairs that are surely one person, whose ages are two years apart, and others of no known age
    gap, chance = np.array([2.0] * 400 + [np.nan] * 50), np.ones(450)
    found = naming._learned_ages(gap, chance)
    assert found == pytest.approx([0.132, 0.036, 0.816, 0.01, 0.006], abs=0.001)


def test_chances_of_one_person_never_sum_above_one_and_the_order_of_rows_does_not_matter(made_up: Any) -> None:
    made = made_up.lists(listed=1_500, recorded=200, scripts=("latin", "arabic"), seed=5)
    first, second = people.read(made.recorded), people.read(made.listed)
    found = naming.match(first, second)
    assert np.bincount(found.left, found.chance).max() <= 1 + 1e-9
    turned = naming.match(people.read(made.recorded.take(pa.array(range(199, -1, -1)))), people.read(made.listed))
    assert turned.table().equals(found.table())


@pytest.mark.parametrize(
    "scripts", [("latin", "latin"), ("arabic", "arabic"), ("latin", "arabic"), ("cyrillic", "arabic")]
)
def test_the_right_person_is_first_across_scripts(made_up: Any, scripts: tuple[str, str]) -> None:
    made = made_up.lists(listed=3_000, recorded=600, scripts=scripts, seed=3)
    found = naming.match(people.read(made.recorded), people.read(made.listed))
    best, answer, chance = found.best(), np.full(600, -1), np.zeros(600)
    answer[found.left[best]], chance[found.left[best]] = found.right[best], found.chance[best]
    known = made.truth >= 0
    assert (answer == made.truth)[known].mean() >= 0.96
    surest = np.argsort(-chance, kind="stable")[: int(0.8 * known.sum())]
    assert (answer == made.truth)[surest].mean() >= 0.98
    assert chance[~known].mean() < 0.35


def test_a_name_nobody_can_read_meets_nobody_and_is_counted() -> None:
    found = naming.match(
        people.read(persons(("q", "123", None, None))), people.read(persons(("l", "Zubimar", None, None)))
    )
    assert (len(found.left), len(found.best())) == (0, 0)


def test_a_list_without_names_or_with_an_id_twice_is_refused() -> None:
    with pytest.raises(BadInput, match="lacks name"):
        people.read(pa.table({"person_id": ["a"]}))
    with pytest.raises(BadInput, match="same person_id"):
        people.read(persons(("a", "Zubimar", None, None), ("a", "Khadul", None, None)))


def run(*given: object, typed: str = "") -> str:
    result = CliRunner().invoke(build(), [str(w) for w in given], input=typed, catch_exceptions=False)
    assert result.exit_code == 0, result.output
    return result.stdout


RECORDED = (
    ("r1", "Zubimar Khadul Shumaq", 8.0, "M"),
    ("r2", "Nubira Shumaq", None, "F"),
    ("r3", "Odlin Wareq", 50.0, "M"),
)
OTHERS = tuple(
    (f"x{n}", f"{a}{b}{c} دوناش{b}", 30.0, "M") for n, (a, b, c) in enumerate(itertools.product("بتحد", "صعقك", "لمنه"))
)
LISTED = (("l1", "زبيمر خادول فادر شوماق", 9.0, "M"), ("l2", "نوبيرا خادول فادر شوماق", 4.0, "F"), *OTHERS)


def report_of(dataset: str, rows: Any) -> pa.Table:
    return pa.table({
        "report_id": [f"{dataset}:{r[0]}" for r in rows], "dataset": [dataset] * len(rows), "row_is": ["person"] * len(rows),
        "person": [json.dumps({"name": r[1], "age": None if r[2] is None else str(r[2]), "sex": r[3]}) for r in rows],
    })  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> Path:
    make(tmp_path / "case", author="anna", title="Made up")
    with Case.open(tmp_path / "case") as opened:
        for dataset, rows in (("recorder", RECORDED), ("ministry", LISTED)):
            (tmp_path / dataset).write_text(dataset)
            opened.take_in(
                tmp_path / dataset,
                dataset=dataset,
                format="test",
                tables={"report": report_of(dataset, rows)},
                given=len(rows),
                author="anna",
            )
    return tmp_path / "case"


def test_no_name_leaves_the_restricted_tables(case: Path, tmp_path: Path) -> None:
    out = run("names", "recorder", "ministry", "--case", case, "--propose", tmp_path / "p.parquet", "--json")
    table = pq.read_table(tmp_path / "p.parquet")
    assert table.column_names == ["person_id_l", "person_id_r", "chance", "name_weight", "age_weight", "sex_weight"]
    assert table.schema.metadata[b"sensitivity"] == b"restricted"
    assert stat.S_IMODE((tmp_path / "p.parquet").stat().st_mode) == 0o600
    assert table["person_id_r"][0].as_py() == "ministry:l1"
    assert "Zubimar" not in out and "Zubimar" not in str(table.to_pylist())


def test_people_are_decided_in_the_ledger_by_id_and_never_asked_or_ruled_again(case: Path) -> None:
    shown = run(
        "names", "recorder", "ministry", "--case", case, "--review", "--by", "A. Reviewer", "--pairs", 1, typed="n"
    )
    assert "Zubimar Khadul Shumaq" in shown or "Nubira Shumaq" in shown
    with Case.open(case) as opened:
        row = opened.decisions().to_pylist()[0]
    assert (row["decision"], row["about"], row["author"]) == ("other_person", "person", "A. Reviewer")
    assert "Zubimar" not in json.dumps(row) and "Nubira" not in json.dumps(row)
    run("names", "recorder", "ministry", "--case", case, "--apply", "at-0.01", "--json")
    with Case.open(case) as opened:
        after = {r["subject"]: r["decision"] for r in opened.decisions().to_pylist()}
    assert after[row["subject"]] == "other_person"
    assert "same_person" in after.values()


def test_a_list_the_case_does_not_hold_is_refused(case: Path) -> None:
    with pytest.raises(UnknownName, match="recorder"):
        run("names", "recoder", "ministry", "--case", case)
