"""Is harm followed by more violence, or less, and could these data tell?"""

from __future__ import annotations

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from civcas.catalog import Measure, Option, Tables
from civcas.errors import BadInput, CivcasError, UnknownName
from civcas.terms.estimate import Answer, Estimate, Refusal
from civcas.terms.vocabulary import Estimand

if TYPE_CHECKING:
    from civcas.measures.consequences.events import Events
    from civcas.measures.consequences.finding import Finding

NAME = "consequence"
DESIGNS = ("wake", "did", "hawkes")


def answer(
    tables: Tables | None = None,
    *,
    treatment: str,
    outcome: str,
    control: str | None = None,
    design: str = "all",
    events: Sequence[str | Path] = (),
    where: str | None = None,
    dose: str | None = None,
    place: str | None = None,
    match: str | None = None,
    days: str = "2,4,6,8,10",
    km: str = "2,4,6,8,10",
    duplicates: str = "refuse",
    cause_began: str | None = None,
    overlap: float = 0.5,
    reach: float | None = None,
    worth: float = 1.0,
    draws: int = 999,
    level: float = 0.95,
    seed: int = 20170123,
    **columns: str | None,
) -> Answer:
    """One of more, less, more here, less here, no detectable change (with the smallest effect to be seen), or cannot be told.

    Events come from CSV files or, where none is named, from the register's reports. Each design runs with its checks; those
    that pass must agree. A change "here" may be a mere move: its number is the sum over the widest area looked at. "Cannot be
    told" and unusable input are refusals, which carry every design's numbers where there are any. Events that nobody
    reported are missing on all sides alike, or the answer is off.
    """
    from civcas.measures.consequences.finding import refusal

    began = time.perf_counter()
    try:
        picked = _events(
            tables, events, treatment=treatment, control=control, outcome=outcome, where=where, dose=dose, place=place, match=match,
            columns=columns, duplicates=duplicates,
        )  # fmt: skip
        asked = _designs(design, control)
        runs = _runs(picked, _windows(days, km), asked, dose, _names(treatment, control, outcome),
                     overlap=overlap, reach=reach, worth=worth, draws=draws, level=level, seed=seed)  # fmt: skip
        _in_order(picked, cause_began)
        findings, refused = _run(runs)
    except CivcasError as unusable:
        return refusal(NAME, unusable)
    return _told(findings, refused, picked.notes, level=level, seed=seed, seconds=time.perf_counter() - began)


def _events(tables: Tables | None, paths: Sequence[str | Path], **words: Any) -> Events:
    from civcas.measures.consequences import event_file
    from civcas.measures.consequences.events import check_copies, check_kinds

    if words["duplicates"] not in ("refuse", "keep", "drop"):
        raise UnknownName("way with duplicates", words["duplicates"], ("refuse", "keep", "drop"))
    if paths:
        table = event_file.read([paths] if isinstance(paths, str | Path) else paths)
    elif tables is not None and "report" in tables:
        table = event_file.of_reports(
            tables["report"], [words["treatment"], words["control"], words["outcome"], words["where"]]
        )
    else:
        raise BadInput("there are no events", expected="--events FILE.csv, or a case with reports")
    words["columns"] = {name.removesuffix("_column"): column for name, column in words["columns"].items()}
    picked = event_file.pick(table, **words)
    check_kinds(picked, controls=words["control"] is not None)
    check_copies(picked)
    return picked


def _designs(design: str, control: str | None) -> tuple[str, ...]:
    if design not in (*DESIGNS, "all"):
        raise UnknownName("design", design, (*DESIGNS, "all"))
    if design == "wake" and control is None:
        raise BadInput(
            "the wake design needs a control", expected="a kind of event to compare with", do="Name it with --control."
        )
    if design == "all":
        return DESIGNS if control is not None else DESIGNS[1:]
    return (design,)


