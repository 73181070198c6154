"""How well and how fast reports are linked, on a file of generated reports with known truth.

    python benchmarks/linking.py --reports reports.parquet --json
    python benchmarks/linking.py --two two.parquet --json
    python benchmarks/linking.py --reports reports.parquet --more --peers --decisions 1000
    python benchmarks/linking.py --reports reports.parquet --oracle 1000

`--reports` links every report to incidents; `--two` pairs two lists one to one. The linker reads the published columns
only; `incident_id` is read after it has answered, to score the answer. `--peers` runs Splink, where it is installed, and
equality of date and place on the same file in the same run. `--oracle` shows what no choice of questions can exceed: pair F1 with
every candidate pair decided, and with so many decisions chosen by one who knows all answers beforehand.
"""

from __future__ import annotations

import argparse
import json
import resource
import time
from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from civcas.linking import matching, proposing, queue

PUBLISHED = [
    "report_id",
    "source",
    "country",
    "date",
    "date_prec",
    "pub_date",
    "lat",
    "lon",
    "geo_prec",
    "place",
    "admin2",
    "admin1",
    "type",
    "actor",
    "actor_kind",
    "victim",
    "killed_min",
    "killed_max",
    "injured_min",
    "injured_max",
    "text",
    "victims",
]
GEO = {1: "exact_location", 2: "neighbourhood_area", 3: "town", 4: "district", 5: "province_governorate", 6: "unknown"}
DATE = {1: "day", 2: "range", 3: "week", 4: "month"}


def as_reports(path: str) -> pa.Table:
    """The file's published columns under the names of the `report` table; a precision becomes a first and a last day."""
    t = pq.read_table(path, columns=PUBLISHED)
    day = np.asarray(t["date"].cast(pa.date32()).cast(pa.int32()))
    precision = np.asarray(t["date_prec"])
    before = np.select([precision == 2, precision == 3], [2, 6], 0)
    month_ends = (day.astype("datetime64[D]").astype("datetime64[M]") + 1).astype("datetime64[D]").astype(int) - 1
    after = np.select([precision == 2, precision == 3, precision == 4], [2, 6, month_ends - day], 0)
    same = {"report_id": "report_id", "source": "source", "country": "country", "latitude": "lat", "longitude": "lon",
            "place": "place", "district": "admin2", "province": "admin1", "strike_type": "type", "belligerents": "actor",
            "belligerent_kind": "actor_kind", "targeted": "victim", "all_killed_min": "killed_min", "all_killed_max": "killed_max",
            "civ_injured_min": "injured_min", "civ_injured_max": "injured_max", "text": "text", "victims": "victims"}  # fmt: skip
    return pa.table(
        {ours: t[theirs] for ours, theirs in same.items()}
        | {
            "published": t["pub_date"].cast(pa.date32()),
            "date_start": _days(day - before),
            "date_end": _days(day + after),
        }
        | {"date_precision": _words(precision, DATE), "geo_precision": _words(np.asarray(t["geo_prec"]), GEO)}
    )


def _days(days: Any) -> pa.Array:
    return pa.array(days.astype(np.int32)).cast(pa.date32())


def _words(codes: Any, words: dict[int, str]) -> pa.Array:
    return pa.array(np.array(list(words.values()), dtype=object)[codes - 1])


def truth_of(path: str) -> np.ndarray[Any, Any]:
    """Read only once the linker has answered."""
    return np.asarray(pq.read_table(path, columns=["incident_id"])["incident_id"])


