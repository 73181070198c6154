"""A table of text as DuckDB reads it, strictly: which file, where its rows begin, how cells are told apart."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from pathlib import Path

from civcas.importers.given import text
from civcas.importers.opening import LONGEST_LINE

LONGEST_ROW = 2 * LONGEST_LINE


@dataclass(frozen=True, slots=True, kw_only=True)
class TextTable:
    """`skip` lines come before the first row; `quote` is empty where quotes mean nothing."""

    path: Path
    columns: tuple[str, ...]
    skip: int
    delimiter: str
    quote: str

    def sql(self, *, rejects: bool = False) -> str:
        """The rows, every cell as text. Rows that are turned away are noted where `rejects` says so, else they end the reading.

        Pieces no longer than the longest row let two threads share a file and keep memory small.
        """
        columns = ", ".join(f"{text(c)}: 'VARCHAR'" for c in self.columns)
        noted = "store_rejects=true, rejects_limit=0, " if rejects else ""
        return f"""read_csv({text(str(self.path))}, auto_detect=false, header=false, skip={self.skip}, delim={text(self.delimiter)},
            quote={text(self.quote)}, escape={text(self.quote)}, columns={{{columns}}}, {noted}max_line_size={LONGEST_ROW},
            buffer_size={LONGEST_ROW})"""

    def described(self) -> str:
        """How to read the file, as JSON, for a file kept under any name."""
        return json.dumps({k: v for k, v in asdict(self).items() if k != "path"}, ensure_ascii=False, indent=2)


def described_table(path: Path, description: Path) -> TextTable:
    """The table that `described` wrote down."""
    said = json.loads(description.read_text(encoding="utf-8"))
    return TextTable(path=path, **(said | {"columns": tuple(said["columns"])}))
