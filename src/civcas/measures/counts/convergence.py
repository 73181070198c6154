"""Convergence: whether chains that started apart tell the same story, and how many independent draws they amount to.

Split R-hat, effective sample size and the Monte Carlo error of a quantile as in Gelman et al. (2013, chapter 11) and
Vehtari et al. (2021). `chains` is chains × draws throughout.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy.special import betaincinv


def split_r_hat(chains: NDArray[np.float64]) -> float:
    """How much wider all half-chains together are than one of them; 1 when they agree."""
    halves = _halves(chains)
    within = halves.var(axis=1, ddof=1).mean()
    if within == 0:
        return 1.0 if np.ptp(halves) == 0 else float("inf")
    draws = halves.shape[1]
    between = halves.mean(axis=1).var(ddof=1)
    return float(np.sqrt((draws - 1) / draws + between / within))


def effective_size(chains: NDArray[np.float64]) -> float:
    """How many independent draws say as much about the mean, by Geyer's initial monotone sequence over half-chains."""
    halves = _halves(chains)
    count, draws = halves.shape
    within = halves.var(axis=1, ddof=1).mean()
    if within == 0:
        return float("nan")
    spread = (draws - 1) / draws * within + halves.mean(axis=1).var(ddof=1)
    correlation = 1 - (within - _autocovariance(halves).mean(axis=0) * draws / (draws - 1)) / spread
    correlation[0] = 1.0
    pairs = correlation[: draws // 2 * 2].reshape(-1, 2).sum(axis=1)
    positive = pairs[: np.argmax(pairs < 0)] if (pairs < 0).any() else pairs
    length = -1 + 2 * np.minimum.accumulate(positive).sum()
    return float(min(count * draws / max(length, 1e-12), count * draws * np.log10(count * draws)))


def tail_size(chains: NDArray[np.float64], share: float) -> float:
    """How many independent draws tell how much of the posterior lies below its quantile `share`."""
    below = chains <= np.quantile(chains, share)
    return effective_size(below.astype(float))


def quantile_error(chains: NDArray[np.float64], share: float) -> float:
    """The Monte Carlo standard error of the quantile `share`: half the distance between its own 16% and 84% limits."""
    draws = tail_size(chains, share)
    if not np.isfinite(draws):
        return float("inf")
    ends = betaincinv(draws * share + 1, draws * (1 - share) + 1, np.array([0.1587, 0.8413]))
    low, high = np.quantile(chains, ends)
    return float(high - low) / 2


def _halves(chains: NDArray[np.float64]) -> NDArray[np.float64]:
    half = chains.shape[1] // 2
    return np.concatenate([chains[:, :half], chains[:, -half:]])


def _autocovariance(rows: NDArray[np.float64]) -> NDArray[np.float64]:
    draws = rows.shape[1]
    centred = rows - rows.mean(axis=1, keepdims=True)
    wave = np.fft.rfft(centred, n=2 * draws, axis=1)
    return np.asarray(np.fft.irfft(wave * wave.conj(), axis=1)[:, :draws] / draws)
