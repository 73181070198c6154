"""Shows a person at a terminal that work goes on; says nothing to a file or a pipe."""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext


def working(what: str) -> AbstractContextManager[object]:
    """A line on standard error while the work lasts, where that is a terminal."""
    from rich.console import Console

    console = Console(stderr=True)
    return console.status(f"{what} …") if console.is_terminal else nullcontext()
