"""Damages inputs in ways that their forms invite: cells, rows, headers, quotes, encodings, packings, JSON, Parquet, spreadsheets."""

from __future__ import annotations

import gzip
import hashlib
import io
import json
import random
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

NUMBERS = ("", " ", "0", "-1", "-9", "1e309", "nan", "inf", "-0", "+5", "007", "6.0", "6.5", "1e3", "1_000", "1,5", "3-5", "5+",
           "0x10", "99999999999999999999", "9007199254740993", "9e15", "1e300", "٣", "٣-٥", "½", "91", "-181", "90",
           "1", "2", "3", "7")  # fmt: skip
DAYS = ("2016-01-02", "2016-02-30", "0000-00-00", "1970-01-01", "9999-12-31", "20160102", "2016-01-02T03:04:05Z", "02/01/2016",
        "-2016-01-01")  # fmt: skip
WORDS = ("NA", "null", "NULL", "unknown", "true", "=1+1", "@x", "'", '"', '""', "\\", "--", ";", "; ", "a; b; a", "#event", "{}", "[]",
         '{"a":1}', "x" * 300, "é", "العربية", "😀", "\u200f", "\ufeff", "\x01", "\x1e", "\x1f", "\u2028", "\u0085", "\x0b", "\x0c",
         "civcas row", "row", "extra", "%", "{0}", "$1", "chr(0)", "a\nb", "a\r\nb", "a\rb", "a\tb", "a,b", "publish")  # fmt: skip
NASTY = (*NUMBERS, *DAYS, *WORDS)
BYTES = (b'"', b'""', b"\n", b"\r\n", b"\r", b",", b";", b"\t", b"|", b"\0", b"\xff\xfe", b"\xef\xbb\xbf", b"\xfe\xff", b"\\", b"\xd9",
         b"\xff", b"PK\x03\x04", b"\x1f\x8b", b"PAR1", b"{", b"[", b"\n\n", b"\n \n", b"'", b"#")  # fmt: skip


def damage(draw: random.Random, content: bytes) -> bytes:
    """One to four damages, of bytes, or of the form that the content has."""
    for _ in range(draw.choice((1, 1, 1, 2, 3, 4))):
        content = _form(content, draw)(draw, content)
    return content


def _form(content: bytes, draw: random.Random) -> Callable[[random.Random, bytes], bytes]:
    if draw.random() < 0.15:
        return _bytes
    if content[:4] == b"PAR1":
        return _parquet
    if content[:2] == b"PK":
        return _zip
    if content[:2] == b"\x1f\x8b":
        return lambda d, c: gzip.compress(_cells(d, _inflated(c)))
    if content.lstrip()[:1] in (b"{", b"["):
        return _json
    return _cells


def _bytes(draw: random.Random, content: bytes) -> bytes:
    damaged = bytearray(content)
    at, length = draw.randrange(len(damaged) + 1), draw.choice((1, 2, 8, 64))
    kind = draw.randrange(5)
    if kind == 0 and damaged:
        damaged[at - 1] = draw.randrange(256)
    elif kind == 1:
        del damaged[at : at + length]
    elif kind == 2:
        damaged[at:at] = damaged[at : at + length] * draw.choice((1, 2, 20))
    elif kind == 3:
        damaged[at:at] = draw.choice(BYTES)
    else:
        del damaged[at:]
    return bytes(damaged)


def _inflated(content: bytes) -> bytes:
    try:
        return gzip.decompress(content)
    except (OSError, EOFError, ValueError, zlib.error):
        return b"a,b\n1,2\n"


