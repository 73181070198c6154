"""Searches every byte of a folder for what must not leave the case; one find, and nothing is published."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from importlib.resources import files as package_files
from pathlib import Path
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from civcas.errors import CivcasError
from civcas.public.finding import Finder
from civcas.public.policy import Places, Policy
from civcas.public.public import Public
from civcas.public.secrets import Secrets, blocks
from civcas.public.unwrapping import TooDeep, is_packed, layers

MOST = 20  # finds named in the message
GATHERED = 4 << 20  # small files are searched together
# Letters in one size; what writers put between words in one form: a name in an address is the name with hyphens.
FOLDED = bytes.maketrans(bytes(range(65, 91)) + b"\t\n\r-_+", bytes(range(97, 123)) + b" " * 6)


# Numbers with a blank between them, whatever stood there: a point is found whichever way it is written.
NUMBERS = bytes(byte if byte in b"0123456789." else 32 for byte in range(256))


class Leak(CivcasError):
    """What was to be published holds something of the case that must not leave it. The value itself is not named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """In which file, in which form, what kind of value, and whose."""

    file: str
    form: str
    kind: str
    subject: str

    def __str__(self) -> str:
        return f"{self.file} ({self.form}): {self.kind}, {self.subject}"


class Search:
    """The secrets of a case, ready to be looked for. Words that civcas itself writes are not among them."""

    def __init__(self, secrets: Secrets) -> None:
        self._kinds, self._subjects = (secrets.texts[n].combine_chunks() for n in ("kind", "subject"))
        blob, starts, lengths = _bytes(secrets.texts["value"])
        starts, lengths, of = blocks(starts, lengths)
        no_secret = _own_words_among(Finder.of(blob, starts, lengths), of, self._others(), secrets.names)
        kept = ~np.isin(of, no_secret)
        self._of = of[kept]
        self._words = Finder.of(blob, starts[kept], lengths[kept])
        self._places_of = secrets.places["subject"].combine_chunks()
        self._places = Finder.of(*_bytes(secrets.places["value"]))
        self._numbers_of = secrets.numbers["subject"].combine_chunks()
        self._numbers = _doubles(secrets.numbers["value"])

    def _others(self) -> Any:
        """Which values stand in publishers' other columns."""
        return pc.starts_with(self._kinds, "extra of ").to_numpy(zero_copy_only=False)

    def folder(self, folder: Path) -> Iterator[Found]:
        """Every find under a folder, names of files among them, in the order of paths."""
        paths = sorted(path for path in folder.rglob("*") if path.is_file())
        names = "\n".join(path.relative_to(folder).as_posix() for path in paths)
        yield from self.content("names of files", names.encode())
        for together in _gathered(paths):
            if len(together) == 1 or self._any(b"\n\n".join(content for _, content in together)):
                for path, content in together:
                    yield from self.content(path.relative_to(folder).as_posix(), content)

    def content(self, name: str, content: bytes) -> Iterator[Found]:
        seen: set[tuple[str, str, str]] = set()
        try:
            for form, inner in layers(content):
                for kind, subject in self._within(inner):
                    if (form, kind, subject) not in seen:
                        seen.add((form, kind, subject))
                        yield Found(file=name, form=form, kind=kind, subject=subject)
        except TooDeep:
            yield Found(file=name, form="as it is", kind="an archive that cannot be searched", subject=name)

    def _any(self, content: bytes) -> bool:
        return any(True for _, inner in layers(content) for _ in self._within(inner))

    def _within(self, content: bytes) -> Iterator[tuple[str, str]]:
        for hit in self._words.hits(content.translate(FOLDED)):
            value = int(self._of[hit.which])
            yield self._kinds[value].as_py(), self._subjects[value].as_py()
        for hit in self._places.hits(numbers_of(content)):
            yield "exact place", self._places_of[hit.which].as_py()
        if b"\0" in content:
            for hit in self._numbers.hits(content):
                yield "exact place", self._numbers_of[hit.which // 2].as_py()


def refuse(folder: Path, secrets: Secrets) -> None:
    """Raise Leak where the folder holds any of the secrets; the message names files and subjects, not the values."""
    found: list[Found] = []
    for each in Search(secrets).folder(folder):
        found.append(each)
        if len(found) >= MOST:
            break
    if found:
        more = " (at least)" if len(found) >= MOST else ""
        raise Leak(
            f"{len(found)} finds{more} that must not leave the case: " + "; ".join(map(str, found)),
            where="release",
            expected="a folder without any of them",
            do="Nothing was written. If a value is no secret, say so with its reason under [redaction.known_public] of civcas.toml",
        )


def small_places(public: Public, rule: Policy) -> Iterator[str]:
    """What to think about where a masked place is shared by few incidents."""
    if rule.places is Places.NONE:
        return
    with duckdb.connect() as db:
        db.register("incident", public.tables["incident"])
        row = db.execute(
            """SELECT count(*), coalesce(sum(n), 0), (SELECT count(*) FROM incident WHERE latitude IS NOT NULL)
            FROM (SELECT count(*) AS n FROM incident WHERE latitude IS NOT NULL GROUP BY latitude, longitude HAVING count(*) < ?)""",
            [rule.fewest],
        ).fetchone()
    if row and row[0]:
        yield (
            f"{row[0]:,} masked places are shared by fewer than {rule.fewest} incidents ({row[1]:,} of {row[2]:,} located incidents). "
            "Who knows the area may tell which is which. A wider grid_km hides more; see docs/how-to-publish.md"
        )


def numbers_of(content: bytes) -> bytes:
    return b" ".join(content.translate(NUMBERS).split())


def _bytes(values: pa.ChunkedArray) -> tuple[Any, Any, Any]:
    """All values as one run of folded bytes, with where each starts and how long it is."""
    whole = pa.concat_arrays([pa.array([], pa.large_binary()), *(c.cast(pa.large_binary()) for c in values.chunks)])
    _, offsets, data = whole.buffers()
    places = np.frombuffer(offsets, np.int64, len(whole) + 1) if offsets is not None else np.zeros(1, np.int64)
    content = data.to_pybytes() if data is not None else b""
    return np.frombuffer(content.translate(FOLDED), np.uint8), places[:-1], np.diff(places)


def _doubles(values: pa.ChunkedArray) -> Finder:
    """Numbers as the eight bytes of a double: as Parquet and NumPy write them, and as SQLite does."""
    numbers = values.to_numpy().astype("<f8")
    pairs = np.stack([numbers, numbers.byteswap()], axis=1) if len(numbers) else np.empty((0, 2))
    blob = np.frombuffer(pairs.tobytes(), np.uint8)
    starts = np.arange(2 * len(numbers), dtype=np.int64) * 8
    return Finder.of(blob, starts, np.full(len(starts), 8, np.int64))


def _gathered(paths: Sequence[Path]) -> Iterator[list[tuple[Path, bytes]]]:
    """Small text files together, others alone."""
    together: list[tuple[Path, bytes]] = []
    size = 0
    for path in paths:
        content = path.read_bytes()
        if b"\0" in content[:4096] or is_packed(content) or len(content) > GATHERED:
            yield [(path, content)]
            continue
        together.append((path, content))
        size += len(content)
        if size > GATHERED:
            yield together
            together, size = [], 0
    if together:
        yield together


def _own_words_among(finder: Finder, of: Any, others: Any, names: bytes) -> list[int]:
    """The values that civcas itself writes, and those of other columns that are part of a shown name."""
    own = {int(of[hit.which]) for content in _own_words() for hit in finder.hits(content.translate(FOLDED))}
    named = {int(of[hit.which]) for hit in finder.hits(names.translate(FOLDED))}
    return sorted(own | {value for value in named if others[value]})


def _own_words() -> Iterator[bytes]:
    """Every file of civcas that may be written out or whose words are."""
    waiting: list[Any] = [package_files("civcas")]
    while waiting:
        for each in waiting.pop().iterdir():
            if each.is_dir():
                waiting.append(each)
            elif not each.name.endswith((".pyc", ".nbi", ".nbc")):
                yield each.read_bytes()
