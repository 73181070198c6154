"""Asks a reviewer about pairs, one key an answer: same, not the same, later, note, back, stop. Every answer is kept at once."""

from __future__ import annotations

import datetime as dt
import os
import sys
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any, Protocol

import typer

if TYPE_CHECKING:
    from civcas.cli.kept_pairs import KeptPairs
    from civcas.linking.decisions import PairDecision

Pair = tuple[str, str]
KEYS = (
    "[bold]y[/] same · [bold]n[/] not the same · [bold]l[/] later · [bold]t[/] note · "
    "[bold]b[/] back · [bold]q[/] stop · [bold]?[/] help ›"
)
MEANING = """y: both speak of the same. n: they do not. Either answer is kept, and no later run undoes it.
l: come back to this pair when nothing else is left. t: write why, then answer. b: answer the last pair anew.
Rows with ≠ differ. Reasons are in bits: one bit doubles the odds. Leave what you cannot tell for later."""
SAME, OTHER, LATER, NOTE, BACK, STOP = "y", "n", "l", "t", "b", "q"
HELP = "?"
UNEXPLAINED = "reviewed side by side"


class Queue(Protocol):
    """Pairs worth asking about, the most telling first, and how each looks."""

    def next(self, known: list[PairDecision], skip: set[Pair]) -> Pair | None: ...
    def page(self, pair: Pair, *, title: str) -> Any: ...


def ask(console: Any, queue: Queue, kept: KeptPairs, *, by: str, most: int, first: Iterable[Pair] = ()) -> int:
    """Ask until `most` pairs are answered, none is left or the reviewer stops; how many were answered. `first` are asked before all."""
    known = kept.decided()
    session = _Session(known=known, waiting=list(first), later=kept.later() - {_ids(d) for d in known})
    while session.answered < most:
        pair = session.next(queue, console)
        if pair is None:
            console.print("No pair is left whose answer would change anything.")
            break
        console.print()
        console.print(queue.page(pair, title=f"Pair {session.answered + 1} of at most {most}"))
        answer, note = _key(console)
        if answer == STOP:
            break
        if answer == BACK:
            session.back(pair, console)
        elif answer == LATER:
            session.put_off(pair)
            kept.put_off(*pair, because=note)
        else:
            session.answer(pair, _decided(pair, same=answer == SAME, because=note, by=by), kept)
    return session.answered


def _ids(decision: PairDecision) -> Pair:
    return decision.report_id_l, decision.report_id_r


def _decided(pair: Pair, *, same: bool, because: str, by: str) -> PairDecision:
    from civcas.linking.decisions import PairDecision

    at = dt.datetime.now(dt.UTC).isoformat(timespec="seconds")
    return PairDecision.of(*pair, same=same, because=because or UNEXPLAINED, by=by, at=at)


class _Session:
    """What was answered and put off in one sitting; pairs put off come back once nothing else is left."""

    def __init__(self, *, known: list[PairDecision], waiting: list[Pair], later: set[Pair]) -> None:
        self.known, self.waiting, self.later = known, waiting, later
        self.shown_again: set[Pair] = set()
        self.before: list[Pair] = []
        self.answered = 0

    def next(self, queue: Queue, console: Any) -> Pair | None:
        if self.waiting:
            return self.waiting.pop()
        if pair := queue.next(self.known, self.later):
            return pair
        left = sorted(self.later - self.shown_again)
        if left and not self.shown_again:
            console.print(f"Only what you left for later is left: {len(left)}.")
        self.shown_again |= set(left[:1])
        return left[0] if left else None

    def answer(self, pair: Pair, made: PairDecision, kept: KeptPairs) -> None:
        kept.keep([made])
        self.known.append(made)
        self.later.discard(pair)
        self.before.append(pair)
        self.answered += 1

    def put_off(self, pair: Pair) -> None:
        self.later.add(pair)
        self.shown_again.add(pair)

    def back(self, pair: Pair, console: Any) -> None:
        """Show the pair answered last once more; its new answer takes the place of the old one."""
        self.waiting.append(pair)
        if self.before:
            self.waiting.append(self.before.pop())
            self.answered -= 1
        else:
            console.print("This is the first pair of this sitting.")


def _key(console: Any) -> tuple[str, str]:
    """One of y, n, l, b, q, and the note that was written before it."""
    note = ""
    while True:
        console.print(KEYS, end=" ")
        key = _pressed()
        console.print(key if key.isprintable() else "")
        if key == NOTE:
            note = _line(console, "Note: ")
        elif key in (SAME, OTHER, LATER, BACK, STOP):
            return key, note
        elif key == HELP:
            console.print(MEANING)
        elif key.strip():
            console.print(f"“{key}” means nothing here; ? says what the keys mean.", markup=False)


def _line(console: Any, prompt: str) -> str:
    try:
        return str(console.input(prompt)).strip()
    except EOFError:
        return ""


def _pressed() -> str:
    """One key; from a pipe, one character, and its end is “stop”."""
    if not sys.stdin.isatty():
        return sys.stdin.read(1).lower() or STOP
    try:
        return _key_of_terminal().lower()
    except (KeyboardInterrupt, EOFError):
        return STOP


def _key_of_terminal() -> str:
    """One key as it is pressed. Keys pressed before the question was shown are kept, which `typer.getchar` would drop."""
    try:
        import termios
        import tty
    except ImportError:  # no such terminals on Windows
        return str(typer.getchar())
    terminal = sys.stdin.fileno()
    before = termios.tcgetattr(terminal)
    try:
        tty.setcbreak(terminal, termios.TCSADRAIN)
        return os.read(terminal, 1).decode("ascii", "replace") or STOP
    finally:
        termios.tcsetattr(terminal, termios.TCSADRAIN, before)
