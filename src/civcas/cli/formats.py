"""`civcas formats`: what can be read and written, whose it is, and under which terms."""

from __future__ import annotations

import json
from typing import Annotated, Any

import typer

from civcas.catalog import Command, entries, find

EXAMPLES = """Examples:

  civcas formats                 every format that can be read, and those that can be written
  civcas formats ucdp_ged        one of them, with its columns, licence, citation and warnings

Exit codes: 0 told · 2 there is no such format.
"""


def attach(app: typer.Typer) -> None:
    @app.command(epilog=EXAMPLES, help="List the formats that can be read and written.")
    def formats(
        name: Annotated[str, typer.Argument(help="One format, to be told all about it.")] = "",
        as_json: Annotated[bool, typer.Option("--json", help="Print as JSON.")] = False,
    ) -> None:
        if name:
            said = about(find("importers", name, kind="format"))
            typer.echo(json.dumps(said, ensure_ascii=False, indent=2) if as_json else _told(said))
            return
        readable = {n: entry.title for n, entry in entries("importers").items()}
        writable = {n: entry.title for n, entry in entries("exporters").items()}
        if as_json:
            typer.echo(json.dumps({"import": readable, "export": writable}, ensure_ascii=False, indent=2))
            return
        for heading, known in (("Read with civcas import", readable), ("Written with civcas export", writable)):
            typer.echo(heading)
            for each, title in known.items():
                typer.echo(f"  {each:17} {title}")


def about(importer: Any) -> dict[str, Any]:
    """Everything a user of the data must know before using it."""
    plain = ("name", "title", "publisher", "licence", "citation", "page", "notes")
    return {key: getattr(importer, key) for key in plain} | {
        "tables": list(importer.yields),
        "may_be_published_again": importer.redistribute,
        "layouts": {layout.name: list(layout.expected) for layout in importer.layouts},
        "not_identifiable": [
            {"belligerents": list(each.belligerents), "area": each.area, "reason": each.reason}
            for each in importer.not_identifiable
        ],
    }


def _told(said: dict[str, Any]) -> str:
    lines = [f"{said['name']}: {said['title']}", f"publisher  {said['publisher']}", f"licence    {said['licence']}"]
    lines += [f"citation   {said['citation']}", f"page       {said['page']}", f"gives      {', '.join(said['tables'])}"]
    lines += [f"columns    {', '.join(columns)}  ({name})" for name, columns in said["layouts"].items() if columns]
    lines += [f"warning    {said['notes']}"] if said["notes"] else []
    lines += [
        f"cannot tell apart in {e['area']}: {', '.join(e['belligerents'])}: {e['reason']}"
        for e in said["not_identifiable"]
    ]
    return "\n".join(lines)


ENTRY = Command(name="formats", attach=attach, order=62)
