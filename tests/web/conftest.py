"""A made-up case as a site, and a browser."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from browsing import launched
from civcas.web.folder import write_pages
from civcas.web.site import Site
from made_up_public import made_up_public


@pytest.fixture(scope="package")
def site(tmp_path_factory: pytest.TempPathFactory) -> Site:
    return Site.make(made_up_public(300), tmp_path_factory.mktemp("site") / "site.db")


@pytest.fixture(scope="package")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same case as a folder of pages."""
    out = tmp_path_factory.mktemp("folder")
    write_pages(made_up_public(300), out)
    return out


@pytest.fixture(scope="package")
def browser(driver: Any) -> Iterator[Any]:
    yield from launched(driver, "--disable-gpu")
