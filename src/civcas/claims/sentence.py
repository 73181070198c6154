"""The sentences that tell why a claim got its verdict."""

from __future__ import annotations

from collections.abc import Sequence

from civcas.claims.article import Claim
from civcas.claims.deciding import Rule, Share
from civcas.claims.verdict import FEWEST_READINGS, Tally
from civcas.terms.vocabulary import Verdict

PHRASES = {
    "window": "the window is {}",
    "grades": "the grades counted are {}",
    "bound": "the end of each range that is summed is {}",
    "attribution": "attribution is {}",
    "exposure": "the denominator is {}",
    "area": "the area is {}",
    "as_of": "the data are those known on {}",
}


def because(
    claim: Claim, verdict: Verdict, tally: Tally, decides: Sequence[Share], rule: Rule | None, *, later: int = 0
) -> str:
    """One or two sentences: the verdict's reason, in the words of the choices made."""
    if verdict == Verdict.NOT_FACTUAL:
        return f"It is a {claim.kind}: {claim.kind.meaning}. No data can hold or contradict it."
    if verdict == Verdict.CANNOT_BE_TOLD:
        return _cannot(claim, tally)
    counted = f"It holds in {tally.held} of the {tally.made} readings that could be made{_by_tolerance(claim, tally)}"
    if verdict == Verdict.SUPPORTED:
        return _joined_up(f"{counted}, and is reversed in none.", _undecided(tally), _later(later))
    if verdict == Verdict.CONTRADICTED:
        return _joined_up(f"{counted}; it {_sides(tally)}.", _undecided(tally), _later(later))
    told = (f"{counted}; it {_sides(tally)}.", _rule(rule), _shares(decides), _undecided(tally), _later(later))
    return _joined_up(*told)


def _joined_up(*sentences: str) -> str:
    return " ".join(sentence for sentence in sentences if sentence)


def _by_tolerance(claim: Claim, tally: Tally) -> str:
    """How many hold by the value itself, where others hold only because their interval is wide enough."""
    if claim.expect is None or claim.expect.within is None or tally.held == tally.held_by_tolerance:
        return ""
    return f" (in {tally.held_by_tolerance} the value itself is within the tolerance, in the others the claim lies in the interval)"


def _later(count: int) -> str:
    return f"Of these readings, {count} look at time after the article's date." if count else ""


def _cannot(claim: Claim, tally: Tally) -> str:
    if claim.measure is None:
        return "The tables at hand hold nothing this claim could be asked of."
    if claim.cannot_identify:
        return f"{claim.cannot_identify} What is shown is of the part that can be seen."
    if tally.made < FEWEST_READINGS:
        return (
            f"Only {tally.made} of {tally.made + tally.refused} readings could be made; {FEWEST_READINGS} are needed."
        )
    return (
        f"It holds in {tally.held} of {tally.made} readings, but in {tally.undecided} of the {tally.made} the interval is so wide "
        "that it holds no difference as well: too little to tell."
    )


def _sides(tally: Tally) -> str:
    parts = (("is weaker", tally.weaker), ("stronger", tally.stronger), ("reversed", tally.reversed))
    said = [f"{word} in {count}" for word, count in parts if count]
    text = _joined(said) if said else "never fails"
    return text if text.startswith(("is ", "never")) else f"is {text}"


def _rule(rule: Rule | None) -> str:
    if rule is None:
        return "No plain rule tells the readings that hold from the others."
    when = _joined([_condition(choice, rule) for choice in rule.takes])
    if rule.held_outside == 0:
        share = "always" if rule.held_inside == rule.inside else f"in {rule.held_inside} of {rule.inside}"
        return f"It holds only if {when}: {share} then, and never otherwise."
    return (
        f"It holds mainly if {when}: in {rule.held_inside} of {rule.inside} readings then, "
        f"and in {rule.held_outside} of {rule.outside} otherwise."
    )


def _condition(choice: str, rule: Rule) -> str:
    """The words taken, or those left out where they are fewer."""
    takes, leaves = rule.takes[choice], rule.leaves[choice]
    words = f"not {_joined(leaves, 'or')}" if len(leaves) < len(takes) else _joined(takes, "or")
    return PHRASES.get(choice, choice + " is {}").format(words)


def _shares(decides: Sequence[Share]) -> str:
    said = [f"{share.choice} ({share.share:.0%} of the variance)" for share in decides if share.share >= 0.05]
    return f"What decides it: {_joined(said, 'then')}." if said else ""


def _undecided(tally: Tally) -> str:
    if not tally.undecided:
        return ""
    held, others = tally.held_undecided, tally.undecided - tally.held_undecided
    return (
        f"The interval holds no difference as well in {held} of the readings that hold and in {others} of the others."
    )


def _joined(words: Sequence[str], last: str = "and") -> str:
    if len(words) < 2:
        return "".join(words)
    if last == "then":
        return ", then ".join(words)
    return f"{', '.join(words[:-1])} {last} {words[-1]}"
