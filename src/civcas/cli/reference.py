"""Makes the reference pages of the documentation from the code, so that they cannot say anything else."""

from __future__ import annotations

from typing import Any

import typer

from civcas.catalog import Measure, entries
from civcas.cli.app import build
from civcas.terms.vocabulary import vocabularies


def reference() -> str:
    """Commands, measures and vocabularies as one Markdown page."""
    return "\n".join(
        [
            "# Reference",
            "",
            "Made from the code by `python -m civcas.cli.reference`.",
            "",
            *_commands(),
            *_measures(),
            *_words(),
        ]
    )


def _commands() -> list[str]:
    group: Any = typer.main.get_command(build())
    rows = [f"| `civcas {name}` | {_first_paragraph(command.help)} |" for name, command in group.commands.items()]
    head = "`civcas COMMAND --help` gives the options and examples of each."
    return ["## Commands", "", head, "", "| command | what it does |", "|---|---|", *rows, ""]


def _first_paragraph(text: str | None) -> str:
    return " ".join((text or "").strip().partition("\n\n")[0].split())


def _measures() -> list[str]:
    found: dict[str, Measure] = entries("measures")
    rows = [
        f"| `{name}` | {measure.question} | {', '.join(measure.needs) or '–'} | {measure.source} |"
        for name, measure in found.items()
    ]
    return ["## Measures", "", "| measure | question | tables it needs | method |", "|---|---|---|---|", *rows, ""]


def _words() -> list[str]:
    parts = ["## Words", ""]
    for vocabulary in vocabularies():
        parts += [
            f"### {vocabulary.__name__}",
            "",
            (vocabulary.__doc__ or "").strip(),
            "",
            "| word | means |",
            "|---|---|",
        ]
        parts += [f"| {word} | {word.meaning} |" for word in vocabulary]
        parts += [""]
    return parts


if __name__ == "__main__":
    import sys

    sys.stdout.write(reference())
