"""A date that cannot be one is not known, in whatever is made from the case; a date of another age begins nothing."""

from __future__ import annotations

import datetime as dt
import tempfile
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from civcas.case.case import Case
from civcas.case.folder import make
from civcas.public import dates
from civcas.public.public import Public
from civcas.public.showing import showing
from civcas.release.building import build
from civcas.web import coverage, periods, rates, totals
from civcas.web.language import language as language_of
from civcas.web.page import Asked
from civcas.web.query import Query
from civcas.web.replying import reply
from civcas.web.site import Site
from made_up_case import TERMS, Clock, made_up_reports, take_in
from made_up_public import made_up_public

LAST = dt.date(2027, 12, 31)  # the clock of the case stands in 2026
EDGES = (dt.date(1900, 1, 1), LAST, dt.date(1970, 1, 1), dt.date(2016, 2, 29))
BAD = (
    dt.date(1, 1, 1),
    dt.date(321, 7, 6),
    dt.date(1899, 12, 31),
    dt.date(2028, 1, 1),
    dt.date(9876, 5, 4),
    dt.date(9999, 12, 31),
)
DAYS = st.one_of(st.none(), st.sampled_from(EDGES + BAD), st.dates())


def case_with(folder: Path, days: list[tuple[dt.date | None, dt.date | None]]) -> Case:
    """A case of reports with these first and last days; the importers of an older version let any of them in."""
    clock = Clock()
    make(folder, author="Inventa Author", title="A made-up case", clock=clock)
    (folder / "civcas.toml").write_text((folder / "civcas.toml").read_text(encoding="utf-8") + TERMS, encoding="utf-8")
    case = Case.open(folder, clock=clock)
    reports, _ = made_up_reports(len(days), 0)
    for name, at in (("date_start", 0), ("date_end", 1)):
        reports = reports.set_column(
            reports.column_names.index(name), name, pa.array([d[at] for d in days], pa.date32())
        )
    precision = pa.array(["day"] * len(days))
    take_in(
        case, "made-up", reports.set_column(reports.column_names.index("date_precision"), "date_precision", precision)
    )
    return case


def every_day(public: Public) -> set[dt.date]:
    return {
        day for table in public.tables.values() for name in table.column_names if pa.types.is_date(table[name].type)
        for day in table[name].to_pylist() if day is not None
    }  # fmt: skip


@settings(max_examples=12, deadline=None)
@given(st.lists(st.tuples(DAYS, DAYS), min_size=1, max_size=12))
def test_no_table_has_a_date_that_cannot_be_one_and_every_other_date_stays(days: list[tuple[Any, Any]]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        public = showing(case_with(Path(folder) / "case", days))
    assert all(dates.EARLIEST <= day <= LAST for day in every_day(public))
    report = public.tables["report"].to_pylist()
    assert len(report) == len(days) == public.tables["incident"].num_rows
    for row, (first, last) in zip(sorted(report, key=lambda r: r["row"]), days, strict=True):
        known = first is not None and dates.EARLIEST <= first <= LAST
        assert row["date_start"] == (first if known else None)
        if first is not None and not known:
            assert row["date_end"] is None
        elif last is not None:
            assert row["date_end"] == (last if dates.EARLIEST <= last <= LAST else None)
    dated = {r["incident_id"] for r in public.tables["incident"].to_pylist() if r["date_start"]}
    summed = sum(r["incidents"] for r in public.tables["harm_by_period"].to_pylist())
    named = [r for r in public.tables["attribution"].to_pylist() if r["incident_id"] in dated]
    assert summed == len(named), "what has no date is in no month"


def test_nothing_of_a_release_shows_a_date_that_cannot_be_one(tmp_path: Path) -> None:
    days = [(d, d) for d in BAD] + [(dt.date(2016, 1 + i % 12, 1 + i), BAD[i % len(BAD)]) for i in range(12)]
    case = case_with(tmp_path / "case", days)
    build(case, tmp_path / "out")
    epoch = dt.date(1970, 1, 1)
    shown = {d.isoformat() for d in BAD} | {str((d - epoch).days) for d in BAD} | {"9876", "1899", "0321"}
    for path in (tmp_path / "out").rglob("*"):
        if (
            path.is_file()
            and path.suffix in (".html", ".json", ".csv", ".md", ".geojson")
            and "assets" not in path.parts
        ):
            text = path.read_text(encoding="utf-8")
            if path.name != "release.json":  # hashes
                assert [day for day in shown if day in text] == [], path
    site = Site.make(showing(case), tmp_path / "site.db")
    incident = next(r for r in site.ask("SELECT * FROM incident ORDER BY rowid") if r["date_start"] is None)
    for language in ("", "/ar"):
        page = reply(site, f"{language}/incidents/{incident['address']}", "").body.decode()
        assert language_of(language[1:] or "en").when(None, None, None) in page
    assert totals.add(totals.cells(site), lambda cell: not cell.month).incidents == len(BAD)


def with_days(public: Public, days: dict[int, dt.date]) -> Public:
    """The same, with other first and last days of some incidents, and the sums by month that follow."""
    from made_up_public import by_period

    incident = public.tables["incident"]
    for name in ("date_start", "date_end"):
        values = incident[name].to_pylist()
        for at, day in days.items():
            values[at] = day
        incident = incident.set_column(incident.column_names.index(name), name, pa.array(values, pa.date32()))
    tables = {**public.tables, "incident": incident}
    return Public.of(public.about, tables | {"harm_by_period": by_period(incident, tables["attribution"])})


@pytest.mark.parametrize("day", [dt.date(1970, 1, 1), dt.date(1900, 1, 1), dt.date(2027, 12, 31), dt.date(1850, 1, 1)])
def test_one_date_of_another_age_moves_no_span(tmp_path: Path, day: dt.date) -> None:
    public = made_up_public(300)
    plain, odd = (
        Site.make(public, tmp_path / "a.db"),
        Site.make(with_days(public, {5: day, 40: day, 77: day}), tmp_path / "b.db"),
    )
    asked = [Asked(site=site, query=Query(), language=language_of("en")) for site in (plain, odd)]
    assert rates.rates(odd, Query()).window is not None
    assert rates.rates(odd, Query()).window == rates.rates(plain, Query()).window
    for side in plain.choices("belligerent"):
        before, after = periods.recorded(plain, "Syria", side), periods.recorded(odd, "Syria", side)
        assert set(after) <= set(before) and len(after) > 12
    spans = [totals.months(totals.cells(each.site)) for each in asked]
    assert set(spans[1]) <= set(spans[0]) and len(spans[1]) > 24
    assert coverage.figure(asked[1]) is not None
    for path in ("/", "/belligerents"):
        assert str(day.year) not in reply(odd, path, "").body.decode()


def test_where_there_are_only_reports_their_span_is_that_of_most(tmp_path: Path) -> None:
    public = made_up_public(60)
    report = public.tables["report"]
    values = report["date_start"].to_pylist()
    values[3] = dt.date(1970, 1, 1)
    report = report.set_column(report.column_names.index("date_start"), "date_start", pa.array(values, pa.date32()))
    site = Site.make(Public.of(public.about, {"report": report}), tmp_path / "site.db")
    found = coverage._every_month(coverage.counts(site))
    assert found[0] >= "2014-09" and found[-1] <= "2020-12"
