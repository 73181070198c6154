"""The assessment of every incident of a case, in columns: how sure the harm is, who did it, and the grade derived from both.

What a report says is read from its columns: it names its `belligerents`; it alleges harm unless it says that nobody was harmed; a
source that is itself one of the belligerents it names speaks for the attacker, admits where it gives dead or injured civilians, and
otherwise declares a strike. What no column holds (denials, fighters among the dead) is decided by a person.
"""

from __future__ import annotations

import duckdb
import pyarrow as pa

from civcas.assessing.grading import PUBLISHER_SAW_MORE, HarmCertainty, grade
from civcas.assessing.whole_case import copies_table
from civcas.terms.tables import table
from civcas.terms.vocabulary import StrikeStatus

COLUMNS = (
    "row_is",
    "belligerents",
    "grading",
    "civ_killed_min",
    "civ_killed_max",
    "civ_injured_min",
    "civ_injured_max",
)
OVERRIDES = pa.schema([(name, pa.string()) for name in ("incident_id", "grading", "by", "because")])


def assessment_table(
    reports: pa.Table,
    incident_report: pa.Table,
    *,
    copy_of: dict[str, str] | None = None,
    overrides: pa.Table | None = None,
) -> pa.Table:
    """One row an incident: harm, strike_status, derived, published, standing, sources, belligerents, because.

    `overrides` are grades that people gave (incident_id, grading, by, because): such a grade stands, and the derived one stays
    beside it. `published` is the grade the dataset gave; where its reports differ, all of them. One published grade stands where
    only publishers' rows of incidents are held, as their sources are not. The same values and sentences as
    `grading.assess` gives of one incident; a test holds the two together.
    """
    there = [c for c in ("report_id", "source", *COLUMNS) if c in reports.column_names]
    absent = "".join(f", NULL AS {c}" for c in ("source", *COLUMNS) if c not in there)
    with duckdb.connect() as engine:
        engine.register("given", reports.select(there))
        engine.register("stands_in", incident_report.select(["incident_id", "report_id"]))
        engine.register("copied", copies_table(copy_of or {}))
        engine.register("decided", overrides if overrides is not None else OVERRIDES.empty_table())
        engine.register("grades", _grades())
        engine.execute(f"CREATE VIEW report AS SELECT *{absent} FROM given")
        engine.execute(f"CREATE TABLE account AS {_accounts()}")
        return engine.sql(_assessed()).to_arrow_table()


def _grades() -> pa.Table:
    """The grade and its sentence for every pair of the two axes, as `grading.grade` gives them."""
    rows = [
        {"harm": str(harm), "strike_status": str(status), "anyone": named > 0, "derived": str(found), "why": why}
        for harm in HarmCertainty for status in StrikeStatus for named in (0, 2)
        for found, why in [grade(harm, status, named)]
    ]  # fmt: skip
    return pa.Table.from_pylist(rows)


def _accounts() -> str:
    """What each report says of its incident: for whom it speaks, whom it names, whether it alleges, admits or declares."""
    return r"""
        WITH read AS (
            SELECT CAST(s.incident_id AS VARCHAR) AS incident_id, CAST(r.report_id AS VARCHAR) AS report_id,
                   coalesce(nullif(r.source, ''), CAST(r.report_id AS VARCHAR)) AS source, r.grading,
                   coalesce(r.row_is = 'incident', false) AS summary,
                   list_sort(list_distinct([
                       trim(b) FOR b IN string_split(coalesce(CAST(r.belligerents AS VARCHAR), ''), ';') IF trim(b) <> ''
                   ])) AS names,
                   greatest(r.civ_killed_max, r.civ_killed_min, r.civ_injured_max, r.civ_injured_min) AS harmed
            FROM stands_in s JOIN report r ON CAST(r.report_id AS VARCHAR) = CAST(s.report_id AS VARCHAR)
        ), told AS (SELECT incident_id, report_id AS first_id, source AS first_source FROM read)
        SELECT r.*, coalesce(f.first_source, nullif(c.of, ''), r.source) AS voice, coalesce(harmed > 0, true) AS alleges,
               list_contains(names, source) AS attacker, list_contains(names, source) AND coalesce(harmed > 0, false) AS admits
        FROM read r LEFT JOIN copied c ON c.report_id = r.report_id
        LEFT JOIN told f ON f.first_id = c.of AND f.incident_id = r.incident_id
    """


