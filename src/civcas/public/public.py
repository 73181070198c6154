"""What anyone may see of a case at a moment: the tables of the allow-list, the checked claims, and what the case is called."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pyarrow as pa

from civcas.public import dates
from civcas.public.tables import SHOWN


@dataclass(frozen=True, slots=True, kw_only=True)
class About:
    """The case and the moment. `sequence` and `head` name the ledger's last entry; `version` the release (empty when live)."""

    title: str
    case: str = ""
    sequence: int = 0
    head: str = ""
    as_of: str = ""  # the day of the last entry, 2026-11-22
    version: str = ""
    cite_as: str = ""
    contact: str = ""  # where families and readers write to correct something, as the case gives it
    mask: str = ""  # in words: how places are masked


@dataclass(frozen=True, slots=True, kw_only=True)
class Public:
    """`tables` by the names of `SHOWN`, every one present, empty where the case has none; `claims` as `civcas check --json` prints them."""

    about: About
    tables: Mapping[str, pa.Table]
    claims: tuple[Mapping[str, Any], ...] = field(default=())

    @classmethod
    def of(cls, about: About, tables: Mapping[str, pa.Table], claims: tuple[Mapping[str, Any], ...] = ()) -> Public:
        """Only what the allow-list names, in its order and types; a table or column it does not name raises.

        A date that cannot be one (see `dates`) is not known, however the tables were made.
        """
        last = dates.latest(about.as_of)
        return cls(
            about=about,
            tables={
                name: dates.shown(table.conform(tables[name]), name, last)
                if name in tables
                else table.schema.empty_table()
                for name, table in SHOWN.items()
            },
            claims=claims,
        )
