"""Whether `civcas map` reads the layouts of published lists, with headers as people write them: six languages, seven spellings.

    python benchmarks/map_layouts.py FOLDER_OF_DATA
    python benchmarks/map_layouts.py FOLDER_OF_DATA --json

Each line is one file under one spelling of its header. Columns of people killed or injured are `right` where the field is the one that
the publisher's codebook says and `asked` where a question names them; `wrong` ones are in another field without a question,
    `lost` ones in
none without a question. What must be nought: wrong, lost, and files with more than four questions.
"""

from __future__ import annotations

import argparse
import csv
import gzip
import json
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from civcas.importers.importer import Options
from civcas.importers.proposing import propose

ROWS = 400  # of each file, taken evenly: enough for values to speak
LANGUAGES = ("english", "short", "arabic", "spanish", "french", "russian", "ukrainian")

# What people write above a column of so many harmed: who and what, then which end. Each list in the order of LANGUAGES.
COUNTS = {
    "civ_killed": ("Civilians killed", "CivDeaths", "القتلى المدنيون", "Civiles muertos", "Civils tués", "Убито мирных жителей",
        "Загинуло цивільних"),
    "civ_injured": ("Civilian injuries", "civ_wounded", "الجرحى المدنيون", "Civiles heridos", "Civils blessés",
        "Ранено гражданских", "Поранено цивільних"),
    "all_killed": ("Total killed", "ppl_killed", "إجمالي القتلى", "Total de muertos", "Total des morts", "Всего погибло",
        "Усього загинуло"),
    "children_killed": ("Children killed", "child_deaths", "القتلى من الأطفال", "Niños muertos", "Enfants tués", "Погибло детей",
        "Загинуло дітей"),
    "women_killed": ("Women killed", "female_deaths", "القتلى من النساء", "Mujeres muertas", "Femmes tuées", "Погибло женщин",
        "Загинуло жінок"),
    "men_killed": ("Men killed", "male_deaths", "القتلى من الرجال", "Hombres muertos", "Hommes tués", "Погибло мужчин",
        "Загинуло чоловіків"),
    "belligerents_killed": ("Militants killed", "mil_deaths", "القتلى من المسلحين", "Combatientes muertos", "Combattants tués",
        "Убито боевиков", "Загинуло військових"),
    "unsaid_killed": ("Fatalities", "deaths", "عدد القتلى", "Muertos", "Nombre de morts", "Погибшие", "Загиблі"),
    "unsaid_injured": ("Injured", "wounded", "عدد الجرحى", "Heridos", "Blessés", "Раненые", "Поранені"),
    "side_killed": ("Side A deaths", "deaths_a", "قتلى مجهولون", "Muertos sin identificar", "Morts inconnus", "Погибло неизвестных",
        "Загинуло невідомих"),
}  # fmt: skip
ENDS = {
    "min": (" (min)", "_min", " (الحد الأدنى)", " (mínimo)", " (minimum)", " (мин.)", " (мін.)"),
    "max": (" (max)", "_max", " (الحد الأقصى)", " (máximo)", " (maximum)", " (макс.)", " (макс.)"),
    "best": (" (best estimate)", "_best", " (أفضل تقدير)", " (mejor estimación)", " (meilleure estimation)", " (лучшая оценка)",
        " (найкраща оцінка)"),
    "": ("",) * 7,
}  # fmt: skip
OTHERS = {
    "id": ("Incident ID", "incident_no", "رقم الحادث", "Código", "Identifiant", "Код", "Код"),
    "date": ("Date of incident", "event_date", "التاريخ", "Fecha", "Date", "Дата", "Дата події"),
    "date_end": ("End date", "date_to", "تاريخ النهاية", "Fecha final", "Date de fin", "Дата окончания", "Дата завершення"),
    "place": ("Town", "location", "الموقع", "Lugar", "Lieu", "Место", "Місце"),
    "province": ("Province", "governorate", "المحافظة", "Provincia", "Gouvernorat", "Область", "Область"),
    "country": ("Country", "country", "الدولة", "País", "Pays", "Страна", "Країна"),
    "belligerents": ("Responsible party", "perpetrator", "الجهة المسؤولة", "Autor", "Auteur", "Виновник", "Винуватець"),
    "latitude": ("Latitude", "lat", "خط العرض", "Latitud", "Latitude", "Широта", "Широта"),
    "longitude": ("Longitude", "lon", "خط الطول", "Longitud", "Longitude", "Долгота", "Довгота"),
    "notes": ("Notes", "comments", "ملاحظات", "Notas", "Remarques", "Примечание", "Примітки"),
    "status": ("Status", "status", "الحالة", "Estado", "Statut", "Статус", "Статус"),
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Published:
    """A published file: what its columns are by its codebook; the others keep their names."""

    name: str
    file: str
    columns: dict[str, str]
    alone: bool = False  # the other columns are left out


def _ends(prefix: str, low: str, high: str) -> dict[str, str]:
    return {low: f"{prefix} min", high: f"{prefix} max"}


UCDP = {"id": "id", "date_start": "date", "date_end": "date_end", "country": "country", "adm_1": "province", "latitude": "latitude",
    "longitude": "longitude",
        "deaths_civilians": "civ_killed", "best": "all_killed best", "low": "all_killed min", "high": "all_killed max",
        "deaths_a": "side_killed"}  # fmt: skip
FILES = (
    Published("airwars", "airwars/airwars_syria_2014_2016.csv", {
        "code": "id", "date": "date", "date_end": "date_end", "location": "place", "province": "province", "latitude": "latitude",
        "longitude": "longitude",
        "belligerents": "belligerents", "incident_status": "status",
        **_ends("civ_killed", "civ_killed_min", "civ_killed_max"), **_ends("civ_injured", "civ_injured_min", "civ_injured_max"),
        **_ends("children_killed", "children_killed_min", "children_killed_max"), **_ends("women_killed", "women_killed_min",
        "women_killed_max"),
        **_ends("men_killed", "men_killed_min", "men_killed_max"), **_ends("belligerents_killed", "mil_killed_min", "mil_killed_max")}),
    Published("airwars monthly", "airwars/airwars_syria_monthly.csv", {"belligerent": "belligerents", **_ends("civ_killed",
        "civilians_killed_min", "civilians_killed_max")}),
    Published("ucdp ged syria", "ucdp_ged/ged191_syria.csv.gz", UCDP),
    Published("ucdp ged chechnya", "ucdp_ged/ged_chechnya.csv", UCDP),
    Published("ucdp ged car", "ucdp_ged/ged_car_events.csv", {
        "id": "id", "d0": "date", "d1": "date_end", "where": "place", "adm1": "province", "lat": "latitude", "lon": "longitude",
        "civ": "civ_killed",
        "best": "all_killed best", "low": "all_killed min", "high": "all_killed max", "a": "belligerents"}),
    Published("ucdp ged car, who unsaid", "ucdp_ged/ged_car_events.csv", {
        "id": "id", "d0": "date", "where": "place", "lat": "latitude", "lon": "longitude", "best": "unsaid_killed",
        "a": "belligerents"}, alone=True),
    Published("tbij drones", "drone_strikes/tbij_strikes.csv", {
        "strike_id": "id", "date": "date", "location": "place", "country": "country", **_ends("all_killed", "min_ppl_killed",
        "max_ppl_killed"),
        **_ends("civ_killed", "min_civil_killed", "max_civil_killed"), **_ends("children_killed", "min_child_killed", "max_child_killed"),
        **_ends("unsaid_injured", "min_injured", "max_injured")}),
    Published("tbij drones, who unsaid", "drone_strikes/tbij_strikes.csv", {
        "strike_id": "id", "date": "date", "location": "place", **_ends("unsaid_killed", "min_ppl_killed", "max_ppl_killed"),
        **_ends("belligerents_killed", "min_injured", "max_injured")}, alone=True),
    Published("dutch strikes", "dutch_oir/dutch_oir_strikes.csv", {
        "Employment date (UNCLASS)": "date", "Town (UNCLASS)": "place", "Province (UNCLASS)": "province", "Country (UNCLASS)": "country",
        "Position LAT (UNCLASS)": "latitude", "Position LONG (UNCLASS)": "longitude", "Comment (UNCLASS)": "notes"}),
    Published("centcom strikes", "coalition_strikes/centcom_declared_strikes.csv", {"date": "date", "country": "country",
        "location": "place", "description": "notes"}),
    Published("iraq airstrikes", "iraq_airstrikes/airstrikes_2007_08.csv", {"date": "date", "latitude": "latitude",
        "longitude": "longitude"}),
    Published("iraq attacks", "iraq_airstrikes/insurgencies_2007_08.csv", {"date": "date", "latitude": "latitude",
        "longitude": "longitude"}),
    Published("gdelt", "gdelt/gdelt_georgia_interstate.csv", {"SQLDATE": "date", "ActionGeo_Lat": "latitude",
        "ActionGeo_Long": "longitude"}),
    Published("icews", "icews_dyad_year/icews_dyad_year_2002_2014.csv", {}),
    Published("deaths by perpetrator", "deaths_by_perpetrator/snhr_civilians_by_perpetrator.csv", {"perpetrator": "belligerents",
        "killed": "unsaid_killed"}),
    Published("foreign fighters", "foreign_fighters/icsr.csv", {"country": "country", "icsr.date": "date"}),
    Published("north caucasus", "north_caucasus/north_caucasus_published.csv", {"area": "province"}),
    Published("shelling pairs", "lyall_chechnya/shelling_pairs.csv", {"deaths": "unsaid_killed"}),
    Published("field list", "field/01-map-header-with-digits/list.csv", {"Date": "date", "Place": "place",
        "Killed": "unsaid_killed", "Children under 18 killed": "children_killed"}),
)  # fmt: skip


def header_of(role: str, language: int) -> str:
    """What people write above a column of this role."""
    if role in OTHERS:
        return OTHERS[role][language]
    whom, _, end = role.partition(" ")
    return COUNTS[whom][language] + ENDS[end][language]


def renamed(data: Path, published: Published, language: int, to: Path) -> dict[str, str]:
    """Write the file under other headers; give the role of each renamed column."""
    source = data / published.file
    opener: Any = gzip.open if source.suffix == ".gz" else open
    with opener(source, "rt", encoding="utf-8-sig", newline="") as lines:
        rows = csv.reader(lines, delimiter=";" if published.name == "dutch strikes" else ",")
        names, *given = list(rows)
    kept = [at for at, n in enumerate(names) if n in published.columns or not published.alone]
    called = {n: header_of(published.columns[n], language) if n in published.columns else n for n in names}
    with to.open("w", encoding="utf-8", newline="") as out:
        write = csv.writer(out)
        write.writerow([called[names[at]] for at in kept])
        write.writerows([row[at] for at in kept] for row in given[:: max(1, len(given) // ROWS)])
    return {called[n]: role for n, role in published.columns.items()}


def judged(path: Path, roles: dict[str, str]) -> dict[str, Any]:
    """How each column of harm was read: right, asked, wrong or lost; and how many questions there were."""
    proposal = propose(path, Options())
    fields = yaml.safe_load(proposal.yaml)["fields"]
    holding: dict[str, set[str]] = {}
    for name, cell in fields.items():
        column = cell if isinstance(cell, str) else cell.get("column", "")
        holding.setdefault(column, set()).add(name)
    found: dict[str, Any] = {"right": 0, "asked": 0, "wrong": [], "lost": [], "questions": len(proposal.questions)}
    for column, role in roles.items():
        if role in OTHERS:
            continue
        whom, _, end = role.partition(" ")
        wanted = {f"{whom}_{e}" for e in ([end] if end else ["min", "max"])}
        held = {n for n in holding.get(column, set()) if n.split("_")[-1] in ("min", "max", "best")}
        asked = any(column in q for q in proposal.questions)
        # "side A" and "unidentified" are in no field, and in that of civilians least of all.
        nobody = whom == "side_killed"
        verdict = (
            "right" if held == (set() if nobody else wanted) else "asked" if asked else "wrong" if held else "lost"
        )
        if verdict in ("right", "asked"):
            found[verdict] += 1
        else:
            found[verdict].append(f"{column} → {', '.join(sorted(held))}")
    known = set(roles)
    found["wrong"] += [f"{c} → {', '.join(sorted(n))}" for c, n in holding.items()
                       if c not in known and any("killed" in each or "injured" in each for each in n)
                       and not any(c in q for q in proposal.questions)]  # fmt: skip
    lost = {
        "date": "date_start",
        "place": "place",
        "belligerents": "belligerents",
        "latitude": "latitude",
        "longitude": "longitude",
    }
    found["lost"] += [c for c, role in roles.items() if role in lost and lost[role] not in holding.get(c, set())
                      and not any(c in q for q in proposal.questions)]  # fmt: skip
    return found


def results(data: Path) -> Iterator[dict[str, Any]]:
    with tempfile.TemporaryDirectory() as folder:
        for published in FILES:
            for at, language in enumerate(LANGUAGES):
                path = Path(folder) / f"{published.name.replace(' ', '-')}-{language}.csv"
                yield {"layout": published.name, "spelling": language} | judged(
                    path, renamed(data, published, at, path)
                )


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("data", type=Path)
    parser.add_argument("--json", action="store_true")
    given = parser.parse_args()
    rows = list(results(given.data))
    if given.json:
        print(json.dumps(rows, ensure_ascii=False))
        return
    for row in rows:
        wrong, lost = "; ".join(row["wrong"]), "; ".join(row["lost"])
        print(f"{row['layout']:26} {row['spelling']:10} right {row['right']:2} asked {row['asked']:2} questions {row['questions']}"
              + (f" WRONG {wrong}" if wrong else "") + (f" LOST {lost}" if lost else ""))  # fmt: skip
    columns = sum(r["right"] + r["asked"] + len(r["wrong"]) + len(r["lost"]) for r in rows)
    print(f"{len(FILES)} layouts, {len(rows)} files, {columns} columns: {sum(r['right'] for r in rows)} right, "
          f"{sum(r['asked'] for r in rows)} asked, "
          f"{sum(len(r['wrong']) for r in rows)} wrong, {sum(len(r['lost']) for r in rows)} lost; "
          f"most questions {max(r['questions'] for r in rows)}")  # fmt: skip


if __name__ == "__main__":
    main()
