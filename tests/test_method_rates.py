"""The page on rates: its worked example runs, and it names every measure it explains."""

from __future__ import annotations

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "method-rates.md"


def test_the_worked_example_of_the_page_on_rates_gives_what_it_says() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, tried > 10) == (0, True)


def test_the_page_on_rates_explains_every_measure_of_incidents() -> None:
    text = PAGE.read_text(encoding="utf-8")
    measures = "incident_rate incident_ratio incident_regression pooled_rates tipping_point trend change delay revision"
    for name in measures.split():
        assert f"`{name}`" in text
