"""civcas turns reports of civilian harm into numbers that can be defended, and holds written claims against them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from civcas.errors import CivcasError
from civcas.terms.estimate import Estimate, Refusal
from civcas.terms.reading import Reading
from civcas.terms.version import VERSION as __version__
from civcas.terms.window import Window

if TYPE_CHECKING:
    from civcas.case.case import Case
    from civcas.catalog import Tables
    from civcas.telling.notebook import ShownArticle

__all__ = [
    "CivcasError",
    "Estimate",
    "Reading",
    "Refusal",
    "Window",
    "__version__",
    "check",
    "measure",
    "op_ed",
    "open",
    "tables",
]


def tables() -> Tables:
    """The tables that ship, by name, as Ibis tables: `harm_by_period`, `figure`, `strike`."""
    from civcas.facts.shipped import shipped_tables

    return shipped_tables()


def check(claims: str | Path, *, only: Sequence[str] = (), using: Tables | None = None) -> ShownArticle:
    """Check the claims of a YAML file (all, or those in `only`) on the tables in `using`, or those that ship.

    Returns the checked article: `checked["C01"].verdict`, `.because`, `.to_dict()`; a notebook shows its table and curves. Raises
    `CivcasError` with one clear message where the file or the tables cannot be used.
    """
    from civcas.claims.check import check as check_article
    from civcas.claims.claim_file import read
    from civcas.telling.notebook import ShownArticle

    return ShownArticle(check_article(read(Path(claims)), tables() if using is None else using, only=only))


def op_ed() -> Path:
    """The claims file of the worked example, to check or to copy."""
    from importlib.resources import files

    return Path(str(files("civcas.claims") / "articles" / "op_ed_2017.yaml"))


def measure(
    name: str, reading: Reading | None = None, *, using: Tables | None = None, **options: Any
) -> Estimate | Refusal:
    """Ask one measure: with a `Reading`, with the parts of one (`belligerents=`, `area=`, `window=`, …), or with its own options.

    An answer is an `Estimate` (value, low, high, level, interval, n, notes, reading) or a `Refusal` with its reason.
    """
    from civcas.catalog import Measure, find

    found: Measure = find("measures", name, kind="measure")
    held = using if using is not None else tables()
    if found.by == "options":
        return found.answer(held, **options)
    return found.answer(held, reading or Reading.of(**options))


def open(folder: str | Path) -> Case:
    """The case in a folder: `case = civcas.open("mycase")`."""
    from civcas.case.case import Case  # here, so that `import civcas` stays light

    return Case.open(folder)
