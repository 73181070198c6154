"""The claims of a case, checked against its register: the documents that `civcas check --json` prints."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civcas.case.case import Case


def checked(case: Case, register: Mapping[str, Any]) -> tuple[Mapping[str, Any], ...]:
    """One document for each file in `claims/`, by name. Nothing in them tells where the case lies on this machine."""
    from civcas.claims.check import check
    from civcas.claims.claim_file import read_text
    from civcas.telling.document import document

    folder = case.path / "claims"
    told = []
    for path in sorted(folder.glob("*.yaml")) if folder.is_dir() else []:
        name = f"claims/{path.name}"
        article = check(read_text(path.read_text(encoding="utf-8"), where=name), register, data=folder)
        told.append(document(article, command=f"civcas check {name} --case .", shipped=False))
    return tuple(told)
