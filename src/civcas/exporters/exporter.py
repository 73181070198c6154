"""What an exporter is given, and what it says it wrote."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import ibis

from civcas.terms.tables import TABLES, Table
from civcas.terms.vocabulary import Sensitivity


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """Tables to write, where to, and for whom.

    `clearance` is the highest sensitivity written: public leaves out internal columns (exact places among them); restricted
    columns are never written. `contract` says what each table and field is; that of a publication is shorter than that of a case.
    `masked` says that points are masked already, and as coarse as they are to be.
    """

    tables: Mapping[str, ibis.Table]
    out: Path
    clearance: Sensitivity = Sensitivity.PUBLIC
    title: str = "civcas register"
    version: str = ""
    sources: tuple[Mapping[str, Any], ...] = ()  # what is known of each dataset: title, licence, citation
    created: str = ""
    contract: Mapping[str, Table] = field(default_factory=lambda: TABLES)
    masked: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Exporter:
    """One form to write in; `write(request)` returns the files written with the rows in each."""

    name: str
    title: str
    makes: str  # a file or a folder, and which
    write: Callable[[Request], dict[str, int]]
    needs: tuple[str, ...] = ()  # tables without which there is nothing to write
    notes: str = field(default="")
