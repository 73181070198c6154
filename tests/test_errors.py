"""What an error says."""

from __future__ import annotations

import pytest

from civcas.errors import first_line


@pytest.mark.parametrize(
    ("said", "line"),
    [("too long\nLINE 1: SELECT", "too long"), ("", "ValueError"), (" \n ", "ValueError"), ("x" * 300, "x" * 200)],
)
def test_another_librarys_fault_is_told_in_one_line_even_where_it_says_nothing(said: str, line: str) -> None:
    assert first_line(ValueError(said)) == line