def _cells(draw: random.Random, content: bytes) -> bytes:
    """A table of text, taken apart without regard for quotes, which is damage too."""
    end = b"\r\n" if b"\r\n" in content else b"\n"
    rows = content.split(end)
    mark = max((b",", b"\t", b";", b"|"), key=rows[0].count)
    at = draw.randrange(len(rows))
    cells = rows[at].split(mark)
    place = draw.randrange(len(cells))
    kind = draw.randrange(18)
    word = draw.choice(NASTY).encode(draw.choice(("utf-8", "utf-8", "utf-8", "cp1256")), errors="replace")
    if kind <= 4:
        cells[place] = word
    elif kind == 5:
        cells[place] = b'"' + word.replace(b'"', b'""') + b'"'
    elif kind == 6:
        cells[place] = draw.choice((b'"', b' "', b"'")) + cells[place] + draw.choice((b"", b'"', b'"x', b'" '))
    elif kind == 7:
        cells.insert(place, word)
    elif kind == 8:
        del cells[place]
    elif kind == 9:
        other = draw.randrange(len(cells))
        cells[place], cells[other] = cells[other], cells[place]
    rows[at] = mark.join(cells)
    if kind == 10:
        rows.insert(at, draw.choice(rows))
    elif kind == 11:
        rows[at:at] = [draw.choice((b"", b" ", b"\t", b'""', mark * (len(cells) - 1)))] * draw.choice((1, 1, 3))
    elif kind == 12 and len(rows) > 1:
        del rows[at]
    elif kind == 13:
        rows[0] = draw.choice((bytes.upper, bytes.title, bytes.strip, lambda b: b" " + b, lambda b: b + mark + b))(
            rows[0]
        )
    elif kind == 14:
        rows.append(rows.pop(0))
    elif kind == 15:
        return draw.choice((b"\r", b"\r\n", b"\n", b"\n\r")).join(rows)
    elif kind == 16:
        other = draw.choice((b",", b"\t", b";", b"|"))
        return end.join(row.replace(mark, other) for row in rows)
    elif kind == 17:
        return _dressed(draw, end.join(rows))
    return end.join(rows)


def _dressed(draw: random.Random, content: bytes) -> bytes:
    """The same text in another encoding or packing."""
    words = content.decode("utf-8", errors="replace")
    kind = draw.randrange(6)
    if kind < 4:
        return words.encode(("utf-8-sig", "utf-16", "cp1256", "iso-8859-1")[kind], errors="replace")
    if kind == 4:
        return gzip.compress(content)
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(draw.choice(("a.csv", "__MACOSX/a.csv", "b/a.csv")), content)
        if draw.random() < 0.2:
            archive.writestr(draw.choice(("../a.csv", "b.csv", "a.csv ")), content)
    return packed.getvalue()


def _zip(draw: random.Random, content: bytes) -> bytes:
    """One part of an archive damaged, and the archive closed again."""
    packed = io.BytesIO()
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as old, zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as new:
            names = old.namelist()
            hit = draw.choice([n for n in names if "sheet" in n or "shared" in n] or names)
            for name in names:
                part = old.read(name)
                new.writestr(name, _bytes(draw, part) if name == hit else part)
    except Exception:  # the archive is past mending: bytes are what is left to damage
        return _bytes(draw, content)
    return packed.getvalue()


def _json(draw: random.Random, content: bytes) -> bytes:
    """Another value or key somewhere in the document, or in one of its lines."""
    lines = content.split(b"\n")
    try:
        document = json.loads(content)
        lines = []
    except (ValueError, RecursionError):
        at = draw.randrange(len(lines))
        try:
            document = json.loads(lines[at])
        except (ValueError, RecursionError):
            return _bytes(draw, content)
    changed = json.dumps(_other(draw, document), ensure_ascii=draw.random() < 0.5).encode("utf-8", errors="replace")
    if not lines:
        return changed
    lines[at] = changed
    return b"\n".join(lines)


def _other(draw: random.Random, value: Any, depth: int = 0) -> Any:
    if isinstance(value, list) and value and draw.random() < 0.85:
        at = draw.randrange(len(value))
        grown = [value[at]] if draw.random() < 0.2 else []
        return [
            *value[:at],
            *([_other(draw, value[at], depth + 1)] if draw.random() < 0.9 else []),
            *value[at + 1 :],
            *grown,
        ]
    if isinstance(value, dict) and value and draw.random() < 0.85:
        key = draw.choice(list(value))
        kind, rest = draw.randrange(5), {k: v for k, v in value.items() if k != key}
        if kind == 0:
            return rest
        return rest | {draw.choice(NASTY) if kind == 1 else key: _other(draw, value[key], depth + 1)}
    return draw.choice(
        (
            draw.choice(NASTY),
            draw.choice(NASTY),
            None,
            True,
            3,
            -1,
            2.5,
            1e300,
            10**25,
            [],
            {},
            [value],
            {"rendered": value},
        )
    )


