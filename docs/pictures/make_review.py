"""Draws docs/pictures/review.svg: one sitting of `civcas review` on made-up reports.

Run from the checkout: python docs/pictures/make_review.py
"""

from __future__ import annotations

import re
import sys
from pathlib import Path

from rich.console import Console
from rich.terminal_theme import MONOKAI

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parents[1] / "tests"))

from civcas.cli.asking import KEYS  # noqa: E402
from civcas.cli.review import ReportQueue  # noqa: E402
from civcas.linking.proposing import propose  # noqa: E402
from civcas.linking.queue import Order  # noqa: E402
from made_up_reports import world  # noqa: E402


def drawn() -> str:
    """Two pairs as a reviewer sees them. The picture asks no other host for a font."""
    reports = world(incidents=150)[0]
    queue = ReportQueue(propose(reports), reports, Order.TEACHES)
    console = Console(
        record=True,
        width=108,
        force_terminal=True,
        color_system="truecolor",
        highlight=False,
        quiet=False,
        file=(HERE / "review.txt").open("w"),
    )
    console.print('[dim]$[/] civcas review --case mycase --by "A. Reviewer" --pairs 50', markup=True)
    skipped: set[tuple[str, str]] = set()
    for number, answer in enumerate(("n", "l"), 1):
        pair = queue.next([], skipped)
        assert pair
        skipped.add(pair)
        console.print()
        console.print(queue.page(pair, title=f"Pair {number} of at most 50"))
        console.print(f"{KEYS} {answer}")
    (HERE / "review.txt").unlink()
    svg = console.export_svg(title="civcas review", theme=MONOKAI)
    svg = re.sub(r"@font-face \{.*?\}", "", svg, flags=re.S)
    svg = svg.replace("Fira Code, monospace", "ui-monospace, Menlo, Consolas, 'DejaVu Sans Mono', monospace").replace(
        "Fira Code", "monospace"
    )
    svg = re.sub(r"<!--.*?-->", "", svg, flags=re.S)
    label = "Two reports side by side; what differs is marked; below, what speaks for one incident and what against; keys to answer."
    return svg.replace("<svg ", f'<svg role="img" aria-label="{label}" ', 1)


if __name__ == "__main__":
    (HERE / "review.svg").write_text(drawn(), encoding="utf-8")
