"""How complete the record of a recent month is, and what it is likely to grow to once all reports are in."""

from __future__ import annotations

import datetime as dt
import time
from typing import Any

import numpy as np

from civcas.catalog import Measure, Option, Tables
from civcas.errors import BadInput
from civcas.measures.counts.completeness import Nowcast, nowcast, triangle
from civcas.measures.identifying import unidentifiable_incidents
from civcas.measures.incidents import pictures
from civcas.measures.incidents.asked import LEVEL, READING_OPTIONS, SEED, reading_of
from civcas.measures.incidents.contested import all_contested
from civcas.measures.incidents.panel import month_label
from civcas.measures.incidents.rows import Rows, gather
from civcas.measures.incidents.speech import plain
from civcas.terms.estimate import Answer, Estimate, IntervalKind, Refusal
from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Estimand
from civcas.terms.window import month_number

NAME = "delay"
SAME_DAY = 0.95  # above this share, "published" is the incident's own date filled in, not when it was published
REPLICATES = 2_000
DRIFTS = 0.05  # below this p, months of the window are said not to fill alike
HOLDS = (
    "Where publication keeps its pace such intervals hold what the month comes to in 93 to 99 of 100 simulated records; where each month "
    "has a pace of its own, in 83 to 94; where the pace drifts unnoticed, far less often (python benchmarks/coverage_rates.py delay)."
)


def answer(
    tables: Tables, *, belligerent: str, as_of: str | None = None, level: float = LEVEL, replicates: int = REPLICATES,
    seed: int = SEED, **words: Any,
) -> Answer:  # fmt: skip
    """The number of incidents the last month of the window will hold, from how fast earlier months of it filled.

    Counts incidents by the month they happened and the month they were first published. Assumes that months fill alike and that
    what will be published is what is measured; harm that no one ever reports is not in it. Refuses where the publication
    dates are the incidents' own dates.
    """
    started = time.perf_counter()
    day = _day(as_of)
    reading = reading_of((belligerent,), {**words, "exposure": "none"})
    if (refused := unidentifiable_incidents(tables, measure=NAME, reading=reading, area=words.get("area"))) is not None:
        return refused
    window = reading.window_of(0)
    rows = gather(tables, belligerents=(belligerent,), area=words.get("area"), windows=[window])
    counted = rows.counted(reading.grades, reading.attribution) & ~np.isnat(rows.published)
    picked = rows.only(counted if day is None else counted & (rows.published <= np.datetime64(day)))
    if (disputed := all_contested(NAME, rows, counted, reading)) is not None:
        return disputed
    if (refused := _refused(picked, reading)) is not None:
        return refused
    months, published = (
        each.astype("datetime64[M]").astype(np.int64) + 1970 * 12 for each in (picked.day, picked.published)
    )
    now = month_number(day) if day else int(published.max())
    if now < month_number(window.last):
        now_label = month_label(now)
        raise BadInput(f"the window ends in {month_label(month_number(window.last))}, after the last publication ({now_label})",
                       expected=f"a window that ends by {now_label}")  # fmt: skip
    found = nowcast(
        triangle(months, published, first=month_number(window.first), now=now),
        level=level,
        replicates=replicates,
        seed=seed,
    )
    if found.drift <= DRIFTS:
        return Refusal(
            measure=NAME, reason=f"the months do not fill alike: later ones fill faster or slower (p = {found.drift:.2g}), "
            "so that earlier months do not tell what is to come",
            needs="a window in which publication kept its pace", reading=reading, diagnostics={"growth_by_age": found.factors.tolist()},
        )  # fmt: skip
    undated = int((rows.counted(reading.grades, reading.attribution) & np.isnat(rows.published)).sum())
    return _estimate(found, reading, now, level, seed, undated, started)


def _day(text: str | None) -> dt.date | None:
    try:
        return None if text is None else dt.date.fromisoformat(str(text))
    except ValueError:
        raise BadInput(f"{text!r} is not a day", where="--as-of", expected="a date such as 2016-12-31") from None


def _refused(picked: Rows, reading: Reading) -> Refusal | None:
    reason = needs = ""
    if len(picked.day) < 10:
        reason, needs = (
            f"{len(picked.day)} incidents have both dates",
            "at least 10 with an incident date and a publication date",
        )
    elif (same := float((picked.day == picked.published).mean())) > SAME_DAY:
        reason = (
            f"{same:.1%} of the publication dates are the incident's own date, so they do not say when it was published"
        )
        needs = "dates of first publication, or two vintages of the same figure (civcas measure revision)"
    return Refusal(measure=NAME, reason=reason, needs=needs, reading=reading) if reason else None


def _estimate(
    found: Nowcast, reading: Reading, now: int, level: float, seed: int, undated: int, started: float
) -> Estimate:
    first, last = month_number(reading.window_of(0).first), month_number(reading.window_of(0).last)
    at, labels = last - first, [month_label(first + each) for each in range(last - first + 1)]
    who = reading.belligerents[0]
    says = (
        f"By {month_label(now)}, {plain(found.published[at])} incidents of {who} in {labels[at]} had been published: about "
        f"{100 * found.share[at]:.0f}% of what will be ({100 * found.share_low[at]:.0f} to {100 * found.share_high[at]:.0f}%). Expect "
        f"{plain(found.expected[at])} ({plain(found.low[at])} to {plain(found.high[at])})."
    )
    notes = ["Months are taken to fill alike, and nothing to arrive later than the longest delay seen.",
             "Incidents that nobody will ever report are not in it.", HOLDS]  # fmt: skip
    if undated:
        notes.append(f"{undated} incident(s) have no publication date and are left out.")
    return Estimate(
        measure=NAME, value=float(found.expected[at]), low=float(found.low[at]), high=float(found.high[at]), level=level,
        interval=IntervalKind.BOOTSTRAP, n=int(found.published[: at + 1].sum()), counted="incidents",
        unit=f"incidents in {labels[at]} once all reports are in", reading=reading, says=says, notes=tuple(notes),
        diagnostics={
            "months": labels,
            "published": found.published[: at + 1].tolist(),
            "share_published": found.share[: at + 1].tolist(),
            "expected": found.expected[: at + 1].tolist(),
            "low": found.low[: at + 1].tolist(),
            "high": found.high[: at + 1].tolist(),
            "growth_by_age": found.factors.tolist(),
            "dispersion": found.dispersion,
            "uneven_pace": found.uneven.tolist(),
            "drift_p": found.drift,
            "assumes": ["months fill alike", "nothing arrives after the longest delay seen"],
        },
        seed=seed, seconds=time.perf_counter() - started, estimand=Estimand.AS_IT_WAS,
        interval_of="the number of incidents of this month that this record will hold once all reports are in",
    )  # fmt: skip


ENTRY = Measure(
    name=NAME,
    question="How complete is the record of the window's last month, and what will it grow to?",
    needs=("incident", "harm", "attribution"),
    answer=answer,
    by="options",
    options=(
        Option(name="belligerent", help="who is alleged to have acted", required=True),
        *(option for option in READING_OPTIONS if option.name != "bound"),
        Option(name="as_of", help="the day the record is looked at; the last publication if left out"),
        Option(name="level", help="nominal coverage of the interval", type=float, default=LEVEL),
        Option(name="replicates", help="bootstrap replicates", type=int, default=REPLICATES),
        Option(name="seed", help="seed of every draw", type=int, default=SEED),
    ),
    source="Mack 1993; England and Verrall 2002",
    example="civcas measure delay --belligerent 'Russian Military' --window 2015-10..2016-03 --as-of 2016-03-31",
    draw=pictures.delay,
)  # fmt: skip
