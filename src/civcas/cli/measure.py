"""`civcas measure NAME`: every measure of the catalogue as a command, its options made from its entry."""

from __future__ import annotations

import inspect
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from time import perf_counter
from typing import Any

import typer

from civcas.catalog import Command, Measure, Option, Tables, entries, find
from civcas.cli.option import working
from civcas.cli.tables_at_hand import tables_at_hand
from civcas.cli.writing import write_whole
from civcas.errors import BadInput
from civcas.terms.estimate import Answer, Estimate, Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Attribution, Bound, Estimand, Exposure, Grades, Word
from civcas.terms.window import Window

REFUSED = 3
"""The exit code of a refusal: the question was understood and no number can be given."""

HELP = """Ask one question of the data; the answer is a number with its uncertainty, or a refusal with its reason.

Exit codes: 0 answered · 2 the input was not usable · 3 refused
"""


def attach(app: typer.Typer) -> None:
    """Adds a typer group whose commands are found when it is used, so that `civcas --help` loads no measure."""
    group = typer.Typer(cls=_Measures, help=HELP, no_args_is_help=True)
    group.callback()(lambda: None)
    app.add_typer(group, name="measure")


class _Measures(typer.core.TyperGroup):
    """The catalogue of measures as a group of commands."""

    def list_commands(self, ctx: Any) -> list[str]:
        return sorted(entries("measures"))

    def get_command(self, ctx: Any, cmd_name: str) -> Any:
        measure: Measure = find("measures", cmd_name, kind="measure")
        one = typer.Typer(add_completion=False, context_settings={"help_option_names": ["-h", "--help"]})
        example = f"\n\nExample:\n\n  {measure.example}" if measure.example else ""
        one.command(measure.name, help=measure.question + example)(_asker(measure))
        return typer.main.get_command(one)


def _parameters(measure: Measure) -> list[inspect.Parameter]:
    """The options of a measure's command: those of a reading, or its own, and those every measure has."""
    own = _reading_options(measure) if measure.by == "reading" else [_parameter(o) for o in measure.options]
    tables = typer.Option(None, "--tables", metavar="DIR", help="A folder of tables, in place of those that ship.")
    case = typer.Option(
        None, "--case", metavar="DIR", help="The register of this case, in place of the tables that ship."
    )
    as_json = typer.Option(False, "--json", help="Print the answer as JSON.")
    picture = typer.Option(None, "--picture", metavar="FILE.svg", help="Write the answer as a picture.")
    return [
        *own,
        _keyword("picture", Path | None, picture),
        _keyword("tables", Path | None, tables),
        _keyword("case", Path | None, case),
        _keyword("as_json", bool, as_json),
    ]


def _parameter(option: Option) -> inspect.Parameter:
    kind: Any = list[option.type] if option.repeated else option.type  # type: ignore[name-defined]
    default = ... if option.required else ([] if option.repeated and option.default is None else option.default)
    if default is None:
        kind = kind | None
    return _keyword(option.name, kind, typer.Option(default, f"--{option.name.replace('_', '-')}", help=option.help))


def _reading_options(measure: Measure) -> list[inspect.Parameter]:
    return [
        *(_text(side, f"The {side}, as the tables name it.") for side in measure.belligerents),
        _text("area", "Where, as the tables name it."),
        _text("window", "2016, 2016-01, 2015-10..2016-09; A vs B for one window each side."),
        _text("grades", _words(Grades), default="fair+confirmed"),
        _text("bound", _words(Bound), default="min"),
        _text("attribution", _words(Attribution), default="any"),
        _text("exposure", _words(Exposure) + "; A vs B for one each side.", default="month"),
        _text("estimand", _words(Estimand), default="as_it_tends"),
        _keyword("as_of", str | None, typer.Option(None, "--as-of", help="Only what had been published by this day.")),
    ]


def _text(name: str, words: str, *, default: Any = ...) -> inspect.Parameter:
    return _keyword(name, str, typer.Option(default, f"--{name}", help=words))


def _keyword(name: str, kind: Any, default: Any) -> inspect.Parameter:
    return inspect.Parameter(name, inspect.Parameter.KEYWORD_ONLY, default=default, annotation=kind)


def _words(vocabulary: type[Word]) -> str:
    return ", ".join(map(str, vocabulary))


def _asker(measure: Measure) -> Callable[..., None]:
    def ask(tables: Path | None, case: Path | None, as_json: bool, picture: Path | None = None, **given: Any) -> None:
        held = tables_at_hand(tables, case) if measure.needs or tables or case else {}
        _require(measure, held)
        with working(measure.question):
            began = perf_counter()
            answer = _answer(measure, held, given)
            if isinstance(answer, Estimate) and answer.seconds is None:
                answer = replace(answer, seconds=perf_counter() - began)
            if isinstance(answer, Estimate):
                answer = replace(answer, notes=(*answer.notes, *_doubts(measure, held, given)))
        if picture is not None and isinstance(answer, Estimate):
            write_whole(picture, _drawn(measure, answer).svg(headed=True))
        _tell(answer, as_json=as_json)
        if isinstance(answer, Refusal):
            raise typer.Exit(REFUSED)

    parameters = _parameters(measure)
    ask.__signature__ = inspect.Signature(parameters)  # type: ignore[attr-defined]
    ask.__annotations__ = {each.name: each.annotation for each in parameters}
    return ask


def _drawn(measure: Measure, answer: Estimate) -> Any:
    """The measure's own picture, or its interval alone."""
    from civcas.measures.incidents.pictures import one_interval

    return (measure.draw or one_interval)(answer)


def _answer(measure: Measure, held: Tables, given: dict[str, Any]) -> Answer:
    if measure.by == "options":
        return measure.answer(held, **given)
    who = [given[side] for side in measure.belligerents]
    rest = {name: value for name, value in given.items() if name not in measure.belligerents}
    return measure.answer(held, Reading.of(belligerents=who, **rest))


def _doubts(measure: Measure, held: Tables, given: dict[str, Any]) -> list[str]:
    """What is doubted of the incidents asked about: doubles, an outlier, numbers left out."""
    from civcas.register.doubts import beside

    if not {"harm", "harm_by_period", "incident"} & set(measure.needs):
        return []
    who = [str(given[side]) for side in measure.belligerents if given.get(side)]
    windows = [Window.parse(part) for part in re.split(r"\s+vs\s+", str(given.get("window") or "")) if part.strip()]
    return beside(held, belligerents=who, area=given.get("area") or None, windows=windows)


def _require(measure: Measure, held: Tables) -> None:
    missing = [name for name in measure.needs if name not in held]
    if missing:
        raise BadInput(
            f"it needs the table {missing[0]}, which is not at hand",
            where=f"measure {measure.name}",
            expected=f"{', '.join(measure.needs)}; there are {', '.join(held) or 'none'}",
            do="Give a folder that holds it with --tables DIR, or one that civcas import FORMAT FILE --out DIR wrote.",
        )


def _told(answer: Answer) -> dict[str, Any]:
    """The answer as plain values; what it assumes stands under one name, whatever its diagnostics call it."""
    told = answer.to_dict()
    if isinstance(answer, Estimate):
        told["assumptions"] = answer.diagnostics.get("assumptions") or answer.diagnostics.get("assumes") or []
    return told


def _tell(answer: Answer, *, as_json: bool) -> None:
    if as_json:
        typer.echo(json.dumps(_told(answer), ensure_ascii=False, indent=2, default=str))
        return
    from civcas.telling.answer import tell_answer

    tell_answer(answer)


ENTRY = Command(name="measure", attach=attach, order=12)
