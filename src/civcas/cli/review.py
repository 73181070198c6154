"""`civcas review`: two reports side by side, one key an answer; it resumes where it was left."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from civcas.catalog import Command
from civcas.cli.option import By, author

if TYPE_CHECKING:
    import pyarrow as pa

    from civcas.cli.asking import Pair
    from civcas.linking.decisions import PairDecision
    from civcas.linking.proposing import Proposal

HELP = """Review proposed links: two reports side by side, the pair first whose answer changes most.

Keys: y same incident · n not the same · l later · t write a note, then answer ·
b back to the last answer · q stop.
Every answer is kept at once, in the ledger of the case or in a file; run the command again to go on where you stopped. An
answer is never undone by a later run: only a person's new answer takes its place.

\b
civcas review --case DIR --by "A. Reviewer"
civcas review --case DIR --order deaths --pairs 50
civcas review --case DIR --pair airwars:CS1203 ucdp_ged:123456
civcas review reports.parquet --decisions decisions.jsonl --by "A. Reviewer"
"""
RELEARN_EVERY = 25


def review(
    files: Annotated[list[Path] | None, typer.Argument(help="Report tables, Parquet; none with --case.")] = None,
    case: Annotated[
        Path | None, typer.Option(help="Folder of the case: its reports, and its ledger.", metavar="DIR")
    ] = None,
    decisions: Annotated[
        Path | None, typer.Option(help="Where answers about files are kept, one JSON object a line.")
    ] = None,
    by: By = "",
    order: Annotated[
        str, typer.Option(help="teaches: what changes most pairs; deaths: where most deaths are at stake.")
    ] = "teaches",
    pairs: Annotated[int, typer.Option(help="Stop after so many answers.", min=1)] = 1000,
    pair: Annotated[
        tuple[str, str] | None, typer.Option(help="Ask about these two reports, also if they were decided.")
    ] = None,
) -> None:
    from rich.console import Console

    from civcas.cli.asking import ask
    from civcas.cli.kept_pairs import kept_pairs
    from civcas.cli.link import proposed, reports_at_hand
    from civcas.cli.link_output import of_learning
    from civcas.errors import BadInput, UnknownName
    from civcas.linking.queue import Order

    if order not in list(Order):
        raise UnknownName("order", order, list(Order))
    if case is None and decisions is None:
        raise BadInput("answers need a place", do="Name it: --case DIR, or FILES with --decisions decisions.jsonl")
    with kept_pairs(case, decisions, by=author(by)) as kept:
        reports = reports_at_hand(files, case)
        queue = ReportQueue(proposed(reports, kept.decided()), reports, Order(order))
        first, most = ([queue.named(pair)], 1) if pair else ([], pairs)
        console = Console(highlight=False)
        for line in of_learning(queue.proposal):
            console.print(line)
        answered = ask(console, queue, kept, by=author(by), most=most, first=first)
        typer.echo(f"\n{answered} answered; {'they are' if answered != 1 else 'it is'} in {kept.where}.")


class ReportQueue:
    """Pairs of reports in the order of what their answers change; learns again from the answers every so often."""

    def __init__(self, proposal: Proposal, reports: pa.Table, order: Any) -> None:
        from civcas.cli.link_output import ids_of

        self.proposal, self.reports, self.order = proposal, reports, order
        self.ids = ids_of(proposal, reports, range(len(proposal.accounts)))
        self.learned_from = -1

    def next(self, known: list[PairDecision], skip: set[Pair]) -> Pair | None:
        from civcas.linking.decisions import settled
        from civcas.linking.proposing import taught
        from civcas.linking.queue import next_pairs

        stands = settled(known, self.reports)
        if len(known) - self.learned_from >= RELEARN_EVERY:
            self.proposal, self.learned_from = taught(self.proposal, stands), len(known)
        found = next_pairs(self.proposal, stands, order=self.order, most=len(skip) + 1)
        pairs = (self._pair(int(at)) for at in found)
        return next((pair for pair in pairs if pair not in skip), None)

    def page(self, pair: Pair, *, title: str) -> Any:
        from civcas.cli.side_by_side import page

        return page(self.proposal, self.reports, self._place(pair), title=title)

    def named(self, pair: Pair) -> Pair:
        """A pair that a person names, if it is among the candidates."""
        wanted = (min(pair), max(pair))
        self._place(wanted)
        return wanted

    def _pair(self, at: int) -> Pair:
        one, other = (self.ids[int(side[at])] for side in (self.proposal.pairs.left, self.proposal.pairs.right))
        return (one, other) if one < other else (other, one)

    def _place(self, pair: Pair) -> int:
        import numpy as np

        from civcas.errors import BadInput

        where = {name: n for n, name in enumerate(self.ids) if name in pair}
        ends = {where.get(pair[0], -1), where.get(pair[1], -1)}
        pairs = self.proposal.pairs
        at = np.flatnonzero((pairs.left == min(ends)) & (pairs.right == max(ends)))
        if not len(at):
            raise BadInput(
                f"{pair[0]} and {pair[1]} are no candidates: they are too far apart in time or space, or not among these reports",
                do="Decide without seeing them side by side: civcas decide link|unlink ID ID --because …",
            )
        return int(at[0])


def attach(app: typer.Typer) -> None:
    app.command("review", help=HELP)(review)


ENTRY = Command(name="review", attach=attach, order=51)
