"""Bad input to the estimators, through the command line and through Python: a refusal or one clear error, each with what to do."""

from __future__ import annotations

import datetime as dt
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import ibis
import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

import civcas
from civcas.cli.app import build, main
from civcas.errors import BadInput
from civcas.measures import change, trend
from civcas.measures.counts.change_points import poisson_changes, single_change
from civcas.measures.undercount import answering, sheet
from civcas.measures.undercount.methods import METHODS
from civcas.terms.estimate import Estimate, Refusal
from recorded_incidents import incidents_of

Tables = Mapping[str, ibis.Table]
TWO = ("incident_ratio", "incident_regression", "pooled_rates", "tipping_point")
ONE = ("incident_rate", "trend", "change", "delay")


def run(capsys: pytest.CaptureFixture[str], *words: object) -> tuple[int, str]:
    """The exit code, and all that was printed."""
    with pytest.raises(SystemExit) as left:
        main([str(word) for word in words])
    told = capsys.readouterr()
    return int(left.value.code or 0), told.out + told.err


# --- lists

SHEETS = {
    "copies of each other": ("A,B,C,count\n1,1,0,20\n1,1,1,9\n0,0,1,30\n", "copies of each other", "drop A or B"),
    "one list inside another": (
        "A,B,C,count\n1,1,0,20\n0,1,0,30\n1,1,1,9\n0,1,1,8\n0,0,1,30\n",
        "A lies inside B",
        "join it with B",
    ),
    "no overlap": ("A,B,C,count\n1,0,0,50\n0,1,0,40\n0,0,1,30\n", "do not overlap", "check the linking"),
}
NORTH = {"1,0,0": 90, "0,1,0": 80, "0,0,1": 70, "1,1,0": 30, "1,0,1": 25, "0,1,1": 20, "1,1,1": 9}
STRATUM_APART = (
    "A,B,C,area,count\n"
    + "".join(f"{pattern},north,{n}\n" for pattern, n in NORTH.items())
    + "1,0,0,south,50\n0,1,0,south,40\n0,0,1,south,30\n"
)  # fmt: skip
WRONG_COUNTS = {
    "negative": ("A,B,C,count\n1,0,0,-5\n0,1,1,3\n", "negative", "whole numbers"),
    "fractional": ("A,B,C,count\n1,0,0,5.5\n0,1,1,3\n", "fractions", "before weighting"),
}


def written(folder: Path, text: str) -> Path:
    path = folder / "lists.csv"
    path.write_text(text, encoding="utf-8")
    return path


@pytest.mark.parametrize("kind", list(SHEETS))
def test_lists_that_say_nothing_are_refused_by_every_method_with_what_to_do(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    text, reason, needs = SHEETS[kind]
    path = written(tmp_path, text)
    for method in ("auto", *(name for name in METHODS if name != "chapman")):
        found = answering.answer(sheet.read(path)[0], method_name=method)
        assert isinstance(found, Refusal) and reason in found.reason and needs in found.needs
    code, told = run(capsys, "undercount", path, "--json")
    assert code == 3 and reason in told and needs in told and "Traceback" not in told


def test_a_single_stratum_without_overlap_stops_the_sum_and_is_named(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path = written(tmp_path, STRATUM_APART)
    found = answering.answer(sheet.read(path, strata=("area",))[0])
    assert isinstance(found, Refusal)
    assert "stratum south" in found.reason and "do not overlap" in found.reason and "join strata" in found.needs
    code, told = run(capsys, "undercount", path, "--strata", "area", "--json")
    assert code == 3 and "stratum south" in told and "join strata" in told


@pytest.mark.parametrize("kind", list(WRONG_COUNTS))
def test_counts_of_people_that_cannot_be_are_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], kind: str
) -> None:
    text, says, do = WRONG_COUNTS[kind]
    path = written(tmp_path, text)
    with pytest.raises(BadInput, match=says) as refused:
        sheet.read(path)
    assert do in str(refused.value)
    code, told = run(capsys, "undercount", path)
    assert code == 2 and says in told and "Traceback" not in told


# --- incidents


