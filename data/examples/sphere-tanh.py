#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""Trains the network of the bundled example and writes its activation dump.

    sphere-tanh.py [OUT.h5]        needs numpy and h5py; a few minutes on one core

The task is ours, of the kind of Shwartz-Ziv & Tishby (arXiv:1703.00810).  Twelve bits s_i say on
which vertices of a regular icosahedron a unit mass sits.  The label depends on how the mass is
distributed over the sphere, but not on how the sphere is turned: by the addition theorem the power
of the distribution in spherical harmonics of degree l is, up to a constant, the Legendre sum

    S_l = sum_ij s_i s_j P_l (cos theta_ij).

Class 1 are the patterns with S_1, the squared sum of the vertex vectors, over the threshold that
splits the 4096 patterns most evenly: those whose masses pull to one side.

The same file comes out on every machine, bit for bit, as far as the compression library agrees:
training is chaotic, so the last digit of every step counts.  Therefore nothing here calls BLAS, a
mathematical library or a random generator whose results differ between versions.  There are only
elementwise additions, multiplications, divisions and square roots, which IEEE 754 defines exactly,
in an order that is written down.
"""
import pathlib
import sys

import h5py
import numpy as np

WIDTHS = (12, 10, 7, 5, 4, 3, 2)
NAMES = ("fc1", "fc2", "fc3", "fc4", "fc5", "output")
SEED = 1
BATCH = 256
N_TRAIN = 13 * BATCH
RATE = 4e-4
EPOCHS = (0, 3, 10, 20, 30, 45, 60, 75, 90, 110, 150, 220, 350, 600, 1000, 1700, 3000, 5000)
LEVELS = {"fc1": 31, "fc2": 61, "output": 251}  # from 0 to 1; 127 in the other layers


# The task

def patterns():
    """All 4096 patterns of 12 bits, least significant bit first."""
    return (np.arange(4096)[:, None] >> np.arange(12) & 1).astype(np.uint8)


def cosines():
    """Cosines of the angles between the vertices of a regular icosahedron."""
    golden = (1 + 5 ** 0.5) / 2
    corners = [(0.0, a, b * golden) for a in (-1, 1) for b in (-1, 1)]
    vertices = np.array([np.roll(c, turn) for turn in range(3) for c in corners])
    products = (vertices[:, None, :] * vertices[None, :, :]).sum(axis=2)
    return products / (1 + golden * golden)


def labels(bits):
    pair = cosines()
    score = np.zeros(len(bits))
    for i in range(12):
        for j in range(12):
            score += bits[:, i] * bits[:, j] * pair[i, j]
    score = np.round(score, 9)
    uneven = [(abs((score > value).mean() - 0.5), value) for value in np.unique(score)]
    return (score > min(uneven)[1]).astype(np.int64)


# Arithmetic that is the same everywhere

def random_bits(stream, n):
    """n random 64-bit numbers of a stream: SplitMix64, counting from the stream's number."""
    z = (np.uint64((SEED << 40) + (stream << 20)) + np.arange(1, n + 1, dtype=np.uint64))
    z = z * np.uint64(0x9E3779B97F4A7C15)
    z = (z ^ z >> np.uint64(30)) * np.uint64(0xBF58476D1CE4E5B9)
    z = (z ^ z >> np.uint64(27)) * np.uint64(0x94D049BB133111EB)
    return z ^ z >> np.uint64(31)


def shuffled(stream, n):
    return np.argsort(random_bits(stream, n), kind="stable")


def normal(stream, shape):
    """Nearly normal numbers: sums of twelve uniform ones."""
    n = shape[0] * shape[1]
    u = (random_bits(stream, 12 * n) >> np.uint64(11)).astype(float) * 2.0 ** -53
    return (fold(u.reshape(n, 12)[:, :8]) + fold(u.reshape(n, 12)[:, 8:]) - 6).reshape(shape)


def fold(a):
    """Sum over the last axis, whose length is a power of two times an odd number, by halves."""
    while a.shape[-1] % 2 == 0:
        half = a.shape[-1] // 2
        a = a[..., :half] + a[..., half:]
    total = a[..., 0]
    for k in range(1, a.shape[-1]):
        total = total + a[..., k]
    return total


LN2_HIGH = float.fromhex("0x1.62e42fefa0000p-1")
LN2_LOW = float.fromhex("0x1.cf79abc9e3b3ap-40")
EXP_TERMS = [1.0]
for _k in range(1, 14):
    EXP_TERMS.append(EXP_TERMS[-1] / _k)


