"""A made-up case as anyone may see it, of any size, from a seed: heavy tails, bursts, and everything that is missing in real ones."""

from __future__ import annotations

import datetime as dt

import ibis
import numpy as np
import pyarrow as pa

from civcas.public.public import About, Public
from civcas.public.tables import SHOWN
from civcas.register.periods import harm_by_period
from civcas.terms.tables import HARM_BY_PERIOD

SIDES = ("Coalition", "Russian Military", "Syrian Regime", "Turkish Military", "Unknown Militia")
SHARES = (0.38, 0.3, 0.2, 0.07, 0.05)
GRADES = ("Fair", "Weak", "Contested", "Confirmed", "Discounted", "ungraded")
GRADE_SHARES = (0.52, 0.2, 0.14, 0.05, 0.06, 0.03)
PROVINCES = (
    ("Aleppo", 36.2, 37.15), ("Idlib", 35.93, 36.63), ("Raqqa", 35.95, 39.01), ("Deir Ezzor", 35.33, 40.14), ("Homs", 34.73, 36.71),
    ("Hama", 35.13, 36.75), ("Daraa", 32.62, 36.1), ("Hasakah", 36.5, 40.75),
)  # fmt: skip
PRECISIONS = ("city", "town", "village", "neighbourhood_area", "province_governorate", "within_100m")
RADII = (8.0, 5.0, 3.0, 3.0, 60.0, 3.0)
FIRST = np.datetime64("2014-09-01")
NAMES = {"country": "area"}
ARABIC = ("حي السكري", "سوق المدينة", "قرية الزهراء")


