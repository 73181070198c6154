"""What must not leave a case: every restricted or internal value of it, as the strings that a search would meet.

The rules, each for a reason:

- A value of fewer than eight bytes (eight Latin letters, four Arabic ones) is too short to mean anything, and is not searched for.
- Dates and plain numbers of fewer than nine digits mean nothing by themselves; telephone numbers are longer.
- A value that equals a whole cell of what is shown is public too: a person may be called like a town. One that only occurs
  within a cell is not excused, but for publishers' other columns, whose names of places stand within names of places.
- Words of civcas itself (its pages, its vocabularies) are nobody's secret.
- Of a long text any excerpt of 56 bytes is found.
- A coordinate counts with six decimals by itself; with three to five, where latitude and longitude stand together, unless both are
  numbers that are shown: exact points lie on masked ones by chance.
- What a policy lists under `known_public`, with its reason, is not searched for.
"""

from __future__ import annotations

import platform
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civcas.case.case import Case
from civcas.case.vintage import files, kept
from civcas.ledger.entry import EntryKind
from civcas.public.incidents import ADDRESS
from civcas.public.policy import Policy
from civcas.public.public import Public
from civcas.terms.tables import TABLES
from civcas.terms.vocabulary import Sensitivity

SHORTEST, LONG, STRIDE, BLOCK = 8, 56, 16, 40
NAMES = ("country", "province", "place", "area", "belligerent", "belligerents", "source", "strike_type", "code")

FORMS = ("CAST({axis} AS VARCHAR)", "printf('%.3f', {axis})", "printf('%.4f', {axis})")
SECRET = pa.schema([("kind", pa.string()), ("subject", pa.string()), ("value", pa.string())])


@dataclass(frozen=True, slots=True, kw_only=True)
class Secrets:
    """`texts` and `places` (kind, subject, value) to search for among words and among numbers; `numbers` (subject, value) in binary files.

    `names` are the shown names of places and parties: a publisher's other column that holds part of one holds no secret.
    """

    texts: pa.Table
    places: pa.Table
    numbers: pa.Table
    names: bytes = b""


def secrets(case: Case, public: Public, rule: Policy) -> Secrets:
    """What must not leave the case, by the rules above, whichever moment is shown: what is learnt later is a secret too."""
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        held = _hold(db, case)
        db.register("public_text", _public_texts(public))
        db.register("public_number", _public_numbers(public))
        db.register("known_public", pa.table({"value": pa.array(sorted(rule.known_public), pa.string())}))
        db.register("given", pa.Table.from_pylist([*_people(case), *_machine(case)], schema=SECRET))
        parts = ["SELECT * FROM given", *_fields(held), *_withheld(held, rule)]
        db.execute(f"CREATE TABLE point AS {_points(held, db, case)}")
        texts = db.sql(_kept(" UNION ALL ".join(parts))).to_arrow_table()
        places = db.sql(_coordinates()).to_arrow_table()
        numbers = db.sql(
            "SELECT DISTINCT ON (value) subject, value FROM "
            "(SELECT subject, latitude AS value FROM point UNION ALL SELECT subject, longitude FROM point) "
            "WHERE value NOT IN (SELECT value FROM public_number) AND value * 1024 <> floor(value * 1024)"
        ).to_arrow_table()
    return Secrets(texts=texts, places=places, numbers=numbers, names=public_names(public))


def _hold(db: duckdb.DuckDBPyConnection, case: Case) -> list[str]:
    """Every table that was ever imported, in every edition: a name that a newer one leaves out is no less a secret."""
    found = {name: paths for name, paths in files(case, kept(case)).items() if name in TABLES}
    for name, paths in found.items():
        listed = ", ".join("'" + str(path).replace("'", "''") + "'" for path in sorted(set(paths)))
        db.execute(f"CREATE VIEW held_{name} AS SELECT * FROM read_parquet([{listed}], union_by_name = true)")
    return sorted(found)


