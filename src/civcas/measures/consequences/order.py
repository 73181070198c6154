"""Order in time: a cause comes before its effect."""

from __future__ import annotations

import datetime as dt

from civcas.errors import BadInput


def day(text: str) -> dt.date:
    """A date as people write it here, or as ICSR's table does (20150126)."""
    digits = text.strip().replace("-", "")
    try:
        return dt.date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        raise BadInput(f"{text!r} is not a day", expected="a date like 2015-09-30") from None


def refuse_cause_after_effect(*, cause: dt.date, effect: dt.date) -> None:
    """Refuse when the effect was over before the cause began."""
    if effect < cause:
        raise BadInput(
            f"the cause began on {cause}, and what is to be its effect is of {effect} or before: an effect cannot come first",
            expected=f"data from after {cause}",
        )
