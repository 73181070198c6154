"""Imports every file of the real data and prints the accounts: rows given, read, unread, flagged, and why.

python benchmarks/accounts.py [--data FOLDER] [--json]
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import tempfile
from pathlib import Path

from civcas.catalog import find
from civcas.importers.importer import Imported, Options
from civcas.importers.reading import read

HAND = Path(__file__).parent / "mappings"
FILES = {
    "airwars/airwars_syria_2014_2016.csv": "airwars",
    "airwars/airwars_syria_monthly.csv": "airwars_monthly.yaml",
    "airwars/published_figures.csv": "published_figures.yaml",
    "coalition_strikes/centcom_declared_strikes.csv": "strike_releases",
    "coalition_strikes/coalition_declared_strikes_monthly.csv": "coalition_monthly.yaml",
    "drone_strikes/tbij_strikes.csv": "tbij_drones",
    "dutch_oir/dutch_oir_strikes.csv": "dutch_strikes",
    "foreign_fighters/icsr.csv": "foreign_fighters",
    "gdelt/gdelt_georgia_interstate.csv": "gdelt",
    "gdelt/CAMEO.eventcodes.txt": "cameo_codes.yaml",
    "gdelt/CAMEO.goldsteinscale.txt": "cameo_goldstein.yaml",
    "iraq_airstrikes/airstrikes_2007_08.csv": "iraq_airstrikes.yaml",
    "iraq_airstrikes/insurgencies_2007_08.csv": "iraq_insurgent_attacks.yaml",
    "mse/kosovo_aggregate.csv": "kosovo_lists.yaml",
    "ucdp_ged/ged191_syria.csv.gz": "ucdp_ged",
    "ucdp_ged/ged_chechnya.csv": "ucdp_ged",
    "ucdp_ged/ged_car_events.csv": "car_events.yaml",
    "ucdp_ged/ged_car_reports.csv": "car_reports.yaml",
    "unga/IdealpointestimatesAll_Apr2020.csv": "ideal_points",
    "unga/IdealpointestimatesMiddleEast_Apr2020.csv": "ideal_points",
}


def imported(data: Path, file: str, how: str, out: Path) -> Imported:
    """One file through its importer, or through `mapped` where `how` is a mapping of this folder."""
    mapping = HAND / how if how.endswith(".yaml") else None
    return read(
        find("importers", "mapped" if mapping else how),
        data / file,
        out / file.replace("/", "-"),
        Options(mapping=mapping),
    )


def main() -> None:
    words = argparse.ArgumentParser(description=__doc__)
    words.add_argument("--data", type=Path, default=Path(os.environ.get("CIVCAS_TEST_DATA", "../shared/data")))
    words.add_argument("--json", action="store_true")
    told = words.parse_args()
    with tempfile.TemporaryDirectory() as out:
        found = {file: imported(told.data, file, how, Path(out)).to_dict() for file, how in FILES.items()}
    if told.json:
        json.dump(found, sys.stdout, indent=2, ensure_ascii=False)
        return
    print("| file | importer | given | read | unread | flagged | why |\n|---|---|---:|---:|---:|---:|---|")
    for file, said in found.items():
        why = "; ".join(f"{n} {kind}" for kind, n in {**said["reasons"], **said["doubts"]}.items())
        counts = " | ".join(f"{said[name]:,}" for name in ("given", "read", "unread", "flagged"))
        print(f"| {file} | {said['importer']} | {counts} | {why} |")


if __name__ == "__main__":
    main()
