"""The documents say what the code does: the tutorial runs, and generated pages are as the code would write them now."""

from __future__ import annotations

import inspect
import re
import shlex
import tomllib
from pathlib import Path
from typing import Any

import pytest

from civcas.catalog import Measure, entries
from civcas.cli.reference import reference
from civcas.public.policy import policy_of
from civcas.telling.pictures import eight_times
from civcas.terms.tables import TABLES, data_dictionary
from command_line import civcas

ROOT = Path(__file__).parents[1]
DOCS = ROOT / "docs"
FENCE = re.compile(r"^```(\w+)(?: file=(\S+))?\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def run_page(page: Path, folder: Path, monkeypatch: pytest.MonkeyPatch) -> int:
    """Run a page's blocks in order in `folder`: files are written, `civcas` commands and Python are run."""
    monkeypatch.chdir(folder)
    names: dict[str, Any] = {}
    ran = 0
    for language, file, text in FENCE.findall(page.read_text(encoding="utf-8")):
        if file:
            Path(file).write_text(text, encoding="utf-8")
        elif language == "python":
            exec(compile(text, str(page), "exec"), names)
        elif language == "sh":
            for line in text.replace("\\\n", " ").splitlines():
                words = shlex.split(line, comments=True)
                assert words[0] == "civcas", f"{page.name}: {line}"
                told = civcas(*words[1:])
                assert told.returncode == 0, f"{page.name}: {line}\n{told.stderr}"
        else:
            continue
        ran += 1
    return ran


@pytest.mark.slow
def test_the_page_on_publishing_runs_and_its_policy_is_one(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    page = DOCS / "how-to-publish.md"
    assert run_page(page, tmp_path, monkeypatch) == 3
    said = tomllib.loads(
        next(t for language, _, t in FENCE.findall(page.read_text(encoding="utf-8")) if language == "toml")
    )
    assert policy_of(said["redaction"]).publishes("airwars") is False
    told = (tmp_path / "public-2" / "CHANGES.md").read_text(encoding="utf-8")
    assert "published\\_figures:4" in told and "a second page gives 380" in told
    assert (tmp_path / "public-1" / "release.json").read_bytes() == (tmp_path / "again" / "release.json").read_bytes()


def words(text: str) -> str:
    return " ".join(text.split())


@pytest.mark.slow
def test_the_tutorial_runs_and_publishes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert run_page(DOCS / "tutorial.md", tmp_path, monkeypatch) >= 10
    assert (tmp_path / "public" / "claims" / "index.html").exists()


def test_the_readme_claims_file_and_figures_are_true(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    yaml = next(text for language, _, text in FENCE.findall(readme) if language == "yaml")
    (tmp_path / "order.yaml").write_text(yaml, encoding="utf-8")
    assert "depends on what is meant" in civcas("check", tmp_path / "order.yaml", "--claim", "order").stdout
    import civcas as package

    eight = package.check(package.op_ed(), only=["C01"]).to_dict()["claims"][0]
    assert f"under {eight['made']} readings" in readme
    assert f"all {len(eight['readings'])} readings, which {eight['refused']} of them" in readme
    named = {
        (row["window"], row["exposure"]): row["value"]
        for row in eight["readings"]
        if (row["grades"], row["attribution"], row["bound"]) == ("+contested", "any", "range")
    }
    start = "each-side-from-its-start"
    quoted = (named[start, "month"], named[start, "declared strike"], named["2017", "month"])
    assert (
        "the ratio is {:.2f}; divided by the strikes each side declared, {:.2f}; by the month in 2017, {:.2f}".format(
            *quoted
        )
        in words(readme)
    )
    assert all(row["status"] != "supports" for row in eight["readings"])


def test_the_reference_is_what_the_code_says() -> None:
    assert (DOCS / "reference.md").read_text(encoding="utf-8") == reference(), "make docs"


def test_the_data_dictionary_is_what_terms_says() -> None:
    assert (DOCS / "data-dictionary.md").read_text(encoding="utf-8") == data_dictionary(), "make docs"


def test_the_picture_of_the_readme_is_what_the_shipped_tables_give() -> None:
    assert (DOCS / "pictures" / "eight-times.svg").read_text(encoding="utf-8") == eight_times(), "make docs"


def test_every_field_of_every_table_says_what_it_holds() -> None:
    for table in TABLES.values():
        assert all(field.meaning for field in table.fields), table.name
        assert set(table.key) <= {field.name for field in table.fields}, table.name


@pytest.mark.parametrize("measure", entries("measures").values(), ids=lambda measure: measure.name)
def test_every_measure_says_what_it_assumes(measure: Measure) -> None:
    assert measure.question.endswith("?")
    assert len(inspect.getdoc(measure.answer) or "") > 80


def test_every_dependency_has_its_sentence() -> None:
    import tomllib

    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    named = [*project["dependencies"], *(d for extra in project["optional-dependencies"].values() for d in extra)]
    sentences = (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").lower()
    for dependency in named:
        name = re.split(r"[\[<>=!;]", dependency)[0].lower()
        assert name == "civcas" or f"`{name}`" in sentences, f"{name} has no sentence in CONTRIBUTING.md"


def test_every_link_of_the_documents_leads_somewhere() -> None:
    for page in [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]:
        for target in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            assert (page.parent / target).exists(), f"{page.name}: {target}"
