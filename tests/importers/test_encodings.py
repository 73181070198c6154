"""Text is read in the encoding that makes words of it, or not at all: never Arabic letters in a Latin word."""

from __future__ import annotations

from pathlib import Path

import pytest
from imported_rows import rows

from civcas.errors import BadInput
from civcas.importers.importer import Options
from civcas.importers.proposing import propose

TAGS = "#date+occurred,#country,#adm1,#affected+killed\n"
# what people of many countries would write, in the encoding that spreadsheets of their country save
LISTS = {
    ("windows-1252", "Spanish"): ["Panamá", "Chocó", "Perú", "Junín", "Nariño", "Ocaña"],
    ("iso-8859-1", "Portuguese"): ["São Paulo", "Maranhão", "Goiás", "Pará", "Conceição"],
    ("windows-1252", "French"): ["Côte d’Ivoire", "Île-de-France", "Fès", "Thiès", "Gaïd"],
    ("windows-1252", "German"): ["München", "Köln", "Weißenfels", "Österreich"],
    ("windows-1252", "Swedish"): ["Malmö", "Åre", "Östersund"],
    ("windows-1251", "Russian"): ["Грозный", "Аргун", "Шали", "УРУС-МАРТАН"],
    ("windows-1251", "Ukrainian"): ["Київ", "Маріуполь", "Ірпінь", "Чернігів"],
    ("koi8-r", "Russian"): ["Грозный", "Аргун", "Шали", "Ведено"],
    ("windows-1256", "Arabic"): ["حلب", "إدلب", "الرقة", "دير الزور"],
    ("windows-1256", "French beside Arabic"): ["Fès", "فاس", "Salé", "سلا"],
    ("windows-1250", "Polish"): ["Łódź", "Kraków", "Gdańsk", "Częstochowa"],
    ("windows-1250", "Czech"): ["Příbram", "Jičín", "Děčín", "Plzeň"],
    ("windows-1250", "Hungarian"): ["Győr", "Székesfehérvár", "Kőszeg", "Hódmezővásárhely", "Hűvösvölgy"],
    ("windows-1250", "Romanian"): ["Bucureşti", "Braşov", "Constanţa", "Galaţi"],
    ("windows-1254", "Turkish"): ["Şanlıurfa", "Diyarbakır", "Iğdır", "Muş", "Ağrı"],
    ("windows-1253", "Greek"): ["Αθήνα", "Πάτρα", "Θεσσαλονίκη"],
    ("windows-1255", "Hebrew"): ["חיפה", "שדרות", "אשקלון"],
    ("utf-16", "Arabic with a mark"): ["حلب", "إدلب"],
    ("utf-16-le", "Latin without a mark"): ["Panamá", "Perú"],
    ("utf-8-sig", "Arabic with a mark"): ["حلب", "Panamá"],
    ("utf-8", "everything"): ["حلب", "Panamá", "Грозный"],
}


def tagged(places: list[str]) -> str:
    return TAGS + "".join(f"2015-03-{day:02d},Exampleland,{place},3\n" for day, place in enumerate(places, start=1))


@pytest.mark.parametrize(("encoding", "of"), LISTS, ids="-".join)
def test_a_list_of_places_is_read_as_it_was_written(take, encoding: str, of: str) -> None:
    places = LISTS[(encoding, of)]
    imported = take("hxl", tagged(places).encode(encoding))
    assert [r["province"] for r in rows(imported)] == places
    assert imported.accounts.unread == 0


@pytest.mark.parametrize(("encoding", "of"), LISTS, ids="-".join)
def test_each_word_alone_is_read_as_it_was_written_or_the_file_is_refused(take, encoding: str, of: str) -> None:
    for place in LISTS[(encoding, of)]:
        try:
            imported = take("hxl", tagged([place]).encode(encoding))
        except BadInput as refused:
            assert "--encoding" in str(refused), place
            assert [r["province"] for r in rows(take("hxl", tagged([place]).encode(encoding), encoding=encoding))] == [
                place
            ]
        else:
            assert [r["province"] for r in rows(imported)] == [place]


def test_what_cannot_be_told_is_asked_with_both_readings(take) -> None:
    with pytest.raises(BadInput, match=r"'Iğdır' in windows-1254 may be 'Iðdýr' in windows-1252") as refused:
        take("hxl", tagged(["Iğdır"]).encode("windows-1254"))
    assert "Say which with --encoding windows-1254 or --encoding windows-1252." in str(refused.value)


def test_a_file_of_two_encodings_is_refused_with_the_line(take) -> None:
    mixed = tagged(["Panamá", "Chocó"]).encode("windows-1252") + "2015-03-09,X,Perú,3\n".encode()
    with pytest.raises(BadInput, match=r"the text mixes encodings: 'Perú' is UTF-8, and line 2 is not"):
        take("hxl", mixed)


def test_bytes_that_make_no_words_are_refused(take) -> None:
    with pytest.raises(BadInput, match="--encoding"):
        take("hxl", tagged(["大马士革", "阿勒颇", "伊德利卜"]).encode("gbk"))
    assert rows(take("hxl", tagged(["大马士革"]).encode("gbk"), encoding="gbk"))[0]["province"] == "大马士革"


def test_an_encoding_that_is_said_must_fit_and_leaves_no_mark(take) -> None:
    with pytest.raises(BadInput, match="line 2 is not utf-8"):
        take("hxl", tagged(["Panamá"]).encode("windows-1252"), encoding="utf-8")
    with pytest.raises(BadInput, match="there is no encoding 'klingon'"):
        take("hxl", tagged(["Panamá"]), encoding="klingon")
    for said in ("utf-8", "UTF8"):
        [row] = rows(take("hxl", tagged(["Panamá"]).encode("utf-8-sig"), encoding=said))
        assert row["province"] == "Panamá" and str(row["date_start"]) == "2015-03-01"


def test_a_list_of_places_in_latin_letters_is_not_read_as_arabic(take, real_data: Path) -> None:
    folder = real_data / "field" / "02-latin1-read-as-arabic"
    if not folder.is_dir():
        pytest.skip("the field cases are not here")
    found = [(r["country"], r["province"]) for r in rows(take("hxl", folder / "tagged.csv"))]
    assert found == [("Panamá", "Chocó"), ("Perú", "Junín")]
    assert "windows-1252" in propose(folder / "list.csv", Options()).yaml
