"""A small made-up world of incidents and the reports that sources give of them, with known truth. No real place or person."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pyarrow as pa

PLACES = (
    "Bir Qaroun",
    "Tell Shihab",
    "Kafr Nour",
    "Wad Khalid",
    "Umm Sabil",
    "Jisr Tamim",
    "Ras Ghazal",
    "Zab Rashid",
    "Dam Yusuf",
    "Haj Fadil",
)
OTHERWISE = (
    "Beer Karoon",
    "Tel Chihab",
    "Kfar Nour",
    "Oued Halid",
    "Um Sabeel",
    "Djisr Tamim",
    "Ras Gazal",
    "Zab Rachid",
    "Dam Youssef",
    "Hadj Fadil",
)
MEANS = ("air strike", "shelling", "armed clash")
STRUCK = ("a house", "a market", "a school", "a hospital", "a bakery")
SOURCES = ("agency", "monitor", "residents", "ngo")


def world(*, incidents: int = 150, seed: int = 4, sources: int = 4) -> tuple[pa.Table, np.ndarray]:
    """Reports of so many incidents in 120 days and ten places, and the incident each tells of; rows in no order."""
    rng = np.random.default_rng(seed)
    day, place = rng.integers(0, 120, incidents), rng.integers(0, len(PLACES), incidents)
    killed, injured = 1 + rng.geometric(0.3, incidents), rng.geometric(0.15, incidents)
    means, struck = rng.integers(0, 3, incidents), rng.integers(0, 5, incidents)
    rows, truth = [], []
    for k in range(incidents):
        for s in rng.permutation(sources)[: rng.integers(1, sources + 1)]:
            when = dt.date(2020, 1, 1) + dt.timedelta(days=int(day[k] + rng.choice([0, 0, 0, 0, 1])))
            said = int(max(1, killed[k] + rng.choice([0, 0, 0, 1])))
            name = (PLACES if s % 2 == 0 else OTHERWISE)[place[k]]
            rows.append({
                "report_id": f"m{len(rows):04d}", "source": SOURCES[s], "country": "Made-up", "date_start": when, "date_end": when,
                "date_precision": "day", "published": when + dt.timedelta(days=int(rng.choice([0, 0, 1]))), "place": name,
                "latitude": 10 + 0.2 * float(place[k]) + rng.normal(0, 0.004), "longitude": 20 + rng.normal(0, 0.004),
                "geo_precision": "neighbourhood_area", "strike_type": MEANS[means[k]],
                "belligerents": None if rng.random() < 0.4 else "Army of X",
                "civ_killed_min": said, "civ_killed_max": said, "civ_injured_min": int(injured[k]), "civ_injured_max": int(injured[k]),
                "text": f"{said} killed when {STRUCK[struck[k]]} was hit in {name}",
            })  # fmt: skip
            truth.append(k)
    order = rng.permutation(len(rows))
    return pa.Table.from_pylist([rows[i] for i in order]), np.array(truth)[order]
