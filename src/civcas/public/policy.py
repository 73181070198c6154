"""What a case lets out: how places are masked, which datasets may be published, and who said so."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from civcas.errors import BadInput, UnknownName
from civcas.terms.canonical import canonical, digest
from civcas.terms.vocabulary import Word

FILE, PART, IMPRINT = "civcas.toml", "redaction", "publication"
WIDEST_KM = 500.0
OWN_TABLE = "as its maker says"  # the licence of a table that a person mapped: whoever made it says its terms


class Places(Word):
    """How the place of an incident is shown."""

    GRID = "grid", "the middle of the square of a grid that the place lies in"
    PLACE = "place", "the middle of the town, where enough incidents tell it; else of the province, else the grid"
    PROVINCE = "province", "the middle of the province, where enough incidents tell it; else the grid"
    NONE = "none", "not at all: no point is shown, only the names of places"


@dataclass(frozen=True, slots=True, kw_only=True)
class Dataset:
    """Whether rows of one dataset may be published, and why."""

    publish: bool
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """How a case is redacted. What is not said here is decided for caution: places on a grid, no addresses of sources.

    `grid_km` is the side of a square; `fewest` how many incidents must share a masked place before it hides anyone.
    `datasets` says of datasets whose licence forbids it, or that a case keeps back, whether their rows are published.
    `known_public` are texts that look like secrets of the case but are not, each with the reason.
    """

    places: Places = Places.GRID
    grid_km: float = 5.0
    fewest: int = 5
    source_addresses: bool = False
    datasets: Mapping[str, Dataset] = field(default_factory=dict)
    known_public: Mapping[str, str] = field(default_factory=dict)

    def publishes(self, dataset: str) -> bool:
        """Whether rows of a dataset are shown; one of which nothing is said is shown if its licence lets it."""
        return self.datasets[dataset].publish if dataset in self.datasets else True

    def to_dict(self) -> dict[str, Any]:
        """What a release says of its policy. Of the texts held to be public, only their hash."""
        return {
            "places": str(self.places),
            "grid_km": self.grid_km,
            "fewest": self.fewest,
            "source_addresses": self.source_addresses,
            "datasets": {
                name: {"publish": each.publish, "because": each.because} for name, each in sorted(self.datasets.items())
            },
            "known_public": digest(canonical(dict(self.known_public))) if self.known_public else "",
        }

    def in_words(self) -> str:
        side = f"{self.grid_km:g} km"
        return {
            Places.GRID: f"each place is shown as the middle of a square of at least {side}",
            Places.PLACE: f"each place is shown as the middle of its town or province, to a square of at least {side}",
            Places.PROVINCE: f"each place is shown as the middle of its province, to a square of at least {side}",
            Places.NONE: "no place is shown as a point",
        }[self.places]


@dataclass(frozen=True, slots=True, kw_only=True)
class Imprint:
    """Who publishes, how to cite, where to write, under which terms; a case says it in `[publication]`."""

    publisher: str = ""
    contact: str = ""
    licence: str = ""


def read_policy(folder: Path) -> Policy:
    """The policy of a case, from `[redaction]` of its civcas.toml. What cannot be read, or is not understood, stops everything."""
    return policy_of(_part(folder, PART), where=str(folder / FILE))


def read_imprint(folder: Path) -> Imprint:
    where, words = str(folder / FILE), _part(folder, IMPRINT)
    _only(words, [f.name for f in fields(Imprint)], f"{where}, [{IMPRINT}]")
    return Imprint(**{name: _text(value, f"{where}, {name}") for name, value in words.items()})


def policy_of(words: Mapping[str, Any], *, where: str = f"[{PART}]") -> Policy:
    """A policy as TOML spells it; an unknown word is refused, since it may be a misspelt protection."""
    _only(words, [f.name for f in fields(Policy)], f"{where}, [{PART}]")
    said = dict(words)
    if "places" in said:
        known = {str(place): place for place in Places}
        if said["places"] not in known:
            raise UnknownName("way to show places", said["places"], known, where=where)
        said["places"] = known[said["places"]]
    if "grid_km" in said:
        said["grid_km"] = _number(said["grid_km"], f"{where}, grid_km")
    if "fewest" in said and (
        not isinstance(said["fewest"], int) or isinstance(said["fewest"], bool) or said["fewest"] < 2
    ):
        raise BadInput(f"fewest is {said['fewest']!r}", where=where, expected="a whole number of 2 or more")
    if "source_addresses" in said and not isinstance(said["source_addresses"], bool):
        raise BadInput(f"source_addresses is {said['source_addresses']!r}", where=where, expected="true or false")
    if "datasets" in said:
        said["datasets"] = {n: _dataset(n, v, where) for n, v in _table(said["datasets"], "datasets", where).items()}
    if "known_public" in said:
        listed = _table(said["known_public"], "known_public", where)
        said["known_public"] = {name: _reason(because, name, where) for name, because in listed.items()}
    return Policy(**said)


def undecided(policy: Policy, closed: Iterable[tuple[str, str]], *, licence: str = "") -> list[tuple[str, str]]:
    """Of datasets whose licence forbids publishing their rows, those on which nobody decided: a release and an export both refuse them.

    `closed` are names and licences. Tables of the case's own (read with a mapping) are published under its `licence`, if it has one.
    """
    return [
        (name, terms)
        for name, terms in closed
        if name not in policy.datasets and not (licence.strip() and terms == OWN_TABLE)
    ]


def refuse_closed(policy: Policy, closed: Iterable[tuple[str, str]], *, licence: str = "") -> None:
    """Raise for the first dataset that `undecided` finds."""
    for name, terms in undecided(policy, closed, licence=licence):
        own = terms == OWN_TABLE
        raise BadInput(
            f"rows of {name} may not be published again: {terms}",
            where=FILE,
            expected=f"a decision on it, with a reason:\n\n  [{PART}.datasets.{name}]\n  publish = false\n"
            '  because = "no licence found; asked the publisher on …"\n',
            do=("If it is your own table, say on what terms others may use it: licence = \"CC BY 4.0\" under "
                f"[{IMPRINT}]. Else, with" if own else "With")
            + " publish = false its rows are held back and only its sums appear; with publish = true, by leave of the "
            "publisher, they are shown",
        )  # fmt: skip


def _part(folder: Path, name: str) -> dict[str, Any]:
    path = folder / FILE
    try:
        words = tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, tomllib.TOMLDecodeError, UnicodeDecodeError) as wrong:
        raise BadInput(
            f"what this case lets out cannot be read: {wrong}", where=str(path), do="Nothing was shown or written"
        ) from None
    return dict(_table(words.get(name, {}), name, str(path)))


def _table(value: Any, name: str, where: str) -> Mapping[str, Any]:
    if not isinstance(value, dict):
        raise BadInput(f"{name} is {value!r}", where=where, expected=f"a table [{name}]")
    return value


def _only(words: Mapping[str, Any], known: list[str], where: str) -> None:
    for name in words:
        if name not in known:
            raise UnknownName("setting", name, known, where=where, do="Nothing was shown or written")


def _dataset(name: str, value: Any, where: str) -> Dataset:
    words = _table(value, f"{PART}.datasets.{name}", where)
    _only(words, ["publish", "because"], where)
    if not isinstance(words.get("publish"), bool):
        raise BadInput(f"publish of {name} is {words.get('publish')!r}", where=where, expected="true or false")
    return Dataset(publish=words["publish"], because=_reason(words.get("because"), name, where))


def _reason(value: Any, name: str, where: str) -> str:
    if not isinstance(value, str) or not value.strip():
        raise BadInput(f"{name} is given no reason", where=where, expected='because = "…": it is kept with the release')
    return value.strip()


def _number(value: Any, where: str) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0.1 <= value <= WIDEST_KM:
        raise BadInput(f"the side of a square is {value!r}", where=where, expected=f"0.1 to {WIDEST_KM:g} km")
    return float(value)


def _text(value: Any, where: str) -> str:
    if not isinstance(value, str):
        raise BadInput(f"this is {value!r}", where=where, expected="a text in quotes")
    return value
