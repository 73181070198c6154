"""The harm of every incident of a case: its reports' published counts, counted by one rule set, in columns."""

from __future__ import annotations

import duckdb
import pyarrow as pa

from civcas.assessing.rule_set import Maximum, Minimum, RuleSet
from civcas.terms.tables import table
from civcas.terms.vocabulary import Group, Outcome

COUNTED = (
    ("civ_killed", Group.CIVILIANS, Outcome.KILLED), ("civ_injured", Group.CIVILIANS, Outcome.INJURED),
    ("all_killed", Group.ALL, Outcome.KILLED),
)  # fmt: skip
DERIVATION = pa.field("derivation", pa.string(), metadata={"description": "how the numbers came about, in sentences"})


def harm_table(
    reports: pa.Table, incident_report: pa.Table, rules: RuleSet, *, copy_of: dict[str, str] | None = None
) -> pa.Table:
    """The `harm` table under a rule set, with the derivation of each row.

    A report that several incidents share, such as a round-up, gives its number to each and says so. Incidents whose
    reports give no number have a row with neither bound: unknown, not 0. The same numbers and sentences as
    `counting.count` gives of one incident; a test holds the two together.
    """
    columns = ["report_id", "source", *(f"{name}_{bound}" for name, _, _ in COUNTED for bound in ("min", "max"))]
    there = [c for c in columns if c in reports.column_names]
    with duckdb.connect() as engine:
        engine.register("given", reports.select(there))
        engine.register("stands_in", incident_report.select(["incident_id", "report_id"]))
        engine.register("copied", copies_table(copy_of or {}))
        engine.execute(f"CREATE TABLE said AS {_said(there)}")
        found = engine.sql(_counted(rules), params={"rule": rules.id}).to_arrow_table()
    return found.cast(table("harm").schema.append(DERIVATION))


def copies_table(copy_of: dict[str, str]) -> pa.Table:
    return pa.table(
        {"report_id": pa.array(list(copy_of), pa.string()), "of": pa.array(list(copy_of.values()), pa.string())}
    )


def _said(there: list[str]) -> str:
    """One row for what a report says of one group and outcome in one incident: the range it counts as, and the sentence."""
    parts = [
        f"""SELECT incident_id, report_id, coalesce(nullif(source, ''), report_id) AS source, {n} AS nth,
                   '{group}' AS "group", '{outcome}' AS outcome,
                   {_cell(f"{name}_min", there)} AS low, {_cell(f"{name}_max", there)} AS high
            FROM (SELECT s.incident_id, CAST(s.report_id AS VARCHAR) AS report_id, g.* EXCLUDE report_id
                  FROM stands_in s JOIN (SELECT CAST(report_id AS VARCHAR) AS report_id,
                                                {"source" if "source" in there else "NULL"} AS source, {_rest(there)} FROM given) g
                  ON CAST(s.report_id AS VARCHAR) = g.report_id)
            {"" if name == "civ_killed" else f"WHERE coalesce({_cell(f'{name}_min', there)}, {_cell(f'{name}_max', there)}) IS NOT NULL"}"""
        for n, (name, group, outcome) in enumerate(COUNTED)
        if name == "civ_killed" or {f"{name}_min", f"{name}_max"} & set(there)
    ]
    return f"""
        WITH given_rows AS ({" UNION ALL ".join(parts)}),
        worded AS (
            SELECT *, low > high AS inverted, format('{{}} ({{}})', source, report_id) AS who FROM given_rows
        ), first_told AS (SELECT incident_id, nth, report_id AS first_id, source AS first_source FROM given_rows)
        SELECT w.incident_id, w.report_id, w.source, w.nth, w."group", w.outcome,
               CASE WHEN NOT coalesce(inverted, false) THEN low END AS low,
               CASE WHEN NOT coalesce(inverted, false) THEN high END AS high,
               CASE WHEN low IS NULL AND high IS NULL THEN who || ' gives no number.'
                    WHEN inverted THEN format('{{}} gives {{}}–{{}}, which is no range: it is left out until decided.', who, low, high)
                    ELSE format('{{}} says {{}}.', who, {_shown()})
               END AS sentence,
               coalesce(f.first_source, w.source) AS voice
        FROM worded w LEFT JOIN copied c ON c.report_id = w.report_id
        LEFT JOIN first_told f ON f.first_id = c.of AND f.incident_id = w.incident_id AND f.nth = w.nth
    """


def _shown() -> str:
    """The range `low` to `high` in words, as `saying.shown` writes it."""
    return """CASE WHEN high IS NULL THEN low || ' or more' WHEN low IS NULL THEN high || ' at most'
                  WHEN low = high THEN CAST(low AS VARCHAR) ELSE low || '–' || high END"""


