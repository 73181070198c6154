"""Where each shipped table comes from, and the proof that it has not changed since."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

import yaml

from civcas.errors import BadInput


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """One shipped file: which table it holds, who published it, on what terms, how it was computed, and its hash."""

    file: str
    holds: str
    title: str
    source: str
    url: str
    licence: str
    how: str
    rows: int
    sha256: str


def folder() -> Traversable:
    return files("civcas.facts") / "data"


@cache
def provenance() -> tuple[Provenance, ...]:
    """Every shipped file, in the order of the provenance file."""
    text = (folder() / "provenance.yaml").read_text(encoding="utf-8")
    return tuple(Provenance(file=file, **about) for file, about in yaml.safe_load(text).items())


def verify(shipped: Provenance) -> bytes:
    """The bytes of a shipped file; a file that differs from its recorded hash is refused."""
    content = (folder() / shipped.file).read_bytes()
    found = hashlib.sha256(content).hexdigest()
    if found != shipped.sha256:
        raise BadInput(
            f"its SHA-256 is {found[:16]}…",
            where=f"shipped table {shipped.file}",
            expected=f"{shipped.sha256[:16]}…, as its provenance records",
            do="The installed package was changed. Install civcas again.",
        )
    return content
