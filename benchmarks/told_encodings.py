"""How often the encoding of a short list of places is told, asked for, or told wrong: names of countries in many languages.

python benchmarks/told_encodings.py          (needs `pip install babel`, whose names of countries are those of Unicode's CLDR)
"""

from __future__ import annotations

import random
import tempfile
from pathlib import Path

from civcas.errors import BadInput
from civcas.importers.decoding import encoding_of

SAVED_AS = {
    "windows-1252": "es fr pt de it ca nl sv da nb fi is",
    "windows-1250": "pl cs sk hu hr sl",
    "windows-1251": "ru uk bg sr",
    "windows-1254": "tr",
    "windows-1256": "ar",
    "windows-1253": "el",
    "windows-1255": "he",
    "windows-1257": "lt lv et",
}
LENGTHS = (1, 3, 10, 40)
LISTS = 30


def main() -> None:
    from babel import Locale  # type: ignore[import-not-found, import-untyped, unused-ignore]

    draw, told = random.Random(5), {length: [0, 0, 0] for length in LENGTHS}
    print("| language | encoding |" + "".join(f" {n} names |" for n in LENGTHS) + "\n|---|---|" + "---|" * len(LENGTHS))
    for encoding, spoken in SAVED_AS.items():
        for language in spoken.split():
            names = [n for n in Locale(language).territories.values() if not n.isascii() and fits(n, encoding)]
            counts = [tally(draw, names, encoding, length) for length in LENGTHS]
            for length, count in zip(LENGTHS, counts, strict=True):
                told[length] = [a + b for a, b in zip(told[length], count, strict=True)]
            print(f"| {language} | {encoding} |" + "".join(f" {'/'.join(map(str, c))} |" for c in counts))
    print("| all: right/asked/wrong | |" + "".join(f" {'/'.join(map(str, told[n]))} |" for n in LENGTHS))


def fits(name: str, encoding: str) -> bool:
    try:
        return bool(name.encode(encoding))
    except UnicodeEncodeError:
        return False


def tally(draw: random.Random, names: list[str], encoding: str, length: int) -> list[int]:
    """Of lists of so many names, how many are read right, asked about, and read wrong."""
    found = [0, 0, 0]
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "list.csv"
        for _ in range(LISTS):
            text = "Date,Place,Killed\n" + "".join(
                f"2015-03-01,{n},3\n" for n in draw.sample(names, min(length, len(names)))
            )
            file.write_bytes(text.encode(encoding))
            try:
                right = file.read_bytes().decode(encoding_of(file, (), file.name)) == text
                found[0 if right else 2] += 1
            except BadInput:
                found[1] += 1
    return found


if __name__ == "__main__":
    main()
