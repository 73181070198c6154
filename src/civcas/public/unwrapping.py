"""Every form in which bytes can hide text: packed, compressed, escaped or encoded; each is unwrapped to be searched."""

from __future__ import annotations

import base64
import binascii
import gzip
import html
import io
import re
import struct
import zipfile
import zlib
from collections.abc import Iterator
from typing import NamedTuple
from urllib.parse import unquote_to_bytes

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv as pa_csv
import pyarrow.parquet as pq

DEEPEST = 4  # a release holds no archive in an archive in an archive; what is deeper is refused
LARGEST = 1 << 31
ZIP, GZIP, PARQUET, PNG = (b"PK\x03\x04", b"PK\x05\x06"), b"\x1f\x8b", b"PAR1", b"\x89PNG\r\n\x1a\n"

_BASE64 = re.compile(rb"[A-Za-z0-9+/_-]{16,}={0,2}")
_ESCAPED = re.compile(rb"\\u([0-9a-fA-F]{4})|\\x([0-9a-fA-F]{2})")
_SURROGATES = re.compile(rb"\\u(d[89ab][0-9a-f]{2})\\u(d[c-f][0-9a-f]{2})", re.IGNORECASE)
_ENTITY = re.compile(rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?")
_ANY = re.compile(
    rb"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z][A-Za-z0-9]{1,31});?|\\[ux][0-9a-fA-F]{2}|%[0-9a-fA-F]{2}"
)
REACH = 96  # bytes to both sides of an escape; more than a string to find has


class Layer(NamedTuple):
    """Bytes to search, and where in the file they were: `as it is`, `decoded`, `base64`, `in NAME`, `column NAME` …"""

    where: str
    content: bytes


class TooDeep(Exception):
    """Archives within archives, or more than can be unpacked."""


def layers(content: bytes, *, depth: int = 0) -> Iterator[Layer]:
    """The bytes themselves, then what they hold in another form, and what that holds."""
    if depth > DEEPEST:
        raise TooDeep
    yield Layer("as it is", content)
    packed = False
    for where, inner in _unpacked(content):
        packed = True
        for layer in layers(inner, depth=depth + 1):
            yield Layer(where if layer.where == "as it is" else f"{where}, {layer.where}", layer.content)
    if packed:
        return
    if decoded := decoded_text(content):
        yield Layer("decoded", decoded)
    if runs := _base64_runs(content):
        yield Layer("base64", runs)
        if again := decoded_text(runs):
            yield Layer("base64, decoded", again)


def is_packed(content: bytes) -> bool:
    """Whether what the bytes hold is not to be seen in them."""
    return content.startswith((*ZIP, GZIP, PARQUET, PNG))


def _unpacked(content: bytes) -> Iterator[tuple[str, bytes]]:
    if content.startswith(ZIP):
        yield from _zip(content)
    elif content.startswith(GZIP):
        yield "gzip", _inflated_gzip(content)
    elif content.startswith(PARQUET):
        yield from _parquet(content)
    elif content.startswith(PNG):
        yield from _png(content)


def _zip(content: bytes) -> Iterator[tuple[str, bytes]]:
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield "names in the archive", "\n".join(archive.namelist()).encode() + b"\n" + archive.comment
            for member in archive.infolist():
                if member.file_size > LARGEST:
                    raise TooDeep
                if not member.is_dir():
                    yield f"in {member.filename}", archive.read(member)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError):
        raise TooDeep from None


def _inflated_gzip(content: bytes) -> bytes:
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(content)) as stream:
            inner = stream.read(LARGEST)
            if stream.read(1):
                raise TooDeep
            return inner
    except (OSError, EOFError, zlib.error):
        raise TooDeep from None


