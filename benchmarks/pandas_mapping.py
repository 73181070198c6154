"""The same import as civcas's, written in pandas, as somebody who knows pandas would: whole columns, no loop over rows.

What comes out is the same: the whole report or interaction table with its ids (repeated ones told apart), days, ranges, words of
precision and parties; every published cell as JSON in `extra`; rows that cannot be read with their reasons, ranges that end before
they begin; the hash of the file; read + unread = given. `same_tables` holds it against what civcas wrote.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from pathlib import Path

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from civcas.importers.gdelt import VERSIONS
from civcas.importers.ucdp_ged import DATES, ENTRY, KINDS, PLACES
from civcas.terms.tables import FLAGGED, TABLES, UNREAD

LARGEST = 9e15


class Rows:
    """A file's cells as text, and why some of its rows cannot be read."""

    def __init__(self, cells: pd.DataFrame) -> None:
        self.cells, self.reasons = cells, pd.Series("", index=cells.index, dtype=str)

    def fail(self, wrong: pd.Series, name: str, expected: str) -> None:
        if wrong.any():
            said = name + " is '" + self.cells.loc[wrong, name].fillna("").str.slice(0, 60) + "'; expected " + expected
            before = self.reasons[wrong]
            self.reasons[wrong] = before.where(before == "", before + "; ") + said

    def whole(self, name: str, unknown: Sequence[str] = ()) -> pd.Series:
        cell = self.cells[name].mask(self.cells[name].isin(unknown)) if unknown else self.cells[name]
        number = pd.to_numeric(cell, errors="coerce")
        there = cell.notna() & (cell.str.strip() != "")
        odd = number.notna() & ((number % 1 != 0) | (number.abs() > LARGEST) | (number < 0))
        self.fail((there & number.isna()) | odd, name, "a whole number from 0 up")
        return number.where(~odd).astype("Int64")

    def number(self, name: str, low: float | None = None, high: float | None = None) -> pd.Series:
        cell = self.cells[name]
        number = pd.to_numeric(cell, errors="coerce")
        wrong = cell.notna() & (cell.str.strip() != "") & number.isna()
        if low is not None:
            wrong |= number.notna() & ~number.between(low, high)
        self.fail(wrong, name, "a number" if low is None else f"a number from {low:g} to {high:g}")
        return number

    def day(self, name: str, form: str) -> pd.Series:
        cell = self.cells[name]
        day = pd.to_datetime(cell, format=form, errors="coerce")
        self.fail(cell.notna() & (cell.str.strip() != "") & day.isna(), name, f"a day written {form}")
        return day

    def named(self, name: str, dataset: str) -> pd.Series:
        cell = self.cells[name]
        self.fail(cell.isna() | (cell.str.strip() == ""), name, "what names the row")
        spelt = dataset + ":" + cell
        if spelt.duplicated().any():
            nth = spelt.groupby(spelt).cumcount() + 1
            spelt = spelt.where(nth == 1, spelt + "#" + nth.astype(str))
        return spelt


def by_pandas(layout: str, file: Path, out: Path) -> None:
    """Import one file; `out` is a folder."""
    out.mkdir(parents=True, exist_ok=True)
    digest = hashlib.sha256()
    with file.open("rb") as stream:
        while piece := stream.read(4 << 20):
            digest.update(piece)
    cells = _read(layout, file)
    rows = Rows(cells)
    name, fields = _events(rows) if layout == "ucdp_ged" else _interactions(rows)
    clear = rows.reasons == ""
    fields |= {"dataset": layout, "row": pd.RangeIndex(1, len(cells) + 1)}
    frame = pd.DataFrame(fields, index=cells.index)
    frame["extra"] = _as_json(cells)
    _write(name, frame[clear], out)
    unread = {"row": cells.index[~clear] + 1, "reason": rows.reasons[~clear],
              "text": _as_json(cells[~clear])}  # fmt: skip
    pq.write_table(
        UNREAD.conform(pa.Table.from_pandas(pd.DataFrame(unread), preserve_index=False)), out / "unread.parquet"
    )
    flagged = _reversed(frame[clear])
    pq.write_table(FLAGGED.conform(pa.Table.from_pandas(flagged, preserve_index=False)), out / "flagged.parquet")
    accounts = {"given": len(cells), "read": int(clear.sum()), "unread": int((~clear).sum()), "flagged": len(flagged),
                "sha256": digest.hexdigest(), "licence": ENTRY.licence}  # fmt: skip
    (out / "accounts.json").write_text(json.dumps(accounts), encoding="utf-8")


