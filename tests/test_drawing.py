"""Pictures: what is drawn is what was given, nothing a user wrote is markup, and every picture can be read without seeing it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET

import pytest

from civcas.drawing.frame import Drawing, Figure, plain_stylesheet, stylesheet
from civcas.drawing.interval_plot import Interval, interval_plot
from civcas.drawing.line_chart import Moment, Series, line_chart
from civcas.drawing.mark import OUTCOMES, VERDICT_TEXT_MARKS, outcome_path, verdict_icon
from civcas.drawing.scale import Scale, domain, label
from civcas.drawing.share_bars import outcome_bar, share_bar
from civcas.drawing.specification_curve import Level, Point, specification_curve
from civcas.drawing.svg import element, number
from civcas.errors import BadInput
from civcas.terms.vocabulary import ReadingOutcome, Verdict

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '</title><script>alert("x")</script>\x00\x1b[31m'


def point(value: float | None, outcome: str, **choices: str) -> Point:
    spread = (None, None) if value is None else (value / 2, value * 2)
    return Point(value=value, low=spread[0], high=spread[1], outcome=outcome, choices=choices, says=f"{value}")


def three_and_a_refusal() -> list[Point]:
    return [
        point(8.0, "supports", Window="2016", Grading="Fair"),
        point(0.5, "contradicts", Window="2017", Grading="Fair"),
        point(None, "refused", Window="2017", Grading="all"),
        point(2.0, "open", Window="2016", Grading="all"),
    ]


def drawn(points: list[Point]) -> str:
    figure = specification_curve(
        points, id="c", title="Title", description="Description", axis="Times", citation="civcas 0.1.0",
        claimed=Level(value=8, says="claimed: 8", band=(6, 10)), neutral=Level(value=1, says="1: no difference"),
    )  # fmt: skip
    return figure.svg()


def texts(svg: str) -> list[str]:
    """What is written in the picture, without the tooltips inside it."""
    written = ET.fromstring(svg.split("\n", 1)[1]).iter(f"{SVG}text")
    return [(t.text or "") + "".join(child.tail or "" for child in t) for t in written]


# -- elements and axes


def test_text_and_attributes_of_a_user_never_become_markup() -> None:
    written = str(element("text", HOSTILE, title=HOSTILE))
    assert "<script" not in written and "\x1b" not in written and "\x00" not in written
    assert ET.fromstring(written).text == HOSTILE.replace("\x00", "\ufffd").replace("\x1b", "\ufffd")


@pytest.mark.parametrize(
    ("value", "text"), [(1.0, "1"), (0.125, "0.12"), (-0.001, "0"), (12.5, "12.5"), (1200.0, "1200")]
)
def test_a_coordinate_is_written_as_short_as_it_can_be(value: float, text: str) -> None:
    assert number(value) == text


def test_a_logarithmic_axis_places_equal_ratios_at_equal_distances() -> None:
    scale = Scale(low=1, high=100, start=0, end=200, logarithmic=True)
    assert [scale.at(v) for v in (1, 10, 100)] == pytest.approx([0, 100, 200])


def test_a_value_off_the_axis_stands_at_its_edge() -> None:
    scale = Scale(low=0, high=10, start=100, end=0)
    assert (scale.at(-5), scale.at(50)) == (100, 0)


def test_a_logarithmic_axis_with_zero_is_refused_in_words() -> None:
    with pytest.raises(BadInput, match="above 0 on a logarithmic axis"):
        Scale(low=0, high=10, start=0, end=1, logarithmic=True)


@pytest.mark.parametrize(
    ("low", "high", "log", "ticks"),
    [
        (0, 10, False, [0, 2, 4, 6, 8, 10]),
        (0.2, 60, True, [0.2, 0.5, 1, 2, 5, 10, 20, 50]),
        (3, 4, True, [3, 3.2, 3.4, 3.6, 3.8, 4]),
    ],
)
def test_ticks_are_numbers_a_reader_can_name(low: float, high: float, log: bool, ticks: list[float]) -> None:
    scale = Scale(low=low, high=high, start=0, end=1, logarithmic=log)
    assert scale.ticks(8 if log else 6) == pytest.approx(ticks)


def test_a_domain_holds_every_finite_value_and_is_never_empty() -> None:
    low, high = domain([2.0, None, float("inf"), 8.0], logarithmic=True)
    assert low < 2 and 8 < high < 100
    assert domain([5.0], logarithmic=False)[0] < 5 < domain([5.0], logarithmic=False)[1]
    assert domain([], logarithmic=False) == pytest.approx((0.94, 2.06))


@pytest.mark.parametrize(("value", "text"), [(0.25, "0.25"), (40, "40"), (16942, "16,942"), (0.3, "0.3")])
def test_a_tick_is_labelled_as_people_write_it(value: float, text: str) -> None:
    assert label(value) == text


# -- marks


def test_every_outcome_and_every_verdict_has_a_shape_of_its_own() -> None:
    assert set(OUTCOMES) == set(ReadingOutcome) and set(VERDICT_TEXT_MARKS) == set(Verdict)
    assert len({outcome_path(s, 0, 0, 4) for s in OUTCOMES}) == len(ReadingOutcome)
    assert len({str(verdict_icon(v)) for v in Verdict}) == len(Verdict)
    assert len(set(VERDICT_TEXT_MARKS.values())) == len(Verdict)


# -- the specification curve


def test_the_curve_is_well_formed_with_title_description_and_role() -> None:
    root = ET.fromstring(drawn(three_and_a_refusal()).split("\n", 1)[1])
    ids = {e.get("id"): e.text for e in root.iter() if e.get("id")}
    assert root.get("role") == "img"
    assert ids[root.get("aria-labelledby") or ""] == "Title"
    assert ids[root.get("aria-describedby") or ""] == "Description"


def test_readings_stand_from_lowest_to_highest_and_a_refusal_after_them() -> None:
    root = ET.fromstring(drawn(three_and_a_refusal()).split("\n", 1)[1])
    columns = [e for e in root.iter(f"{SVG}rect") if e.get("class") == "cv-column"]
    assert [c[0].text for c in columns] == ["0.5", "2.0", "8.0", "None"]
    xs = [float(c.get("x") or 0) for c in columns]
    assert xs == sorted(xs)


def test_a_mark_stands_at_its_value_on_the_axis() -> None:
    svg = drawn([point(2.0, "open", Window="2016"), point(8.0, "supports", Window="2017")])
    claimed = re.search(r'd="M[\d.]+ ([\d.]+)H[\d.]+" class="cv-claimed"', svg)
    circle = re.search(r'd="M[\d.]+ ([\d.]+)a[^"]+" class="cv-mark cv-supports"', svg)
    assert claimed and circle and claimed[1] == circle[1]


def test_the_counts_beside_each_choice_are_held_of_made() -> None:
    said = texts(drawn(three_and_a_refusal()))
    assert said[said.index("2016") + 1] == "1/2"
    assert said[said.index("2017") + 1] == "0/1"
    assert said[said.index("refused") + 1] == "1"
    assert any("1 refused" in text for text in said)


def test_a_dimension_without_a_choice_gets_no_rows() -> None:
    said = texts(drawn([point(2.0, "open", Window="2016", Area="X"), point(3.0, "open", Window="2017", Area="X")]))
    assert "Window" in said and "Area" not in said


def test_choices_keep_the_order_in_which_they_were_given() -> None:
    points = [point(9.0, "supports", Grading="b"), point(1.0, "open", Grading="a"), point(5.0, "open", Grading="c")]
    said = texts(drawn(points))
    assert said.index("b") < said.index("a") < said.index("c")


def test_an_interval_that_runs_far_past_the_values_does_not_flatten_the_curve() -> None:
    wild = Point(value=2.0, low=1e-9, high=1e12, outcome="open", choices={"Window": "2016"})
    said = texts(drawn([wild, point(8.0, "supports", Window="2017")]))
    ticks = [float(t) for t in said if re.fullmatch(r"[\d.]+", t) and t not in ("2016", "2017")]
    assert max(ticks) < 100 and min(ticks) > 0.05


def test_only_refusals_still_make_a_picture() -> None:
    assert "2 refused" in " ".join(texts(drawn([point(None, "refused", Window=w) for w in ("2016", "2017")])))


def test_a_value_of_zero_turns_the_axis_linear() -> None:
    said = texts(drawn([point(0.0, "contradicts", Window="2016"), point(8.0, "supports", Window="2017")]))
    assert "Times" in said and not any("logarithmic" in text for text in said)


def test_hostile_words_stay_words_in_every_part_of_a_figure() -> None:
    figure = specification_curve(
        [point(2.0, "open", **{HOSTILE: "a"}), point(8.0, "supports", **{HOSTILE: HOSTILE})],
        id="c", title=HOSTILE, description=HOSTILE, axis=HOSTILE, caption=HOSTILE, reading=HOSTILE, citation=HOSTILE,
        claimed=Level(value=8, says=HOSTILE),
    )  # fmt: skip
    assert "<script" not in str(figure.html()) and "<script" not in figure.svg()


def test_ten_thousand_readings_stay_a_picture_of_under_two_megabytes() -> None:
    points = [point(1 + i / 100, "supports", Window=str(i % 7)) for i in range(10_000)]
    assert len(drawn(points)) < 2_000_000


# -- other pictures


def test_estimates_are_drawn_with_their_intervals_and_the_same_numbers_as_a_table() -> None:
    figure = interval_plot(
        [Interval(label="Chao", value=12100, low=11200, high=13400), Interval(label="Latent", value=None, says="too thin")],
        id="i", title="Killed", description="", axis="People", reference=4400,
    )  # fmt: skip
    html = str(figure.html())
    assert "12,100 (11,200 – 13,400)" in texts(figure.svg())
    assert '<td class="cv-number">12,100</td>' in html
    assert {"no number", "too thin"} <= set(texts(figure.svg())) and "too thin" in html


def test_an_unknown_month_is_a_gap_in_the_line_and_a_word_in_the_table() -> None:
    figure = line_chart(
        ["2016-01", "2016-02", "2016-03", "2016-04"],
        [Series(label="A", values=[1, None, 3, 4], lows=[1, None, 2, 3], highs=[2, None, 4, 5])],
        id="l", title="Killed", description="", axis="Civilians", moments=[Moment(period="2016-03", says="begins")],
    )  # fmt: skip
    line = re.search(r'd="([^"]+)" class="cv-series', figure.svg())
    assert line and line[1].count("M") == 2
    assert '<td class="cv-number">unknown</td>' in str(figure.html())
    assert figure.svg().count('class="cv-area') == 2


@pytest.mark.parametrize(
    ("series", "moment", "message"),
    [
        ([Series(label="A", values=[1, 2, 3])], "2016-01", "3 values for 2 periods"),
        ([Series(label="A", values=[1, 2], lows=[1])], "2016-01", "1 lows for 2 periods"),
        ([Series(label=str(i), values=[1, 2]) for i in range(5)], "2016-01", "at most 4"),
        ([Series(label="A", values=[1, 2])], "1999-01", "not among the periods"),
    ],
)
def test_a_chart_that_would_mislead_is_refused_in_words(series: list[Series], moment: str, message: str) -> None:
    with pytest.raises(BadInput, match=message):
        line_chart(
            ["2016-01", "2016-02"], series, id="l", title="", description="", axis="",
            moments=[Moment(period=moment, says="x")],
        )  # fmt: skip


def test_bars_are_as_long_as_their_share() -> None:
    assert 'width="50"' in str(share_bar(0.5, width=100))
    assert re.findall(r' x="([\d.]+)"', str(outcome_bar({"supports": 1, "open": 3}, width=100))) == ["0", "25"]


# -- style


def test_the_style_sheet_may_stand_in_html_and_in_xml_as_it_is() -> None:
    assert not set("<>&") & set(stylesheet())


def test_the_style_of_a_picture_file_needs_no_variables_and_no_media() -> None:
    plain = plain_stylesheet()
    assert "var(" not in plain and "@" not in plain and "--cv-" not in plain
    strokes = re.findall(r"\.cv-series\.cv-s\d[^{]*\{ stroke: (#\w{6})", plain)
    assert len(set(strokes)) == 4


def test_a_picture_of_one_width_scrolls_inside_its_own_labelled_region() -> None:
    figure = Figure(id="f", title="Wide only", description="", wide=Drawing(width=900, height=10, body=()))
    assert 'tabindex="0" role="region" aria-label="Wide only"' in str(figure.html())


def test_a_notebooks_own_theme_goes_before_the_systems() -> None:
    shown = str(specification_curve(three_and_a_refusal(), id="c", title="", description="", axis="").alone())
    dark = shown[shown.index('[data-jp-theme-light="false"]') :]
    assert "--cv-paper: #16191d" in dark


def test_no_picture_carries_a_script_an_address_or_an_attribute_of_style() -> None:
    html = str(specification_curve(three_and_a_refusal(), id="c", title="", description="", axis="").html())
    assert not re.search(r"<script|\son\w+=|\sstyle=|href=\"http|url\(", html)
