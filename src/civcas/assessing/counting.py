"""An incident's lowest and highest number by group and outcome, each with the reports and the rule it came from."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from statistics import median_low

from civcas.assessing.rule_set import Maximum, Minimum, RuleSet
from civcas.assessing.saying import Said, Saying, read, shown
from civcas.terms.vocabulary import Group, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Harm:
    """One row of the `harm` table, with the sentences that made its numbers. None is unknown, never 0; a min without a max is open."""

    group: Group
    outcome: Outcome
    min: int | None
    max: int | None
    best: int | None
    rule: str
    reports: tuple[str, ...]
    derivation: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Voice:
    """What one independent source says, its copies and its own repeats taken together."""

    source: str
    low: int | None
    high: int | None


def count(sayings: Iterable[Saying], rules: RuleSet) -> list[Harm]:
    """The harm of one incident by group and outcome, in the order of the vocabularies; groups need not add up.

    Copies of a report, and several reports of one source, speak with one voice. Assumed of missing reports: nothing;
    a range says what the reports at hand support, and more reports can only keep or raise its maximum.
    """
    all_of_it = sorted(sayings, key=lambda s: s.report_id)
    found = [
        _count_one([s for s in all_of_it if s.group == group and s.outcome == outcome], all_of_it, group, outcome, rules)
        for group in Group for outcome in Outcome
    ]  # fmt: skip
    return [harm for harm in found if harm]


def _count_one(
    sayings: list[Saying], everything: list[Saying], group: Group, outcome: Outcome, rules: RuleSet
) -> Harm | None:
    contested = _contested(everything, outcome) if group in (Group.CIVILIANS, Group.BELLIGERENTS) else 0
    if not sayings and not (group == Group.BELLIGERENTS and contested):
        return None
    used = [s for s in sayings if s.credible and not s.other_incident]
    said = [(s, read(s, rules)) for s in used]
    told = [_left_out(s) for s in sayings if s not in used] + [words.because for _, words in said]
    voices = voices_of(said)
    low, high, why = bounds(voices, rules)
    told.append(why)
    if (
        (named := max((s.named for s in used), default=0))
        and rules.named_raise_the_minimum
        and (low is None or named > low)
    ):
        told.append(f"{named} victims are named, so the minimum rises to {named}.")
        low, high = named, None if is_open(low, high) else max(named, high or 0)
    if contested:
        low, high, why = _with_contested(low, high, contested, group, rules)
        told.append(why)
    best = median_low([v.low for v in voices if v.low is not None]) if any(v.low is not None for v in voices) else None
    if best is not None:
        best = max(best, low or 0) if high is None else min(max(best, low or 0), high)
    return Harm(group=group, outcome=outcome, min=low, max=high, best=best, rule=rules.id,
                reports=tuple(s.report_id for s in used), derivation=tuple(told))  # fmt: skip


def _left_out(saying: Saying) -> str:
    why = "it speaks of another incident" if saying.other_incident else "its source is not credible on this"
    return f"{saying.source} ({saying.report_id}) is left out: {why}."


def voices_of(said: list[tuple[Saying, Said]]) -> list[_Voice]:
    """One voice an independent source: copies speak with the report they repeat, repeats with their source."""
    source_of = {s.report_id: s.source for s, _ in said}
    grouped: dict[str, list[Said]] = {}
    for saying, words in said:
        if words.low is not None or words.high is not None:
            grouped.setdefault(source_of.get(saying.copy_of, saying.source), []).append(words)
    return [_voice(source, words) for source, words in sorted(grouped.items())]


def _voice(source: str, words: list[Said]) -> _Voice:
    """The highest of what one source says; "4 or more" leaves its upper end open, unless it says a higher number elsewhere."""
    low = max((w.low for w in words if w.low is not None), default=None)
    return _Voice(source, low, _highest([(w.low, w.high) for w in words]))


def _highest(ends: list[tuple[int | None, int | None]]) -> int | None:
    """The highest number any of these ranges gives; None where one that is open begins beyond it."""
    high = max((h for _, h in ends if h is not None), default=None)
    beyond = max((low for low, h in ends if h is None and low is not None), default=None)
    return None if high is not None and beyond is not None and beyond > high else high


def is_open(low: int | None, high: int | None) -> bool:
    return low is not None and high is None


def bounds(voices: list[_Voice], rules: RuleSet) -> tuple[int | None, int | None, str]:
    """Minimum and maximum by the rule set, and the sentence that says how."""
    lows = sorted((v.low for v in voices if v.low is not None), reverse=True)
    if not voices:
        return None, None, "No report gives a number that can be counted: the number is unknown, not 0."
    only_limits = [v.high for v in voices if v.low is None and v.high is not None]
    by_low = bool(lows) and rules.maximum == Maximum.HIGHEST_LOW
    high = max([*lows, *only_limits]) if by_low else _highest([(v.low, v.high) for v in voices])
    most = "open" if high is None else str(high)
    if not lows:
        return None, high, f"Only upper limits are given: at most {high}, the minimum is unknown."
    if rules.minimum == Minimum.CORROBORATED and len(lows) > 1:
        low = lows[1]
        alone = f", and {high} is not corroborated" if high is not None and high > low else ""
        why = f"The minimum is {low}, the largest number that two independent sources reach; the maximum is {most}{alone}."
    elif rules.minimum == Minimum.CORROBORATED:
        low, why = lows[0], f"One independent source gives a number: {shown(lows[0], high)}."
    else:
        low, why = lows[-1], f"The lowest number any independent source gives is {lows[-1]}; the maximum is {most}."
    return low, None if high is None else max(low, high), why


def _contested(sayings: list[Saying], outcome: Outcome) -> int:
    return max(
        (s.contested for s in sayings if s.outcome == outcome and s.credible and not s.other_incident), default=0
    )


def _with_contested(
    low: int | None, high: int | None, people: int, group: Group, rules: RuleSet
) -> tuple[int | None, int | None, str]:
    """People of contested status stand in both maxima and in neither minimum; a plain count of the reports does not hold them."""
    each = rules.contested_status
    civilian = group == Group.CIVILIANS
    least, most = (
        (each.civilians_min, each.civilians_max) if civilian else (each.belligerents_min, each.belligerents_max)
    )
    low, high = (low or 0) + least * people, None if is_open(low, high) else (high or 0) + most * people
    who = "1 person's" if people == 1 else f"{people} people's"
    return low, high, f"{who} civilian status is contested: {least * people}–{most * people} more {group}."