def cluster_scores(found: Any, truth: Any) -> dict[str, float]:
    """Pair and B³ precision, recall and F1 of one clustering against another."""
    a, b = np.unique(found, return_inverse=True)[1], np.unique(truth, return_inverse=True)[1]
    cells, both = np.unique(a.astype(np.int64) * (b.max() + 1) + b, return_counts=True)
    of_a, of_b, n = np.bincount(a), np.bincount(b), len(a)
    pairs = lambda sizes: float((sizes * (sizes - 1) // 2).sum())  # noqa: E731
    right = pairs(both)
    p, r = right / max(pairs(of_a), 1), right / max(pairs(of_b), 1)
    bp, br = (both**2 / of_a[cells // (b.max() + 1)]).sum() / n, (both**2 / of_b[cells % (b.max() + 1)]).sum() / n
    return {
        "pair_precision": p, "pair_recall": r, "pair_f1": f1(p, r), "b3_precision": bp, "b3_recall": br, "b3_f1": f1(bp, br),
    }  # fmt: skip


def f1(p: float, r: float) -> float:
    return 2 * p * r / (p + r) if p + r else 0.0


def one_to_one_scores(left: Any, right: Any, truth: Any, source: Any) -> dict[str, float]:
    """Of pairs between two lists; recall is over incidents that both lists hold, each once."""
    right_ones = int((truth[left] == truth[right]).sum())
    lists = [set(truth[source == s].tolist()) for s in np.unique(source)]
    both = len(lists[0] & lists[1])
    p, r = right_ones / max(len(left), 1), right_ones / max(both, 1)
    return {"one_to_one_precision": p, "one_to_one_recall": r, "one_to_one_f1": f1(p, r)}


def calibration(proposal: proposing.Proposal, truth: Any) -> dict[str, Any]:
    """Of pairs between sources proposed at about 0.5, 0.9 and 0.99, the share that is true, its standard error, and their number."""
    source = proposal.accounts.source
    across = source[proposal.pairs.left] != source[proposal.pairs.right]
    true = (truth[proposal.pairs.left] == truth[proposal.pairs.right])[across]
    chance = proposal.chance[across]
    near = {0.5: 0.05, 0.9: 0.02, 0.99: 0.004}
    found: dict[str, Any] = {}
    for at, wide in near.items():
        here = true[abs(chance - at) < wide]
        share = float(here.mean())
        found |= {f"true_at_{at}": round(share, 3), f"error_at_{at}": round((share * (1 - share) / len(here)) ** 0.5, 4),
                  f"pairs_at_{at}": len(here)}  # fmt: skip
    return found


def thresholds(proposal: proposing.Proposal, score: Callable[[float], float]) -> dict[str, float]:
    """How far the default threshold of 0.5 is from the best."""
    at = {t: score(t) for t in (0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)}
    best = max(at, key=lambda t: at[t])
    return {"best_threshold": best, "best_f1": round(at[best], 4), "lost_by_default": round(at[best] - at[0.5], 4)}


def run_reports(path: str, *, more: bool) -> dict[str, Any]:
    began = time.perf_counter()
    proposal = proposing.propose(as_reports(path))
    wall = time.perf_counter() - began
    truth = truth_of(path)[proposal.accounts.row]
    out = {
        "file": path,
        "reports": len(truth),
        **cluster_scores(proposal.member, truth),
        "wall_s": wall,
        "peak_gib": peak(),
    }
    if more:
        out |= calibration(proposal, truth) | thresholds(
            proposal, lambda t: cluster_scores(proposing.clustered(proposal, threshold=t), truth)["pair_f1"]
        )
    return out


def run_two(path: str, *, more: bool) -> dict[str, Any]:
    began = time.perf_counter()
    proposal = proposing.propose(as_reports(path))
    matched = matching.one_to_one(proposal)
    wall = time.perf_counter() - began
    truth = truth_of(path)[proposal.accounts.row]
    source = proposal.accounts.source
    out = {"file": path, "reports": len(truth), **one_to_one_scores(matched.left, matched.right, truth, source)}
    out |= {"wall_s": wall, "peak_gib": peak()}
    if more:
        score = lambda t: one_to_one_scores(  # noqa: E731
            (m := matching.one_to_one(proposal, threshold=t)).left, m.right, truth, source
        )["one_to_one_f1"]
        out |= calibration(proposal, truth) | thresholds(proposal, score)
    return out


def run_decisions(path: str, answers: int, *, at_once: int = 25) -> dict[str, Any]:
    """Pair F1 before and after so many answers of a reviewer who knows the truth, asked and learned from as `civcas review` does."""
    proposal = proposing.propose(as_reports(path))
    truth = truth_of(path)[proposal.accounts.row]
    row, before = proposal.accounts.row, cluster_scores(proposal.member, truth)["pair_f1"]
    settled, gains, waits = proposing.NOTHING_SETTLED, [0.0], [0.0]
    left, right = np.empty(0, np.int32), np.empty(0, np.int32)
    while len(left) < answers:
        began = time.perf_counter()
        asked = queue.next_pairs(proposal, settled, most=min(at_once, answers - len(left)))
        if not len(asked):
            break
        left = np.concatenate([left, proposal.pairs.left[asked]])
        right = np.concatenate([right, proposal.pairs.right[asked]])
        settled = proposing.Settled(row[left], row[right], truth[left] == truth[right])
        proposal = proposing.taught(proposal, settled)
        waits.append(time.perf_counter() - began)
        gains.append(cluster_scores(proposal.member, truth)["pair_f1"] - before)
    return {"answers": len(left), "answered_same": int((truth[left] == truth[right]).sum()), "pair_f1_before": before,
            "pair_f1_after": before + gains[-1], "pair_f1_gained": gains[-1],
            "gained_after_quarters": [round(gains[k * (len(gains) - 1) // 4], 4) for k in (1, 2, 3, 4)],
            "worst_round": float(np.diff(gains).min(initial=0.0)), "usual_wait_s": float(np.median(waits)),
            "longest_wait_s": max(waits)}  # fmt: skip


def run_oracle(path: str, answers: int, *, at_once: int = 50) -> dict[str, Any]:
    """Pair F1 with every candidate pair decided, and with so many decisions that each mend most, chosen with the answers known."""
    proposal = proposing.propose(as_reports(path))
    truth, row = truth_of(path)[proposal.accounts.row], proposal.accounts.row
    left, right = proposal.pairs.left, proposal.pairs.right
    same = truth[left] == truth[right]
    out = {
        "pair_f1_all_candidates_decided": cluster_scores(components(len(truth), left[same], right[same]), truth)[
            "pair_f1"
        ]
    }
    before = cluster_scores(proposal.member, truth)["pair_f1"]
    chosen = np.empty(0, np.int64)
    while len(chosen) < answers and len(best := best_decisions(proposal, truth, same, most=at_once)):
        chosen = np.concatenate([chosen, best])
        proposal = proposing.taught(proposal, proposing.Settled(row[left[chosen]], row[right[chosen]], same[chosen]))
    after = cluster_scores(proposal.member, truth)["pair_f1"]
    return out | {"oracle_answers": len(chosen), "oracle_f1_after": after, "oracle_f1_gained": after - before}


def components(n: int, left: Any, right: Any) -> Any:
    from scipy.sparse import coo_array
    from scipy.sparse.csgraph import connected_components

    return connected_components(coo_array((np.ones(len(left)), (left, right)), shape=(n, n)), directed=False)[1]


def best_decisions(proposal: proposing.Proposal, truth: Any, same: Any, *, most: int) -> Any:
    """Places of the pairs whose true answer mends most: by joining two clusters, or by parting a report from its own."""
    left, right, member = proposal.pairs.left, proposal.pairs.right, proposal.member.astype(np.int64)
    of = np.unique(truth, return_inverse=True)[1].astype(np.int64)
    size, width = np.bincount(member, minlength=len(member)), of.max() + 1
    cells, held = np.unique(member * width + of, return_counts=True)
    shared: dict[int, dict[int, int]] = {}
    for cell, count in zip(cells.tolist(), held.tolist(), strict=True):
        shared.setdefault(cell // width, {})[cell % width] = count
    mends = np.zeros(len(left))
    for at in np.flatnonzero((member[left] != member[right]) == same).tolist():
        a, b = int(member[left[at]]), int(member[right[at]])
        if a != b:
            true = sum(n * shared[b].get(k, 0) for k, n in shared[a].items())
            mends[at] = 2 * true - size[a] * size[b]
        else:
            mends[at] = max(size[a] - 2 * shared[a][int(of[i])] + 1 for i in (left[at], right[at]))
    used: set[int] = set()
    best = []
    for at in np.argsort(-mends, kind="stable").tolist():
        ends = {int(member[left[at]]), int(member[right[at]])}
        if mends[at] <= 0 or len(best) == most:
            break
        if not ends & used:
            used |= ends
            best.append(at)
    return np.array(best, np.int64)


def peak() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20


def peers(path: str, *, two: bool) -> list[dict[str, Any]]:
    """What equality of date and place and what Splink, set up as its documents would, make of the same file."""
    reports, found = as_reports(path), []
    truth, source = truth_of(path), np.asarray(reports["source"].combine_chunks().dictionary_encode().indices)
    for name, link in (("equality of day and place", by_equality), ("splink", by_splink)):
        began = time.perf_counter()
        try:
            left, right, member = link(reports, two)
        except ImportError:
            found.append({"peer": name, "not_run": "not installed"})
            continue
        wall = time.perf_counter() - began
        scores = one_to_one_scores(left, right, truth, source) if two else cluster_scores(member, truth)
        found.append({"peer": name, **scores, "wall_s": wall, "peak_gib": peak()})
    return [*found, {"peer": "MELTT", "not_run": "an R package, and these benchmarks run Python only"}]


def ratios(found: dict[str, Any], peer: dict[str, Any]) -> dict[str, Any]:
    """A peer's figures with how many times as fast it was, and its share of our F1, in this run."""
    score = "one_to_one_f1" if "one_to_one_f1" in found else "pair_f1"
    if "not_run" in peer:
        return peer
    return peer | {"times_as_fast": found["wall_s"] / peer["wall_s"], "share_of_our_f1": peer[score] / found[score]}


def by_equality(reports: pa.Table, two: bool) -> tuple[Any, Any, Any]:
    """One incident is one day and one place, spelt alike."""
    words = (reports["date_start"], pc.utf8_lower(reports["place"]), reports["country"])
    key = pc.binary_join_element_wise(*(w.cast(pa.string()) for w in words), "|").combine_chunks()
    codes = np.asarray(key.dictionary_encode().indices.fill_null(-1))
    member = np.where(codes < 0, np.arange(len(codes)) + codes.max() + 1, codes)
    source = np.asarray(reports["source"].combine_chunks().dictionary_encode().indices)
    first = (
        [dict(zip(member[source == s][::-1], np.flatnonzero(source == s)[::-1], strict=True)) for s in (0, 1)]
        if two
        else []
    )
    shared = sorted(first[0].keys() & first[1].keys()) if two else []
    return np.array([first[0][k] for k in shared], int), np.array([first[1][k] for k in shared], int), member


def by_splink(reports: pa.Table, two: bool) -> tuple[Any, Any, Any]:
    """Splink on DuckDB: blocks by day and place, distance, names and counts compared, weights by its own EM."""
    import pandas as pd
    import splink.comparison_library as cl
    from splink import DuckDBAPI, Linker, SettingsCreator, block_on

    frame = reports.select(
        ["report_id", "source", "country", "date_start", "latitude", "longitude", "place", "district", "strike_type",
         "belligerents", "targeted", "all_killed_min", "civ_injured_min"]
    ).to_pandas()  # fmt: skip
    frame["unique_id"], frame["day"] = (
        np.arange(len(frame)),
        pd.to_datetime(frame["date_start"]).dt.strftime("%Y-%m-%d"),
    )
    frame["cell"] = frame["latitude"].round(1).astype(str) + "|" + frame["longitude"].round(1).astype(str)
    frame = frame.drop(columns=["date_start", "report_id"])
    settings = SettingsCreator(
        link_type="link_only" if two else "dedupe_only",
        blocking_rules_to_generate_predictions=[
            block_on("country", "day"), block_on("country", "place", "substr(day, 1, 7)"), block_on("cell", "substr(day, 1, 7)"),
        ],
        comparisons=[
            cl.ExactMatch("day"), cl.DistanceInKMAtThresholds("latitude", "longitude", [0.5, 2, 10, 40]),
            cl.JaroWinklerAtThresholds("place", [0.92, 0.8]), cl.JaroWinklerAtThresholds("district", [0.92, 0.8]),
            cl.ExactMatch("strike_type"), cl.ExactMatch("belligerents"), cl.ExactMatch("targeted"),
            cl.ExactMatch("all_killed_min"), cl.ExactMatch("civ_injured_min"),
        ],
        retain_intermediate_calculation_columns=False,
    )  # fmt: skip
    database = DuckDBAPI()
    sides = [frame[frame.source == s].reset_index(drop=True) for s in sorted(frame.source.unique())] if two else [frame]
    tables = [database.register(side) for side in sides]
    linker = Linker(tables if two else tables[0], settings, log_level="ERROR")
    linker.training.estimate_probability_two_random_records_match(
        [block_on("day", "place", "all_killed_min")], recall=0.4
    )
    linker.training.estimate_u_using_random_sampling(max_pairs=2e6, seed=1)
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("country", "day"))
    linker.training.estimate_parameters_using_expectation_maximisation(block_on("country", "place"))
    scored = linker.inference.predict(threshold_match_probability=0.05)
    member = np.arange(len(frame))
    if two:
        pairs = scored.as_pandas_dataframe().sort_values("match_probability", ascending=False, kind="stable")
        left, right = greedy(
            pairs["unique_id_l"].to_numpy(),
            pairs["unique_id_r"].to_numpy(),
            pairs["match_probability"].to_numpy() >= 0.5,
        )
        return left, right, member
    clusters = linker.clustering.cluster_pairwise_predictions_at_threshold(scored, 0.5).as_pandas_dataframe()
    member[clusters["unique_id"].to_numpy()] = np.unique(clusters["cluster_id"].to_numpy(), return_inverse=True)[1]
    return np.empty(0, int), np.empty(0, int), member


def greedy(left: Any, right: Any, good: Any) -> tuple[Any, Any]:
    """Best pairs first, each record once."""
    used_left: set[int] = set()
    used_right: set[int] = set()
    kept = []
    for a, b in zip(left[good].tolist(), right[good].tolist(), strict=True):
        if a not in used_left and b not in used_right:
            used_left.add(a)
            used_right.add(b)
            kept.append((a, b))
    pairs = np.array(kept, int).reshape(-1, 2)
    return pairs[:, 0], pairs[:, 1]


def main() -> None:
    ask = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    which = ask.add_mutually_exclusive_group(required=True)
    which.add_argument("--reports", metavar="FILE")
    which.add_argument("--two", metavar="FILE")
    ask.add_argument("--json", action="store_true")
    ask.add_argument("--peers", action="store_true", help="run the peers on the same file too")
    ask.add_argument("--more", action="store_true", help="calibration, and the best threshold")
    ask.add_argument("--decisions", type=int, default=0, help="answers of a reviewer who knows the truth")
    ask.add_argument("--oracle", type=int, default=0, help="what so many decisions could mend at best")
    given = ask.parse_args()
    path = given.reports or given.two
    warm()
    found = run_reports(path, more=given.more) if given.reports else run_two(path, more=given.more)
    if given.decisions:
        found |= run_decisions(path, given.decisions)
    if given.oracle:
        found |= run_oracle(path, given.oracle)
    if given.peers:
        found["peers"] = [ratios(found, peer) for peer in peers(path, two=bool(given.two))]
    print(json.dumps(found, indent=None if given.json else 2))


def warm() -> None:
    """Compile before the clock starts; compiled code is kept on disk, so that only the first run ever pays for it."""
    proposing.propose(pa.table({
        "report_id": ["a", "b"], "source": ["x", "y"], "date_start": pa.array([1, 1], pa.int32()).cast(pa.date32()),
        "country": ["c", "c"], "text": ["", ""],
    }))  # fmt: skip


if __name__ == "__main__":
    main()
