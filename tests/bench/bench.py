#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""Infoplane beside scripts.py: bench.py BUILD [WORD] [--rounds N] [--threads T]...

Prints the tables of doc/performance.md: median seconds of either side on the same data, the same
number of threads and the same OpenBLAS kernels, taken in turns so that whatever else the machine
does falls on both.  BUILD is a build directory; WORD picks the cases whose name contains it.
"""
import argparse
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass

import numpy as np

HERE = pathlib.Path(__file__).parent


@dataclass
class Case:
    name: str
    n: int
    d: int
    requests: tuple
    script: str = None     # function of scripts.py
    faster: float = None   # times faster than the script, to reach
    limit: str = None      # what the case is measured by
    problems: int = 1      # of the limit's kind that the case poses
    at_most: float = None  # times the limit, to stay in

    def limit_name(self):
        return (f"{self.problems} " if self.problems > 1 else "") + self.limit.split(":")[1]


WIDE = 10000, 1024
CASES = [
    Case("kde", 4000, 10, ("kde:variance=0.1",), "kde", 40),
    Case("kde", 4000, 1024, ("kde:variance=0.1",), "kde", 6, "limit:dsyrk", 1, 1.3),
    Case("bins-uniform", 4000, 100, ("bins-uniform",), "bins_uniform", 15),
    Case("bins-uniform", *WIDE, ("bins-uniform",), "bins_uniform", 25, "limit:read"),
    Case("bins-width", *WIDE, ("bins-width",), "bins_width", 25, "limit:read"),
    Case("bins-range", *WIDE, ("bins-range",), "bins_range", 25, "limit:read"),
    Case("bins-minmax", *WIDE, ("bins-minmax",), "bins_minmax", 25, "limit:read"),
    Case("bins-equal-mass", *WIDE, ("bins-equal-mass",), "bins_equal_mass", 25, "limit:read"),
    Case("bins-ebab", *WIDE, ("bins-ebab:lowest=fixed,low=-2",), "bins_ebab", 25, "limit:read"),
    Case("cs", 4000, 10, ("cs:sigma=1",), "cs", 20),
    Case("renyi, alpha 2", 2000, 10, ("renyi:alpha=2",), "renyi_2"),
    Case("renyi, alpha 1.01", 2000, 10, ("renyi",), "renyi_near_1", None, "limit:dsyevd", 2, 1.1),
    Case("dse, full spectrum", 4000, 10, ("dse:sigma=0.5",), "dse", None, "limit:dsyevd", 1, 1.1),
    Case("spectrum", 4000, 100, ("spectrum",), "spectrum"),
    Case("spectrum", 4000, 1024, ("spectrum",), "spectrum"),
    Case("knn-entropy", 4000, 10, ("knn-entropy",), "knn_entropy"),
    Case("knn-entropy", 4000, 1024, ("knn-entropy",), "knn_entropy"),
]

# Requests of one sample.  Seven: kde at three variances, dse at two widths, cs and renyi, the last
# two of one width.  What they share is the pass over the distances; the sums are those that come
# out of it.  Eigenvalues come out of it neither in a low-rank factor nor in a whole spectrum.
SUMS = ["kde:variance=0.1", "kde:variance=0.01", "kde:variance=1", "cs:sigma=10",
        "renyi:alpha=2,sigma=200"]
SEVEN = SUMS + ["dse:sigma=10", "dse:sigma=30"]
WIDTHS = SUMS + ["cs:sigma=30", "renyi:alpha=2,sigma=900"]

WITHOUT_EIGENVALUES = ["bins-uniform", "bins-width", "bins-range", "bins-equal-mass", "bins-ebab",
                       "bins-minmax", "kde", "akde-coded", "renyi:alpha=2", "cs", "knn-entropy"]


class Data:
    """Tanh of normal noise for both sides, all rows distinct, ten random classes."""

    def __init__(self, folder):
        self.folder = pathlib.Path(folder)

    def get(self, n, d):
        activations = self.folder / f"{n}x{d}.f32"
        labels = self.folder / f"{n}.u32"
        rng = np.random.default_rng(1)
        if not activations.exists():
            np.tanh(rng.standard_normal((n, d), dtype=np.float32)).tofile(activations)
        if not labels.exists():
            rng.integers(0, 10, n, dtype=np.uint32).tofile(labels)
        return [str(n), str(d), str(activations), str(labels)]


def run(command, **environment):
    out = subprocess.run(command, env={**os.environ, **environment}, stdout=subprocess.PIPE,
                         check=True).stdout
    return json.loads(out)


class Bench:
    def __init__(self, build, data, rounds):
        self.build = pathlib.Path(build)
        self.data = data
        self.rounds = rounds
        self.core = self.ours(1, Case("", 100, 10, ("bins-width",)))["core"]

    def ours(self, threads, case, requests=None, repeats=3, team=1):
        """Every thread, or team, has a sample of its own; the time of one is what a run over many
        takes."""
        result = run([self.build / "tests/bench-estimators", f"{threads}x{team}", str(repeats),
                      *self.data.get(case.n, case.d), *(requests or case.requests)],
                     OPENBLAS_NUM_THREADS="1")
        result["seconds"] = [s / threads for s in result["seconds"]]
        return result

    def script(self, threads, case):
        return run([sys.executable, HERE / "scripts.py", case.script,
                    *self.data.get(case.n, case.d), "2"],
                   OPENBLAS_NUM_THREADS=str(threads), OPENBLAS_CORETYPE=self.core)

    def compare(self, threads, case):
        """Median seconds of the estimate, of the script, and of the limit or None."""
        mine, script, limit = [], [], []
        for _ in range(self.rounds):
            result = self.ours(threads, case)
            mine.extend(result["seconds"])
            expected = self.script(threads, case)
            script.extend(expected["seconds"])
            check(case, result["values"].values(), expected["values"])
            if case.limit is not None:
                limit.extend(case.problems * s
                             for s in self.ours(threads, case, [case.limit])["seconds"])
        return [statistics.median(s) if s else None for s in (mine, script, limit)]


def check(case, values, expected):
    """Both sides must have computed the same numbers."""
    for number in expected:
        if not any(abs(v - number) <= 1e-5 * max(1, abs(number)) for v in values):
            sys.exit(f"{case.name}: {number} of the script is not among {list(values)}")


def processor():
    for line in pathlib.Path("/proc/cpuinfo").read_text().splitlines():
        if line.startswith("model name"):
            return line.split(":")[1].strip()
    return "Unknown processor"


def with_reach(ratio, reach, word):
    return f"{ratio:.3g}" + ("" if reach is None else f" ({word}{reach:g})")


def print_table(bench, threads, word):
    print(f"\n{processor()}, {os.cpu_count()} processors, OpenBLAS {bench.core}, "
          f"{threads} thread{'s' * (threads > 1)}\n")
    print("| case | N × d | script, s | Infoplane, s | times faster (reach) | limit, s |"
          " times the limit (reach) |\n| --- | --- | --- | --- | --- | --- | --- |")
    for case in CASES:
        if word in case.name:
            mine, script, limit = bench.compare(threads, case)
            cells = [case.name, f"{case.n} × {case.d}", f"{script:.3g}", f"{mine:.3g}",
                     with_reach(script / mine, case.faster, ""),
                     limit and f"{case.limit_name()} {limit:.3g}",
                     limit and with_reach(mine / limit, case.at_most, "≤ ")]
            print("| " + " | ".join(cell or "" for cell in cells) + " |", flush=True)


def print_shared_pass(bench, d, requests):
    """Requests of one sample against the dearest of them alone."""
    case = Case("", 4000, d, tuple(requests))
    together, alone = [], {request: [] for request in requests}
    for _ in range(bench.rounds):
        for request, seconds in alone.items():
            seconds.extend(bench.ours(1, case, [request])["seconds"])
        together.extend(bench.ours(1, case)["seconds"])
    dearest = max(requests, key=lambda request: statistics.median(alone[request]))
    seconds, most = statistics.median(together), statistics.median(alone[dearest])
    each = sum(statistics.median(times) for times in alone.values())
    print(f"| {' '.join(requests)} | {d} | {seconds:.3g} | {dearest} {most:.3g} | "
          f"{seconds / most:.3g} | {each / seconds:.3g} |", flush=True)


def print_shared_passes(bench):
    print("\n| requests of one sample of 4000, one thread | d | together, s |"
          " the dearest alone, s | times the dearest (≤ 1.4) | times faster than one by one |\n"
          "| --- | --- | --- | --- | --- | --- |")
    for requests in SUMS, WIDTHS, SEVEN:
        for d in (10, 100, 300, 1024) if requests != SEVEN else (10, 1024):
            print_shared_pass(bench, d, requests)


def print_large_cell(bench, threads):
    """One sample that no other waits behind."""
    for case in CASES:
        if not case.name.startswith("bins"):
            one, team = [], []
            for _ in range(bench.rounds):
                one.extend(bench.ours(1, case)["seconds"])
                team.extend(bench.ours(1, case, team=threads)["seconds"])
            print(f"\n{case.name}, {case.n} × {case.d}, one sample on {threads} threads: "
                  f"{statistics.median(team):.3g} s, on one: {statistics.median(one):.3g} s",
                  flush=True)


def run_cli(bench, arguments, **environment):
    """Seconds, processor seconds, and the largest resident memory of the program in MiB."""
    start = time.perf_counter()
    child = subprocess.Popen([bench.build / "src/cli/infoplane-cli", "estimate", "--store", "none",
                              "--quiet", "-o", os.devnull, *arguments],
                             env={**os.environ, **environment,
                                  "INFOPLANE_READER": str(bench.build
                                                          / "src/reader/infoplane-reader")})
    status, usage = os.wait4(child.pid, 0)[1:]
    if status != 0:
        sys.exit(f"infoplane-cli estimate: status {status}")
    return (time.perf_counter() - start, usage.ru_utime + usage.ru_stime,
            usage.ru_maxrss / 1024)


def print_whole_dump(bench, threads):
    shared = os.environ.get("INFOPLANE_SHARED", HERE.parents[2] / "shared")
    dump = pathlib.Path(shared) / "dumps/szt-tanh.h5"
    if not dump.exists():
        print(f"\n{dump} is not here: the whole dump is left out")
        return
    requests = [argument for id in WITHOUT_EIGENVALUES for argument in ("-e", id)]
    seconds, busy, memory = run_cli(bench, [dump, *requests, "--threads", str(threads)])
    print(f"\nWhole {dump.name}, every layer and epoch, {len(WITHOUT_EIGENVALUES)} estimators "
          f"without eigenvalues, {threads} thread{'s' * (threads > 1)}: {seconds:.1f} s (≤ 20), "
          f"{busy:.1f} s of processor time, {memory:.0f} MiB", flush=True)


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("build")
    parser.add_argument("word", nargs="?", default="")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--threads", type=int, action="append")
    options = parser.parse_args()
    threads = options.threads or [1, os.cpu_count()]

    with tempfile.TemporaryDirectory() as folder:
        bench = Bench(options.build, Data(folder), options.rounds)
        for count in threads:
            if any(options.word in case.name for case in CASES):
                print_table(bench, count, options.word)
        if options.word in "seven":
            print_shared_passes(bench)
        if options.word in "large" and max(threads) > 1:
            print_large_cell(bench, max(threads))
        if options.word in "whole":
            for count in threads:
                print_whole_dump(bench, count)


if __name__ == "__main__":
    main()
