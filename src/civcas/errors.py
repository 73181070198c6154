"""Names every way civcas refuses to go on."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from enum import IntEnum


class CivcasError(Exception):
    """One clear message to a person: where it happened, what was found, what was expected, what to do.

    `exit_code` is what the command line leaves with; 2 is "the input was not usable".
    """

    exit_code = 2

    def __init__(self, found: str, *, where: str = "", expected: str = "", do: str = "") -> None:
        self.found, self.where, self.expected, self.do = found, where, expected, do
        super().__init__(self.sentence())

    def seen_at(self, where: str) -> CivcasError:
        """The same refusal, now that its place is known."""
        self.where = where
        self.args = (self.sentence(),)
        return self

    def sentence(self) -> str:
        head = f"{self.where}: {self.found}" if self.where else self.found
        return "\n".join(part for part in (_ended(head), _labelled("Expected", self.expected), _ended(self.do)) if part)


class BadInput(CivcasError):
    """What a person or a file gave cannot be used."""


LISTED_AT_MOST = 20
"""How many known names an error lists; of a longer list it gives those most like the name, and how many more there are."""


class UnknownName(CivcasError):
    """A name is not one of those there are; the nearest is suggested, and all are listed where a person can read them."""

    def __init__(self, kind: str, name: object, known: Iterable[str], *, where: str = "", do: str = "") -> None:
        self.kind, self.name, self.known = kind, name, tuple(known)
        nearest = difflib.get_close_matches(str(name).lower(), {k.lower(): k for k in self.known}, n=1, cutoff=0.5)
        spelt = {k.lower(): k for k in self.known}
        hint = f"; did you mean {spelt[nearest[0]]!r}?" if nearest else ""
        super().__init__(
            f"there is no {kind} {name!r}{hint}"
            if self.known
            else f"there is no {kind} {name!r}, and no other: nothing is listed here",
            where=where,
            expected=f"one of {_listed(str(name), self.known)}" if self.known else "",
            do=do,
        )


def _listed(name: str, known: tuple[str, ...]) -> str:
    """All names, or the nearest of a long list and how many more there are."""
    if len(known) <= LISTED_AT_MOST:
        return ", ".join(sorted(known))
    spelt = {each.lower(): each for each in sorted(known)}
    near = [spelt[each] for each in difflib.get_close_matches(name.lower(), spelt, n=LISTED_AT_MOST // 2, cutoff=0.3)]
    shown = near or sorted(known)[: LISTED_AT_MOST // 2]
    return f"{', '.join(shown)} and {len(known) - len(shown):,} more"


class MissingExtra(CivcasError):
    """A feature needs libraries that the core install leaves out."""

    def __init__(self, feature: str, extra: str) -> None:
        super().__init__(
            f"{feature} needs libraries that are not installed", do=f"Install them with: pip install 'civcas[{extra}]'"
        )


class NotYet(CivcasError):
    """A known gap, with its reason: civcas says so and gives no silent difference."""


class ReadOnly(CivcasError):
    """A folder or a database can be read but not written."""


class NoSpace(CivcasError):
    """A disk is full; what was being written was taken back whole."""


class Busy(CivcasError):
    """Someone else holds what is needed, and did not let go in time."""


class Conflict(CivcasError):
    """Someone else decided the same thing in the meantime; a person must look and decide again."""

    exit_code = 3


class Damage(IntEnum):
    """A way something vouched for can have been changed; the number is the exit code of `verify`. Rooms list their own ways."""

    says: str

    def __new__(cls, code: int, says: str) -> Damage:
        member = int.__new__(cls, code)
        member._value_ = code
        member.says = says
        return member


class Damaged(CivcasError):
    """What was written and vouched for is no longer as it was written."""

    def __init__(self, damage: Damage, found: str, *, where: str, expected: str, do: str) -> None:
        self.damage, self.exit_code = damage, int(damage)
        super().__init__(f"{damage.name.lower().replace('_', ' ')}: {found}", where=where, expected=expected, do=do)


def first_line(broken: BaseException, *, most: int = 200) -> str:
    """What another library says of a fault, in one line; its name where it says nothing."""
    said = str(broken).strip()
    return said.splitlines()[0][:most] if said else type(broken).__name__


def _ended(text: str) -> str:
    return text if not text or text[-1] in ".?!" else text + "."


def _labelled(label: str, text: str) -> str:
    return _ended(f"{label}: {text}") if text else ""
