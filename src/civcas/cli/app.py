"""The command line: finds the commands of this room, runs one, and turns a refusal into one clear message."""

from __future__ import annotations

import sys
from typing import Any, NoReturn

import typer
from rich.console import Console
from rich.markup import escape
from rich.text import Text

from civcas.catalog import entries
from civcas.errors import CivcasError
from civcas.terms.version import VERSION

HELP = """Record what military campaigns do to civilians, and hold written claims against every defensible reading of the data.

Start with: civcas demo
"""
EXITS = """Exit codes: 0 done · 1 civcas itself failed · 2 the input was not usable (one message says why) · \
others are listed by the command that has them."""


PANELS = {
    1: "Check and measure",
    2: "A case and its ledger",
    3: "A case and its ledger",
    4: "Estimate",
    5: "Link and assess",
    6: "Data in and out",
    7: "Publish",
}
"""The headings of the help, by the tens of a command's order."""


def build() -> typer.Typer:
    """The application with every command the room holds, in the order of the help."""
    app = typer.Typer(help=HELP, epilog=EXITS, no_args_is_help=True, rich_markup_mode="rich", add_completion=False,
                      context_settings={"help_option_names": ["-h", "--help"]}, pretty_exceptions_enable=False)  # fmt: skip
    app.callback(help=HELP)(_front)
    for command in sorted(entries("cli").values(), key=lambda c: (c.order, c.name)):
        known = {*map(id, app.registered_commands), *map(id, app.registered_groups)}
        command.attach(app)
        attached: list[Any] = [*app.registered_commands, *app.registered_groups]
        for added in attached:
            if id(added) not in known:
                added.rich_help_panel = PANELS[command.order // 10]
    return app


def _print_version(asked: bool) -> None:
    if asked:
        typer.echo(f"civcas {VERSION}")
        raise typer.Exit


def _front(
    version: bool = typer.Option(
        False, "--version", help="Print the version and stop.", is_eager=True, callback=_print_version
    ),
) -> None:
    pass


def main(arguments: list[str] | None = None) -> NoReturn:
    """Run civcas with these words (or those of the process) and leave with its exit code."""
    command = _as_written(typer.main.get_command(build()))
    try:
        code = command.main(args=arguments, prog_name="civcas", standalone_mode=True)
    except CivcasError as refused:
        say(refused)
        code = refused.exit_code
    except BrokenPipeError:
        sys.stderr.close()
        code = 0
    sys.exit(code or 0)


def _as_written(command: Any) -> Any:
    """The same command, whose help is shown as it is written: in Rich's markup, `[redaction]` would be a style, and vanish."""
    for name in ("help", "short_help", "epilog"):
        if getattr(command, name, None):
            setattr(command, name, escape(getattr(command, name)))
    for parameter in command.params:
        if getattr(parameter, "help", None):
            parameter.help = escape(parameter.help)
    for below in getattr(command, "commands", {}).values():
        _as_written(below)
    return command


def say(refused: CivcasError) -> None:
    """Print the message to standard error, the first line in red where colours are shown."""
    first, _, rest = str(refused).partition("\n")
    Console(stderr=True, soft_wrap=True, highlight=False).print(
        Text(first, style="bold red"), Text(rest) if rest else "", sep="\n"
    )
