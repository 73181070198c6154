"""Every command on an empty case, one with a row, and one with two editions: an answer or one message, never a traceback."""

from __future__ import annotations

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import typer

from civcas import importers
from civcas.cli import serve
from civcas.cli.app import build
from command_line import civcas

SAMPLE = Path(importers.__file__).parent / "samples" / "ucdp_ged" / "events.csv"
CASES = ("empty", "one row", "two editions")
Words = Callable[[Path, Path], list[list[str | Path]]]
DAY = "2016-12-31"
SHA = "0" * 64
QUESTIONS = ("SELECT 1 AS one", "SELECT * FROM incident", "DROP TABLE report")

WALKS: dict[str, Words] = {
    "demo": lambda case, out: [["demo", out / "demo"]],
    "check": lambda case, out: [["check", claims(out), "--case", case], ["check", claims(out), "--case", case, "--as-of", DAY, "--json"]],
    "tables": lambda case, out: [["tables"], ["tables", "incident"], ["tables", "--json"]],
    "sources": lambda case, out: [["sources"]],
    "new": lambda case, out: [["new", case], ["new", out / "made"]],
    "status": lambda case, out: [["status", "--case", case], ["status", "--case", case, "--json"]],
    "verify": lambda case, out: [["verify", "--case", case], ["verify", "--case", case, "--originals", "--json"], ["verify", out / "no"]],
    "checkpoint": lambda case, out: [["checkpoint", "--case", case, "--out", out / "checkpoint.json"]],
    "decide": lambda case, out: [
        ["decide", "civ_killed", one_report(case), "3-7", "--because", "a list", "--case", case],
        ["decide", "civ_killed", "nothing:1", "3", "--because", "a list", "--case", case],
        ["decide", "grading", one_report(case), "Nonsense", "--because", "a list", "--case", case],
        ["decide", "link", one_report(case), "nothing:2", "--because", "a list", "--case", case],
    ],
    "log": lambda case, out: [["log", "--case", case], ["log", "nothing:1", "--case", case, "--json"],
        ["log", "--as-of", "@1", "--case", case]],
    "diff": lambda case, out: [
        *(["diff", "--from", start, "--case", case, *more] for start, *more in (["@1"], ["@2", "--json"], ["@3"], ["1999-01-01"], ["@99"])),
        ["diff", "--from", "@2", "--to", "@1", "--case", case], ["diff", case, case, "--case", case], ["diff", "--case", case],
        ["diff", "--rules", "airwars-2023", "airwars-2023", "--case", case],
    ],
    "figures": lambda case, out: [["figures", "--case", case], ["figures", "--as-of", DAY, "--case", case, "--json"]],
    "note": lambda case, out: [["note", "seen", "--case", case]],
    "open": lambda case, out: [["open", SHA, "--out", out / "opened", "--case", case]],
    "backup": lambda case, out: [["backup", out / "kept.backup", "--case", case]],
    "restore": lambda case, out: [["restore", out / "no.backup", out / "again"]],
    "erase": lambda case, out: [["erase", SHA, "--because", "asked", "--with", out / "no.csv", "--case", case]],
    "undercount": lambda case, out: [["undercount", copied(out)]],
    "consequence": lambda case, out: [["consequence", laid_out(case, out)]],
    "link": lambda case, out: [["link", "--case", case], ["link", "--case", case, "--propose", out / "proposed.parquet"]],
    "review": lambda case, out: [["review", "--case", case], ["review", "--case", case, "--pair", "a:1", "b:1"]],
    "trace": lambda case, out: [["trace", copied(out), copied(out), "--out", out / "traced.json"]],
    "count": lambda case, out: [["count", "--case", case], ["count", "--case", case, "--json"]],
    "grade": lambda case, out: [["grade", "--case", case], ["grade", "--case", case, "--json"]],
    "consistency": lambda case, out: [["consistency", "--case", case], ["consistency", "--case", case, "--json"]],
    "names": lambda case, out: [["names", copied(out), copied(out), "--case", case]],
    "import": lambda case, out: [["import", "ucdp_ged", copied(out), "--case", case], ["import", "nothing", copied(out), "--case", case]],
    "map": lambda case, out: [["map", copied(out), "--to", out / "mapping.yaml"]],
    "formats": lambda case, out: [["formats"], ["formats", "airwars"]],
    "get": lambda case, out: [["get"]],
    "sql": lambda case, out: [
        *(["sql", question, "--case", case, *more] for question in QUESTIONS for more in ([], ["--json"])),
        ["sql", "SELECT count(*) FROM incident", "--case", case, "--as-of", "@1"], ["sql", "SELECT 1", "--tables", out],
    ],
    "export": lambda case, out: [["export", name, out / f"as-{name}", "--case", case] for name in ("csv", "geojson", "sqlite")],
    "serve": lambda case, out: [["serve", "--case", case]],
    "ledger export": lambda case, out: [["ledger", "export", out / "ledger.jsonl", "--case", case]],
    "ledger import": lambda case, out: [["ledger", "import", out / "no.jsonl", "--case", case]],
    "measure": lambda case, out: [["measure", "rate", "--belligerent", "A", "--area", "Syria", "--window", "2016", "--case", case]],
    "release build": lambda case, out: [["release", "build", out / "release", "--case", case]],
    "release verify": lambda case, out: [["release", "verify", case]],
    "release diff": lambda case, out: [["release", "diff", case, case]],
}  # fmt: skip


