"""Linking part by part: every pair once, little lost against the whole, and the same on Spark as here."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest

from civcas.linking.partitions import each_part, link_parts, placed
from civcas.linking.proposing import propose
from made_up_reports import world

STRETCH = 60


def test_every_report_belongs_to_one_part_and_stands_in_the_halo_of_its_neighbours() -> None:
    reports = world()[0]
    laid = placed(reports, stretch=STRETCH)
    rows = laid.to_pylist()
    assert sorted(r["report_id"] for r in rows if r["core"]) == sorted(reports["report_id"].to_pylist())
    assert all(r["stretch"] == r["day"] // STRETCH for r in rows if r["core"])
    assert all(abs(r["day"] - (r["stretch"] * STRETCH + STRETCH / 2)) <= STRETCH / 2 + 45 for r in rows)
    assert len(list(each_part(laid))) == len({r["stretch"] for r in rows if r["core"]})


def test_no_pair_is_proposed_twice_and_the_clusters_are_those_of_the_whole_or_nearly() -> None:
    reports, truth = world()
    found = link_parts(reports, stretch=STRETCH)
    pairs = list(zip(found.pairs["report_id_l"].to_pylist(), found.pairs["report_id_r"].to_pylist(), strict=True))
    assert len(set(pairs)) == len(pairs) and all(a < b for a, b in pairs)
    ids = reports["report_id"].to_pylist()
    here = np.array([found.member[i] for i in ids])
    whole = np.empty(len(ids), int)
    proposal = propose(reports)
    whole[proposal.accounts.row] = proposal.member
    assert f1(here, truth) > f1(whole, truth) - 0.03


def f1(found: Any, truth: Any) -> float:
    same, right = (x[:, None] == x[None, :] for x in (found, truth))
    for each in (same, right):
        np.fill_diagonal(each, False)
    return float(2 * (same & right).sum() / (same.sum() + right.sum()))


@pytest.fixture(scope="module")
def spark() -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="pip install 'civcas[spark]'")
    import warnings

    from civcas.register.engine import connect

    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        session = connect("spark", memory="1g", threads="2")._session
        yield session
        session.stop()


@pytest.mark.spark
@pytest.mark.filterwarnings("ignore")
def test_spark_links_the_same_parts_to_the_same_pairs(spark: Any) -> None:
    from civcas.linking.on_spark import mapped

    reports = world(incidents=80)[0]
    here = link_parts(reports, stretch=STRETCH)
    there = link_parts(reports, stretch=STRETCH, mapped=mapped(spark, workers=2))
    assert there.pairs.equals(here.pairs)
    assert there.member == here.member
    assert here.pairs.num_rows > 50
