"""A decision is a person or a rule settling something, with reason, author and time; a correction supersedes."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from civcas.errors import BadInput
from civcas.terms.vocabulary import DatePrecision, Grading, Word


class DecisionKind(Word):
    """What a decision settles."""

    BELLIGERENT = "belligerent", "the name a published belligerent has in this case"
    PLACE = "place", "the name, and the point, a published place has in this case"
    COUNT = "count", "the lowest and highest number that stand in place of the published ones"
    DATE = "date", "the first and last day that stand in place of the published ones"
    LOCATION = "location", "the place, and the point, that stand in place of those one report gives"
    NAMED = "named", "the belligerents that one report names, in place of those published"
    GRADE = "grade", "how well the harm of an incident is established"
    ATTRIBUTION = "attribution", "how one belligerent is held responsible for an incident"
    LINK = "link", "two reports speak of the same incident"
    UNLINK = "unlink", "two reports do not speak of the same incident"
    SAME_PERSON = "same_person", "two accounts of people are of one person"
    OTHER_PERSON = "other_person", "two accounts of people are of two persons"
    WITHDRAW = "withdraw", "a report, incident or figure no longer stands, and nothing stands in its place"
    SUPERSEDE = "supersede", "a report, incident or figure no longer stands, and another stands in its place"


AS_PUBLISHED: Mapping[str, Any] = {"as_published": True}
"""The value of a decision that takes earlier decisions back: what was published stands again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One thing settled.

    `subject` is what it is about: the id of a report, incident or figure; `belligerent:NAME` or `place:NAME` for a
    published name; `ID + ID` for a pair of reports, smaller id first. `about` is which of its aspects (civ_killed,
    grading, link …): of two decisions with the same subject and aspect the later stands. `supersedes` is the
    sequence of the one it replaces, as its author saw it; None where the author saw none.
    `by` and `at` are filled by the ledger when it answers; they are not part of what is asked.
    """

    kind: DecisionKind
    subject: str
    about: str
    value: Mapping[str, Any]
    because: str
    supersedes: int | None = None
    by: str = ""
    at: str = ""
    sequence: int | None = field(default=None, compare=False)

    def __post_init__(self) -> None:
        if not self.because.strip():
            raise BadInput(
                f"the decision about {self.subject} gives no reason",
                do='Say why, with --because "…": it is kept for ever',
            )

    @property
    def names(self) -> tuple[str, ...]:
        """Every record this decision speaks of, or the published name."""
        if "report_id_l" in self.value:
            return (str(self.value["report_id_l"]), str(self.value["report_id_r"]))
        successor = (str(self.value["successor"]),) if "successor" in self.value else ()
        return (self.subject, *successor)


def count(subject: str, about: str, lowest: float | None, highest: float | None, *, because: str) -> Decision:
    """`about` names the pair of columns corrected (`civ_killed` for civ_killed_min and civ_killed_max); None is unknown."""
    if lowest is not None and highest is not None and lowest > highest:
        raise BadInput(
            f"{about} of {subject}: the lowest is {lowest} but the highest is {highest}", expected="min ≤ max"
        )
    value = {"min": lowest, "max": highest}
    return Decision(kind=DecisionKind.COUNT, subject=subject, about=about, value=value, because=because)


def date(
    subject: str, first: dt.date | None, last: dt.date | None, precision: DatePrecision, *, because: str
) -> Decision:
    """The days on which it happened; None, both, where nobody knows."""
    if first is not None and last is not None and first > last:
        raise BadInput(f"the date of {subject}: {first} is after {last}", expected="the first day, then the last")
    value = {
        "date_start": first.isoformat() if first else None, "date_end": last.isoformat() if last else None,
        "date_precision": str(precision),
    }  # fmt: skip
    return Decision(kind=DecisionKind.DATE, subject=subject, about="date", value=value, because=because)


def location(
    subject: str, named: str, *, latitude: float | None = None, longitude: float | None = None, because: str
) -> Decision:
    """Where one report says it happened. Without a point none stands: the published one was of another place."""
    if latitude is not None and longitude is not None and not (abs(latitude) <= 90 and abs(longitude) <= 180):
        raise BadInput(f"{latitude}, {longitude} is no place on earth", expected="degrees north, degrees east")
    value = {"place": named, "latitude": latitude, "longitude": longitude}
    return Decision(kind=DecisionKind.LOCATION, subject=subject, about="location", value=value, because=because)


def named(subject: str, belligerents: str, *, because: str) -> Decision:
    """Whom one report names, separated by ; for the whole case a name is decided with `belligerent`."""
    names = "; ".join(dict.fromkeys(part.strip() for part in belligerents.split(";") if part.strip()))
    value = {"belligerents": names}
    return Decision(kind=DecisionKind.NAMED, subject=subject, about="named", value=value, because=because)


def grade(subject: str, grading: Grading, *, because: str) -> Decision:
    value = {"grading": str(grading)}
    return Decision(kind=DecisionKind.GRADE, subject=subject, about="grading", value=value, because=because)


def attribution(subject: str, belligerent: str, status: str, *, because: str) -> Decision:
    about = f"attribution:{belligerent}"
    value = {"belligerent": belligerent, "status": status}
    return Decision(kind=DecisionKind.ATTRIBUTION, subject=subject, about=about, value=value, because=because)


def belligerent(published: str, named: str, *, because: str) -> Decision:
    value = {"belligerent": named}
    return Decision(
        kind=DecisionKind.BELLIGERENT, subject=f"belligerent:{published}", about="name", value=value, because=because
    )


def place(
    published: str, named: str, *, latitude: float | None = None, longitude: float | None = None, because: str
) -> Decision:
    """Degrees north and east; None where the point is not known."""
    value = {"place": named, "latitude": latitude, "longitude": longitude}
    return Decision(kind=DecisionKind.PLACE, subject=f"place:{published}", about="name", value=value, because=because)


def link(report: str, other: str, *, because: str, incident: str | None = None, together: bool = True) -> Decision:
    """That two reports speak of the same incident (`together`), or do not; the order in which they are given is all one."""
    if report == other:
        raise BadInput(f"{report} cannot be linked with itself", expected="two reports")
    left, right = sorted((report, other))
    kind = DecisionKind.LINK if together else DecisionKind.UNLINK
    value = {"report_id_l": left, "report_id_r": right, "incident_id": incident}
    return Decision(kind=kind, subject=f"{left} + {right}", about="link", value=value, because=because)


def person(account: str, other: str, *, because: str, together: bool = True) -> Decision:
    """That two accounts are of one person (`together`), or are not; no name stands in the decision, only ids."""
    made = link(account, other, because=because, together=together)
    kind = DecisionKind.SAME_PERSON if together else DecisionKind.OTHER_PERSON
    value = {name: made.value[name] for name in ("report_id_l", "report_id_r")}
    return Decision(kind=kind, subject=made.subject, about="person", value=value, because=because)


def withdraw(subject: str, *, because: str) -> Decision:
    value = {"withdrawn": True}
    return Decision(kind=DecisionKind.WITHDRAW, subject=subject, about="standing", value=value, because=because)


def supersede(subject: str, successor: str, *, because: str) -> Decision:
    if subject == successor:
        raise BadInput(f"{subject} cannot supersede itself", expected="the id of the record that stands in its place")
    value = {"successor": successor}
    return Decision(kind=DecisionKind.SUPERSEDE, subject=subject, about="standing", value=value, because=because)
