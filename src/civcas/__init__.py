"""civcas turns reports of civilian harm into numbers that can be defended, and holds written claims against them."""

from __future__ import annotations

from civcas.errors import CivcasError
from civcas.terms.estimate import Estimate, Refusal
from civcas.terms.reading import Reading
from civcas.terms.window import Window

__version__ = "0.1.0"

__all__ = ["CivcasError", "Estimate", "Reading", "Refusal", "Window", "__version__"]
