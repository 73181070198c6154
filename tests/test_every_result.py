"""What every measure's answer carries, over the whole catalogue: words for a reader, numbers for an analyst, and where it came from."""

from __future__ import annotations

import datetime as dt
import json
import math
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import ibis
import pyarrow as pa
import pytest

import civcas
from civcas.catalog import entries
from civcas.cli.measure import _drawn, _told
from civcas.terms.estimate import Estimate, IntervalKind
from recorded_incidents import incidents_of, tables_of

Tables = Mapping[str, ibis.Table]
PARTS = {
    "value", "low", "high", "level", "interval", "n", "counted", "unit", "says", "notes", "diagnostics", "reading", "seed", "seconds",
}  # fmt: skip
SEEDED = {"incident_rate", "incident_ratio", "tipping_point", "pooled_rates", "delay"}
ELSEWHERE = {
    "consequence": "its own table of events: tests/consequences",
    "pooled_rates": "a sampler of half a minute: test_pooled_provinces_agree_with_the_plain_ratio_where_all_are_alike",
    "published_range": "its own file of figures: tests/consequences",
    "rank_in_figures": "its own file of figures: tests/consequences",
    "toll_ratio": "its own file of events: tests/test_toll_ratio.py",
}


def incidents() -> Tables:
    def row(by: str, i: int) -> dict[str, Any]:
        day = dt.date(2015 + i // 96, i // 8 % 12 + 1, 1 + i % 8 * 3)
        killed = 2 + (i * 7 + len(by)) % 9 + (4 if by == "A" else 0)
        return {
            "id": f"{by}{i}",
            "date": day,
            "published": day + dt.timedelta(days=i * 11 % 70),
            "by": [by],
            "min": killed,
            "max": killed + 2,
        }

    return incidents_of([row(by, i) for by in ("A", "B") for i in range(192)])


def lists() -> Tables:
    counts = {"a": 60, "b": 50, "c": 40, "ab": 25, "ac": 20, "bc": 15, "abc": 10}
    pairs = [(f"{on}{i}", source) for on, many in counts.items() for i in range(many) for source in on]
    reports = [f"r{i}" for i in range(len(pairs))]
    return tables_of(
        report=pa.table(
            {
                "report_id": reports,
                "dataset": ["made up"] * len(pairs),
                "row": list(range(len(pairs))),
                "row_is": ["account"] * len(pairs),
                "source": [source for _, source in pairs],
            }
        ),
        incident_report=pa.table({"incident_id": [who for who, _ in pairs], "report_id": reports}),
    )


TWO = {"exposed": "A", "reference": "B", "window": "2015..2016"}
ONE = {"belligerent": "A", "window": "2015..2016"}
SHIPPED = {"area": "Syria", "window": "2016", "exposure": "month"}
RUSSIA, COALITION = "Russian Military", "U.S.-led Coalition"
ASKED: dict[str, dict[str, Any]] = {
    "change": ONE,
    "trend": ONE,
    "incident_rate": ONE,
    "delay": ONE | {"window": "2015..2016-12", "as_of": "2016-12-31"},
    "incident_ratio": TWO,
    "incident_regression": TWO,
    "tipping_point": TWO,
    "undercount": {"method": "loglinear"},
    "civcas_total": {"belligerents": (RUSSIA,), **SHIPPED, "exposure": "none"},
    "rate": {"belligerents": (RUSSIA,), **SHIPPED},
    "rate_ratio": {"belligerents": (RUSSIA, COALITION), **SHIPPED},
    "revision": {"belligerent": RUSSIA, "window": "2015-10", "first": "likely killed, fair (first published)",
                 "later": "likely killed (revised 2016)"},
    "published_figure": {"belligerent": RUSSIA, "area": "Syria", "window": "2015-10", "what": "likely killed (revised 2016)"},
}  # fmt: skip


def test_every_measure_of_the_catalogue_is_asked_here_or_says_where_it_is() -> None:
    assert set(ASKED) | set(ELSEWHERE) == set(entries("measures"))


@pytest.mark.parametrize("name", sorted(ASKED))
def test_an_answer_carries_words_numbers_and_where_it_came_from(name: str) -> None:
    entry = entries("measures")[name]
    using = {"incident": incidents, "report": lists}.get(entry.needs[0], civcas.tables)()
    found = civcas.measure(name, using=using, **ASKED[name])
    assert isinstance(found, Estimate), found
    told = json.loads(json.dumps(_told(found), allow_nan=False, default=str))
    assert set(told) >= PARTS | {"assumptions"} and told["measure"] == name
    assert math.isfinite(found.value) and found.n > 0 and found.counted and found.unit
    assert found.says.endswith(".")
    assert (found.low is None) == (found.interval is IntervalKind.NONE)
    if found.low is not None and found.high is not None:
        assert found.low <= found.value <= found.high
    assert (found.level is None) == (found.interval in (IntervalKind.NONE, IntervalKind.BOUNDS, IntervalKind.PUBLISHED))
    assert found.notes or found.diagnostics.get("assumptions") or found.diagnostics.get("assumes")
    assert (found.seed is not None) == (name in SEEDED)
    drawn = _drawn(entry, found).svg(headed=True)
    picture = ElementTree.fromstring(drawn.split("\n", 1)[1])
    named = {child.tag.rpartition("}")[2]: child.text for child in picture}
    assert named["title"] and named["desc"]


def test_an_answer_is_the_same_page_wherever_it_is_written(tmp_path: Path) -> None:
    found = civcas.measure("incident_rate", using=incidents(), **ONE)
    again = civcas.measure("incident_rate", using=incidents(), **ONE)
    assert isinstance(found, Estimate) and isinstance(again, Estimate)
    assert {**found.to_dict(), "seconds": 0} == {**again.to_dict(), "seconds": 0}
