"""From a case at a moment to what anyone may see of it: the tables of the allow-list, masked, and the checked claims."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa

from civcas.case.case import Case, When, moment
from civcas.case.intake import Import
from civcas.case.vintage import kept, standing
from civcas.ledger.moment import Moment
from civcas.public import addresses, claims, corrections, dates, incidents, policy, sources
from civcas.public.centres import centres
from civcas.public.masking import Masked, in_rings, on_grid, spread_of
from civcas.public.policy import Places, Policy
from civcas.public.public import About, Public
from civcas.public.standing import gone
from civcas.public.tables import SHOWN
from civcas.register.building import build

BUILT = ("incident", "incident_report", "harm", "attribution", "report", "harm_by_period", "doubt", "strike", "figure")


def showing(
    case: Case, until: When = None, rule: Policy | None = None, *, checked: bool = True, version: str = ""
) -> Public:
    """What anyone may see of the case at a moment, by its own policy unless another rule is given.

    The same ledger and policy give the same tables, row by row. Raises where the policy cannot be read, or where it says nothing
    of a dataset whose licence forbids publishing its rows. `checked` asks for the claims of the case, held against its register.
    """
    rule = rule or policy.read_policy(case.path)
    imprint = policy.read_imprint(case.path)
    at = moment(until)
    stand = standing(case, at)
    policy.refuse_closed(rule, sources.closed(stand.values()), licence=imprint.licence)
    head = case.ledger.head(at)
    imported = dates.imported(case.tables(at), dates.latest(head.at[:10]))
    register = build(imported, case.decisions(at))
    with duckdb.connect() as db:
        db.execute("SET TimeZone = 'UTC'")
        _hold(db, case, at, register, imported)
        tables = _tables(db, stand, rule)
    about = About(
        title=case.settings.title or "A case without a title", case=case.settings.id, sequence=head.sequence,
        head=head.hash, as_of=head.at[:10], version=version, contact=imprint.contact, mask=rule.in_words(),
    )  # fmt: skip
    return Public.of(about, tables, claims.checked(case, register) if checked else ())


def _hold(
    db: duckdb.DuckDBPyConnection, case: Case, at: Moment, register: Mapping[str, Any], imported: Mapping[str, Any]
) -> None:
    """Put what the case says into one engine: the register as `NAME_now`, what was imported, addresses and decisions."""
    for name in BUILT:
        empty = SHOWN[name].schema.empty_table()
        db.register(f"{name}_now", register[name].to_pyarrow() if name in register else empty)
    for name in corrections.COUNTED:
        if name in imported:
            db.register(f"imported_{name}", imported[name].to_pyarrow())
    _receive(db, "report" in imported)
    made = kept(case, at)
    addresses.ever_held(case, at, db)
    corrections.corrections(case, at, made, db)
    addresses.standing(db)
    db.register("edition", _editions(made))
    gone(db)


def _receive(db: duckdb.DuckDBPyConnection, imported: bool) -> None:
    """Reports that stand, as they were received: what people decided about them is in `decided_now`, what follows in the register."""
    received = "imported_report SEMI JOIN report_now USING (report_id)" if imported else "report_now"
    db.execute(f"CREATE VIEW report_received AS SELECT * FROM {received}")


def _editions(made: list[Import]) -> pa.Table:
    """The day of each dataset's last import."""
    last = {each.dataset: each.at[:10] for each in made}
    days = pa.array(list(last.values()), pa.string()).cast(pa.date32())
    return pa.table({"dataset": pa.array(list(last), pa.string()), "date": days})


def _tables(db: duckdb.DuckDBPyConnection, stand: Mapping[str, Import], rule: Policy) -> dict[str, pa.Table]:
    """The tables of the allow-list, rows of datasets that are held back left out, in the order of their keys."""
    held_back = sorted(name for name in stand if not rule.publishes(name))
    db.register("held_back", pa.table({"dataset": pa.array(held_back, pa.string())}))
    db.execute(f"CREATE TABLE shown_incident AS {incidents.shown_incident()}")
    asked = incidents.questions(_columns(db), source_addresses=rule.source_addresses)
    tables = {name: db.sql(question).to_arrow_table() for name, question in asked.items()}
    tables["incident"] = _masked(db, tables["incident"], rule)
    tables["source"] = sources.source(stand.values())
    return tables


def _columns(db: duckdb.DuckDBPyConnection) -> dict[str, list[str]]:
    """Of each table of the register, the columns that are in the allow-list, in its order."""
    return {
        name: [
            f.name
            for f in SHOWN[name].fields
            if f.name in {d[0] for d in db.execute(f"SELECT * FROM {name}_now LIMIT 0").description or ()}
        ]
        for name in BUILT
    }


def _masked(db: duckdb.DuckDBPyConnection, incident: pa.Table, rule: Policy) -> pa.Table:
    """The incidents with masked places in place of the exact ones, and how far from them they may be."""
    shown = _mask(db, incident, rule)
    kept = incident.drop_columns(["latitude", "longitude"])
    for name, values in (("latitude", shown.latitude), ("longitude", shown.longitude), ("radius_km", shown.radius_km)):
        kept = kept.append_column(name, pa.array(values, pa.float64(), mask=np.isnan(values)))
    return kept


def _mask(db: duckdb.DuckDBPyConnection, incident: pa.Table, rule: Policy) -> Masked:
    nowhere = np.full(incident.num_rows, np.nan)
    if rule.places is Places.NONE:
        return Masked(latitude=nowhere, longitude=nowhere, radius_km=nowhere)
    exact = [incident[name].to_numpy(zero_copy_only=False).astype(float) for name in ("latitude", "longitude")]
    spread = spread_of(incident["geo_precision"].to_pylist())
    north, east = centres(db, incident, rule.places, rule.fewest)
    known = np.isfinite(north) & np.isfinite(exact[0]) & np.isfinite(exact[1])
    latitude, longitude = np.where(known, north, exact[0]), np.where(known, east, exact[1])
    reach = np.where(known, in_rings(exact[0], exact[1], north, east, grid_km=rule.grid_km), 0.0)
    return on_grid(latitude, longitude, spread, grid_km=rule.grid_km, reach_km=reach)
