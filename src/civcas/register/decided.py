"""What people settled, as it stands at a moment: names, counts, gradings, withdrawals, links and who is held responsible."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import ibis
import pyarrow as pa

from civcas.errors import BadInput
from civcas.terms.decision import DecisionKind

COLUMNS = ("kind", "subject", "value", "by", "because", "at")
SPELT_BY_THE_LEDGER = {"decision": "kind", "author": "by"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Settled:
    """One decision that stands. `order` grows with time: of two about one incident the larger is the later."""

    kind: str
    subject: str
    about: str
    value: Mapping[str, Any]
    by: str
    because: str
    order: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The decisions that stand, but those that take earlier ones back: what was published stands again."""

    standing: tuple[Settled, ...] = ()

    @classmethod
    def of(cls, decisions: Any, *, until: dt.datetime | str | None = None) -> Decided:
        """From an Arrow table, an Ibis table or rows, as `build` takes them or as the ledger replays them."""
        latest = _latest(_rows(decisions), until)
        return cls(standing=tuple(each for each in latest if not each.value.get("as_published")))

    def of_kind(self, *kinds: DecisionKind) -> tuple[Settled, ...]:
        return tuple(each for each in self.standing if each.kind in kinds)

    def names(self, kind: DecisionKind) -> dict[str, str]:
        """Published names of belligerents or places, each with its name in this case."""
        return {
            each.subject.removeprefix(f"{kind}:"): str(each.value.get(str(kind), each.value.get("plain")))
            for each in self.of_kind(kind)
        }


def small(**columns: Iterable[str | int | None]) -> ibis.Table:
    """Decisions as a table to join; texts, or whole numbers that are all known, are what every engine takes alike."""
    return ibis.memtable(pa.table({name: list(values) for name, values in columns.items()}))


def _rows(decisions: Any) -> list[dict[str, Any]]:
    if decisions is None:
        return []
    if isinstance(decisions, ibis.Table):
        decisions = decisions.to_pyarrow()
    given = decisions.to_pylist() if isinstance(decisions, pa.Table | pa.RecordBatch) else list(decisions)
    rows = [{SPELT_BY_THE_LEDGER.get(name, name): said for name, said in row.items()} for row in given]
    missing = [c for c in COLUMNS if rows and c not in rows[0]]
    if missing:
        raise BadInput(f"the decisions lack {', '.join(missing)}", expected=", ".join(COLUMNS))
    return rows


def _latest(rows: Iterable[Mapping[str, Any]], until: dt.datetime | str | None) -> Iterable[Settled]:
    """Of two decisions about the same thing the later; a link and an unlink of two reports are about the same thing."""
    moment = until.isoformat() if isinstance(until, dt.datetime) else until
    standing: dict[tuple[str, str], Settled] = {}
    for order, row in enumerate(sorted(rows, key=lambda r: (_moment(r["at"]), r.get("sequence") or 0))):
        if moment is None or _moment(row["at"]) <= moment:
            settled = Settled(
                kind=str(row["kind"]), subject=str(row["subject"]), about=str(row.get("about") or row["kind"]),
                value=_value(row["value"]), by=str(row["by"]), because=str(row["because"]), order=order,
            )  # fmt: skip
            standing[(settled.subject, settled.about)] = settled
    return standing.values()


def _moment(at: Any) -> str:
    return at.isoformat() if isinstance(at, dt.datetime) else str(at)


def _value(value: Any) -> dict[str, Any]:
    """A mapping, its JSON, or a plain word that stands for the name or grading itself."""
    if isinstance(value, str):
        try:
            value = json.loads(value)
        except ValueError:
            return {"plain": value}
    return dict(value) if isinstance(value, Mapping) else {"plain": value}
