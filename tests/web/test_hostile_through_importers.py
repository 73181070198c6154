"""What a hostile file says goes through every importer, a case and its release, and is text at the end: it never acts."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from test_hostile import judge

import civcas.importers as room
from civcas.case.case import Case
from civcas.case.folder import make
from civcas.case.taking import take
from civcas.catalog import entries
from civcas.errors import CivcasError
from civcas.importers.importer import Options
from civcas.public.policy import Dataset, Policy
from civcas.public.showing import showing
from civcas.web.folder import write_pages

SAMPLES = Path(room.__path__[0]) / "samples"
BAD = ("<script>window.hit=1</script>", '"><img src=x onerror=window.hit=1>', "=HYPERLINK(1)", "\u202egnp.exe")
NUMBERS = "0123456789.-:/; "


def spoilt(text: str, delimiter: str, header: bool) -> str:
    """The same rows, hostile text behind every cell that is words; a header stays, so that the layout is still known."""
    rows = list(csv.reader(io.StringIO(text), delimiter=delimiter))
    kept = next(i for i, row in enumerate(rows) if len(row) > 3 or i == len(rows) - 1) + 1 if header else 0
    for i, row in enumerate(rows[kept:]):
        rows[kept + i] = [spoilt_cell(cell, i + at) for at, cell in enumerate(row)]
    out = io.StringIO()
    csv.writer(out, delimiter=delimiter, lineterminator="\n").writerows(rows)
    return out.getvalue()


def spoilt_cell(cell: str, at: int) -> str:
    words = cell.strip(NUMBERS)
    return cell + " " + BAD[at % len(BAD)] if len(words) > 3 and " " in words else cell


def spoilt_json(value: Any) -> Any:
    if isinstance(value, dict):
        return {key: spoilt_json(inside) for key, inside in value.items()}
    if isinstance(value, list):
        return [spoilt_json(inside) for inside in value]
    return spoilt_cell(value, len(value)) if isinstance(value, str) else value


def hostile_files(folder: Path) -> Iterator[tuple[str, Path]]:
    for sample in sorted(SAMPLES.glob("*/*.*")):
        text = sample.read_text(encoding="utf-8-sig", errors="replace")
        if sample.suffix == ".json":
            text = json.dumps(spoilt_json(json.loads(text)), ensure_ascii=False)
        elif sample.suffix in (".csv", ".tsv"):
            delimiter = "\t" if sample.suffix == ".tsv" else ";" if text.splitlines()[0].count(";") > 3 else ","
            bare = sample.suffix == ".tsv" and text[0].isdigit()
            text = spoilt(text, delimiter, header=not bare)
        else:
            continue
        path = folder / f"{sample.parent.name}-{sample.name}"
        path.write_text(text, encoding="utf-8")
        yield sample.parent.name, path


@pytest.mark.slow
def test_no_file_of_any_format_brings_anything_that_acts(tmp_path: Path) -> None:
    case = tmp_path / "case"
    make(case, author="anna", title="Hostile files")
    known, taken = entries("importers"), set()
    for name, path in hostile_files(tmp_path):
        assert name in known
        try:
            take(case, name, path, Options(dataset=path.stem), author="anna")
            taken.add(name)
        except CivcasError as refused:  # a refusal in words is an answer, too
            assert refused.found
    assert len(taken) >= 16, taken
    with Case.open(case) as opened:
        stand = {made.dataset for made in opened.imports()}
        rule = Policy(datasets={name: Dataset(publish=True, because="made up") for name in stand})
        public = showing(opened, rule=rule)
    said = json.dumps({name: table.to_pylist() for name, table in public.tables.items()}, default=str)
    assert said.count("window.hit=1") > 20, "the texts got as far as what is shown"
    write_pages(public, tmp_path / "site")
    read = [path for path in (tmp_path / "site").rglob("*.html")]
    assert len(read) > 20
    for path in read:
        judge(path.read_text(encoding="utf-8"))
