"""What stands at a moment: of every aspect of every subject the last decision, computed in columns."""

from __future__ import annotations

import duckdb
import pyarrow as pa
import sqlalchemy as sa

from civcas.ledger.book import Ledger, upto
from civcas.ledger.deciding import DECIDING
from civcas.ledger.moment import Moment
from civcas.ledger.store import ENTRY

STANDING = pa.schema(
    [
        pa.field("sequence", pa.int64(), nullable=False),
        pa.field("at", pa.string(), nullable=False),
        pa.field("author", pa.string(), nullable=False),
        pa.field("decision", pa.string(), nullable=False),
        pa.field("subject", pa.string(), nullable=False),
        pa.field("about", pa.string(), nullable=False),
        pa.field("value", pa.string(), nullable=False),
        pa.field("because", pa.string(), nullable=False),
        pa.field("supersedes", pa.int64()),
    ]
)
_READ = ("sequence", "at", "author", "subject", "reason", "body")


def replay(ledger: Ledger, until: Moment | None = None) -> pa.Table:
    """Every decision that stands at the moment (now, where none is given), by subject and aspect.

    One row each, in the columns of STANDING; `value` is JSON. A decision that takes earlier ones back stands
    with the value {"as_published":true}.
    """
    decided = _decided(ledger, until)
    with duckdb.connect() as engine:
        engine.register("decided", decided)
        return engine.sql(_standing()).to_arrow_table().cast(STANDING)


def _standing() -> str:
    """The last entry of each subject and aspect, and only its body read in full: bodies are many, the standing few."""
    return """
        WITH aspect AS (SELECT sequence, subject, json_extract_string(body, '$.about') AS about FROM decided),
        last AS (SELECT subject, about, max(sequence) AS sequence FROM aspect GROUP BY subject, about)
        SELECT sequence, d.at, d.author, json_extract_string(d.body, '$.decision') AS decision, d.subject, last.about,
               CAST(json_extract(d.body, '$.value') AS VARCHAR) AS value, d.reason AS because,
               CAST(json_extract_string(d.body, '$.supersedes') AS BIGINT) AS supersedes
        FROM decided d JOIN last USING (sequence)
        ORDER BY subject, about
    """


def _decided(ledger: Ledger, until: Moment | None) -> pa.Table:
    """The deciding entries up to the moment, as columns, batch by batch."""
    shape = pa.schema([pa.field(name, pa.int64() if name == "sequence" else pa.string()) for name in _READ])
    chosen = sa.select(*(ENTRY.c[name] for name in _READ)).where(ENTRY.c.kind.in_([str(kind) for kind in DECIDING]))
    with ledger.store.reading() as connection:
        columns = (zip(*rows, strict=True) for rows in ledger.store.rows(connection, upto(chosen, until)))
        parts = [
            pa.record_batch([pa.array(c, f.type) for c, f in zip(part, shape, strict=True)], shape) for part in columns
        ]
    return pa.Table.from_batches(parts, shape)
