"""What a linker needs of each report, as columns of numbers: when, where, how many, who, and what is named."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from civcas.errors import BadInput
from civcas.linking.phrases import family_named, neighbourhood_named, target_named
from civcas.linking.spelling import signature, skeleton
from civcas.linking.theatres import theatres

Ints = npt.NDArray[np.integer[Any]]
Bits = npt.NDArray[np.uint64]

NEEDED = ("report_id", "source", "date_start")
UNKNOWN_DAY = -(2**30)
LOCATED, PLACES, RADII = 5, 5, (0.15, 1.0, 6.0, 30.0, 120.0)
"""Classes of place precision 0–4 with their usual radius in km; class 5 is not located."""

CLASS_OF = {
    "exact_location": 0, "within_1m": 0, "within_100m": 0, "nearby_landmark": 1, "street": 1, "neighbourhood_area": 1,
    "village": 2, "town": 2, "city": 2, "subdistrict": 3, "district": 3, "province_governorate": 4, "country": 5, "unknown": 5,
}  # fmt: skip
LABELS_KEPT = 23


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """One entry a report, sorted by theatre and day; every array is as long as the number of reports.

    Days are days since 1970; -1 in a code and nan in a number are unknown; signatures of 0 are unknown.
    """

    row: Ints  # where the report stands in the table it came from
    theatre: Ints
    source: Ints
    publisher: Ints  # of a row that its publisher calls one incident: any two rows of that publisher are two
    start: Ints
    end: Ints
    published: Ints
    precise: npt.NDArray[np.bool_]  # the date is given to the day
    latitude: npt.NDArray[np.float32]
    longitude: npt.NDArray[np.float32]
    precision: npt.NDArray[np.int8]
    place: Bits
    district: Bits
    killed_min: npt.NDArray[np.float32]
    killed_max: npt.NDArray[np.float32]
    injured_min: npt.NDArray[np.float32]
    injured_max: npt.NDArray[np.float32]
    label: Ints  # means, as published: codes of the most frequent labels
    belligerents: Bits
    kind: Ints
    targeted: Bits
    struck: Ints  # what was hit, as the text names it
    neighbourhood: Bits
    family: Bits
    people: Bits

    def __len__(self) -> int:
        return len(self.row)

    def taken(self, chosen: Any) -> Accounts:
        return Accounts(**{f.name: getattr(self, f.name)[chosen] for f in fields(self)})


def read(reports: pa.Table) -> Accounts:
    """The accounts of a `report` table; `district`, `belligerent_kind`, `targeted` and `victims` are read where there are such columns.

    Nothing is filled: what a report does not say is unknown here. The order of the rows does not matter.
    """
    missing = [name for name in NEEDED if name not in reports.column_names]
    if missing:
        raise BadInput(
            f"the reports lack {', '.join(missing)}", expected="a report table", do="civcas import makes one"
        )
    if pc.count_distinct(reports["report_id"]).as_py() < reports.num_rows:
        raise BadInput("two reports have the same report_id", expected="one row a report")
    columns = _Columns(reports)
    killed = _counts(columns, "killed")
    text = columns.text("text")
    families = family_named(text)
    victims = columns.text("victims")
    start = columns.days("date_start")
    end = columns.days("date_end")
    found = Accounts(
        row=np.arange(reports.num_rows, dtype=np.int32),
        theatre=theatres(columns.codes("country"), columns.numbers("latitude"), columns.numbers("longitude")),
        source=columns.codes("source"),
        publisher=_publishers(columns),
        start=start,
        end=np.where(end == UNKNOWN_DAY, start, end),
        published=columns.days("published"),
        precise=_precise(columns, start, end),
        latitude=columns.numbers("latitude"),
        longitude=columns.numbers("longitude"),
        precision=_precision(columns),
        place=_by_word(columns.text("place"), _of_name),
        district=_by_word(columns.text("district"), _of_name),
        killed_min=killed[0],
        killed_max=killed[1],
        injured_min=columns.numbers("civ_injured_min"),
        injured_max=columns.numbers("civ_injured_max"),
        label=_labels(columns.text("strike_type")),
        belligerents=_by_word(columns.text("belligerents"), _of_name),
        kind=columns.codes("belligerent_kind", unknown=-1),
        targeted=_by_word(columns.text("targeted"), _of_name),
        struck=target_named(text),
        neighbourhood=_by_word(neighbourhood_named(text), _of_name),
        family=_by_word(families, _of_name) | _by_word(victims, _of_families),
        people=_by_word(victims, _of_people),
    )
    day = np.where(found.published == UNKNOWN_DAY, found.start, np.minimum(found.start, found.published))
    order = np.lexsort((columns.rank("report_id"), day, found.theatre))
    return found.taken(order)


class _Columns:
    """Columns of a table as arrays; a column that is not there is unknown throughout."""

    def __init__(self, table: pa.Table) -> None:
        self.table = table

    def _has(self, name: str) -> bool:
        return name in self.table.column_names

    def text(self, name: str) -> pa.Array:
        if not self._has(name):
            return pa.nulls(self.table.num_rows, pa.string())
        return self.table[name].cast(pa.string()).combine_chunks()

    def codes(self, name: str, *, unknown: int = 0) -> Ints:
        """A code a distinct text, in alphabetical order, so that the order of rows does not matter."""
        words = self.text(name)
        found = words.dictionary_encode() if words.null_count < len(words) else None
        if found is None:
            return np.full(len(words), unknown, dtype=np.int32)
        spelt = found.dictionary.to_pylist()
        rank = np.argsort(np.argsort(np.array(spelt, dtype=object))) + (1 if unknown == 0 else 0)
        codes = np.asarray(found.indices.fill_null(-1))
        return np.where(codes < 0, unknown, rank[codes]).astype(np.int32)

    def rank(self, name: str) -> npt.NDArray[np.int64]:
        order = np.asarray(pc.sort_indices(self.table, sort_keys=[(name, "ascending")]))
        rank = np.empty(len(order), dtype=np.int64)
        rank[order] = np.arange(len(order))
        return rank

    def days(self, name: str) -> Ints:
        if not self._has(name):
            return np.full(self.table.num_rows, UNKNOWN_DAY, dtype=np.int32)
        days = self.table[name].cast(pa.date32()).cast(pa.int32()).combine_chunks()
        return np.asarray(days.fill_null(UNKNOWN_DAY)).astype(np.int32)

    def numbers(self, name: str) -> npt.NDArray[np.float32]:
        if not self._has(name):
            return np.full(self.table.num_rows, np.nan, dtype=np.float32)
        return np.asarray(self.table[name].cast(pa.float64()).combine_chunks().fill_null(np.nan)).astype(np.float32)


def _counts(columns: _Columns, outcome: str) -> tuple[npt.NDArray[np.float32], npt.NDArray[np.float32]]:
    """Lowest and highest number; the count of everyone where given, else that of civilians."""
    both = []
    for bound in ("min", "max"):
        everyone, civilians = columns.numbers(f"all_{outcome}_{bound}"), columns.numbers(f"civ_{outcome}_{bound}")
        both.append(np.where(np.isnan(everyone), civilians, everyone))
    low, high = both
    return np.where(np.isnan(low), high, low), np.where(np.isnan(high), low, high)


def _publishers(columns: _Columns) -> Ints:
    """A code for the dataset of every row that its publisher calls an incident; -1 for all others."""
    incident = np.asarray(pc.equal(columns.text("row_is"), "incident").fill_null(False))
    return np.where(incident, columns.codes("dataset", unknown=-1), -1)


def _precise(columns: _Columns, start: Ints, end: Ints) -> npt.NDArray[np.bool_]:
    same = (end == UNKNOWN_DAY) | (end == start)
    if not columns._has("date_precision"):
        return same  # type: ignore[no-any-return]
    return same & np.asarray(pc.equal(columns.text("date_precision"), "day").fill_null(False))  # type: ignore[no-any-return]


def _precision(columns: _Columns) -> npt.NDArray[np.int8]:
    located = ~np.isnan(columns.numbers("latitude")) & ~np.isnan(columns.numbers("longitude"))
    words = columns.text("geo_precision").dictionary_encode()
    classes = np.array([CLASS_OF.get(w, 2) for w in words.dictionary.to_pylist()] + [2], dtype=np.int8)
    return np.where(located, classes[np.asarray(words.indices.fill_null(len(classes) - 1))], LOCATED).astype(np.int8)


def _labels(words: pa.Array) -> Ints:
    """Codes 0–22 of the most frequent labels, 23 for all others, -1 for none."""
    counted = sorted(pc.value_counts(words).to_pylist(), key=lambda v: (-v["counts"], v["values"] or ""))
    code = {v["values"]: min(n, LABELS_KEPT) for n, v in enumerate(v for v in counted if v["values"])}
    found = words.dictionary_encode()
    codes = np.array([code.get(w, -1) for w in found.dictionary.to_pylist()] + [-1], dtype=np.int32)
    return codes[np.asarray(found.indices.fill_null(len(codes) - 1))]  # type: ignore[no-any-return]


def _by_word(words: pa.Array, number: Any) -> Bits:
    """`number` of each distinct text, laid out again row by row."""
    found = words.dictionary_encode()
    numbers = np.array([number(w) for w in found.dictionary.to_pylist()] + [0], dtype=np.uint64)
    return numbers[np.asarray(found.indices.fill_null(len(numbers) - 1))]  # type: ignore[no-any-return]


def _of_name(name: str) -> int:
    return signature(skeleton(name))


def _of_families(names: str) -> int:
    return signature(skeleton(names.split(";")[0].split()[-1])) if names.strip() else 0


def _of_people(names: str) -> int:
    """One of 64 bits a person."""
    bits = 0
    for name in names.split(";"):
        folded = skeleton(name)
        if folded:
            bits |= 1 << (sum(ord(c) * 31 ** (n % 7) for n, c in enumerate(folded)) % 64)
    return bits
