"""The how-to is run as it stands: files written, words typed, answers compared."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest

from civcas.cli.app import main

PAGE = Path(__file__).parents[2] / "docs" / "how-to-bring-your-own-spreadsheet.md"
BLOCK = re.compile(r"^```(\w+)(?: (\w+)=(\S+))?\n(.*?)^```$", re.S | re.M)


def typed(line: str, capsys: pytest.CaptureFixture[str]) -> str:
    with pytest.raises(SystemExit) as left:
        main(shlex.split(line)[1:])
    assert left.value.code == 0
    return "\n".join(row.strip() for row in capsys.readouterr().out.strip().splitlines())


def test_bring_your_own_spreadsheet_works_as_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("COLUMNS", "200")
    run = 0
    for language, what, name, body in BLOCK.findall(PAGE.read_text(encoding="utf-8")):
        if language == "csv":
            Path(name).write_text(body, encoding="utf-8")
        elif language == "yaml" and what == "file":
            assert Path(name).read_text(encoding="utf-8") == body
        elif language == "yaml" and what == "end":
            proposed = Path(name).read_text(encoding="utf-8")
            Path(name).write_text(proposed[: proposed.index("by:")] + body, encoding="utf-8")
        elif language == "console":
            line, _, answer = body.partition("\n")
            assert typed(line.removeprefix("$ "), capsys) == "\n".join(
                row.strip() for row in answer.strip().splitlines()
            )
            run += 1
    assert run == 3
