#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""What one writes today: the estimators in NumPy, SciPy and scikit-learn, from their formulas.

scripts.py CASE N D ACTIVATIONS LABELS REPEATS prints the seconds of every run and the value in nats
as JSON.  ACTIVATIONS holds N x D float32, LABELS N uint32.
"""
import json
import sys
import time

import numpy as np
from scipy.linalg import eigh
from scipy.special import digamma, gammaln, logsumexp
from sklearn.metrics.pairwise import euclidean_distances
from sklearn.neighbors import NearestNeighbors


def entropy_of_counts(counts):
    p = counts / counts.sum()
    return -(p * np.log(p)).sum()


def entropy_of_rows(symbols):
    """Distinct rows, compared as one opaque value each, as the published code does."""
    rows = np.ascontiguousarray(symbols)
    rows = rows.view(np.dtype((np.void, rows.dtype.itemsize * rows.shape[1]))).ravel()
    return entropy_of_counts(np.unique(rows, return_counts=True)[1])


def information_of_rows(symbols, labels):
    """I(X;T) = H(T) of distinct inputs, and I(T;Y)."""
    h = entropy_of_rows(symbols)
    given = sum(np.mean(labels == c) * entropy_of_rows(symbols[labels == c])
                for c in np.unique(labels))
    return h, h - given


def bins_uniform(t, y):
    edges = np.linspace(-1, 1, 31).astype(np.float32)
    return information_of_rows(np.digitize(t, edges[:-1]), y)


def bins_width(t, y):
    return information_of_rows(np.floor(t / np.float32(0.07)).astype(int), y)


def bins_range(t, y):
    lo, hi = t.min(), t.max()
    return information_of_rows(np.minimum(np.floor((t - lo) / ((hi - lo) / 10)), 9).astype(int), y)


def bins_equal_mass(t, y):
    edges = np.unique(np.quantile(t, np.arange(1, 30) / 30))
    return information_of_rows(np.digitize(t, edges), y)


def bins_ebab(t, y):
    distinct = np.unique(t)
    k = np.arange(30) * len(distinct) // 30
    return information_of_rows(np.digitize(t, np.append(distinct[k], distinct[-1])), y)


def bins_minmax(t, y):
    scaled = (t - t.min(axis=0)) / (t.max(axis=0) - t.min(axis=0))
    return information_of_rows(np.digitize(scaled, np.arange(2) / 2), y)


def squared_distances(t):
    return euclidean_distances(t.astype(np.float64), squared=True)


def kde_entropy(t, variance):
    """Less the constants, which cancel in information."""
    scores = logsumexp(-squared_distances(t) / (2 * variance), axis=1)
    return np.log(len(t)) - scores.mean()


def kde(t, y):
    bounds = []
    for variance in (0.1, 0.4):
        h = kde_entropy(t, variance)
        given = sum(np.mean(y == c) * kde_entropy(t[y == c], variance) for c in np.unique(y))
        bounds.append((h, h - given))
    return bounds[0]


def gaussian(t, sigma):
    return np.exp(-squared_distances(t) / (2 * sigma ** 2))


def cs(t, y):
    n = len(t)
    k = gaussian(t, 1)
    q = gaussian(np.eye(y.max() + 1)[y], 1)
    value = (np.log(np.trace(k @ q) / n ** 2) + np.log(k.sum() * q.sum() / n ** 4)
             - 2 * np.log((k @ q).sum() / n ** 3))
    return (value,)


def renyi(t, y, alpha):
    def entropy(matrix):
        values = np.abs(eigh(matrix / np.trace(matrix), eigvals_only=True))
        return np.log((values ** alpha).sum()) / (1 - alpha)

    a = gaussian(t, 1)
    b = gaussian(np.eye(y.max() + 1)[y], np.sqrt(0.05))
    return entropy(a), entropy(a) + entropy(b) - entropy(a * b)


def renyi_2(t, y):
    return renyi(t, y, 2)


def renyi_near_1(t, y):
    return renyi(t, y, 1.01)


def dse(t, y):
    """Diffusion spectral entropy of the random walk, with a width that leaves a full spectrum."""
    g = gaussian(t, 0.5)
    d = np.sqrt(g.sum(axis=1))
    k = g / np.outer(d, d)
    d = np.sqrt(k.sum(axis=1))
    values = np.abs(eigh(k / np.outer(d, d), eigvals_only=True))
    p = values / values.sum()
    p = p[p > 0]
    return (-(p * np.log(p)).sum(),)


def spectrum(t, y):
    """Von Neumann entropy of samples of length one, effective rank of the samples as they are."""
    t = t.astype(np.float64)
    scaled = np.linalg.svd(t / np.linalg.norm(t, axis=1, keepdims=True), compute_uv=False)
    plain = np.linalg.svd(t, compute_uv=False)
    l, p = scaled ** 2 / len(t), plain / plain.sum()
    return -(l * np.log(l)).sum(), np.exp(-(p * np.log(p)).sum())


def knn_entropy(t, y, k=3):
    n, d = t.shape
    r = NearestNeighbors(n_neighbors=k).fit(t.astype(np.float64)).kneighbors()[0][:, k - 1]
    ball = d / 2 * np.log(np.pi) - gammaln(d / 2 + 1)
    return (digamma(n) - digamma(k) + ball + d * np.log(r).mean(),)


def main():
    name, n, d, activations, labels, repeats = sys.argv[1:]
    t = np.fromfile(activations, np.float32).reshape(int(n), int(d))
    y = np.fromfile(labels, np.uint32).astype(int)
    seconds = []
    for _ in range(int(repeats)):
        start = time.perf_counter()
        values = globals()[name](t, y)
        seconds.append(time.perf_counter() - start)
    print(json.dumps({"seconds": seconds, "values": [float(v) for v in values]}))


if __name__ == "__main__":
    main()