def _fields(held: Iterable[str]) -> Iterator[str]:
    """Every text field of every table that is not public: objects leaf by leaf, others whole."""
    for name in held:
        table = TABLES[name]
        subject = f'CAST("{table.key[0]}" AS VARCHAR)' if table.key else "CAST(row AS VARCHAR)"
        for field in table.fields:
            if field.sensitivity is Sensitivity.PUBLIC or field.type != pa.string():
                continue
            kind = f"{field.name} of {name}"
            if field.name in ("person", "extra"):
                yield (
                    f"SELECT '{kind}' AS kind, {subject} AS subject, CAST(leaf.atom ->> '$' AS VARCHAR) AS value "
                    f"FROM held_{name}, json_tree({field.name}) AS leaf "
                    f"WHERE {field.name} IS NOT NULL AND json_valid({field.name}) "
                    "AND leaf.type IN ('VARCHAR', 'UBIGINT', 'BIGINT', 'DOUBLE')"
                )
            else:
                yield f"SELECT '{kind}', {subject}, {field.name} FROM held_{name} WHERE {field.name} IS NOT NULL"
    if "strike" in held:
        yield "SELECT 'text of strike', strike_id, text FROM held_strike WHERE text IS NOT NULL"


def _withheld(held: Iterable[str], rule: Policy) -> Iterator[str]:
    """Addresses of sources, and the ids of datasets, where the policy holds them back."""
    columns = {"report": "source", "figure": "source_url"}
    for name, column in columns.items():
        if name in held and not rule.source_addresses:
            yield f"SELECT 'address of a source', {name}_id, {column} FROM held_{name} WHERE regexp_matches({column}, '{ADDRESS}')"
    back = ", ".join("'" + n.replace("'", "''") + "'" for n in sorted(rule.datasets) if not rule.publishes(n))
    for name in ("report", "figure", "strike"):
        if name in held and back:
            yield f"SELECT 'row of a dataset that is held back', {name}_id, {name}_id FROM held_{name} WHERE dataset IN ({back})"


def _people(case: Case) -> Iterator[Mapping[str, str]]:
    """Who wrote in the ledger: authors, and second names on erasures; and the notes they wrote for themselves."""
    second = {str(entry.says["second"]) for entry in case.ledger.entries(kinds=[EntryKind.ERASURE])}
    for entry in case.ledger.entries(kinds=[EntryKind.NOTE, EntryKind.ERASURE]):
        yield {"kind": "note", "subject": f"entry {entry.sequence}", "value": entry.reason}
    for name in sorted(case.ledger.authors() | second):
        yield {"kind": "author", "subject": "ledger", "value": name}


def _machine(case: Case) -> Iterator[Mapping[str, str]]:
    """Where the case lies on this machine, and what the machine is called."""
    for value in {str(case.path), str(case.path.resolve()), str(Path.home()), str(Path.cwd()), platform.node()}:
        if value != "/":
            yield {"kind": "path of this machine", "subject": "machine", "value": value}


def _kept(parts: str) -> str:
    """The values that mean something and are not public, by the rules above."""
    return f"""
        SELECT DISTINCT ON (value) kind, subject, value FROM (
            SELECT kind, subject, trim(value) AS value FROM ({parts})
        )
        WHERE strlen(value) >= {SHORTEST}
          AND NOT regexp_full_match(value, '[0-9]{{4}}-[0-9]{{2}}-[0-9]{{2}}([T ][0-9:.]*(Z|[+-][0-9:]+)?)?')
          AND NOT (regexp_full_match(value, '[-+0-9 .,:/()]+') AND length(regexp_replace(value, '[^0-9]', '', 'g')) < 9)
          AND lower(value) NOT IN (SELECT value FROM public_text)
          AND value NOT IN (SELECT value FROM known_public)"""


def public_names(public: Public) -> bytes:
    """Every name of a place, a belligerent or a source that is shown, a line each."""
    return "\n".join(_distinct(public, pa.string(), NAMES).to_pylist()).encode()


