"""Which column counts whom: each is read whole, and where a name does not say it or two columns compete, a person is asked."""

from __future__ import annotations

from dataclasses import dataclass

from civcas.importers.columns import Reading, reading
from civcas.importers.drafting import Draft
from civcas.importers.guessing import count_cell
from civcas.importers.looking import Look, Seen
from civcas.terms.tables import REPORT

PREFIX = {"civilians": "civ", "all": "all", "children": "children", "women": "women", "men": "men", "fighters": "belligerents"}  # fmt: skip
FIELDS = {f.name for f in REPORT.fields}
TOLD = 4  # columns that one question names with their values


@dataclass(frozen=True, slots=True, kw_only=True)
class Counted:
    """A column that may count people, how its cells are read, and what its name says."""

    seen: Seen
    cell: object
    question: str
    says: Reading

    @property
    def name(self) -> str:
        return self.seen.name


@dataclass(frozen=True, slots=True)
class Whom:
    """A field's beginning (`civ_killed`), and whether a name said it or it is put to a person."""

    field: str
    asked: bool


def place_counts(draft: Draft, look: Look) -> None:
    """Fill the fields of people killed and injured, and ask what names leave open."""
    counted = [c for seen in look.columns.values() if (c := _counted(seen)) is not None]
    groups: dict[str, list[Counted]] = {}
    open_ones: dict[str, list[Counted]] = {}
    split = any(c.says.who in ("civilians", "all", "fighters") and c.says.what for c in counted)
    for each in counted:
        whom = _whom(each.says, counted, split=split)
        if whom is None:
            continue
        groups.setdefault(whom.field, []).append(each)
        if whom.asked:
            open_ones.setdefault(whom.field, []).append(each)
    _leave_doubtful(groups, open_ones)
    asked: dict[str, list[str]] = {}
    for wanted, columns in groups.items():
        asked |= _fill(draft, look, wanted, columns)
    _ask_rivals(draft, asked)
    _ask_whom(draft, look, open_ones)
    _ask_harmed(draft, look, counted)


def is_counted(seen: Seen) -> bool:
    """Whether a column is one of people harmed, be it mapped or not: no other field takes it."""
    return _counted(seen) is not None


def _counted(seen: Seen) -> Counted | None:
    says = reading(seen.called)
    if not says.counts or not (says.what or (says.bare and (says.who or says.bound))) or not seen.filled:
        return None
    cell, question = count_cell(seen.name, seen.values, least=0.8 if says.bare else 0.1)
    return None if cell is None else Counted(seen=seen, cell=cell, question=question, says=says)


def _whom(says: Reading, all_of_them: list[Counted], *, split: bool) -> Whom | None:
    """The field that a column is for; None where there is none, or where nothing of it is known."""
    what = says.what or "killed"
    if what not in ("killed", "injured") or says.who in ("some", "unknown"):
        return None
    if says.who in PREFIX and says.what:
        return Whom(f"{PREFIX[says.who]}_{what}", asked=False)
    if says.what:  # "deaths": of whom?
        return Whom(f"{'all' if split else 'civ'}_{what}", asked=True)
    groups = set(PREFIX) - {"all"}
    killed = any(c.says.what == "killed" or (c.says.bare and c.says.who in groups) for c in all_of_them)
    if not killed:
        return None
    if says.who in PREFIX and says.who != "all":  # "children": killed?
        return Whom(f"{PREFIX[says.who]}_killed", asked=True)
    return Whom("all_killed", asked=True)


def _leave_doubtful(groups: dict[str, list[Counted]], open_ones: dict[str, list[Counted]]) -> None:
    """Where a name says who is counted, one that does not say it takes no end of that field; it stays a question."""
    for wanted, doubtful in open_ones.items():
        sure = [c for c in groups[wanted] if c not in doubtful]
        if sure:
            best = wanted == "all_killed" and "best" not in {c.says.bound for c in sure}
            groups[wanted] = sure + [c for c in doubtful if best and c.says.bound == "best"]


def _fill(draft: Draft, look: Look, wanted: str, columns: list[Counted]) -> dict[str, list[str]]:
    """The ends of one range, and questions about columns that compete for one.

    One number without an end is both; a lowest number alone leaves the highest open.
    """
    slots: dict[str, list[Counted]] = {}
    for each in columns:
        slots.setdefault(each.says.bound, []).append(each)
    chosen = {bound: _chosen(look, rivals) for bound, rivals in slots.items()}
    whole = chosen.get("") or (chosen.get("best") if not {"min", "max"} & set(chosen) else None)
    for end in ("min", "max"):
        if column := chosen.get(end) or (whole if not {"min", "max"} & set(chosen) else None):
            draft.take(f"{wanted}_{end}", column.cell, column.name, question=column.question)
    best = chosen.get("best") or (chosen.get("") if {"min", "max"} & set(chosen) else None)
    if best and f"{wanted}_best" in FIELDS and not isinstance(best.cell, dict):
        draft.take(f"{wanted}_best", best.cell, best.name)
    over = chosen.get("")
    if over and {"min", "max"} <= set(chosen) and over.name not in draft.taken:
        draft.told.add(over.name)
    said = {_rivalry(look, wanted, chosen[bound], rivals): [c.name for c in rivals] for bound, rivals in slots.items()}
    return {question: names for question, names in said.items() if question}


