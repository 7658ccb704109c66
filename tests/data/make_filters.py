#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""Writes filters.h5: the same numbers once for every compression that Python users have.

Needs h5py and, for the filters that HDF5 lacks, the Debian packages bitshuffle,
hdf5-filter-plugin, hdf5-filter-plugin-blosc-serial and zstd.
"""
import pathlib
import subprocess
import sys

import h5py
import numpy as np

SHAPE, CHUNK = (2, 101, 33), (1, 67, 33)
SHUFFLE, BITSHUFFLE = 1, 2
FILTERS = {
    "gzip": dict(compression="gzip"),
    "gzip-shuffle-fletcher32": dict(compression="gzip", shuffle=True, fletcher32=True),
    "lzf": dict(compression="lzf"),
    "lzf-shuffle": dict(compression="lzf", shuffle=True),
    "szip": dict(compression="szip"),
    "lz4": dict(compression=32004),
    "bitshuffle": dict(compression=32008, compression_opts=(0, 0)),
    "bitshuffle-lz4": dict(compression=32008, compression_opts=(0, 2)),
    "bitshuffle-lz4-block": dict(compression=32008, compression_opts=(512, 2)),
    **{f"blosc-{name}": dict(compression=32001, compression_opts=(0, 0, 0, 0, 5, shuffle, codec))
       for name, shuffle, codec in (("blosclz", SHUFFLE, 0), ("lz4", BITSHUFFLE, 1),
                                    ("lz4hc", SHUFFLE, 2), ("zlib", SHUFFLE, 4),
                                    ("zstd", SHUFFLE, 5))},
}


def values():
    """Sixteenths that repeat enough to be compressed, one run of noise that does not."""
    i = np.arange(np.prod(SHAPE), dtype="int64").reshape(SHAPE)
    x = (i * i // 7 % 64 - 32) / 16
    x[0, 40:60] = (i[0, 40:60] * 2654435761 % 2**20) / 16
    return x.astype("float32")


def put_zstd(file, x):
    """No packaged plugin writes zstd: the chunks are compressed one by one."""
    plist = h5py.h5p.create(h5py.h5p.DATASET_CREATE)
    plist.set_chunk(CHUNK)
    plist.set_filter(32015, h5py.h5z.FLAG_OPTIONAL, (3,))
    space = h5py.h5s.create_simple(SHAPE)
    dataset = h5py.h5d.create(file.id, b"zstd", h5py.h5t.IEEE_F32LE, space, plist)
    for e in range(SHAPE[0]):
        for n in range(0, SHAPE[1], CHUNK[1]):
            chunk = np.zeros(CHUNK, "float32")
            part = x[e:e + 1, n:n + CHUNK[1]]
            chunk[:, :part.shape[1]] = part
            packed = subprocess.run(["zstd", "-q", "-c", f"--stream-size={chunk.nbytes}"],
                                    check=True, input=chunk.tobytes(),
                                    stdout=subprocess.PIPE).stdout
            dataset.write_direct_chunk((e, n, 0), packed)


def main():
    path = pathlib.Path(sys.argv[1] if len(sys.argv) > 1 else
                        pathlib.Path(__file__).parent / "filters.h5")
    x = values()
    with h5py.File(path, "w") as file:
        for name, options in FILTERS.items():
            file.create_dataset(name, data=x, chunks=CHUNK, **options)
        file.create_dataset("plain", data=x)
        put_zstd(file, x)
    print(path, path.stat().st_size, "bytes")


if __name__ == "__main__":
    main()
