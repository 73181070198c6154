"""Where decisions about pairs are kept: the ledger of a case, or a file beside tables that belong to none."""

from __future__ import annotations

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:  # linking needs an extra, and every command file is read when any command runs
    from civcas.case.case import Case
    from civcas.linking.decisions import PairDecision

LATER = "later"


class KeptPairs(Protocol):
    """Decisions about pairs, and pairs that were left for later."""

    where: str

    def decided(self) -> list[PairDecision]: ...
    def keep(self, pairs: list[PairDecision]) -> int: ...
    def put_off(self, one: str, other: str, *, because: str) -> None: ...
    def later(self) -> set[tuple[str, str]]: ...


@dataclass(slots=True)
class InFile:
    """One JSON object a line; what is there is never changed. Without a file nothing can be kept."""

    path: Path | None
    by: str
    where: str = field(init=False)

    def __post_init__(self) -> None:
        self.where = str(self.path)

    def decided(self) -> list[PairDecision]:
        from civcas.linking.decisions import read

        return read(self.path) if self.path and self.path.is_file() else []

    def keep(self, pairs: list[PairDecision]) -> int:
        from civcas.errors import BadInput
        from civcas.linking.decisions import append

        if self.path is None:
            raise BadInput("there is no place for decisions", do="Name one: --case DIR or --decisions decisions.jsonl")
        for pair in pairs:
            append(self.path, pair)
        return len(pairs)

    def put_off(self, one: str, other: str, *, because: str) -> None:
        left, right = sorted((one, other))
        said = {"kind": LATER, "value": {"report_id_l": left, "report_id_r": right}, "because": because, "by": self.by}
        if self.path:
            with self.path.open("a", encoding="utf-8") as file:
                file.write(json.dumps(said, ensure_ascii=False) + "\n")

    def later(self) -> set[tuple[str, str]]:
        if not (self.path and self.path.is_file()):
            return set()
        lines = (json.loads(line) for line in self.path.read_text(encoding="utf-8").splitlines() if line.strip())
        put_off = (line["value"] for line in lines if line.get("kind") == LATER)
        return {(v["report_id_l"], v["report_id_r"]) for v in put_off}


@dataclass(slots=True)
class InLedger:
    """Entries of a case's ledger: they supersede one another and are never lost."""

    case: Case
    by: str
    about: str
    where: str = "the ledger"

    def decided(self) -> list[PairDecision]:
        from civcas.case.pairs import decided

        return decided(self.case, self.about)

    def keep(self, pairs: list[PairDecision]) -> int:
        from civcas.case.pairs import settle

        return settle(self.case, pairs, author=pairs[0].by if pairs else self.by, about=self.about)

    def put_off(self, one: str, other: str, *, because: str) -> None:
        from civcas.case.pairs import put_off

        put_off(self.case, one, other, because=because or "left for later", author=self.by)

    def later(self) -> set[tuple[str, str]]:
        from civcas.case.pairs import left_for_later

        return left_for_later(self.case)


@contextlib.contextmanager
def kept_pairs(case: Path | None, file: Path | None, *, by: str, about: str = "link") -> Iterator[KeptPairs]:
    """The place a person named; both at once are refused."""
    from civcas.errors import BadInput

    if case is not None and file is not None:
        raise BadInput("both a case and a file of decisions are named", expected="--case DIR or --decisions FILE")
    if case is None:
        yield InFile(file, by)
        return
    from civcas.case.case import Case as Opened

    with Opened.open(case) as opened:
        yield InLedger(opened, by, about)


def reports_of_case(case: Path, *, people: bool = False) -> Any:
    """The reports that stand in a case as one Arrow table: those of incidents, or those of people.

    A report whose source is unknown has its dataset for a source: a list published by one recorder.
    """
    from civcas.case.laying_out import register_of
    from civcas.errors import BadInput

    register = register_of(case)
    if "report" not in register:
        raise BadInput(
            "the case holds no reports", where=str(case), do="Import some: civcas import FORMAT FILE --case DIR"
        )
    report = register["report"]
    of_person = (report.row_is == "person").fill_null(False)
    chosen = report.filter(of_person if people else ~of_person)
    return chosen.mutate(source=chosen.source.fill_null(chosen.dataset)).to_pyarrow()
