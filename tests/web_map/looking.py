"""What tests read of a page."""

from __future__ import annotations

from typing import Any


def number(page: Any, mark: str) -> int:
    """The number that the page puts beside a mark for scripts and tests."""
    return int(page.locator(f"[data-{mark}]").first.get_attribute(f"data-{mark}"))
