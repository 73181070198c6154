"""The incidents as one script for pages that filter and draw by themselves: columns, with every text written once."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterator

from civcas.web.site import Site

EPOCH = dt.date(1970, 1, 1)
COLUMNS = (
    "address", "code", "date_start", "date_end", "country", "province", "place", "latitude", "longitude", "radius_km",
    "geo_precision", "strike_status", "grading", "killed_min", "killed_max", "belligerents", "named",
)  # fmt: skip
DATES = frozenset({"date_start", "date_end"})
NUMBERS = frozenset({"latitude", "longitude", "radius_km", "killed_min", "killed_max", "named"})


def written(site: Site) -> Iterator[str]:
    """`civcas.columns({"of": n, "words": {column: [texts]}, "columns": {column: [values]}})`, in the order of `incident_id`.

    A text column holds numbers into `words`, null where nothing is known; dates are days since 1970.
    """
    yield 'window.civcas=window.civcas||{};(civcas.columns||(civcas.columns=function(all){civcas.all=all}))({"of":' + str(site.of)
    words: dict[str, list[str]] = {}
    parts = []
    for name in COLUMNS:
        values = [row[name] for row in site.each(f'SELECT "{name}" FROM incident ORDER BY rowid')]
        if name in DATES:
            parts.append((name, [None if v is None else (dt.date.fromisoformat(v) - EPOCH).days for v in values]))
        elif name in NUMBERS:
            parts.append((name, values))
        else:
            words[name] = sorted({v for v in values if v is not None})
            place = {word: at for at, word in enumerate(words[name])}
            parts.append((name, [None if v is None else place[v] for v in values]))
    yield f',"words":{_json(words)},"columns":{{'
    for at, (name, values) in enumerate(parts):
        yield f'{"," if at else ""}{_json(name)}:{_json(values)}'
    yield "}});\n"


def _json(value: object) -> str:
    """JSON that may stand in a script of a page: nothing in it ends the script or a line of it."""
    text = json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))
    for sign, written_as in (("<", "\\u003c"), ("\u2028", "\\u2028"), ("\u2029", "\\u2029")):
        text = text.replace(sign, written_as)
    return text
