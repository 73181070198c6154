"""`civcas link --parts`: the same proposals country by country and so many days at a time, on the engine a person names."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from civcas.errors import BadInput, MissingExtra

if TYPE_CHECKING:  # linking needs an extra, and every command file is read when any command runs
    import pyarrow as pa

    from civcas.cli.kept_pairs import KeptPairs
    from civcas.linking.partitions import LinkedParts

LEAST_DAYS = 30


def link_by_part(
    reports: pa.Table,
    kept: KeptPairs,
    *,
    days: int,
    engine: str,
    case: Path | None,
    propose: Path | None,
    incidents: Path | None,
    rule: str | None,
    quiet: bool,
) -> dict[str, Any]:
    """Link, decide by the rule if one is named, write what was asked for; the summary."""
    from civcas.cli.link import keep_links, least_chance, write
    from civcas.linking.incidents import of_members

    found = linked(reports, kept, days=days, engine=engine, case=case, quiet=quiet)
    out = summary(found)
    if rule:
        sure = (found.chance >= least_chance(rule)) & found.together
        left, right = (found.pairs[side].filter(sure).to_pylist() for side in ("report_id_l", "report_id_r"))
        out["decided"] = keep_links(left, right, found.chance[sure].tolist(), rule=rule, kept=kept)
    if propose:
        out |= write(pairs_table(found), propose)
    if incidents:
        out["incidents_file"] = write(
            of_members(*_members(found), decided_by="civcas link"), incidents
        )["written"]  # fmt: skip
    return out


def linked(
    reports: pa.Table, kept: KeptPairs, *, days: int, engine: str, case: Path | None, quiet: bool
) -> LinkedParts:
    """The parts linked where they are to be: in this process, or by Spark's workers."""
    from rich.console import Console

    if days < LEAST_DAYS:
        raise BadInput(f"parts of {days} days", expected=f"at least {LEAST_DAYS}; 365 is usual")
    try:
        import numba  # noqa: F401
    except ImportError:
        raise MissingExtra("linking", "estimators") from None
    from civcas.linking.partitions import link_parts

    with Console(stderr=True, quiet=quiet).status("linking part by part"):
        return link_parts(reports, stretch=days, mapped=_mapper(engine, case), decided=kept.decided())


def _mapper(engine: str, case: Path | None) -> Any:
    from civcas.case.settings import Settings, read_settings
    from civcas.register.engine import connect

    settings = read_settings(case) if case else Settings(id="")
    named = engine or settings.engine
    if named == "duckdb":
        return None
    from civcas.linking.on_spark import mapped

    db = connect(named, address=settings.engine_address, memory=settings.engine_memory)
    return mapped(db._session)


def summary(found: LinkedParts) -> dict[str, Any]:
    """What was found, in the words of a proposal of the whole; pairs with a smaller chance than a part keeps are not counted."""
    import numpy as np

    from civcas.linking.calibration import ROUGH_BELOW

    sizes = np.bincount(list(found.member.values()), minlength=1)
    inside = found.chance[found.together]
    return {
        "reports": len(found.member), "candidate_pairs": found.pairs.num_rows, "incidents": int((sizes > 0).sum()),
        "reports_that_stand_alone": int((sizes == 1).sum()),
        "expected_precision": round(float(inside.mean()), 4) if len(inside) else None,
        "chances_are_rough": len(found.member) < ROUGH_BELOW,
    }  # fmt: skip


def pairs_table(found: LinkedParts) -> pa.Table:
    """Every pair kept, smaller id first, likeliest first; the fields compared stay with the part, so there are no reasons."""
    import numpy as np
    import pyarrow as pa

    return pa.table({
        "report_id_l": found.pairs["report_id_l"], "report_id_r": found.pairs["report_id_r"], "chance": found.chance,
        "match_weight": np.asarray(found.pairs["log_odds"]) / np.log(2), "one_incident": found.together,
    }).sort_by([("chance", "descending"), ("report_id_l", "ascending"), ("report_id_r", "ascending")])  # fmt: skip


def _members(found: LinkedParts) -> tuple[Any, Any]:
    import numpy as np

    return np.array(list(found.member), dtype=object), np.array(list(found.member.values()), np.int32)
