"""Makes the pictures of the documentation from the shipped claims."""

from __future__ import annotations

import sys
from importlib.resources import files
from pathlib import Path

from civcas.claims.check import check
from civcas.claims.claim_file import read
from civcas.facts.shipped import shipped_tables
from civcas.telling.curve import curve


def eight_times() -> str:
    """The curve of the worked example's first claim, as a picture that stands alone."""
    article = read(Path(str(files("civcas.claims") / "articles" / "op_ed_2017.yaml")))
    return curve(check(article, shipped_tables(), only=["C01"])["C01"].to_dict(), id="eight-times").svg()


if __name__ == "__main__":
    sys.stdout.write(eight_times())
