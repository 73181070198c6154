"""A made-up case on disk, of any size, from a seed: incidents, reports that speak of them, and everything that must not leave it."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path

import numpy as np
import pyarrow as pa

from civcas.case.case import Case
from civcas.case.folder import make
from civcas.terms import decision

SIDES = ("Coalition", "Russian Military", "Syrian Regime", "Turkish Military", "Unknown Militia")
SHARES = (0.38, 0.3, 0.2, 0.07, 0.05)
GRADES = ("Fair", "Weak", "Contested", "Confirmed", "Discounted", None)
GRADE_SHARES = (0.52, 0.2, 0.14, 0.05, 0.06, 0.03)
PROVINCES = (("Aleppo", 36.2, 37.15), ("Idlib", 35.93, 36.63), ("Raqqa", 35.95, 39.01), ("Homs", 34.73, 36.71))
PRECISIONS = ("city", "town", "village", "neighbourhood_area", "exact_location", "within_100m")
WORDS = [
    "warplanes",
    "struck",
    "a",
    "market",
    "and",
    "two",
    "houses",
    "near",
    "the",
    "old",
    "bridge",
    "at",
    "dawn",
    "while",
    "people",
    "were",
    "leaving",
    "the",
    "mosque",
    "rescuers",
    "worked",
    "through",
    "the",
    "night",
    "under",
    "shelling",
    "and",
    "carried",
    "the",
    "wounded",
    "to",
    "a",
    "field",
    "hospital",
    "which",
    "had",
    "no",
    "power",
]
TERMS = """
[redaction]
places = "grid"
grid_km = 5
"""


class Clock:
    """Stands at `now`, and moves on by a second whenever it is asked."""

    def __init__(self, now: str = "2026-05-01T12:00:00+00:00") -> None:
        self.now = dt.datetime.fromisoformat(now)

    def __call__(self) -> dt.datetime:
        self.now += dt.timedelta(seconds=1)
        return self.now


def made_up_reports(incidents: int, accounts: int, *, seed: int = 1, secrets: bool = True) -> tuple[pa.Table, pa.Table]:
    """Incidents as one dataset publishes them, and accounts of them by others with texts, persons, handles and exact points.

    One in fifty is undated, unlocated or names nobody; one in seven has no number.
    """
    rng = np.random.default_rng(seed)
    n = incidents
    gap = lambda share: rng.random(n) < share  # noqa: E731
    day = np.datetime64("2014-09-01") + np.clip(rng.gamma(3.0, 200.0, n), 0, 1900).astype(int)
    undated, unlocated, nobody, numberless = gap(0.02), gap(0.02), gap(0.02), gap(0.15)
    side, second = rng.choice(len(SIDES), n, p=SHARES), rng.choice(len(SIDES), n, p=SHARES)
    sides = np.array(SIDES)
    joint = (rng.random(n) < 0.12) & (side != second)
    parties = np.where(joint, np.char.add(np.char.add(sides[side], "; "), sides[second]), sides[side])
    low = np.minimum(np.floor(rng.pareto(1.3, n) + 0.4), 120).astype(int)
    high = low + np.minimum(np.floor(rng.pareto(1.1, n)), 80).astype(int)
    province = rng.choice(len(PROVINCES), n)
    at = np.round(np.array([p[1:] for p in PROVINCES])[province] + rng.normal(0, 0.3, (n, 2)), 6)
    dates = pa.array(np.where(undated, np.datetime64("NaT"), day).astype("datetime64[D]"))
    unknown = lambda values, mask: pa.array(values, mask=mask)  # noqa: E731
    first = pa.table({
        "report_id": [f"made-up:{i}" for i in range(1, n + 1)], "dataset": ["made-up"] * n, "row": np.arange(1, n + 1),
        "row_is": ["incident"] * n, "code": [f"MU{i:06d}" for i in range(1, n + 1)], "source": ["Made-up Monitor"] * n,
        "date_start": dates, "date_end": dates, "date_precision": np.where(undated, "unknown", "day"), "country": ["Syria"] * n,
        "province": np.array([p[0] for p in PROVINCES])[province], "place": [f"Made-up Town {i % 131}" for i in range(n)],
        "latitude": unknown(at[:, 0], unlocated), "longitude": unknown(at[:, 1], unlocated),
        "geo_precision": np.array(PRECISIONS)[rng.choice(len(PRECISIONS), n)], "belligerents": unknown(parties, nobody),
        "strike_status": np.array(("Declared strike", "Likely strike", "Contested strike", "Single source claim"))[rng.choice(4, n)],
        "strike_type": ["Airstrike"] * n, "grading": np.array(GRADES, dtype=object)[rng.choice(len(GRADES), n, p=GRADE_SHARES)],
        "civ_killed_min": unknown(low, numberless), "civ_killed_max": unknown(high, numberless),
        "children_killed_min": unknown(low // 4, numberless), "children_killed_max": unknown(high // 3, numberless),
        "civ_injured_min": unknown(low // 2, gap(0.5)), "civ_injured_max": unknown(high, gap(0.5)),
        "number_of_sources": rng.poisson(4, n) + 1,
    })  # fmt: skip
    of = np.arange(accounts) % max(n, 1)
    exact = np.round(at[of] + rng.normal(0, 0.01, (accounts, 2)), 6)
    said = np.maximum(low[of] + rng.integers(-1, 3, accounts), 0)
    told = rng.choice(len(WORDS), (accounts, 45))
    rows = {
        "report_id": [f"accounts:{i}" for i in range(1, accounts + 1)], "dataset": ["accounts"] * accounts,
        "row": np.arange(1, accounts + 1), "row_is": ["account"] * accounts,
        "source": [f"https://t.me/made_up_channel_{i % 400}/{i}" for i in range(accounts)],
        "date_start": dates.take(pa.array(of)), "country": ["Syria"] * accounts, "place": first["place"].take(pa.array(of)),
        "latitude": exact[:, 0], "longitude": exact[:, 1], "geo_precision": ["exact_location"] * accounts,
        "belligerents": first["belligerents"].take(pa.array(of)), "civ_killed_min": said, "civ_killed_max": said + 2,
    }  # fmt: skip
    if secrets:
        rows["text"] = [f"report {i}: " + " ".join(WORDS[w] for w in words) for i, words in enumerate(told)]
        rows["person"] = [
            json.dumps({"name": f"Madeup Person-{i:06d}", "age": str(i % 80)}) if i % 3 == 0 else None
            for i in range(accounts)
        ]
    return first, pa.table(rows)


def take_in(
    case: Case,
    dataset: str,
    reports: pa.Table,
    *,
    redistribute: bool = True,
    author: str = "Inventa Author",
    reason: str = "",
) -> int:
    """Import reports as a dataset; returns the entry."""
    file = case.path.parent / f"{dataset}.csv"
    file.write_text(f"{dataset}, {reports.num_rows} rows, {reason}", encoding="utf-8")
    notes = {
        "licence": "CC0" if redistribute else "no licence found",
        "citation": f"{dataset}, made up",
        "redistribute": redistribute,
    }
    made = case.take_in(file, dataset=dataset, format="made-up", tables={"report": reports}, given=reports.num_rows, author=author,
                        notes=notes, reason=reason)  # fmt: skip
    file.unlink()
    return made.sequence


def link_up(case: Case, accounts: int, incidents: int, *, author: str = "Inventa Author") -> None:
    """Say of every account which incident it speaks of, as `made_up_reports` made them."""
    because = "the same place, day and number"
    links = (
        decision.link(f"accounts:{i + 1}", f"made-up:{i % incidents + 1}", because=because) for i in range(accounts)
    )
    case.decide(*links, author=author)


def made_up_case(
    folder: Path,
    *,
    incidents: int = 40,
    accounts: int = 80,
    seed: int = 1,
    terms: str = TERMS,
    clock: Clock | None = None,
    linked: bool = False,
) -> Case:
    """A case with these incidents and accounts, by an author whose name must not be published."""
    clock = clock or Clock()
    make(folder, author="Inventa Author", title="A made-up case", clock=clock)
    settings = folder / "civcas.toml"
    settings.write_text(settings.read_text(encoding="utf-8") + terms, encoding="utf-8")
    case = Case.open(folder, clock=clock)
    first, more = made_up_reports(incidents, accounts, seed=seed)
    take_in(case, "made-up", first)
    if accounts:
        take_in(case, "accounts", more)
    if linked:
        link_up(case, accounts, incidents)
    return case
