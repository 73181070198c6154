"""How many times as many civilians one side's recorded incidents killed as another's, with where the doubt comes from."""

from __future__ import annotations

import time
from typing import Any

from civcas.catalog import Measure, Option, Tables
from civcas.measures.incidents import answering, pictures
from civcas.measures.incidents.asked import CHANCE_OPTIONS, ESTIMAND, EXPOSURE_OPTIONS, GRID, MEANS, READING_OPTIONS
from civcas.terms.estimate import Answer


def answer(tables: Tables, *, exposed: str, reference: str, **words: Any) -> Answer:
    """The ratio of two rates from incidents, its bootstrap interval over months and incidents, and its uncertainty by source.

    Assumes that deaths on both sides were equally likely to be recorded; nothing in these tables can show it.
    Refuses where the reference killed nobody on record, or no incident has a number.
    """
    started = time.perf_counter()
    asked = answering.ask(tables, name="incident_ratio", belligerents=(exposed, reference), words=words)
    return answering.answered("incident_ratio", asked, started)


ENTRY = Measure(
    name="incident_ratio",
    question="How many times as many civilians did one side's recorded incidents kill, and what makes that unsure?",
    needs=("incident", "harm", "attribution"),
    answer=answer,
    by="options",
    no_difference=1.0,
    belligerents=("exposed", "reference"),
    options=(
        Option(name="exposed", help="the belligerent whose rate is compared", required=True),
        Option(name="reference", help="the belligerent it is compared with", required=True),
        *READING_OPTIONS,
        *EXPOSURE_OPTIONS,
        ESTIMAND,
        Option(name="contested_weight", help="probability that a contested incident is its side's", type=float, default=0.5),
        *CHANCE_OPTIONS,
    ),
    means=MEANS,
    grid=GRID,
    ranges=True,
    source="Efron 1979; Hall 1988; Harville 1974; Imbens and Manski 2004",
    example="civcas measure incident_ratio --exposed 'Russian Military' --reference 'U.S.-led Coalition' "
    "--window 2015-09-30..2016-12-31 --grades all --attribution sole",
    draw=pictures.parts,
)  # fmt: skip
