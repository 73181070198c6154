"""A claim that cannot be checked is refused where it stands: the others are checked, and the site and the release are made."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from civcas.case.case import Case
from civcas.public.claims import checked
from civcas.public.showing import showing
from civcas.register.building import build as build_register
from civcas.release.building import build
from civcas.web.replying import reply
from civcas.web.site import Site
from made_up_case import made_up_case

HEAD = "article: {author: A Writer, title: TITLE, outlet: A Paper, date: 2017-01-01}\nclaims:\n"
GOOD = """  - id: C1
    says: The first killed at least as many in each month as the second.
    kind: rate ratio
    ask: {measure: rate_ratio, exposed: Coalition, reference: Russian Military, area: Syria, window: 2016}
    expect: {value: 1, within: 50%}
"""
OUTSIDE = """  - id: C2
    says: Long after the records end it was twice as many.
    kind: rate ratio
    ask: {measure: rate_ratio, exposed: Coalition, reference: Russian Military, area: Syria, window: 2031}
    expect: {value: 2, within: 50%}
"""
UNKNOWN = """  - id: C3
    says: A sentence with a measure that nobody made.
    ask: {measure: rate_of_nothing}
    expect: {value: 2, within: 50%}
"""
FILES = {
    "a.yaml": HEAD.replace("TITLE", "One wrong") + GOOD + OUTSIDE,
    "b.yaml": HEAD.replace("TITLE", "One unreadable") + UNKNOWN + GOOD.replace("C1", "C4") + OUTSIDE.replace("C2", "C5"),
    "c.yaml": "article: {title: Nobody wrote this}\nclaims:\n" + GOOD,
    "d.yaml": "article: [\n",
    "e.yaml": HEAD.replace("TITLE", "Twice") + GOOD + GOOD,
    "f.yaml": HEAD.replace("TITLE", "None") .replace("claims:", "claims: []"),
}  # fmt: skip


@pytest.fixture
def case(tmp_path: Path) -> Case:
    made = made_up_case(tmp_path / "case", incidents=200, accounts=0)
    folder = made.path / "claims"
    folder.mkdir(exist_ok=True)
    for name, text in FILES.items():
        (folder / name).write_text(text, encoding="utf-8")
    (folder / "g.yaml").write_bytes(b"article: {author: \xff}\n")
    return made


def test_each_claim_stands_or_is_refused_by_itself(case: Case, tmp_path: Path) -> None:
    told = {d["article"]["title"]: d for d in checked(case, build_register(case.tables(), case.decisions()))}
    assert len(told) == 7
    refused = {title: {c["id"]: c["refused"] for c in d["claims"]} for title, d in told.items()}
    assert refused["One wrong"]["C1"] is None
    assert "2031" in refused["One wrong"]["C2"] and "claim C2" in refused["One wrong"]["C2"]
    assert "rate_of_nothing" in refused["One unreadable"]["C3"] and refused["One unreadable"]["C4"] is None
    assert "2031" in refused["One unreadable"]["C5"]
    assert [c["refused"] is None for c in told["Twice"]["claims"]] == [True, False]
    for claim in (c for d in told.values() for c in d["claims"]):
        assert (claim["verdict"] == "cannot be told" and not claim["readings"]) == (claim["refused"] is not None), (
            claim["id"]
        )
        if claim["refused"]:
            assert claim["refused"] in claim["answer"] and claim["says"]
    for name in ("c", "d", "f", "g"):
        whole = told[f"claims/{name}.yaml"]
        assert whole["refused"] and not whole["claims"]
    assert str(tmp_path) not in json.dumps(list(told.values()))


def test_the_site_and_the_release_are_made_and_say_the_reason(case: Case, tmp_path: Path) -> None:
    site = Site.make(showing(case), tmp_path / "site.db")
    for path in ("/claims", "/ar/claims"):
        page = reply(site, path, "")
        told = page.body.decode()
        assert page.status == 200 and "2031" in told and "rate_of_nothing" in told
    rows = {(row["article"], row["id"]): row for row in json.loads(reply(site, "/claims.json", "").body)["rows"]}
    assert rows["One wrong", "C1"]["refused"] is None and rows["One wrong", "C2"]["refused"]
    build(case, tmp_path / "out", pages=lambda public, folder, tell: None)
    said = json.loads((tmp_path / "out" / "data" / "claims.json").read_text(encoding="utf-8"))
    assert {c["id"]: bool(c["refused"]) for c in said[0]["claims"]} == {"C1": False, "C2": True}
