"""The claims of a case, checked against its register: the documents that `civcas check --json` prints.

A claim that cannot be checked is refused where it stands, with the reason; it stops neither the others nor the site.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any, TypeAlias

from civcas.case.case import Case
from civcas.claims.article import Article, Claim, ClaimKind
from civcas.errors import CivcasError

Document: TypeAlias = dict[str, Any]


def checked(case: Case, register: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """One document for each file in `claims/`, by name. Nothing in them tells where the case lies on this machine.

    `refused` of a claim says why it could not be checked, and `refused` of a document why its file could not be read; None elsewhere.
    """
    folder = case.path / "claims"
    paths = sorted(folder.glob("*.yaml")) if folder.is_dir() else []
    return tuple(_document(path, register) for path in paths)


def _document(path: Path, register: Mapping[str, Any]) -> Document:
    """The claims of one file, each checked by itself."""
    name = f"claims/{path.name}"
    try:
        given = list(_claims(path, name))
        told = [_checked(article, why, register, path) for article, why in given]
    except CivcasError as wrong:
        return {"article": {"title": name}, "claims": [], "how": [], "refused": _public(wrong, path)}
    how = dict.fromkeys(sentence for each in told for sentence in each["how"])
    rerun = told[0]["rerun"] | {"command": f"civcas check {name} --case ."}
    return told[0] | {
        "claims": [c for each in told for c in each["claims"]],
        "how": [*how],
        "rerun": rerun,
        "refused": None,
    }


def _claims(path: Path, name: str) -> Iterator[tuple[Article, CivcasError | None]]:
    """The article once for each of its claims, with that claim alone; and why it cannot be read, where it cannot."""
    from civcas.claims.claim_file import article_of
    from civcas.claims.marked_yaml import load

    top = load(path)
    try:
        whole = article_of(top, where=name)
    except CivcasError as wrong:
        yield from _one_by_one(top, name, wrong)
        return
    yield from ((replace(whole, claims=(claim,)), None) for claim in whole.claims)


def _one_by_one(top: Any, name: str, wrong: CivcasError) -> Iterator[tuple[Article, CivcasError | None]]:
    """Of a file in which something is wrong, the claims that are right, and the others with what is wrong in them."""
    from civcas.claims.claim_file import article_of
    from civcas.claims.marked_yaml import Marked

    listed = top.get("claims")
    if not isinstance(listed, list) or not listed:
        raise wrong
    top["claims"] = [Marked(id="-", says="-", kind=str(ClaimKind.JUDGEMENT))]
    head = article_of(top, where=name)  # what is wrong outside the claims is wrong for all of them
    seen: set[str] = set()
    for at, given in enumerate(listed, 1):
        top["claims"] = [given]
        try:
            alone = article_of(top, where=name)
        except CivcasError as found:
            yield replace(head, claims=(_stub(given, at),)), found
            continue
        yield alone, wrong if alone.claims[0].id in seen else None
        seen.add(alone.claims[0].id)


def _stub(given: Any, at: int) -> Claim:
    """What can be shown of a claim that cannot be read."""
    said = given if isinstance(given, Mapping) else {}
    return Claim(
        id=str(said.get("id") or f"claim {at}"), says=str(said.get("says") or "").strip(), kind=ClaimKind.COUNT
    )


def _checked(article: Article, why: CivcasError | None, register: Mapping[str, Any], path: Path) -> Document:
    """The document of an article with one claim; a claim that cannot be checked stands in it without a reading, with the reason."""
    from civcas.claims.check import check
    from civcas.telling.document import document

    if why is None:
        try:
            told = document(check(article, register, data=path.parent), command="", shipped=False)
            return told | {"claims": [claim | {"refused": None} for claim in told["claims"]]}
        except CivcasError as wrong:
            why = wrong
    (claim,) = article.claims
    empty = replace(claim, measure=None, ask={}, means={}, vary={}, labels={}, kind=ClaimKind.COUNT)
    told = document(check(replace(article, claims=(empty,)), {}), command="", shipped=False)
    reason = _public(why, path)
    told["claims"] = [
        each
        | {
            "kind": str(claim.kind) if claim.line else "",
            "answer": f"This claim could not be checked. {reason}",
            "refused": reason,
        }
        for each in told["claims"]
    ]
    return told


def _public(wrong: CivcasError, path: Path) -> str:
    """What is wrong in words, without the folders of this machine."""
    said = wrong.sentence().replace("\n", " ")
    for folder in dict.fromkeys(str(each) for each in (path.parent.resolve().parent, path.parent.parent) if each.name):
        said = said.replace(f"{folder}/", "")
    return said
