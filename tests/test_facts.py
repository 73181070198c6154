from __future__ import annotations

import dataclasses

import pytest

from civcas.errors import BadInput
from civcas.facts.provenance import provenance, verify
from civcas.facts.shipped import shipped_tables
from civcas.terms.tables import TABLES


def test_every_shipped_file_has_its_recorded_hash_source_and_terms() -> None:
    for shipped in provenance():
        verify(shipped)
        assert shipped.source and shipped.licence and shipped.how


def test_a_shipped_file_that_was_changed_is_refused() -> None:
    changed = dataclasses.replace(provenance()[0], sha256="0" * 64)
    with pytest.raises(BadInput, match="SHA-256"):
        verify(changed)


def test_no_row_is_lost_on_the_way_into_the_tables() -> None:
    rows = {name: table.count().to_pyarrow().as_py() for name, table in shipped_tables().items()}
    assert rows == {"harm_by_period": 659, "figure": 183, "strike": 46}


def test_the_shipped_tables_keep_the_contract_of_terms() -> None:
    for name, table in shipped_tables().items():
        assert table.to_pyarrow().schema.names == TABLES[name].schema.names


def test_an_open_range_stays_open() -> None:
    figure = shipped_tables()["figure"]
    rows = figure.filter(figure.measure == "alleged killed, maximum", figure.period_end.cast("string") == "2016-11-30")
    row = rows.to_pyarrow().to_pylist()[0]
    assert (row["value_low"], row["value_high"]) == (None, 1005.0)