def _parquet(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Every value of every page as text, numbers as the bytes of a double too, and what stands in metadata and statistics."""
    try:
        with pq.ParquetFile(io.BytesIO(content)) as file:
            yield "metadata", _parquet_notes(file)
            for group in range(file.num_row_groups):
                table = file.read_row_group(group)
                for name, column in zip(table.column_names, table.columns, strict=True):
                    yield f"column {name}", _as_text(column)
                    if pa.types.is_floating(column.type):
                        yield f"numbers of {name}", pc.drop_null(column).cast(pa.float64()).to_numpy().tobytes()
    except pa.ArrowInvalid:
        raise TooDeep from None


def _parquet_notes(file: pq.ParquetFile) -> bytes:
    notes = [repr(file.schema_arrow.metadata), *(repr(field.metadata) for field in file.schema_arrow)]
    numbers = []
    for group in range(file.metadata.num_row_groups):
        for column in range(file.metadata.num_columns):
            found = file.metadata.row_group(group).column(column).statistics
            if found is not None and found.has_min_max:
                notes += [str(found.min), str(found.max)]
                numbers += [struct.pack("<d", each) for each in (found.min, found.max) if isinstance(each, float)]
    return "\n".join(notes).encode() + b"\n" + b"".join(numbers)


def _as_text(column: pa.ChunkedArray) -> bytes:
    if pa.types.is_binary(column.type) or pa.types.is_large_binary(column.type):
        return b"\n".join(each.as_py() for each in pc.drop_null(column).unique())
    out = io.BytesIO()
    pa_csv.write_csv(pa.table({"values": pc.drop_null(column)}), out, pa_csv.WriteOptions(include_header=False))
    return out.getvalue()


def _png(content: bytes) -> Iterator[tuple[str, bytes]]:
    """Chunks that hold text or descriptions; pixels are what they are."""
    place = 8
    while place + 8 <= len(content):
        length, kind = struct.unpack(">I4s", content[place : place + 8])
        body = content[place + 8 : place + 8 + length]
        place += 12 + length
        if kind in (b"IDAT", b"IHDR", b"IEND", b"PLTE"):
            continue
        yield f"chunk {kind.decode('latin-1')}", body
        if kind in (b"zTXt", b"iTXt", b"iCCP"):
            for begin in (at + 1 for at in range(len(body)) if body[at : at + 1] == b"\0"):
                inner = _inflated(body[begin:]) or _inflated(body[begin + 1 :])
                if inner:
                    yield f"chunk {kind.decode('latin-1')}", inner
                    break


def _inflated(content: bytes) -> bytes:
    try:
        return zlib.decompressobj().decompress(content, LARGEST)
    except zlib.error:
        return b""


def decoded_text(content: bytes) -> bytes:
    """What stands around entities, JSON escapes and percent signs, with these undone; nothing where there are none."""
    found = b"\n".join(content[begin:end] for begin, end in _around_escapes(content))
    if b"&" in found:
        found = _ENTITY.sub(lambda m: html.unescape(m[0].decode("ascii")).encode("utf-8", "replace"), found)
    if b"\\" in found:
        found = _SURROGATES.sub(_joined, found)
        found = _ESCAPED.sub(lambda m: chr(int(m[1] or m[2], 16)).encode("utf-8", "replace"), found)
    return unquote_to_bytes(found) if b"%" in found else found


def _around_escapes(content: bytes) -> Iterator[tuple[int, int]]:
    """Runs of bytes within reach of an escape: a string that holds one lies in its run."""
    begin = end = -1
    for match in _ANY.finditer(content):
        if match.start() - REACH > end:
            if end >= 0:
                yield max(begin, 0), end
            begin = match.start() - REACH
        end = match.end() + REACH
    if end >= 0:
        yield max(begin, 0), end


def _joined(match: re.Match[bytes]) -> bytes:
    high, low = int(match[1], 16), int(match[2], 16)
    return chr(0x10000 + ((high - 0xD800) << 10) + (low - 0xDC00)).encode()


def _base64_runs(content: bytes) -> bytes:
    """What runs of base64 letters say, from each of the four places at which a group may begin; a hash says noise."""
    found = []
    for match in _BASE64.finditer(content):
        if match[0].islower() or match[0].isdigit():
            continue  # an address or a number: of sixteen letters of base64 some are capitals
        run = match[0].rstrip(b"=").translate(_URL_SAFE)
        for begin in range(4):
            part = run[begin:]
            try:
                found.append(base64.b64decode(part + b"=" * (-len(part) % 4)))
            except (binascii.Error, ValueError):
                found.append(base64.b64decode(part[: len(part) // 4 * 4]))
    return b"\n".join(found)


_URL_SAFE = bytes.maketrans(b"-_", b"+/")
