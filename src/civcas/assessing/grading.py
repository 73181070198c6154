"""How sure the harm is, and who did it: two axes kept apart, and the recorder's grade derived from both."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from civcas.terms.vocabulary import Grading, StrikeStatus, Word


class HarmCertainty(Word):
    """How surely civilians were harmed, whoever did it."""

    ADMITTED = "admitted", "a belligerent accepts that it harmed civilians here"
    CORROBORATED = "corroborated", "two or more independent credible sources report it"
    SINGLE_SOURCE = "single source", "one independent source reports it; copies count once"
    NOT_CIVILIANS = "not civilians", "sources other than the attacker say that those harmed were combatants"
    NOT_REPORTED = "not reported", "no credible source reports harm to civilians"


class Says(Word):
    """What a source says about a belligerent."""

    NAMES = "names", "it holds this belligerent responsible"
    ADMITS = "admits", "the belligerent itself accepts that it harmed civilians"
    DECLARES = "declares", "the belligerent itself says that it struck there"
    DENIES = "denies", "the belligerent itself says that it did not"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """What one report says about one incident's harm and who did it."""

    report_id: str
    source: str
    reports_harm: bool = True
    credible: bool = True
    says_combatants: bool = False
    from_attacker: bool = False
    copy_of: str = ""
    names: tuple[tuple[str, Says], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Override:
    """A person's grade in place of the derived one, with reason and author."""

    grading: Grading
    by: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Assessment:
    """Both axes, the grade derived from them, and the grade that stands; each with the sentence that says why.

    `published` is the grade a dataset gave, kept beside ours. `standing` is a person's where there is one, else the published one where
    nothing but the publisher's own row is held, else the derived one.
    """

    harm: HarmCertainty
    strike_status: StrikeStatus
    derived: Grading
    standing: Grading
    published: Grading | None
    sources: int
    belligerents: tuple[str, ...]
    because: tuple[str, ...]


PUBLISHER_SAW_MORE = "That grade stands: the publisher saw sources that are not held here."


def assess(
    accounts: Iterable[Account],
    *,
    published: Grading | None = None,
    summarised: bool = False,
    override: Override | None = None,
) -> Assessment:
    """The assessment of one incident by what its reports say. Silence of a source is not evidence of anything.

    `summarised` says that the reports are a publisher's own rows about the incident, not the sources that it saw.
    """
    credible = sorted((a for a in accounts if a.credible), key=lambda a: a.report_id)
    harm, sources, why_harm = harm_certainty(credible)
    status, belligerents, why_status = strike_status(credible)
    derived, why_grade = grade(harm, status, len(belligerents))
    because = [why_harm, why_status, why_grade]
    if override:
        because.append(f"{override.by} grades it {override.grading}: {override.because}")
    if published and published != derived:
        because.append(f"It was published as {published}.")
    kept = published if summarised else None
    if kept and kept != derived and not override:
        because.append(PUBLISHER_SAW_MORE)
    return Assessment(
        harm=harm, strike_status=status, derived=derived, standing=override.grading if override else kept or derived,
        published=published, sources=sources, belligerents=belligerents, because=tuple(because),
    )  # fmt: skip


def independent(accounts: Iterable[Account], everyone: Iterable[Account]) -> set[str]:
    """The sources among these that speak for themselves: a copy speaks with the report it repeats, which is one of `everyone`."""
    source_of = {a.report_id: a.source for a in everyone}
    return {source_of.get(a.copy_of, a.copy_of or a.source) for a in accounts}


def harm_certainty(accounts: list[Account]) -> tuple[HarmCertainty, int, str]:
    """How sure the harm is, by how many independent sources, in a sentence."""
    reporting = independent(
        (a for a in accounts if a.reports_harm and not a.from_attacker and not a.says_combatants), accounts
    )
    combatants = independent((a for a in accounts if a.says_combatants and not a.from_attacker), accounts)
    admitted = [who for a in accounts for who, says in a.names if says == Says.ADMITS]
    n = len(reporting)
    if admitted:
        return HarmCertainty.ADMITTED, n, f"{_and(sorted(set(admitted)))} accepts that civilians were harmed."
    if len(combatants) > n:
        return (
            HarmCertainty.NOT_CIVILIANS,
            n,
            f"{_sources(len(combatants))} other than the attacker say that those harmed were combatants.",
        )
    if n >= 2:
        return HarmCertainty.CORROBORATED, n, f"{_sources(n)} report harm to civilians: {_and(sorted(reporting))}."
    if n == 1:
        return (
            HarmCertainty.SINGLE_SOURCE,
            n,
            f"One independent source reports harm to civilians: {min(reporting)}; copies count once.",
        )
    return HarmCertainty.NOT_REPORTED, 0, "No credible source reports harm to civilians."


def strike_status(accounts: list[Account]) -> tuple[StrikeStatus, tuple[str, ...], str]:
    """How surely which belligerents acted there, in a sentence."""
    naming: dict[str, list[Account]] = {}
    declared, denied = set(), set()
    for account in accounts:
        for who, says in account.names:
            if says == Says.DENIES:
                denied.add(who)
                continue
            naming.setdefault(who, []).append(account)
            if says in (Says.DECLARES, Says.ADMITS):
                declared.add(who)
    named = tuple(sorted(naming))
    if not named:
        return StrikeStatus.CONTESTED, (), "No source names a belligerent."
    if declared:
        return StrikeStatus.DECLARED, named, f"{_and(sorted(declared))} says that it struck there."
    if len(named) > 1 and not _one_alliance(accounts, named):
        return StrikeStatus.CONTESTED, named, f"Sources name different belligerents: {_and(list(named))}."
    n = len(independent((a for group in naming.values() for a in group), accounts))
    note = f" {_and(sorted(denied & set(named)))} denies it." if denied & set(named) else ""
    if n >= 2:
        return StrikeStatus.LIKELY, named, f"{_sources(n)} name {_and(list(named))}.{note}"
    return StrikeStatus.SINGLE_SOURCE, named, f"One independent source names {_and(list(named))}.{note}"


def _one_alliance(accounts: list[Account], named: tuple[str, ...]) -> bool:
    """Whether every source that names any of them names all: they acted together, and do not compete."""
    sets = [{who for who, says in a.names if says != Says.DENIES} for a in accounts]
    return all(not s or s == set(named) for s in sets)


def grade(harm: HarmCertainty, status: StrikeStatus, belligerents: int) -> tuple[Grading, str]:
    """The recorder's grade from the two axes (airwars-method.md 1.5), and why."""
    if harm == HarmCertainty.ADMITTED:
        return Grading.CONFIRMED, "Confirmed: a specific belligerent accepts responsibility for the harm."
    if harm == HarmCertainty.NOT_CIVILIANS:
        return Grading.DISCOUNTED, "Discounted: those harmed were combatants."
    if harm == HarmCertainty.NOT_REPORTED:
        return Grading.UNGRADED, "Not graded: no credible source reports harm to civilians."
    if status == StrikeStatus.CONTESTED:
        why = "no source names a belligerent" if belligerents == 0 else "claims of responsibility compete"
        return Grading.CONTESTED, f"Contested: {why}."
    if harm == HarmCertainty.SINGLE_SOURCE:
        return Grading.WEAK, "Weak: one independent source reports the harm."
    return (
        Grading.FAIR,
        "Fair: two or more independent sources report the harm, and a belligerent is named uncontested.",
    )


def _sources(n: int) -> str:
    return f"{n} independent source{'s' if n != 1 else ''}"


def _and(words: list[str]) -> str:
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
