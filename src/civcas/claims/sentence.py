"""The sentences that say what became of a claim: first the answer with at most three numbers, then why."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence

from civcas.claims.article import Claim
from civcas.claims.meaning import Meaning
from civcas.claims.sensitivity import Share
from civcas.claims.stability import Without
from civcas.claims.tally import Tally
from civcas.terms.reading import AGAINST
from civcas.terms.vocabulary import Verdict

MOST_NUMBERS = 3
_SHORT: dict[str, str] = {
    Verdict.SUPPORTED: "supported",
    Verdict.CONTRADICTED: "contradicted",
    Verdict.SIZE_OPEN: "the direction is shown, the size is open",
    Verdict.MIXED: "mixed",
    Verdict.CANNOT_BE_TOLD: "cannot be told",
}
_CHOICES = {"grades": "the grades counted", "exposure": "what deaths are divided by", "as_of": "what was known by when"}


def answer(claim: Claim, verdict: Verdict, meanings: Sequence[Meaning], *, times: bool) -> str:
    """The verdict in one line, with the number of up to three meanings; `times` says that the numbers are ratios."""
    if verdict == Verdict.NOT_FACTUAL:
        return f"It is a {claim.kind}: {claim.kind.meaning}. No data can support or contradict it."
    if claim.measure is None:
        return "The claims file names no measure for it, so no data were asked."
    counted = [meaning for meaning in meanings if meaning.counts]
    if not counted:
        return "No number can be given under any reading."
    if claim.cannot_identify:
        return f"{claim.cannot_identify} What is shown is of the part that can be seen."
    chosen = _chosen(counted)
    if verdict != Verdict.DEPENDS and len(counted) > 1:
        return f"{_WHATEVER[verdict]} {_reach(counted, times=times)}"
    return " ".join(_line(meaning, chosen, times=times) for meaning in chosen)


def because(
    claim: Claim,
    verdict: Verdict,
    tally: Tally,
    meanings: Sequence[Meaning],
    decides: Sequence[Share],
    without: Sequence[Without],
    *,
    later: int = 0,
) -> str:
    """Why: how the readings divide, which choice moves them most, and what would become of the verdict without one."""
    if verdict == Verdict.NOT_FACTUAL or claim.measure is None:
        return ""
    parts = [_counted(tally, meanings), _divided(verdict, meanings), _moves(decides), _fragile(verdict, without)]
    if later:
        parts.append(f"{later} of these readings look at time after the article's date.")
    return " ".join(part for part in parts if part)


def _chosen(counted: Sequence[Meaning]) -> list[Meaning]:
    """The first meaning listed, then those that differ from it most: one for each choice that alone changes the verdict, then others."""
    first = counted[0]
    others = [each for each in counted[1:] if each.verdict != first.verdict]
    others.sort(
        key=lambda each: (len(_differs(first, each)), -_contrast(first, each))
    )  # stable: the order listed breaks ties
    chosen, axes, verdicts = [first], set[str](), {first.verdict}
    for each in others:
        differs = _differs(first, each)
        if len(chosen) < MOST_NUMBERS and len(differs) == 1 and not axes.intersection(differs):
            chosen.append(each)
            axes.update(differs)
            verdicts.add(each.verdict)
    for each in others:
        if len(chosen) < MOST_NUMBERS and each.verdict not in verdicts:
            chosen.append(each)
            verdicts.add(each.verdict)
    return chosen


def _contrast(first: Meaning, other: Meaning) -> float:
    """How far apart two numbers are, by their ratio where both are above zero."""
    if first.value is None or other.value is None:
        return 0.0
    if first.value > 0 and other.value > 0:
        return abs(math.log(first.value / other.value))
    return abs(first.value - other.value)


def _differs(first: Meaning, other: Meaning) -> list[str]:
    return [key for key in first.words if first.words[key] != other.words[key]]


def _line(meaning: Meaning, chosen: Sequence[Meaning], *, times: bool) -> str:
    """The first line names every choice in which the lines differ; the others name what is different in them."""
    first = chosen[0]
    shown = (
        {key for each in chosen for key in _differs(first, each)} if meaning is first else set(_differs(first, meaning))
    )
    where = ", ".join(
        phrase(key, meaning.words[key]) for key in sorted(shown, key=lambda key: (key != "exposure", key))
    )
    number = f"{amount(meaning.value)}{' times' if times else ''}"
    text = f"{where}, {number}: {short(meaning)}." if where else f"{number}: {short(meaning)}."
    return text[:1].upper() + text[1:]


def short(meaning: Meaning) -> str:
    """The verdict on one meaning in the fewest words."""
    if meaning.verdict == Verdict.SIZE_OPEN and not meaning.balance.contradicts:
        return "compatible, but other sizes are too"
    return _SHORT[meaning.verdict]


def phrase(key: str, word: str) -> str:
    """One choice as a person would say it: by the month; per declared strike; in 2017."""
    if key == "exposure":
        plain = {"month": "by the month", "day": "by the day", "incident": "per incident", "none": "in all"}
        return plain.get(word) or f"per {word.replace(AGAINST, ' against ')}"
    if key == "window":
        if not any(letter.isdigit() for letter in word):
            return word.replace("-", " ")
        return f"in {word.replace('..', ' to ').replace(AGAINST, ' against ')}"
    return f"{key.replace('_', ' ')} {word}"


def amount(value: float | None) -> str:
    """A number to the digits that can be meant: 0.42, 9.1, 40, 3,600."""
    if value is None:
        return "no number"
    if value == 0 or abs(value) >= 10:
        return f"{value:,.0f}"
    return f"{value:.2g}"


_WHATEVER: Mapping[Verdict, str] = {
    Verdict.SUPPORTED: "It is supported whatever is meant.",
    Verdict.CONTRADICTED: "It is contradicted whatever is meant.",
    Verdict.SIZE_OPEN: "The direction is shown whatever is meant, and the size is open.",
    Verdict.MIXED: "It is mixed whatever is meant.",
    Verdict.CANNOT_BE_TOLD: "It cannot be told, whatever is meant.",
}


def _reach(counted: Sequence[Meaning], *, times: bool) -> str:
    """How far the numbers of the meanings reach."""
    values = sorted(meaning.value for meaning in counted if meaning.value is not None)
    low, high = amount(values[0]), amount(values[-1])
    unit = " times" if times else ""
    return f"The number is {low}{unit}." if low == high else f"The numbers go from {low} to {high}{unit}."


def _counted(tally: Tally, meanings: Sequence[Meaning]) -> str:
    silent = sum(not meaning.has_number for meaning in meanings)
    if not tally.made:
        return _all_refused(tally.refused)
    parts = [
        f"{count:,} {words[count > 1]}" for count, words in (
            (tally.supports, ("supports it", "support it")), (tally.contradicts, ("contradicts it", "contradict it")),
            (tally.open, ("leaves it open", "leave it open")),
        ) if count
    ]  # fmt: skip
    text = f"Of {tally.made:,} reading{'s' if tally.made > 1 else ''} with a number, {_joined(parts)}"
    refused = f"; {tally.refused:,} give{'s' if tally.refused == 1 else ''} none" if tally.refused else ""
    return f"{text}{refused}." + (f" {silent} of {len(meanings)} meanings give no number." if silent else "")


def _all_refused(count: int) -> str:
    if count < 2:
        return "Its one reading gives no number." if count else ""
    return f"None of its {count:,} readings gives a number."


def _divided(verdict: Verdict, meanings: Sequence[Meaning]) -> str:
    counted = [meaning for meaning in meanings if meaning.counts]
    if verdict != Verdict.DEPENDS:
        return ""
    often = Counter(meaning.verdict for meaning in counted)
    parts = [f"{often[v]} {_ONE_AND_MANY[v][often[v] > 1]}" for v in Verdict if often[v]]
    return f"Of {len(counted)} different meanings, {_joined(parts)}."


_ONE_AND_MANY: Mapping[Verdict, tuple[str, str]] = {
    Verdict.SUPPORTED: ("supports it", "support it"),
    Verdict.CONTRADICTED: ("contradicts it", "contradict it"),
    Verdict.SIZE_OPEN: ("shows the direction and leaves the size open", "show the direction and leave the size open"),
    Verdict.MIXED: ("is mixed", "are mixed"),
    Verdict.CANNOT_BE_TOLD: ("cannot tell", "cannot tell"),
}


def _moves(decides: Sequence[Share]) -> str:
    if not decides or decides[0].share < 0.05:
        return ""
    first = decides[0]
    name = _CHOICES.get(first.choice, f"the {first.choice.replace('_', ' ')}")
    net = "" if first.low is None else ", chance taken out"
    return f"What moves the numbers most is {name}: {first.share:.0%} of their spread{net}."


def _fragile(verdict: Verdict, without: Sequence[Without]) -> str:
    other = [each for each in without if each.verdict != verdict]
    if not other:
        return ""
    first = other[0]
    more = f" ({len(other) - 1} more such)" if len(other) > 1 else ""
    return f"Without {first.choice.replace('_', ' ')} {first.word} the verdict would be “{first.verdict}”{more}."


def _joined(words: Sequence[str]) -> str:
    return f"{', '.join(words[:-1])} and {words[-1]}" if len(words) > 1 else "".join(words)
