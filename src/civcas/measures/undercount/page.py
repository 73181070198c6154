"""The page of an undercount: the picture, each method's answer in words and numbers, and what it assumes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from html import escape

from civcas.drawing.frame import Figure, stylesheet
from civcas.measures.undercount.lower_bound import WARNING, bound_of
from civcas.terms.estimate import Answer, Estimate

STYLE = """:root{color-scheme:light dark}body{font:16px/1.55 system-ui,sans-serif;max-width:48rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}th,td{padding:.35rem .6rem;text-align:right;border-bottom:1px solid}
th:first-child,td:first-child{text-align:left}"""


def compose(answers: Sequence[Answer], picture: Figure, *, says: str = "") -> str:
    """A page that stands alone: no script, no font and no address of another host."""
    told = says or next((each.says for each in answers if isinstance(each, Estimate)), "No number can be given.")
    return (
        '<!doctype html>\n<html lang="en"><head><meta charset="utf-8"><title>How many are on no list</title>'
        f'<meta name="viewport" content="width=device-width"><style>{STYLE}{stylesheet()}</style></head><body><main>'
        f"<h1>How many are on no list</h1>{_warnings(answers)}<p>{escape(told)}</p>{replace(picture, caption='').html()}"
        "<table><caption>Each method's answer</caption><thead><tr><th scope=col>Method<th scope=col>Documented"
        "<th scope=col>On no list<th scope=col>In all<th scope=col>From<th scope=col>To</tr></thead><tbody>"
        + "".join(_row(each) for each in answers)
        + _beside(answers)
        + "</tbody></table>"
        + "".join(_small_print(each) for each in answers)
        + "</main></body></html>\n"
    )


def _row(each: Answer) -> str:
    title = escape(str(each.diagnostics.get("title", each.measure)))
    if not isinstance(each, Estimate):
        return f'<tr><td>{title}<td colspan=5 style="text-align:left">no number: {escape(each.reason)}</tr>'
    return _numbers(title, each.n, each.value, each.low, each.high)


def _numbers(title: str, documented: int, value: float, low: float | None, high: float | None) -> str:
    numbers = (documented, value - documented, value, value if low is None else low, value if high is None else high)
    return f"<tr><td>{title}" + "".join(f"<td>{number:,.0f}" for number in numbers) + "</tr>"


def _beside(answers: Sequence[Answer]) -> str:
    """The rows of methods shown beside one answer, and of Chao's lower bound."""
    documented = int(answers[0].diagnostics.get("documented", 0))
    rows = [
        _numbers(f"beside it: {escape(each['title'])}", documented, each["value"], each["low"], each["high"])
        for each in answers[0].diagnostics.get("beside", ())
        if "value" in each
    ]
    if bound := bound_of(answers):
        rows.append(_numbers("at least (Chao&#39;s lower bound)", documented, bound.value, bound.low, bound.high))
    return "".join(rows)


def _warnings(answers: Sequence[Answer]) -> str:
    """What must be read before the number: every warning, once."""
    said = dict.fromkeys(
        note for each in answers if isinstance(each, Estimate) for note in each.notes if note.startswith(WARNING)
    )
    return "".join(f'<p role="note"><strong>{escape(note)}</strong></p>' for note in said)


def _small_print(each: Answer) -> str:
    title = escape(str(each.diagnostics.get("title", each.measure)))
    if not isinstance(each, Estimate):
        return f"<h2>{title}</h2><p>{escape(each.reason)}.</p><p>What would help: {escape(each.needs)}.</p>"
    lines = [
        *each.notes,
        f"The interval: {each.interval_of}.",
        *(f"Assumed: {text}" for text in each.diagnostics["assumptions"]),
    ]
    return f"<h2>{title}</h2><p>{escape(each.says)}</p><ul>" + "".join(f"<li>{escape(t)}" for t in lines) + "</ul>"
