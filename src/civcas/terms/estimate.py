"""An estimate is a number that says how sure it is and how it was read; a refusal says why there is no number."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from math import isfinite
from typing import Any

from civcas.terms.reading import Reading
from civcas.terms.vocabulary import Estimand


class IntervalKind(StrEnum):
    """What `low` and `high` of an estimate mean."""

    WALD = "wald"  # normal or t approximation on the scale the measure names
    EXACT = "exact"  # inverts an exact test
    PROFILE = "profile"  # likelihood profile
    BOOTSTRAP = "bootstrap"  # percentiles over resampled data
    CREDIBLE = "credible"  # posterior quantiles
    BOUNDS = "bounds"  # everything between lowest and highest reading; no probability attached
    PUBLISHED = "published"  # the range as its source printed it; no probability attached
    NONE = "none"  # no interval can be given; the notes say why


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """A number with its uncertainty, its size of evidence and the reading it was made under.

    `low`..`high` is an interval of kind `interval`; `level` is its nominal coverage (None for bounds and
    published ranges, which have none). `n` counts what `counted` names. `notes` are sentences that must
    travel with the number (assumptions, warnings); `diagnostics` are numbers and words for an analyst.
    `estimand` says whether the number is of the records as they were or of the rate behind them, and `interval_of` in a sentence what
    the interval is an interval of. `identified` are the lowest and highest value that the recorded ranges allow, before any chance;
    infinite, and None once written, where a range has no upper end.
    `effective` is how many equal incidents carry the number, on the side that has fewest: Kish's (Σd)²/Σd².
    """

    measure: str
    value: float
    low: float | None
    high: float | None
    level: float | None
    interval: IntervalKind
    n: int
    counted: str
    unit: str
    reading: Reading | None = None
    says: str = ""  # the result in a sentence a newspaper reader understands
    notes: tuple[str, ...] = ()
    diagnostics: Mapping[str, Any] = field(default_factory=dict)
    seed: int | None = None
    seconds: float | None = None
    estimand: Estimand | None = None
    interval_of: str = ""
    identified: tuple[float, float] | None = None
    effective: float | None = None

    def to_dict(self) -> dict[str, Any]:
        return {
            "measure": self.measure,
            "value": self.value,
            "low": self.low,
            "high": self.high,
            "level": self.level,
            "interval": str(self.interval),
            "n": self.n,
            "counted": self.counted,
            "unit": self.unit,
            "estimand": str(self.estimand) if self.estimand else None,
            "interval_of": self.interval_of,
            "identified": [end if isfinite(end) else None for end in self.identified] if self.identified else None,
            "effective": self.effective,
            "says": self.says,
            "notes": list(self.notes),
            "diagnostics": dict(self.diagnostics),
            "reading": self.reading.to_dict() if self.reading else None,
            "seed": self.seed,
            "seconds": self.seconds,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Refusal:
    """A result that says why no number can be given, and what would make one possible."""

    measure: str
    reason: str
    needs: str = ""
    reading: Reading | None = None
    diagnostics: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        return {
            "measure": self.measure,
            "refused": self.reason,
            "needs": self.needs,
            "diagnostics": dict(self.diagnostics),
            "reading": self.reading.to_dict() if self.reading else None,
        }


Answer = Estimate | Refusal
