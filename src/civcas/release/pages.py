"""The one seam to the pages: whatever writes them is given what anyone may see, and a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from civcas.public.public import Public

Pages: TypeAlias = Callable[[Public, Path], object]
"""Writes the pages of a release into a folder. It is given nothing that it could leak."""


def site(public: Public, folder: Path) -> None:
    """The site's own pages, in every language there is."""
    from civcas.web.folder import write_pages

    write_pages(public, folder)
