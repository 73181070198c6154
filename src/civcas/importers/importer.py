"""What an importer promises, what it is told, and what it hands back."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from civcas.importers.given import Given
from civcas.importers.plan import Plan
from civcas.importers.published import stream


@dataclass(frozen=True, slots=True, kw_only=True)
class Layout:
    """One shape in which a dataset is published.

    A file has this layout when its header holds every `expected` column, under this name or one that it had in other
    years (`also`); a file without a header, when its rows are as wide as one of the `headerless` lists of names.
    `records` are the keys under which a JSON answer keeps its rows.
    """

    name: str
    expected: tuple[str, ...]
    plan: Callable[[Given], Plan]
    headerless: tuple[tuple[str, ...], ...] = ()
    quoted: bool = True
    header: Callable[[Sequence[str]], bool] | None = None  # recognises a header whose names are not known beforehand
    sought: str = ""  # what such a header is, for whoever has none
    records: tuple[str, ...] = ()
    wide: bool = (
        False  # many rows of many columns: what no field takes is kept as columns of `published`, not in `extra`
    )
    also: Mapping[str, tuple[str, ...]] = field(default_factory=dict)  # names that a column had in other years
    blank_words: tuple[str, ...] = ()  # words that the publisher writes for "not known", beside the empty cell


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """What a person may say about a file; everything has a default read from the file itself."""

    dataset: str = ""
    vintage: str = ""
    encoding: str = ""
    delimiter: str = ""
    sheet: str = ""
    merged: str = ""  # fill, blank, or what the reader of sheets does by itself
    date_formats: tuple[str, ...] = ()  # day-first, month-first or a pattern like %d/%m/%Y; or COLUMN=one of them
    today: dt.date = field(default_factory=dt.date.today)  # a file names no day after the end of next year
    member: str = ""
    country: str = ""  # said of the whole file by a person; taken only where the file itself says nothing
    mapping: Path | None = None
    beside: Path | None = None  # the folder of the file as given, where a copy of it is read
    tell: Callable[[str], None] = field(default=lambda step: None)


@dataclass(frozen=True, slots=True, kw_only=True)
class NotIdentifiable:
    """A party whose doings a dataset does not tell apart: a total for it would be a false zero."""

    belligerents: tuple[str, ...]
    area: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Accounts:
    """What became of every row of a file: read + unread = given, always.

    `flagged` rows were read as published, and something in them deserves a second look.
    """

    given: int
    read: int
    unread: int
    flagged: int
    tables: Mapping[str, int]
    reasons: Mapping[str, int]
    doubts: Mapping[str, int]

    @property
    def balanced(self) -> bool:
        return self.read + self.unread == self.given

    def to_dict(self) -> dict[str, Any]:
        counts = {name: getattr(self, name) for name in ("given", "read", "unread", "flagged")}
        return counts | {"tables": dict(self.tables), "reasons": dict(self.reasons), "doubts": dict(self.doubts)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Imported:
    """Tables of one file, as Parquet files in `folder`; `unread` and `flagged` are tables beside the others.

    A wide layout has `published` too: every cell as it stood, in the order of the file; or it was `kept` as the text it was.
    """

    importer: str
    layout: str
    dataset: str
    vintage: str
    country_told: str
    file: str
    sha256: str
    size: int
    encoding: str
    licence: str
    citation: str
    redistribute: bool
    folder: Path
    tables: Mapping[str, Path]
    accounts: Accounts
    kept: Path | None = None

    def reader(self, table: str) -> pa.RecordBatchReader:
        """Stream one table; memory stays bounded however long it is.

        Where a layout is wide, `extra` is put together here from `published`, so that whoever keeps the table keeps it all.
        """
        return stream(self.tables, table, self.kept)

    def to_dict(self) -> dict[str, Any]:
        named = (
            *("importer", "layout", "dataset", "vintage", "country_told", "file", "sha256", "size", "encoding"),
            *("licence", "citation", "redistribute"),
        )
        return {name: getattr(self, name) for name in named} | self.accounts.to_dict()


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer:
    """One published format: whose it is, under which terms it may be used, and how its rows are laid out."""

    name: str
    title: str
    publisher: str
    licence: str
    citation: str
    page: str
    layouts: tuple[Layout, ...]
    yields: tuple[str, ...]
    redistribute: bool = False  # whether the licence lets raw rows be published again
    download: str = ""
    encodings: tuple[str, ...] = ()  # that the publisher is known to use beside UTF-8
    notes: str = ""
    not_identifiable: tuple[NotIdentifiable, ...] = ()
    # layouts that a person describes:
    prepare: Callable[[Options], tuple[tuple[Layout, ...], Options]] | None = None
    # forms that are not one table a file:
    read_own: Callable[[Path, Path, Options], Imported] | None = None
