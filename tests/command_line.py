"""Runs `civcas` with words, in this process: what it printed, and the exit code it left with."""

from __future__ import annotations

import contextlib
import io
from dataclasses import dataclass
from pathlib import Path

from civcas.cli.app import main


@dataclass(frozen=True)
class Ran:
    returncode: int
    stdout: str
    stderr: str


def civcas(*words: str | Path) -> Ran:
    out, err = io.StringIO(), io.StringIO()
    code: object = 0
    with contextlib.redirect_stdout(out), contextlib.redirect_stderr(err):
        try:
            main([str(word) for word in words])
        except SystemExit as left:
            code = left.code
    return Ran(returncode=int(str(code or 0)), stdout=out.getvalue(), stderr=err.getvalue())