def made_up_public(incidents: int = 400, *, reports_each: int = 5, seed: int = 1) -> Public:
    """A public case with that many incidents; one in fifty is undated, unlocated, unattributed or without a number."""
    rng = np.random.default_rng(seed)
    n = incidents
    number = np.arange(1, n + 1)
    ids = pa.array([f"made-up:CS{i:06d}" for i in number])
    day = FIRST + np.clip(rng.gamma(3.0, 200.0, n), 0, 1900).astype(int)
    gap = lambda share: rng.random(n) < share  # noqa: E731
    undated, unlocated, nobody, numberless = gap(0.02), gap(0.02), gap(0.02), gap(0.15)
    side, second = rng.choice(len(SIDES), n, p=SHARES), rng.choice(len(SIDES), n, p=SHARES)
    joint = (rng.random(n) < 0.12) & (side != second) & ~nobody
    named = np.where(nobody, 0, np.where(joint, 2, 1))
    low = np.minimum(np.floor(rng.pareto(1.3, n) + 0.4), 120).astype(int)
    high = low + np.minimum(np.floor(rng.pareto(1.1, n)), 80).astype(int)
    province, precision = rng.choice(len(PROVINCES), n), rng.choice(len(PRECISIONS), n)
    place = [f"{ARABIC[i % 3] if i % 9 == 0 else 'Made-up Town'} {i % 131}" for i in number]
    dates = pa.array(np.where(undated, np.datetime64("NaT"), day).astype("datetime64[D]"))
    grading = np.array(GRADES)[rng.choice(len(GRADES), n, p=GRADE_SHARES)]
    sides = np.array(SIDES)
    parties = np.where(joint, np.char.add(np.char.add(sides[side], "; "), sides[second]), sides[side])
    at = np.round(np.array([p[1:] for p in PROVINCES])[province] + rng.normal(0, 0.25, (n, 2)), 2)
    unknown = lambda values, mask: pa.array(values, mask=mask)  # noqa: E731
    incident = pa.table({
        "incident_id": ids, "address": [f"cs{i:06d}" for i in number], "code": [f"CS{i:06d}" for i in number],
        "date_start": dates, "date_end": dates, "date_precision": np.where(undated, "unknown", "day"),
        "country": ["Syria"] * n, "province": np.array([p[0] for p in PROVINCES])[province], "place": place,
        "latitude": unknown(at[:, 0], unlocated), "longitude": unknown(at[:, 1], unlocated),
        "radius_km": unknown(np.array(RADII)[precision], unlocated),
        "geo_precision": np.where(unlocated, "unknown", np.array(PRECISIONS)[precision]),
        "strike_status": np.array(("declared", "likely", "contested", "single_source_claim"))[rng.choice(4, n)],
        "strike_type": ["Airstrike"] * n, "grading": grading, "number_of_sources": rng.poisson(4, n) + 1, "published": dates,
        "dataset": ["made-up"] * n, "killed_min": unknown(low, numberless), "killed_max": unknown(high, numberless),
        "injured_min": unknown(low // 2, gap(0.5)), "injured_max": unknown(high, gap(0.5)),
        "belligerents": unknown(parties, nobody), "named": named,
    })  # fmt: skip
    total = n * reports_each
    of = np.repeat(np.arange(n), reports_each)
    report_ids = pa.array([f"made-up-reports:{i}" for i in range(total)])
    # unread figures of single reports lie around the incident's own
    said = np.maximum(low[of] + rng.integers(-1, 3, total), 0)
    report = pa.table({
        "report_id": report_ids, "dataset": ["made-up-reports"] * total, "row": np.arange(1, total + 1),
        "row_is": ["account"] * total, "source": np.array([f"Made-up Monitor {i}" for i in range(40)])[rng.choice(40, total)],
        "date_start": dates.take(pa.array(of)), "country": ["Syria"] * total, "place": pa.array(place).take(pa.array(of)),
        "belligerents": incident["belligerents"].take(pa.array(of)), "civ_killed_min": unknown(said, rng.random(total) < 0.2),
        "civ_killed_max": unknown(said + rng.integers(0, 4, total), rng.random(total) < 0.3),
    })  # fmt: skip
    killed = pa.table({
        "incident_id": ids, "group": ["civilians"] * n, "outcome": ["killed"] * n, "min": incident["killed_min"],
        "max": incident["killed_max"], "rule": ["as published"] * n, "reports": ids,
    }).filter(pa.array(~numberless))  # fmt: skip
    children = pa.table({
        "incident_id": ids, "group": ["children"] * n, "outcome": ["killed"] * n, "min": low // 4, "max": high // 3,
        "rule": ["as published"] * n, "reports": ids,
    }).filter(pa.array(~numberless & (low > 6)))  # fmt: skip
    once = pa.table({"incident_id": ids, "belligerent": sides[side], "named": named}).filter(pa.array(~nobody))
    twice = pa.table({"incident_id": ids, "belligerent": sides[second], "named": named}).filter(pa.array(joint))
    attribution = pa.concat_tables([once, twice])
    alone = attribution["named"].to_numpy() == 1
    attribution = attribution.append_column("status", [["suspected"] * len(alone)])
    attribution = attribution.append_column("share_min", [np.where(alone, 1.0, 0.0)]).append_column(
        "share_max", [np.ones(len(alone))]
    )
    correction = pa.table({
        "sequence": [7], "date": [dt.date(2026, 11, 20)], "kind": ["count"], "subject": [ids[0].as_py()], "about": ["civ_killed"],
        "before": ["3 – 5"], "after": ["4 – 5"], "because": ["a later list names a fourth victim"],
    })  # fmt: skip
    decided = pa.table({
        "subject": ["made-up-reports:0"], "about": ["civ_killed"], "received_min": report["civ_killed_min"].slice(0, 1).cast(pa.float64()),
        "received_max": report["civ_killed_max"].slice(0, 1).cast(pa.float64()),
        "decided_min": [4.0], "decided_max": [5.0], "sequence": [7], "date": [dt.date(2026, 11, 20)],
        "because": ["a later list names a fourth victim"],
    })  # fmt: skip
    gone = pa.table({
        "incident_id": ["made-up:CS999999"], "address": ["cs999999"], "reason": ["the same incident as CS000001, told by another source"],
        "survivors": ["cs000001"], "date": [dt.date(2026, 11, 20)],
    })  # fmt: skip
    source = pa.table({
        "dataset": ["made-up", "made-up-reports"], "format": ["mapped", "mapped"], "citation": ["Made-up incidents", "Made-up reports"],
        "licence": ["CC0", "CC0"], "given": [n + 1, total], "read": [n, total], "unread": [1, 0], "imported": [dt.date(2026, 11, 1)] * 2,
    })  # fmt: skip
    linked = pa.table({"incident_id": ids.take(pa.array(of)), "report_id": report_ids})
    about = About(
        title="A made-up case", case="made-up", sequence=9, head="0" * 64, as_of="2026-11-22", mask="grid of 0.01°"
    )
    return Public.of(about, {
        "incident": incident, "harm": pa.concat_tables([killed, children]), "attribution": attribution, "incident_report": linked,
        "report": report, "correction": correction, "decided": decided, "gone": gone, "source": source,
        "harm_by_period": by_period(incident, attribution),
    })  # fmt: skip


def by_period(incident: pa.Table, attribution: pa.Table) -> pa.Table:
    """The sums by month that the register would make of these incidents, as far as anyone may see them."""
    named = attribution.select(["incident_id", "belligerent"]).join(incident, "incident_id", join_type="inner")
    sums = harm_by_period(ibis.memtable(named.rename_columns([NAMES.get(n, n) for n in named.column_names])))
    shown = SHOWN["harm_by_period"].schema.names
    return sums.order_by(HARM_BY_PERIOD.key).select(*shown).to_pyarrow()
