"""The columns a file gives, as names an importer can ask for; it remembers which were used, so that the rest is kept."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from civcas.errors import BadInput
from civcas.importers.days import latest_day

DAY_FIRST, MONTH_FIRST = "dmy", "mdy"
NUMBERS = re.compile(r"%-?[dm]\W?%-?[md]")  # a pattern of numbers in which a day and a month can change places
PREPARED = "civcas when"


def plain(name: str) -> str:
    """A column name without the differences that publishers vary: case, outer blanks, a byte order mark."""
    return " ".join(name.strip("\ufeff \t\r\n").casefold().split())


def loosely(name: str) -> str:
    """A column name without the differences of `plain`, nor those of what joins its words."""
    return " ".join(re.sub(r"[\s_.-]+", " ", plain(name)).split())


def spellings(name: str, also: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    """A name as its publisher writes it now, then as it did in other years."""
    return (name, *also.get(name, ()))


def words(text: str) -> tuple[str, ...]:
    """Names written one after the other, as publishers' codebooks list them."""
    return tuple(text.split())


def quote(name: str) -> str:
    """A name as SQL spells it."""
    return '"' + name.replace('"', '""') + '"'


def text(value: str) -> str:
    """A text as SQL spells it."""
    return "'" + value.replace("'", "''") + "'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hint:
    """What is known of how a column writes days: patterns that a person named, and whether the day or the month comes first."""

    formats: tuple[str, ...] = ()
    order: str = ""

    @property
    def year_day_month(self) -> bool:
        return any(f.startswith("%Y") and -1 < f.find("%d") < f.find("%m") for f in self.formats)


@dataclass(frozen=True, slots=True, kw_only=True)
class Dated:
    """A column of dates: its cell (SQL), the order its publisher is known to write, and whether a person said the order."""

    cell: str
    order: str
    said: bool


def order_of(formats: Sequence[str]) -> str:
    """Whether the patterns put the day or the month first; nothing where they say neither, or both."""
    numbers = [f for f in formats if NUMBERS.match(f)]
    found = {DAY_FIRST if f.lstrip("%-").startswith("d") else MONTH_FIRST for f in numbers}
    return found.pop() if len(found) == 1 else ""


def named_formats(said: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """What a person says of days: `day-first`, `month-first` or a pattern, for every column or as COLUMN=… for one."""
    found: dict[str, tuple[str, ...]] = {}
    for each in said:
        column, _, pattern = each.rpartition("=")
        word = {"day-first": DAY_FIRST, "month-first": MONTH_FIRST}.get(pattern.strip().lower(), pattern)
        if "%" not in word and word not in (DAY_FIRST, MONTH_FIRST):
            raise BadInput(f"{pattern!r} says nothing of days", where="--date-format",
                           expected="day-first, month-first, or a pattern such as %d/%m/%Y; before it, COLUMN= for one column")  # fmt: skip
        found[column.strip()] = (*found.get(column.strip(), ()), word)
    return found


class Given:
    """Columns by published name. `given["x"]` must be there; `given.get("x")` may be missing and is then NULL.

    `date_formats` are those a person named, by column or for all (""), `orders` those that columns themselves showed.
    """

    def __init__(self, columns: Iterable[str], *, dataset: str, country: str = "", wide: bool = False, epoch: int = 0,
                 today: dt.date | None = None, date_formats: Mapping[str, tuple[str, ...]] | None = None,
                 orders: Mapping[str, str] | None = None,
                 also: Mapping[str, tuple[str, ...]] | None = None) -> None:  # fmt: skip
        self.columns = tuple(columns)
        self.epoch = epoch  # of a spreadsheet: 1900 or 1904; its days may be numbers
        self.latest = latest_day(today or dt.date.today())
        self.dated: dict[str, Dated] = {}
        self._formats = {plain(name): formats for name, formats in (date_formats or {}).items()}
        self._orders = dict(orders or {})
        self._prepared: dict[str, str] = {}
        self.dataset = dataset
        self.wide = wide  # what no field takes is kept beside the table, not in `extra`
        self.country = country  # said of the whole file by a person, not by the file
        self._also = dict(also or {})
        self._spelt = {plain(name): name for name in reversed(self.columns)}
        self._loosely = {loosely(name): name for name in reversed(self.columns)}
        self._used: set[str] = set()

    def __contains__(self, name: str) -> bool:
        return bool(self.spelt(name))

    def spelt(self, name: str) -> str:
        """The name that this file has for a column; nothing where it has none."""
        names = spellings(name, self._also)
        exact = (self._spelt.get(plain(each)) for each in names)
        loose = (self._loosely.get(loosely(each)) for each in names)
        return next(filter(None, (*exact, *loose)), "")

    def __getitem__(self, name: str) -> str:
        if name not in self:
            raise BadInput(f"there is no column {name!r}", expected="one of " + ", ".join(self.columns))
        spelt = self.spelt(name)
        self._used.add(spelt)
        return quote(spelt)

    def get(self, *names: str) -> str:
        """The first of these columns that is there, or NULL."""
        return next((self[name] for name in names if name in self), "NULL")

    def seen(self, *names: str) -> str:
        """Like `get`, but the column stays in `extra` too: for values of which a field holds only a part or a reading."""
        return next((quote(self.spelt(name)) for name in names if name in self), "NULL")

    def hint(self, label: str, cell: str, *, order: str, formats: Sequence[str]) -> Hint:
        """How this column of dates is to be read, as far as that is known; the column is noted for whoever looks at all of it."""
        named = self._formats.get(plain(label), self._formats.get("", tuple(formats)))
        words = [f for f in named if f in (DAY_FIRST, MONTH_FIRST)]
        said = words[0] if len(set(words)) == 1 else order_of(named)
        # Patterns of both orders say neither: cell by cell, the first that fits would decide.
        patterns = tuple(f for f in named if "%" in f and (said or not NUMBERS.match(f)))
        self.dated[label] = Dated(cell=cell, order=said or order, said=bool(said))
        return Hint(formats=patterns, order=said or self._orders.get(label, order))

    def prepare(self, sql: str) -> str:
        """A value that several fields take apart, worked out once a row: the name it has in `prepared`."""
        return quote(self._prepared.setdefault(sql, f"{PREPARED} {len(self._prepared) + 1}"))

    def prepared(self, rows: str) -> str:
        """The rows (SQL) with the values that were prepared beside their cells."""
        if not self._prepared:
            return rows
        return f"(SELECT *, {', '.join(f'{sql} AS {quote(name)}' for sql, name in self._prepared.items())} FROM {rows})"

    def mentioned(self, *sql: str) -> list[str]:
        """Those of the published columns that these questions, or the values prepared for them, ask for."""
        asked = (*sql, *self._prepared)
        return [c for c in self.columns if any(quote(c) in each for each in asked)]

    @property
    def unused(self) -> tuple[str, ...]:
        """Columns that no field took; they are kept under `extra`."""
        return tuple(name for name in self.columns if name not in self._used)
