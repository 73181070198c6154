"""What a person asks of incidents: the words of a reading, and the exposures that go with them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

from civcas.catalog import Option
from civcas.errors import BadInput
from civcas.terms.reading import AGAINST, Reading
from civcas.terms.vocabulary import Exposure
from civcas.terms.window import Window

REPLICATES, SEED, LEVEL = 10_000, 1, 0.95

_NUMBER = r"[0-9]+(?:\.[0-9]+)?"
_AMOUNT = re.compile(rf"^({_NUMBER})(?:\.\.({_NUMBER}))?$")

READING_OPTIONS = (
    Option(name="area", help="country, as the incidents name it; everywhere if left out"),
    Option(name="window", help="2016, 2015-10..2016-09; two joined by ' vs ' where the sides differ", required=True),
    Option(name="grades", help="which gradings count", default="fair+confirmed"),
    Option(name="bound", help="min or max of each incident, or range: both ends, carried through", default="min"),
    Option(name="attribution", help="sole, shared or any", default="any"),
)
ESTIMAND = Option(
    name="estimand", default="as_it_tends",
    help="as_it_tends: the rate behind these months, with an interval; as_it_was: the range of the records, without one",
)  # fmt: skip
GRID = {
    "grades": ("fair+confirmed", "+contested", "all-but-discounted"), "attribution": ("sole", "any"), "bound": ("range",),
}  # fmt: skip
"""What an honest analyst may choose either way: the default grid of the measures of incidents."""
MEANS = ("window", "area", "exposure", "amount")
EXPOSURE_OPTIONS = (
    Option(name="exposure", help="month, day, incident, none, or what `amount` counts", default="day"),
    Option(
        name="amount", help="how many strikes, sorties or munitions: 71000, or a range 3700..5400; ' vs ' between sides"
    ),
)
CHANCE_OPTIONS = (
    Option(name="level", help="nominal coverage of the interval", type=float, default=LEVEL),
    Option(name="replicates", help="bootstrap replicates", type=int, default=REPLICATES),
    Option(name="seed", help="seed of every draw", type=int, default=SEED),
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Amount:
    """What one side's harm is divided by, as a range where it is not known exactly. None: its number of incidents."""

    low: float | None
    high: float | None
    unit: str

    @property
    def middle(self) -> float | None:
        return None if self.low is None or self.high is None else (self.low * self.high) ** 0.5

    @property
    def is_range(self) -> bool:
        return self.low != self.high


def reading_of(belligerents: tuple[str, ...], words: dict[str, Any]) -> Reading:
    """The reading that the words of the options make."""
    names = ("window", "grades", "bound", "attribution", "exposure", "estimand")
    given = {name: words[name] for name in names if words.get(name) is not None}
    return Reading.of(belligerents=belligerents, area=words.get("area") or "everywhere", **given)


def amounts(reading: Reading, amount: str | None) -> tuple[Amount, ...]:
    """Each side's exposure: counted from its window, or the amount a person states for a declared unit.

    Raises `BadInput` for zero, for a range whose low end is above its high end, for months that a window cuts,
    and for a declared unit without an amount.
    """
    given = [part.strip() for part in amount.split(AGAINST.strip())] if amount else []
    sides = len(reading.belligerents)
    if len(given) not in (0, 1, sides) or (sides == 2 and len(given) == 1):
        raise BadInput(
            f"{len(given)} amounts for {sides} side(s)", where="--amount", expected="one for each, as '71000 vs 3700'"
        )
    return tuple(
        _amount(reading.exposure_of(side), reading.window_of(side), given[side] if given else None)
        for side in range(sides)
    )


def _amount(exposure: Exposure, window: Window, given: str | None) -> Amount:
    counted = {Exposure.DAY: window.days, Exposure.NONE: 1}
    if exposure is Exposure.INCIDENT:
        return Amount(low=None, high=None, unit="incident")
    if exposure is Exposure.MONTH:
        if not window.whole_months:
            raise BadInput(
                f"the window {window} cuts a month",
                where="--exposure month",
                expected="whole months, or --exposure day",
            )
        return Amount(low=window.months, high=window.months, unit="month")
    if exposure in counted:
        return Amount(low=counted[exposure], high=counted[exposure], unit=str(exposure))
    if given is None:
        raise BadInput(
            f"no amount is given for {exposure}s",
            where="--exposure",
            do="State it: --amount 71000, or a range 3700..5400",
        )
    return parsed_amount(given, str(exposure))


def parsed_amount(text: str, unit: str) -> Amount:
    """Read `71000` or `3700..5400`."""
    found = _AMOUNT.match(text.replace(",", "").strip())
    if not found:
        raise BadInput(
            f"{text!r} is not an amount", where="--amount", expected="a number above 0, or a range low..high"
        )
    low, high = float(found[1]), float(found[2] or found[1])
    if low <= 0:
        raise BadInput(
            f"the amount of {unit}s is {text}",
            where="--amount",
            expected="above 0; a rate over no exposure is undefined",
        )
    if high < low:
        raise BadInput(f"the amount {text} begins above its end", where="--amount", expected="low..high")
    return Amount(low=low, high=high, unit=unit)


def checked(*, level: float, replicates: int) -> None:
    """Refuse a level or a number of replicates that can give no interval."""
    if not 0 < level < 1:
        raise BadInput(f"a level of {level:g}", where="--level", expected="between 0 and 1, such as 0.95")
    if replicates < 200:
        raise BadInput(f"{replicates} bootstrap replicates", where="--replicates", expected="at least 200")