def _parquet(draw: random.Random, content: bytes) -> bytes:
    """Another type, name or value of one column; or bytes, which the footer seldom survives."""
    try:
        table = pq.read_table(io.BytesIO(content))
        at = draw.randrange(table.num_columns)
        table = table.set_column(at, *_column(draw, table.field(at).name, table.num_rows))
        made = io.BytesIO()
        pq.write_table(table, made, compression=draw.choice(("snappy", "zstd", "none")))
    except Exception:  # pyarrow raises what it likes on broken files; bytes are what is left to damage
        return _bytes(draw, content)
    return made.getvalue()


def _column(draw: random.Random, name: str, rows: int) -> tuple[str, pa.Array]:
    import datetime as dt
    import decimal

    day = dt.datetime(2016, 1, 2, 3, 4)
    values: list[Any] = [
        [draw.choice(NASTY) for _ in range(rows)], [draw.choice((None, 1, -5, 2**40)) for _ in range(rows)],
        [draw.choice((None, 1.5, float("nan"), float("inf"), 1e300)) for _ in range(rows)], [day] * rows, [day.date()] * rows,
        [b"\xff\x00a"] * rows, [[1, 2]] * rows, [{"a": 1}] * rows, [decimal.Decimal("3.10")] * rows, [True] * rows, [None] * rows,
    ]  # fmt: skip
    array = pa.array(draw.choice(values))
    if pa.types.is_string(array.type) and draw.random() < 0.3:
        array = array.dictionary_encode()
    return (draw.choice(NASTY) if draw.random() < 0.2 else name), array


TEXT = """Date;Town;Killed;Lat;Who
2016-01-02;A;3-5;36,5;X / Y
2016-01-03;B;;;
03/01/2016;C;٧;1;unknown
"""
MAPPINGS = (
    """fields:
  date_start: {column: Date, formats: ["%Y-%m-%d", "%d/%m/%Y"]}
  place: Town
  civ_killed_min: {column: Killed, range: true}
  civ_killed_max: {column: Killed, range: true}
  latitude: {column: Lat, decimal_comma: true}
  belligerents: {column: Who, separator: " / ", unknown: [unknown]}
""",
    """id: Town
unknown: ["-", "?"]
fields:
  date_start: Date
  date_end: {column: Date, formats: ["%Y-%m"], end_of: month}
  all_killed_min: Killed
  all_killed_max: {column: Killed, words: {"٧": "7"}}
  source: {constant: "us"}
""",
    """table: strike
fields:
  belligerent: {constant: A}
  unit: {constant: strike}
  period_start: Date
  strikes_min: {column: Killed, decimal_comma: true}
  latitude: Lat
""",
)


def mappings(folder: Path) -> list[Path]:
    """Mapping files for the tables of `mapped`, which differ in what they map to and how."""
    paths = []
    for place, words in enumerate(MAPPINGS):
        paths.append(folder / f"mapping-{place}.yaml")
        paths[-1].write_text(words, encoding="utf-8")
    return paths


def _mapped(folder: Path) -> list[bytes]:
    import openpyxl

    rows = [line.split(";") for line in TEXT.splitlines()]
    records = [dict(zip(rows[0], row, strict=True)) for row in rows[1:]]
    book, sheet, table = openpyxl.Workbook(), io.BytesIO(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(sheet)
    pq.write_table(pa.Table.from_pylist(records), table)
    lines = "\n".join(json.dumps(r) for r in records).encode()
    return [
        TEXT.encode(),
        TEXT.replace(";", "\t").encode(),
        lines,
        json.dumps(records).encode(),
        table.getvalue(),
        sheet.getvalue(),
    ]


def _packaged(folder: Path) -> list[bytes]:
    """A description of a package whose one file is there, and one of a file that is not."""
    written = b"report_id,dataset,row,date_start,civ_killed_min\na:1,a,1,2016-01-02,3\na:2,a,2,,\n"
    (folder / "report.csv").write_bytes(written)
    named = [{"name": name} for name in written.split(b"\n")[0].decode().split(",")]
    there = {
        "name": "report",
        "path": "report.csv",
        "hash": f"sha256:{hashlib.sha256(written).hexdigest()}",
        "schema": {"fields": named},
    }
    absent = there | {"path": "harm.csv"}
    return [json.dumps({"civcas": {"escaped": True}, "resources": [each]}).encode() for each in (there, absent)]


OWN: dict[str, Callable[[Path], list[bytes]]] = {"mapped": _mapped, "package": _packaged}
"""Inputs of the importers that have no samples by hand, and what lies beside them in the folder."""
