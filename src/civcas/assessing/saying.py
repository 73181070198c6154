"""What one report says of a number: a number, a range, or words that a rule set turns into one."""

from __future__ import annotations

import re
from dataclasses import dataclass

from civcas.assessing.rule_set import RuleSet
from civcas.terms.vocabulary import Group, Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """One report's account of one group and outcome in one incident.

    `low` and `high` are people, None where no number is given; `words` then say how many. `named` counts victims
    named. `contested` counts people whose civilian status is contested. `copy_of` names the report it repeats.
    """

    report_id: str
    source: str
    group: Group = Group.CIVILIANS
    outcome: Outcome = Outcome.KILLED
    low: int | None = None
    high: int | None = None
    words: str = ""
    named: int = 0
    contested: int = 0
    credible: bool = True
    other_incident: bool = False
    copy_of: str = ""


@dataclass(frozen=True, slots=True)
class Said:
    """The range a saying counts as, and the sentence that says why.

    Both ends are None where it says nothing countable. A low without a high is open: "4 or more".
    """

    low: int | None
    high: int | None
    because: str


_UNITS = "zero one two three four five six seven eight nine ten"
_TEENS = "eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen twenty"
NUMBER_WORDS = {word: n for n, word in enumerate(f"{_UNITS} {_TEENS}".split())}
_N = rf"(\d[\d,]*|{'|'.join(NUMBER_WORDS)})"
_MISSING = re.compile(r"\b(missing|under (the )?rubble|trapped|unaccounted)\b", re.I)
_DEAD = re.compile(r"\b(killed|dead|died|deaths?|martyrs?|bodies|fatalit\w+|injur\w+|wounded|hurt)\b", re.I)
_RANGE = re.compile(rf"\b{_N}\s*(?:to|–|-|or)\s*{_N}\b", re.I)
_BETWEEN = re.compile(rf"\bbetween {_N} and {_N}\b", re.I)
_MAJORITY = re.compile(rf"\b(?:majority|most) of (?:the )?{_N}\b", re.I)
_NAMED_AND_OTHERS = re.compile(r"\b(and|with) (others|several others|some others)\b", re.I)
_UP_TO = re.compile(rf"\b(?:up to|as many as|no more than) {_N}\b", re.I)
_MORE_THAN = re.compile(rf"\b(?:more than|over) {_N}\b", re.I)
_NUMBER = re.compile(rf"\b{_N}\b", re.I)
_NOBODY = re.compile(r"\b(no one|nobody|no (?:civilians?|deaths|casualties|people|injuries))\b", re.I)
_HUNDREDS = re.compile(r"\b(hundreds|scores|thousands)\b", re.I)
_DOZENS = re.compile(r"\b(dozens|large numbers?)\b", re.I)
_SOME = re.compile(r"\b(some|several)\b", re.I)
_MANY = re.compile(r"\bmany\b", re.I)
_FAMILY = re.compile(r"\b(whole|entire)\s+family\b|\bfamily of\b|\b(his|her|their) family\b", re.I)
_ONE = re.compile(r"\b(an?|one) (civilian|child|woman|man|person|boy|girl|baby|resident|farmer)\b", re.I)
_PLURAL = re.compile(
    r"\b(several|some|others|a number of|a few|few|civilians|people|martyrs|children|women|men|injuries|casualties|deaths|victims|"
    r"wounded|families|members|residents)\b", re.I)  # fmt: skip


def read(saying: Saying, rules: RuleSet) -> Said:
    """What a saying counts as under a rule set; a stated number stands, words are read in a fixed order."""
    who = f"{saying.source} ({saying.report_id})"
    if saying.low is not None or saying.high is not None:
        return _stated(saying, who)
    if not saying.words.strip():
        return Said(None, None, f"{who} gives no number.")
    if not rules.missing_are_counted and _MISSING.search(saying.words) and not _DEAD.search(saying.words):
        return Said(None, None, f"{who} says “{saying.words}”: the missing are not counted until reported dead.")
    return _from_words(saying, rules, who)


def _stated(saying: Saying, who: str) -> Said:
    low, high = saying.low, saying.high
    if low is not None and high is not None and low > high:
        return Said(None, None, f"{who} gives {low}–{high}, which is no range: it is left out until decided.")
    return Said(low, high, f"{who} says {shown(low, high)}.")


def shown(low: int | None, high: int | None) -> str:
    """A range in words: `4`, `4–7`, `4 or more`, `7 at most`."""
    if low is None or high is None:
        return f"{high} at most" if low is None else f"{low} or more"
    return f"{low}" if low == high else f"{low}–{high}"


def _from_words(saying: Saying, rules: RuleSet, who: str) -> Said:
    words = saying.words
    quoted = f"{who} says “{words}”"
    if found := _MAJORITY.search(words):
        total = number(found[1])
        part = -(-int(total * rules.majority_share * 2) // 2)
        return Said(part, total, f"{quoted}: a majority of {total} counts as at least {part}.")
    if found := _BETWEEN.search(words) or _RANGE.search(words):
        low, high = sorted((number(found[1]), number(found[2])))
        return Said(low, high, f"{quoted}: {low}–{high}.")
    if saying.named and _NAMED_AND_OTHERS.search(words):
        high = saying.named + rules.named_and_others_adds
        return Said(saying.named, high, f"{quoted}: {saying.named} named and others count as {saying.named}–{high}.")
    if found := _UP_TO.search(words):
        return Said(None, number(found[1]), f"{quoted}: this raises the maximum only.")
    if found := _MORE_THAN.search(words):
        n = number(found[1]) + 1
        return Said(n, n, f"{quoted}: more than {n - 1} is at least {n}.")
    if found := _NUMBER.search(words):
        n = number(found[1])
        return Said(n, n, f"{quoted}: {n}.")
    if _NOBODY.search(words):
        return Said(0, 0, f"{quoted}: 0.")
    return _vague(words, rules, quoted)


def _vague(words: str, rules: RuleSet, quoted: str) -> Said:
    if _HUNDREDS.search(words):
        return Said(None, None, f"{quoted}: the rules give this word no number, so it is kept as words.")
    for name, pattern in (("some_and_dozens", None), ("dozens", _DOZENS), ("many", _MANY), ("family", _FAMILY)):
        met = (_SOME.search(words) and _DOZENS.search(words)) if pattern is None else pattern.search(words)
        if met and name in rules.words:
            rule = rules.words[name]
            return Said(rule.min, rule.max, f"{quoted}: {rule.says}.")
    if _ONE.search(words):
        return Said(1, 1, f"{quoted}: 1.")
    if _PLURAL.search(words):
        rule = rules.words["plural"]
        return Said(rule.min, rule.max, f"{quoted}: {rule.says}.")
    return Said(None, None, f"{quoted}: no number can be read from this.")


def number(text: str) -> int:
    """A written number: digits with commas, or a word up to twenty."""
    return NUMBER_WORDS[text.lower()] if text.lower() in NUMBER_WORDS else int(text.replace(",", ""))
