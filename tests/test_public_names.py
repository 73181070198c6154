from __future__ import annotations

import inspect

import civcas


def test_a_notebook_needs_few_names_and_each_says_what_it_does() -> None:
    for name in civcas.__all__:
        value = getattr(civcas, name)
        assert name == "__version__" or inspect.getdoc(value), f"civcas.{name} says nothing of itself"


def test_the_op_ed_is_checked_in_two_lines_and_shows_itself() -> None:
    checked = civcas.check(civcas.op_ed(), only=["C01", "C26"])
    assert checked["C01"].verdict == "depends on what is meant"
    assert "C26" in repr(checked) and "cannot be told" in checked._repr_html_()
    shown = checked["C01"]._repr_html_()
    assert "<svg" in shown and "<script" not in shown
    assert "<svg" not in checked["C26"]._repr_html_()


def test_a_measure_is_asked_with_words() -> None:
    answer = civcas.measure(
        "rate_ratio", belligerents=["Russian Military", "U.S.-led Coalition"], area="Syria", window="2017"
    )
    assert isinstance(answer, civcas.Estimate) and round(answer.value, 2) == 0.26


def test_importing_civcas_is_light() -> None:
    import subprocess
    import sys

    heavy = "import sys, civcas; print([m for m in ('ibis', 'duckdb', 'pandas', 'scipy', 'numba', 'sqlalchemy') if m in sys.modules])"
    ran = subprocess.run([sys.executable, "-c", heavy], capture_output=True, text=True, check=True)
    assert ran.stdout.strip() == "[]"