def _chosen(look: Look, rivals: list[Counted]) -> Counted:
    """The column that a person would take first: one number a row rather than a total that runs on, then the shorter name."""
    return min(rivals, key=lambda c: (_runs(look, c), len(c.seen.called)))


def _runs(look: Look, each: Counted) -> bool:
    return each.says.runs_on or look.runs_on(each.name)


def _rivalry(look: Look, wanted: str, chosen: Counted, rivals: list[Counted]) -> str:
    """What to ask where several columns may be one field, or where the one that is taken runs on."""
    told = "; ".join(_told(look, c) for c in rivals[:TOLD])
    if len(rivals) > 1:
        return (
            f"{wanted}: more than one column may be {_in_words(wanted)}. {told}. "
            f"{chosen.name!r} is taken: write the right one under {wanted}_min and {wanted}_max"
        )
    if not _runs(look, chosen):
        return ""
    why = "Its name says so" if chosen.says.runs_on else "It only grows, or only falls, down the file"
    return (
        f"{chosen.name}: is this a total that runs on ({wanted.replace('_', ' ')})? {why}. {told}. If each row holds what is new, "
        "leave it; if not, rows must not be added up: write table: indicator, or delete the field"
    )


def _ask_rivals(draft: Draft, asked: dict[str, list[str]]) -> None:
    """One question for all fields for which columns compete."""
    columns = [name for names in asked.values() for name in names]
    if asked:
        draft.ask(". ".join(asked), *columns)


def _ask_whom(draft: Draft, look: Look, open_ones: dict[str, list[Counted]]) -> None:
    """One question for all columns whose names do not say who is counted, or not what happened to them."""
    columns = [(wanted, c) for wanted, some in open_ones.items() for c in some]
    if not columns:
        return
    unsaid = [c for _, c in columns if c.says.what]
    parts = []
    if unsaid:
        taken = sorted({w for w, c in columns if c.says.what})
        as_civ = all(w.startswith("civ_") for w in taken)
        now, then = ("civilians", "everybody") if as_civ else ("everybody", "civilians only")
        renamed = ", ".join(
            f"{w.replace('civ_', 'all_') if as_civ else w.replace('all_', 'civ_')} for {w}" for w in taken
        )
        parts.append(
            f"civilians only, or everybody, fighters too? The name does not say. Proposed: {now}. If {then}, write {renamed}"
        )
    bare = [c for _, c in columns if not c.says.what]
    if bare:
        of = f"{_names(bare)}: " if unsaid else ""
        ends = any(not c.says.who for c in bare)
        parts.append(f"{of}people killed? The name does not say it{', nor of whom' if ends else ''}. "
                     f"Proposed: {', '.join(sorted({w for w, c in columns if not c.says.what}))}; if not, delete those fields")  # fmt: skip
    lead = _names(unsaid or bare)
    told = "; ".join(_told(look, c) for _, c in columns[:TOLD] if c.name not in draft.told)
    draft.ask(f"{lead}: {'; '.join(parts)}{'. ' + told if told else ''}", *(c.name for _, c in columns))


def _ask_harmed(draft: Draft, look: Look, counted: list[Counted]) -> None:
    """Victims and casualties may be killed or injured; asked where no other column says how many were killed."""
    killed = {f"{who}_killed_{end}" for who in ("civ", "all") for end in ("min", "max")} & set(draft.fields)
    several = [c for c in counted if c.says.what in ("hit", "several") and c.says.who != "some"]
    if killed or not several:
        return
    told = "; ".join(_told(look, c) for c in several[:TOLD])
    draft.ask(f"{_names(several)}: people killed, or killed and injured? Nothing is mapped. {told}. If killed alone, write it under "
              "civ_killed_min and civ_killed_max (civilians) or all_killed_min and all_killed_max (everybody)",
              *(c.name for c in several))  # fmt: skip


def ask_if_nobody_is_counted(draft: Draft, look: Look) -> None:
    """Where no column looks like a number of people killed, say which might be."""
    if any(name.endswith(("killed_min", "killed_max")) for name in draft.fields) or draft.fields.get("person"):
        return
    if any("people killed" in q for q in draft.questions):
        return
    if "date_start" not in draft.fields:
        draft.ask(
            "no column looks like a date or a number of people killed: map them, or choose another table than report"
        )
        return
    maybe = [c for seen in look.columns.values() if (c := _counted(seen)) is not None and not c.says.what]
    said = f" Perhaps: {'; '.join(_told(look, c) for c in maybe[:TOLD])}." if maybe else ""
    draft.ask("no column looks like a number of people killed: is there one? Then map it to civ_killed_min and _max (civilians) or "
              f"all_killed_min and _max (everybody).{said} For events without deaths, write table: strike or table: interaction",
              *(c.name for c in maybe))  # fmt: skip


def _told(look: Look, each: Counted) -> str:
    return f"{each.name!r} holds {each.seen.examples}… and sums to {look.total(each.name):,}"


def _names(columns: list[Counted]) -> str:
    return ", ".join(c.name for c in columns)


def _in_words(wanted: str) -> str:
    who, what = wanted.rsplit("_", 1)
    words = {"civ": "civilians", "all": "everybody", "belligerents": "fighters"}
    return f"the number of {words.get(who, who)} {what}"
