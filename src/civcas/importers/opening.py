"""Opens a file that somebody gave: plain or compressed, in whichever encoding, and never trusts what it says of itself."""

from __future__ import annotations

import codecs
import gzip
import hashlib
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import IO

from civcas.errors import BadInput
from civcas.importers.decoding import MARKS, decodable, encoding_of

CHUNK = 4 << 20
LONGEST_LINE = 4 << 20
EXPANDED_AT_MOST = 1 << 30
RATIO_AT_MOST = 100
RATIO_FROM = 10 << 20  # small files may compress better without being bombs
ENTRIES_AT_MOST = 10_000
COLUMNS_AT_MOST = 2_048  # what a question over every column costs grows with their square
SHEET = "xl/workbook.xml"
PAGE = (b"<!doctype html", b"<html")
UNPACK = "Unpack it yourself and import the plain file."
# What files of other kinds begin with, whatever their name says: what it is, and what to do.
OTHERS = (
    (b"%PDF-", "a PDF document", "Ask the publisher for the table itself."),
    (b"\xd0\xcf\x11\xe0", "a document of an old office program", "Save it as .xlsx or .csv, and import that."),
    (b"\x89PNG", "a picture", "Ask the publisher for the table itself."),
    (b"\xff\xd8\xff", "a picture", "Ask the publisher for the table itself."),
    (b"7z\xbc\xaf", "a 7z archive", UNPACK),
    (b"Rar!", "a RAR archive", UNPACK),
    (b"BZh", "a bzip2 file", UNPACK),
    (b"\xfd7zXZ", "an xz file", UNPACK),
    (b"\x28\xb5\x2f\xfd", "a Zstandard file", UNPACK),
)
# What Python's readers raise on archives that are damaged, encrypted, or packed in a way they do not know.
NOT_UNPACKED = (
    zipfile.BadZipFile,
    gzip.BadGzipFile,
    zlib.error,
    EOFError,
    NotImplementedError,
    RuntimeError,
    OSError,
    ValueError,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """A file ready to read: `path` is plain UTF-8 text without a mark, or the sheet or Parquet file itself."""

    path: Path
    given: Path
    kind: str  # text, json, xlsx or parquet
    encoding: str


def open_file(path: Path, work: Path, *, encodings: tuple[str, ...], encoding: str = "", member: str = "") -> Opened:
    """Unpack the file if it is packed, find its encoding, and leave a plain file in `work` if it was not plain.

    `encodings` are those that the publisher is known to use beside UTF-8; `encoding` says which it is. No character is replaced.
    """
    if not path.is_file():
        found = "it is not a file" if path.exists() else "there is no such file"
        raise BadInput(found, where=str(path), expected="the path of a file")
    if path.stat().st_size == 0:
        raise BadInput("the file is empty", where=path.name, expected="a header and rows")
    plain, kind = _unpacked(path, work, member)
    found = ""
    if kind == "text":
        if plain != path:
            _reject_packed_again(plain, path.name)
        found = (
            decodable(plain, _marked(plain, encoding), path.name)
            if encoding
            else encoding_of(plain, encodings, path.name)
        )
        plain = _as_utf8(plain, work, found)
        _reject_nul(plain, path.name)
        kind = "json" if _begins_like_json(plain) else "text"
        if kind == "text":
            _reject_long_lines(plain, path.name)
    return Opened(path=plain, given=path, kind=kind, encoding=found)


def fingerprint(path: Path) -> tuple[str, int]:
    """SHA-256 and size, read in pieces."""
    digest, size = hashlib.sha256(), 0
    for piece in _pieces(path):
        digest.update(piece)
        size += len(piece)
    return digest.hexdigest(), size


@contextmanager
def unchanged(path: Path) -> Iterator[None]:
    """Refuse a file that is written, replaced or removed meanwhile: its rows and its hash would be of two files."""
    before = _state(path)
    try:
        yield
    except (BadInput, OSError):
        if _state(path) != before:
            raise _changed(path) from None
        raise
    if _state(path) != before:
        raise _changed(path)


def _state(path: Path) -> tuple[int, int, int] | None:
    """What changes when a file is written or replaced: its size, when it was written, and which file it is."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_size, found.st_mtime_ns, found.st_ino


def _changed(path: Path) -> BadInput:
    return BadInput("the file changed while it was read", where=path.name, expected="a file that stays as it is",
                    do="Import it again when nothing writes to it any more.")  # fmt: skip


def reject_many_columns(count: int, name: str) -> None:
    if count > COLUMNS_AT_MOST:
        raise BadInput(f"the table has {count:,} columns", where=name, expected=f"at most {COLUMNS_AT_MOST:,}",
                       do="Give the columns you need as a table of their own.")  # fmt: skip


def checked_zip(path: Path) -> zipfile.ZipFile:
    """The archive, once its entries are few, small together, not bombs, and named without tricks."""
    try:
        archive = zipfile.ZipFile(path)
    except NOT_UNPACKED as broken:
        raise BadInput(f"the archive cannot be opened: {broken}", where=path.name) from None
    entries = archive.infolist()
    if len(entries) > ENTRIES_AT_MOST:
        raise BadInput(
            f"the archive holds {len(entries)} entries", where=path.name, expected=f"at most {ENTRIES_AT_MOST}"
        )
    for entry in entries:
        _reject_tricky_name(entry, path)
    _reject_bomb(sum(e.file_size for e in entries), sum(e.compress_size for e in entries), path)
    return archive


def _unpacked(path: Path, work: Path, member: str) -> tuple[Path, str]:
    try:
        with path.open("rb") as stream:
            head = stream.read(1024)
    except PermissionError:
        raise BadInput("this file may not be read by this user", where=str(path)) from None
    _reject_others(head, path.name)
    if head[:2] == b"\x1f\x8b":
        return _inflated(path, work), "text"
    if head[:4] == b"PAR1":
        return path, "parquet"
    if head[:2] != b"PK":
        return path, "text"
    with checked_zip(path) as archive:
        if SHEET in archive.namelist():
            return path, "xlsx"
        entry = _one_member(archive, path, member)
        try:
            with archive.open(entry) as packed:
                return _copied(packed, work / "unpacked", path), "text"
        except NOT_UNPACKED as broken:
            raise BadInput(f"{entry.filename} cannot be unpacked: {broken}", where=path.name) from None


def _reject_others(head: bytes, name: str) -> None:
    """Files that are no table, told by their first bytes, so that the message names what somebody has, not what it lacks."""
    for begins, kind, do in OTHERS:
        if head.startswith(begins):
            raise BadInput(f"the file is {kind}", where=name, expected="a table as text, JSON, XLSX or Parquet", do=do)
    if head.lstrip(codecs.BOM_UTF8 + b" \t\r\n").lower().startswith(PAGE):
        raise BadInput("the file is a web page", where=name, expected="a table as text, JSON, XLSX or Parquet",
                       do="A publisher may have sent a page that asks to sign in, or says an error: open it in a browser.")  # fmt: skip


def _reject_packed_again(unpacked: Path, given: str) -> None:
    with unpacked.open("rb") as stream:
        head = stream.read(1024)
    _reject_others(head, given)
    if head[:2] in (b"PK", b"\x1f\x8b") or head[:4] == b"PAR1":
        raise BadInput(
            "what is packed in the file is packed itself", where=given, expected="text or JSON in an archive", do=UNPACK
        )


def _inflated(path: Path, work: Path) -> Path:
    try:
        with gzip.open(path) as packed:
            return _copied(packed, work / "unpacked", path)
    except NOT_UNPACKED as broken:
        raise BadInput(f"the file cannot be unpacked: {broken}", where=path.name) from None


def _copied(packed: IO[bytes] | gzip.GzipFile, to: Path, path: Path) -> Path:
    written, packed_size = 0, path.stat().st_size
    with to.open("wb") as plain:
        while piece := packed.read(CHUNK):
            written += len(piece)
            _reject_bomb(written, packed_size, path)
            plain.write(piece)
    return to


def _one_member(archive: zipfile.ZipFile, path: Path, member: str) -> zipfile.ZipInfo:
    files = [e for e in archive.infolist() if not e.is_dir() and not e.filename.startswith("__MACOSX/")]
    chosen = [e for e in files if e.filename == member] if member else files
    if len(chosen) != 1:
        names = ", ".join(e.filename for e in files[:20])
        raise BadInput(f"the archive holds {len(files)} files", where=path.name, expected="one file to read",
                       do=f"Say which with --member: {names}")  # fmt: skip
    return chosen[0]


def _reject_tricky_name(entry: zipfile.ZipInfo, path: Path) -> None:
    name = entry.filename
    parts = PurePosixPath(name)
    link = (entry.external_attr >> 16) & 0o170000 == 0o120000
    if (
        parts.is_absolute()
        or ".." in parts.parts
        or "\\" in entry.orig_filename
        or ":" in name
        or len(name) > 255
        or link
    ):
        raise BadInput(f"the archive holds an entry named {name[:80]!r}", where=path.name,
                       expected="plain relative names, no links")  # fmt: skip
    if "\0" in entry.orig_filename:
        raise BadInput(
            "the archive holds a name with a NUL", where=path.name, expected="plain relative names, no links"
        )


def _reject_bomb(expanded: int, packed: int, path: Path) -> None:
    if expanded > EXPANDED_AT_MOST:
        raise BadInput(f"the file unpacks to more than {EXPANDED_AT_MOST >> 20} MiB", where=path.name,
                       do="If it is what it says, unpack it yourself and import the plain file.")  # fmt: skip
    if expanded > RATIO_FROM and expanded > RATIO_AT_MOST * max(packed, 1):
        raise BadInput(f"the file unpacks to more than {RATIO_AT_MOST} times its size, as a zip bomb does", where=path.name,
                       do="If it is what it says, unpack it yourself and import the plain file.")  # fmt: skip


def _pieces(path: Path, size: int = CHUNK) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(size):
            yield piece


def _marked(path: Path, encoding: str) -> str:
    """The encoding as somebody said it; a byte order mark that agrees with it is no part of the text."""
    with path.open("rb") as stream:
        head = stream.read(4)
    mark = next((name for begins, name in MARKS if head.startswith(begins)), "")
    said = encoding.lower().replace("_", "-")
    return mark if mark and (said.startswith(mark.removesuffix("-sig")) or said == "utf8") else encoding


def _reject_nul(path: Path, given: str) -> None:
    if any(b"\0" in piece for piece in _pieces(path)):
        raise BadInput("the text holds a NUL byte", where=given, expected="plain text",
                       do="The file may be cut off or not be text at all; ask the publisher.")  # fmt: skip


def _reject_long_lines(path: Path, given: str) -> None:
    """Refuse a line beyond measure: no published table has one, and readers lose rows over them."""
    since = 0
    for piece in _pieces(path):
        first = piece.find(b"\n")
        since += len(piece) if first < 0 else first
        if since > LONGEST_LINE:
            raise BadInput(f"a line is longer than {LONGEST_LINE >> 20} MiB", where=given, expected="one row a line")
        if first >= 0:
            since = len(piece) - piece.rfind(b"\n") - 1


def _as_utf8(path: Path, work: Path, encoding: str) -> Path:
    if encoding == "utf-8":
        return path
    to = work / "utf8"
    decoder = codecs.getincrementaldecoder(encoding)()
    with to.open("wb") as plain:
        for piece in _pieces(path):
            plain.write(decoder.decode(piece).encode())
        plain.write(decoder.decode(b"", final=True).encode())
    return to


def _begins_like_json(path: Path) -> bool:
    with path.open("rb") as stream:
        head = stream.read(4096).lstrip()
    return head[:1] in (b"{", b"[")
