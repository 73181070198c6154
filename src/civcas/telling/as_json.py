"""Tells a checked article as JSON: the contract of `civcas check --json`."""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any


def dumps(report: Mapping[str, Any]) -> str:
    """The report as text, in its own order and language; a number that is not finite is an error, not `NaN`."""
    return json.dumps(report, ensure_ascii=False, allow_nan=False, indent=2) + "\n"