def _public_texts(public: Public) -> pa.Table:
    """Every distinct cell of text that is shown, in small letters."""
    return pa.table({"value": pc.utf8_lower(_distinct(public, pa.string()))})


def _public_numbers(public: Public) -> pa.Table:
    return pa.table({"value": _distinct(public, pa.float64())})


def _distinct(public: Public, kind: pa.DataType, only: Iterable[str] = ()) -> pa.Array:
    """Every distinct cell of that type, in all tables that are shown or in the columns named."""
    found = [
        table[name].unique().cast(kind)
        for table in public.tables.values()
        for name in table.column_names
        if table.schema.field(name).type == kind and (not only or name in only)
    ]
    return pc.drop_null(pa.chunked_array([pa.array([], kind), *found]).unique())


def _points(held: list[str], db: duckdb.DuckDBPyConnection, case: Case) -> str:
    """Every exact point of reports, and those that people decided for places."""
    parts = ["SELECT NULL::VARCHAR AS subject, NULL::DOUBLE AS latitude, NULL::DOUBLE AS longitude WHERE false"]
    db.register("settled", case.decisions())
    parts.append(
        "SELECT subject, CAST(value ->> '$.latitude' AS DOUBLE), CAST(value ->> '$.longitude' AS DOUBLE) "
        "FROM settled WHERE decision = 'place'"
    )
    for name in ("report", "incident"):
        if name in held:
            parts.append(f"SELECT {name}_id, latitude, longitude FROM held_{name}")
    everything = " UNION ALL ".join(parts)
    return (
        f"SELECT any_value(subject) AS subject, latitude, longitude FROM ({everything}) "
        "WHERE latitude IS NOT NULL AND longitude IS NOT NULL GROUP BY latitude, longitude"
    )


def _coordinates() -> str:
    """Coordinates as they stand in a stream of numbers, signs apart: each of at least six decimals, both to three, four and all."""
    north, east = "abs(latitude)", "abs(longitude)"
    decimals = "length(split_part(CAST({axis} AS VARCHAR), '.', 2))"
    shown = " UNION ALL ".join(f"SELECT {form.format(axis='abs(value)')} FROM public_number" for form in FORMS)
    enough = f"least({decimals.format(axis=north)}, {decimals.format(axis=east)}) >= 3"
    both = [
        f"SELECT subject, {form.format(axis=one)} || ' ' || {form.format(axis=other)} AS value FROM point "
        f"WHERE {enough} AND NOT ({form.format(axis=one)} IN ({shown}) AND {form.format(axis=other)} IN ({shown}))"
        for form in FORMS
        for one, other in ((north, east), (east, north))
    ]
    single = [
        f"SELECT subject, {form.format(axis=axis)} FROM point WHERE {decimals.format(axis=axis)} >= 6"
        for axis in (north, east)
        for form in ("CAST({axis} AS VARCHAR)", "printf('%.6f', {axis})", "printf('%.7f', {axis})")
    ]
    return (
        f"SELECT DISTINCT ON (value) 'exact place' AS kind, subject, value FROM ({' UNION ALL '.join([*both, *single])}) "
        f"WHERE strlen(value) >= {SHORTEST} AND value NOT IN ({shown})"
    )


def blocks(starts: np.ndarray[Any, Any], lengths: np.ndarray[Any, Any]) -> tuple[np.ndarray[Any, Any], ...]:
    """The strings to find, and which value each is of: short values whole, long ones as overlapping blocks, so that an excerpt is found."""
    long = lengths >= LONG
    count = np.where(long, (lengths - BLOCK) // STRIDE + 1, 1)
    of = np.repeat(np.arange(len(starts)), count)
    nth = np.arange(len(of)) - np.repeat(np.cumsum(count) - count, count)
    return starts[of] + STRIDE * nth, np.where(long, BLOCK, lengths)[of], of
