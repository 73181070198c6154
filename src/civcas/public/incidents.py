"""The questions that make the tables of the allow-list from the register, as SQL."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from civcas.public.tables import SHOWN
from civcas.terms.vocabulary import StrikeStatus

BETWEEN = "; "
# A number with many decimals in the name of a place is a coordinate that slipped into a wrong column.
COORDINATE = r"[0-9]{1,3}[.,][0-9]{3,}"
# An address of a page, a channel or a person.
ADDRESS = r"(://|^www\.|@[A-Za-z0-9_]{3,}|\bt\.me/|^[A-Za-z0-9.-]+\.[a-z]{2,}/)"
NAMES_OF_PLACES = ("country", "province", "place", "area")
FROM = {"report": "report_received"}
TOLD_BY_ADDRESS = ("source", "source_url")


def shown_incident() -> str:
    """Each incident once, with its address, ranges of civilians killed and injured, and whom it names.

    Not those of datasets held back, nor those that any row of such a dataset speaks of: their numbers may be its own.
    """
    return f"""
        WITH named AS (
            SELECT incident_id, string_agg(belligerent, '{BETWEEN}' ORDER BY belligerent) AS belligerents, count(*) AS named
            FROM attribution_now GROUP BY incident_id
        )
        SELECT i.* REPLACE ({_status("i.strike_status")} AS strike_status), e.address, k.min AS killed_min, k.max AS killed_max,
               j.min AS injured_min, j.max AS injured_max, n.belligerents, coalesce(n.named, 0) AS named
        FROM incident_now i LEFT JOIN address_now e USING (incident_id) LEFT JOIN named n USING (incident_id)
        LEFT JOIN harm_now k ON k.incident_id = i.incident_id AND k."group" = 'civilians' AND k.outcome = 'killed'
        LEFT JOIN harm_now j ON j.incident_id = i.incident_id AND j."group" = 'civilians' AND j.outcome = 'injured'
        WHERE i.dataset NOT IN (SELECT dataset FROM held_back) AND i.incident_id NOT IN (
            SELECT l.incident_id FROM incident_report_now l JOIN report_now r USING (report_id)
            WHERE r.dataset IN (SELECT dataset FROM held_back)
        )"""


def questions(columns: Mapping[str, Sequence[str]], *, source_addresses: bool) -> dict[str, str]:
    """One question for each table, by its name. `columns` are those of the register that the allow-list names."""
    not_held_back = "dataset NOT IN (SELECT dataset FROM held_back)"
    of_shown = "incident_id IN (SELECT incident_id FROM shown_incident)"
    only = {
        "harm": of_shown,
        "attribution": of_shown,
        "incident_report": f"{of_shown} AND report_id IN (SELECT report_id FROM report_now WHERE {not_held_back})",
        "report": not_held_back,
        "strike": not_held_back,
        "figure": not_held_back,
        "doubt": f"{of_shown} AND (other IS NULL OR other IN (SELECT report_id FROM report_now WHERE {not_held_back}))",
        "harm_by_period": "true",  # sums, which no licence of rows forbids
    }
    asked = {
        name: f"SELECT {_cells(columns[name], source_addresses)} FROM {FROM.get(name, f'{name}_now')} WHERE {where} {_order(name)}"
        for name, where in only.items()
    }
    settled = " UNION ALL ".join(
        f"SELECT {n}_id FROM {n}_now WHERE {not_held_back}" for n in ("report", "figure", "strike")
    )
    asked["decided"] = f"SELECT * FROM decided_now WHERE subject IN ({settled}) {_order('decided')}"
    of_incident = [f.name for f in SHOWN["incident"].fields if f.name != "radius_km"]
    asked["incident"] = f"SELECT {_cells(of_incident, source_addresses)} FROM shown_incident ORDER BY incident_id"
    return asked | _of_the_past()


def _of_the_past() -> dict[str, str]:
    """Corrections and tombstones, but for those of datasets held back: they would say what is in them.

    A correction of a report is about the incident it speaks of; of a pair, about that of the first, and says which two.
    """
    hidden = """(SELECT incident_id FROM ever WHERE dataset IN (SELECT dataset FROM held_back)
        UNION ALL SELECT figure_id FROM figure_now WHERE dataset IN (SELECT dataset FROM held_back)
        UNION ALL SELECT strike_id FROM strike_now WHERE dataset IN (SELECT dataset FROM held_back))"""
    named = "SELECT sequence, unnest(string_split(subject, ' + ')) AS id FROM correction"
    return {
        "gone": f"SELECT * FROM gone WHERE incident_id NOT IN {hidden} ORDER BY address",
        "correction": f"""
            WITH speaks AS (SELECT report_id, min(incident_id) AS incident_id FROM incident_report_now GROUP BY report_id)
            SELECT c.* REPLACE (coalesce(s.incident_id, c.subject) AS subject,
                                CASE WHEN c.kind = 'link' THEN c.after || ': ' || c.subject ELSE c.after END AS after)
            FROM correction c LEFT JOIN speaks s ON s.report_id = split_part(c.subject, ' + ', 1)
            WHERE sequence NOT IN (SELECT sequence FROM ({named}) WHERE id IN {hidden}) ORDER BY sequence""",
    }


def _cells(columns: Sequence[str], source_addresses: bool) -> str:
    return ", ".join(_cell(name, source_addresses) for name in columns)


def _cell(name: str, source_addresses: bool) -> str:
    if name in NAMES_OF_PLACES:
        return f"CASE WHEN regexp_matches({name}, '{COORDINATE}') THEN NULL ELSE {name} END AS {name}"
    if name in TOLD_BY_ADDRESS and not source_addresses:
        return f"CASE WHEN regexp_matches({name}, '{ADDRESS}') THEN NULL ELSE {name} END AS {name}"
    return f'"{name}"'


def _order(name: str) -> str:
    return "ORDER BY " + ", ".join(f'"{key}"' for key in SHOWN[name].key)


def _status(column: str) -> str:
    """A strike status in the words of the vocabulary, where the publisher's are the same but for spelling."""
    plain = f"regexp_replace(lower(trim({column})), '[^a-z]+', '_', 'g')"
    cases = " ".join(f"WHEN '{w}' THEN '{w}' WHEN '{w}_strike' THEN '{w}'" for w in StrikeStatus)
    return f"CASE {plain} {cases} ELSE {column} END"
