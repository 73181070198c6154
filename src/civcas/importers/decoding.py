"""Says in which encoding the bytes of a text are, by the words they make, or that it cannot be told."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from civcas.errors import BadInput
from civcas.importers.alphabets import ENCODINGS, languages, likely

CHUNK = 4 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
WORDS_AT_MOST = 5_000  # different words looked at
DOUBT = 0.01  # how probable all other readings together may be
FOREIGN = math.log(0.02)  # how often a word of a file is in another language than most of it
OFTEN = 50.0  # how much more probable an encoding is that the publisher is known to use
PLAUSIBLE = -5.0  # log probability of a letter, on average over words of another script, below which they are no words
SAY = "Say which with --encoding, for example --encoding windows-1256."


def encoding_of(path: Path, usual: Sequence[str], given: str) -> str:
    """The encoding of a text: by its mark; UTF-8 where it is UTF-8; else by its words, those `usual` for the publisher first.

    Raises BadInput where no encoding, or more than one, makes words of the bytes.
    """
    with path.open("rb") as stream:
        head = stream.read(CHUNK)
    if marked := next((name for mark, name in MARKS if head.startswith(mark)), ""):
        return decodable(path, marked, given)
    if wide := _without_mark(head):
        return decodable(path, wide, given)
    return "utf-8" if decodes(path, "utf-8") else _most_likely(path, _words(path), usual, given)


def decodable(path: Path, encoding: str, given: str) -> str:
    """The encoding, if every byte of the text is text in it."""
    if decodes(path, encoding):
        return encoding
    raise BadInput(f"line {_broken_line(path, encoding)} is not {encoding}", where=given, expected=f"text in {encoding} throughout",
                   do=SAY)  # fmt: skip


def decodes(path: Path, encoding: str) -> bool:
    try:
        decoder = codecs.getincrementaldecoder(encoding)()
    except LookupError:
        raise BadInput(f"there is no encoding {encoding!r}", expected="a name like utf-8 or windows-1256") from None
    narrow = encoding.startswith("utf-8")
    try:
        for piece in _pieces(path):
            if narrow and piece.isascii() and not decoder.getstate()[0]:
                continue
            decoder.decode(piece)
        decoder.decode(b"", final=True)
    except UnicodeError:
        return False
    return True


def _pieces(path: Path) -> Iterator[bytes]:
    with path.open("rb") as stream:
        while piece := stream.read(CHUNK):
            yield piece


def _without_mark(head: bytes) -> str:
    """UTF-16 that does not say so: every other byte of plain letters and digits is zero."""
    even, odd = head[0::2].count(0), head[1::2].count(0)
    half = max(len(head) // 2, 1)
    if max(even, odd) < 0.2 * half or min(even, odd) > 0.05 * half:
        return ""
    return "utf-16-be" if even > odd else "utf-16-le"


def _words(path: Path) -> list[bytes]:
    """Different words that are not plain ASCII."""
    found: dict[bytes, None] = {}
    kept = b""
    for piece in _pieces(path):
        whole = kept + piece
        cut = max(whole.rfind(b"\n"), whole.rfind(b"\r")) + 1 or len(whole)
        kept = whole[cut:]
        found |= dict.fromkeys(word for word in WORD.findall(whole[:cut]) if len(word) <= 60)
        if len(found) >= WORDS_AT_MOST:
            break
    else:
        found |= dict.fromkeys(word for word in WORD.findall(kept) if len(word) <= 60)
    return list(found)[:WORDS_AT_MOST]


def _most_likely(path: Path, words: Sequence[bytes], usual: Sequence[str], given: str) -> str:
    """The encoding whose reading is far more probable than all others together, that reads every word as well as UTF-8 would."""
    readings = dict(_readings(words, usual))
    ranked = sorted(readings, key=lambda name: -readings[name][0])
    ranked = [name for name in ranked if decodes(path, name)]
    if not ranked:
        raise BadInput(
            "the text is in no encoding that is known here", where=given, expected="text in one encoding", do=SAY
        )
    best = ranked[0]
    score, text = readings[best]
    if mixed := _better_as_utf8(words, best):
        line = _broken_line(path, "utf-8")
        raise BadInput(f"the text mixes encodings: {mixed!r} is UTF-8, and line {line} is not", where=given,
                       expected="text in one encoding", do="Ask the publisher for the file anew, or mend the line.")  # fmt: skip
    if not _are_words(text, best):
        raise BadInput(
            "the text is in no encoding that is known here", where=given, expected="text in one encoding", do=SAY
        )
    rivals = [name for name in ranked[1:] if readings[name][1] != text]
    others = sum(math.exp(min(readings[name][0] - score, 0.0)) for name in rivals)
    if others > DOUBT:
        raise _either(words, best, rivals[0], given)
    return best


def _readings(words: Sequence[bytes], usual: Sequence[str]) -> Iterator[tuple[str, tuple[float, tuple[str, ...]]]]:
    """Each encoding that can read the words: how probable that reading is (log), and the words."""
    spelt = {codecs.lookup(name).name: name for name in usual}
    for name, (_, spoken) in ENCODINGS.items():
        try:
            text = tuple(word.decode(name) for word in words)
        except UnicodeDecodeError:
            continue
        yield spelt.get(codecs.lookup(name).name, name), (_fit(text, spoken) + _prior(name, usual), text)


def _prior(name: str, usual: Sequence[str]) -> float:
    """How common an encoding is (log) before the text is looked at."""
    known = codecs.lookup(name).name in {codecs.lookup(each).name for each in usual}
    share = next(
        (p for each, (p, _) in ENCODINGS.items() if codecs.lookup(each).name == codecs.lookup(name).name), 1e-3
    )
    return math.log(share * (OFTEN if known else 1.0))


def _fit(text: Sequence[str], spoken: Sequence[str]) -> float:
    """How well words fit an encoding: most are in one of its languages, some in another."""
    fits = [[likely(word, language) for language in spoken] for word in text]
    return max(sum(max(own[place], max(own) + FOREIGN) for own in fits) for place in range(len(spoken)))


def _are_words(text: Sequence[str], encoding: str) -> bool:
    """Whether words without any plain Latin letter look like those of a language."""
    spoken = _spoken(encoding)
    foreign = [word for word in text if len(word) > 2 and not any(letter.isascii() for letter in word)]
    return sum(_best(word, spoken) for word in foreign) >= PLAUSIBLE * sum(map(len, foreign))


def _spoken(encoding: str) -> tuple[str, ...]:
    name = codecs.lookup(encoding).name
    return next(
        (spoken for each, (_, spoken) in ENCODINGS.items() if codecs.lookup(each).name == name), tuple(languages())
    )


def _best(word: str, spoken: Iterable[str]) -> float:
    return max(likely(word, language) for language in spoken)


def _better_as_utf8(words: Sequence[bytes], chosen: str) -> str:
    """A word that is UTF-8, and more of a word so than in the encoding chosen for the others."""
    for word in words:
        try:
            text = word.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if _best(text, languages()) > _best(word.decode(chosen), _spoken(chosen)):
            return text
    return ""


def _either(words: Sequence[bytes], first: str, second: str, given: str) -> BadInput:
    word = next(w for w in words if w.decode(first) != w.decode(second))
    return BadInput(
        f"{word.decode(first)!r} in {first} may be {word.decode(second)!r} in {second}",
        where=given,
        expected="text that is words in one encoding alone",
        do=f"Say which with --encoding {first} or --encoding {second}.",
    )


def _broken_line(path: Path, encoding: str) -> int:
    """The first line that is not text in that encoding, counted from 1."""
    with path.open("rb") as stream:
        for number, line in enumerate(stream, start=1):
            try:
                line.decode(encoding)
            except UnicodeError:
                return number
    return 1
