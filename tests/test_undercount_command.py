"""`civcas undercount`: what it reads, prints, writes and refuses, and the worked example of its page."""

from __future__ import annotations

import json
import re
import xml.etree.ElementTree as ET
from pathlib import Path

import pytest
from typer.testing import CliRunner

from civcas.cli.app import build, main

PAGE = Path(__file__).parents[1] / "docs" / "method-undercount.md"
CSV = re.search(r"```csv\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)


@pytest.fixture
def lists(tmp_path: Path) -> Path:
    assert CSV is not None
    path = tmp_path / "lists.csv"
    path.write_text(CSV[1], encoding="utf-8")
    return path


def run(*words: object) -> tuple[int, str]:
    done = CliRunner().invoke(build(), ["undercount", *map(str, words)], env={"COLUMNS": "120", "TERM": "dumb"})
    if done.exception and not isinstance(done.exception, SystemExit):
        raise done.exception
    return done.exit_code, done.stdout


def refused(capsys: pytest.CaptureFixture[str], *words: object) -> str:
    with pytest.raises(SystemExit) as left:
        main(["undercount", *map(str, words)])
    assert left.value.code == 2
    return capsys.readouterr().err


def test_the_pages_example_prints_what_the_page_shows(lists: Path) -> None:
    shown = re.search(r"--method loglinear\n(.*?)```", PAGE.read_text(encoding="utf-8"), re.S)
    code, printed = run(lists, "--method", "loglinear")
    assert code == 0 and shown is not None
    assert printed.split() == shown[1].split()


def test_json_carries_everything_an_analyst_needs(lists: Path) -> None:
    code, printed = run(lists, "--method", "loglinear-average", "--json", "--seed", "3")
    told = json.loads(printed)
    assert code == 0
    assert {
        "value",
        "low",
        "high",
        "level",
        "interval",
        "n",
        "diagnostics",
        "assumptions",
        "reading",
        "seed",
        "seconds",
    } <= set(told)
    assert told["documented"] == told["n"] == 2490
    assert told["low"] >= 2490
    assert told["diagnostics"]["unseen"]["value"] == pytest.approx(told["value"] - 2490)
    assert len(told["assumptions"]) == 3


def test_one_row_a_person_answers_like_a_table_of_overlaps(lists: Path, tmp_path: Path) -> None:
    head, *rows = lists.read_text(encoding="utf-8").strip().split("\n")
    people = [row.rpartition(",")[0] + ",x" for row in rows for _ in range(int(row.rpartition(",")[2]))]
    by_person = tmp_path / "people.csv"
    by_person.write_text("\n".join([head.replace("count", "place"), *people]), encoding="utf-8")
    one, other = (json.loads(run(path, "--method", "loglinear", "--json")[1]) for path in (lists, by_person))
    assert one["value"] == other["value"]
    assert other["unused_columns"] == ["place"]


def test_the_picture_has_a_title_and_a_description_and_no_address(lists: Path, tmp_path: Path) -> None:
    svg, html = tmp_path / "a.svg", tmp_path / "a.html"
    code, _ = run(lists, "--method", "loglinear", "--svg", svg, "--html", html)
    drawn = ET.fromstring(svg.read_text(encoding="utf-8"))
    named = {child.tag.rpartition("}")[2]: child.text or "" for child in drawn}
    assert code == 0
    assert named["title"] and "2,490 people are documented" in named["desc"]
    page = html.read_text(encoding="utf-8")
    assert "<script" not in page and re.findall(r'(?:src|href)="', page) == []


def test_a_refusal_leaves_with_three_and_says_what_would_help(tmp_path: Path) -> None:
    path = tmp_path / "lists.csv"
    path.write_text("A,B,C,count\n1,0,0,50\n0,1,0,40\n0,0,1,30\n", encoding="utf-8")
    code, printed = run(path, "--json")
    told = json.loads(printed)
    assert code == 3
    assert "do not overlap" in told["refused"] and told["needs"]


def test_strata_with_blanks_are_imputed_or_dropped_by_word(tmp_path: Path) -> None:
    known = {"1,0,0": 90, "0,1,0": 80, "0,0,1": 70, "1,1,0": 30, "1,0,1": 25, "0,1,1": 20, "1,1,1": 10}
    rows = [f"{pattern},{area},{count}" for area in ("north", "south") for pattern, count in known.items()]
    rows += [f"{pattern},,{40 if pattern == '0,0,1' else 2}" for pattern in known]
    rows.insert(0, "A,B,C,area,count")
    path = tmp_path / "strata.csv"
    path.write_text("\n".join(rows), encoding="utf-8")
    kept = json.loads(run(path, "--strata", "area", "--json")[1])
    dropped = json.loads(run(path, "--strata", "area", "--missing", "drop", "--json")[1])
    assert (kept["n"], dropped["n"]) == (702, 650)
    assert set(kept["diagnostics"]["strata"]) == {"north", "south"}
    assert any("C only" in note for note in dropped["notes"])


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("A,B,count\n1,0,-5\n0,1,3\n", (), "negative"),
        ("A,B,count\n1,0,5.5\n0,1,3\n", (), "fractions"),
        ("A,B,count\n1,,5\n0,1,3\n", (), "unknown is not 0"),
        ("A,B,count\n0,0,5\n0,1,3\n", (), "on no list"),
        ("A,B,age\n1,0,51\n0,1,30\n", (), "--lists"),
        ("name\nx\n", (), "no column of 0 and 1"),
        ("A,B,count\n1,0,5\n0,1,3\n", ("--lists", "A,Bee"), "did you mean"),
        ("A,B,count\n1,0,5\n0,1,3\n", ("--method", "magic"), "no method"),
        ("A,B,count\n1,0,5\n0,1,3\n", ("--level", "95"), "between 0 and 1"),
        ("A,B,count\n1,0,5\n0,1,3\n", ("--missing", "ignore"), "impute or drop"),
        ("A,B,count\n1,0,5\n0,1,3\n", ("--unknown", "zero"), "refuse or not-listed or leave-out"),
        ("A,B\nyes,no\nno,yes\nmaybe,yes\n", (), "column A holds 'maybe'"),
        ("A,B\nyes,no\nno,yes\nmaybe,yes\n", ("--lists", "A,B"), "line 4: list A holds 'maybe'"),
        ("A,B\nTrue,False\nN/A,True\n", (), "unknown is not 0"),
        ("A,B,count\n", (), "no rows"),
    ],
)  # fmt: skip
def test_bad_input_is_one_clear_message(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: tuple[str, ...], message: str
) -> None:
    path = tmp_path / "lists.csv"
    path.write_text(text, encoding="utf-8")
    assert message in refused(capsys, path, *words)


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ("قائمة,عدد\n1,5\n".encode("cp1256"), "the header is not UTF-8"),
        (bytes(range(128, 256)) + b",n\n1,5\n", "no text at all"),
        (b"a,b,a\n1,0,1\n", "two columns are named 'a'"),
        (b"", "Empty CSV"),
    ],
)
def test_a_file_that_is_no_table_of_lists_is_refused_with_its_reason(
    capsys: pytest.CaptureFixture[str], tmp_path: Path, given: bytes, said: str
) -> None:
    path = tmp_path / "lists.csv"
    path.write_bytes(given)
    assert said in " ".join(refused(capsys, path).split())