def claims(out: Path) -> Path:
    path = out / "claims.yaml"
    path.write_text(
        "article: {author: A, title: T, outlet: O, date: 2017-01-01}\nclaims:\n  - {id: C1, says: so, ask: {measure: rate, "
        "belligerent: A, area: Syria, window: 2016}, expect: {above: 1}}\n",
        encoding="utf-8",
    )
    return path


def one_report(case: Path) -> str:
    found = civcas("sql", "SELECT min(report_id) AS id FROM report", "--case", case).stdout.split()
    return found[-1] if len(found) > 1 else "nothing:0"


def copied(out: Path) -> Path:
    return Path(shutil.copy(SAMPLE, out / "events.csv"))


def laid_out(case: Path, out: Path) -> Path:
    civcas("export", "csv", out / "laid", "--case", case)
    return out / "laid"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The three cases; tests work on copies."""
    folder = tmp_path_factory.mktemp("cases")
    head, *rows = SAMPLE.read_text(encoding="utf-8").splitlines(keepends=True)
    cases = {name: folder / name.replace(" ", "-") for name in CASES}
    for path in cases.values():
        assert civcas("new", path, "--by", "A").returncode == 0
    (folder / "events.csv").write_text(head + rows[0], encoding="utf-8")
    for name in ("one row", "two editions"):
        ran = civcas("import", "ucdp_ged", folder / "events.csv", "--case", cases[name], "--by", "A")
        assert ran.returncode == 0, ran.stderr
    (folder / "events.csv").write_text(head + "".join(rows), encoding="utf-8")
    assert (
        civcas("import", "ucdp_ged", folder / "events.csv", "--case", cases["two editions"], "--by", "A").returncode
        == 0
    )
    one = one_report(cases["two editions"])
    words = ("decide", "civ_killed", one, "3-7", "--because", "a list", "--case", cases["two editions"], "--by", "A")
    assert civcas(*words).returncode == 0
    return cases


def commands() -> Iterator[str]:
    def walk(command: Any, path: tuple[str, ...]) -> Iterator[str]:
        below = getattr(command, "commands", None)
        if below is None:
            yield " ".join(path)
        for name, each in (below or {}).items():
            yield from walk(each, (*path, name))

    yield from walk(typer.main.get_command(build()), ())


def test_every_command_is_walked() -> None:
    missing = {name for name in commands() if name not in WALKS and not name.startswith("measure")}
    assert missing == set(), "say how each is walked"


FILES_ONLY = {"demo", "tables", "sources", "restore", "undercount", "trace", "map", "formats", "get", "ledger import"}


@pytest.mark.parametrize(
    ("which", "name"),
    [(which, name) for which in CASES for name in sorted(WALKS) if which == CASES[0] or name not in FILES_ONLY],
)
def test_a_command_answers_or_says_one_thing(
    made: dict[str, Path], tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, which: str
) -> None:
    monkeypatch.setattr(serve, "_run", lambda *given: None)
    case = Path(shutil.copytree(made[which], tmp_path / "case"))
    monkeypatch.chdir(tmp_path)
    for words in WALKS[name](case, tmp_path):
        ran = civcas(*words)  # an exception that nobody turned into a message comes out here
        said = ran.stderr.strip()
        assert "Traceback" not in ran.stdout + said, words
        if ran.returncode == 2:
            assert said, (words, "a refusal says why")
            assert len(re.findall(r"^Expected:", said, re.MULTILINE)) <= 1, (words, said)
        elif ran.returncode == 1:
            assert name == "diff", (words, said)


def test_every_text_of_the_help_is_shown_as_it_is_written() -> None:
    def walk(command: Any, path: tuple[str, ...]) -> None:
        shown = civcas(*path, "--help").stdout
        squeezed = re.sub(r"[\s│]+", "", shown)
        texts = [command.help, command.epilog] + [getattr(p, "help", None) for p in command.params]
        for text in (t for t in texts if t):
            for bracketed in re.findall(r"\[[^\]\n]{1,40}\]", text):
                assert re.sub(r"\s+", "", bracketed) in squeezed, (path, bracketed)
        for name, each in getattr(command, "commands", {}).items():
            walk(each, (*path, name))

    walk(typer.main.get_command(build()), ())
    assert "[redaction]" in civcas("release", "build", "--help").stdout
