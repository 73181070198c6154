"""How many civilians one side's recorded incidents killed per day, strike or incident, with where the doubt comes from."""

from __future__ import annotations

import time
from typing import Any

from civcas.catalog import Measure, Option, Tables
from civcas.measures.incidents import answering, pictures
from civcas.measures.incidents.asked import CHANCE_OPTIONS, ESTIMAND, EXPOSURE_OPTIONS, GRID, MEANS, READING_OPTIONS
from civcas.terms.estimate import Answer


def answer(tables: Tables, *, belligerent: str, **words: Any) -> Answer:
    """The rate of one side from incidents, its bootstrap interval over months and incidents, and its uncertainty by source.

    Unreported deaths are not in it. Refuses where no incident of the reading has a number.
    """
    started = time.perf_counter()
    return answering.answered(
        "incident_rate", answering.ask(tables, name="incident_rate", belligerents=(belligerent,), words=words), started
    )


ENTRY = Measure(
    name="incident_rate",
    question="How many civilians did one side's recorded incidents kill per unit of exposure, and what makes that unsure?",
    needs=("incident", "harm", "attribution"),
    answer=answer,
    by="options",
    options=(
        Option(name="belligerent", help="who is alleged to have acted", required=True),
        *READING_OPTIONS,
        *EXPOSURE_OPTIONS,
        ESTIMAND,
        Option(name="contested_weight", help="probability that a contested incident is its side's", type=float, default=0.5),
        *CHANCE_OPTIONS,
    ),
    means=MEANS,
    grid=GRID,
    ranges=True,
    source="Efron 1979; Hall 1988; Harville 1974",
    example="civcas measure incident_rate --belligerent 'Russian Military' --window 2016 --exposure incident",
    draw=pictures.parts,
)  # fmt: skip
