"""`civcas release`, as a person types it: the example and a case of real incidents, in other places of the world."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from civcas.release.manifest import names

SOURCE = Path(__file__).parents[2] / "src"


def run(*words: str, code: int = 0, cwd: Path | None = None, **env: str) -> str:
    """civcas in a process of its own."""
    made = {name: value for name, value in os.environ.items() if name not in ("TZ", "LC_ALL", "PYTHONHASHSEED")}
    done = subprocess.run(
        [sys.executable, "-m", "civcas", *words], capture_output=True, text=True, cwd=cwd, timeout=600,
        env=made | {"PYTHONPATH": str(SOURCE), "CIVCAS_AUTHOR": "Inventa Author"} | env,
    )  # fmt: skip
    assert done.returncode == code, done.stderr[-2000:]
    return done.stdout if code == 0 else done.stderr


@pytest.fixture(scope="module")
def example(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("example")
    run("new", str(folder / "case"), "--example")
    return folder


@pytest.mark.slow
def test_the_worked_example_is_released_the_same_in_another_place_and_language(example: Path) -> None:
    case = str(example / "case")
    told: dict[str, Any] = json.loads(run("release", "build", str(example / "one"), "--case", case, "--json"))
    again = run(
        "release", "build", "two", "--case", case, "--until", f"@{told['sequence']}", "--no-record", "--json", cwd=example,
        TZ="Pacific/Kiritimati", LC_ALL="tr_TR.UTF-8", PYTHONHASHSEED="7",
    )  # fmt: skip
    assert json.loads(again)["hash"] == told["hash"]
    one, two = (
        {name: (example / each / name).read_bytes() for name in names(example / each)} for each in ("one", "two")
    )
    assert one == two
    assert json.loads(run("release", "verify", str(example / "one"), "--json"))["hash"] == told["hash"]
    assert json.loads(run("release", "diff", "one", "two", "--json", cwd=example))["changes"] == []
    claims = json.loads((example / "one" / "data" / "claims.json").read_text(encoding="utf-8"))
    verdicts = {claim["id"]: claim["verdict"] for document in claims for claim in document["claims"]}
    assert verdicts["C01"] == "depends on what is meant" and len(claims) == 2
    (example / "one" / "METHOD.md").unlink()
    assert "missing: METHOD.md" in run("release", "verify", str(example / "one"), code=21)
    assert "never changed" in run("release", "build", str(example / "two"), "--case", case, code=2)


@pytest.mark.slow
def test_a_case_of_real_incidents_is_refused_then_released(real_data: Path, tmp_path: Path) -> None:
    case, out = tmp_path / "case", tmp_path / "release"
    run("new", str(case), "--title", "Incidents of 2014 to 2016")
    file = real_data / "airwars" / "airwars_syria_2014_2016.csv"
    run("import", "airwars", str(file), "--case", str(case), "--country", "Syria")
    assert "[redaction.datasets.airwars]" in run("release", "build", str(out), "--case", str(case), code=2)
    assert not out.exists()
    said = '\n[redaction.datasets.airwars]\npublish = true\nbecause = "a test in a temporary folder"\n'
    (case / "civcas.toml").write_text((case / "civcas.toml").read_text(encoding="utf-8") + said, encoding="utf-8")
    told = json.loads(run("release", "build", str(out), "--case", str(case), "--json"))
    assert told["rows"]["incident"] == told["rows"]["report"] == 2223 and told["rows"]["gone"] == 0
    assert "masked places are shared by fewer than 5 incidents" in told["warnings"][0]
    assert "879 of 2,223 incidents" in (out / "METHOD.md").read_text(encoding="utf-8")
    assert (out / "incidents" / "cs420-ts030.html").exists() and (
        out / "ar" / "incidents" / "cs420-ts030.html"
    ).exists()
    run("release", "verify", str(out))


def test_the_help_says_what_each_exit_code_means() -> None:
    assert "21 a file is" in " ".join(run("release", "verify", "--help").split())


def test_a_folder_that_is_no_release_is_told_in_one_message(tmp_path: Path) -> None:
    assert "there is no release.json" in run("release", "verify", str(tmp_path), code=20)
    assert "Traceback" not in run("release", "diff", str(tmp_path), str(tmp_path), code=20)
