"""Which file of tables is served now. The process that makes them names a new one; those that serve take it up within a second."""

from __future__ import annotations

import time
from pathlib import Path

from civcas.public.public import Public
from civcas.web.site import Site

LOOK = 1.0  # seconds between two looks at the name
KEPT = 2  # files kept: the one served, and the one before it, which answers may still be read from


class Making:
    """Writes one file of tables after another into a folder, and its name where those that serve look."""

    def __init__(self, folder: Path) -> None:
        self.folder, self._number = folder, 0

    @property
    def name(self) -> Path:
        return self.folder / "current"

    def show(self, public: Public) -> Site:
        """Write these tables, and serve them from now on."""
        self._number += 1
        site = Site.make(public, self.folder / f"site-{self._number}.db")
        named = self.folder / "current.new"
        named.write_text(site.path.name, encoding="utf-8")
        named.replace(self.name)
        (self.folder / f"site-{self._number - KEPT}.db").unlink(missing_ok=True)
        return site


class Current:
    """The site that is served now, asked for at every request and looked for once a second."""

    def __init__(self, name: Path, *, seconds: float | None = None) -> None:
        self._name, self._seconds = name, seconds
        self._site, self._looked = self._opened(), time.monotonic()

    def site(self) -> Site:
        if time.monotonic() - self._looked > LOOK:
            self._looked = time.monotonic()
            if self._name.read_text(encoding="utf-8") != self._site.path.name:
                self._site = self._opened()
        return self._site

    def _opened(self) -> Site:
        return Site(self._name.with_name(self._name.read_text(encoding="utf-8")), seconds=self._seconds)