def test_a_file_that_is_not_there_is_said(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    assert "no such file" in refused(capsys, tmp_path / "none.csv")


@pytest.mark.slow
def test_all_methods_stand_side_by_side_with_what_their_difference_means(lists: Path) -> None:
    code, printed = run(lists, "--method", "all", "--json", "--seed", "1")
    told = json.loads(printed)
    methods = [each["diagnostics"]["method"] for each in told["answers"]]
    assert code == 0
    assert methods == [
        "open-ratio",
        "loglinear",
        "loglinear-average",
        "stepwise",
        "graphs",
        "latent-classes",
        "no-highest-order",
    ]
    assert told["documented"] == 2490
    assert "the larger part of the uncertainty" in told["says"]


def test_small_print_that_all_methods_share_is_printed_once(tmp_path: Path) -> None:
    path = tmp_path / "lists.csv"
    path.write_text("A,B,C,count\n1,0,0,50\n0,1,0,40\n0,0,1,30\n1,1,0,20\n0,1,1,15\n", encoding="utf-8")
    from civcas.cli.undercount import _lines
    from civcas.measures.undercount import methods, sheet

    overlap = sheet.read(path)[0].whole
    answers = [
        methods.ask(overlap, methods.METHODS[name], methods.Wish()) for name in ("loglinear", "loglinear-average")
    ]
    assert sum("shares nobody" in line for line in _lines(answers)) == 1


def versions(folder: Path, *sizes: int) -> list[Path]:
    """Versions of three lists in two strata, which differ by how many stand on all three."""
    made = []
    for on_all in sizes:
        known = {"1,0,0": 90, "0,1,0": 80, "0,0,1": 70, "1,1,0": 30, "1,0,1": 25, "0,1,1": 20, "1,1,1": on_all}
        rows = [f"{pattern},{area},{count}" for area in ("north", "south") for pattern, count in known.items()]
        made.append(folder / f"version-{on_all}.csv")
        made[-1].write_text("\n".join(["A,B,C,area,count", *rows]), encoding="utf-8")
    return made


def test_versions_of_the_lists_are_pooled_on_the_logarithm_of_the_unseen(tmp_path: Path) -> None:
    import math
    import statistics

    from scipy.stats import norm, t

    files = versions(tmp_path, 8, 12, 16)
    each = [json.loads(run(path, "--method", "loglinear-average", "--json")[1]) for path in files]
    code, printed = run(*files, "--method", "loglinear-average", "--json")
    pooled = json.loads(printed)
    # by hand from the answers to each: verdata's rule on ln n0
    ends = [(math.log(one["low"] - one["n"]), math.log(one["high"] - one["n"])) for one in each]
    within = statistics.mean(((high - low) / (2 * norm.ppf(0.975))) ** 2 for low, high in ends)
    means = [(low + high) / 2 for low, high in ends]
    between = statistics.variance(means)
    freedom = 2 * (1 + within / (4 * between)) ** 2
    reach = t.ppf(0.975, freedom) * math.sqrt(within + 4 / 3 * between)
    assert code == 0 and pooled["documented"] == pooled["n"] == 654
    assert pooled["value"] == pytest.approx(statistics.mean(one["value"] for one in each))
    assert pooled["low"] == pytest.approx(654 + math.exp(statistics.mean(means) - reach))
    assert pooled["high"] == pytest.approx(654 + math.exp(statistics.mean(means) + reach))
    assert any("3 versions are few" in note for note in pooled["notes"])


def test_pooled_strata_add_up_and_both_ways_to_combine_imputations_answer(tmp_path: Path) -> None:
    files = versions(tmp_path, 8, 12)
    by_area = json.loads(run(*files, "--method", "loglinear-average", "--strata", "area", "--json")[1])
    rows = by_area["diagnostics"]["strata"]
    assert set(rows) == {"north", "south"}
    assert by_area["value"] == pytest.approx(sum(row["value"] for row in rows.values()))
    blanks = tmp_path / "blanks.csv"
    blanks.write_text(files[0].read_text(encoding="utf-8") + "\n0,0,1,,40\n", encoding="utf-8")
    answers = [
        json.loads(run(blanks, "--strata", "area", "--combine", how, "--json")[1]) for how in ("medians", "pool")
    ]
    assert [each["n"] for each in answers] == [686, 686]
    assert answers[1]["high"] - answers[1]["low"] > answers[0]["high"] - answers[0]["low"] > 0


@pytest.mark.parametrize(
    ("text", "words", "message"),
    [
        ("A,B,D,area,count\n1,1,0,north,9\n0,1,1,north,9\n", (), "its lists are A, B, D"),
        ("A,B,C,area,count\n1,1,0,west,9\n0,1,1,west,9\n", ("--strata", "area"), "is not in both"),
        ("A,B,C,area,count\n1,1,0,,9\n0,1,1,north,9\n", ("--strata", "area"), "have no stratum"),
        ("A,B,C,area,count\n1,1,0,north,9\n0,1,1,north,9\n", ("--method", "all"), "takes one file"),
        ("A,B,C,area,count\n1,1,0,north,9\n0,1,1,north,9\n", ("--combine", "mean"), "medians or pool"),
    ],
)  # fmt: skip
def test_files_that_are_not_versions_of_one_another_are_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, words: tuple[str, ...], message: str
) -> None:
    other = tmp_path / "other.csv"
    other.write_text(text, encoding="utf-8")
    assert message in refused(capsys, *versions(tmp_path, 8), other, *words)