def _numbers(text: str, option: str) -> tuple[float, ...]:
    try:
        found = tuple(sorted({float(part) for part in str(text).split(",")}))
    except ValueError:
        found = ()
    if not found or min(found) <= 0:
        raise BadInput(f"{text!r} is not a list of lengths", where=option, expected="numbers above zero, such as 2,4,6")
    return found


def _windows(days: str, km: str) -> Any:
    from civcas.measures.consequences.wakes import Windows

    lengths = _numbers(days, "--days")
    if any(length != int(length) for length in lengths):
        raise BadInput(f"{days!r} holds parts of a day", where="--days", expected="whole days, such as 2,4,6")
    return Windows(days=tuple(int(length) for length in lengths), km=_numbers(km, "--km"))


def _names(treatment: str, control: str | None, outcome: str) -> Any:
    from civcas.measures.consequences.wake_design import Names

    def said(word: str | None, otherwise: str) -> str:
        return otherwise if word is None or "=" in word else word.replace("|", " or ")

    return Names(
        treatment=said(treatment, "treatment"), control=said(control, "control"), outcome=said(outcome, "outcome")
    )  # fmt: skip


def _runs(
    events: Events, windows: Any, designs: tuple[str, ...], dose: str | None, names: Any, **limits: Any
) -> dict[str, Callable[[], Finding]]:
    from civcas.measures.consequences import dose as doses
    from civcas.measures.consequences import hawkes_design, panel_design, wake_design
    from civcas.measures.consequences.events import check_moments, check_spread

    held = wake_design.Limits(**limits)
    replicates = max(19, min(hawkes_design.REPLICATES, held.draws // 25))

    def wake() -> Finding:
        check_spread(events, longest=max(windows.days))
        check_moments(events)
        found = wake_design.ask(events, windows, names=names, limits=held)
        if dose is None:
            return found
        return replace(found, numbers={**found.numbers, "dose": doses.by_whom(events, windows, limits=held)})

    def hawkes() -> Finding:
        check_moments(events)
        found = hawkes_design.ask(events, names=names, limits=held, replicates=replicates)
        return replace(
            found, level=held.level,
            interval_of=f"the mean number of {names.outcome} events that one {names.treatment} sets off directly, by the curvature of the "
            "likelihood",
            sides=f"{names.outcome} events with and without what a {names.treatment} sets off",
        )  # fmt: skip

    every: dict[str, Callable[[], Finding]] = {
        "wake": wake,
        "did": lambda: panel_design.ask(events, names=names, limits=held),
        "hawkes": hawkes,
    }
    return {design: every[design] for design in designs}


def _in_order(events: Events, cause_began: str | None) -> None:
    """Refuse a cause that comes after all its effects."""
    from civcas.measures.consequences.events import OUTCOME, TREATMENT
    from civcas.measures.consequences.order import day, refuse_cause_after_effect

    last = float(events.days[events.kind == OUTCOME].max())
    first = float(events.days[events.kind == TREATMENT].min())
    as_day = [dt.date(1970, 1, 1) + dt.timedelta(days=int(np.floor(d))) for d in (first, last)]
    refuse_cause_after_effect(cause=day(cause_began) if cause_began else as_day[0], effect=as_day[1])


def _run(runs: dict[str, Callable[[], Finding]]) -> tuple[tuple[Finding, ...], dict[str, str]]:
    """Every design's finding; a design that cannot run says why, unless it is the only one."""
    findings, refused = [], {}
    for design, run in runs.items():
        try:
            findings.append(run())
        except BadInput as unusable:
            if len(runs) == 1:
                raise
            refused[design] = str(unusable)
    if not findings:
        raise BadInput("no design can be run. " + " ".join(f"{d}: {why}" for d, why in refused.items()))
    return tuple(findings), refused


def _told(
    findings: tuple[Finding, ...],
    refused: dict[str, str],
    notes: tuple[str, ...],
    *,
    level: float,
    seed: int,
    seconds: float,
) -> Answer:
    from civcas.measures.consequences.finding import CONFLICT, Direction, agreed

    direction = agreed(findings)
    diagnostics = {
        "direction": str(direction),
        "designs": [finding.to_dict() for finding in findings],
        "could_not_run": refused,
        "notes": list(notes),
        "conflict": CONFLICT,
    }
    if direction is Direction.UNTOLD:
        said = {f.direction for f in findings} - {Direction.UNTOLD}
        why = "designs that pass their checks contradict one another" if said else " ".join(f.says for f in findings)
        return Refusal(
            measure=NAME,
            reason=f"cannot be told: {why}",
            needs=f"data on which the checks pass. {CONFLICT}",
            diagnostics=diagnostics,
        )
    chosen = next(f for f in findings if f.direction is direction)
    rests_on = chosen.answer
    says = f"{str(direction).capitalize()}. {chosen.estimand} " + " ".join(f.says for f in findings)
    return Estimate(
        measure=NAME, value=rests_on.value, low=rests_on.low, high=rests_on.high, level=level,
        interval=chosen.interval, n=chosen.n, counted=chosen.counted, estimand=Estimand.AS_IT_TENDS,
        interval_of=_interval_of(chosen), unit=chosen.unit, says=says,
        notes=(*notes, *chosen.notes, *(f"{d} could not be run: {why}" for d, why in refused.items()), CONFLICT),
        diagnostics=diagnostics, seed=seed, seconds=seconds,
    )  # fmt: skip


def _interval_of(chosen: Finding) -> str:
    """What the interval of the answer is an interval of; of a change seen here, it is the sum over the widest area."""
    if not chosen.direction.here or chosen.elsewhere is None:
        return chosen.interval_of
    area = f"the change summed over the widest area looked at ({chosen.elsewhere.label})"
    return f"{area}, since whether the events only moved cannot be told"


ENTRY = Measure(
    name=NAME,
    question="Is harm followed by more violence, or less, and could these data tell?",
    needs=(),
    answer=answer,
    by="options",
    no_difference=0.0,
    means=("events", "treatment", "control", "outcome", "where", "place", "dose", "days", "km"),
    options=(
        Option(name="treatment", help="what did it: a kind, or column=value, joined by , (all) and | (any)", required=True),
        Option(name="outcome", help="what may follow, in the same words", required=True),
        Option(name="control", help="what to compare with: events like the treatment but for the harm"),
        Option(name="design", help="wake, did, hawkes or all", default="all"),
        Option(name="events", help="CSV of events: date, latitude, longitude, kind; else the reports", repeated=True, default=(),
               is_file=True),
        Option(name="where", help="use only rows like this, in the same words"),
        Option(name="dose", help="column of what each event did, such as people killed"),
        Option(name="place", help="column of place names for the panel; else squares of 25 km"),
        Option(name="match", help="columns of numbers that treatment and control should share, joined by ,"),
        Option(name="days", help="windows of time, in days", default="2,4,6,8,10"),
        Option(name="km", help="windows of space, in kilometres", default="2,4,6,8,10"),
        Option(name="duplicates", help="rows that stand twice: refuse, keep or drop", default="refuse"),
        Option(name="cause_began", help="the day the cause began; outcomes that all lie before are refused"),
        Option(name="overlap", help="share of wakes that may overlap another", type=float, default=0.5),
        Option(name="reach", help="kilometres within which displaced events are looked for; else three times the widest window",
               type=float),
        Option(name="worth", help="change worth seeing, as a share of what is usual", type=float, default=1.0),
        Option(name="draws", help="permutations of the labels", type=int, default=999),
        Option(name="level", help="of the test and the band", type=float, default=0.95),
        Option(name="seed", help="of every draw", type=int, default=20170123),
        Option(name="date_column", help="column of the date"),
        Option(name="latitude_column", help="column of the latitude"),
        Option(name="longitude_column", help="column of the longitude"),
        Option(name="kind_column", help="column of the kind"),
    ),
    source="Schutte and Donnay 2014; Westfall and Young 1993; Ogata 1988",
    example="civcas measure consequence --events strikes.csv --treatment Airstrike --control SOF --outcome IED --design wake",
)  # fmt: skip
