"""The leak test sees a planted value wherever it hides, in whatever form, and nothing where there is nothing."""

from __future__ import annotations

import base64
import gzip
import html
import io
import json
import sqlite3
import struct
import zipfile
import zlib
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from civcas.public.leaks import Leak, Search, refuse
from civcas.public.secrets import SECRET, Secrets

PERSON = "Inventa Madeup"
ARABIC = "مخترعة الخيالية"
TEXT = "The neighbour who spoke to us lives in the third house behind the old mill and has two daughters."
LATITUDE, LONGITUDE = 36.371972, 37.51631


def made_up_secrets() -> Secrets:
    rows = [("person of report", "r:1", PERSON), ("person of report", "r:2", ARABIC), ("text of report", "r:3", TEXT)]
    places = [f"{LATITUDE}", f"{LATITUDE} {LONGITUDE}", f"{LONGITUDE} {LATITUDE}", "36.372 37.516", "37.516 36.372"]
    return Secrets(
        texts=pa.Table.from_pylist([dict(zip(SECRET.names, row, strict=True)) for row in rows], schema=SECRET),
        places=pa.table({"kind": ["exact place"] * 5, "subject": ["r:4"] * 5, "value": places}),
        numbers=pa.table({"subject": ["r:4", "r:4"], "value": [LATITUDE, LONGITUDE]}),
    )


@pytest.fixture(scope="module")
def search() -> Search:
    return Search(made_up_secrets())


def page(inside: str) -> bytes:
    return f"<!doctype html><title>Incident</title><p>4 – 7 killed</p>{inside}<p>{'more ' * 200}</p>".encode()


def zipped(name: str, content: bytes) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(name, content)
    return out.getvalue()


def parquet(table: pa.Table) -> bytes:
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = chunk(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0))
    return b"\x89PNG\r\n\x1a\n" + header + b"".join(chunk(*c) for c in chunks) + chunk(b"IEND", b"")


def with_free_pages(folder: Path) -> bytes:
    """A database from which the row was deleted: its page is free, and still holds it."""
    path = folder / "free.db"
    db = sqlite3.connect(path)
    db.execute("PRAGMA secure_delete = OFF")
    db.execute("CREATE TABLE note (text)")
    db.execute("INSERT INTO note VALUES (?)", (PERSON,))
    db.commit()
    db.execute("DROP TABLE note")
    db.commit()
    db.close()
    return path.read_bytes()


def with_a_number(folder: Path) -> bytes:
    path = folder / "number.db"
    db = sqlite3.connect(path)
    db.execute("CREATE TABLE point (x REAL)")
    db.execute("INSERT INTO point VALUES (?)", (LATITUDE,))
    db.commit()
    db.close()
    return path.read_bytes()


def hex_entities(text: str) -> str:
    return "".join(f"&#x{ord(c):x};" for c in text)


