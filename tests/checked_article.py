"""A checked article as `civcas check --json` prints it, invented and seeded: 288 readings of one claim, and its neighbours."""

from __future__ import annotations

import itertools
import math
import random
from typing import Any

WINDOWS = {
    "2015-10..2016-09 vs 2014-09..2016-09": 1.9,
    "2015-10..2016-09": 1.6,
    "2015-10..2016-12": 1.45,
    "2016-01": 2.9,
    "2017-01": 0.1,
    "2017": -0.9,
}
GRADES = {"fair+confirmed": -0.25, "+contested": 0.3, "all-but-discounted": 0.22}
BOUND = {"min": 0.0, "max": -0.03}
ATTRIBUTION = {"sole": 0.12, "any": -0.12}
EXPOSURE = {"month": 0.35, "incident": -0.9, "declared strike": -1.2, "declared sortie": 0.0}
SORTIES = "the reference publishes no sorties for Syria alone, only for Iraq and Syria together"
UNLIKE = "The two militaries do not count a strike the same way; this ratio compares unlike units."
WITHOUT = "31 incidents have no number killed; they are counted beside the sum and add nothing to it."
HASH = "5f1c9e7a3b8d2c4e6f0a1b2c3d4e5f60718293a4b5c6d7e8f9a0b1c2d3e4f506"
SOURCES = [
    {
        "title": "Example Recorder, incident table by month",
        "url": "https://recorder.example/table",
        "note": "sums of the lowest and highest number of each incident",
    },
    {
        "title": "Example Command, declared strikes",
        "url": "javascript:alert(1)",
        "note": "days without a release are missing",
    },
]


def readings(seed: int = 7) -> list[dict[str, Any]]:
    """One reading for each combination; whoever divides by sorties is refused."""
    chance = random.Random(seed)
    grid = itertools.product(WINDOWS, GRADES, BOUND, ATTRIBUTION, EXPOSURE)
    return [_reading(i, combination, chance) for i, combination in enumerate(grid)]


def _reading(i: int, combination: tuple[str, str, str, str, str], chance: random.Random) -> dict[str, Any]:
    window, grades, bound, attribution, exposure = combination
    chosen = {"window": window, "grades": grades, "bound": bound, "attribution": attribution, "exposure": exposure}
    if exposure == "declared sortie":
        nothing = {"value": None, "low": None, "high": None, "level": None, "interval": "none", "n": 0}
        return chosen | nothing | {"status": "refused", "why": SORTIES, "notes": [], "id": f"{i:012x}"}
    level = WINDOWS[window] + GRADES[grades] + BOUND[bound] + ATTRIBUTION[attribution] + EXPOSURE[exposure]
    value = min(max(math.exp(level + chance.gauss(0, 0.08)), 0.2), 40.0)
    half = abs(chance.gauss(0.32, 0.06)) + (0.5 if window in ("2016-01", "2017-01") else 0)
    low, high = value * math.exp(-half), value * math.exp(half)
    notes = [WITHOUT] + ([UNLIKE] if exposure == "declared strike" else [])
    numbers = {
        "value": value,
        "low": low,
        "high": high,
        "level": 0.95,
        "interval": "wald",
        "n": chance.randint(60, 1800),
    }
    return (
        chosen
        | numbers
        | {"status": _status(value, low, high), "why": _why(low, high), "notes": notes, "id": f"{i:012x}"}
    )


def _status(value: float, low: float, high: float) -> str:
    if low >= 6 and high <= 10:
        return "supports"
    return "contradicts" if high < 6 or low > 10 else "open"


def _why(low: float, high: float) -> str:
    return f"the interval {low:.2f} – {high:.2f} {'holds' if low <= 8 <= high else 'does not hold'} 8"


def claim(id: str, says: str, verdict: str, **more: Any) -> dict[str, Any]:
    """A claim without readings, unless `more` says otherwise."""
    nothing: dict[str, Any] = {
        "id": id, "says": says, "attributed_to": None, "kind": "figure", "measure": None, "claimed": None, "expect": None,
        "verdict": verdict, "made": 0, "supports": 0, "contradicts": 0, "open": 0, "refused": 0,
        "decides": [], "meanings": [], "answer": "",
        "because": "", "needs": [], "context": None, "would_decide": None, "sources": [], "readings": [],
    }  # fmt: skip
    return nothing | more


