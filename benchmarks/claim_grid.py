"""10,000 readings of one claim checked in one run, against the same readings computed one at a time with pandas.

Run: python benchmarks/claim_grid.py [--readings N]
Prints the two times, their ratio, the largest difference between the two sets of ratios, and the peak memory of the columnar run.
"""

from __future__ import annotations

import argparse
import resource
import time
from importlib.resources import files

import numpy as np
import pandas as pd

from civcas.catalog import entries
from civcas.claims.article import Claim, ClaimKind, Expect
from civcas.claims.check import check_claim
from civcas.facts.shipped import shipped_tables
from civcas.terms.estimate import Estimate
from civcas.terms.reading import Reading

EXPOSED, REFERENCE = "Russian Military", "U.S.-led Coalition"
CHOICES = {
    "grades": ("confirmed", "fair+confirmed", "+contested", "all-but-discounted", "all"),
    "bound": ("range",),
    "attribution": ("sole", "shared", "any"),
    "exposure": ("month", "day", "incident", "none"),
}
COLUMNS = {"min": "civilians_killed_min"}
TAKES = {"sole": ["sole"], "shared": ["joint"], "any": ["sole", "joint"]}


def windows(count: int) -> tuple[str, ...]:
    """Spans of 6 to 24 months from October 2015 on."""
    starts = pd.period_range("2015-10", "2018-12", freq="M")
    spans = [f"{start}..{start + length - 1}" for length in (12, 6, 24, 18) for start in starts]
    return tuple(spans[:count])


def claim(readings: int) -> Claim:
    each = int(np.prod([len(words) for words in CHOICES.values()]))
    vary = {"window": windows(-(-readings // each)), **CHOICES}
    return Claim(
        id="grid",
        says="A claim with many readings",
        kind=ClaimKind.RATE_RATIO,
        measure="rate_ratio",
        ask={"exposed": EXPOSED, "reference": REFERENCE, "area": "Syria"},
        expect=Expect(value=8, low=6, high=10, within=0.25),
        vary=vary,
        labels=vary,
    )


def one_at_a_time(frame: pd.DataFrame, reading: Reading) -> float:
    """The ratio of one reading as an analyst would write it with pandas."""
    rates = []
    for side, who in enumerate(reading.belligerents):
        window = reading.window_of(side)
        rows = frame[
            (frame.belligerent == who)
            & (frame.month >= f"{window.first:%Y-%m}")
            & (frame.month <= f"{window.last:%Y-%m}")
            & frame.grading.isin([str(g) for g in reading.grades.gradings])
            & frame.attribution.isin(TAKES[reading.attribution])
        ]
        months = pd.period_range(window.first, window.last, freq="M").astype(str)
        by_month = rows.groupby("month")[[*COLUMNS.values(), "incidents", "incidents_without_a_number"]].sum()
        by_month = by_month.reindex(months, fill_value=0)
        deaths = by_month[COLUMNS["min"]]  # a range is told by its lowest number
        with_a_number = by_month.incidents - by_month.incidents_without_a_number
        exposure = {"month": len(months), "day": window.days, "incident": with_a_number.sum(), "none": 1}
        rates.append(deaths.sum() / exposure[reading.exposure_of(side)] if deaths.sum() else np.nan)
        deaths.var()  # the spread an interval would need
    return float(rates[0] / rates[1])


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--readings", type=int, default=10_000)
    wanted = options.parse_args().readings
    tables, asked = shipped_tables(), claim(wanted)

    entries("measures")  # found and imported once a process, as pandas is below

    began = time.perf_counter()
    checked = check_claim(asked, tables)
    columnar = time.perf_counter() - began
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20

    frame = pd.read_csv(str(files("civcas.facts") / "data" / "airwars_syria_monthly.csv"))
    answers = [each.answer for each in checked.cells]
    began = time.perf_counter()
    singly = np.array([one_at_a_time(frame, answer.reading) for answer in answers if answer.reading])
    pandas = time.perf_counter() - began

    made = np.array([answer.value if isinstance(answer, Estimate) else np.nan for answer in answers])
    both = np.isfinite(made)
    off = float(np.max(np.abs(made[both] / singly[both] - 1)))
    print(
        f"readings {len(answers):,}: made {checked.tally.made:,}, refused {checked.tally.refused:,}; verdict: {checked.verdict}"
    )
    print(f"checked in one run  {columnar:8.2f} s   peak {peak:.2f} GiB")
    print(f"one at a time       {pandas:8.2f} s   pandas, the ratio alone, without its interval")
    print(f"ratio               {pandas / columnar:8.1f}    largest relative difference {off:.1e}")


if __name__ == "__main__":
    main()