HIDING_PLACES: dict[str, Callable[[Path], bytes]] = {
    "a page": lambda _: page(f"<p>{PERSON}</p>"),
    "other letters": lambda _: page(PERSON.upper()),
    "a comment": lambda _: page(f"<!-- {PERSON} -->"),
    "an attribute": lambda _: page(f'<a title="{PERSON}">x</a>'),
    "an address": lambda _: page('<a href="inventa-madeup.html">x</a>'),
    "a query": lambda _: page('<a href="?q=Inventa+Madeup">x</a>'),
    "percent signs": lambda _: page(f'<a href="?q={quote(PERSON)}">x</a>'),
    "percent signs of Arabic": lambda _: page(f'<a href="?q={quote(ARABIC)}">x</a>'),
    "percent signs of every byte": lambda _: page("".join(f"%{b:02X}" for b in PERSON.encode())),
    "decimal entities": lambda _: page("".join(f"&#{ord(c)};" for c in PERSON)),
    "hexadecimal entities": lambda _: page(hex_entities(ARABIC)),
    "one entity": lambda _: page(PERSON.replace(" ", "&nbsp;").replace("&nbsp;", "&#32;")),
    "JSON": lambda _: json.dumps({"name": ARABIC}).encode(),
    "JSON in a page": lambda _: page(html.escape(json.dumps({"name": ARABIC}))),
    "base64": lambda _: page(base64.b64encode(f"name: {PERSON}".encode()).decode()),
    "base64 of addresses": lambda _: page(base64.urlsafe_b64encode(f"? name: {ARABIC}".encode()).decode()),
    "an excerpt of a text": lambda _: page(TEXT[20:80]),
    "a zip": lambda _: zipped("notes.txt", page(PERSON)),
    "the name of a file in a zip": lambda _: zipped(f"{PERSON}.txt", b"nothing"),
    "a zip in a zip": lambda _: zipped("inner.zip", zipped("notes.txt", page(PERSON))),
    "gzip": lambda _: gzip.compress(page(PERSON), mtime=0),
    "a Parquet page": lambda _: parquet(pa.table({"a": [PERSON, "b", "c"] * 50})),
    "Parquet statistics": lambda _: parquet(pa.table({"a": ["Zz", PERSON]})),
    "Parquet metadata": lambda _: parquet(pa.table({"a": [1]}).replace_schema_metadata({"note": PERSON})),
    "a Parquet number": lambda _: parquet(pa.table({"x": [1.5, LATITUDE]})),
    "PNG text": lambda _: png((b"tEXt", b"Comment\0" + PERSON.encode())),
    "compressed PNG text": lambda _: png((b"zTXt", b"Comment\0\0" + zlib.compress(PERSON.encode()))),
    "international PNG text": lambda _: png((b"iTXt", b"Comment\0\1\0\0\0" + zlib.compress(ARABIC.encode()))),
    "free pages of SQLite": with_free_pages,
    "a SQLite number": with_a_number,
    "a source map": lambda _: json.dumps({"version": 3, "sourcesContent": [f"// {PERSON}"]}).encode(),
    "GeoJSON": lambda _: json.dumps({"coordinates": [LONGITUDE, LATITUDE]}).encode(),
    "columns": lambda _: f'{{"latitude": {LATITUDE}, "longitude": {LONGITUDE}}}'.encode(),
    "CSV": lambda _: f"a,b,{LATITUDE},{LONGITUDE}\n".encode(),
    "a link to a map": lambda _: page(f'<a href="geo:{LATITUDE},{LONGITUDE}">x</a>'),
    "a rounded point": lambda _: page('<circle data-at="36.372;37.516"/>'),
    "one coordinate": lambda _: page(f"<p>{LATITUDE}</p>"),
}  # fmt: skip


@pytest.mark.parametrize("where", HIDING_PLACES)
def test_a_planted_value_is_found_in(where: str, search: Search, tmp_path: Path) -> None:
    content = HIDING_PLACES[where](tmp_path)
    found = list(search.content("planted", content))
    assert found, where
    assert all(each.subject.startswith("r:") for each in found)


def test_the_hiding_places_hold_nothing_when_nothing_is_planted(search: Search) -> None:
    clean = [
        page("<p>Somebody else</p>"),
        zipped("a.txt", page("nobody")),
        parquet(pa.table({"x": [36.3, 37.5], "a": ["b", "c"]})),
    ]
    assert [list(search.content("clean", content)) for content in clean] == [[], [], []]


def test_part_of_a_word_or_a_longer_number_is_no_find(search: Search) -> None:
    assert not list(search.content("clean", page("Inventa Madeupson")))
    assert not list(search.content("clean", page("136.371972")))


def test_a_value_across_two_files_is_no_find(search: Search, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("Inventa")
    (tmp_path / "b.txt").write_text("Madeup")
    assert not list(search.folder(tmp_path))


def test_the_name_of_a_file_is_searched_too(search: Search, tmp_path: Path) -> None:
    (tmp_path / "inventa-madeup.html").write_text("nothing")
    assert [each.file for each in search.folder(tmp_path)] == ["names of files"]


def test_an_archive_that_cannot_be_opened_is_not_let_through(search: Search) -> None:
    broken = zipped("notes.txt", b"x" * 5000)
    assert [e.kind for e in search.content("broken.zip", broken[:-40])] == ["an archive that cannot be searched"]


def test_the_message_names_files_and_subjects_and_not_the_value(tmp_path: Path) -> None:
    (tmp_path / "page.html").write_bytes(page(PERSON))
    with pytest.raises(Leak) as refused:
        refuse(tmp_path, made_up_secrets())
    said = str(refused.value)
    assert "page.html" in said and "r:1" in said and "person of report" in said
    assert PERSON not in said


def test_words_of_civcas_itself_are_nobodys_secret() -> None:
    rows = [{"kind": "person of report", "subject": "r:9", "value": "Russian Military"}]
    numbers = pa.table({"subject": pa.array([], pa.string()), "value": pa.array([], pa.float64())})
    secrets = Secrets(texts=pa.Table.from_pylist(rows, schema=SECRET), places=SECRET.empty_table(), numbers=numbers)
    assert not list(Search(secrets).content("page", page("Russian Military")))
