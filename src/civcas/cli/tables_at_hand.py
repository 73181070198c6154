"""Which tables a command works on: those that ship, or those of a folder a person names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from civcas.catalog import Tables
from civcas.errors import BadInput, first_line

if TYPE_CHECKING:
    import ibis

FOLDER = Path("tables")  # where `civcas import --out tables/` writes, as the examples have it
READ = {".parquet": "read_parquet", ".csv": "read_csv"}


def tables_at_hand(folder: Path | None, case: Path | None = None) -> Tables:
    """The shipped tables, the register of a case, or every `<table>.parquet` and `.csv` of a folder, in the shape of the contract."""
    if folder is not None and case is not None:
        raise BadInput("both a folder of tables and a case are named", expected="--tables DIR or --case DIR")
    if case is not None:
        from civcas.case.laying_out import register_of

        return register_of(case)
    if folder is None:
        from civcas.facts.shipped import shipped_tables

        return shipped_tables()
    if not folder.is_dir():
        raise BadInput("there is no such folder", where=str(folder), expected="a folder with files named after tables")
    import ibis

    from civcas.terms.tables import TABLES

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


def folder_or_case(tables: Path | None, case: Path | None, as_of: str | None) -> Path:
    """The folder of tables to read, where no case is named; refuses what does not go together."""
    if case is not None and tables is not None:
        raise BadInput("both a folder of tables and a case are named", expected="--tables DIR or --case DIR")
    if case is None and as_of is not None:
        raise BadInput("--as-of asks what a case knew, and no case is named", expected="--case DIR --as-of DAY")
    folder = tables or FOLDER
    if case is None and not folder.is_dir():
        raise BadInput(
            "there is no such folder",
            where=str(folder),
            expected="a folder of tables; see civcas import --out",
            do="Or name a case with --case DIR",
        )
    return folder


def _conformed(engine: ibis.BaseBackend, path: Path) -> ibis.Table:
    import duckdb

    from civcas.terms.table_check import in_contract
    from civcas.terms.tables import TABLES

    try:
        content = getattr(engine, READ[path.suffix])(path).to_pyarrow()
    except duckdb.Error as wrong:
        reason = first_line(wrong)
        raise BadInput(
            f"the file cannot be read ({reason})", where=str(path), expected=f"a table as {path.suffix}"
        ) from None
    engine.create_table(path.stem, in_contract(TABLES[path.stem], content, where=str(path)))
    return engine.table(path.stem)
