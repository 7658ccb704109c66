#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""Peak memory beside --memory: memory.py BUILD [REQUEST]...

Writes a dump whose layers do not fit into small budgets, 2000 samples of 800 000 units (6.4 GB in
double precision) and 50 000 samples of 600 units, estimates them and samples the resident memory of
infoplane-cli and its reader together; what both share counts twice.  Prints one line for each
request, layer and budget; a cell that is refused says why.
"""
import os
import pathlib
import subprocess
import sys
import tempfile
import time

import h5py
import numpy as np

# A spectrum of the wide layer takes a quarter of an hour and the memory of any other.
REQUESTS = ["bins-uniform", "bins-minmax", "bins-equal-mass", "kde:scale=relative", "akde-coded",
            "cs:rule=median", "knn-entropy", "renyi:alpha=2", "dse:rule=median", "dsmi", "spectrum"]


def new_dump(path, samples):
    file = h5py.File(path, "w")
    file.attrs["format"] = "infoplane-dump"
    file.attrs["version"] = 1
    file["epochs"] = [0]
    file["labels"] = np.arange(samples) % 10
    file["inputs"] = np.random.default_rng(1).random((samples, 30), dtype="float32")
    return file


def make_wide(path, samples=2000, units=800_000, width=4096, step=20):
    """One chunk of columns in `step` holds numbers; the others are never written and read as 0."""
    random = np.random.default_rng(0)
    with new_dump(path, samples) as file:
        layer = file.create_dataset("layers/conv/activations", (1, samples, units), "float16",
                                    chunks=(1, samples, width), compression="gzip",
                                    compression_opts=1)
        for first in range(0, units, step * width):
            classes = random.standard_normal((10, width), dtype="float32")
            noise = random.standard_normal((samples, width), dtype="float32")
            layer[0, :, first:first + width] = np.maximum(classes[np.arange(samples) % 10]
                                                          + noise, 0)


def make_tall(path, samples=50_000, units=600):
    random = np.random.default_rng(0)
    with new_dump(path, samples) as file:
        classes = random.standard_normal((10, units), dtype="float32")
        noise = random.standard_normal((samples, units), dtype="float32")
        file["layers/dense/activations"] = np.tanh(classes[np.arange(samples) % 10] + noise)[None]


def list_processes(process):
    yield process
    for thread in pathlib.Path(f"/proc/{process}/task").iterdir():
        yield from (thread / "children").read_text().split()


def get_resident(process):
    total = 0
    try:
        for each in list_processes(process):
            pages = pathlib.Path(f"/proc/{each}/statm").read_text().split()[1]
            total += int(pages) * os.sysconf("SC_PAGESIZE")
    except OSError:
        pass
    return total


def run(build, dump, request, memory):
    command = [build / "src/cli/infoplane-cli", "estimate", dump, "-e", request, "--store", "none",
               "--quiet", "--memory", memory, "-o", os.devnull]
    environment = {**os.environ, "INFOPLANE_READER": str(build / "src/reader/infoplane-reader")}
    start = time.monotonic()
    peak = 0
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True, env=environment) as process:
        while process.poll() is None:
            peak = max(peak, get_resident(process.pid))
            time.sleep(0.002)
        reason = process.stderr.read().strip().partition(": ")[2].splitlines()[:1]
    print(f"{dump.stem:5} {request:20} {memory:>5} {peak / 2**20:7.0f} MiB"
          f" {time.monotonic() - start:7.1f} s  {''.join(reason)}", flush=True)


def main():
    build = pathlib.Path(sys.argv[1]).resolve()
    requests = sys.argv[2:] or REQUESTS
    with tempfile.TemporaryDirectory() as folder:
        wide, tall = pathlib.Path(folder, "wide.h5"), pathlib.Path(folder, "tall.h5")
        make_wide(wide)
        make_tall(tall)
        for dump, memory in (wide, "512M"), (tall, "256M"), (tall, "1G"):
            for request in requests:
                if dump == tall or request != "spectrum":
                    run(build, dump, request, memory)


if __name__ == "__main__":
    main()
