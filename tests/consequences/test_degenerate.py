"""Input that holds nothing to compare is refused, or answered with "cannot be told", in every design."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from consequence_worlds import events
from typer.testing import CliRunner

from civcas.cli.app import build
from civcas.errors import BadInput
from civcas.measures.consequence import answer
from civcas.measures.consequences import panel_design, table_design, wake_design
from civcas.measures.consequences.events import CONTROL, OUTCOME, TREATMENT, check_copies, sorted_by_time
from civcas.measures.consequences.finding import Direction
from civcas.measures.consequences.limits import Limits
from civcas.measures.consequences.wakes import Windows
from civcas.terms.estimate import Refusal

Row = tuple[str, float, float, str]
NAMES = {OUTCOME: "attack", TREATMENT: "strike", CONTROL: "show"}
WORDS = {"treatment": "strike", "control": "show", "outcome": "attack", "days": "2,4", "km": "2,4", "draws": 99}
QUICK = Limits(draws=99)


def usual() -> list[Row]:
    given = events(seed=2, effect=1.0, wakes=120, outcomes=400)
    days = (given.days * 1.6).astype(int).astype("datetime64[D]").astype(str)
    kinds = [NAMES[int(k)] for k in given.kind]
    north = given.latitude + np.arange(len(kinds)) * 1e-9  # so that no two rows are the same
    return list(zip(days.tolist(), north.tolist(), given.longitude.tolist(), kinds, strict=True))


def steady(rows: list[Row]) -> list[Row]:
    """One attack a month in each of nine places, always at the same spot and day, and strikes and shows of force among them."""
    spots = [(a / 2, b / 2) for a in range(3) for b in range(3)]
    months = [f"{y}-{m:02d}" for y in (2000, 2001) for m in range(1, 13)]
    attacks = [(f"{m}-{d:02d}", *spot, "attack") for m in months for spot in spots for d in (2, 9, 16, 23)]
    wakes = [(f"{m}-{5 + 7 * (k % 3):02d}", *spots[k % 9], ("strike", "show")[k % 2]) for k, m in enumerate(months * 3)]
    return attacks + wakes


def all_treated(rows: list[Row]) -> list[Row]:
    """A strike in every place and month, and no show of force; attacks as they were."""
    months = [f"{y}-{m:02d}-15" for y in (1970, 1971) for m in range(1, 13)]
    return [*(r for r in rows if r[3] == "attack" and r[0] < "1971-07"),
            *((m, a / 4 + 0.1, b / 4 + 0.1, "strike") for m in months[:18] for a in range(4) for b in range(4))]  # fmt: skip


def copied(rows: list[Row]) -> list[Row]:
    """Every strike stands a second time as an attack, and there are no others."""
    return [r for r in rows if r[3] != "attack"] + [(*r[:3], "attack") for r in rows if r[3] == "strike"]


INPUTS: dict[str, tuple[Callable[[list[Row]], list[Row]], dict[str, Any]]] = {
    "nothing varies": (steady, {}),
    "one treated event": (lambda rows: [r for r in rows if r[3] != "strike"] + [r for r in rows if r[3] == "strike"][:1], {}),
    "one treated place": (lambda rows: [(r[0], 0.5, 0.5, r[3]) if r[3] == "strike" else r for r in rows], {"duplicates": "keep"}),
    "all treated": (all_treated, {"control": None}),
    "no control events": (lambda rows: [r for r in rows if r[3] != "show"], {}),
    "no outcome events": (lambda rows: [r for r in rows if r[3] != "attack"], {}),
    "no events": (lambda rows: [], {}),
    "treatment is outcome": (lambda rows: rows, {"outcome": "strike"}),
    "control is treatment": (lambda rows: rows, {"control": "strike"}),
    "the outcome is a copy of the treatment": (copied, {}),
    "one day": (lambda rows: [("2000-01-01", *r[1:]) for r in rows], {}),
    "all treatments on one day": (lambda rows: [("1970-09-01", *r[1:]) if r[3] == "strike" else r for r in rows], {}),
    "one place": (lambda rows: [(r[0], 0.5, 0.5, r[3]) for r in rows], {"duplicates": "keep"}),
    "every row twice": (lambda rows: rows * 2, {}),
    "every row twice, and kept": (lambda rows: rows * 2, {"duplicates": "keep"}),
    "every row three times, and kept": (lambda rows: rows * 3, {"duplicates": "keep"}),
}  # fmt: skip
SOUND = {
    ("did", "no control events"): "the panel needs no control; its own name for it is refused",
    ("hawkes", "all treated"): "times alone are used",
    ("hawkes", "one place"): "times alone are used",
    ("hawkes", "one treated place"): "times alone are used",
    ("wake", "one treated place"): "controls of the same place and period are compared with",
    ("did", "all treatments on one day"): "places without one in the same month are compared with",
}
"""Pairs that are sound for the design, or refused for another reason than the one in the name."""


def write(path: Path, rows: list[Row]) -> Path:
    path.write_text("\n".join(["date,latitude,longitude,kind", *(",".join(map(str, row)) for row in rows)]) + "\n")
    return path


PAIRS = [(design, name) for name in INPUTS for design in ("wake", "did", "hawkes") if (design, name) not in SOUND]


@pytest.mark.parametrize(("design", "name"), PAIRS, ids=[" ".join(pair) for pair in PAIRS])
def test_events_without_anything_to_compare_are_not_answered(tmp_path: Path, design: str, name: str) -> None:
    spoil, asked = INPUTS[name]
    found = answer(events=[write(tmp_path / "events.csv", spoil(usual()))], design=design, **{**WORDS, **asked})
    assert isinstance(found, Refusal), found.says
    if "twice" not in name and "three times" not in name:
        assert "stand twice" not in found.reason


@pytest.mark.parametrize("design", ["wake", "did", "hawkes"])
def test_the_same_events_unspoiled_are_asked(tmp_path: Path, design: str) -> None:
    found = answer(events=[write(tmp_path / "events.csv", usual())], design=design, **WORDS)
    assert [d["design"] for d in found.diagnostics["designs"]] == [design]


@pytest.mark.parametrize("times", [2, 3])
def test_every_event_twice_is_refused_by_each_design_itself(times: int) -> None:
    given = events(seed=2, wakes=120, outcomes=400)
    again = sorted_by_time(
        days=np.repeat(given.days, times), latitude=np.repeat(given.latitude, times), longitude=np.repeat(given.longitude, times),
        kind=np.repeat(given.kind, times),
    )  # fmt: skip
    with pytest.raises(BadInput, match="stands twice or more"):
        wake_design.ask(again, Windows(days=(2,), km=(2.0,)))
    with pytest.raises(BadInput, match="stands twice or more"):
        panel_design.ask(again)
    check_copies(given)  # unspoiled, they pass


def units(n: int = 24) -> dict[str, Any]:
    rng = np.random.default_rng(3)
    level = rng.poisson(8, n).astype(float)
    return {
        "treated": np.repeat([0.0, 1.0], n // 2),
        "before": np.stack([level + rng.poisson(3, n), level + rng.poisson(3, n)], axis=1),
        "after": (level + rng.poisson(3, n) + 1.0)[:, None],
    }


def spoilt(**changes: Callable[[dict[str, Any]], Any]) -> Callable[[], dict[str, Any]]:
    return lambda: {**units(), **{name: change(units()) for name, change in changes.items()}}


UNTOLD: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "before and after the same": (spoilt(after=lambda u: u["before"][:, 1:], before=lambda u: u["before"][:, 1:]), "something varies"),
    "all constant": (spoilt(before=lambda u: np.ones((24, 2)), after=lambda u: np.ones((24, 1))), "something varies"),
    "all zero": (spoilt(before=lambda u: np.zeros((24, 2)), after=lambda u: np.zeros((24, 1))), "something varies"),
    "all rise by one": (spoilt(before=lambda u: u["before"][:, 1:], after=lambda u: u["before"][:, 1:] + 1), "something varies"),
    "the treated rise by one": (
        spoilt(before=lambda u: u["before"][:, 1:], after=lambda u: u["before"][:, 1:] + u["treated"][:, None]), "something varies",
    ),
    "the column before given twice": (spoilt(before=lambda u: u["before"][:, [1, 1]]), "periods differ"),
    "one column after is one before": (spoilt(after=lambda u: np.hstack([u["after"], u["before"][:, :1]])), "periods differ"),
    "one treated unit": (spoilt(treated=lambda u: np.eye(24)[0]), "clusters"),
    "one unit not treated": (spoilt(treated=lambda u: 1 - np.eye(24)[0]), "clusters"),
    "two clusters": (spoilt(cluster=lambda u: u["treated"].astype(int)), "clusters"),
}  # fmt: skip


@pytest.mark.parametrize("name", UNTOLD)
def test_a_table_without_anything_to_compare_cannot_be_told(name: str) -> None:
    make, check = UNTOLD[name]
    found = table_design.ask(**make(), limits=QUICK)
    assert found.direction is Direction.UNTOLD
    assert check in [c.name for c in found.failed]


REFUSED: dict[str, tuple[Callable[[], dict[str, Any]], str]] = {
    "all treated": (spoilt(treated=lambda u: np.ones(24)), "all units are treated"),
    "none treated": (spoilt(treated=lambda u: np.zeros(24)), "no units are treated"),
    "no units": (lambda: {"treated": np.zeros(0), "before": np.zeros((0, 1)), "after": np.zeros((0, 1))}, "there are no units"),
    "the outcome is the treatment": (spoilt(after=lambda u: u["treated"][:, None]), "same values as the treatment"),
    "the outcome is the treatment turned": (spoilt(before=lambda u: 1 - u["treated"][:, None]), "same values as the treatment"),
    "one cluster": (spoilt(cluster=lambda u: np.zeros(24, int)), "one cluster"),
}  # fmt: skip


@pytest.mark.parametrize("name", REFUSED)
def test_a_table_that_cannot_be_compared_is_refused(name: str) -> None:
    make, says = REFUSED[name]
    with pytest.raises(BadInput, match=says):
        table_design.ask(**make(), limits=QUICK)


def test_the_same_table_unspoiled_is_answered() -> None:
    assert table_design.ask(**units(), limits=QUICK).direction is not Direction.UNTOLD


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("--treated", "hit", "--pre", "before", "--post", "before"), "two things"),
        (("--treated", "hit", "--pre", "hit", "--post", "after"), "two things"),
        (("--treated", "hit", "--pre", "before", "--pre", "before", "--post", "after"), "named twice"),
        (("--treated", "hit", "--pre", "before", "--post", "after"), "stand twice"),
    ],
)
def test_a_file_with_a_column_or_every_row_given_twice_is_refused(
    tmp_path: Path, words: tuple[str, ...], says: str
) -> None:
    made = units()
    rows = [
        f"{int(t)},{b:g},{a:g}"
        for t, b, a in zip(made["treated"], made["before"][:, 0], made["after"][:, 0], strict=True)
    ]
    file = tmp_path / "panel.csv"
    file.write_text("\n".join(["hit,before,after", *sorted(set(rows)) * 2]))
    told = CliRunner().invoke(build(), ["consequence", str(file), *words])
    assert isinstance(told.exception, BadInput)
    assert says in str(told.exception)
