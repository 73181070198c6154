"""The page on what these designs can say is executed as it stands."""

from __future__ import annotations

import re
from pathlib import Path

PAGE = Path(__file__).parents[2] / "docs" / "method-consequences.md"


def test_the_page_runs_from_top_to_bottom_and_says_that_findings_conflict() -> None:
    text = PAGE.read_text(encoding="utf-8")
    assert "Published findings conflict by place and period" in text
    known: dict[str, object] = {}
    blocks = re.findall(r"```python\n(.*?)```", text, re.S)
    assert len(blocks) == 2
    for block in blocks:
        exec(compile(block, str(PAGE), "exec"), known)


def test_the_page_names_only_options_that_the_command_has() -> None:
    from typer.testing import CliRunner

    from civcas.cli.app import build

    help_text = CliRunner().invoke(build(), ["consequence", "--help"], env={"COLUMNS": "200"}).output
    page = re.sub(
        r"`python benchmarks/[^`]*`", "", PAGE.read_text(encoding="utf-8")
    )  # scripts have options of their own
    for option in set(re.findall(r"(--[a-z]+)", page)):
        assert option in help_text, option
