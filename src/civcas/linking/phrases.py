"""What a report's words name besides its fields: what was struck, the neighbourhood, the family."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

# Words for what is struck, by class; the classes are Airwars' infrastructure terms and two the field adds.
STRUCK: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("residential", ("house", "houses", "home", "homes", "residential", "apartment", "apartments", "flat", "villa")),
    ("market", ("market", "markets", "marketplace", "souk", "souq", "bazaar", "shop", "shops", "shopping", "warehouse")),
    ("religious", ("mosque", "mosques", "church", "churches", "shrine", "monastery", "temple")),
    ("education", ("school", "schools", "university", "kindergarten", "college", "madrasa")),
    ("healthcare", ("hospital", "hospitals", "clinic", "clinics", "ambulance", "ambulances", "medical")),
    ("bakery", ("bakery", "bakeries", "bread")),
    ("vehicle", ("car", "cars", "vehicle", "vehicles", "bus", "minibus", "truck", "motorcycle", "motorbike", "convoy")),
    ("agriculture", ("farm", "farms", "farmland", "agricultural", "orchard", "orchards", "olive", "field", "fields")),
    ("displaced people", ("camp", "camps", "displaced", "idp", "idps", "refugee", "refugees", "tent", "tents", "shelter")),
    ("checkpoint", ("checkpoint", "checkpoints", "roadblock", "roadblocks", "crossing")),
    ("military", ("military", "base", "barracks", "headquarters", "outpost", "garrison")),
    ("resources", ("fuel", "petrol", "oil", "gas", "refinery", "dam", "power", "electricity", "water")),
)  # fmt: skip
_CLASS = {word: n for n, (_, words) in enumerate(STRUCK) for word in words}
_STRUCK = rf"(?i)\b(?P<word>{'|'.join(sorted(_CLASS))})\b"
_NEAR = (
    r"(?i)(?:\bin|\bof|\bstruck|\bhit|:|\bthe|\bnear)\s+(?P<word>[\pL'’-]+(?:\s[\pL'’-]+){0,2})"
    r"\s+(?:area|quarter|neighbourhood|neighborhood|district|suburb)\b"
)
_FAMILY = r"(?i)\bof\s+(?:the\s+)?(?P<word>[\pL'’-]+)\s+family\b"


def target_named(text: pa.Array) -> npt.NDArray[np.int32]:
    """The class of the first word that says what was struck; -1 where no word does."""
    words = _first(text, _STRUCK).dictionary_encode()
    classes = np.array([_CLASS.get(w.lower(), -1) for w in words.dictionary.to_pylist()] + [-1], dtype=np.int32)
    return classes[np.asarray(words.indices.fill_null(len(classes) - 1))]  # type: ignore[no-any-return]


def neighbourhood_named(text: pa.Array) -> pa.Array:
    """The words before “area”, “quarter”, “neighbourhood”, “district” or “suburb”; null where there are none."""
    return _first(text, _NEAR)


def family_named(text: pa.Array) -> pa.Array:
    """The name in “of the … family”; null where there is none."""
    return _first(text, _FAMILY)


def _first(text: pa.Array, pattern: str) -> pa.Array:
    found = pc.extract_regex(text, pattern)
    return found.field(0) if found.null_count == 0 else pc.struct_field(found, "word")
