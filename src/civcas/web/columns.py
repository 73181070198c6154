"""The incidents as columns that a page reads with a script tag, since pages opened from a disk may fetch nothing.

`civcas.columns({"of": n, "words": {column: [texts]}, "columns": {column: [codes, numbers or texts]}})`, sorted by incident_id. The words of a
column are sorted, so that the order of its codes is the order of the texts; null is unknown.
"""

from __future__ import annotations

import json
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civcas.public.public import Public

TEXTS = ("address", "code")  # nearly every one differs
WORDS = ("country", "province", "place", "date_precision", "geo_precision", "strike_status", "grading", "belligerents")
DAYS = ("date_start", "date_end")
WHOLE = ("killed_min", "killed_max", "named")
DECIMALS = {"latitude": 5, "longitude": 5, "radius_km": 3}  # digits kept: a metre


def columns_script(public: Public) -> str:
    """The text of data/incidents.js."""
    incident = public.tables["incident"].sort_by("incident_id")
    words: dict[str, list[str]] = {}
    columns: dict[str, list[Any]] = {name: incident[name].to_pylist() for name in TEXTS}
    for name in WORDS:
        words[name], columns[name] = _coded(incident[name].combine_chunks())
    columns |= {name: incident[name].cast(pa.int32()).to_pylist() for name in DAYS}
    columns |= {name: incident[name].to_pylist() for name in WHOLE}
    columns |= {name: pc.round(incident[name], ndigits=digits).to_pylist() for name, digits in DECIMALS.items()}
    whole = {"of": incident.num_rows, "words": words, "columns": columns}
    return f"civcas.columns({escaped(json.dumps(whole, ensure_ascii=False, separators=(',', ':')))});\n"


def escaped(text: str) -> str:
    """JSON that may stand in any script: no tag can end it, and no line separator."""
    return text.replace("<", "\\u003c").replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")


def _coded(column: pa.Array) -> tuple[list[str], list[Any]]:
    """The texts of a column in order of their code points, and for each row which one it has."""
    coded = column.dictionary_encode()
    given = coded.dictionary.to_pylist()
    order = sorted(range(len(given)), key=given.__getitem__)
    rank = np.empty(len(given), np.int64)
    rank[order] = np.arange(len(given))
    codes = rank[coded.indices.fill_null(0).to_numpy()] if given else np.zeros(len(coded), np.int64)
    return [given[i] for i in order], pa.array(codes, mask=~coded.is_valid().to_numpy(zero_copy_only=False)).to_pylist()
