"""What a page tells its scripts: the texts of its language, where its links lead, and how belligerents are marked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import asdict

from markupsafe import Markup

from civcas.web.incidents_js import script_json
from civcas.web.language import Language
from civcas.web.links import Links
from civcas.web.marks import Mark

USED = (
    "map.", "list.", "filter.", "pager", "grading.", "grades.", "geo_precision.", "strike_status.", "attribution.", "month.", "range.",
    "overview.without", "unknown", "undated", "unlocated", "nobody", "comma", "yes", "no",
)  # fmt: skip


def told(words: Language, links: Links, marks: Iterable[Mark] = ()) -> Markup:
    """JSON for a script element of type application/json, which no browser runs; `ADDRESS` stands where an incident's will."""
    return Markup(
        script_json({
            "language": words.code,
            "direction": words.direction,
            "texts": {key: text for key, text in words.texts.items() if key.startswith(USED)},
            "links": {"incident": links.incident("ADDRESS"), "incidents": links.page("incidents"), "map": links.page("map")},
            "worker": links.asset("maplibre-gl-worker.js"),
            "marks": [asdict(mark) for mark in marks],
        })
    )  # fmt: skip
