"""civcas turns reports of civilian harm into numbers that can be defended, and holds written claims against them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from civcas.errors import CivcasError
from civcas.terms.estimate import Estimate, Refusal
from civcas.terms.reading import Reading
from civcas.terms.window import Window

__version__ = "0.1.0"

if TYPE_CHECKING:
    from pathlib import Path

    from civcas.case.case import Case

__all__ = ["CivcasError", "Estimate", "Reading", "Refusal", "Window", "__version__", "open"]


def open(folder: str | Path) -> Case:
    """The case in a folder: `case = civcas.open("mycase")`."""
    from civcas.case.case import Case  # here, so that `import civcas` stays light

    return Case.open(folder)
