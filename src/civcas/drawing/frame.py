"""The frame every picture hangs in: title, description, caption, reading, citation, and the same numbers as a table."""

from __future__ import annotations

import re
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

    def html(self, table_says: str = "") -> Element:
        """The figure for a page that carries `stylesheet()`; it holds no script and no style of its own.

        `table_says` opens the table, where the page is not in English.
        """
        return element(
            "figure",
            *self._variants(),
            self._caption(),
            table_twin(self.table, table_says) if self.table else None,
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
        return element("div", element("style", stylesheet() + _notebook_themes()), self.html(), class_="cv-alone")

    def svg(self, *, headed: bool = False) -> str:
        """The picture as the text of an SVG file that needs nothing else, on light paper, in plain CSS.

        A `headed` one shows its title and caption above and its reading below, for a file that stands alone.
        """
        drawn = self._picture("file", self.wide, element("style", plain_stylesheet()), headed=headed)
        return f'<?xml version="1.0" encoding="UTF-8"?>\n{drawn}\n'

    def _picture(
        self, variant: str, drawing: Drawing, style: Element | None = None, *, headed: bool = False
    ) -> Element:
        title, description = f"{self.id}-{variant}-title", f"{self.id}-{variant}-desc"
        if headed:
            drawing = self._headed(drawing)
        cited = lines(self.citation, drawing.width - 4, 10.5)
        foot = 6 + 14 * len(cited) if cited else 0
        return element(
            "svg",
            element("title", self.title, id=title),
            element("desc", self.description, id=description),
            style,
            element("rect", width=drawing.width, height=drawing.height + foot, class_="cv-sheet") if style else None,
            *drawing.body,
            *(words(line, 2, drawing.height + 14 * (i + 1), class_="cv-cite") for i, line in enumerate(cited)),
            xmlns="http://www.w3.org/2000/svg",
            viewBox=f"0 0 {drawing.width:g} {drawing.height + foot:g}",
            role="img",
            aria_labelledby=title,
            aria_describedby=description,
            class_="cv-picture",
            width=None if style is None else drawing.width,
        )

    def _headed(self, drawing: Drawing) -> Drawing:
        """The drawing under its title and caption, with its reading below."""
        said, read = (lines(text, drawing.width - 4, 12) for text in (self.caption, self.reading))
        head = 30.0 + 16 * len(said)
        top = [words(self.title, 2, 17, class_="cv-heading")]
        top += [words(line, 2, 36 + 16 * i) for i, line in enumerate(said)]
        below = [words(line, 2, head + drawing.height + 14 * (i + 1), class_="cv-tick") for i, line in enumerate(read)]
        body = element("g", *drawing.body, transform=f"translate(0 {head:g})")
        return Drawing(width=drawing.width, height=head + drawing.height + 14 * len(read), body=(*top, body, *below))

    def _caption(self) -> Element:
        link = element("a", "All numbers as a table", href=f"#{self.table_at}") if self.table_at else None
        return element(
            "figcaption",
            element("span", self.caption, class_="cv-caption", dir="auto") if self.caption else None,
            element("span", self.reading, class_="cv-reading", dir="auto") if self.reading else None,
            link,
        )


def table_twin(table: TableTwin, says: str = "") -> Element:
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
    return element("details", element("summary", says or "The same numbers as a table"), region, class_="cv-twin")


@cache
def stylesheet() -> str:
    """The style of every picture: light and dark, screen and paper, wide and narrow.

    It holds no character that HTML and XML escape, so the same text may stand in a page and in an SVG file.
    """
    return files("civcas.drawing").joinpath("figure.css").read_text(encoding="utf-8")


@cache
def plain_stylesheet() -> str:
    """The light style with every variable replaced by its value, for programs that know neither variables nor media."""
    light: dict[str, str] = dict(re.findall(r"(--[\w-]+):\s*([^;]+);", _palette("light")))
    rules = re.sub(r"@[^{]+\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|\.cv, \.cv-palette \{[^}]*\}", "", stylesheet())
    rules = re.sub(r"var\(--cv-own, (var\([^)]*\))\)", r"\1", rules) + "".join(
        f".cv-series.cv-s{n}, .cv-whisker.cv-s{n}, .cv-hollow.cv-s{n} {{ stroke: var(--cv-series-{n}); }}\n"
        f".cv-area.cv-s{n}, .cv-dot.cv-s{n} {{ fill: var(--cv-series-{n}); }}\n"
        for n in (1, 2, 3, 4)
    )
    return re.sub(r"var\((--[\w-]+)\)", lambda found: light[found[1]], re.sub(r"--cv-own: [^;]+;", "", rules))


def _notebook_themes() -> str:
    """A notebook's own theme goes before the system's."""
    light, dark = _palette("light"), _palette("dark")
    return (
        f'[data-jp-theme-light="true"] .cv, .vscode-light .cv {{{light}}}\n'
        f'[data-jp-theme-light="false"] .cv, .vscode-dark .cv {{{dark}}}\n'
    )


def _palette(name: str) -> str:
    found: list[str] = re.findall(r"\.cv, \.cv-palette \{([^}]*--cv-ink[^}]*)\}", stylesheet())
    return found[0 if name == "light" else 1].strip()


def _cell(name: str, text: str, numeric: bool, scope: str | None = None) -> Element:
    scope = scope or ("row" if name == "th" else None)
    return element(name, text, scope=scope, class_="cv-number" if numeric else None, dir=None if numeric else "auto")
