"""The page on rates: its worked example runs, and it names every measure it explains."""

from __future__ import annotations

import doctest
from pathlib import Path

PAGE = Path(__file__).parents[1] / "docs" / "method-rates.md"


def test_the_worked_example_of_the_page_on_rates_gives_what_it_says() -> None:
    failed, tried = doctest.testfile(str(PAGE), module_relative=False)
    assert (failed, tried > 10) == (0, True)


def test_the_entry_page_gives_what_it_says_and_leads_to_both_methods() -> None:
    page = PAGE.with_name("how-civcas-estimates.md")
    failed, tried = doctest.testfile(str(page), module_relative=False)
    assert (failed, tried > 10) == (0, True)
    readme = (PAGE.parents[1] / "README.md").read_text(encoding="utf-8")
    assert "docs/how-civcas-estimates.md" in readme and "method-undercount.md" in page.read_text(encoding="utf-8")


def test_the_entry_page_has_a_formula_and_a_source_for_every_measure_and_method() -> None:
    from civcas.measures.undercount.methods import METHODS

    text = PAGE.with_name("how-civcas-estimates.md").read_text(encoding="utf-8")
    measures = "incident_rate incident_ratio incident_regression pooled_rates tipping_point trend change delay revision"
    for name in (*measures.split(), *METHODS):
        assert f"`{name}`" in text


def test_the_page_on_rates_explains_every_measure_of_incidents() -> None:
    text = PAGE.read_text(encoding="utf-8")
    measures = "incident_rate incident_ratio incident_regression pooled_rates tipping_point trend change delay revision"
    for name in measures.split():
        assert f"`{name}`" in text