def exp(x):
    k = np.rint(x * 1.4426950408889634)
    r = (x - k * LN2_HIGH) - k * LN2_LOW
    y = np.full_like(x, EXP_TERMS[-1])
    for term in EXP_TERMS[-2::-1]:
        y *= r
        y += term
    return np.ldexp(y, k.astype(np.int32))


def tanh(x):
    e = exp(-2 * np.minimum(np.abs(x), 20))
    return np.copysign((1 - e) / (1 + e), x)


def softmax(z):
    e = exp(z - np.maximum(z[0], z[1]))
    return e / (e[0] + e[1])


def affine(weight, bias, x):
    """One column per sample: weight (in, out), x (in, n)."""
    y = np.repeat(bias[:, None], x.shape[1], axis=1)
    for i in range(len(weight)):
        y += weight[i][:, None] * x[i]
    return y


# The network

class Network:
    def __init__(self):
        shapes = list(zip(WIDTHS[:-1], WIDTHS[1:]))
        self.weights = [normal(k, s) / s[0] ** 0.5 for k, s in enumerate(shapes)]
        self.biases = [np.zeros(s[1]) for s in shapes]
        self.moments = [(np.zeros_like(p), np.zeros_like(p)) for p in self.weights + self.biases]
        self.decay = [1.0, 1.0]

    def forward(self, x):
        layers = [x]
        for weight, bias in zip(self.weights, self.biases):
            z = affine(weight, bias, layers[-1])
            layers.append(softmax(z) if weight is self.weights[-1] else tanh(z))
        return layers

    def gradients(self, x, target):
        """Of the mean cross entropy: for the weights, then for the biases."""
        layers = self.forward(x)
        delta = (layers[-1] - target) / x.shape[1]
        weights, biases = [], []
        for k in reversed(range(len(self.weights))):
            weights.insert(0, fold(layers[k][:, None, :] * delta[None, :, :]))
            biases.insert(0, fold(delta))
            if k > 0:
                back = affine(self.weights[k].T, np.zeros(len(self.weights[k])), delta)
                delta = back * (1 - layers[k] * layers[k])
        return weights, biases

    def adam(self, gradients):
        """Kingma & Ba, arXiv:1412.6980, algorithm 1."""
        self.decay = [self.decay[0] * 0.9, self.decay[1] * 0.999]
        for p, g, (m, v) in zip(self.weights + self.biases, gradients, self.moments):
            m += 0.1 * (g - m)
            v += 0.001 * (g * g - v)
            step = np.sqrt(v / (1 - self.decay[1])) + 1e-8
            p -= RATE * (m / (1 - self.decay[0])) / step


def norm(a):
    return float(np.sqrt(fold((a * a).reshape(-1))))


def log(x):
    """Natural logarithm by Newton's method on exp, from the double's own exponent."""
    mantissa, exponent = np.frexp(np.maximum(x, 1e-300))
    y = (exponent - 0.5) * 0.6931471805599453
    for _ in range(6):
        y = y - 1 + x / exp(y)
    return y


def quality(output, target, rows):
    """Loss and accuracy, to the digits that are worth keeping."""
    chosen = fold((output * target)[:, rows].T)
    loss = float(fold(-log(np.maximum(chosen, 1e-300)))) / len(rows)
    return float(f"{loss:.6g}"), float((chosen > 0.5).mean())


def train(bits, classes, log_line):
    """Yields (epoch, layers, metrics, statistics of every layer)."""
    x = bits.T.astype(float)
    target = np.stack([classes == 0, classes == 1]).astype(float)
    order = shuffled(100, len(bits))
    train_rows, test_rows = order[:N_TRAIN], order[N_TRAIN:]
    network = Network()
    for epoch in range(EPOCHS[-1] + 1):
        seen = []
        rows = train_rows[shuffled(1000 + epoch, N_TRAIN)]
        if epoch > 0 or epoch in EPOCHS:
            for start in range(0, N_TRAIN, BATCH):
                batch = rows[start:start + BATCH]
                weights, biases = network.gradients(x[:, batch], target[:, batch])
                if epoch > 0:
                    network.adam(weights + biases)
                if epoch in EPOCHS:
                    seen.append(weights)
        if epoch not in EPOCHS:
            continue
        layers = network.forward(x)[1:]
        metrics = {}
        for name, part in (("train", train_rows), ("test", test_rows)):
            metrics[f"{name}_loss"], metrics[f"{name}_acc"] = quality(layers[-1], target, part)
        statistics = []
        for k, weight in enumerate(network.weights):
            batches = np.stack([w[k] for w in seen])
            mean = sum(batches) / len(batches)
            spread = np.sqrt(sum((b - mean) * (b - mean) for b in batches) / len(batches))
            statistics.append((norm(weight), norm(mean), norm(spread)))
        log_line(f"epoch {epoch:5d}  " + "  ".join(f"{k} {v:.4g}" for k, v in metrics.items()))
        yield epoch, layers, metrics, statistics


