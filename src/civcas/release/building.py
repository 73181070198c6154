"""Builds a release: a pure function of a case at an entry of its ledger and of its policy, written whole or not at all."""

from __future__ import annotations

import json
import os
import re
import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from civcas.case.case import Case, When
from civcas.errors import BadInput
from civcas.ledger.entry import EntryKind
from civcas.public import leaks, policy
from civcas.public.public import Public
from civcas.public.secrets import secrets
from civcas.public.showing import showing
from civcas.release import notes, telling_changes
from civcas.release.addresses import kept_resolving, refuse_broken
from civcas.release.changes import Release, changes
from civcas.release.data import write_data
from civcas.release.manifest import FILE, Manifest, listed
from civcas.release.pages import Pages, Tell, site
from civcas.release.reading import Opened, open_release
from civcas.terms.version import VERSION
from civcas.vault import explained

_VERSION = re.compile(r"[0-9A-Za-z][0-9A-Za-z._-]{0,59}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Built:
    """A release that was written: its manifest, how many changes it lists, and what to think about before it is published."""

    manifest: Manifest
    changes: int
    warnings: tuple[str, ...]


def build(
    case: Case,
    out: Path,
    *,
    until: When = None,
    version: str = "",
    previous: Path | None = None,
    pages: Pages = site,
    tell: Tell = lambda step: None,
) -> Built:
    """Write what the case says at a moment, as its policy shows it, into the new folder `out`.

    The same entry, policy and previous release give the same bytes: no clock is read, and nothing of this machine is written.
    Nothing is written where the policy cannot be read, an address of the previous release would not resolve,
    or the finished folder holds anything that the policy does not let out.
    """
    refuse_what_is_there(out)
    before = open_release(previous) if previous else None
    tell("reading the case")
    rule, imprint = policy.read_policy(case.path), policy.read_imprint(case.path)
    public = _named(showing(case, until, rule), imprint, version)
    if before:
        _refuse_another_case(before.manifest, public, str(previous))
        public = kept_resolving(public, before.release.tables)
    found = _changes(before, public, rule)
    with staged(out) as folder:
        tell("writing the data")
        write_data(public, folder)
        for name, text in notes.notes(public, rule, imprint).items():
            (folder / name).write_text(text, encoding="utf-8")
        _write_changes(public, before, found, folder)
        tell("writing the pages")
        pages(public, folder, tell)  # last: the page of data lists what is there
        refuse_broken(before.manifest.files if before else (), folder)
        tell("searching every byte for what must not leave the case")
        leaks.refuse(folder, secrets(case, public, rule))
        tell("hashing")
        manifest = _manifest(public, rule, before, folder)
        (folder / FILE).write_text(manifest.to_json(), encoding="utf-8")
    return Built(manifest=manifest, changes=len(found), warnings=tuple(leaks.small_places(public, rule)))


def record(case: Case, built: Built, *, author: str) -> int | None:
    """Remember in the ledger that this was published; once, however often it is built again. Returns the entry."""
    manifest = built.manifest
    subject = f"release:{manifest.version}"
    body: dict[str, object] = {"hash": manifest.hash, "head": manifest.head, "sequence": manifest.sequence}
    if any(e.says == body for e in case.ledger.entries(subject=subject, kinds=[EntryKind.RELEASE])):
        return None
    return case.remember(EntryKind.RELEASE, subject, body, author=author, reason=f"release {manifest.version}")


def refuse_what_is_there(out: Path) -> None:
    if out.exists() or out.is_symlink():
        raise BadInput("this is there already, and a release is never changed", where=str(out), expected="a new folder")


@contextmanager
def staged(out: Path) -> Iterator[Path]:
    """A folder beside `out` that gets its name when everything in it is written, and is removed when anything fails."""
    try:
        out.absolute().parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=".part-", dir=out.absolute().parent))
    except OSError as failed:
        raise explained(failed, where=out.absolute().parent) from failed
    try:
        yield part
        part.chmod(0o755)
        _settle(part)
        part.rename(out)
    except OSError as failed:
        raise explained(failed, where=out) from failed
    finally:
        if part.exists():
            shutil.rmtree(part)


def _settle(folder: Path) -> None:
    """Have the disk hold the manifest before the folder gets its name; a release without it does not verify."""
    with (folder / FILE).open("rb") as file:
        os.fsync(file.fileno())


def _named(public: Public, imprint: policy.Imprint, version: str) -> Public:
    """The same, under its version: unless one is given, the day and number of the last entry."""
    version = version or f"{public.about.as_of}.{public.about.sequence}"
    if not _VERSION.fullmatch(version):
        raise BadInput(f"the version is {version!r}", expected="letters, digits, dots and hyphens, such as 2026-11")
    about = replace(public.about, version=version, cite_as=notes.cite_as(public, imprint, version=version))
    return replace(public, about=about)


def _refuse_another_case(before: Manifest, public: Public, where: str) -> None:
    if before.case != public.about.case:
        raise BadInput(
            "the previous release is of another case", where=where, expected=f"one of {public.about.title!r}"
        )
    if before.sequence > public.about.sequence:
        raise BadInput(
            f"the previous release is of entry {before.sequence}, which comes after entry {public.about.sequence}",
            where=where,
        )
    if before.version == public.about.version:
        raise BadInput(
            f"the previous release is called {before.version} too",
            where=where,
            do="Give this one its own: --version NAME",
        )


def _changes(before: Opened | None, public: Public, rule: policy.Policy) -> list[dict[str, Any]]:
    if before is None:
        return []
    now = Release(tables=public.tables, claims=public.claims, policy=rule.to_dict(), sequence=public.about.sequence)
    return changes(before.release, now)


def _write_changes(public: Public, before: Opened | None, found: list[dict[str, Any]], folder: Path) -> None:
    named = {"version": before.manifest.version, "hash": before.manifest.hash} if before else None
    told = telling_changes.as_json(found, before=named, version=public.about.version)
    text = json.dumps(told, ensure_ascii=False, indent=1, default=str) + "\n"
    (folder / "CHANGES.json").write_text(text, encoding="utf-8")
    (folder / "CHANGES.md").write_text(telling_changes.as_markdown(told, title=public.about.title), encoding="utf-8")


def _manifest(public: Public, rule: policy.Policy, before: Opened | None, folder: Path) -> Manifest:
    about = public.about
    named = {"version": before.manifest.version, "hash": before.manifest.hash} if before else None
    return Manifest(
        version=about.version, title=about.title, case=about.case, sequence=about.sequence, head=about.head, as_of=about.as_of,
        civcas=VERSION, policy=rule.to_dict(), rows={name: table.num_rows for name, table in public.tables.items()},
        files=listed(folder), previous=named,
    ).sealed()  # fmt: skip
