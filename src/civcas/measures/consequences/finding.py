"""A finding: what one design says of the question, with the checks it passed and failed."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from statistics import NormalDist
from typing import Any

import numpy as np
from numpy.typing import NDArray

from civcas.errors import CivcasError
from civcas.terms.estimate import IntervalKind, Refusal

CONFLICT = (
    "Published findings on whether harm to civilians is followed by more or less violence conflict by place and period "
    "(fewer attacks after shelling in Chechnya, Lyall 2009; more after bombing in Vietnam, Dell and Querubin 2018; both signs in "
    "Iraq, Condra and Shapiro 2012): this answer is about these data only."
)
POWER = 0.80


class Direction(StrEnum):
    """What may be said of the outcome after the treatment, compared with after the control.

    "Here" says that the change was seen near the treatment and may have been a move: nothing is said of violence as a whole.
    """

    MORE = "more"
    LESS = "less"
    MORE_HERE = "more here"
    LESS_HERE = "less here"
    NO_CHANGE = "no detectable change"
    UNTOLD = "cannot be told"

    @property
    def sign(self) -> int:
        """1 for more, -1 for less, 0 where no direction is said."""
        return {Direction.MORE: 1, Direction.MORE_HERE: 1, Direction.LESS: -1, Direction.LESS_HERE: -1}.get(self, 0)

    @property
    def here(self) -> bool:
        return self in (Direction.MORE_HERE, Direction.LESS_HERE)

    @property
    def meaning(self) -> str:
        """The answer in a sentence or two for somebody who reads nothing else."""
        return {
            Direction.MORE: "More violence followed, and it did not only come from nearby.",
            Direction.LESS: "Less violence followed, and it did not only move nearby.",
            Direction.MORE_HERE: "More violence followed here. Whether it only came from elsewhere cannot be told.",
            Direction.LESS_HERE: "Less violence followed here. Whether it only moved elsewhere cannot be told.",
            Direction.NO_CHANGE: "No difference was seen, and one worth seeing would have been seen.",
            Direction.UNTOLD: "These data cannot answer the question. The failed checks say why.",
        }[self]


@dataclass(frozen=True, slots=True, kw_only=True)
class Check:
    """One thing that must hold for the design to mean what it says; `passed` is None where it could not be made.

    A check that does not `decide` is shown and weighs nothing.
    """

    name: str
    passed: bool | None
    says: str
    value: float | None = None
    decides: bool = True

    def to_dict(self) -> dict[str, Any]:
        return {
            "name": self.name,
            "passed": None if self.passed is None else bool(self.passed),
            "says": self.says,
            "value": finite(self.value),
            "decides": self.decides,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """The effect in one window or period, in outcome events per treated unit; `low`..`high` is the simultaneous band."""

    label: str
    value: float
    low: float
    high: float
    se: float

    @classmethod
    def around(cls, label: str, value: float, se: float, critical: float) -> Effect:
        """The value with a band of `critical` standard errors to both sides."""
        return cls(
            label=label,
            value=float(value),
            low=float(value - critical * se),
            high=float(value + critical * se),
            se=float(se),
        )

    def to_dict(self) -> dict[str, Any]:
        return {"label": self.label, **{k: finite(getattr(self, k)) for k in ("value", "low", "high", "se")}}


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """What one design found. `smallest_visible`: the smallest effect it would have seen four times in five.

    `headline` is the effect the answer rests on, with an interval of `level` that is an interval of what `interval_of` says;
    `p` is that of the whole family of effects; `total` says how many outcome events it amounts to over all treated units.
    `sides` names what is compared with what, `phrases` say more and less of it. `elsewhere` is the change summed out to the
    widest distance, where one was looked at.
    """

    design: str
    estimand: str
    direction: Direction
    headline: Effect
    effects: tuple[Effect, ...]
    checks: tuple[Check, ...]
    p: float
    smallest_visible: float
    usual: float
    n: int
    counted: str
    unit: str
    level: float = 0.95
    interval: IntervalKind = IntervalKind.WALD
    interval_of: str = ""
    sides: str = "the two sides"
    phrases: tuple[str, str] = ("more", "fewer")
    elsewhere: Effect | None = None
    total: tuple[float, float, float] | None = None
    picture: str = ""
    notes: tuple[str, ...] = ()
    numbers: Mapping[str, Any] = field(default_factory=dict)

    @property
    def failed(self) -> tuple[Check, ...]:
        return _failed(self.checks)

    @property
    def answer(self) -> Effect:
        """The effect that the answer as a whole may rest on: what was found here says nothing of the sum over a wider area."""
        return self.elsewhere if self.direction.here and self.elsewhere is not None else self.headline

    @property
    def says(self) -> str:
        """The finding in short sentences, none with more than three numbers."""
        if self.direction is Direction.UNTOLD:
            return f"{self.design}: cannot be told. " + " ".join(check.says for check in self.failed)
        size = f"{_size(self.headline)} {self.unit}. It was counted over: {self.headline.label}."
        if self.direction is Direction.NO_CHANGE:
            return (
                f"{self.design}: no detectable difference between {self.sides}. It is {size} A difference of "
                f"{shown(self.smallest_visible, sign=False)} or more would have been seen four times in five."
            )
        phrase = self.phrases[0 if self.direction.sign > 0 else 1] + (", here" if self.direction.here else "")
        chance = f"Without any effect, a result as clear comes up with probability {self.p:.2g}."
        return f"{self.design}: {phrase}. The difference is {size} {chance}{self._elsewhere()}"

    def _elsewhere(self) -> str:
        if not self.direction.here:
            return ""
        moved = "moved elsewhere" if self.direction is Direction.LESS_HERE else "came from elsewhere"
        wide = "" if self.elsewhere is None else f" Added up over the widest area, it is {_size(self.elsewhere)}."
        return f" Whether they only {moved} cannot be told.{wide}"

    def to_dict(self) -> dict[str, Any]:
        return {
            "design": self.design,
            "estimand": self.estimand,
            "direction": str(self.direction),
            "says": self.says,
            "sides": self.sides,
            "headline": self.headline.to_dict(),
            "elsewhere": self.elsewhere.to_dict() if self.elsewhere else None,
            "level": self.level,
            "interval": str(self.interval),
            "interval_of": self.interval_of,
            "effects": [effect.to_dict() for effect in self.effects],
            "checks": [check.to_dict() for check in self.checks],
            "p": finite(self.p),
            "smallest_visible": finite(self.smallest_visible),
            "usual": finite(self.usual),
            "n": self.n,
            "counted": self.counted,
            "unit": self.unit,
            "total": [finite(part) for part in self.total] if self.total else None,
            "picture": self.picture,
            "notes": list(self.notes),
            "numbers": dict(self.numbers),
        }


def _size(effect: Effect) -> str:
    return f"{shown(effect.value)} ({shown(effect.low)} to {shown(effect.high)})"


def shown(value: float | None, *, sign: bool = True) -> str:
    """A number as people read it: three digits, and whole numbers in groups from a thousand."""
    if value is None or not math.isfinite(value):
        return "–"
    plus = "+" if sign else ""
    return f"{value:{plus},.0f}" if abs(value) >= 1000 else f"{value:{plus}.3g}"


def _failed(checks: tuple[Check, ...]) -> tuple[Check, ...]:
    return tuple(check for check in checks if check.decides and check.passed is not None and not check.passed)


def decide(
    *, headline: Effect, p: float, checks: tuple[Check, ...], level: float = 0.95, only_here: bool = False
) -> Direction:
    """More or less where the whole family is beyond chance and no check failed; a failed check says nothing can be told.

    With `only_here`, a change that may be a mere move is said of the places near the treatment alone.
    """
    if _failed(checks) or not math.isfinite(headline.value):
        return Direction.UNTOLD
    if p > 1 - level:
        return Direction.NO_CHANGE
    if headline.value > 0:
        return Direction.MORE_HERE if only_here else Direction.MORE
    return Direction.LESS_HERE if only_here else Direction.LESS


def agreed(findings: tuple[Finding, ...]) -> Direction:
    """The direction of the designs that pass their checks; designs that contradict one another tell nothing.

    A design that sees no change does not contradict one that sees a change: it may see less well. A change is said of
    violence as a whole where one design shows it to be more than a move.
    """
    said = {finding.direction for finding in findings} - {Direction.UNTOLD}
    signs = {direction.sign for direction in said} - {0}
    if not said or len(signs) > 1:
        return Direction.UNTOLD
    order = (Direction.MORE, Direction.LESS, Direction.MORE_HERE, Direction.LESS_HERE)
    return next((d for d in order if d in said), Direction.NO_CHANGE)


def p_among(observed: float, drawn: NDArray[np.float64]) -> float:
    """The share of draws at least as large as what was observed, which counts as one of them (Phipson and Smyth 2010)."""
    return float((1 + np.sum(drawn >= observed - 1e-9)) / (1 + len(drawn)))


def robustness_value(t: float, degrees: int, *, q: float = 1.0) -> float:
    """How much of what is left of treatment and of outcome an unseen cause must explain to take the effect away.

    A share 0–1 of both residual variances: RV = ½(√(f⁴+4f²) − f²), f = q|t|/√df. Cinelli and Hazlett (2020), JRSS B 82.
    """
    f2 = (q * abs(t)) ** 2 / max(degrees, 1)
    return (math.sqrt(f2 * f2 + 4 * f2) - f2) / 2


def robustness_value_at(t: float, degrees: int, *, level: float = 0.95) -> float:
    """As `robustness_value`, to bring the effect to the edge of the interval instead of to nothing."""
    from scipy.stats import t as student  # slow to import, and only needed here

    f = abs(t) / math.sqrt(degrees) - student.ppf((1 + level) / 2, degrees - 1) / math.sqrt(degrees - 1)
    return 0.0 if f <= 0 else (math.sqrt(f**4 + 4 * f * f) - f * f) / 2


def e_value(ratio: float) -> float:
    """How strongly (as a risk ratio) an unseen cause must go with both treatment and outcome to explain a ratio away.

    VanderWeele and Ding (2017), Annals of Internal Medicine 167.
    """
    if not math.isfinite(ratio) or ratio <= 0:
        return math.nan
    ratio = max(ratio, 1 / ratio)
    return ratio + math.sqrt(ratio * (ratio - 1))


def smallest_visible(se: float, critical: float) -> float:
    """The effect that a test at `critical` standard errors sees four times in five."""
    return float((critical + NormalDist().inv_cdf(POWER)) * se)


def refusal(measure: str, unusable: CivcasError) -> Refusal:
    """Input that cannot be used, as a measure's answer: where and what was found, and what would do."""
    head = f"{unusable.where}: {unusable.found}" if unusable.where else unusable.found
    return Refusal(measure=measure, reason=head, needs=". ".join(filter(None, (unusable.expected, unusable.do))))


def finite(value: float | None) -> float | None:
    """The number, or nothing where there is none, as JSON wants it."""
    return None if value is None or not math.isfinite(value) else float(value)