def rows(by: str, killed: list[Any], **more: Any) -> list[dict[str, Any]]:
    return [
        {"id": f"{by}{i}", "date": dt.date(2016, 1 + i % 12, 1 + i // 12), "by": [by], "min": low, **more}
        for i, low in enumerate(killed)
    ]


def folder_of(folder: Path, tables: Tables) -> Path:
    for name, table in tables.items():
        pq.write_table(table.to_pyarrow(), folder / f"{name}.parquet")
    return folder


def asked(name: str, **more: str) -> dict[str, str]:
    who = {"exposed": "A", "reference": "B"} if name in TWO else {"belligerent": "A"}
    return who | {"window": "2016"} | more


def spelt(words: dict[str, str]) -> list[str]:
    return [part for name, value in words.items() for part in (f"--{name.replace('_', '-')}", value)]


GOOD = rows("A", [2, 3, 5, 3] * 6) + rows("B", [3, 2, 3, 4] * 6)  # months that do not all count the same


SUMMED = [
    name for name in (*TWO, *ONE) if name not in ("pooled_rates", "delay")
]  # a sampler of half a minute; no counts of killed


@pytest.mark.parametrize("name", SUMMED)
@pytest.mark.parametrize(
    ("wrong", "says"),
    [
        ({"min": 7, "max": 3}, "1 incident left out: its lowest number is above its highest (wrong1)."),
        ({"min": -2, "max": 3}, "1 incident left out: its number is below zero (wrong1)."),
    ],
)
def test_a_count_that_cannot_be_is_left_out_and_named_by_every_measure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, wrong: dict[str, int], says: str
) -> None:
    tables = incidents_of([*GOOD, {"id": "wrong1", "date": dt.date(2016, 3, 3), "by": ["A"], **wrong}])
    found = civcas.measure(name, using=tables, **asked(name))
    without = civcas.measure(name, using=incidents_of(GOOD), **asked(name))
    assert isinstance(found, Estimate) and isinstance(without, Estimate)
    assert (found.value, found.low, found.high) == (without.value, without.low, without.high)
    assert says in found.notes and not any("left out" in note for note in without.notes)
    code, told = run(capsys, "measure", name, *spelt(asked(name)), "--tables", folder_of(tmp_path, tables))
    assert "Traceback" not in told
    # of tables in a folder, the number is taken out of that row alone, and the row is named beside the answer
    assert code == 3 or "wrong1" in told


def test_a_fraction_of_a_person_is_one_clear_error(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder_of(tmp_path, incidents_of(GOOD))
    harm = pq.read_table(tmp_path / "harm.parquet")
    halves = pa.array([2.5] * len(harm))
    pq.write_table(harm.set_column(harm.schema.get_field_index("min"), "min", halves), tmp_path / "harm.parquet")
    code, told = run(capsys, "measure", "incident_rate", *spelt(asked("incident_rate")), "--tables", tmp_path)
    assert code == 2 and "min" in told and "whole number" in told and "Traceback" not in told


@pytest.mark.parametrize("amount", ["0 vs 10", "10 vs 0", "0..5 vs 10"])
def test_an_exposure_of_zero_is_one_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], amount: str
) -> None:
    words = asked("incident_ratio", exposure="declared strike", amount=amount)
    with pytest.raises(BadInput, match="above 0"):
        civcas.measure("incident_ratio", using=incidents_of(GOOD), **words)
    code, told = run(
        capsys, "measure", "incident_ratio", *spelt(words), "--tables", folder_of(tmp_path, incidents_of(GOOD))
    )
    assert code == 2 and "above 0" in told


@pytest.mark.parametrize("name", [*TWO, *ONE])
def test_a_side_whose_incidents_are_all_contested_is_refused_by_every_measure(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    tables = incidents_of(rows("A", [3] * 24, grading="Contested") + rows("B", [3] * 24))
    words = asked(name, grades="+contested")
    found = civcas.measure(name, using=tables, **words)
    assert isinstance(found, Refusal), found
    assert "contested" in found.reason and found.needs
    code, told = run(capsys, "measure", name, *spelt(words), "--tables", folder_of(tmp_path, tables))
    assert code == 3 and "contested" in told


# --- short, empty and constant series


def test_a_record_of_nobody_killed_has_no_level_to_change() -> None:
    found = change.answer(incidents_of(rows("A", [0] * 24)), belligerent="A", window="2016")
    assert isinstance(found, Refusal) and "counts 0" in found.reason and found.needs


def test_no_series_gives_a_number_that_is_no_number() -> None:
    draw = np.random.default_rng(20261122)
    series = [np.zeros(8), np.ones(8), np.eye(1, 8).ravel(), np.eye(1, 8, 7).ravel(), np.full(6, 1e9), np.full(3, 0.2)]
    series += [draw.poisson(draw.choice([0.05, 1, 50, 2e3]), draw.integers(3, 30)).astype(float) for _ in range(300)]
    series += [np.where(draw.random(12) < 0.8, 0.0, draw.poisson(5, 12) * 37.0) for _ in range(100)]
    for counts in series:
        if not counts.any():
            with pytest.raises(BadInput, match="no event at all"):
                single_change(counts)
            continue
        one = single_change(counts)
        assert math.isfinite(one.likelihood_ratio) and one.likelihood_ratio > -1e-6 * max(1.0, counts.sum())
        assert np.isfinite(one.posterior).all() and one.posterior.sum() == pytest.approx(1)
        try:
            changed = change.changes(counts)
        except BadInput as refused:
            assert refused.expected
            continue
        one = changed.one
        assert 0 < one.low <= one.value <= one.high < math.inf and 0 < one.p <= 1
        assert all(0 < cut < len(counts) for cut in changed.after) and one.shown == bool(changed.after)
        assert poisson_changes(counts, penalty=1e12) == ()


@pytest.mark.parametrize("killed", [[1] * 12, [0] * 11 + [5], [5] + [0] * 11, [0] * 6 + [9] * 6, [10**6] * 12])
def test_short_and_constant_series_answer_with_finite_ends_or_refuse(killed: list[int]) -> None:
    tables = incidents_of(rows("A", killed))
    for measure in (change, trend):
        found = measure.answer(tables, belligerent="A", window="2016")
        if isinstance(found, Refusal):
            assert found.needs
        else:
            assert found.low is not None and found.high is not None
            assert math.isfinite(found.value) and math.isfinite(found.low) and math.isfinite(found.high)
            assert found.low <= found.value <= found.high


def test_a_file_named_twice_is_not_two_versions(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = written(tmp_path, STRATUM_APART)
    code, told = run(capsys, "undercount", path, path)
    assert code == 2 and "named twice" in told


def test_help_of_the_command_names_versions() -> None:
    told = CliRunner().invoke(build(), ["undercount", "--help"], env={"COLUMNS": "200"}).stdout
    assert "pooled" in told
