"""Pictures for other people's pages: an SVG file and a small page of each, both with the citation inside."""

from __future__ import annotations

from pathlib import Path

from civcas.drawing.frame import Figure
from civcas.web.bidi import unsteered
from civcas.web.language import language
from civcas.web.links import FIRST, FolderLinks, Links
from civcas.web.page import Asked
from civcas.web.query import Query
from civcas.web.rendering import pages, render
from civcas.web.site import Site


def figures(site: Site, code: str) -> dict[str, Figure]:
    """Every picture that a page of the site offers, by its name."""
    asked = Asked(site=site, query=Query(), language=language(code))
    return site.remember(("embeds", code), lambda: {
        name: figure for page in pages().values() if page.figures for name, figure in page.figures(asked).items()
    })  # fmt: skip


def page_of(site: Site, links: Links, name: str, figure: Figure) -> str:
    return render("embed.html", site, links, {"figure": figure, "name": name})


def write(site: Site, folder: Path, code: str) -> int:
    """Every picture in one language; how many files."""
    place = folder / "embed" if code == FIRST else folder / "embed" / code
    place.mkdir(parents=True, exist_ok=True)
    drawn = figures(site, code)
    for name, figure in drawn.items():
        (place / f"{name}.svg").write_text(unsteered(figure.svg()), encoding="utf-8")
        links = EmbedLinks(language=code, here=name)
        (place / f"{name}.html").write_text(page_of(site, links, name, figure), encoding="utf-8")
    return 2 * len(drawn)


class EmbedLinks(FolderLinks):
    """Links of an embedded page, which lies under `embed/`."""

    @property
    def file(self) -> str:
        return f"embed/{'' if self.language == FIRST else self.language + '/'}{self.here}.html"
