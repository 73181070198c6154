"""How fast a whole case is counted and graded in columns, and how much faster than incident by incident, in the same run.

python benchmarks/assessing.py --reports 200000
"""

from __future__ import annotations

import argparse
import json
import time
from typing import Any

import numpy as np
import pyarrow as pa

from civcas.assessing.counting import count
from civcas.assessing.graded_case import assessment_table
from civcas.assessing.rule_set import find
from civcas.assessing.saying import Saying
from civcas.assessing.whole_case import changed, harm_table


def made_up(many: int, *, seed: int = 1) -> tuple[pa.Table, pa.Table]:
    """Reports by 40 sources of incidents with 2.5 reports on average, and which incident each stands in."""
    rng = np.random.default_rng(seed)
    low = rng.geometric(0.3, many)
    known = rng.random(many) > 0.2
    ids = [f"r{n:07d}" for n in range(many)]
    party = np.array([None, "Army of X", "Army of Y", "Army of X; Army of Y"], dtype=object)
    reports = pa.table(
        {
            "report_id": ids,
            "source": [f"source {n}" for n in rng.integers(0, 40, many)],
            "belligerents": party[rng.choice(4, many, p=[0.2, 0.5, 0.2, 0.1])],
            "civ_killed_min": pa.array(low, mask=~known),
            "civ_killed_max": pa.array(low + rng.integers(0, 3, many), mask=~known),
            "civ_injured_min": pa.array(low * 2, mask=rng.random(many) > 0.4),
        }
    )
    return reports, pa.table(
        {"incident_id": [f"i{n:07d}" for n in rng.integers(0, int(many / 2.5), many)], "report_id": ids}
    )


def one_by_one(reports: pa.Table, stands_in: pa.Table, rules: Any) -> int:
    rows = (
        reports.join(stands_in, "report_id")
        .sort_by([("incident_id", "ascending"), ("report_id", "ascending")])
        .to_pylist()
    )
    by_incident: dict[str, list[Saying]] = {}
    for r in rows:
        by_incident.setdefault(r["incident_id"], []).append(
            Saying(report_id=r["report_id"], source=r["source"], low=r["civ_killed_min"], high=r["civ_killed_max"])
        )
    return sum(len(count(sayings, rules)) for sayings in by_incident.values())


def main() -> None:
    given = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    given.add_argument("--reports", type=int, default=200_000)
    asked = given.parse_args()
    reports, stands_in = made_up(asked.reports)
    out: dict[str, Any] = {"reports": asked.reports}
    steps = {
        "count": lambda: harm_table(reports, stands_in, find("airwars-2023")),
        "grade": lambda: assessment_table(reports, stands_in),
        "one_by_one": lambda: one_by_one(reports, stands_in, find("airwars-2023")),
    }
    made = {}
    for name, step in steps.items():
        began, cpu = time.perf_counter(), time.process_time()
        made[name] = step()
        out |= {
            f"{name}_s": round(time.perf_counter() - began, 2),
            f"{name}_cpu_s": round(time.process_time() - cpu, 2),
        }
    began = time.perf_counter()
    other = changed(made["count"], harm_table(reports, stands_in, find("conservative")))
    out |= {
        "rules_changed_s": round(time.perf_counter() - began, 2),
        "rules_changed_rows": other.num_rows,
        "times_faster": round(out["one_by_one_s"] / out["count_s"], 1),
    }
    print(json.dumps(out))


if __name__ == "__main__":
    main()
