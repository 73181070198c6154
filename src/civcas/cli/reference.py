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
            *_claims(),
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
        f"| `{name}` | {measure.question} | {', '.join(measure.needs) or '–'} | {', '.join(measure.means) or '–'} | {measure.source} |"
        for name, measure in found.items()
    ]
    head = [
        "| measure | question | tables it needs | choices that change the question | method |",
        "|---|---|---|---|---|",
    ]
    return ["## Measures", "", *head, *rows, ""]


def _claims() -> list[str]:
    from civcas.claims.article import ClaimKind
    from civcas.claims.claim_file import CLAIM

    rows = [f"| `{key}` | {meaning} |" for key, meaning in CLAIM.items()]
    kinds = [f"| {kind} | {kind.meaning} |" for kind in ClaimKind]
    return [
        "## Claims files",
        "",
        "A YAML file with `article` (author, title, outlet, date), `windows` (names for windows, if you like) and `claims`, a list. See",
        "[how civcas checks a claim](method-claims.md).",
        "",
        "| part of a claim | what it is for |",
        "|---|---|",
        *rows,
        "",
        "| kind | means |",
        "|---|---|",
        *kinds,
        "",
    ]


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
