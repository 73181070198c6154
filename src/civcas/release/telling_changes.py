"""The changelog of a release, for people and for programs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from civcas.release.changes import Code

SHOWN = 200  # of one code on the page; all of them stand in CHANGES.json


def as_json(found: list[dict[str, Any]], *, before: Mapping[str, Any] | None, version: str) -> dict[str, Any]:
    counts = Counter(each["code"] for each in found)
    return {
        "from": dict(before) if before else None,
        "to": version,
        "codes": {str(code): code.meaning for code in Code},
        "counts": {str(code): counts[str(code)] for code in Code},
        "changes": found,
    }


def as_markdown(told: Mapping[str, Any], *, title: str) -> str:
    """Counts by reason, then each change with what stood before, what stands now, and why."""
    head = [f"# Changes: {one_line(title)}, release {told['to']}", ""]
    if told["from"] is None:
        return "\n".join([*head, "The first release, or one that was not compared with an earlier one.", ""])
    head += [f"Against release {told['from']['version']} ({told['from']['hash'][:16]}…).", ""]
    if not told["changes"]:
        return "\n".join([*head, "Nothing changed.", ""])
    counts = [
        f"| {code} | {told['counts'][code]:,} | {meaning} |"
        for code, meaning in told["codes"].items()
        if told["counts"][code]
    ]
    parts = [*head, "| reason | changes | means |", "|---|---|---|", *counts, ""]
    for code in told["codes"]:
        parts += _section(code, [each for each in told["changes"] if each["code"] == code])
    return "\n".join(parts)


def _section(code: str, found: list[dict[str, Any]]) -> Iterable[str]:
    if not found:
        return []
    lines = [f"- {_one(each)}" for each in found[:SHOWN]]
    more = [f"- … and {len(found) - SHOWN:,} more, in CHANGES.json"] if len(found) > SHOWN else []
    return [f"## {code[0].upper()}{code[1:]}", "", *lines, *more, ""]


def _one(each: Mapping[str, Any]) -> str:
    said = f"{one_line(each['before'] or 'nothing')} → {one_line(each['after'] or 'nothing')}"
    why = f" ({one_line(each['because'])})" if each["because"] else ""
    return f"`{one_line(each['subject'])}` {each['what']}: {said}{why}"


def one_line(text: object) -> str:
    """Imported text on one line, without what Markdown or HTML would take for its own."""
    return " ".join(str(text).translate(_QUIET).split())


_QUIET = (
    {ord(c): f"\\{c}" for c in "\\`*_[]#|!"}
    | {ord("<"): "&lt;", ord(">"): "&gt;", ord("&"): "&amp;"}
    | {code: None for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A), 0x200E, 0x200F)}
)
