"""A list of people as columns of numbers: the words of each name, age and sex. Only restricted tables hold such a list."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import duckdb
import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from civcas.errors import BadInput
from civcas.linking.likeness import Words, words
from civcas.linking.sounding import sounds, words_of
from civcas.terms.vocabulary import Sensitivity

NEEDED = ("person_id", "name")
FEMALE, MALE, UNKNOWN_SEX = 0, 1, -1
SEXES = {
    **dict.fromkeys(("f", "female", "woman", "girl", "أنثى", "انثى", "ж"), FEMALE),
    **dict.fromkeys(("m", "male", "man", "boy", "ذكر", "м"), MALE),
}
WORDS_KEPT = 8


@dataclass(frozen=True, slots=True)
class People:
    """One entry a person, in the order of the table: words `word[begin[n]:begin[n + 1]]`; age nan and sex -1 are unknown."""

    person_id: tuple[str, ...]
    begin: npt.NDArray[np.int64]
    word: npt.NDArray[np.int32]
    words: Words
    age: npt.NDArray[np.float32]
    sex: npt.NDArray[np.int8]

    def __len__(self) -> int:
        return len(self.person_id)


def read(persons: pa.Table) -> People:
    """The people of a table with `person_id` and `name`; `age` and `sex` where it has them. Nothing is filled.

    A name without a word that can be read is kept, and meets nobody.
    """
    missing = [name for name in NEEDED if name not in persons.column_names]
    if missing:
        raise BadInput(f"the list lacks {', '.join(missing)}", expected="person_id and name, and age and sex if known")
    persons = persons.sort_by("person_id")
    ids = persons["person_id"].cast(pa.string()).to_pylist()
    if len(set(ids)) < len(ids):
        raise BadInput("two people have the same person_id", expected="one row a person")
    begin, word, heard = _heard(words_of(persons["name"].cast(pa.string())))
    return People(tuple(ids), begin, word, words(heard), _ages(persons), _sexes(persons))


NAMES = ("name", "en_name", "ar_name", "Name or Identifying Details")
"""The keys under which importers keep a published name in `report.person`, the first that is there first."""


def of_reports(reports: pa.Table, *, script: str = "") -> pa.Table:
    """The list of people that the rows of one published list make: person_id (the report's), name, age and sex.

    What is said of a person stands in `person`, as JSON. `script` names the key to take where a list gives a name in several
    (`ar_name`); otherwise the first that a person has.
    """
    with duckdb.connect() as engine:
        engine.register("report", reports.select(["report_id", "person"]))
        names = [f"nullif(trim(person ->> '$.\"{key}\"'), '')" for key in ((script, *NAMES) if script else NAMES)]
        found = engine.sql(
            f"""
            SELECT CAST(report_id AS VARCHAR) AS person_id, coalesce({", ".join(names)}) AS name,
                   try_cast(coalesce(person ->> '$.age', person ->> '$.Age') AS FLOAT) AS age,
                   coalesce(person ->> '$.sex', person ->> '$.Sex') AS sex
            FROM report ORDER BY person_id
            """
        ).to_arrow_table()
    return found.replace_schema_metadata({"sensitivity": str(Sensitivity.RESTRICTED)})


def _heard(split: Any) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int32], list[str]]:
    """Where the words of each name begin, which word each is, and the distinct sounds; particles and unread words are left out."""
    lists = split.combine_chunks() if isinstance(split, pa.ChunkedArray) else split
    flat, owner = lists.flatten().dictionary_encode(), np.asarray(pc.list_parent_indices(lists))
    of_word = [sounds(w) for w in flat.dictionary.to_pylist()]
    distinct = sorted({s for s in of_word if s})
    number = {s: n for n, s in enumerate(distinct)}
    code = np.array([number.get(s, -1) for s in of_word] or [-1], np.int32)[np.asarray(flat.indices)]
    owner, code = owner[code >= 0], code[code >= 0]
    nth = np.arange(len(owner)) - np.searchsorted(owner, owner)
    owner, code = owner[nth < WORDS_KEPT], code[nth < WORDS_KEPT]
    return np.searchsorted(owner, np.arange(len(lists) + 1)).astype(np.int64), code, distinct


def _ages(persons: pa.Table) -> npt.NDArray[np.float32]:
    if "age" not in persons.column_names:
        return np.full(persons.num_rows, np.nan, np.float32)
    return np.asarray(persons["age"].cast(pa.float32()).combine_chunks().fill_null(np.nan))


def _sexes(persons: pa.Table) -> npt.NDArray[np.int8]:
    if "sex" not in persons.column_names:
        return np.full(persons.num_rows, UNKNOWN_SEX, np.int8)
    said = persons["sex"].cast(pa.string()).combine_chunks().dictionary_encode()
    codes = [SEXES.get(str(w).strip().lower(), UNKNOWN_SEX) for w in said.dictionary.to_pylist()]
    return np.array([*codes, UNKNOWN_SEX], np.int8)[np.asarray(said.indices.fill_null(len(codes)))]  # type: ignore[no-any-return]
