"""The law of the house: which room may import which. Data flows one way, and there are no cycles."""

from __future__ import annotations

import ast
import importlib.util
from pathlib import Path

import pytest

HOUSE = Path(__file__).parents[1] / "src" / "civcas"

# room -> rooms it may import. A room that is not here does not exist.
MAY_IMPORT: dict[str, set[str]] = {
    "errors": set(),
    "terms": {"errors"},
    "catalog": {"errors", "terms"},
    "drawing": {"errors", "terms"},
    "facts": {"errors", "terms"},
    "vault": {"errors", "terms"},
    "ledger": {"errors", "terms"},
    "importers": {"errors", "terms", "catalog"},
    "linking": {"errors", "terms"},
    "assessing": {"errors", "terms"},
    "register": {"errors", "terms", "catalog", "ledger"},
    "measures": {"errors", "terms", "catalog", "drawing"},
    "claims": {"errors", "terms", "catalog", "measures", "drawing"},
    "exporters": {"errors", "terms", "catalog"},
    "case": {
        "errors",
        "terms",
        "catalog",
        "facts",
        "vault",
        "ledger",
        "importers",
        "linking",
        "assessing",
        "register",
        "exporters",
    },
    "telling": {"errors", "terms", "catalog", "facts", "measures", "claims", "drawing"},
    "public": {"errors", "terms", "catalog", "ledger", "register", "claims", "telling", "case"},
    "web": {
        "errors",
        "terms",
        "catalog",
        "facts",
        "ledger",
        "register",
        "measures",
        "claims",
        "drawing",
        "telling",
        "exporters",
        "case",
        "public",
    },
    "release": {
        "errors",
        "terms",
        "catalog",
        "vault",
        "ledger",
        "exporters",
        "case",
        "public",
        "telling",
        "claims",
        "web",
    },
}
# `cli` and the package's own front may import every room; no room may import them.
FRONT = {"cli", "__init__", "__main__"}
NEVER_NAMED = {"utils", "helpers", "common", "misc", "core", "base"}
LONGEST_FILE = 400


def room_of(path: Path) -> str:
    return path.relative_to(HOUSE).parts[0].removesuffix(".py")


def files() -> list[Path]:
    return sorted(HOUSE.rglob("*.py"))


def rooms_imported(path: Path) -> set[str]:
    found: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import; name the room"
            names = (
                [f"{node.module}.{alias.name}" for alias in node.names]
                if node.module == "civcas"
                else [node.module or ""]
            )
        elif isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        else:
            continue
        found |= {name.split(".")[1] for name in names if name.startswith("civcas.")}
    return found


def test_every_room_is_in_the_law() -> None:
    assert {room_of(path) for path in files()} - FRONT <= set(MAY_IMPORT)


def test_no_room_is_named_for_leftovers() -> None:
    assert not {path.stem for path in files()} & NEVER_NAMED


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(HOUSE)))
def test_a_file_imports_only_what_its_room_may(path: Path) -> None:
    room = room_of(path)
    if room in FRONT:
        return
    assert rooms_imported(path) - {room} <= MAY_IMPORT[room]


def test_the_law_has_no_cycles() -> None:
    settled: set[str] = set()
    while waiting := {room: needs - settled for room, needs in MAY_IMPORT.items() if room not in settled}:
        free = {room for room, needs in waiting.items() if not needs}
        assert free, f"a cycle among {sorted(waiting)}"
        settled |= free


@pytest.mark.parametrize("path", files(), ids=lambda p: str(p.relative_to(HOUSE)))
def test_no_file_is_longer_than_a_person_reads(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= LONGEST_FILE


@pytest.mark.parametrize(
    "path", [p for p in files() if p.name == "__init__.py"], ids=lambda p: str(p.relative_to(HOUSE))
)
def test_a_room_opens_with_its_charter_and_runs_nothing(path: Path) -> None:
    body = ast.parse(path.read_text(encoding="utf-8")).body
    assert isinstance(body[0], ast.Expr) and isinstance(body[0].value, ast.Constant), "the charter comes first"
    if path.parent != HOUSE:
        assert len(body) == 1, "a room's __init__ holds its charter only"


LOOKED_FOR_BY_LIBRARIES = {"coverage"}  # Numba imports it where it finds it, installed or not


@pytest.mark.parametrize("path", sorted((HOUSE.parents[1] / "benchmarks").glob("*.py")), ids=lambda p: p.name)
def test_no_benchmark_hides_a_package_of_its_name(path: Path) -> None:
    assert path.stem not in LOOKED_FOR_BY_LIBRARIES
    found = importlib.util.find_spec(path.stem)
    is_folder = found is not None and found.origin is None  # a folder of tests of the same name hides nothing
    assert found is None or is_folder or found.origin == str(path), (
        f"{path.name} would be imported in place of {path.stem}"
    )
