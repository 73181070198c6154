"""Lays out what a claim may mean: one row a meaning, and what stands beside the verdict."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from civcas.telling import words
from civcas.telling.summary import Claim

ESTIMANDS = {"as_it_tends": "As it tends to be", "as_it_was": "As it was recorded"}
_ASKED = {
    "as_it_tends": "Asked at what rate months like these come about",
    "as_it_was": "Asked of these months as they were recorded, without chance",
}


def columns(claim: Claim) -> list[str]:
    """The headings of the choices that change the meaning."""
    first = next(iter(claim.get("meanings") or ()), None)
    return [words.dimension(key) for key in (first or {}).get("means", {})]


def rows(claim: Claim) -> list[dict[str, Any]]:
    """Every meaning: its choices in words, its verdict, its number, how far its readings reach, and how they divide."""
    listed = list(claim.get("meanings") or ())
    others = _others(claim) or [{}] * len(listed)
    return [_row(each, listed) | {"other": other.get("verdict")} for each, other in zip(listed, others, strict=True)]


def other_question(claim: Claim) -> dict[str, str]:
    """The same claim asked of the records as they were, or as they tend, where any verdict differs: two headings and a sentence."""
    other, own = claim.get("other_estimand") or {}, str(claim.get("estimand"))
    if not _others(claim):
        return {}
    asked = str(other["estimand"])
    return {
        "own": ESTIMANDS.get(own, own),
        "other": ESTIMANDS.get(asked, asked),
        "says": f"{_ASKED.get(asked, asked)}: {other['answer']}",
    }


def _others(claim: Claim) -> list[Mapping[str, Any]]:
    """The meanings under the other estimand, in the same order; none where every verdict is the same."""
    other = claim.get("other_estimand")
    mine, theirs = list(claim.get("meanings") or ()), list((other or {}).get("meanings") or ())
    differ = other and (
        other["verdict"] != claim["verdict"]
        or any(one["verdict"] != two["verdict"] for one, two in zip(mine, theirs, strict=True))
    )
    return theirs if differ else []


def groups(claim: Claim) -> list[dict[str, Any]]:
    """The meanings that give a number, under their first choice where there are several; the rest are counted by `silent`."""
    listed = [row for row in rows(claim) if row["verdict"]]
    several = len(columns(claim)) > 1
    found: dict[str, list[dict[str, Any]]] = {}
    for row in listed:
        heading = row["chosen"][0] if several else ""
        found.setdefault(heading, []).append(row | {"chosen": row["chosen"][several:]})
    return [{"heading": heading, "rows": under} for heading, under in found.items()]


def silent(claim: Claim) -> int:
    """How many meanings give no number."""
    return sum(not row["verdict"] for row in rows(claim))


def _row(meaning: Mapping[str, Any], listed: list[Mapping[str, Any]]) -> dict[str, Any]:
    has_number = meaning.get("value") is not None
    copy_of = meaning.get("copy_of")
    return {
        "chosen": [words.said(key, str(word)) for key, word in meaning["means"].items()],
        "verdict": meaning.get("verdict"),
        "number": words.amount(meaning.get("value")),
        "spread": words.interval(meaning.get("lowest"), meaning.get("highest")) if has_number else "—",
        "interval": words.interval(meaning.get("low"), meaning.get("high")),
        "supports": words.percent(meaning.get("supports") or 0) if has_number else "—",
        "contradicts": words.percent(meaning.get("contradicts") or 0) if has_number else "—",
        "same_as": "" if copy_of is None else _named(listed[copy_of]),
    }


def _named(meaning: Mapping[str, Any]) -> str:
    return ", ".join(words.said(key, str(word)) for key, word in meaning["means"].items())


def beside(claim: Claim) -> list[str]:
    """What a reader should hold beside the verdict: civcas's own choices, chance, and what is read otherwise than it is written."""
    return [*_own_choices(claim), *_chance(claim), *map(str, claim.get("changed") or ())]


def _own_choices(claim: Claim) -> list[str]:
    own = claim.get("default_grid")
    if not own:
        return []
    left = [
        f"{words.dimension(choice).lower()} {words.listed([words.said(choice, each) for each in listed])}"
        for choice, listed in own["left_out"].items()
    ]
    same = "the same" if own["verdict"] == claim["verdict"] else f"“{own['verdict']}”"
    text = f"With the choices that civcas makes by itself the verdict is {same}."
    return [f"{text} The author left out: {'; '.join(left)}." if left else f"{text} The author left none of them out."]


def _chance(claim: Claim) -> list[str]:
    """The joint test of the first meaning that has one, in a sentence."""
    found = next((each for each in claim.get("meanings") or () if each.get("chance") and each["readings"] > 1), None)
    if found is None:
        return []
    chance = found["chance"]
    where = f" ({_named(found)})" if len(claim["meanings"]) > 1 and found["means"] else ""
    return [
        f"If the two sides were equal, the middle of the {chance['readings']} readings{where} would lie as far from 1 in "
        f"{words.percent(chance['p_median'])} of {chance['draws']:,} redrawn records."
    ]
