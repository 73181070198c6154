"""A column's name is read whole: who, what happened, which end, and whether the number runs on; in six languages."""

from __future__ import annotations

import pytest

from civcas.importers.columns import plainly, reading


@pytest.mark.parametrize(
    ("name", "who", "what", "bound"),
    [
        ("militants_killed", "fighters", "killed", ""), ("civilians_killed", "civilians", "killed", ""), ("min_ppl_killed", "all",
        "killed", "min"),
        ("Fatalities", "", "killed", ""), ("Deaths", "", "killed", ""), ("Death toll", "", "killed", ""), ("minCivilianDeaths",
        "civilians", "killed", "min"),
        ("Non-combatant deaths", "civilians", "killed", ""), ("non-civilians killed", "fighters", "killed", ""),
        ("Combatants killed", "fighters", "killed", ""),
        ("Civilians and militants killed", "all", "killed", ""), ("women and children killed", "some", "killed", ""),
        ("Killed, including children", "", "killed", ""), ("Civilian women killed", "women", "killed", ""), ("Journalists killed",
        "some", "killed", ""),
        ("Civil defence staff killed", "some", "killed", ""), ("unidentified dead", "unknown", "killed", ""), ("Civilians killed_2",
        "civilians", "killed", ""), ("deaths_a", "some",
        "killed", ""),
        ("Casualties", "", "hit", ""), ("killed or wounded", "", "several", ""), ("Civilians missing", "civilians", "missing", ""),
        ("قتلى مدنيين", "civilians", "killed", ""), ("الشهداء من الأطفال", "children", "killed", ""), ("عدد القتلى", "", "killed",
        ""), ("المقاتلون القتلى", "fighters", "killed", ""),
        ("Civiles muertos (mín.)", "civilians", "killed", "min"), ("Militares fallecidos", "fighters", "killed", ""),
        ("Niñas heridas", "children", "injured", ""),
        ("Nombre de civils tués", "civilians", "killed", ""), ("Soldats tués", "fighters", "killed", ""), ("Blessés", "", "injured", ""),
        ("Погибло гражданских лиц", "civilians", "killed", ""), ("Убито военных", "fighters", "killed", ""), ("Дети ранены",
        "children", "injured", ""),
        ("Загинуло мирних", "civilians", "killed", ""), ("Civilians killed by militants", "civilians", "killed", ""),
        ("Civils tués par frappes", "civilians", "killed", ""), ("Adults killed", "some", "killed", ""), ("KIA", "fighters",
        "killed", ""), ("Загиблі цивільні", "civilians", "killed", ""), ("Поранено військових", "fighters", "injured", ""),
        ("Mortar strikes", "", "", ""), ("Detalles", "", "", ""), ("Детали", "", "", ""), ("Minister", "", "", ""),
    ],
)  # fmt: skip
def test_a_name_says_who_what_and_which_end(name: str, who: str, what: str, bound: str) -> None:
    said = reading(name)
    assert (said.who, said.what, said.bound) == (who, what, bound)


@pytest.mark.parametrize("name", ["Date of death", "Cause of death", "killed by", "Death rate", "Percent killed",
    "% of civilians killed", "Killed per 100,000", "fecha de muerte", "Дата смерти", "سبب الوفاة"])  # fmt: skip
def test_a_column_about_deaths_that_counts_nobody_is_no_count(name: str) -> None:
    assert reading(name).what == "killed" and not reading(name).counts


@pytest.mark.parametrize("name", ["Killed (cumulative)", "Total killed to date", "muertos acumulados", "morts (cumulé)",
    "погибло нарастающим итогом", "القتلى حتى الآن"])  # fmt: skip
def test_a_total_that_runs_on_is_told_by_its_name(name: str) -> None:
    assert reading(name).runs_on and reading(name).counts
    assert not reading("Killed per day").runs_on and reading("Killed per day").counts


def test_names_are_compared_without_case_accents_and_articles() -> None:
    assert plainly("Mín_CIVILES-Muertos") == "min civiles muertos"
    assert plainly("القَتْلى") == plainly("قتلى") and plainly("civKilledMin") == "civ killed min"
    assert plainly("й") == "й" and plainly("") == ""
