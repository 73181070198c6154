"""Compiling: loops that NumPy cannot say are compiled once and kept on disk."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar, cast

from civcas.errors import MissingExtra

try:
    import numba
except ImportError:  # the core install leaves Numba out
    raise MissingExtra("measuring consequences", "estimators") from None

F = TypeVar("F", bound=Callable[..., Any])


def compiled(function: F) -> F:
    """The function as machine code, free of the interpreter's lock so that threads can share the work."""
    return cast(F, numba.njit(cache=True, nogil=True, fastmath=False)(function))
