"""What the tests of releases share: pages that need no site, and a case that changes from one release to the next."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyarrow as pa

from civcas.case.case import Case
from civcas.public.public import Public
from civcas.terms import decision
from civcas.terms.vocabulary import Grading
from made_up_case import made_up_case, made_up_reports, take_in


def bare_pages(public: Public, folder: Path, tell: object = None) -> None:
    """A page for each incident and each that is gone, and nothing else."""
    (folder / "incidents").mkdir()
    for name in ("incident", "gone"):
        for row in public.tables[name].to_pylist():
            (folder / "incidents" / f"{row['address']}.html").write_text(
                f"<h1>{row['incident_id']}</h1>", encoding="utf-8"
            )
    (folder / "index.html").write_text(f"<h1>{public.about.title}</h1><p>{public.about.cite_as}</p>", encoding="utf-8")


def first_case(folder: Path) -> Case:
    return made_up_case(folder, incidents=30, accounts=0)


def corrected(case: Case) -> None:
    """A count, a grade, a party, a withdrawal, a supersession; then a newer edition with one incident more, and a new source."""
    published = case.tables()["report"].to_pyarrow()
    case.decide(
        decision.count("made-up:1", "civ_killed", 400, 700, because="a list names them"),
        decision.grade("made-up:2", Grading.CONFIRMED, because="the belligerent admitted it"),
        decision.withdraw("made-up:3", because="the source took it back"),
        decision.supersede("made-up:4", "made-up:5", because="one and the same strike"),
        author="Inventa Author",
    )  # fmt: skip
    more, _ = made_up_reports(31, 5, seed=1, secrets=False)
    edition = pa.concat_tables([published, more.slice(30)], promote_options="default")
    moved = edition.to_pylist()
    moved[9] |= {"place": "Elsewhere"}
    moved[10] |= {"belligerents": "Nobody Known Brigade"}
    take_in(case, "made-up", pa.Table.from_pylist(moved, schema=edition.schema), reason="edition of June")
    second = pa.table(
        {"report_id": ["second:1"], "dataset": ["second"], "row_is": ["incident"], "code": ["S1"], "row": [1]}
    )
    take_in(case, "second", second)
    standing = case.standing("made-up:1", "civ_killed")
    assert standing is not None
    again = decision.count("made-up:1", "civ_killed", 500, 700, because="a longer list")
    case.decide(replace(again, supersedes=standing.sequence), author="Inventa Author")
