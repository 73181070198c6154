"""What a case says about itself in civcas.toml: title, engine, ledger address, signing key."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from pathlib import Path

from civcas.errors import BadInput
from civcas.ledger.book import newer_is_refused
from civcas.ledger.store import SCHEMA
from civcas.register.engine import ENGINES
from civcas.terms.canonical import canonical
from civcas.vault import part_file, place

FILE = "civcas.toml"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """`ledger` is a file in the case folder or a postgresql:// address; `key` the signing key's path, from the folder.

    `engine` holds the tables; of Spark, `engine_address` is a Spark Connect server (none: this machine, with `engine_memory`).
    """

    id: str
    title: str = ""
    engine: str = "duckdb"
    engine_address: str = ""
    engine_memory: str = "2g"
    ledger: str = "ledger.db"
    key: str = "keys/signing.pem"
    schema: int = SCHEMA


def read_settings(folder: Path) -> Settings:
    """The settings of a case; a folder without them is not one."""
    path = folder / FILE
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        found = "this folder is not a case: it has no civcas.toml" if folder.is_dir() else "there is no such folder"
        raise BadInput(found, where=str(folder), do=f"Make a case with: civcas new {folder}") from None
    except PermissionError:
        raise BadInput("this case may not be read by this user", where=str(path)) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, NotADirectoryError) as wrong:
        raise BadInput(
            f"this is not a readable civcas.toml: {wrong}", where=str(path), expected="TOML in UTF-8"
        ) from None
    newer_is_refused(str(words.get("schema", SCHEMA)), where=str(path))
    return _checked(words, path)


def _checked(words: dict[str, object], path: Path) -> Settings:
    settings = {name: words[name] for name in Settings.__dataclass_fields__ if name in words}
    for name, value in settings.items():
        if not isinstance(value, int if name == "schema" else str):
            raise BadInput(f"{name} is {value!r}", where=str(path), expected="a text in quotes")
    if not settings.get("id"):
        raise BadInput("the case has no id", where=str(path), expected='a line like id = "4f0c…"')
    if settings.get("engine", "duckdb") not in ENGINES:
        raise BadInput(f"engine is {settings['engine']!r}", where=str(path), expected=" or ".join(ENGINES))
    if not str(address := settings.get("engine_address", "")).startswith("sc://" if address else ""):
        raise BadInput(f"engine_address is {address!r}", where=str(path), expected="sc://host:port, or nothing")
    return Settings(**settings)  # type: ignore[arg-type]


def write_settings(folder: Path, settings: Settings) -> None:
    """Write civcas.toml in one step: from then on the folder is a case."""
    lines = [
        "# What this case is called, how it counts, and where its ledger is.",
        f"schema = {settings.schema}",
        *(f"{name} = {canonical(getattr(settings, name))}" for name in ("id", "title", "engine", "ledger", "key")),
    ]
    with part_file(folder) as (file, part):
        file.write("\n".join([*lines, ""]).encode())
        place(file, part, folder / FILE, mode=0o600)


def rename_ledger(folder: Path, ledger: str) -> None:
    """Name another ledger in civcas.toml, and leave every other line as it is: what a case lets out stands there too."""
    text = (folder / FILE).read_text(encoding="utf-8")
    line = f"ledger = {canonical(ledger)}"
    changed, found = re.subn(r"(?m)^ledger *=.*$", lambda _: line, text, count=1)
    changed = changed if found else f"{line}\n{text}"
    (folder / FILE).unlink()
    with part_file(folder) as (file, part):
        file.write(changed.encode())
        place(file, part, folder / FILE, mode=0o600)
