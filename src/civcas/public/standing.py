"""Incidents that no longer stand, each with its address, why, since when, and what stands in its place."""

from __future__ import annotations

import duckdb


def gone(db: duckdb.DuckDBPyConnection) -> None:
    """Make the table `gone` from `ever`, `address_now`, `incident_report_now`, `aspect` (decisions) and `edition` (imports).

    Only rows that their publisher held to be an incident can be gone. One that a decision withdrew or superseded says so; one whose
    report now speaks of another incident was found to be one with it; any other was left out by its publisher's newer edition.
    """
    db.execute(f"CREATE TABLE gone AS {_gone()}")


def _gone() -> str:
    return """
        WITH own AS (
            SELECT incident_id, address, dataset FROM ever
            WHERE row_is = 'incident' AND address NOT IN (SELECT address FROM address_now)
        ), settled AS (
            SELECT subject, arg_max_null(kind, sequence) AS kind, arg_max_null(because, sequence) AS because, max(date) AS date,
                   arg_max_null(value ->> '$.successor', sequence) AS successor,
                   arg_max_null(value ->> '$.as_published', sequence) AS undone
            FROM aspect WHERE about = 'standing' GROUP BY subject
        ), merged AS (
            SELECT l.report_id, string_agg(DISTINCT a.address, '; ' ORDER BY a.address) AS survivors
            FROM incident_report_now l JOIN address_now a USING (incident_id) GROUP BY l.report_id
        ), joined AS (
            SELECT report_id, arg_max_null(because, sequence) AS because, max(date) AS date FROM (
                SELECT sequence, date, because, unnest([value ->> '$.report_id_l', value ->> '$.report_id_r']) AS report_id
                FROM aspect WHERE kind = 'link'
            ) GROUP BY report_id
        )
        SELECT o.incident_id, o.address,
               CASE WHEN s.subject IS NOT NULL AND s.undone IS NULL THEN
                        CASE WHEN s.kind = 'withdraw' THEN 'withdrawn: ' ELSE 'superseded: ' END || s.because
                    WHEN m.report_id IS NOT NULL THEN 'the same incident as another' || coalesce(': ' || j.because, '')
                    ELSE 'not in the newer edition of ' || o.dataset END AS reason,
               CASE WHEN s.subject IS NOT NULL AND s.undone IS NULL THEN coalesce(n.survivors, e.address)
                    ELSE m.survivors END AS survivors,
               CASE WHEN s.subject IS NOT NULL AND s.undone IS NULL THEN s.date
                    WHEN m.report_id IS NOT NULL THEN j.date ELSE d.date END AS date
        FROM own o LEFT JOIN settled s ON s.subject = o.incident_id
        LEFT JOIN merged n ON n.report_id = s.successor LEFT JOIN ever e ON e.incident_id = s.successor
        LEFT JOIN merged m ON m.report_id = o.incident_id LEFT JOIN joined j ON j.report_id = o.incident_id
        LEFT JOIN edition d ON d.dataset = o.dataset
        ORDER BY o.address"""
