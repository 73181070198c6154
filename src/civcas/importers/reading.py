"""Reads one file through one importer, in bounded memory, and changes nothing."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from civcas.errors import BadInput
from civcas.importers.answering import register
from civcas.importers.asking import connect
from civcas.importers.given import Given, named_formats, plain, text
from civcas.importers.header import find_header
from civcas.importers.importer import Accounts, Imported, Importer, Layout, Options
from civcas.importers.opening import Opened, fingerprint, open_file, unchanged
from civcas.importers.plan import Plan
from civcas.importers.published import PUBLISHED, keep_published
from civcas.importers.staged import Staged
from civcas.importers.staging import stage
from civcas.importers.straight import table_straight
from civcas.importers.surveying import shown_orders
from civcas.importers.tabling import Tabled, write_tables
from civcas.importers.text_table import TextTable
from civcas.importers.unread import merged_cells, readable, turned_away, unread_rows
from civcas.importers.values import question
from civcas.terms.tables import NOT_IDENTIFIABLE, UNREAD

KINDS_TOLD = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Laid:
    """Rows laid out in tables, those that could not be read, and the rows as published: staged, or the text they stand in."""

    layout: Layout
    tabled: Tabled
    unread: pa.Table
    given: int
    published: Path | TextTable


def read(importer: Importer, path: Path, out: Path, options: Options | None = None) -> Imported:
    """Write the tables of `path` as Parquet files into `out`; the file itself is only read.

    Every row given is in the first table or in `unread.parquet` with its reason. Raises BadInput for a file that is not
    of this format or not safe to open; `out` is then as it was.
    """
    if importer.read_own:
        return importer.read_own(path, out, options or Options())
    layouts, options = (
        importer.prepare(options or Options()) if importer.prepare else (importer.layouts, options or Options())
    )
    options = replace(options, dataset=options.dataset or importer.name)
    with tempfile.TemporaryDirectory(prefix="civcas-import-") as folder, ThreadPoolExecutor(2) as aside:
        work = Path(folder)
        with unchanged(path):
            options.tell(f"opening {path.name}")
            opened = open_file(
                path, work, encodings=importer.encodings, encoding=options.encoding, member=options.member
            )
            hashed = aside.submit(fingerprint, path)
            laid, others = _read(importer, opened, layouts, work, options, aside)
            options.tell(f"writing tables of {path.name}")
            laid = _with_own_text(laid, path, work)
            sha256, size = hashed.result()
        accounts = _accounts(laid)
        tables, kept = _moved(laid, others, out)
    return Imported(
        importer=importer.name,
        layout=laid.layout.name,
        dataset=options.dataset,
        vintage=options.vintage,
        country_told=options.country,
        file=path.name,
        sha256=sha256,
        size=size,
        encoding=opened.encoding or opened.kind,
        licence=importer.licence,
        citation=importer.citation,
        redistribute=importer.redistribute,
        folder=out,
        tables=tables,
        accounts=accounts,
        kept=kept,
    )


def _read(importer: Importer, opened: Opened, layouts: Sequence[Layout], work: Path, options: Options,
          aside: Executor) -> tuple[Laid, dict[str, pa.Table]]:  # fmt: skip
    """The rows, straight where every one can be read, and what the dataset cannot tell apart."""
    db = connect(work)
    register(db)
    try:
        options.tell(f"reading {opened.given.name}")
        laid = _straight(db, opened, layouts, work, options, aside) or _carefully(db, opened, layouts, work, options)
        return laid, _not_identifiable(db, importer, options.dataset)
    finally:
        db.close()


def _with_own_text(laid: Laid, path: Path, work: Path) -> Laid:
    """The published text as a file that is ours to move, where it is the very file that was given."""
    if not laid.layout.wide or not isinstance(laid.published, TextTable) or laid.published.path != path:
        return laid
    own = Path(shutil.copyfile(path, work / "published"))
    return replace(laid, published=replace(laid.published, path=own))


def _straight(db: duckdb.DuckDBPyConnection, opened: Opened, layouts: Sequence[Layout], work: Path, options: Options,
              aside: Executor) -> Laid | None:  # fmt: skip
    """The rows of a clean table of text, read once; None for any other file."""
    if opened.kind != "text":
        return None
    header = find_header(opened.path, layouts, name=opened.given.name, delimiter=options.delimiter)
    given = _given(header.columns, header.layout, options)
    plan = header.layout.plan(given)
    _reject_formats_of_nothing(options, given)
    tabled = table_straight(db, opened.path, header, plan, given, work, aside)
    if tabled is None:
        return None
    return Laid(layout=header.layout, tabled=tabled, unread=pa.Table.from_batches([], UNREAD.schema), given=tabled.rows,
                published=header.table(opened.path))  # fmt: skip


def _carefully(db: duckdb.DuckDBPyConnection, opened: Opened, layouts: Sequence[Layout], work: Path,
               options: Options) -> Laid:  # fmt: skip
    """The rows of any file, staged as text, so that each that cannot be read is shown as it stood."""
    staged = stage(db, opened, layouts, work, options)
    given, plan = _planned(db, staged, options, opened.given.name)
    asked, wanted = question(plan, given, numbered=True), readable(plan)
    rows = given.prepared(staged.rows(given.mentioned(asked.sql, wanted)))
    tabled = write_tables(db, asked, f"{rows} WHERE {wanted}", work)
    unread = [turned_away(staged.rejects)] if staged.rejects else [pa.Table.from_batches([], UNREAD.schema)]
    if tabled.rows + len(staged.rejects) < staged.given:
        unread.append(unread_rows(db, given.prepared(staged.rows(staged.columns)), plan, given))
    left = pa.concat_tables(unread)
    tabled = replace(tabled, flagged=pa.concat_tables([tabled.flagged, merged_cells(staged.noted, left)]))
    return Laid(layout=staged.layout, tabled=tabled, unread=left, given=staged.given,
                published=staged.path)  # fmt: skip


def _planned(db: duckdb.DuckDBPyConnection, staged: Staged, options: Options, name: str) -> tuple[Given, Plan]:
    """The plan, once whole columns have shown how they write days."""
    given = _given(staged.columns, staged.layout, options, epoch=staged.epoch)
    plan = staged.layout.plan(given)
    _reject_formats_of_nothing(options, given)
    shown = shown_orders(db, staged.rows(staged.columns), given, name)
    if not shown:
        return given, plan
    given = _given(staged.columns, staged.layout, options, epoch=staged.epoch, orders=shown)
    return given, staged.layout.plan(given)


def _given(columns: Sequence[str], layout: Layout, options: Options, *, epoch: int = 0,
           orders: Mapping[str, str] | None = None) -> Given:  # fmt: skip
    return Given(columns, dataset=options.dataset, country=options.country, wide=layout.wide, today=options.today,
                 date_formats=named_formats(options.date_formats), epoch=epoch, orders=orders, also=layout.also)  # fmt: skip


def _reject_formats_of_nothing(options: Options, given: Given) -> None:
    """A format for a column that holds no dates is a slip that would go unseen."""
    known = {plain(label) for label in given.dated}
    for name in named_formats(options.date_formats):
        if name and plain(name) not in known:
            raise BadInput(f"there is no column of dates {name!r}", where="--date-format",
                           expected="one of " + ", ".join(given.dated))  # fmt: skip


def _accounts(laid: Laid) -> Accounts:
    """What became of every row."""
    unread, flagged, rows = laid.unread, laid.tabled.flagged, laid.tabled.rows
    accounts = Accounts(
        given=laid.given,
        read=rows,
        unread=unread.num_rows,
        flagged=len(flagged["row"].unique()),
        tables=dict.fromkeys(laid.tabled.tables, rows),
        reasons=_tally(unread["reason"], until=" is "),
        doubts=_tally(flagged["kind"]),
    )
    if not accounts.balanced:
        raise AssertionError(f"accounts do not balance: {accounts}")
    return accounts


def _tally(kinds: pa.ChunkedArray, until: str = "") -> dict[str, int]:
    """How many of each kind, the most first; of a sentence, what comes before `until` is its kind."""
    if not len(kinds):
        return {}
    if until:
        kinds = pc.list_element(pc.split_pattern(kinds, until, max_splits=1), 0)
    counted = [(str(each["values"]), int(each["counts"])) for each in kinds.value_counts().to_pylist()]
    return dict(sorted(counted, key=lambda told: (-told[1], told[0]))[:KINDS_TOLD])


def _moved(laid: Laid, others: Mapping[str, pa.Table], out: Path) -> tuple[dict[str, Path], Path | None]:
    """The tables, whole, in the folder where they were asked for; and the text of the rows, where that is kept as text."""
    out.mkdir(parents=True, exist_ok=True)
    tables = {name: out / path.name for name, path in laid.tabled.tables.items()}
    for name, path in laid.tabled.tables.items():
        shutil.move(path, tables[name])
    for name, rows in {"unread": laid.unread, "flagged": laid.tabled.flagged, **others}.items():
        tables[name] = out / f"{name}.parquet"
        pq.write_table(rows, tables[name])
    if not laid.layout.wide:
        return tables, None
    kept = keep_published(laid.published, out)
    return (tables, kept) if isinstance(laid.published, TextTable) else (tables | {PUBLISHED: kept}, kept)


def _not_identifiable(db: duckdb.DuckDBPyConnection, importer: Importer, dataset: str) -> dict[str, pa.Table]:
    """Whom the dataset cannot tell apart, as a table of its own that travels with the rows."""
    said = [
        ", ".join(map(text, (dataset, name, each.area, each.reason)))
        for each in importer.not_identifiable
        for name in each.belligerents
    ]
    if not said:
        return {}
    rows = db.sql(f"SELECT * FROM (VALUES ({'), ('.join(said)})) AS said(dataset, belligerent, area, reason)")
    return {NOT_IDENTIFIABLE.name: NOT_IDENTIFIABLE.conform(rows.to_arrow_table())}
