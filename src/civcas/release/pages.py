"""The one seam to the pages: whatever writes them is given what anyone may see, and a folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TypeAlias

from civcas.public.public import Public

Tell: TypeAlias = Callable[[str], None]
Pages: TypeAlias = Callable[[Public, Path, Tell], object]
"""Writes the pages of a release into a folder that holds its data, and says how far it is. It is given nothing that it could leak."""


def site(public: Public, folder: Path, tell: Tell) -> None:
    """The site's own pages, in every language there is."""
    from civcas.web.folder import write_pages

    write_pages(public, folder, progress=lambda done, of: tell(f"writing the pages: {done:,} of {of:,} incidents"))
