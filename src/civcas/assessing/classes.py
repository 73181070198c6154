"""Standard classes of SDG indicator 16.1.2: causes of death, status of the person, age; and who counts as a civilian, by a stated rule."""

from __future__ import annotations

import re

from civcas.terms.vocabulary import Word


class Cause(Word):
    """What killed, in the classes the indicator's metadata asks for."""

    HEAVY_WEAPONS = (
        "heavy weapons and explosive munitions",
        "air strikes, shelling, rockets, missiles, drones, barrel bombs",
    )
    PLANTED = "planted explosives and unexploded ordnance", "mines, improvised explosive devices, remnants of war"
    SMALL_ARMS = "small arms and light weapons", "gunfire, snipers, executions by shooting"
    INCENDIARY = "incendiary weapons", "white phosphorus, thermite, napalm"
    CBRN = "chemical, biological, radiological or nuclear weapons", "chlorine, sarin and the like"
    ELECTROMAGNETIC = "electromagnetic weapons", "directed energy"
    LESS_LETHAL = "less lethal weapons", "tear gas, rubber bullets"
    DENIAL = "denial of objects indispensable to survival", "siege, starvation, denied medicine or water"
    ACCIDENTS = "accidents related to conflict", "vehicles, collapses, stray fire in celebration"
    OTHER = "objects and other means", "blades, beating, fire, torture"
    UNKNOWN = "unknown", "not reported"


class PersonStatus(Word):
    """What a person was, in the classes the indicator's metadata asks for."""

    CIVILIAN = "civilian", "not known to take part in hostilities"
    PROTECTED = "other protected person", "medical or religious staff of a force, or hors de combat"
    BELLIGERENT = "member of armed forces or groups", "known to take part in hostilities"
    UNDETERMINED = "undetermined", "sources disagree or do not say"


class AgeGroup(Word):
    """Whether a person is a child; groups need not add up to the total."""

    CHILD = "child", "under 18"
    ADULT = "adult", "18 or older"
    UNKNOWN = "unknown", "no age is given, and no word that settles it"


_CAUSES = (
    (Cause.CBRN, r"chemical|chlorine|sarin|mustard|nerve agent|radiolog|biolog"),
    (Cause.INCENDIARY, r"phosphorus|incendiar|napalm|thermite"),
    (Cause.PLANTED, r"\bied\b|improvised|mine\b|landmine|unexploded|\buxo\b|remnant|car bomb|roadside|booby"),
    (Cause.LESS_LETHAL, r"tear gas|rubber bullet|less.lethal|water cannon"),
    (Cause.ELECTROMAGNETIC, r"electromagnetic|directed energy|microwave|laser"),
    (Cause.DENIAL, r"siege|starv|denial|denied|malnutrition|dehydrat"),
    (Cause.HEAVY_WEAPONS, r"air.?strike|air raid|aerial|drone|uav|shell|artiller|rocket|missile|mortar|barrel|bomb|naval|heavy|explosive"),
    (Cause.SMALL_ARMS, r"small arms|gun|shoot|shot|sniper|execut|clash|firing|light weapon"),
    (Cause.ACCIDENTS, r"accident|collaps|run over|crash|celebrat"),
    (Cause.OTHER, r"stab|knife|blade|beat|burn|tortur|hang|other means|objects"),
)  # fmt: skip


def cause_of(means: str | None) -> Cause:
    """The class of a means as published; the first class that fits, from the most particular to the most general."""
    return next((cause for cause, words in _CAUSES if re.search(words, (means or "").lower())), Cause.UNKNOWN)


def status_of(
    *, linked_by_local_sources: bool, linked_by_attacker: bool, linked_by_others: bool = False, protected: bool = False,
    sources_disagree: bool = False,
) -> tuple[PersonStatus, str]:  # fmt: skip
    """Whether a person counts as a civilian, and why: assumed unless a source other than the attacker links them to fighting."""
    if protected:
        return PersonStatus.PROTECTED, "Medical or religious staff of a force, or out of the fight."
    if sources_disagree:
        return PersonStatus.UNDETERMINED, "Sources disagree: left out of the civilian minimum, in both maxima."
    if linked_by_local_sources or linked_by_others:
        return (
            PersonStatus.BELLIGERENT,
            "A source other than the attacker links the person to an armed group or to fighting.",
        )
    if linked_by_attacker:
        return PersonStatus.CIVILIAN, "Only the attacker calls the person a fighter: kept as context, not as proof."
    return PersonStatus.CIVILIAN, "No source links the person to fighting: civilian status is assumed."


def age_group(*, age: float | None = None, words: str = "") -> AgeGroup:
    """Child under 18; a word settles it only where no age is given. “Sons” and “daughters” alone do not."""
    if age is not None:
        return AgeGroup.CHILD if age < 18 else AgeGroup.ADULT
    said = words.lower()
    if re.search(r"\b(child|children|boy|girl|baby|infant|toddler|minor|newborn)s?\b", said):
        return AgeGroup.CHILD
    return (
        AgeGroup.ADULT
        if re.search(r"\b(adult|woman|man|women|men|elderly|grandmother|grandfather)\b", said)
        else AgeGroup.UNKNOWN
    )
