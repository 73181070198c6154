"""How tests look at a page whose policy lets nothing be evaluated from text within it."""

from __future__ import annotations

import time
from typing import Any

PATIENCE = 30.0  # seconds, on a machine that does other things


def until(page: Any, expression: str, argument: Any = None) -> None:
    """Waits until an expression is true; Playwright's own way would evaluate it within the page, which the policy forbids."""
    stop = time.monotonic() + PATIENCE
    while not page.evaluate(expression, argument):
        assert time.monotonic() < stop, f"never true: {expression}"
        time.sleep(0.03)


def number(page: Any, mark: str) -> int:
    """The number that the page puts beside a mark for scripts and tests."""
    return int(page.locator(f"[data-{mark}]").first.get_attribute(f"data-{mark}"))
