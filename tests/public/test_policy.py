"""What a case lets out stands in its civcas.toml, and what is not understood there lets nothing out."""

from __future__ import annotations

import tomllib
from pathlib import Path

import pytest

from civcas.case.settings import read_settings, rename_ledger
from civcas.errors import BadInput, UnknownName
from civcas.public.policy import Dataset, Imprint, Places, Policy, policy_of, read_imprint, read_policy, refuse_closed

SAID = """
title = "A case"

[redaction]
places = "province"
grid_km = 10
fewest = 8
source_addresses = true

[redaction.datasets.airwars]
publish = true
because = "by leave of the publisher, 2026-05-02"

[redaction.known_public]
"Inventa Madeup" = "she signed the article"

[publication]
publisher = "A made-up recorder"
contact = "write@example.org"
licence = "CC BY 4.0"
"""


def test_a_policy_is_read_as_it_is_written(tmp_path: Path) -> None:
    (tmp_path / "civcas.toml").write_text(SAID)
    assert read_policy(tmp_path) == Policy(
        places=Places.PROVINCE, grid_km=10.0, fewest=8, source_addresses=True,
        datasets={"airwars": Dataset(publish=True, because="by leave of the publisher, 2026-05-02")},
        known_public={"Inventa Madeup": "she signed the article"},
    )  # fmt: skip
    assert read_imprint(tmp_path) == Imprint(
        publisher="A made-up recorder", contact="write@example.org", licence="CC BY 4.0"
    )


def test_what_is_not_said_is_decided_for_caution(tmp_path: Path) -> None:
    (tmp_path / "civcas.toml").write_text('title = "A case"')
    rule = read_policy(tmp_path)
    assert (rule.places, rule.grid_km, rule.source_addresses) == (Places.GRID, 5.0, False)
    with pytest.raises(BadInput, match="may not be published again"):
        refuse_closed(rule, [("airwars", "no licence found")])


@pytest.mark.parametrize(
    "said",
    [
        'redaction = "none"', "[redaction\n", '[redaction]\nplaces = "exact"', "[redaction]\ngrid_km = 0", '[redaction]\ngrid_km = "5"',
        "[redaction]\nplcaes = 1", "[redaction]\nsource_addresses = 1", "[redaction]\nfewest = 1", "[redaction]\nfewest = true",
        "[redaction.datasets.airwars]\npublish = true", '[redaction.datasets.airwars]\npublish = true\nbecause = " "',
        '[redaction.datasets.airwars]\npublish = "yes"\nbecause = "x"', '[redaction.datasets]\nairwars = true',
        '[redaction.known_public]\n"Inventa" = ""', "[redaction]\ngrid_km = nan", "\ufffe",
    ],
)  # fmt: skip
def test_a_policy_that_is_not_understood_stops_everything(said: str, tmp_path: Path) -> None:
    (tmp_path / "civcas.toml").write_text(said)
    with pytest.raises((BadInput, UnknownName)):
        read_policy(tmp_path)


def test_a_policy_that_is_not_there_stops_everything(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read_policy(tmp_path)


def test_a_manifest_tells_the_policy_but_not_the_texts_it_holds_to_be_public() -> None:
    rule = policy_of(tomllib.loads(SAID)["redaction"])
    assert "Inventa" not in str(rule.to_dict()) and rule.to_dict()["places"] == "province"


def test_another_address_of_the_ledger_leaves_the_policy_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "civcas.toml").write_text('id = "a"\nledger = "ledger.db"\n' + SAID)
    before = read_policy(tmp_path)
    rename_ledger(tmp_path, "postgresql://me@localhost/a")
    assert read_policy(tmp_path) == before and read_settings(tmp_path).ledger == "postgresql://me@localhost/a"
    (tmp_path / "civcas.toml").write_text('id = "a"\n' + SAID)
    rename_ledger(tmp_path, "other.db")
    assert read_policy(tmp_path) == before and read_settings(tmp_path).ledger == "other.db"
