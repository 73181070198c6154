"""A release is a pure function of a case at an entry and of its policy; it is whole or it is not there, and it is never changed."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest
from released import bare_pages, corrected, first_case

from civcas.case.case import Case
from civcas.errors import BadInput
from civcas.public.leaks import Leak
from civcas.public.public import Public
from civcas.release.building import build, record
from civcas.release.damage import Damage, Damaged
from civcas.release.difference import difference
from civcas.release.manifest import FILE, Manifest, names
from civcas.release.verify import verify


@dataclass(frozen=True)
class Releases:
    case: Case
    old: Path
    new: Path
    changes: dict[str, Any]


@pytest.fixture(scope="module")
def releases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Releases]:
    """Two releases of one case: before and after corrections, a newer edition and a new source."""
    folder = tmp_path_factory.mktemp("releases")
    case = first_case(folder / "case")
    built = build(case, folder / "old", pages=bare_pages)
    record(case, built, author="Inventa Author")
    corrected(case)
    build(case, folder / "new", previous=folder / "old", pages=bare_pages)
    changes = json.loads((folder / "new" / "CHANGES.json").read_text(encoding="utf-8"))
    yield Releases(case, folder / "old", folder / "new", changes)
    case.close()


def bytes_of(folder: Path) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in names(folder)}


def test_a_release_holds_data_notes_changes_and_a_manifest(releases: Releases) -> None:
    found = set(names(releases.new))
    assert {
        "release.json",
        "CHANGES.md",
        "CHANGES.json",
        "METHOD.md",
        "UNDERCOUNT.md",
        "CITE.md",
        "index.html",
    } <= found
    assert {"data/incident.csv", "data/incident.parquet", "data/incident.geojson", "data/datapackage.json"} <= found
    manifest = verify(releases.new)
    assert manifest.version == f"2026-05-01.{manifest.sequence}"
    assert manifest.head == releases.case.ledger.entry(manifest.sequence).hash
    assert manifest.rows["incident"] == pq.read_metadata(releases.new / "data" / "incident.parquet").num_rows


def test_the_same_entry_gives_the_same_bytes_wherever_and_whenever_it_is_built(
    releases: Releases, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = verify(releases.old)
    monkeypatch.setenv("TZ", "Asia/Kathmandu")
    monkeypatch.setenv("LC_ALL", "C")
    monkeypatch.chdir(tmp_path)
    again = build(releases.case, tmp_path / "again", until=f"@{first.sequence}", pages=bare_pages)
    assert again.manifest.hash == first.hash
    assert bytes_of(tmp_path / "again") == bytes_of(releases.old)


def test_a_release_is_never_overwritten(releases: Releases, tmp_path: Path) -> None:
    before = bytes_of(releases.old)
    with pytest.raises(BadInput, match="never changed"):
        build(releases.case, releases.old, pages=bare_pages)
    assert bytes_of(releases.old) == before


def test_what_fails_leaves_nothing_behind(releases: Releases, tmp_path: Path) -> None:
    def broken(public: Public, folder: Path, tell: object) -> None:
        (folder / "half.html").write_text("half")
        raise BadInput("the pages cannot be written")

    with pytest.raises(BadInput, match="cannot be written"):
        build(releases.case, tmp_path / "out", pages=broken)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("value", ["Inventa Author", "{path}"])
def test_a_release_that_would_leak_is_not_written(value: str, releases: Releases, tmp_path: Path) -> None:
    def leaking(public: Public, folder: Path, tell: object) -> None:
        (folder / "page.html").write_text(f"<!-- {value.format(path=releases.case.path)} -->")

    with pytest.raises(Leak, match=r"page\.html"):
        build(releases.case, tmp_path / "out", pages=leaking)
    assert list(tmp_path.iterdir()) == []


def test_a_release_is_noted_in_the_ledger_once(releases: Releases, tmp_path: Path) -> None:
    entries = [e for e in releases.case.log() if e.kind == "release"]
    assert [(e.subject, e.values["hash"]) for e in entries] == [
        (f"release:{verify(releases.old).version}", verify(releases.old).hash)
    ]


def test_every_address_of_the_previous_release_goes_on_resolving(releases: Releases) -> None:
    pages = {path.name for path in (releases.old / "incidents").iterdir()}
    assert len(pages) == 30 and pages <= {path.name for path in (releases.new / "incidents").iterdir()}


def test_a_release_in_which_an_old_page_would_be_gone_is_not_written(releases: Releases, tmp_path: Path) -> None:
    def forgetful(public: Public, folder: Path, tell: object) -> None:
        bare_pages(public, folder)
        (folder / "incidents" / "mu000003.html").unlink()

    with pytest.raises(BadInput, match=r"incidents/mu000003\.html"):
        build(releases.case, tmp_path / "out", previous=releases.old, version="again", pages=forgetful)
    assert list(tmp_path.iterdir()) == []


def test_an_incident_that_a_new_policy_hides_leaves_a_tombstone(releases: Releases, tmp_path: Path) -> None:
    hidden = tmp_path / "hidden"
    shutil.copytree(releases.case.path, tmp_path / "case")
    settings = tmp_path / "case" / "civcas.toml"
    back = '[redaction.datasets.made-up]\npublish = false\nbecause = "asked to"\n'
    settings.write_text(settings.read_text(encoding="utf-8") + back, encoding="utf-8")
    with Case.open(tmp_path / "case") as case:
        build(case, hidden, previous=releases.new, version="hidden", pages=bare_pages)
    assert {p.name for p in (releases.new / "incidents").iterdir()} == {
        p.name for p in (hidden / "incidents").iterdir()
    }
    told = json.loads((hidden / "CHANGES.json").read_text(encoding="utf-8"))
    assert told["counts"]["policy changed"] >= 28 and "<h1>" in (hidden / "incidents" / "mu000001.html").read_text()


def one(releases: Releases, subject: str, what: str) -> dict[str, Any]:
    [found] = [c for c in releases.changes["changes"] if (c["subject"], c["what"]) == (subject, what)]
    return dict(found)


def test_each_change_is_told_with_its_reason(releases: Releases) -> None:
    recounted = one(releases, "made-up:1", "civilians killed")
    assert (recounted["code"], recounted["after"], recounted["because"]) == ("recounted", "500 – 700", "a longer list")
    assert one(releases, "made-up:2", "grading")["code"] == "regraded"
    assert one(releases, "made-up:3", "incident")["code"] == "withdrawn"
    assert one(releases, "made-up:4", "incident")["after"] == "stands as mu000005"
    assert (one(releases, "made-up:10", "place")["code"], one(releases, "made-up:10", "place")["because"]) == (
        "place corrected", "a newer edition of made-up: edition of June",
    )  # fmt: skip
    assert one(releases, "made-up:11", "belligerents")["code"] == "reattributed"
    assert one(releases, "made-up:31", "incident")["code"] == "new incident"
    assert one(releases, "second:1", "incident")["code"] == "new source"


def test_the_changelog_tells_a_person_the_same(releases: Releases) -> None:
    told = (releases.new / "CHANGES.md").read_text(encoding="utf-8")
    assert "| recounted | 1 |" in told and "`made-up:3`" in told and "the source took it back" in told


def test_a_comparison_of_two_releases_says_what_the_changelog_says(releases: Releases) -> None:
    told = difference(releases.old, releases.new)
    assert told["changes"] == releases.changes["changes"]
    assert "incidents/mu000031.html" in told["files"]["added"] and "data/incident.csv" in told["files"]["changed"]
    same = difference(releases.old, releases.old)
    assert same["changes"] == [] and same["files"] == {"added": [], "removed": [], "changed": []}


def test_a_previous_release_of_another_case_is_refused(releases: Releases, tmp_path: Path) -> None:
    with first_case(tmp_path / "case") as other, pytest.raises(BadInput, match="another case"):
        build(other, tmp_path / "out", previous=releases.old, pages=bare_pages)


def test_a_previous_release_that_was_changed_is_refused(releases: Releases, tmp_path: Path) -> None:
    shutil.copytree(releases.old, tmp_path / "old")
    (tmp_path / "old" / "data" / "incident.csv").write_text("changed")
    with pytest.raises(Damaged):
        build(releases.case, tmp_path / "out", previous=tmp_path / "old", pages=bare_pages)


@pytest.mark.parametrize("version", ["../x", "", "a b", "x" * 61, "-1", "<b>"])
def test_a_version_is_a_plain_word(version: str, releases: Releases, tmp_path: Path) -> None:
    if not version:
        return
    with pytest.raises(BadInput, match="the version is"):
        build(releases.case, tmp_path / "out", version=version, pages=bare_pages)


def edited(folder: Path, **said: Any) -> None:
    """The manifest with other content, and with or without a hash that fits it."""
    told = json.loads((folder / FILE).read_text(encoding="utf-8"))
    told |= {name: value for name, value in said.items() if name != "sealed"}
    if said.get("sealed"):
        told["hash"] = Manifest(**told).expected_hash()
    (folder / FILE).write_text(json.dumps(told), encoding="utf-8")


DAMAGES = {
    "a file is gone": (lambda f: (f / "METHOD.md").unlink(), Damage.MISSING),
    "a byte differs": (lambda f: (f / "METHOD.md").write_bytes((f / "METHOD.md").read_bytes()[:-1] + b"!"), Damage.CHANGED),
    "a file is longer": (lambda f: (f / "METHOD.md").write_bytes((f / "METHOD.md").read_bytes() + b"!"), Damage.CHANGED),
    "a file is a link": (lambda f: [(f / "METHOD.md").unlink(), (f / "METHOD.md").symlink_to("CITE.md")], Damage.CHANGED),
    "a file was added": (lambda f: (f / "data" / "more.csv").write_text("a"), Damage.EXTRA),
    "a hidden file was added": (lambda f: (f / ".hidden").write_text("a"), Damage.EXTRA),
    "a link was added": (lambda f: (f / "link").symlink_to("/etc"), Damage.EXTRA),
    "the manifest is gone": (lambda f: (f / FILE).unlink(), Damage.MANIFEST),
    "the manifest is no JSON": (lambda f: (f / FILE).write_text("{"), Damage.MANIFEST),
    "the manifest is a list": (lambda f: (f / FILE).write_text("[]"), Damage.MANIFEST),
    "the manifest says another version": (lambda f: edited(f, version="x"), Damage.MANIFEST),
    "the manifest names a file outside": (lambda f: edited(f, files={"../x": {"sha256": "", "bytes": 0}}, sealed=True), Damage.MANIFEST),
    "the manifest lacks a field": (lambda f: (f / FILE).write_text('{"version": "1"}'), Damage.MANIFEST),
}  # fmt: skip


@pytest.mark.parametrize("damage", DAMAGES)
def test_damage_is_told_apart(damage: str, releases: Releases, tmp_path: Path) -> None:
    shutil.copytree(releases.old, tmp_path / "copy")
    harm, expected = DAMAGES[damage]
    harm(tmp_path / "copy")
    with pytest.raises(Damaged) as found:
        verify(tmp_path / "copy")
    assert (found.value.damage, found.value.exit_code) == (expected, int(expected))


def test_a_release_rewritten_whole_is_known_by_its_hash(releases: Releases, tmp_path: Path) -> None:
    shutil.copytree(releases.old, tmp_path / "copy")
    edited(tmp_path / "copy", title="Another title", sealed=True)
    assert verify(tmp_path / "copy").title == "Another title"
    with pytest.raises(Damaged) as found:
        verify(tmp_path / "copy", expected=verify(releases.old).hash)
    assert found.value.damage is Damage.ANOTHER


def test_times_and_owners_of_files_are_no_part_of_a_release(releases: Releases, tmp_path: Path) -> None:
    shutil.copytree(releases.old, tmp_path / "copy")
    for name in names(tmp_path / "copy"):
        os.utime(tmp_path / "copy" / name, (0, 0))
    assert verify(tmp_path / "copy").hash == verify(releases.old).hash
