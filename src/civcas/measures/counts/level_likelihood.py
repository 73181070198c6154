"""The likelihood of one change of level in a series of one spread, for every month and every way in which months are alike."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from civcas.measures.counts.alike_models import alike_models

Floats = NDArray[np.float64]

SHORTEST = 3  # months on each side of a change, and a tenth of a long series
TINY = 1e-9  # squares that rounding may have made negative
PRICE = 3.0  # log likelihood that a correlation of 1 costs: without it every change passes for months that are alike


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeDesign:
    """A constant level and a step after each possible month, whitened by every model of `alike_models`.

    `after`: (places,), months before each step. `constant`: (models, months), of length 1; `norm` its length before. `step`: (models,
    places, months), of length 1 and free of the constant; `length` its length before, `shared` its part along the constant, both
    (models, places). `base`: (models,), the log likelihood less its sum of squares.
    """

    after: NDArray[np.int64]
    whitener: Floats
    constant: Floats
    norm: Floats
    step: Floats
    length: Floats
    shared: Floats
    base: Floats
    correlation: Floats

    @property
    def freedom(self) -> int:
        return int(self.constant.shape[1]) - 1


def log_likelihood(squares: Floats, freedom: int, *, least: float = 0.0) -> Floats:
    """Normal log likelihood of residual squares at the likeliest variance that is not below `least`, up to a constant."""
    variance = np.maximum(squares / freedom, least)
    return np.asarray(-freedom / 2 * (np.log(variance) + squares / (freedom * variance)))


@lru_cache(maxsize=16)
def change_design(months: int) -> ChangeDesign:
    shortest = max(SHORTEST, months // 10)
    after = np.arange(shortest, months - shortest + 1)
    models = alike_models(months)
    constant = models.whitener.sum(2)
    norm = np.linalg.norm(constant, axis=1)
    constant = constant / norm[:, None]
    steps = (np.arange(months) >= after[:, None]).astype(float) @ models.whitener.transpose(0, 2, 1)
    shared = np.einsum("gkt,gt->gk", steps, constant)
    steps -= shared[:, :, None] * constant[:, None, :]
    length = np.linalg.norm(steps, axis=2)
    return ChangeDesign(
        after=after, whitener=models.whitener, constant=constant, norm=norm, step=steps / length[:, :, None], length=length,
        shared=shared, base=-models.half_log_determinant - np.log(norm) - PRICE * models.correlation,
        correlation=models.correlation,
    )  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLikelihood:
    """Of one series: `none`, the log likelihood of a constant level, and what gives that of any change.

    Arrays are (models, places): `squares` left by the best change, its `size`, and `best`, its log likelihood. `level`: (models,).
    """

    design: ChangeDesign
    least: float
    none: float
    squares: Floats
    size: Floats
    best: Floats
    level: Floats

    def at(self, sizes: Floats) -> Floats:
        """Log likelihood of each size (sizes,) of a change at each place, each with its best model: (places, sizes)."""
        likeliest = np.full((len(self.design.after), len(sizes)), -np.inf)
        for model, base in enumerate(self.design.base):
            off = (sizes - self.size[model][:, None]) * self.design.length[model][:, None]
            squares = self.squares[model][:, None] + off**2
            value = base + log_likelihood(squares, self.design.freedom, least=self.least)
            np.maximum(likeliest, value, out=likeliest)
        return likeliest

    def level_before(self, sizes: Floats) -> Floats:
        """The level before a change of each size at each place, by that place's best model: (places, sizes)."""
        model = self.best.argmax(0)
        part = self.design.shared[model, np.arange(len(model))] / self.design.norm[model]
        return np.asarray(self.level[model][:, None] - part[:, None] * sizes)


def change_likelihood(series: Floats, *, least: float = 0.0) -> ChangeLikelihood:
    """Restricted likelihoods (Harville 1974), level and variance profiled out; `series` (months,) has one spread throughout.

    `least` is the variance below which months cannot vary: that of chance alone. Without it a series that happens to repeat itself
    would look as if it were known exactly.
    """
    design = change_design(len(series))
    white = design.whitener @ series
    along_constant = np.einsum("gt,gt->g", design.constant, white)
    around = (white**2).sum(1) - along_constant**2
    along_step = np.einsum("gkt,gt->gk", design.step, white)
    squares = np.maximum(around[:, None] - along_step**2, TINY)
    none = design.base + log_likelihood(np.maximum(around, TINY), design.freedom, least=least)
    return ChangeLikelihood(
        design=design, least=least, none=float(none.max()), squares=squares, size=along_step / design.length,
        best=design.base[:, None] + log_likelihood(squares, design.freedom, least=least), level=along_constant / design.norm,
    )  # fmt: skip
