"""Reports are traced to recorded incidents: by day, place, parties and numbers, and by what was decided before."""

from __future__ import annotations

import datetime as dt
import importlib.util
import json
import sys
from pathlib import Path
from types import ModuleType

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from civcas.cli.app import build
from civcas.errors import BadInput
from civcas.linking import tracing
from civcas.linking.story import story

BENCHMARKS = Path(__file__).parents[1] / "benchmarks"


def script(name: str) -> ModuleType:
    spec = importlib.util.spec_from_file_location(name, BENCHMARKS / f"{name}.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("text", "months", "years", "numbers"),
    [
        ("Attack kills seven in Bir Qaroun", None, None, (7,)),
        ("Monthly report, September 2019", (596, 596), (2019, 2019), ()),
        ("Rapport du 9 au 14 février", (601, 601), None, (9, 14)),
        ("Violations from December to January", (None, None), None, ()),
        ("Mapping of violations 2003-2015", None, (2003, 2015), ()),
    ],
)
def test_a_text_says_months_years_and_numbers(
    text: str, months: object, years: object, numbers: tuple[int, ...]
) -> None:
    said = story(text, published_month=601)  # February 2020
    assert (said.years, said.numbers) == (years, numbers)
    if months != (None, None):
        assert said.months == months


def incidents() -> pa.Table:
    day = [dt.date(2020, 3, 1), dt.date(2020, 3, 2), dt.date(2020, 3, 2), dt.date(2020, 3, 5)]
    return pa.table({
        "incident_id": ["a", "b", "c", "d"], "date_start": day, "date_end": day,
        "place": ["Bir Qaroun town", "Tell Shihab", "Ras Ghazal", "Bir Qaroun town"], "province": ["North", "South", "South", "North"],
        "belligerents": ["Army of X"] * 3 + ["Army of Y"], "all_killed_min": [7, 3, 12, 2], "all_killed_max": [7, 3, 15, 2],
    })  # fmt: skip


def reports(*rows: tuple[str, dt.date, str]) -> pa.Table:
    ids, days, texts = zip(*rows, strict=True)
    return pa.table(
        {"report_id": list(ids), "published": list(days), "text": list(texts), "source": ["agency"] * len(ids)}
    )


def test_place_day_and_number_rank_the_right_incident_first() -> None:
    found = tracing.trace(
        reports(
            ("1", dt.date(2020, 3, 3), "Seven killed in Bir Qaroun"),
            ("2", dt.date(2020, 3, 3), "Twelve dead in the south, Ras Ghazal"),
        ),
        incidents(),
        most=2,
    )
    first = {r["report_id"]: r["incident_id"] for r in found.to_pylist() if r["rank"] == 1}
    assert first == {"1": "a", "2": "c"}
    assert found.num_rows == 4
    assert all(0 < r["chance"] <= 1 for r in found.to_pylist())


def test_a_report_is_not_put_to_an_incident_after_it() -> None:
    found = tracing.trace(reports(("1", dt.date(2020, 3, 3), "Clash in Bir Qaroun")), incidents(), most=1)
    assert found["incident_id"].to_pylist() == ["a"]


def test_tables_without_days_or_ids_are_refused() -> None:
    with pytest.raises(BadInput, match="published is not known"):
        tracing.trace(reports(("1", None, "x")), incidents())  # type: ignore[arg-type]
    with pytest.raises(BadInput, match="lacks incident_id"):
        tracing.trace(reports(("1", dt.date(2020, 3, 3), "x")), incidents().drop_columns(["incident_id"]))


def test_the_command_writes_ranked_incidents(tmp_path: Path) -> None:
    pq.write_table(reports(("1", dt.date(2020, 3, 3), "Seven killed in Bir Qaroun")), tmp_path / "r.parquet")
    pq.write_table(incidents(), tmp_path / "i.parquet")
    words = ["trace", tmp_path / "r.parquet", tmp_path / "i.parquet", "--out", tmp_path / "o.parquet", "--json"]
    result = CliRunner().invoke(build(), [str(w) for w in words], catch_exceptions=False)
    assert json.loads(result.stdout)["rows"] == 4
    assert pq.read_table(tmp_path / "o.parquet")["incident_id"][0].as_py() == "a"