def _highest(low: str, high: str) -> str:
    """The highest number any range of a group gives; null where one that is open begins beyond it."""
    beyond = f"max({low}) FILTER ({high} IS NULL)"
    return f"CASE WHEN {beyond} > max({high}) THEN NULL ELSE max({high}) END"


def _cell(name: str, there: list[str]) -> str:
    return f"CAST(trunc({name}) AS BIGINT)" if name in there else "CAST(NULL AS BIGINT)"


def _rest(there: list[str]) -> str:
    return ", ".join(c for c in there if c not in ("report_id", "source")) or "NULL AS nothing"


def _counted(rules: RuleSet) -> str:
    """Minimum and maximum over independent voices; copies, and repeats of one source, speak as one with the highest they say."""
    high = (
        "highest"
        if rules.maximum == Maximum.HIGHEST
        else "CASE WHEN lows = [] THEN highest ELSE greatest(lows[1], coalesce(limit_, lows[1])) END"
    )
    corroborated = """
        CASE WHEN len(lows) > 1 THEN
               format('The minimum is {}, the largest number that two independent sources reach; the maximum is {}{}.', low, most,
                      CASE WHEN high > low THEN format(', and {} is not corroborated', high) ELSE '' END)
             ELSE format('One independent source gives a number: {}.', shown)
        END"""
    lowest = "format('The lowest number any independent source gives is {}; the maximum is {}.', low, most)"
    twice = rules.minimum == Minimum.CORROBORATED
    return f"""
        WITH voices AS (
            SELECT incident_id, nth, voice, max(low) AS low, {_highest("low", "high")} AS high FROM said
            WHERE low IS NOT NULL OR high IS NOT NULL GROUP BY ALL
        ), taken AS (
            SELECT incident_id, nth, coalesce(list_reverse_sort(list(low) FILTER (low IS NOT NULL)), []) AS lows,
                   {_highest("low", "high")} AS highest, max(high) FILTER (low IS NULL) AS limit_
            FROM voices GROUP BY ALL
        ), bounded AS (
            SELECT incident_id, nth, lows, {"lows[least(2, len(lows))]" if twice else "lows[len(lows)]"} AS low, {high} AS high FROM taken
        ), why AS (
            SELECT incident_id, nth, low, CASE WHEN low > high THEN low ELSE high END AS high,
                   CASE WHEN lows = [] THEN format('Only upper limits are given: at most {{}}, the minimum is unknown.', high)
                        ELSE {corroborated if twice else lowest} END AS sentence
            FROM (SELECT *, {_shown()} AS shown, coalesce(CAST(high AS VARCHAR), 'open') AS most FROM bounded)
        ), listed AS (
            SELECT incident_id, nth, "group", outcome, string_agg(report_id, ';' ORDER BY report_id) AS reports,
                   string_agg(sentence, ' ' ORDER BY report_id) AS sentences
            FROM said GROUP BY ALL
        )
        SELECT l.incident_id, l."group", l.outcome, w.low AS "min", w.high AS "max", $rule AS "rule", l.reports,
               l.sentences || ' ' || coalesce(w.sentence, 'No report gives a number that can be counted: the number is unknown, not 0.')
               AS derivation
        FROM listed l LEFT JOIN why w ON w.incident_id = l.incident_id AND w.nth = l.nth ORDER BY l.incident_id, {_order()}
    """


def _order() -> str:
    """Groups and outcomes in the order of the vocabularies."""
    places = {(g, o): n for n, (g, o) in enumerate((g, o) for g in Group for o in Outcome)}
    cases = " ".join(f"WHEN {n} THEN {places[(group, outcome)]}" for n, (_, group, outcome) in enumerate(COUNTED))
    return f"CASE l.nth {cases} END"


def changed(before: pa.Table, after: pa.Table) -> pa.Table:
    """Rows of two `harm` tables whose numbers differ: incident, group, outcome, both ranges, and how the second came about."""
    with duckdb.connect() as engine:
        engine.register("was", before)
        engine.register("is_now", after)
        return engine.sql(
            """
            SELECT incident_id, "group", outcome, w."min" AS min_before, w."max" AS max_before, n."min" AS min_after,
                   n."max" AS max_after, n.derivation
            FROM was w FULL JOIN is_now n USING (incident_id, "group", outcome)
            WHERE w."min" IS DISTINCT FROM n."min" OR w."max" IS DISTINCT FROM n."max" ORDER BY ALL
            """
        ).to_arrow_table()
