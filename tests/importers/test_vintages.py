"""A newer vintage shows what it added, removed and changed; the same file again changes nothing."""

from __future__ import annotations

from civcas.register.difference import differences

HEADER = "code,airwars_id,date,belligerents,grading,civ_killed_min,civ_killed_max\n"
OLD = HEADER + "X1,1,2016-01-01,A,Fair,1,2\nX2,2,2016-01-02,A,Weak,,\nX3,3,2016-01-03,A,Fair,3,3\n"
NEW = HEADER + "X4,4,2016-01-04,A,Fair,1,1\nX2,2,2016-01-02,A,Fair,0,4\nX1,1,2016-01-01,A,Fair,1,2\n"


def test_added_removed_and_changed_rows_are_told_column_by_column(take) -> None:
    [found] = differences(take("airwars", OLD).folder, take("airwars", NEW).folder)
    assert (found.added, found.removed, found.changed, found.same) == (1, 1, 1, 1)
    assert found.columns == {"grading": 1, "civ_killed_min": 1, "civ_killed_max": 1}
    assert found.examples == {"added": ["airwars:4"], "removed": ["airwars:3"], "changed": ["airwars:2"]}


def test_the_same_rows_in_another_order_are_the_same(take) -> None:
    lines = OLD.splitlines()
    [found] = differences(
        take("airwars", OLD).folder, take("airwars", "\n".join([lines[0], *lines[:0:-1]]) + "\n").folder
    )
    assert (found.added, found.removed, found.changed, found.same) == (0, 0, 0, 3)


def test_rows_without_an_id_are_known_by_what_they_say(take) -> None:
    text = "date,country,location,number,line\n2/3/2016,E,T,1,one strike\n2/3/2016,E,T,1,one strike\n2/4/2016,E,T,2,two strikes\n"
    older = take("strike_releases", text)
    newer = take("strike_releases", text.replace("2/4/2016,E,T,2,two", "2/4/2016,E,T,3,three"))
    [found] = differences(older.folder, newer.folder)
    assert (found.added, found.removed, found.changed, found.same) == (1, 1, 0, 2)