def meaning(
    window: str, exposure: str, verdict: str | None, value: float | None, low: float | None, high: float | None,
    copy_of: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """One thing the invented claim may mean."""
    chance = {"readings": 6, "draws": 999, "median": value, "on_one_side": 1.0, "significant": 1.0, "p_median": 0.003,
              "p_on_one_side": 0.2, "p_significant": 0.003, "p_largest": 0.002}  # fmt: skip
    return {
        "means": {"window": window, "exposure": exposure}, "verdict": verdict, "value": value, "lowest": low, "highest": high,
        "low": low, "high": high, "readings": 6, "votes": 6 if value else 0,
        "supports": 0.0, "contradicts": float(verdict == "contradicted"),
        "direction": 1.0, "copy_of": copy_of, "chance": chance if value else None,
    }  # fmt: skip


def with_readings(id: str, says: str, verdict: str, rows: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    count = {s: sum(r["status"] == s for r in rows) for s in ("supports", "contradicts", "open", "refused")}
    return claim(
        id, says, verdict, kind="rate ratio", measure="rate_ratio", made=len(rows) - count["refused"],
        supports=count["supports"], contradicts=count["contradicts"], open=count["open"],
        refused=count["refused"], readings=rows, sources=SOURCES, **more,
    )  # fmt: skip


def checked_article() -> dict[str, Any]:
    grid = readings()
    single = [r for r in grid if r["window"] == "2016-01" and r["exposure"] == "month"]
    lower = [r | {"status": "contradicts", "why": "more than twice the two claimed"} for r in single]
    return {
        "civcas": "0.1.0",
        "article": {
            "author": "A. N. Author",
            "title": "An Invented Ally and Its Air War",
            "outlet": "The Example Times",
            "date": "2017-01-23",
        },
        "claims": [
            with_readings(
                "C01",
                "Strikes of the Northern Air Force kill civilians at eight times the rate of the Southern Coalition’s",
                "depends on what is meant",
                grid,
                attributed_to="Example Recorder",
                claimed="8",
                expect={"value": 8, "within": 0.25},
                decides=[
                    {"choice": "window", "share": 0.62, "low": 0.41, "high": 0.77},
                    {"choice": "exposure", "share": 0.27, "low": 0.12, "high": 0.4},
                    {"choice": "grades", "share": 0.07},
                    {"choice": "attribution", "share": 0.03},
                    {"choice": "bound", "share": 0.004},
                ],
                answer="By the month, 9.1 times: compatible, but other sizes are too. Per declared strike, 0.42 times: contradicted.",
                because="It depends on whether time or strikes are the denominator, whether contested incidents are counted, and "
                "from when each campaign is taken.",
                estimand="as_it_tends",
                meanings=[
                    meaning("2015-10..2016-09", "month", "direction shown, size open", 9.1, 2.1, 28.0),
                    meaning("2015-10..2016-09", "day", "direction shown, size open", 9.1, 2.1, 28.0, copy_of=0),
                    meaning("2015-10..2016-09", "declared strike", "contradicted", 0.42, 0.1, 1.3),
                    meaning("2015-10..2016-09", "declared sortie", None, None, None, None),
                ],
                default_grid={"verdict": "contradicted", "answer": "0.5 times: contradicted.", "made": 12,
                              "left_out": {"grades": ["fair+confirmed"]}},
                other_estimand={"estimand": "as_it_was", "means": "", "verdict": "contradicted",
                                "answer": "9.1 times: contradicted.", "because": "", "meanings": [
                                    meaning("2015-10..2016-09", "month", "contradicted", 9.1, 8.0, 10.5),
                                    meaning("2015-10..2016-09", "day", "contradicted", 9.1, 8.0, 10.5, copy_of=0),
                                    meaning("2015-10..2016-09", "declared strike", "contradicted", 0.42, 0.3, 0.6),
                                    meaning("2015-10..2016-09", "declared sortie", None, None, None, None)]},
                changed=["The file varies window. Each choice there is a meaning of its own now, with its own verdict."],
                needs=["sorties of both air forces over one country and one period"],
                context="The figure was first published in October 2016 as 3,600 deaths in 12 months against 900 in 26.",
                would_decide="One agreed denominator: strikes of both sides counted by the same rule.",
            ),
            with_readings(
                "C02",
                "In January 2016 the ratio of civilians killed was two",
                "contradicted",
                lower,
                claimed="2",
                expect={"value": 2, "within": 0.25},
                decides=[{"choice": "grades", "share": 0.9}, {"choice": "bound", "share": 0.1}],
                because="Every reading that could be made shows far more than two.",
            ),
            with_readings(
                "C03",
                "ضربات القوة الجوية تقتل المدنيين أكثر من غيرها",  # Arabic: the page keeps its direction
                "supported",
                [r | {"status": "supports", "why": "more than 1"} for r in single],
                claimed="more than 1",
                expect={"low": 1, "high": 60},
                because="Eleven of twelve readings agree.",
            ),
            claim(
                "C26",
                "The most valuable intelligence comes from partners in the region",
                "cannot be told",
                because="Intelligence shared between states is almost absent from open data; any number here would be wrong.",
                needs=["released records of shared intelligence", "dated agreements between the services"],
                would_decide="Records of what each partner passed on, released by either side.",
            ),
            claim("J1", "A partnership with <the> Northern state is a \"bad\" idea & would fail", "not a factual claim",
                  because="It is a judgement about what should be done."),
            claim("J2", "High spirits would fade", "not a factual claim", because="It is a prediction."),
        ],
        "rerun": {
            "command": "civcas check invented.yaml --html report.html",
            "version": "0.1.0",
            "facts": [{"file": "incidents_by_month.csv", "sha256": HASH}, {"file": "declared_strikes.csv", "sha256": HASH[::-1]}],
        },
    }  # fmt: skip
