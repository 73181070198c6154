"""What cannot be right together within one table of reports: found, listed, and left as it is."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import ibis
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from civcas.terms.doubles import ALIKE, doubles
from civcas.terms.doubt import FEWEST, PART, RISES, RUNNING_SAYS, TIMES, DoubtKind
from civcas.terms.tables import REPORT

FAR_KM = 60.0
SAYS = {
    str(DoubtKind.SAME_ROW): "The same row stands again under this id: see",
    str(DoubtKind.SAME_ID): "Another row with the same id says something else: see",
    str(DoubtKind.ALIKE): "The same day, place, numbers, belligerents and source as",
}
Rows = npt.NDArray[np.bool_]
FOUND = pa.schema([("report_id", pa.string()), ("check", pa.string()), ("says", pa.string())])


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that cannot be right: the rows where it is so, and what to say of each."""

    name: str
    rows: Callable[[pa.Table], Rows]
    says: str


def consistency(
    reports: pa.Table, *, incident_of: Mapping[str, str] | None = None, apart: Collection[tuple[str, str]] = ()
) -> pa.Table:
    """Every report that contradicts itself or another, may stand twice, or outweighs the rest: report_id, check, says; sorted.

    A column that is missing, or a value that is unknown, contradicts nothing. Reports of one incident (`incident_of`, by report; each
    its own where it is not in it) are no doubles of each other, nor are pairs that people decided to be `apart`.
    """
    found = [_doubles(reports, incident_of or {}, set(apart)), _outliers(reports), _running(reports)]
    for check in CHECKS:
        ids = reports["report_id"].filter(pa.array(check.rows(reports)))
        found.append(
            pa.table(
                [
                    ids.cast(pa.string()),
                    pa.array([check.name] * len(ids), pa.string()),
                    pa.array([check.says] * len(ids), pa.string()),
                ],
                schema=FOUND,
            )
        )
    return pa.concat_tables(found).sort_by([("report_id", "ascending"), ("check", "ascending")])


def _doubles(reports: pa.Table, incident_of: Mapping[str, str], apart: set[tuple[str, str]]) -> pa.Table:
    columns = {name: reports[name] for name in reports.column_names if name in REPORT.schema.names}
    if not reports.num_rows:
        return FOUND.empty_table()
    ids = reports["report_id"].cast(pa.string()).to_pylist()
    given = pa.table({
        name: columns.get(name, pa.nulls(reports.num_rows, REPORT.field(name).type)) for name in ("report_id", *ALIKE)
    }).append_column("incident_id", pa.array([incident_of.get(each, each) for each in ids], pa.string()))  # fmt: skip
    met = doubles(ibis.memtable(given)).to_pyarrow().to_pylist()
    rows = [
        {"report_id": row["report_id"], "check": row["kind"], "says": f"{SAYS[row['kind']]} {row['other']}."}
        for row in met
        if not {(row["report_id"], row["other"]), (row["other"], row["report_id"])} & apart
    ]
    return pa.Table.from_pylist(rows, schema=FOUND)


def _outliers(reports: pa.Table) -> pa.Table:
    """Incidents of which one number is a tenth or more of all killed in their dataset, and far above the mean of the others."""
    low, high = _numbers(reports, "civ_killed_min"), _numbers(reports, "civ_killed_max")
    number = np.nan_to_num(np.where(np.isnan(high), low, np.where(low > high, 0.0, high)))
    datasets = np.asarray(_text(reports, "dataset").fill_null("").dictionary_encode().indices)
    total = np.bincount(datasets, number)[datasets] if len(number) else number
    n = np.bincount(datasets, number > 0)[datasets] if len(number) else number
    rows = (n >= FEWEST) & (number * PART >= total) & (number * (n - 1) > (total - number) * TIMES)
    ids = reports["report_id"].cast(pa.string()).to_pylist()
    found = [
        {
            "report_id": ids[i],
            "check": str(DoubtKind.OUTLIER),
            "says": f"It gives {number[i]:,.0f} civilians killed, {100 * number[i] / total[i]:.0f}% of the highest sum of its dataset.",
        }
        for i in np.flatnonzero(rows)
    ]
    return pa.Table.from_pylist(found, schema=FOUND)


