"""When a figure was published, where its row does not say: read from the date that ends its source's title."""

from __future__ import annotations

DATE_AT_THE_END = (
    r",(?: announced)? (?:(\d{1,2}) )?(?:(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec)[a-z]* )?((?:19|20)\d{2})$"
)


def published_by(figures: str) -> str:
    """SQL (DuckDB) for the rows of `figures` with `published_by` and `dated` added.

    `published_by` is the last day on which the figure can have been published: `published` where it is noted, else the date that
    ends the source's title after a comma: a day (14 Mar 2016), a month (Nov 2015, to its last day) or a year (2016, to its last
    day). A date elsewhere in a title names the period written about, not the day of writing; one before the end of the
    figure's own period cannot be its publication. `dated` says which it was, and both are null where neither is known.
    """
    return f"""
        WITH words AS (
            SELECT *, regexp_extract(source_title, '{DATE_AT_THE_END}', ['day', 'month', 'year']) AS said FROM {figures}
        ), placed AS (
            SELECT * EXCLUDE said, CASE
                WHEN published IS NOT NULL THEN published
                WHEN said.day <> '' AND said.month <> '' THEN
                    CAST(try_strptime(said.day || ' ' || said.month || ' ' || said.year, '%d %b %Y') AS DATE)
                WHEN said.month <> '' THEN last_day(try_strptime('1 ' || said.month || ' ' || said.year, '%d %b %Y'))
                WHEN said.year <> '' AND said.day = '' THEN TRY_CAST(said.year || '-12-31' AS DATE)
            END AS written
            FROM words
        )
        SELECT * EXCLUDE written,
               CASE WHEN published IS NOT NULL OR written >= period_end THEN written END AS published_by,
               CASE WHEN published IS NOT NULL THEN 'noted' WHEN written >= period_end THEN 'source title' END AS dated
        FROM placed
    """
