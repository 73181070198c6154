"""How fast and how right the undercount is: times against the reference software's, reference numbers, coverage.

    python benchmarks/undercount.py                 times and reference numbers
    python benchmarks/undercount.py --colombia 3    the stratum of twenty lists, so many seeds (minutes)
    python benchmarks/undercount.py --coverage 400  coverage of each 95% interval over so many simulated tables (minutes)
    python benchmarks/undercount.py --worlds 200    every method in six made-up worlds with 3, 4 and 5 lists (an hour on two cores)
    python benchmarks/undercount.py --worlds 200 --methods open-ratio,no-highest-order      some methods only
    python benchmarks/undercount.py --held-out 200  the same in a world that was not looked at when the default was chosen

The first two need CIVCAS_TEST_DATA. Reference times are those of the R packages on two cores, measured elsewhere; they are
printed beside ours, not run. "Converged":
eight chains, split R-hat of ln n0 below 1.01, 400 effective draws of its mean and of both limits.
"""

from __future__ import annotations

import argparse
import os
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from functools import partial
from itertools import product
from pathlib import Path
from time import perf_counter
from typing import Any

import numpy as np

from civcas.measures.undercount import decomposable, latent_classes, loglinear, sheet
from civcas.measures.undercount.answering import disagreement
from civcas.measures.undercount.lower_bound import WARNING
from civcas.measures.undercount.methods import LEADING, METHODS, Wish, ask
from civcas.measures.undercount.models import hierarchical, terms
from civcas.measures.undercount.overlap import Overlap
from civcas.terms.estimate import Answer, Estimate
from undercount_worlds import HELD_OUT, WORLDS, table


def reference(name: str) -> Overlap:
    return sheet.read(Path(os.environ["CIVCAS_TEST_DATA"]) / "reference" / name)[0].whole


def timed(what: str, target: float, theirs: float, run: Callable[[], Any]) -> Any:
    began = perf_counter()
    found = run()
    took = perf_counter() - began
    met = "met" if took < target else "MISSED"
    print(
        f"{what:<52} {took:8.3f} s  target {target:>5} s  {met:<7} reference {theirs:>6} s  {theirs / took:7.1f}x",
        flush=True,
    )
    return found


def all_models(overlap: Overlap) -> loglinear.Fits:
    named = terms(len(overlap.lists))
    return loglinear.fit(named.design, overlap.cells(), named.columns(hierarchical(len(overlap.lists))))


def show(name: str, found: latent_classes.Posterior) -> None:
    low, middle, high = np.quantile(found.totals, (0.025, 0.5, 0.975))
    way = " on ladders" if found.laddered else ""
    print(
        f"   {name}: converged {found.converged}, R-hat {found.r_hat:.4f}, draws {found.effective_size:,.0f}, "
        f"of the limits {found.tail_size:,.0f}, "
        f"{found.iterations:,} iterations{way}, mean {found.totals.mean():,.0f}, median {middle:,.0f}, {low:,.0f}–{high:,.0f}, "
        f"chains {', '.join(f'{mean:,.0f}' for mean in found.chain_means)}",
        flush=True,
    )


def times() -> None:
    kosovo, uk5 = reference("kosovo_aggregate.csv"), reference("sparsemse_UKdat_5.csv")
    all_models(kosovo)
    timed("113 log-linear models with existence", 0.1, 0.49, lambda: all_models(kosovo))
    timed("6,893 log-linear models with existence", 6, 39.0, lambda: all_models(uk5))
    decomposable.chordal(5)
    timed(
        "decomposable graphs, five lists, grid of 30 n",
        2,
        6.7,
        lambda: decomposable.posterior(uk5, unseen=(1, 30 * uk5.n)),
    )
    timed("decomposable graphs, five lists, thinned grid", 2, 6.7, lambda: decomposable.posterior(uk5))
    latent_classes.sample(kosovo, iterations=100)  # compiles on the first run
    show("Kosovo", timed("latent classes, Kosovo, until converged", 10, 151, lambda: latent_classes.sample(kosovo)))
    for name in ("sparsemse_UKdat_5.csv", "gaza_lists_overlap_total.csv"):
        show(name, latent_classes.sample(reference(name)))


def colombia(seeds: int) -> None:
    lists = reference("verdata_recruitment_male_1999_R1.csv")
    latent_classes.sample(lists, iterations=100)
    for seed in (latent_classes.SEED, *range(2, seeds + 1)):
        found = timed(
            "latent classes, Colombian stratum, 8 chains", 40, 561, partial(latent_classes.sample, lists, seed=seed)
        )
        show(f"Colombia, seed {seed}", found)


def simulated(kind: str, seed: int) -> tuple[Overlap, int]:
    """Four lists of 3,000 people: independent; two lists that depend; two classes of people. Or two lists of 2,000."""
    chance = np.random.default_rng([11, seed])
    if kind.startswith("two lists"):
        marks, total = chance.random((2000, 2)) < (0.4, 0.3), 2000
        if kind.endswith("depend"):
            marks[:, 1] |= marks[:, 0] & (chance.random(total) < 0.2)
        return _listed(marks), total
    total = 3000
    base = np.tile((0.3, 0.25, 0.35, 0.2), (total, 1))
    if kind == "classes":
        base *= np.where(chance.random(total) < 0.5, 1.5, 0.5)[:, None]
    marks = chance.random((total, 4)) < base
    if kind == "pair depends":
        marks[:, 1] |= marks[:, 0] & (chance.random(total) < 0.3)
    return _listed(marks), total


