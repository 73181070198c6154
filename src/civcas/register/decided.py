"""What people settled, as small tables to join: names of belligerents and places, counts, gradings, withdrawals."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

import ibis
import pyarrow as pa

from civcas.errors import BadInput

COLUMNS = ("kind", "subject", "value", "by", "because", "at")


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided:
    """The decisions that stand, by what they are about. Names map published → in this case; ids map report → value."""

    belligerents: Mapping[str, str] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    gradings: Mapping[str, str] = field(default_factory=dict)
    counts: Mapping[str, Mapping[str, tuple[int | None, int | None]]] = field(
        default_factory=dict
    )  # about → report → range
    withdrawn: frozenset[str] = frozenset()

    @classmethod
    def of(cls, decisions: Any, *, until: dt.datetime | str | None = None) -> Decided:
        latest = _latest(_rows(decisions), until)
        counts: dict[str, dict[str, tuple[int | None, int | None]]] = {}
        for (kind, subject, about), value in latest.items():
            if kind == "count" and not _as_published(value):
                counts.setdefault(about, {})[subject] = (value.get("min"), value.get("max"))
        return cls(
            belligerents=_names(latest, "belligerent"),
            places=_names(latest, "place"),
            gradings={s: str(v["grading"]) for (k, s, _), v in latest.items() if k == "grade" and not _as_published(v)},
            counts=counts,
            withdrawn=frozenset(
                s for (k, s, _), v in latest.items() if k in ("withdraw", "supersede") and not _as_published(v)
            ),
        )

    def belligerent_named(self, table: ibis.Table) -> ibis.Table:
        """The same rows, each belligerent called as the case calls it."""
        return renamed(table, "belligerent", self.belligerents)


def renamed(table: ibis.Table, column: str, names: Mapping[str, str]) -> ibis.Table:
    """The same rows with `names` applied to one column; a name nobody decided on stands as published."""
    if not names:
        return table
    return table.mutate(**{column: table[column].substitute(dict(names))})


def trimmed(table: ibis.Table, *columns: str) -> ibis.Table:
    """The same rows without blanks around these names: `Iraq ` is Iraq. The imported table keeps them as published."""
    return table.mutate(**{name: table[name].strip() for name in columns})


def _rows(decisions: Any) -> Iterable[Mapping[str, Any]]:
    if decisions is None:
        return ()
    if isinstance(decisions, ibis.Table):
        decisions = decisions.to_pyarrow()
    rows = decisions.to_pylist() if isinstance(decisions, pa.Table | pa.RecordBatch) else list(decisions)
    missing = [c for c in COLUMNS if rows and c not in rows[0]]
    if missing:
        raise BadInput(f"the decisions lack {', '.join(missing)}", expected=", ".join(COLUMNS))
    return list(rows)


def _latest(
    rows: Iterable[Mapping[str, Any]], until: dt.datetime | str | None
) -> dict[tuple[str, str, str], dict[str, Any]]:
    moment = until.isoformat() if isinstance(until, dt.datetime) else until
    standing: dict[tuple[str, str, str], dict[str, Any]] = {}
    for row in sorted(rows, key=lambda r: (_moment(r["at"]), r.get("sequence") or 0)):
        if moment is None or _moment(row["at"]) <= moment:
            standing[(str(row["kind"]), str(row["subject"]), str(row.get("about") or ""))] = _value(row["value"])
    return standing


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


def _as_published(value: Mapping[str, Any]) -> bool:
    return bool(value.get("as_published"))


def _names(latest: Mapping[tuple[str, str, str], dict[str, Any]], kind: str) -> dict[str, str]:
    found = {}
    for (of_kind, subject, _), value in latest.items():
        if of_kind == kind and not _as_published(value):
            found[subject.removeprefix(f"{kind}:")] = str(value.get(kind, value.get("plain")))
    return found
