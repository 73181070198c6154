from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]


@pytest.mark.slow
def test_the_demo_runs_from_the_wheel_with_no_file_of_the_checkout(tmp_path: Path) -> None:
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(tmp_path), str(ROOT)]
    subprocess.run(build, check=True, capture_output=True)
    installed = tmp_path / "installed"
    with zipfile.ZipFile(next(tmp_path.glob("civcas-*.whl"))) as wheel:
        wheel.extractall(installed)
    environment = {**os.environ, "PYTHONPATH": str(installed)}
    where = "import civcas, sys; sys.stdout.write(civcas.__file__)"
    found = subprocess.run(
        [sys.executable, "-c", where], env=environment, cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert found.stdout.startswith(str(installed))
    ran = subprocess.run(
        [sys.executable, "-m", "civcas", "demo", "out"],
        env=environment,
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert ran.returncode == 0, ran.stderr
    assert "depends on what is meant" in ran.stdout and (tmp_path / "out" / "op_ed_2017.html").exists()