# The file

def whole(values, levels):
    """int8, so that the file stays small: scale, zero point, numbers.

    The numbers of levels are primes, so that no edge of a reasonable number of bins falls on one.
    """
    zero = -127 if levels > 127 else 0
    return 1 / levels, zero, (np.rint(values * levels) + zero).astype(np.int8)


def text(value):
    return np.array(value, dtype=h5py.string_dtype())


def array(parent, name, data, **attributes):
    """A dataset without time stamps.  Activations are compressed unit by unit: half the size."""
    data = np.asarray(data)
    options = {}
    if data.ndim > 2:
        options = dict(chunks=(1, data.shape[1], 1), compression="gzip", compression_opts=9)
    elif data.ndim > 1:
        options = dict(chunks=data.shape, compression="gzip", compression_opts=9)
    dataset = parent.create_dataset(name, data=data, track_times=False, **options)
    for key, value in attributes.items():
        dataset.attrs[key] = value


def timeless(kind):
    properties = h5py.h5p.create(kind)
    properties.set_obj_track_times(False)
    return properties


def create(path):
    """A file whose bytes do not depend on the time of day, in the format of HDF5 1.10."""
    access = h5py.h5p.create(h5py.h5p.FILE_ACCESS)
    access.set_libver_bounds(h5py.h5f.LIBVER_V110, h5py.h5f.LIBVER_V110)
    return h5py.File(h5py.h5f.create(str(path).encode(), h5py.h5f.ACC_TRUNC,
                                     timeless(h5py.h5p.FILE_CREATE), access))


def group(parent, name):
    return h5py.Group(h5py.h5g.create(parent.id, name.encode(), None,
                                      timeless(h5py.h5p.GROUP_CREATE)))


def write(path, bits, classes, snapshots):
    epochs, layers, metrics, statistics = zip(*snapshots)
    with create(path) as file:
        file.attrs["format"] = "infoplane-dump"
        file.attrs["version"] = 1
        file.attrs["title"] = "12-10-7-5-4-3-2 tanh network, masses on a sphere"
        file.attrs["framework"] = "numpy"
        file.attrs["created"] = "2026-11-21T00:00:00+00:00"
        group(file, "run").attrs.update(
            seed=SEED, activation="tanh", optimizer="adam", lr=RATE, batch_size=BATCH,
            dataset="masses on an icosahedron", architecture="-".join(map(str, WIDTHS)),
            train_samples=N_TRAIN)
        array(file, "inputs", bits)
        array(file, "labels", classes, class_names=text(["balanced", "one-sided"]))
        array(file, "epochs", np.array(epochs, dtype=np.int64))
        series = group(file, "metrics")
        for name in metrics[0]:
            array(series, name, [m[name] for m in metrics])
        root = group(file, "layers")
        for k, name in enumerate(NAMES):
            layer = group(root, name)
            layer.attrs["index"] = k
            layer.attrs["kind"] = "dense"
            layer.attrs["activation"] = "softmax" if name == "output" else "tanh"
            scale, zero, numbers = whole(np.stack([snapshot[k].T for snapshot in layers]),
                                         LEVELS.get(name, 127))
            array(layer, "activations", numbers, scale=scale, zero_point=zero)
            for column, statistic in enumerate(("weight_norm", "grad_mean", "grad_std")):
                array(layer, statistic, [snapshot[k][column] for snapshot in statistics])


def main():
    here = pathlib.Path(__file__)
    out = pathlib.Path(sys.argv[1]) if len(sys.argv) > 1 else here.with_suffix(".h5")
    bits = patterns()
    classes = labels(bits)
    write(out, bits, classes, train(bits, classes, print))
    print(f"{out}: {out.stat().st_size} bytes")


if __name__ == "__main__":
    main()