@pytest.mark.parametrize("decided", [0, 110])
def test_reports_ranked_in_blocks_are_ranked_as_all_at_once(decided: int, monkeypatch: pytest.MonkeyPatch) -> None:
    told = [("Seven killed in Bir Qaroun", "a"), ("Three dead in Tell Shihab", "b"), ("Twelve at Ras Ghazal", "c")] * 40
    given = reports(*((f"{n:03}", dt.date(2020, 3, 3), text) for n, (text, _) in enumerate(told)))
    linked = {"report_id": [f"{n:03}" for n in range(decided)], "incident_id": [i for _, i in told[:decided]]}
    links = pa.table({name: pa.array(values, pa.string()) for name, values in linked.items()})
    whole = tracing.trace(given, incidents(), links=links)
    monkeypatch.setattr(tracing, "BLOCK", 7 * 4)
    assert tracing.trace(given, incidents(), links=links).equals(whole)
    assert whole.num_rows == 480


@pytest.mark.slow
def test_real_reports_are_traced_to_the_right_event_more_often_than_by_day_place_and_number(real_data: Path) -> None:
    of = script("report_to_event")
    given, events, links = of.read(real_data)
    of_reports, of_events = tracing.told(given), tracing.recorded(events)
    known, kept_back = tracing._linked(of_reports, of_events, links), of.half(of_reports.report_id)
    plain = tracing.plain_features(of_reports, of_events)
    learn, test = np.flatnonzero(~kept_back), np.flatnonzero(kept_back)
    full = np.concatenate(
        [plain, tracing.learned_features(of_reports, of_events, known & ~kept_back[:, None], ~kept_back)], axis=2
    )
    baseline = (of.scores(plain, known, learn, test, of.BASELINE) == 1).mean()
    learned = (of.scores(full, known, learn, test) == 1).mean()
    assert len(test) == 750
    assert learned >= 0.50
    assert learned > baseline + 0.03


def test_two_real_datasets_match_far_better_than_by_code_or_place_name(real_data: Path) -> None:
    import pyarrow.compute as pc

    from civcas.cli.link import between_datasets
    from civcas.cli.link_output import matched_table
    from civcas.linking.proposing import propose

    of = script("two_datasets")
    table = between_datasets(of.reports(real_data), of.BETWEEN)
    found = matched_table(propose(table), table, of.BETWEEN, many=False)
    both = found.filter(pc.equal(found["found_in"], "both"))
    matched = set(zip(both["first"].to_pylist(), both["second"].to_pylist(), strict=True))
    judged, again = of.judged(of.JUDGED, matched), of.judged(of.JUDGED_AGAIN, matched)
    assert 480 <= both.num_rows <= 580
    assert (of.joined(table, ["code"]), of.joined(table, ["date_start", "place"])) == (0, 189)
    assert (judged["judged"], judged["yes"], judged["no"], judged["unsure"]) == (100, 69, 10, 21)
    assert judged["precision_unsure_as_wrong"] == [0.69, 0.594, 0.772]
    assert (again["judged"], again["yes"], again["no"], again["unsure"]) == (100, 70, 4, 26)
    assert again["precision_unsure_as_wrong"] == [0.7, 0.604, 0.781]
    assert of.judged_twice() == {"pairs": 14, "same_answer": 12, "yes_against_no": 0}
    still = judged["of_those"]
    assert still["yes"] >= 45  # of the pairs that were read; another calibration may drop some
    assert still["precision_unsure_as_wrong"][0] >= 0.75


@pytest.mark.parametrize("name", ["judged_pairs.csv", "judged_pairs_again.csv"])
def test_every_judged_pair_has_a_reason_and_no_text_of_a_source(name: str) -> None:
    import csv

    with (BENCHMARKS / name).open(encoding="utf-8") as file:
        rows = list(csv.DictReader(file))
    assert len({(r["airwars"], r["ged"]) for r in rows}) == 100
    assert {r["same"] for r in rows} == {"yes", "no", "unsure"}
    assert all(r["reason"] and r["airwars"].startswith("airwars:") and r["ged"].startswith("ucdp_ged:") for r in rows)
