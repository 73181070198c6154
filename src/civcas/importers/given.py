"""The columns a file gives, as names an importer can ask for; it remembers which were used, so that the rest is kept."""

from __future__ import annotations

from collections.abc import Iterable

from civcas.errors import BadInput


def plain(name: str) -> str:
    """A column name without the differences that publishers vary: case, outer blanks, a byte order mark."""
    return " ".join(name.strip("\ufeff \t\r\n").casefold().split())


def words(text: str) -> tuple[str, ...]:
    """Names written one after the other, as publishers' codebooks list them."""
    return tuple(text.split())


def quote(name: str) -> str:
    """A name as SQL spells it."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL spells it."""
    return "'" + value.replace("'", "''") + "'"


class Given:
    """Columns by published name. `given["x"]` must be there; `given.get("x")` may be missing and is then NULL."""

    def __init__(self, columns: Iterable[str], *, dataset: str, country: str = "", wide: bool = False) -> None:
        self.columns = tuple(columns)
        self.dataset = dataset
        self.wide = wide  # what no field takes is kept beside the table, not in `extra`
        self.country = country  # said of the whole file by a person, not by the file
        self._spelt = {plain(name): name for name in reversed(self.columns)}
        self._used: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return plain(name) in self._spelt

    def __getitem__(self, name: str) -> str:
        if name not in self:
            raise BadInput(f"there is no column {name!r}", expected="one of " + ", ".join(self.columns))
        spelt = self._spelt[plain(name)]
        self._used.add(spelt)
        return quote(spelt)

    def get(self, *names: str) -> str:
        """The first of these columns that is there, or NULL."""
        return next((self[name] for name in names if name in self), "NULL")

    def seen(self, *names: str) -> str:
        """Like `get`, but the column stays in `extra` too: for values of which a field holds only a part or a reading."""
        return next((quote(self._spelt[plain(name)]) for name in names if name in self), "NULL")

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns that no field took; they are kept under `extra`."""
        return tuple(name for name in self.columns if name not in self._used)
