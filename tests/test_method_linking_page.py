"""The examples on the pages about linking and names run, each page from top to bottom."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

DOCS = Path(__file__).parents[1] / "docs"


@pytest.mark.parametrize("page", ["method-linking.md", "how-to-match-names.md"])
def test_the_examples_of_the_page_run(page: str) -> None:
    examples = re.findall(r"```python\n(.*?)```", (DOCS / page).read_text(encoding="utf-8"), flags=re.S)
    assert examples
    known: dict[str, object] = {}
    for example in examples:
        exec(compile(example, page, "exec"), known)