def _as_json(cells: pd.DataFrame) -> list[str]:
    return cells.to_json(orient="records", lines=True, force_ascii=False).splitlines() if len(cells) else []


def _read(layout: str, file: Path) -> pd.DataFrame:
    if layout == "gdelt":
        return pd.read_csv(
            file, sep="\t", header=None, names=VERSIONS[2], quoting=3, dtype=str, keep_default_na=False, na_values=[""]
        )
    return pd.read_csv(file, dtype=str, keep_default_na=False, na_values=[""])


def _events(rows: Rows) -> tuple[str, dict[str, object]]:
    cells = rows.cells
    kind = cells["type_of_violence"]
    first = cells["side_a"].mask(cells["side_a"].str.strip() == "")
    second = cells["side_b"].mask((kind == "3") | (cells["side_b"].str.strip() == "") | (cells["side_b"] == first))
    killed = rows.whole("deaths_civilians")
    return "report", {
        "report_id": rows.named("id", "ucdp_ged"),
        "row_is": "incident",
        "kind": kind.map(KINDS).fillna(kind),
        "code": cells["relid"],
        "source": "UCDP",
        "date_start": rows.day("date_start", "%Y-%m-%d"),
        "date_end": rows.day("date_end", "%Y-%m-%d"),
        "date_precision": cells["date_prec"].map(DATES).fillna("unknown"),
        "country": cells["country"],
        "province": cells["adm_1"],
        "place": cells["where_coordinates"],
        "latitude": rows.number("latitude", -90, 90),
        "longitude": rows.number("longitude", -180, 180),
        "geo_precision": cells["where_prec"].map(PLACES).fillna("unknown"),
        "belligerents": (first + "; " + second).fillna(first).fillna(second),
        "civ_killed_min": killed,
        "civ_killed_max": killed,
        "all_killed_min": rows.whole("low"),
        "all_killed_max": rows.whole("high"),
        "all_killed_best": rows.whole("best"),
        "number_of_sources": rows.whole("number_of_sources", unknown=("-1",)),
        "text": cells["source_headline"],
    }


def _interactions(rows: Rows) -> tuple[str, dict[str, object]]:
    cells = rows.cells
    return "interaction", {
        "interaction_id": rows.named("GlobalEventID", "gdelt"),
        "date": rows.day("Day", "%Y%m%d"),
        "initiator": cells["Actor1Code"],
        "target": cells["Actor2Code"],
        "code": cells["EventCode"],
        "scheme": "cameo",
        "intensity": rows.number("GoldsteinScale"),
        "country": cells["ActionGeo_CountryCode"],
        "latitude": rows.number("ActionGeo_Lat", -90, 90),
        "longitude": rows.number("ActionGeo_Long", -180, 180),
        "mentions": rows.whole("NumMentions"),
    }


def _write(name: str, frame: pd.DataFrame, out: Path) -> None:
    schema = pa.schema([(f.name, f.type) for f in TABLES[name].fields])
    columns = [
        pa.Array.from_pandas(frame[f.name], type=f.type) if f.name in frame else pa.nulls(len(frame), f.type)
        for f in schema
    ]
    pq.write_table(
        pa.Table.from_arrays(columns, schema=schema), out / f"{name}.parquet", compression="zstd", compression_level=1
    )


def _reversed(frame: pd.DataFrame) -> pd.DataFrame:
    found = []
    for low in (c for c in frame if c.endswith("_min")):
        high = low[:-4] + "_max"
        wrong = frame[(frame[low] > frame[high]).fillna(False)]
        says = f"{low} is " + wrong[low].astype(str) + f" but {high} is " + wrong[high].astype(str)
        found.append(
            pd.DataFrame({"row": wrong["row"], "kind": "a range whose lowest exceeds its highest", "reason": says})
        )
    return pd.concat(found) if found else pd.DataFrame({"row": [], "kind": [], "reason": []}, dtype=object)


def same_tables(ours: Path, theirs: Path, rows: int = 20_000) -> str:
    """What differs between two Parquet files of one table, or nothing: every field, and `extra` of the first rows by its meaning."""
    one, two = pq.read_table(ours), pq.read_table(theirs)
    for name in one.column_names:
        if name != "extra" and one[name].combine_chunks() != two[name].combine_chunks():
            return name
    extra = zip(one["extra"].slice(0, rows).to_pylist(), two["extra"].slice(0, rows).to_pylist(), strict=True)
    return "extra" if any(json.loads(a) != json.loads(b) for a, b in extra) else ""
