"""The tutorial chapter is run as it stands: each file written, each block of Python executed, each command typed."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from civcas.cli.app import main

CHAPTER = Path(__file__).parents[2] / "docs" / "tutorial-correct.md"
BLOCK = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.M | re.S)


def as_shown(expected: str) -> re.Pattern[str]:
    """What is shown, where … stands for anything on the line: times, hashes and folders."""
    return re.compile(r".*".join(map(re.escape, expected.rstrip("\n").split("…"))) + r"\s*")


def type_commands(shown: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> int:
    """Type each command of a console block and hold what it prints against what is shown below it."""
    commands = re.split(r"^\$ ", shown, flags=re.M)[1:]
    for command, _, expected in (each.partition("\n") for each in commands):
        words = shlex.split(command)
        if words[0] == "export":
            monkeypatch.setenv(*words[1].split("=", 1))
            continue
        assert words[0] == "civcas"
        with pytest.raises(SystemExit):
            main(words[1:])
        printed = capsys.readouterr()
        assert as_shown(expected).fullmatch(printed.out + printed.err), f"$ {command}\n{printed.out}{printed.err}"
    return len(commands)


def test_the_chapter_on_corrections_does_what_it_shows(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    ran, names = 0, dict[str, object]()
    for language, file, content in BLOCK.findall(CHAPTER.read_text(encoding="utf-8")):
        if language == "csv":
            Path(file).write_text(content, encoding="utf-8")
        elif language == "python":
            exec(compile(content, CHAPTER.name, "exec"), names)
        else:
            ran += type_commands(content, monkeypatch, capsys)
    assert ran == 13, "every command of the chapter was typed"
