"""Which tables a command works on: those that ship, or those of a folder a person names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from civcas.catalog import Tables
from civcas.errors import BadInput, first_line

if TYPE_CHECKING:
    import ibis
    import pyarrow as pa

FOLDER = Path("tables")  # where `civcas import --out tables/` writes, as the examples have it
READ = {".parquet": "read_parquet", ".csv": "read_csv"}
LAID_OUT = ("incident", "harm", "attribution", "harm_by_period")  # what a register is made of


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
    return _of_folder(folder)


def _of_folder(folder: Path) -> Tables:
    """Its tables by name. Where they are as `civcas import --out` wrote them, the register is made of them, as in a case."""
    import ibis

    from civcas.register.building import build

    files = _files(folder)
    if not files:
        raise BadInput(
            "no table here has a name civcas knows",
            where=str(folder),
            expected="files such as harm_by_period.parquet, or a folder that civcas import --out wrote",
            do="See what each table holds with: civcas tables harm_by_period",
        )
    engine = ibis.duckdb.connect()
    found, doubts = {}, []
    for name, paths in files.items():
        found[name], doubted = _conformed(engine, name, paths)
        doubts.append(doubted)
    if "report" in found and not set(found) & set(LAID_OUT):
        found = build(found)
    return found | _doubted(engine, found, doubts)


def _files(folder: Path) -> dict[str, list[Path]]:
    """The files of each table: those that lie in the folder itself, else those in folders below, one for each file imported."""
    from civcas.register.folder import ASIDE
    from civcas.terms.tables import TABLES

    for listed in (folder.iterdir(), folder.rglob("*")):
        found: dict[str, list[Path]] = {}
        for path in sorted(listed):
            if path.stem in TABLES and path.stem not in (*ASIDE, "doubt") and path.suffix in READ:
                found.setdefault(path.stem, []).append(path)
        if found:
            return found
    return {}


def _doubted(engine: ibis.BaseBackend, found: Tables, doubts: list[pa.Table]) -> dict[str, ibis.Table]:
    """The doubts of the register with those about rows from which a number was taken here; none where there is no doubt to hold."""
    import ibis
    import pyarrow as pa

    from civcas.terms.doubles import loose

    engine.create_table("taken_out", pa.concat_tables(doubts))
    here = engine.table("taken_out")
    return {"doubt": ibis.union(found["doubt"], loose(here)) if "doubt" in found else here}


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


def _conformed(engine: ibis.BaseBackend, name: str, paths: list[Path]) -> tuple[ibis.Table, pa.Table]:
    """The rows of one table from all its files, in its contract, and the doubts about them."""
    import duckdb
    import pyarrow as pa

    from civcas.terms.table_check import in_contract
    from civcas.terms.tables import TABLES

    parts = []
    for path in paths:
        try:
            parts.append(getattr(engine, READ[path.suffix])(path).to_pyarrow())
        except duckdb.Error as wrong:
            reason = first_line(wrong)
            raise BadInput(
                f"the file cannot be read ({reason})", where=str(path), expected=f"a table as {path.suffix}"
            ) from None
    where = str(paths[0]) if len(paths) == 1 else f"{paths[0]} and {len(paths) - 1} more"
    given = parts[0] if len(parts) == 1 else pa.concat_tables(parts, promote_options="permissive")
    rows, doubts = in_contract(TABLES[name], given, where=where)
    engine.create_table(name, rows)
    return engine.table(name), doubts
