"""Which tables a command works on: those that ship, or those of a folder a person names."""

from __future__ import annotations

from pathlib import Path

import ibis
import pyarrow as pa

from civcas.catalog import Tables
from civcas.errors import BadInput
from civcas.terms.tables import TABLES

READ = {".parquet": "read_parquet", ".csv": "read_csv"}


def tables_at_hand(folder: Path | None) -> Tables:
    """The shipped tables, or every `<table>.parquet` and `<table>.csv` of a folder, laid out as the contract says."""
    if folder is None:
        from civcas.facts.shipped import shipped_tables

        return shipped_tables()
    if not folder.is_dir():
        raise BadInput("there is no such folder", where=str(folder), expected="a folder with files named after tables")
    engine = ibis.duckdb.connect()
    found: dict[str, ibis.Table] = {}
    for path in sorted(folder.iterdir()):
        if path.stem in TABLES and path.suffix in READ:
            found[path.stem] = _conformed(engine, path)
    if not found:
        raise BadInput(
            "no table here has a name civcas knows",
            where=str(folder),
            expected="files such as harm_by_period.parquet or harm_by_period.csv",
            do="See what each table holds with: civcas tables harm_by_period",
        )
    return found


def _conformed(engine: ibis.BaseBackend, path: Path) -> ibis.Table:
    try:
        content = getattr(engine, READ[path.suffix])(path).to_pyarrow()
        engine.create_table(path.stem, TABLES[path.stem].conform(content))
    except pa.ArrowInvalid as wrong:
        raise BadInput(
            f"a value does not fit its column ({wrong})", where=str(path), do=f"See: civcas tables {path.stem}"
        ) from None
    except BadInput as wrong:
        raise BadInput(wrong.found, where=str(path), expected=wrong.expected) from None
    return engine.table(path.stem)
