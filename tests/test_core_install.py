from __future__ import annotations

import subprocess
import sys
from pathlib import Path

WITHOUT_EXTRAS = """
import sys
extras = {"numba", "pyfixest", "psycopg", "pyrage", "pyspark", "openpyxl", "defusedxml", "starlette", "uvicorn", "statsmodels"}
class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in extras:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
sys.meta_path.insert(0, Absent())
from civcas.cli.app import main
main(sys.argv[1:])
"""


def test_the_demo_and_the_help_run_on_a_core_install(tmp_path: Path) -> None:
    for words in (["demo", str(tmp_path)], ["--help"], ["measure", "--help"]):
        ran = subprocess.run(
            [sys.executable, "-c", WITHOUT_EXTRAS, *words], capture_output=True, text=True, check=False
        )
        assert ran.returncode == 0, ran.stderr
