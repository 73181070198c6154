"""The frame every picture hangs in: title, description, caption, reading, citation, and the same numbers as a table."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from civcas.drawing.svg import Element, element, lines, words


@dataclass(frozen=True, slots=True, kw_only=True)
class Drawing:
    """A picture drawn for one width, in pixels; `body` is what lies between title and citation."""

    width: float
    height: float
    body: tuple[Element, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableTwin:
    """The numbers of a picture as a table; `numeric` says which columns, counted from 0, are aligned as numbers."""

    caption: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    numeric: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """A picture with all that must travel with it.

    `id` is unique on its page. `reading` says how the numbers were read; `citation` stays inside the picture, so
    that a copy still names where it came from. `narrow` is drawn for a telephone. Where the page already
    holds the numbers as a table, `table_at` is the id of that table and `table` is None.
    """

    id: str
    title: str
    description: str
    wide: Drawing
    narrow: Drawing | None = None
    caption: str = ""
    reading: str = ""
    citation: str = ""
    table: TableTwin | None = None
    table_at: str = ""

    def html(self) -> Element:
        """The figure for a page that carries `stylesheet()`; it holds no script and no style of its own."""
        return element(
            "figure",
            *self._variants(),
            self._caption(),
            table_twin(self.table) if self.table else None,
            class_="cv",
            id=self.id,
        )

    def _variants(self) -> tuple[Element, ...]:
        """Both widths, of which a page shows one; a picture of one width scrolls inside its own region."""
        wide = self._picture("wide", self.wide)
        if self.narrow is None:
            return (
                element("div", wide, class_="cv-only cv-scroll", tabindex="0", role="region", aria_label=self.title),
            )
        narrow = self._picture("narrow", self.narrow)
        return element("div", wide, class_="cv-wide"), element("div", narrow, class_="cv-narrow")

    def alone(self) -> Element:
        """The figure with its own style, for a notebook or another place that has none."""
        return element("div", element("style", stylesheet()), self.html(), class_="cv-alone")

    def svg(self) -> str:
        """The picture as the text of an SVG file that needs nothing else."""
        drawn = self._picture("file", self.wide, element("style", stylesheet()))
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}\n'

    def _picture(self, variant: str, drawing: Drawing, style: Element | None = None) -> Element:
        title, description = f"{self.id}-{variant}-title", f"{self.id}-{variant}-desc"
        cited = lines(self.citation, drawing.width - 4, 10.5)
        foot = 6 + 14 * len(cited) if cited else 0
        return element(
            "svg",
            element("title", self.title, id=title),
            element("desc", self.description, id=description),
            style,
            *drawing.body,
            *(words(line, 2, drawing.height + 14 * (i + 1), class_="cv-cite") for i, line in enumerate(cited)),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {drawing.width:g} {drawing.height + foot:g}",
            role="img",
            aria_labelledby=title,
            aria_describedby=description,
            class_="cv-picture" if style is None else "cv cv-picture",
            width=None if style is None else drawing.width,
        )

    def _caption(self) -> Element:
        link = element("a", "All numbers as a table", href=f"#{self.table_at}") if self.table_at else None
        return element(
            "figcaption",
            element("span", self.caption, class_="cv-caption", dir="auto") if self.caption else None,
            element("span", self.reading, class_="cv-reading", dir="auto") if self.reading else None,
            link,
        )


def table_twin(table: TableTwin) -> Element:
    """The table under a disclosure that opens without script; wide tables scroll inside their own region."""
    head = element("tr", *(_cell("th", name, i in table.numeric, scope="col") for i, name in enumerate(table.columns)))
    rows = (
        element("tr", *(_cell("th" if i == 0 else "td", text, i in table.numeric) for i, text in enumerate(row)))
        for row in table.rows
    )
    grid = element(
        "table", element("caption", table.caption), element("thead", head), element("tbody", *rows), class_="cv-table"
    )
    region = element("div", grid, class_="cv-scroll", tabindex="0", role="region", aria_label=table.caption)
    return element("details", element("summary", "The same numbers as a table"), region, class_="cv-twin")


@cache
def stylesheet() -> str:
    """The style of every picture: light and dark, screen and paper, wide and narrow.

    It holds no character that HTML and XML escape, so the same text may stand in a page and in an SVG file.
    """
    return files("civcas.drawing").joinpath("figure.css").read_text(encoding="utf-8")


def _cell(name: str, text: str, numeric: bool, scope: str | None = None) -> Element:
    scope = scope or ("row" if name == "th" else None)
    return element(name, text, scope=scope, class_="cv-number" if numeric else None, dir=None if numeric else "auto")