def _running(reports: pa.Table) -> pa.Table:
    """The last report of a dataset whose numbers of killed never fall in the order of its file."""
    low, order = _numbers(reports, "civ_killed_min"), _numbers(reports, "row")
    ids, datasets = reports["report_id"].cast(pa.string()).to_pylist(), _text(reports, "dataset").to_pylist()
    found = []
    for dataset in dict.fromkeys(datasets):
        rows = [i for i in np.argsort(order, kind="stable") if datasets[i] == dataset and not np.isnan(low[i])]
        steps = np.diff(low[rows])
        if len(rows) >= RISES and not (steps < 0).any() and (steps > 0).sum() * 2 >= RISES:
            says = RUNNING_SAYS.format(dataset=dataset or "these reports")
            found.append({"report_id": ids[rows[-1]], "check": str(DoubtKind.RUNNING), "says": says})
    return pa.Table.from_pylist(found, schema=FOUND)


def _numbers(reports: pa.Table, name: str) -> npt.NDArray[np.float64]:
    if name not in reports.column_names:
        return np.full(reports.num_rows, np.nan)
    return np.asarray(reports[name].cast(pa.float64()).combine_chunks().fill_null(np.nan))


def _days(reports: pa.Table, name: str) -> npt.NDArray[np.float64]:
    if name not in reports.column_names:
        return np.full(reports.num_rows, np.nan)
    return np.asarray(
        reports[name].cast(pa.date32()).cast(pa.int32()).cast(pa.float64()).combine_chunks().fill_null(np.nan)
    )


def _text(reports: pa.Table, name: str) -> pa.Array:
    if name not in reports.column_names:
        return pa.nulls(reports.num_rows, pa.string())
    return reports[name].cast(pa.string()).combine_chunks()


def _inverted(reports: pa.Table) -> Rows:
    rows = np.zeros(reports.num_rows, bool)
    for name in reports.column_names:
        if name.endswith("_min"):
            rows |= _numbers(reports, name) > _numbers(reports, name.removesuffix("_min") + "_max")
    return rows


def _groups_above(reports: pa.Table) -> Rows:
    """One group larger than all civilians, or the smallest numbers of several adding up to more than the largest of all."""
    rows, total = np.zeros(reports.num_rows, bool), np.zeros(reports.num_rows)
    civilians = _numbers(reports, "civ_killed_max")
    for group in ("children", "women", "men"):
        low = _numbers(reports, f"{group}_killed_min")
        rows |= low > civilians
        total += np.nan_to_num(low)
    return rows | (total > civilians)


def _after_publication(reports: pa.Table) -> Rows:
    return _days(reports, "date_start") > _days(reports, "published")


def _ends_early(reports: pa.Table) -> Rows:
    return _days(reports, "date_end") < _days(reports, "date_start")


def _day_zero(reports: pa.Table) -> Rows:
    return _days(reports, "date_start") <= 0


def _repeated_code(reports: pa.Table) -> Rows:
    codes = _text(reports, "code").dictionary_encode()
    indices = np.asarray(codes.indices.fill_null(-1))
    counts = np.bincount(indices[indices >= 0], minlength=1)
    return (indices >= 0) & (counts[np.maximum(indices, 0)] > 1)  # type: ignore[no-any-return]


def _impossible_place(reports: pa.Table) -> Rows:
    latitude, longitude = _numbers(reports, "latitude"), _numbers(reports, "longitude")
    return (np.abs(latitude) > 90) | (np.abs(longitude) > 180) | ((latitude == 0) & (longitude == 0))  # type: ignore[no-any-return]


