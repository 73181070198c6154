"""`civcas names`: who of one list of people is who of another, or stands twice in one."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civcas.catalog import Command
from civcas.cli.option import By, author
from civcas.errors import BadInput, MissingExtra, UnknownName

if TYPE_CHECKING:
    import pyarrow as pa

    from civcas.cli.asking import Pair
    from civcas.linking.decisions import PairDecision
    from civcas.linking.naming import Namesakes

HELP = """Find who of one list of people is who of another, across scripts and spellings, and how surely; or who stands twice in one list.

Lists are two datasets of a case whose rows are people, or two Parquet tables with person_id, name, and age and sex if known. Names are
restricted: no name is written anywhere, the table of pairs holds ids and weights alone and only you may read it; names are shown
to the reviewer and to nobody else. A decision names two ids and a reason, and no later run undoes it.

\b
civcas names recorder ministry --case DIR --review --by "A. Reviewer"
civcas names recorder ministry --case DIR --apply at-0.99
civcas names recorder --case DIR --propose doubles.parquet
civcas names ours.parquet theirs.parquet --propose pairs.parquet
civcas names ours.parquet theirs.parquet --decisions people.jsonl --review --pairs 50
"""
ABOUT = "person"
ASKED_FROM = 0.02  # a less likely candidate is not worth a reviewer's time


def names(
    first: Annotated[str, typer.Argument(help="A dataset of the case, or a Parquet table of people.")],
    second: Annotated[
        str, typer.Argument(help="The list it is held against; without it, who stands twice in the first.")
    ] = "",
    case: Annotated[Path | None, typer.Option(help="Folder of the case.", metavar="DIR")] = None,
    script: Annotated[
        str, typer.Option(help="Which published name to compare, such as ar_name; the first that is there.")
    ] = "",
    propose: Annotated[
        Path | None, typer.Option(help="Write candidate pairs here: ids, chance and weights, no names.")
    ] = None,
    apply: Annotated[
        str | None, typer.Option(help="Decide by a rule: at-0.99 takes the likeliest pair of each person.")
    ] = None,
    review: Annotated[bool, typer.Option("--review", help="Ask about pairs, side by side.")] = False,
    pairs: Annotated[int, typer.Option(help="With --review: stop after so many answers.", min=1)] = 1000,
    decisions: Annotated[Path | None, typer.Option(help="Where decisions about files are kept.")] = None,
    by: By = "",
    as_json: Annotated[bool, typer.Option("--json", help="Print the summary as JSON.")] = False,
) -> None:
    from civcas.cli.kept_pairs import kept_pairs
    from civcas.cli.option import working

    try:
        import numba  # noqa: F401
    except ImportError:
        raise MissingExtra("matching names", "estimators") from None
    from civcas.linking import doubles, naming, people

    with kept_pairs(case, decisions, by=author(by), about=ABOUT) as kept:
        lists = [list_of(name, case, script) for name in ((first, second) if second else (first, first))]
        with working("matching names"):
            found = naming.match(*map(people.read, lists)) if second else doubles.doubles(people.read(lists[0]))
        out = summary(found) if second else summary_of_doubles(found)
        if propose:
            out |= written(found.table() if second else doubles.table(found), propose)
        if apply:
            out |= {"decided": kept.keep(by_rule(found, apply, kept.decided()))}
        if review:
            from rich.console import Console

            from civcas.cli.asking import ask

            queue = PeopleQueue(found, lists)
            out |= {
                "answered": ask(Console(highlight=False), queue, kept, by=author(by), most=pairs),
                "kept_in": kept.where,
            }
    typer.echo(json.dumps(out) if as_json else told(out))


def list_of(name: str, case: Path | None, script: str) -> pa.Table:
    """A list of people by the name of its dataset, or its file."""
    import pyarrow.compute as pc

    from civcas.cli.kept_pairs import reports_of_case
    from civcas.cli.link import read_reports
    from civcas.linking.people import of_reports

    if case is None:
        return read_reports([Path(name)])
    reports = reports_of_case(case, people=True)
    known = sorted(set(reports["dataset"].to_pylist()))
    if name not in known:
        raise UnknownName("list of people", name, known, where=str(case))
    return of_reports(reports.filter(pc.equal(reports["dataset"], name)), script=script)


def summary(found: Namesakes) -> dict[str, Any]:
    best = found.chance[found.best()]
    return {
        "people": len(found.first),
        "against": len(found.second),
        "without_a_name_that_can_be_read": int((found.first.begin[1:] == found.first.begin[:-1]).sum()),
        "surely": int((best >= 0.9).sum()),
        "perhaps": int(((best >= 0.5) & (best < 0.9)).sum()),
        "listed_share_learned": round(found.listed, 3),
    }


SHOWN = 10  # pairs of one list that are listed by their ids


def summary_of_doubles(found: Namesakes) -> dict[str, Any]:
    from civcas.linking.naming import sentence

    pairs = [
        {"one": _ids(found, at), "other": _ids(found, at, second=True), "chance": round(float(found.chance[at]), 3),
         "because": sentence(found, at)}
        for at in range(min(SHOWN, int((found.chance >= 0.5).sum())))
    ]  # fmt: skip
    return {
        "people": len(found.first),
        "without_a_name_that_can_be_read": int((found.first.begin[1:] == found.first.begin[:-1]).sum()),
        "surely": int((found.chance >= 0.9).sum()),
        "perhaps": int(((found.chance >= 0.5) & (found.chance < 0.9)).sum()),
        "doubles_a_person_learned": round(found.listed, 4),
        "pairs": pairs,
    }


def written(table: pa.Table, path: Path) -> dict[str, Any]:
    """Write the pairs where only their owner may read them."""
    from civcas.cli.link import write
    from civcas.cli.option import writing

    with writing(path):
        os.close(os.open(path, os.O_CREAT | os.O_WRONLY, 0o600))
        path.chmod(0o600)
        return write(table, path)


def by_rule(found: Namesakes, rule: str, known: list[PairDecision]) -> list[PairDecision]:
    """The likeliest pair of each person, from the rule's chance on; each person of either list once, and none that is decided."""
    import numpy as np

    from civcas.cli.link import least_chance
    from civcas.linking.decisions import PairDecision

    least = least_chance(rule)
    best = np.arange(len(found.chance)) if found.first is found.second else found.best()
    taken = {p for d in known if d.same for p in (d.report_id_l, d.report_id_r)}
    decided = {(d.report_id_l, d.report_id_r) for d in known}
    made: list[PairDecision] = []
    for at in best[(-found.chance[best]).argsort(kind="stable")].tolist():
        one, other, chance = _ids(found, at), _ids(found, at, second=True), float(found.chance[at])
        if chance < least:
            break
        if one not in taken and other not in taken and (min(one, other), max(one, other)) not in decided:
            made.append(
                PairDecision.of(
                    one, other, same=True, because=f"proposed with a chance of {chance:.3f}", by=f"rule {rule}"
                )
            )
            taken |= {one, other}
    return made