def _listed(marks: Any) -> Overlap:
    listed = marks[marks.any(axis=1)].astype(int)
    return Overlap.of(listed, np.ones(len(listed), dtype=int), lists=list("ABCD")[: marks.shape[1]])


SLOWER = {"graphs": 4, "no-highest-order": 4, "latent-classes": 25, "stepwise": 25}
"""By how much fewer tables the methods that take longer are tried on."""


def coverage(tables: int) -> None:
    many = [name for name in METHODS if name != "chapman"]
    worlds = {"two lists": ["chapman"], "two lists that depend": ["chapman"]}
    worlds |= dict.fromkeys(("independent", "pair depends", "classes"), many)
    for kind, names in worlds.items():
        for name in names:
            number = max(tables // SLOWER.get(name, 1), 20)
            held = answered = 0
            for seed in range(number):
                overlap, total = simulated(kind, seed)
                found = ask(overlap, METHODS[name], Wish(seed=seed))
                if isinstance(found, Estimate) and found.low is not None and found.high is not None:
                    answered += 1
                    held += found.low <= total <= found.high
            error = 2 * (0.05 * 0.95 / max(answered, 1)) ** 0.5
            print(
                f"{kind:<22} {name:<20} {held}/{answered} of {number} = {held / max(answered, 1):.3f} ± {error:.3f}",
                flush=True,
            )


RARER = {
    "no-highest-order": 5,
    "loglinear": 4,
    "loglinear-average": 4,
    "graphs": 10,
    "stepwise": 20,
    "latent-classes": 20,
}
"""By how much fewer tables the slower methods are tried on in the made-up worlds."""


@dataclass(slots=True, kw_only=True)
class Tally:
    """What a method did in one world: how often it answered, held the truth, and missed it without a warning."""

    tables: int = 0
    held: int = 0
    silent: int = 0
    widths: list[float] = field(default_factory=list)

    def add(self, found: Answer, lead: Answer, people: int) -> None:
        self.tables += 1
        if not isinstance(found, Estimate) or found.low is None or found.high is None:
            return
        holds = found.low <= people <= found.high
        said = [*found.notes, *(disagreement(found, lead) if isinstance(lead, Estimate) else ())]
        self.widths.append((found.high - found.low) / people)
        self.held += holds
        self.silent += not holds and not any(note.startswith(WARNING) for note in said)

    def row(self) -> str:
        answered = len(self.widths)
        if not answered:
            return f"       –        –      {self.tables:>3}/{self.tables}        –"
        return (
            f"{self.held / answered:>8.1%} {np.median(self.widths):>8.2f}      {self.tables - answered:>3}/{self.tables}"
            f" {self.silent / answered:>8.1%}"
        )


def worlds(kinds: Iterable[str], tables: int, names: Sequence[str], sizes: Sequence[int]) -> None:
    """Coverage, median width (in shares of the true total), refusals, and misses without a warning, by world, lists and method."""
    print(f"{'world':<20} lists {'method':<18} holds    width   refuses  silent misses", flush=True)
    for kind, lists in product(kinds, sizes):
        tallies = {name: Tally() for name in names}
        wanted = {name: max(tables // RARER.get(name, 1), 10) for name in names}
        for seed in range(max(wanted.values())):
            overlap, people = table(kind, lists, seed)
            lead = ask(overlap, METHODS[LEADING], Wish(seed=seed))
            for name in (name for name in names if seed < wanted[name]):
                found = lead if name == LEADING else ask(overlap, METHODS[name], Wish(seed=seed))
                tallies[name].add(found, lead, people)
        for name, tally in tallies.items():
            print(f"{kind:<20} {lists:>5} {name:<18} {tally.row()}", flush=True)


if __name__ == "__main__":
    asked = argparse.ArgumentParser()
    asked.add_argument("--colombia", type=int, nargs="?", const=3)
    asked.add_argument("--coverage", type=int)
    asked.add_argument("--worlds", type=int, nargs="?", const=200)
    asked.add_argument("--held-out", type=int, nargs="?", const=200)
    asked.add_argument("--world", action="append", help="only this world; may be repeated")
    asked.add_argument("--lists", default="3,4,5")
    asked.add_argument("--methods", default=",".join(name for name in METHODS if name != "chapman"))
    words = asked.parse_args()
    if words.coverage:
        coverage(words.coverage)
    elif words.worlds:
        worlds(
            words.world or WORLDS,
            words.worlds,
            words.methods.split(","),
            [int(each) for each in words.lists.split(",")],
        )
    elif words.held_out:
        worlds(HELD_OUT, words.held_out, words.methods.split(","), [int(each) for each in words.lists.split(",")])
    elif words.colombia:
        colombia(words.colombia)
    else:
        times()