def _half_located(reports: pa.Table) -> Rows:
    return np.isnan(_numbers(reports, "latitude")) != np.isnan(_numbers(reports, "longitude"))  # type: ignore[no-any-return]


def _far_from_its_place(reports: pa.Table) -> Rows:
    """Farther than 60 km from the middle of at least three reports of one country that name the same place."""
    key = pc.binary_join_element_wise(
        pc.fill_null(_text(reports, "country"), ""), pc.utf8_lower(_text(reports, "place")), "|"
    )
    codes = key.dictionary_encode()
    at = np.asarray(codes.indices.fill_null(-1))
    latitude, longitude = _numbers(reports, "latitude"), _numbers(reports, "longitude")
    placed = pa.table({"at": at, "latitude": latitude, "longitude": longitude}).filter(
        pa.array((at >= 0) & ~np.isnan(latitude))
    )
    middle = placed.group_by("at").aggregate(
        [("latitude", "approximate_median"), ("longitude", "approximate_median"), ("at", "count")]
    )
    size = len(codes.dictionary) + 1
    north, east, n = np.full(size, np.nan), np.full(size, np.nan), np.zeros(size)
    where = np.asarray(middle["at"])
    north[where], east[where] = (
        np.asarray(middle["latitude_approximate_median"]),
        np.asarray(middle["longitude_approximate_median"]),
    )
    n[where] = np.asarray(middle["at_count"])
    km = np.hypot((latitude - north[at]) * 110.57, (longitude - east[at]) * 111.32 * np.cos(np.radians(latitude)))
    return (at >= 0) & (n[at] >= 3) & (km > FAR_KM)  # type: ignore[no-any-return]


def _words_against_field(reports: pa.Table) -> Rows:
    """The text says “dozens” killed but the field begins below 12."""
    dozens = pc.match_substring_regex(_text(reports, "text"), r"(?i)\bdozens\b[^.]{0,40}\b(killed|dead|martyr|died)")
    low = _numbers(reports, "civ_killed_min")
    low = np.where(np.isnan(low), _numbers(reports, "all_killed_min"), low)
    return np.asarray(dozens.fill_null(False)) & (low < 12)


def _number_against_field(reports: pa.Table) -> Rows:
    """The text gives a number killed that lies outside the field's range."""
    found = pc.struct_field(
        pc.extract_regex(
            _text(reports, "text"),
            r"(?i)\b(?P<n>\d{1,4})\s+(?:civilians|people|persons)\s+(?:were\s+|are\s+)?(?:killed|dead|died)",
        ),
        "n",
    )
    said = np.asarray(found.cast(pa.float64()).fill_null(np.nan))
    low, high = _numbers(reports, "civ_killed_min"), _numbers(reports, "civ_killed_max")
    low = np.where(np.isnan(low), _numbers(reports, "all_killed_min"), low)
    high = np.where(np.isnan(high), _numbers(reports, "all_killed_max"), high)
    return (said < low) | (said > high)


CHECKS = (
    Check("range inverted", _inverted, "A minimum is above its maximum."),
    Check("groups above total", _groups_above, "Children, women and men together are more than all civilians."),
    Check("after publication", _after_publication, "The date of the incident is after the day it was published."),
    Check("dates inverted", _ends_early, "The last day is before the first."),
    Check("date of day zero", _day_zero, "The date is 1 January 1970 or earlier, which an empty field becomes in some systems."),
    Check("code repeated", _repeated_code, "Another row has the same code."),
    Check("impossible place", _impossible_place, "The coordinates are outside the world, or exactly 0, 0."),
    Check("half a place", _half_located, "One of latitude and longitude is missing."),
    Check("far from its place", _far_from_its_place, "The coordinates lie more than 60 km from where other reports put this place."),
    Check("words against field", _words_against_field, "The text says dozens were killed, but the field begins below 12."),
    Check("text against field", _number_against_field, "The text gives a number killed outside the field's range."),
)  # fmt: skip
