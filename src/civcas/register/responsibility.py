"""Incident × belligerent, once each, with the bounds of its share."""

from __future__ import annotations

import ibis


def attribution(named: ibis.Table) -> ibis.Table:
    """Alone named: the whole harm. Named among several: anything from none to all of it, as publishers do not divide it."""
    alone = named.named == 1
    return named.select(
        incident_id=named.incident_id,
        belligerent=named.belligerent,
        status=ibis.literal("suspected"),
        named=named.named,
        share_min=ibis.ifelse(alone, 1.0, 0.0),
        share_max=ibis.literal(1.0),
    )