def _ids(found: Namesakes, at: int, *, second: bool = False) -> str:
    people, place = (found.second, found.right) if second else (found.first, found.left)
    return people.person_id[int(place[at])]


class PeopleQueue:
    """Candidate pairs, the most open first: those whose chance is nearest one half."""

    def __init__(self, found: Namesakes, lists: list[pa.Table]) -> None:
        import numpy as np

        self.found = found
        self.rows = [{str(r["person_id"]): r for r in each.to_pylist()} for each in lists]
        openness = np.abs(found.chance - 0.5)
        likely = np.flatnonzero(found.chance >= ASKED_FROM)
        self.order = likely[np.argsort(openness[likely], kind="stable")].tolist()
        self.place: dict[Pair, int] = {self._pair(at): at for at in self.order}

    def next(self, known: list[PairDecision], skip: set[Pair]) -> Pair | None:
        """The next open pair; nobody who was found is asked about again."""
        done = skip | {(d.report_id_l, d.report_id_r) for d in known}
        settled = {p for d in known if d.same for p in (d.report_id_l, d.report_id_r)}
        return next((p for at in self.order if (p := self._pair(at)) not in done and not settled & set(p)), None)

    def _pair(self, at: int) -> Pair:
        one, other = _ids(self.found, at), _ids(self.found, at, second=True)
        return (one, other) if one < other else (other, one)

    def page(self, pair: Pair, *, title: str) -> Any:
        from rich.console import Group
        from rich.table import Table
        from rich.text import Text

        from civcas.linking.naming import sentence

        if pair not in self.place:
            raise BadInput(f"{pair[0]} and {pair[1]} are no candidates", expected="two people of these lists")
        at = self.place[pair]
        sides = (_ids(self.found, at), self.rows[0]), (_ids(self.found, at, second=True), self.rows[1])
        table = Table(expand=True, pad_edge=False)
        table.add_column("", no_wrap=True, style="dim")
        for who, _ in sides:
            table.add_column(who, ratio=1, overflow="fold")
        for field in ("name", "age", "sex"):
            values = [
                "not known" if (v := rows[who].get(field)) is None else f"{v:g}" if isinstance(v, float) else str(v)
                for who, rows in sides
            ]
            table.add_row(
                field, *(Text(value, style="" if values[0] == values[1] else "bold yellow") for value in values)
            )
        heading = Text.assemble((title, "bold"), f" · chance of one person {self.found.chance[at]:.0%}")
        return Group(heading, table, Text(f"In bits: {sentence(self.found, at)}.", style="dim"))


def told(out: dict[str, Any]) -> str:
    found = f"Of {out['people']:,} people against {out['against']:,}: {out['surely']:,} found" if "against" in out else (
        f"In one list of {out['people']:,} people: {out['surely']:,} pairs that may be one person twice,")  # fmt: skip
    lines = [
        f"{found} with a chance of 90% or more, {out['perhaps']:,} with 50–90%; nothing is decided until you decide it."
    ]
    lines += [
        f"  {p['one']} = {p['other']}: {p['chance']:.0%}. Bits for it: {p['because']}." for p in out.get("pairs", ())
    ]
    if out["without_a_name_that_can_be_read"]:
        lines.append(f"{out['without_a_name_that_can_be_read']:,} have no name that can be read; they meet nobody.")
    lines += [
        f"{out[key]:,} {said}."
        for key, said in (("decided", "pairs decided by rule"), ("answered", "answered"))
        if key in out
    ]
    if "written" in out:
        lines.append(f"{out['rows']:,} pairs written to {out['written']}, readable by you alone.")
    return "\n".join(lines)


def attach(app: typer.Typer) -> None:
    app.command("names", help=HELP)(names)


ENTRY = Command(name="names", attach=attach, order=54)
