"""The incidents as one script for pages that filter and draw by themselves: columns, with every text written once.

A page opened from a disk may fetch nothing, so what its scripts read is a script too.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator, Sequence
from typing import Any

from civcas.web.site import Site

EPOCH = dt.date(1970, 1, 1).toordinal()
TEXTS = ("address", "code")  # nearly every one differs
DATES = ("date_start", "date_end")
WORDS = ("date_precision", "country", "province", "place", "geo_precision", "strike_status", "grading", "belligerents")
NUMBERS = ("latitude", "longitude", "radius_km", "killed_min", "killed_max", "named")
COLUMNS = (*TEXTS, *DATES, *WORDS, *NUMBERS)
ABOVE = "window.civcas=window.civcas||{};(civcas.columns||(civcas.columns=function(all){civcas.all=all}))("


def written(site: Site) -> Iterator[str]:
    """`civcas.columns({"of": n, "words": {column: [texts]}, "columns": {column: [values]}})`, in the order of `incident_id`.

    A column of `WORDS` holds numbers into `words`, which are sorted, so that the order of numbers is the order of texts; null where
    nothing is known. Dates are days since 1970.
    """
    yield f'{ABOVE}{{"of":{site.of}'
    words: dict[str, list[str]] = {}
    columns: dict[str, Sequence[Any]] = {}
    for name in COLUMNS:
        values: Sequence[Any] = site.column(name)
        if name in DATES:
            values = _days(values)
        elif name in WORDS:
            words[name], values = _coded(values)
        columns[name] = values
    yield f',"words":{script_json(words)},"columns":{{'
    for at, (name, values) in enumerate(columns.items()):
        yield f'{"," if at else ""}"{name}":{script_json(values)}'
    yield "}});\n"


def script_json(value: object) -> str:
    """JSON that may stand in a script of a page: nothing in it ends the script or a line of it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign, written_as in (("<", "\\u003c"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(sign, written_as)
    return text


def _days(values: Sequence[str | None]) -> list[int | None]:
    known = {v: dt.date.fromisoformat(v).toordinal() - EPOCH for v in set(values) if v is not None}
    return [None if v is None else known[v] for v in values]


def _coded(values: Sequence[str | None]) -> tuple[list[str], list[int | None]]:
    words = sorted({v for v in values if v is not None})
    place = {word: at for at, word in enumerate(words)}
    return words, [None if v is None else place[v] for v in values]
