"""What it would take to move a ratio to 1, or to a claimed value: unequal recording, or contested incidents."""

from __future__ import annotations

import math
import time
from dataclasses import replace
from typing import Any

from civcas.catalog import Measure, Option, Tables
from civcas.errors import BadInput
from civcas.measures.counts.e_value import e_value
from civcas.measures.incidents import answering, pictures
from civcas.measures.incidents.asked import CHANCE_OPTIONS, ESTIMAND, EXPOSURE_OPTIONS, GRID, MEANS, READING_OPTIONS
from civcas.measures.incidents.speech import plain, side_labels
from civcas.measures.incidents.tipping import Move, moves
from civcas.terms.estimate import Answer, Estimate, Refusal

NAME = "tipping_point"


def answer(tables: Tables, *, exposed: str, reference: str, claimed: float = 1.0, **words: Any) -> Answer:
    """How many times better deaths by `exposed` would have to be recorded for the true ratio to be `claimed`.

    If a share d₁ of the deaths by one side and d₀ of those by the other enter the record, the true ratio is the recorded one
    times d₀/d₁; the value is the d₁/d₀ that leads from the recorded ratio to the claimed. Below 1 it is the other side whose
    deaths would have to be recorded better. Also: E-values, and how many contested incidents would have to be whose.
    """
    started = time.perf_counter()
    if not (claimed > 0 and math.isfinite(claimed)):
        raise BadInput(f"a claimed ratio of {claimed:g}", where="--claimed", expected="a number above 0")
    asked = answering.ask(tables, name=NAME, belligerents=(exposed, reference), words=words)
    if isinstance(asked, Refusal):
        return asked
    found = answering.answered("incident_ratio", asked, started)
    if isinstance(found, Refusal):
        return replace(found, measure=NAME)
    if not found.value > 0:
        return Refusal(measure=NAME, reason=f"{exposed} has no recorded death under this reading: no detection ratio leads to {claimed:g}",
                       needs="a reading with recorded deaths on both sides", reading=found.reading)  # fmt: skip
    ways = () if asked.rates_change_with_incidents else moves(
        asked.rows, asked.counted, asked.end, asked.fixed_exposure, claimed, (exposed, reference)
    )  # fmt: skip
    return _estimate(found, claimed, exposed, reference, ways, started)


def _estimate(
    found: Estimate, claimed: float, exposed: str, reference: str, ways: tuple[Move, ...], started: float
) -> Estimate:
    value, low, high = (None if end is None else end / claimed for end in (found.value, found.low, found.high))
    assert value is not None
    strength = (
        e_value(found.value, found.low, found.high) if found.low is None or found.low > 0 else e_value(found.value)
    )
    assert found.reading is not None
    exposed, reference = side_labels(found.reading)
    better, worse, times = (exposed, reference, value) if value >= 1 else (reference, exposed, 1 / value)
    says = (
        f"The recorded ratio is {plain(found.value)}. For the true ratio to be {plain(claimed)}, deaths by {better} would have to be "
        f"{plain(times)} times as likely to be recorded as deaths by {worse}."
    )
    return replace(
        found, measure=NAME, value=value, low=low, high=high,
        identified=None if found.identified is None else (found.identified[0] / claimed, found.identified[1] / claimed),
        unit="times as likely to be recorded",
        says=" ".join([says, *(_said(way, claimed) for way in ways if way.pool)]),
        diagnostics={
            "recorded_ratio": {"value": found.value, "low": found.low, "high": found.high},
            "claimed": claimed,
            "detection_ratio_to_one": found.value,
            "e_value": {"value": strength.value, "limit": strength.limit},
            "contested": [way.to_dict() for way in ways],
            "assumes": ["exposures as stated", "re-attributed incidents keep their counts"],
        },
        seconds=time.perf_counter() - started,
    )  # fmt: skip


def _said(way: Move, claimed: float) -> str:
    if way.possible:
        return (
            f"It would be {plain(claimed)} too if {100 * (way.share or 0):.0f}% of the deaths in {way.says} "
            f"(the largest {way.fewest} of {way.pool} incidents would do)."
        )
    return f"No share of {way.pool} incidents could do it if {way.says}."


ENTRY = Measure(
    name=NAME,
    question="How unequal would recording have to be, or how many contested incidents another's, to move the ratio there?",
    needs=("incident", "harm", "attribution"),
    answer=answer,
    by="options",
    no_difference=1.0,
    belligerents=("exposed", "reference"),
    options=(
        Option(name="exposed", help="the belligerent whose rate is compared", required=True),
        Option(name="reference", help="the belligerent it is compared with", required=True),
        Option(name="claimed", help="the ratio to move to: 1, or a claimed value", type=float, default=1.0),
        *READING_OPTIONS,
        *EXPOSURE_OPTIONS,
        ESTIMAND,
        *CHANCE_OPTIONS,
    ),
    means=(*MEANS, "claimed"),
    grid=GRID,
    ranges=True,
    source="VanderWeele and Ding 2017; tipping-point analysis",
    example="civcas measure tipping_point --exposed 'Russian Military' --reference 'U.S.-led Coalition' "
    "--window 2015-10..2016-12 --grades +contested --claimed 8",
    draw=pictures.tipping,
)  # fmt: skip
