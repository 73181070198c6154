"""A whole case is counted and graded in columns, with the same numbers and sentences as incident by incident."""

from __future__ import annotations

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from civcas.assessing.counting import count
from civcas.assessing.graded_case import assessment_table
from civcas.assessing.grading import Account, Says, assess
from civcas.assessing.rule_set import find, names
from civcas.assessing.saying import Saying
from civcas.assessing.whole_case import COUNTED, harm_table
from civcas.terms.vocabulary import Grading

Row = tuple[str, str, dict[str, int | None], int]
NUMBER = st.one_of(st.none(), st.integers(0, 30))


@st.composite
def cases(draw: st.DrawFn) -> list[Row]:
    """Reports: incident, source, numbers, and which report it copies (-1 none)."""
    rows: list[Row] = []
    for n in range(draw(st.integers(1, 9))):
        numbers = {f"{name}_{bound}": draw(NUMBER) for name, _, _ in COUNTED for bound in ("min", "max")}
        rows.append(
            (
                draw(st.sampled_from("ij")),
                draw(st.sampled_from(["A", "B", "C", ""])),
                numbers,
                draw(st.integers(-2, n - 1)),
            )
        )
    return rows


def tables(rows: list[Row]) -> tuple[pa.Table, pa.Table, dict[str, str]]:
    ids = [f"r{n}" for n in range(len(rows))]
    numbers = {name: pa.array([row[2][name] for row in rows], pa.int64()) for name in rows[0][2]}
    reports = pa.table({"report_id": ids, "source": [row[1] or None for row in rows], **numbers})
    copies = {ids[n]: ids[row[3]] for n, row in enumerate(rows) if row[3] >= 0}
    return reports, pa.table({"incident_id": [row[0] for row in rows], "report_id": ids}), copies


def one_by_one(rows: list[Row], rules: str, copies: dict[str, str]) -> list[tuple[object, ...]]:
    found: list[tuple[object, ...]] = []
    for incident in sorted({row[0] for row in rows}):
        sayings = [
            Saying(report_id=f"r{n}", source=row[1] or f"r{n}", group=group, outcome=outcome, low=row[2][f"{name}_min"],
                   high=row[2][f"{name}_max"], copy_of=copies.get(f"r{n}", ""))
            for n, row in enumerate(rows) if row[0] == incident for name, group, outcome in COUNTED
            if name == "civ_killed" or row[2][f"{name}_min"] is not None or row[2][f"{name}_max"] is not None
        ]  # fmt: skip
        found += [(incident, str(h.group), str(h.outcome), h.min, h.max, h.rule, ";".join(h.reports), " ".join(h.derivation))
                  for h in count(sayings, find(rules))]  # fmt: skip
    return found


@pytest.mark.parametrize("rules", names())
@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=cases())
def test_columns_count_as_one_by_one(rules: str, rows: list[Row]) -> None:
    reports, stands_in, copies = tables(rows)
    harm = harm_table(reports, stands_in, find(rules), copy_of=copies)
    assert [tuple(row.values()) for row in harm.to_pylist()] == one_by_one(rows, rules, copies)


@st.composite
def accounts(draw: st.DrawFn) -> list[tuple[str, str, tuple[str, ...], int | None, int, str]]:
    """Reports: incident, source, belligerents named, civilians killed, which report it copies, and what its row is."""
    sources = st.sampled_from(["A", "B", "C", "Army X", "Army Y"])
    parties = st.lists(st.sampled_from(["Army X", "Army Y"]), unique=True, max_size=2)
    return [
        (
            draw(st.sampled_from("ij")),
            draw(sources),
            tuple(draw(parties)),
            draw(st.one_of(st.none(), st.integers(0, 3))),
            draw(st.integers(-3, n - 1)),
            draw(st.sampled_from(["incident", "incident", "report"])),
        )
        for n in range(draw(st.integers(1, 8)))
    ]


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(rows=accounts())
def test_columns_grade_as_one_by_one(rows: list[tuple[str, str, tuple[str, ...], int | None, int, str]]) -> None:
    ids = [f"r{n}" for n in range(len(rows))]
    copies = {ids[n]: ids[row[4]] for n, row in enumerate(rows) if row[4] >= 0}
    reports = pa.table({
        "report_id": ids, "source": [r[1] for r in rows], "belligerents": ["; ".join(r[2]) or None for r in rows],
        "civ_killed_max": pa.array([r[3] for r in rows], pa.int64()), "row_is": [r[5] for r in rows], "grading": ["Fair"] * len(rows),
    })  # fmt: skip
    found = assessment_table(reports, pa.table({"incident_id": [r[0] for r in rows], "report_id": ids}), copy_of=copies)
    expected = []
    for incident in sorted({r[0] for r in rows}):
        said = [
            Account(report_id=ids[n], source=r[1], reports_harm=r[3] != 0, from_attacker=r[1] in r[2], copy_of=copies.get(ids[n], ""),
                    names=tuple((who, (Says.ADMITS if r[3] else Says.DECLARES) if who == r[1] else Says.NAMES) for who in r[2]))
            for n, r in enumerate(rows) if r[0] == incident
        ]  # fmt: skip
        summarised = all(r[5] == "incident" for r in rows if r[0] == incident)
        a = assess(said, published=Grading.FAIR, summarised=summarised)
        expected.append(
            (
                incident,
                str(a.harm),
                str(a.strike_status),
                str(a.derived),
                str(a.standing),
                a.sources,
                "; ".join(a.belligerents),
                " ".join(a.because),
            )
        )
    columns = ("incident_id", "harm", "strike_status", "derived", "standing", "sources", "belligerents", "because")
    assert [tuple(row[c] for c in columns) for row in found.to_pylist()] == expected
