#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""The bundled example is what its script makes: example.py EXAMPLES_FOLDER

Trains the first epochs again and compares every number with the file; the whole training takes a
minute, this a second.
"""
import importlib.util
import pathlib
import sys

import h5py
import numpy as np

LAST = 30


def main():
    folder = pathlib.Path(sys.argv[1])
    spec = importlib.util.spec_from_file_location("example", folder / "sphere-tanh.py")
    example = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(example)

    path = folder / "sphere-tanh.h5"
    assert path.stat().st_size <= 1_500_000
    with h5py.File(path) as file:
        bits = example.patterns()
        classes = example.labels(bits)
        assert (file["inputs"][()] == bits).all()
        assert (file["labels"][()] == classes).all()
        assert tuple(file["epochs"]) == example.EPOCHS

        example.EPOCHS = tuple(epoch for epoch in example.EPOCHS if epoch <= LAST)
        snapshots = list(example.train(bits, classes, lambda line: print(f"# {line}")))
        assert [epoch for epoch, *_ in snapshots] == list(example.EPOCHS)
        for at, (_, layers, metrics, statistics) in enumerate(snapshots):
            for name, value in metrics.items():
                assert file["metrics"][name][at] == value, name
            for name, activations, numbers in zip(example.NAMES, layers, statistics):
                group = file["layers"][name]
                stored = group["activations"]
                levels = example.LEVELS.get(name, 127)
                scale, zero, _ = example.whole(activations.T, levels)
                assert stored.attrs["scale"] == scale and stored.attrs["zero_point"] == zero, name
                values = (stored[at].astype(float) - zero) * scale
                assert np.abs(values - activations.T).max() <= 0.5000001 / levels, name
                for statistic, value in zip(("weight_norm", "grad_mean", "grad_std"), numbers):
                    assert group[statistic][at] == value, (name, statistic)


if __name__ == "__main__":
    main()
