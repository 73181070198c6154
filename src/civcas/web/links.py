"""Makes every address of the site: live, with a query a server answers, or of a folder, where each page is a file."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Protocol
from urllib.parse import quote

from civcas.web.query import Query

FIRST = "en"  # the language without a folder of its own


class Links(Protocol):
    """What templates are given. `here` is the page shown, as a path without suffix: "", incidents, incidents/cs1."""

    @property
    def language(self) -> str: ...
    @property
    def here(self) -> str: ...
    @property
    def live(self) -> bool: ...
    def page(self, address: str, query: Query | None = None) -> str: ...
    def incident(self, address: str) -> str: ...
    def listed(self, query: Query, number: int) -> str: ...
    def beside(self, suffix: str, query: Query | None = None) -> str: ...
    def asset(self, name: str) -> str: ...
    def data(self, name: str) -> str: ...
    def embed(self, name: str) -> str: ...
    def in_language(self, code: str, query: Query | None = None) -> str: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class LiveLinks:
    """Absolute paths of one server, so that no page of it can lead to another host."""

    language: str = FIRST
    here: str = ""
    live: bool = True

    def page(self, address: str, query: Query | None = None) -> str:
        path = "/" + "/".join(p for p in ("" if self.language == FIRST else self.language, address) if p)
        return _with(path, query)

    def incident(self, address: str) -> str:
        return self.page(f"incidents/{quote(address, safe='')}")

    def listed(self, query: Query, number: int) -> str:
        return self.page("incidents", replace(query, page=number))

    def beside(self, suffix: str, query: Query | None = None) -> str:
        return _with(f"/{self.here or 'index'}.{suffix}", replace(query, page=1, size=50) if query else None)

    def asset(self, name: str) -> str:
        return f"/assets/{name}"

    def data(self, name: str) -> str:
        return f"/data/{name}"

    def embed(self, name: str) -> str:
        return f"/embed/{'' if self.language == FIRST else self.language + '/'}{name}"

    def in_language(self, code: str, query: Query | None = None) -> str:
        return replace(self, language=code).page(self.here, query)


@dataclass(frozen=True, slots=True, kw_only=True)
class FolderLinks:
    """Relative paths with the file's own name, so that a folder opens from a disk; see `web.folder` for the files there are."""

    language: str = FIRST
    here: str = ""
    live: bool = False

    @property
    def file(self) -> str:
        """The file this page is written to, under the folder of the release."""
        return _folder(self.language) + file_of(self.here)

    def page(self, address: str, query: Query | None = None) -> str:
        return _with(self._to(_folder(self.language) + file_of(address)), query)

    def incident(self, address: str) -> str:
        return self._to(f"{_folder(self.language)}incidents/{quote(address, safe='')}.html")

    def listed(self, query: Query, number: int) -> str:
        return self.page("incidents" if number == 1 else f"incidents/list/{number}")

    def beside(self, suffix: str, query: Query | None = None) -> str:
        return ""

    def asset(self, name: str) -> str:
        return self._to(f"assets/{name}")

    def data(self, name: str) -> str:
        return self._to(f"data/{name}")

    def embed(self, name: str) -> str:
        return self._to(f"embed/{'' if self.language == FIRST else self.language + '/'}{name}")

    def in_language(self, code: str, query: Query | None = None) -> str:
        return self._to(_folder(code) + file_of(self.here))

    def _to(self, path: str) -> str:
        return "../" * self.file.count("/") + path


def file_of(address: str) -> str:
    """The file of a page: incidents and list pages lie side by side as files, every other page is a folder's index."""
    if not address:
        return "index.html"
    return f"{quote(address)}.html" if address.startswith("incidents/") else f"{address}/index.html"


def _folder(language: str) -> str:
    return "" if language == FIRST else f"{language}/"


def _with(path: str, query: Query | None) -> str:
    words = query.to_query() if query else ""
    return f"{path}?{words}" if words else path
