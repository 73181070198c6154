"""A made-up war as tables: enough for every measure to have something to say, and the links and decisions of its people."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow.parquet as pq
from laid_out import arrow, day, decision, held, link

INCIDENTS = 240
FIRST, DAYS = dt.date(2015, 1, 1), 731
Row = dict[str, Any]


def write(folder: Path) -> list[Row]:
    """The tables as Parquet files in `folder`; returns the decisions."""
    random = np.random.default_rng(7)
    reports = _incidents(random)
    accounts, links = _accounts(random, reports)
    tables = {
        "report": [*reports, *accounts, *_events(random)],
        "strike": [_strikes(month) for month in range(24)],
        "figure": _figures(),
        "indicator": _indicators(),
        "interaction": [{"interaction_id": "i:1", "dataset": "i", "date": FIRST, "code": "020", "mentions": 3}],
        "withdrawal": [{"withdrawal_id": "w:1", "taken_back": "d:008", "dataset": "w", "withdrawn": FIRST}],
        "not_identifiable": [{"dataset": "d", "belligerent": "C", "area": "E", "reason": "it names no C"}],
    }
    for name, rows in tables.items():
        pq.write_table(arrow(name, rows), folder / f"{name}.parquet")
    return [*links, *_decisions()]


def _incidents(random: np.random.Generator) -> list[Row]:
    found = []
    for n in range(INCIDENTS):
        on = FIRST + dt.timedelta(days=int(random.integers(DAYS)))
        killed = None if random.random() < 0.15 else int(random.pareto(1.2) * 2)
        found.append({
            "report_id": f"d:{n:03}", "dataset": "d", "row": n + 1, "row_is": "incident", "country": "E", "code": f"D{n}",
            "source": "X" if random.random() < 0.6 else None,
            "province": str(random.choice(["North", "South", " South"])), "date_start": None if n == 9 else on, "date_end": on,
            "date_precision": "day", "published": on + dt.timedelta(days=int(random.geometric(0.05))),
            "belligerents": str(random.choice(["A", "B", "Army of B", "A; B", "B; Army of B"], p=[0.4, 0.3, 0.15, 0.1, 0.05])),
            "grading": str(random.choice(["Fair", "Confirmed", "Weak", "Contested", "Rumour"], p=[0.5, 0.2, 0.1, 0.15, 0.05])),
            "civ_killed_min": killed, "civ_killed_max": None if killed is None or n % 17 == 0 else killed + n % 3,
            "children_killed_min": n % 2 or None, "children_killed_max": 0 if n % 31 == 0 else None, "number_of_sources": 1 + n % 4,
            "strike_status": "likely" if n % 3 else "contested", "latitude": 36 + n / 1000, "longitude": 37.0,
        })  # fmt: skip
    return found


def _accounts(random: np.random.Generator, reports: list[Row]) -> tuple[list[Row], list[Row]]:
    """What two other sources say of some of the incidents, and the decisions that link it to them."""
    accounts, links = [], []
    for source, chance in (("Y", 0.5), ("Z", 0.4)):
        for of in reports:
            if random.random() < chance:
                one = {
                    "report_id": f"{source}:{of['row']:03}",
                    "dataset": source,
                    "row": of["row"],
                    "row_is": "account",
                }
                told = {"source": source, "belligerents": of["belligerents"], "civ_killed_min": int(random.integers(9))}
                accounts.append(one | told | {"country": "E", "date_start": of["date_start"], "text": "told"})
                links.append(link(of["report_id"], one["report_id"]))
    return accounts, links


def _events(random: np.random.Generator) -> list[Row]:
    """Raids and patrols, and attacks that follow raids, for the measure of consequences."""
    told: list[tuple[str, int, float, float]] = []
    for n in range(160):
        kind, at = ("raid", "patrol")[n % 2], int(random.integers(DAYS - 20))
        north, east = 36 + float(random.random()), 37 + float(random.random())
        told.append((kind, at, north, east))
        attacks = int(random.poisson(2.0 if kind == "raid" else 0.2))
        told += [("attack", at + int(random.integers(1, 5)), north + each / 99, east) for each in range(attacks)]
    return [
        {
            "report_id": f"e:{n:03}", "dataset": "e", "row": n + 1, "row_is": "account", "kind": kind, "country": "E",
            "date_start": FIRST + dt.timedelta(days=at), "date_precision": "day", "latitude": north, "longitude": east,
            "extra": json.dumps({"weather": "good" if n % 9 else "bad"}),
        }
        for n, (kind, at, north, east) in enumerate(told)
    ]  # fmt: skip


def _strikes(month: int) -> Row:
    first = dt.date(2015 + month // 12, month % 12 + 1, 1)
    last = dt.date(first.year + first.month // 12, first.month % 12 + 1, 1) - dt.timedelta(days=1)
    return {
        "strike_id": f"s:{month}", "belligerent": "A", "area": "E ", "period_start": first, "period_end": last, "unit": "strike",
        "strikes_min": 100.0 + month, "strikes_max": 100.0 + month, "days_declared": last.day, "strike_status": "declared",
        "declared_by": "A's releases", "dataset": "s",
    }  # fmt: skip


def _figures() -> list[Row]:
    usual = {
        "belligerent": "B",
        "area": "E",
        "period_start": FIRST,
        "period_end": dt.date(2016, 12, 31),
        "dataset": "f",
    }
    said = [
        ("declared airstrikes", 900.0, 900.0, "strikes", day("2017-01-03")),
        ("killed (first published)", 50.0, 80.0, "people", day("2016-03-01")),
        ("killed (revised)", 60.0, 100.0, "people", day("2017-03-01")),
    ]
    return [
        usual | {"figure_id": f"f:{n}", "measure": what, "value_low": low, "value_high": high, "unit": unit,
                 "published": on, "source_title": "a yearbook"}
        for n, (what, low, high, unit, on) in enumerate(said)
    ]  # fmt: skip


def _indicators() -> list[Row]:
    return [
        {"indicator_id": f"n:{n}", "name": "fighters", "country": who, "low": low, "high": high, "dataset": "n",
         "period_end": day("2015-01-01")}
        for n, (who, low, high) in enumerate([("E", 100.0, 200.0), ("F", 150.0, 300.0), ("G", 10.0, 20.0)])
    ]  # fmt: skip


def _decisions() -> list[Row]:
    return [
        decision("belligerent", "belligerent:Army of B", {"belligerent": "B"}),
        decision("place", "place:North", {"place": "Far North"}),
        decision("grade", "d:001", {"grading": "Confirmed"}, about="grading"),
        decision("grade", "Y:003", {"grading": "Fair"}, about="grading"),
        decision("count", "d:002", {"min": 3, "max": None}, about="civ_killed"),
        decision("count", "f:0", {"min": 950, "max": 950}, about="value"),
        decision("withdraw", "d:004", {"withdrawn": True}, about="standing"),
        held("d:005", "A", "cleared"),
        held("d:006", "C", "contested"),
        held("d:007", "Army of B", "known"),
    ]
