"""Which recorded incidents a report speaks of: incidents ranked for each report by date, place, parties and numbers.

A conditional logit (McFadden 1974): an incident's odds are the exponential of a weighted sum of what the report's words and day have in
common with it, and the chances of all incidents sum to one. It assumes that the report speaks of one of them: a report of an
incident nobody recorded is ranked too, and only a person can say so. From links that are decided it learns the weights, and which words
and sources go with which parties, provinces and delays; until then it uses weights learned on one country's reports.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
from scipy import sparse
from scipy.optimize import minimize

from civcas.errors import BadInput
from civcas.linking.story import Story, story, telling

Floats = npt.NDArray[np.float32]
Ints = npt.NDArray[np.integer[Any]]
BLOCK = 4_000_000  # pairs of a report and an incident that are described at once: some 700 MB
LAGS = (-31, -1, 0, 1, 2, 3, 5, 8, 15, 31, 62, 93, 180, 370, 740, 1500)
"""Days from the end of an incident to the report at which one class of delay ends and the next begins."""
PLACES = ("place", "text", "district", "province")
PARTIES = ("belligerents", "targeted")
GO_WITH = ("belligerents", "targeted", "province", "delay")
PLAIN = (
    *(f"delay {n}" for n in range(len(LAGS) + 1)),
    *(f"{name} named" for name in PLACES),
    "any place named",
    *(f"{name} named" for name in PARTIES),
    "month named",
    "another month named",
    "year named",
    "another year named",
    "number equal",
    "number in range",
    "number apart",
    "size",
    "size where a number is named",
    "size by delay",
)
BESIDE = (
    "text like a linked report's",
    "published near a linked report",
    "both of these",
    "linked already",
    "linked already to this source",
)
LEARNED = (*(f"goes with {name}" for name in GO_WITH), *BESIDE)
NEAR_DAYS = 2.0
SHRINK = 3.0  # reports that a word's association must outweigh
RIDGE = 1.0
FOLDS = 5
ENOUGH = 100  # decided links from which weights are learned
SCALE = 3.0
POOL = 150  # rivals of a report, by the weights that ship, that weights are learned against

SHIPPED = np.array([
    -4.74, -1.55, 0.64, 3.42, 4.75, 4.23, 3.49, 2.97, 1.95, 1.63, 0.21, -0.87, -0.93, -1.87, -3.65, -4.2, -5.47, 0.21, 0.41,
    2.22, 1.04, 0.87, 1.02, 0.47, 0.61, -0.61, 0.71, -0.71, 0.78, 0.27, -0.27, 0.31, 0.29, -0.12
])  # fmt: skip
"""Weights of `PLAIN` learned on half of the reports of one country (UCDP GED, Central African Republic): where nothing is decided yet."""


@dataclass(frozen=True, slots=True)
class Recorded:
    """Incidents as columns: days since 1970, words of each place column, and parties and provinces as published."""

    incident_id: tuple[str, ...]
    start: npt.NDArray[np.int64]
    end: npt.NDArray[np.int64]
    killed: npt.NDArray[np.float64]  # least, likeliest, most
    words: dict[str, list[frozenset[str]]]
    parties: dict[str, list[str]]


@dataclass(frozen=True, slots=True)
class Told:
    """Reports as columns."""

    report_id: tuple[str, ...]
    published: npt.NDArray[np.int64]
    stories: tuple[Story, ...]
    heard: tuple[frozenset[str], ...]  # words, and the source as one word

    def taken(self, rows: Ints) -> Told:
        at = rows.tolist()
        return Told(
            tuple(self.report_id[n] for n in at), self.published[rows],
            tuple(self.stories[n] for n in at), tuple(self.heard[n] for n in at),
        )  # fmt: skip


def recorded(incidents: pa.Table) -> Recorded:
    """Incidents of a table with `incident_id`, `date_start` and `date_end`, and places, parties and numbers where it has them."""
    text = {name: [t or "" for t in _column(incidents, name).to_pylist()] for name in (*PLACES, *PARTIES)}
    best = "all_killed_best" if "all_killed_best" in incidents.column_names else "all_killed_max"
    killed = np.stack([_numbers(incidents, name) for name in ("all_killed_min", best, "all_killed_max")])
    start = _days(incidents, "date_start")
    return Recorded(
        tuple(_column(incidents, "incident_id", needed=True).to_pylist()), start, np.maximum(start, _days(incidents, "date_end")), killed,
        {name: [telling(t) for t in text[name]] for name in (*PLACES, *PARTIES)},
        {name: text[name] for name in ("belligerents", "targeted", "province")},
    )  # fmt: skip


def told(reports: pa.Table) -> Told:
    """Reports of a table with `report_id`, `published` and `text`, and `source` where it has it."""
    days = _days(reports, "published")
    months = days.astype("datetime64[D]").astype("datetime64[M]").astype(int)
    texts, sources = (_column(reports, name).to_pylist() for name in ("text", "source"))
    stories = tuple(story(t or "", published_month=int(m)) for t, m in zip(texts, months, strict=True))
    heard = tuple(s.words | {f"source: {source}"} for s, source in zip(stories, sources, strict=True))
    return Told(tuple(_column(reports, "report_id", needed=True).to_pylist()), days, stories, heard)


def _column(table: pa.Table, name: str, *, needed: bool = False) -> Any:
    if name not in table.column_names:
        if needed:
            raise BadInput(f"the table lacks {name}", expected="incidents and reports as civcas names their columns")
        return pa.nulls(table.num_rows, pa.string())
    return table[name].cast(pa.string())


def _days(table: pa.Table, name: str) -> npt.NDArray[np.int64]:
    if name not in table.column_names or table[name].null_count:
        raise BadInput(
            f"{name} is not known for every row", expected="a day for every report and incident that is ranked"
        )
    return np.asarray(table[name].cast(pa.date32()).cast(pa.int32()).combine_chunks()).astype(np.int64)


def _numbers(table: pa.Table, name: str) -> npt.NDArray[np.float64]:
    if name not in table.column_names:
        return np.full(table.num_rows, np.nan)
    return np.asarray(table[name].cast(pa.float64()).combine_chunks().fill_null(np.nan))


def plain_features(reports: Told, incidents: Recorded) -> Floats:
    """Report × incident × `PLAIN`: what each pair has in common by itself."""
    n, m = len(reports.report_id), len(incidents.incident_id)
    out = np.zeros((n, m, len(PLAIN)), np.float32)
    put = {name: out[:, :, k] for k, name in enumerate(PLAIN)}
    delay = delays(reports, incidents)
    for k in range(len(LAGS) + 1):
        put[f"delay {k}"][:] = delay == k
    anywhere = [frozenset().union(*(incidents.words[name][k] for name in PLACES)) for k in range(m)]
    rare = _rarity(anywhere)
    for name in PLACES:
        put[f"{name} named"][:] = _shared(reports, incidents.words[name], rare)
    put["any place named"][:] = _shared(reports, anywhere, dict.fromkeys(rare, 1.0)) > 0
    for name in PARTIES:
        put[f"{name} named"][:] = _shared(reports, incidents.words[name], _rarity(incidents.words[name]))
    _time_named(put, reports, incidents)
    _numbers_named(put, reports, incidents)
    size = np.log1p(np.nan_to_num(incidents.killed[1]))
    put["size"][:] = size
    put["size by delay"][:] = np.log1p(np.maximum(delay.astype(np.float32) - 6, 0)) * size / SCALE
    return out


def delays(reports: Told, incidents: Recorded) -> npt.NDArray[np.int64]:
    """The class of delay of each pair; none while the incident may still have been going on."""
    lag = reports.published[:, None] - incidents.end[None, :]
    during = (lag < 0) & (reports.published[:, None] >= incidents.start[None, :])
    return np.digitize(np.where(during, 0, lag), LAGS)


def _rarity(words: list[frozenset[str]]) -> dict[str, float]:
    counted: dict[str, int] = {}
    for each in words:
        for word in each:
            counted[word] = counted.get(word, 0) + 1
    return {word: float(np.log(len(words) / many)) for word, many in counted.items()}


def _shared(reports: Told, of_incidents: list[frozenset[str]], worth: dict[str, float]) -> Floats:
    """The summed worth of the words that a report and an incident share."""
    if not worth:
        return np.zeros((len(reports.report_id), len(of_incidents)), np.float32)
    number = {word: k for k, word in enumerate(sorted(worth))}
    left = _incidence([s.words for s in reports.stories], number)
    right = _incidence(of_incidents, number)
    weighed = left.multiply(np.array([worth[w] for w in sorted(worth)], np.float32)[None, :])
    return np.asarray((weighed.tocsr() @ right.T).todense(), dtype=np.float32) / SCALE


def _incidence(sets: Any, number: dict[str, int]) -> Any:
    cells = [(row, number[word]) for row, each in enumerate(sets) for word in each if word in number]
    rows, columns = zip(*cells, strict=True) if cells else ((), ())
    return sparse.csr_matrix((np.ones(len(cells), np.float32), (rows, columns)), shape=(len(sets), max(1, len(number))))


def _time_named(put: dict[str, Floats], reports: Told, incidents: Recorded) -> None:
    first, last = (
        d.astype("datetime64[D]").astype("datetime64[M]").astype(int) for d in (incidents.start, incidents.end)
    )
    for row, said in enumerate(reports.stories):
        for name, span, unit in (
            ("month", said.months, 1),
            ("year", said.years and tuple((y - 1970) for y in said.years), 12),
        ):
            if span:
                within = (first // unit <= span[1]) & (last // unit >= span[0])
                put[f"{name} named"][row], put[f"another {name} named"][row] = within, ~within


def _numbers_named(put: dict[str, Floats], reports: Told, incidents: Recorded) -> None:
    least, best, most = incidents.killed
    for row, said in enumerate(reports.stories):
        if said.numbers:
            named = np.array(said.numbers)[:, None]
            put["number equal"][row] = ((best == named) * (1 + np.log(named) / 2)).max(axis=0)
            within = ((least <= named) & (named <= most)).any(axis=0)
            put["number in range"][row], put["number apart"][row] = within, ~within
            put["size where a number is named"][row] = np.log1p(np.nan_to_num(best))


def learned_features(
    reports: Told, incidents: Recorded, links: npt.NDArray[np.bool_], learn: npt.NDArray[np.bool_]
) -> Floats:
    """Report × incident × `LEARNED`: how much oftener the report's words and source go with what the incident has, by decided links.

    A report that is itself learned from is described by the other folds only.
    """
    return _learned(reports, incidents, links, learn, np.arange(len(learn)))


def _learned(
    reports: Told, incidents: Recorded, links: npt.NDArray[np.bool_], learn: npt.NDArray[np.bool_], rows: Ints
) -> Floats:
    """The learned features of these reports alone, by what all others teach."""
    out = np.zeros((len(rows), links.shape[1], len(LEARNED)), np.float32)
    fold = np.where(learn, np.cumsum(learn) % FOLDS, FOLDS)
    number, taught = _often(reports.heard), np.flatnonzero(learn)
    words = _incidence(reports.heard, number)
    for k, name in enumerate(GO_WITH):
        kind, many = _kinds(reports.taken(rows), incidents, name)
        share = _share_of_kinds(links[taught], _kinds(reports.taken(taught), incidents, name)[0], many)
        for part in range(FOLDS + 1):
            here, teach = np.flatnonzero(fold[rows] == part), fold[taught] != part
            if len(here) and teach.any():
                association = _association(words[taught[teach]], share[teach])
                worth = np.asarray(words[rows[here]] @ association, np.float32) / SCALE
                out[here, :, k] = np.take_along_axis(worth, kind[here], axis=1)
    out[:, :, len(GO_WITH) :] = _beside(reports, links & learn[:, None], rows)
    return out


def _beside(reports: Told, links: npt.NDArray[np.bool_], rows: Ints) -> Floats:
    """Report × incident × `BESIDE`: how like these reports are to others that are linked to the incident; themselves left out."""
    n, m = links.shape
    number = _often(reports.heard)
    words = _incidence([h for h in (s.words for s in reports.stories)], number)
    rare = np.log(n / np.maximum(np.asarray(words.sum(axis=0)).ravel(), 1)).astype(np.float32)
    weighed = sparse.csr_matrix(words.multiply(rare[None, :]))
    length = np.sqrt(np.asarray(weighed.multiply(weighed).sum(axis=1)).ravel())
    alike = np.asarray((weighed[rows] @ weighed.T).todense()) / np.maximum(np.outer(length[rows], length), 1e-6)
    close = np.exp(-np.abs(reports.published[rows, None] - reports.published[None, :]) / NEAR_DAYS)
    sources = np.unique([next(w for w in h if w.startswith("source: ")) for h in reports.heard], return_inverse=True)[1]
    same = sources[rows, None] == sources[None, :]
    for each in (alike, close, same):
        each[np.arange(len(rows)), rows] = 0
    out = np.zeros((len(rows), m, len(BESIDE)), np.float32)
    for linked, incident in np.argwhere(links):
        for k, each in enumerate((alike[:, linked], close[:, linked], alike[:, linked] * close[:, linked])):
            np.maximum(out[:, incident, k], each, out=out[:, incident, k])
        out[:, incident, 3] += rows != linked
        out[:, incident, 4] = np.maximum(out[:, incident, 4], same[:, linked])
    out[:, :, 3] = np.log1p(out[:, :, 3])
    return out


def _often(heard: tuple[frozenset[str], ...]) -> dict[str, int]:
    counted: dict[str, int] = {}
    for each in heard:
        for word in each:
            counted[word] = counted.get(word, 0) + 1
    return {word: k for k, word in enumerate(sorted(w for w, many in counted.items() if many > 1))}


def _kinds(reports: Told, incidents: Recorded, name: str) -> tuple[npt.NDArray[np.int64], int]:
    """Of each pair the party, province or delay, as a number, and how many there are."""
    if name == "delay":
        return delays(reports, incidents), len(LAGS) + 1
    found, kind = np.unique(np.array(incidents.parties[name], dtype=object).astype(str), return_inverse=True)
    return np.broadcast_to(kind, (len(reports.report_id), len(kind))), len(found)


def _share_of_kinds(links: npt.NDArray[np.bool_], kind: npt.NDArray[np.int64], many: int) -> Floats:
    share = np.zeros((links.shape[0], many), np.float32)
    row, column = np.nonzero(links)
    np.add.at(share, (row, kind[row, column]), 1.0 / links.sum(axis=1)[row])
    return share


def _association(words: Any, share: Floats) -> Floats:
    """Log of how much oftener each kind goes with each word than with any report, shrunk where a word is rare."""
    base = (share.sum(axis=0) + 0.1) / (share.sum() + 0.1 * share.shape[1])
    together, often = words.T @ share, np.asarray(words.sum(axis=0)).ravel()
    return np.log((together + SHRINK * base) / ((often[:, None] + SHRINK) * base)).astype(np.float32)  # type: ignore[no-any-return]


def fit(features: Floats, links: npt.NDArray[np.bool_]) -> npt.NDArray[np.float64]:
    """Weights that make the linked incidents of each report likeliest among it and its nearest rivals, held back by a ridge."""
    features, links = _pooled(features, links)

    def loss(weights: npt.NDArray[np.float64]) -> tuple[float, npt.NDArray[np.float64]]:
        raised = np.exp((s := features @ weights.astype(np.float32)) - s.max(axis=1, keepdims=True))
        total, right = raised.sum(axis=1), (raised * links).sum(axis=1)
        pull = raised / total[:, None] - raised * links / right[:, None]
        slope = np.einsum("rm,rmf->f", pull, features, optimize=True)
        return float(np.log(total / right).sum() + RIDGE * weights @ weights / 2), slope + RIDGE * weights

    return np.asarray(
        minimize(loss, np.zeros(features.shape[2]), jac=True, method="L-BFGS-B", options={"maxiter": 100}).x
    )


def _pooled(features: Floats, links: npt.NDArray[np.bool_]) -> tuple[Floats, npt.NDArray[np.bool_]]:
    """The linked incidents of each report and its likeliest others; what is far off teaches nothing and costs most."""
    score = np.where(links, np.inf, features[:, :, : len(PLAIN)] @ SHIPPED.astype(np.float32))
    if score.shape[1] > POOL:
        near = np.argpartition(-score, POOL, axis=1)[:, :POOL]
        features, links = (
            np.take_along_axis(features, near[:, :, None], axis=1),
            np.take_along_axis(links, near, axis=1),
        )
    return features, links


def trace(reports: pa.Table, incidents: pa.Table, *, links: pa.Table | None = None, most: int = 5) -> pa.Table:
    """The incidents each report most likely speaks of: report_id, incident_id, rank, chance; best first.

    `links` are decided pairs (report_id, incident_id). With `ENOUGH` reports linked, the weights are learned from them.
    """
    of_reports, of_incidents = told(reports), recorded(incidents)
    known = _linked(of_reports, of_incidents, links)
    learn = np.asarray(known.any(axis=1))
    learned, weights = bool(learn.sum() >= ENOUGH), SHIPPED
    describe = _describer(of_reports, of_incidents, known, learn, learned=learned)
    if learned:
        pools = [_pooled(describe(rows), known[rows]) for rows in _blocks(np.flatnonzero(learn), known.shape[1])]
        weights = fit(np.concatenate([f for f, _ in pools]), np.concatenate([k for _, k in pools]))
    ranked = [_ranked(describe(rows), weights, most) for rows in _blocks(np.arange(len(learn)), known.shape[1])]
    best, chance = (np.concatenate(each) for each in zip(*ranked, strict=True)) if ranked else np.zeros((2, 0, 0))
    rows = np.repeat(np.arange(len(best)), best.shape[1])
    return pa.table(
        {
            "report_id": pa.array(of_reports.report_id, pa.string()).take(pa.array(rows)),
            "incident_id": pa.array(of_incidents.incident_id, pa.string()).take(
                pa.array(best.ravel().astype(np.int64))
            ),
            "rank": np.tile(np.arange(1, best.shape[1] + 1), len(best)),
            "chance": chance.ravel().astype(np.float64),
        }
    )


def _blocks(rows: Ints, incidents: int) -> list[Ints]:
    """The reports in stretches whose pairs with all incidents fit in memory together."""
    each = max(1, BLOCK // max(1, incidents))
    return [rows[at : at + each] for at in range(0, len(rows), each)]


def _describer(
    reports: Told, incidents: Recorded, known: npt.NDArray[np.bool_], learn: npt.NDArray[np.bool_], *, learned: bool
) -> Callable[[Ints], Floats]:
    def describe(rows: Ints) -> Floats:
        plain = plain_features(reports.taken(rows), incidents)
        beside = (_learned(reports, incidents, known, learn, rows),) if learned else ()
        return np.concatenate([plain, *beside], axis=2)

    return describe


def _ranked(features: Floats, weights: npt.NDArray[np.float64], most: int) -> tuple[Ints, Floats]:
    """The best incidents of each report, and their chances."""
    score = features @ weights.astype(np.float32)
    chance = np.exp(score - score.max(axis=1, keepdims=True))
    chance /= chance.sum(axis=1, keepdims=True)
    best = np.argsort(-chance, axis=1, kind="stable")[:, :most].copy()  # a view would keep the whole order
    return best, np.take_along_axis(chance, best, axis=1)


def _linked(reports: Told, incidents: Recorded, links: pa.Table | None) -> npt.NDArray[np.bool_]:
    known = np.zeros((len(reports.report_id), len(incidents.incident_id)), np.bool_)
    if links is not None:
        row = pc.index_in(links["report_id"].cast(pa.string()), pa.array(reports.report_id))
        column = pc.index_in(links["incident_id"].cast(pa.string()), pa.array(incidents.incident_id))
        both = np.asarray(pc.and_(row.is_valid(), column.is_valid()))
        known[np.asarray(row.fill_null(0))[both], np.asarray(column.fill_null(0))[both]] = True
    return known
