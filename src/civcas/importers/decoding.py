"""Says in which encoding the bytes of a text are, by the words they make, or that it cannot be told."""

from __future__ import annotations

import codecs
import math
import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

from civcas.errors import BadInput
from civcas.importers.alphabets import ENCODINGS, languages, likely

CHUNK = 4 << 20
MARKS = ((codecs.BOM_UTF8, "utf-8-sig"), (codecs.BOM_UTF32_LE, "utf-32"), (codecs.BOM_UTF32_BE, "utf-32"),
         (codecs.BOM_UTF16_LE, "utf-16"), (codecs.BOM_UTF16_BE, "utf-16"))  # fmt: skip
WORD = re.compile(rb"[A-Za-z]*[\x80-\xff][A-Za-z\x80-\xff]*")
WORDS_AT_MOST = 5_000  # different words looked at
SURE = math.log(200)  # how much more probable a reading must be than any other
FOREIGN = math.log(0.02)  # how often a word of a file is in another language than most of it
OFTEN = 1000.0  # how much more probable an encoding is that the publisher is known to use
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


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """The words as one encoding has them, how probable each is (log), and how probable the encoding is beforehand."""

    encoding: str
    words: tuple[str, ...]
    fits: tuple[float, ...]
    prior: float

    @property
    def score(self) -> float:
        return sum(self.fits) + self.prior

    def ahead_of(self, other: _Reading) -> float:
        """How much more probable this is than another (log), by the words that they read differently alone."""
        pairs = zip(self.words, other.words, self.fits, other.fits, strict=True)
        return self.prior - other.prior + sum(own - theirs for word, word2, own, theirs in pairs if word != word2)


def _most_likely(path: Path, words: Sequence[bytes], usual: Sequence[str], given: str) -> str:
    """The encoding whose reading is far more probable than any other, and reads every word as well as UTF-8 would."""
    ranked = sorted(_readings(words, usual), key=lambda reading: -reading.score)
    ranked = [reading for reading in ranked if decodes(path, reading.encoding)]
    if not ranked or not _are_words(ranked[0]):
        raise BadInput(
            "the text is in no encoding that is known here", where=given, expected="text in one encoding", do=SAY
        )
    _reject_mixed(path, words, ranked[0].encoding, given)
    for reading in ranked:
        rivals = [other for other in ranked if other.words != reading.words]
        if all(reading.ahead_of(other) > SURE for other in rivals):
            return reading.encoding
    first = ranked[0]
    second = min((other for other in ranked if other.words != first.words), key=first.ahead_of)
    raise _either(first, second, given)


def _readings(words: Sequence[bytes], usual: Sequence[str]) -> Iterator[_Reading]:
    """Each encoding that can read the words."""
    spelt = {codecs.lookup(name).name: name for name in usual}
    for name, (_, spoken) in ENCODINGS.items():
        try:
            text = tuple(word.decode(name) for word in words)
        except UnicodeDecodeError:
            continue
        called = spelt.get(codecs.lookup(name).name, name)
        yield _Reading(encoding=called, words=text, fits=_fits(text, spoken), prior=_prior(name, usual))


def _fits(text: Sequence[str], spoken: Sequence[str]) -> tuple[float, ...]:
    """How probable each word is in an encoding, where most are in one of its languages, and some in another."""
    fits = [[likely(word, language) for language in spoken] for word in text]
    ways = [tuple(max(own[place], max(own) + FOREIGN) for own in fits) for place in range(len(spoken))]
    return max(ways, key=sum)


def _prior(name: str, usual: Sequence[str]) -> float:
    """How common an encoding is (log) before the text is looked at."""
    known = codecs.lookup(name).name in {codecs.lookup(each).name for each in usual}
    share = next(
        (p for each, (p, _) in ENCODINGS.items() if codecs.lookup(each).name == codecs.lookup(name).name), 1e-3
    )
    return math.log(share * (OFTEN if known else 1.0))


def _are_words(reading: _Reading) -> bool:
    """Whether words without any plain Latin letter look like those of a language."""
    text, spoken = reading.words, _spoken(reading.encoding)
    foreign = [word for word in text if len(word) > 2 and not any(letter.isascii() for letter in word)]
    return sum(_best(word, spoken) for word in foreign) >= PLAUSIBLE * sum(map(len, foreign))


def _spoken(encoding: str) -> tuple[str, ...]:
    name = codecs.lookup(encoding).name
    return next(
        (spoken for each, (_, spoken) in ENCODINGS.items() if codecs.lookup(each).name == name), tuple(languages())
    )


def _best(word: str, spoken: Iterable[str]) -> float:
    return max(likely(word, language) for language in spoken)


def _reject_mixed(path: Path, words: Sequence[bytes], chosen: str, given: str) -> None:
    """Refuse a text of which a word is UTF-8, and more of a word so than in the encoding chosen for the others."""
    spoken = _spoken(chosen)
    for word in words:
        try:
            text = word.decode("utf-8")
        except UnicodeDecodeError:
            continue
        if _best(text, languages()) > _best(word.decode(chosen), spoken):
            raise BadInput(
                f"the text mixes encodings: {text!r} is UTF-8, and line {_broken_line(path, 'utf-8')} is not",
                where=given,
                expected="text in one encoding",
                do="Ask the publisher for the file anew, or mend the line.",
            )


def _either(first: _Reading, second: _Reading, given: str) -> BadInput:
    word, other = next(pair for pair in zip(first.words, second.words, strict=True) if pair[0] != pair[1])
    return BadInput(
        f"{word!r} in {first.encoding} may be {other!r} in {second.encoding}",
        where=given,
        expected="text that is words in one encoding alone",
        do=f"Say which with --encoding {first.encoding} or --encoding {second.encoding}.",
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
