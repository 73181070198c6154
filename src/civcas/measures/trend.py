"""Whether one belligerent's recorded harm is rising or falling, a year, with an interval."""

from __future__ import annotations

import time
from typing import Any

from civcas.catalog import Measure, Option, Tables
from civcas.measures.counts.growth import FEWEST_MONTHS, Growth, growth
from civcas.measures.incidents import pictures
from civcas.measures.incidents.asked import LEVEL
from civcas.measures.incidents.monthly import MONTHLY_OPTIONS, Monthly, monthly
from civcas.measures.incidents.speech import plain
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal
from civcas.terms.vocabulary import Estimand

NAME = "trend"
ALIKE = 0.3
OPEN = 10.0  # an interval that spans more than this factor says next to nothing
HOLDS = (
    "Such intervals hold the true growth in 91 to 100 of 100 simulated records where months correlate up to 0.6, and 87 to 97 at 0.8 "
    "(python benchmarks/coverage_rates.py trend)."
)


def answer(tables: Tables, *, level: float = LEVEL, **asked: Any) -> Answer:
    """Growth a year of recorded deaths or incidents, as a factor: 2 is twice as many a year later.

    Negative binomial trend with a yearly wave from two years on; the interval allows for neighbouring months that are alike. Assumes
    that the share of harm that is recorded did not change. Refuses with fewer than 6 months, and where nothing varies.
    """
    started = time.perf_counter()
    made = monthly(NAME, tables, **asked)
    if isinstance(made, Refusal):
        return made
    if len(made.counts) < FEWEST_MONTHS or (made.counts > 0).sum() < 3:
        return Refusal(
            measure=NAME, reason=f"{len(made.counts)} months, {int((made.counts > 0).sum())} of them with a record, carry no trend",
            needs=f"at least {FEWEST_MONTHS} months, 3 of them with a record", reading=made.reading,
        )  # fmt: skip
    if (made.counts / made.exposure == (made.counts / made.exposure)[0]).all() or (made.counts == made.counts[0]).all():
        return Refusal(
            measure=NAME, reason=f"every month counts {made.counts[0]:g}: nothing varies, so chance cannot be measured",
            needs="months that vary", reading=made.reading,
        )  # fmt: skip
    grown = growth(counts=made.counts, exposure=made.exposure, month=made.panel.month, level=level)
    notes = made.notes + (() if grown.season else ("Fewer than 24 months: a season cannot be told from a trend.",))
    notes += (HOLDS,)
    if grown.correlation > ALIKE:
        notes += (f"Neighbouring months are alike (correlation {grown.correlation:.2f}); the interval allows for it.",)
    if grown.high / grown.low > OPEN:
        notes += (
            f"The interval spans a factor of {plain(grown.high / grown.low)}: so few months that may be alike say little.",
        )
    return Estimate(
        measure=NAME, value=grown.factor, low=grown.low, high=grown.high, level=level, interval=IntervalKind.CREDIBLE,
        n=len(made.counts), counted="months", unit=f"times the {made.unit} a year later", reading=made.reading,
        says=_sentence(made, grown), notes=notes, diagnostics=_diagnostics(made, grown), seconds=time.perf_counter() - started,
        estimand=Estimand.AS_IT_TENDS,
        interval_of="growth a year of the level behind the months, in months that may resemble their neighbours",
    )  # fmt: skip


def _sentence(made: Monthly, grown: Growth) -> str:
    who = f"{made.unit} attributed to {made.reading.belligerents[0]}"
    if grown.low > 1:
        verdict = "Yes, it is escalating"
    elif grown.high < 1:
        verdict = "No, it is falling"
    else:
        verdict = "Whether it is escalating cannot be told from these data"
    later = f"{plain(grown.factor)} times as many a year later (between {plain(grown.low)} and {plain(grown.high)})"
    return f"{verdict}: {who} were {later}."


def _diagnostics(made: Monthly, grown: Growth) -> dict[str, Any]:
    per = made.exposure
    return {
        "escalating": "yes" if grown.low > 1 else "no" if grown.high < 1 else "cannot be told",
        "season": grown.season,
        "correlation_of_neighbours": grown.correlation,
        "dispersion": grown.fit.dispersion,
        "months": made.labels,
        "observed": made.counts.tolist(),
        "exposure": per.tolist(),
        "fitted": grown.fitted.tolist(),
        "fitted_low": grown.band_low.tolist(),
        "fitted_high": grown.band_high.tolist(),
        "assumes": ["the share of harm that is recorded did not change"],
    }


ENTRY = Measure(
    name=NAME,
    question="Is recorded harm by one belligerent escalating?",
    needs=("incident", "harm", "attribution"),
    answer=answer,
    by="options",
    no_difference=1.0,
    options=(
        *MONTHLY_OPTIONS,
        Option(name="level", help="nominal coverage of the interval", type=float, default=LEVEL),
    ),
    source="negative binomial regression; Harville 1974; Zellner and Tiao 1964",
    example="civcas measure trend --belligerent 'U.S.-led Coalition' --window 2014-10..2016-12 --grades all",
    draw=pictures.trend,
)