def _assessed() -> str:
    """Counts of independent voices per incident, the two axes by rule, and the sentences that say why."""

    def listed(names: str) -> str:
        return f"CASE WHEN len({names}) = 1 THEN {names}[1] ELSE array_to_string({names}[:-2], ', ') || ' and ' || {names}[-1] END"

    def sources(n: str) -> str:
        return f"format('{{}} independent source{{}}', {n}, CASE WHEN {n} = 1 THEN '' ELSE 's' END)"

    return f"""
        WITH counted AS (
            SELECT incident_id,
                   coalesce(list_sort(list(DISTINCT voice) FILTER (alleges AND NOT attacker)), []) AS reporting,
                   coalesce(list_sort(list(DISTINCT source) FILTER (admits)), []) AS admitting,
                   coalesce(list_sort(list(DISTINCT source) FILTER (attacker)), []) AS declaring,
                   coalesce(list_sort(list_distinct(flatten(list(names)))), []) AS named,
                   bool_and(summary) AND count(DISTINCT nullif(grading, '')) = 1 AS summarised,
                   count(DISTINCT voice) FILTER (names <> []) AS naming,
                   count(DISTINCT names) FILTER (names <> []) AS ways,
                   nullif(string_agg(DISTINCT nullif(grading, ''), '; ' ORDER BY nullif(grading, '')), '') AS published
            FROM account GROUP BY incident_id
        ), placed AS (
            SELECT *, len(reporting) AS n,
                   CASE WHEN admitting <> [] THEN '{HarmCertainty.ADMITTED}' WHEN len(reporting) >= 2 THEN '{HarmCertainty.CORROBORATED}'
                        WHEN len(reporting) = 1 THEN '{HarmCertainty.SINGLE_SOURCE}' ELSE '{HarmCertainty.NOT_REPORTED}' END AS harm,
                   CASE WHEN named = [] THEN '{StrikeStatus.CONTESTED}' WHEN declaring <> [] THEN '{StrikeStatus.DECLARED}'
                        WHEN len(named) > 1 AND ways > 1 THEN '{StrikeStatus.CONTESTED}' WHEN naming >= 2 THEN '{StrikeStatus.LIKELY}'
                        ELSE '{StrikeStatus.SINGLE_SOURCE}' END AS strike_status
            FROM counted
        ), worded AS (
            SELECT *,
                   CASE WHEN admitting <> [] THEN {listed("admitting")} || ' accepts that civilians were harmed.'
                        WHEN n >= 2 THEN {sources("n")} || ' report harm to civilians: ' || {listed("reporting")} || '.'
                        WHEN n = 1 THEN 'One independent source reports harm to civilians: ' || reporting[1] || '; copies count once.'
                        ELSE 'No credible source reports harm to civilians.' END AS why_harm,
                   CASE WHEN named = [] THEN 'No source names a belligerent.'
                        WHEN declaring <> [] THEN {listed("declaring")} || ' says that it struck there.'
                        WHEN len(named) > 1 AND ways > 1 THEN 'Sources name different belligerents: ' || {listed("named")} || '.'
                        WHEN naming >= 2 THEN {sources("naming")} || ' name ' || {listed("named")} || '.'
                        ELSE 'One independent source names ' || {listed("named")} || '.' END AS why_status
            FROM placed
        )
        SELECT w.incident_id, w.harm, w.strike_status, g.derived, w.published,
               coalesce(d.grading, CASE WHEN w.summarised THEN w.published END, g.derived) AS standing, w.n AS sources,
               array_to_string(w.named, '; ') AS belligerents,
               w.why_harm || ' ' || w.why_status || ' ' || g.why
               || coalesce(format(' {{}} grades it {{}}: {{}}', d."by", d.grading, d.because), '')
               || CASE WHEN w.published <> g.derived THEN format(' It was published as {{}}.', w.published) ELSE '' END
               || CASE WHEN w.summarised AND w.published <> g.derived AND d.grading IS NULL THEN ' {PUBLISHER_SAW_MORE}' ELSE '' END
               AS because
        FROM worded w JOIN grades g ON g.harm = w.harm AND g.strike_status = w.strike_status AND g.anyone = (w.named <> [])
        LEFT JOIN decided d ON d.incident_id = w.incident_id
        ORDER BY w.incident_id
    """


def grades_changed(before: pa.Table, after: pa.Table) -> pa.Table:
    """Incidents of two assessments whose standing grade differs."""
    with duckdb.connect() as engine:
        engine.register("was", before)
        engine.register("is_now", after)
        return engine.sql(
            """
            SELECT incident_id, w.standing AS before, n.standing AS after, n.because FROM was w FULL JOIN is_now n USING (incident_id)
            WHERE w.standing IS DISTINCT FROM n.standing ORDER BY incident_id
            """
        ).to_arrow_table()


def attribution_table(assessments: pa.Table) -> pa.Table:
    """The `attribution` table of assessed incidents: all of the harm for one belligerent named alone and uncontested, else none to all."""
    with duckdb.connect() as engine:
        engine.register("assessed", assessments)
        found = engine.sql(
            f"""
            WITH named AS (
                SELECT incident_id, harm, strike_status, string_split(belligerents, '; ') AS names FROM assessed WHERE belligerents <> ''
            )
            SELECT incident_id, unnest(names) AS belligerent, CASE WHEN harm = '{HarmCertainty.ADMITTED}' AND len(names) = 1 THEN 'known'
                     ELSE 'suspected' END AS status, len(names) AS named,
                   CASE WHEN len(names) = 1 AND strike_status <> '{StrikeStatus.CONTESTED}' THEN 1.0 ELSE 0.0 END AS share_min,
                   1.0 AS share_max
            FROM named ORDER BY incident_id, belligerent
            """
        ).to_arrow_table()
    return table("attribution").conform(found)
