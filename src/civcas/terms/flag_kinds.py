"""Names the kinds of doubt that other rooms look for in `flagged`; a kind is never renamed."""

from __future__ import annotations

SAME_ROW = "the same row again"
SAME_ROW_OTHER_ID = "the same row under another id"
SAME_ID_OTHER_ROW = "another row under the same id"
DOUBLES = (SAME_ROW, SAME_ROW_OTHER_ID, SAME_ID_OTHER_ROW)
"""A row that may count the same people twice; `other_row` is the first row of the file that it repeats."""

NO_ID = "no id"
AGE_IMPOSSIBLE = "an age that nobody has"
AGE_AND_BIRTH = "age and date of birth contradict each other"
DEAD_BEFORE_BIRTH = "dead before birth"
PEOPLE = (AGE_IMPOSSIBLE, AGE_AND_BIRTH, DEAD_BEFORE_BIRTH)

MERGED = "a cell that is merged with others"
DATE_ABOUT = "a day that is said to be about"
DATE_COARSE = "a date that is less exact than a day"
DATE_BACKWARDS = "a span that ends before it begins"
