"""Rows with a point: what geographic forms share."""

from __future__ import annotations

from civcas.errors import BadInput
from civcas.exporters.columns import visible, written_tables
from civcas.exporters.exporter import Request
from civcas.terms.tables import Field
from civcas.terms.vocabulary import GeoPrecision

# Decimals that say no more than the class of precision does: one degree of latitude is about 111 km.
DECIMALS = {
    GeoPrecision.COUNTRY: 0, GeoPrecision.PROVINCE: 1, GeoPrecision.DISTRICT: 1, GeoPrecision.SUBDISTRICT: 2, GeoPrecision.CITY: 2,
    GeoPrecision.TOWN: 2, GeoPrecision.VILLAGE: 3, GeoPrecision.NEIGHBOURHOOD: 3, GeoPrecision.STREET: 4, GeoPrecision.LANDMARK: 4,
    GeoPrecision.WITHIN_100M: 4, GeoPrecision.WITHIN_1M: 6, GeoPrecision.EXACT: 6,
}  # fmt: skip
UNKNOWN_DECIMALS = 2
MOST = 6


def located(request: Request) -> dict[str, tuple[Field, ...]]:
    """Tables that have coordinates this clearance may see."""
    found = {}
    for name in written_tables(request):
        fields = visible(request, name)
        if {"latitude", "longitude"} <= {f.name for f in fields}:
            found[name] = fields
    if not found:
        raise BadInput("no table has coordinates that may be written", expected="incident, report or strike with coordinates",
                       do="Coordinates of incidents are internal: say --internal if the file stays in the case.")  # fmt: skip
    return found


def decimals(precision: str | None) -> int:
    """How many decimals a class of precision justifies; a class nobody knows justifies few."""
    return next(
        (n for known, n in DECIMALS.items() if precision is not None and precision.startswith(str(known))),
        UNKNOWN_DECIMALS,
    )
