"""Tables with a row of HXL hashtags under their header, read by the tags: `#affected+killed`, `#date+occurred`, …"""

from __future__ import annotations

import re
from collections.abc import Sequence

from civcas.importers.dating import dates
from civcas.importers.given import Given
from civcas.importers.importer import Importer, Layout
from civcas.importers.plan import (
    Column,
    Plan,
    as_published,
    computed,
    constant,
    latitude,
    longitude,
    name_in,
    parties,
    whole,
)

TAGS = "a row of which half the cells or more are tags such as #date+occurred"
TAG = re.compile(r"^\s*(#[A-Za-z]\w*)((?:\s*\+[A-Za-z]\w*)*)\s*$")


def is_tag_row(cells: Sequence[str]) -> bool:
    """At least half of the cells that hold anything are tags."""
    filled = [c for c in cells if c.strip()]
    return bool(filled) and 2 * sum(bool(TAG.match(c)) for c in filled) >= len(filled) and any(map(TAG.match, filled))


def tagged(given: Given, tag: str, *without: str) -> tuple[str, ...]:
    """Columns whose tag has all parts of `tag`, and none of `without`."""
    wanted = set(tag.split("+"))
    found = []
    for column in given.columns:
        match = TAG.match(re.sub(r"_\d+$", "", column))
        parts = {match[1], *re.findall(r"\w+", match[2])} if match else set()
        if wanted <= parts and not parts & set(without):
            found.append(column)
    return tuple(found)


def rows(given: Given) -> Plan:
    start = (
        tagged(given, "#date+start")
        or tagged(given, "#date+occurred")
        or tagged(given, "#date", "year", "end")
        or tagged(given, "#date+year")
    )
    report: dict[str, Column] = {
        "row_is": constant("incident"),
        "kind": as_published(given, *tagged(given, "#event+type")),
        **dates(given, start, tagged(given, "#date+end")),
        "country": as_published(given, *(tagged(given, "#country+name") or tagged(given, "#country"))),
        "province": as_published(given, *(tagged(given, "#adm1+name") or tagged(given, "#adm1"))),
        "place": as_published(given, *(tagged(given, "#loc+name") or tagged(given, "#loc"))),
        "latitude": latitude(given, *tagged(given, "#geo+lat")),
        "longitude": longitude(given, *tagged(given, "#geo+lon")),
        "belligerents": parties(
            given.get(*tagged(given, "#group+name+first")), given.get(*tagged(given, "#group+name+second"))
        ),
        "source": as_published(given, *tagged(given, "#meta+source")),
        "text": as_published(given, *tagged(given, "#description")),
    }
    report |= _counts(given, "civ_killed", "#affected+killed+civilians") | _counts(
        given, "children_killed", "#affected+killed+children"
    )
    report |= _counts(given, "all_killed", "#affected+killed", "civilians", "children", "f", "m")
    report |= _counts(given, "all_injured", "#affected+injured", "civilians", "children", "f", "m")
    own = tagged(given, "#event+id")
    return Plan(own_id=name_in(given.seen(*own), own[0]) if own else None, tables={"report": report})


def _counts(given: Given, field: str, tag: str, *without: str) -> dict[str, Column]:
    """A number without +min or +max is both ends."""
    both = tagged(given, tag, "min", "max", *without)
    return {f"{field}_{end}": whole(given, *(tagged(given, f"{tag}+{end}", *without) or both)) if
            tagged(given, f"{tag}+{end}", *without) or both else computed("NULL") for end in ("min", "max")}  # fmt: skip


ENTRY = Importer(
    name="hxl",
    title="Any table with HXL hashtags",
    publisher="whoever made the table",
    licence="as its maker says",
    citation="as its maker says",
    page="https://hxlstandard.org",
    yields=("report",),
    layouts=(Layout(name="tagged rows", expected=(), plan=rows, header=is_tag_row, sought=TAGS),),
    notes="Rows above the tags are not read. Deaths without +civilians count everyone.",
)
