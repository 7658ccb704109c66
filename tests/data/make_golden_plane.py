#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""Packs golden values of the information-plane estimators for the tests.

make_golden_plane.py FOLDER

FOLDER holds golden_a.h5, golden_a_official.h5 and golden_a.json.  Written beside this script:

golden-plane.bin   matrices, one after another: a line "NAME f4|f8|i8 ROWS COLUMNS\\n", then the
                   numbers, little endian, row by row, then "\\n"
golden-plane.tsv   one line per value: case, estimator, parameters (name=value;…, a ; inside as |),
                   quantity, unit, value, kind, relative tolerance (empty: counting)
"""
import json
import pathlib
import sys

import h5py
import numpy as np

TYPES = {"f4": "<f4", "f8": "<f8", "i8": "<i8"}


def matrices(path, prefix):
    found = []

    def visit(name, item):
        if isinstance(item, h5py.Dataset):
            found.append((prefix + name, item[()]))

    with h5py.File(path) as file:
        file.visititems(visit)
    return found


def kind_of(array):
    if array.dtype == np.float32:
        return "f4"
    return "f8" if array.dtype.kind == "f" else "i8"


def write_matrices(out, folder):
    with open(out, "wb") as stream:
        for name, array in (matrices(folder / "golden_a.h5", "")
                            + matrices(folder / "golden_a_official.h5", "official/")):
            kind = kind_of(array)
            array = array.reshape(array.shape[0], -1)
            stream.write(f"{name} {kind} {array.shape[0]} {array.shape[1]}\n".encode())
            stream.write(np.ascontiguousarray(array, TYPES[kind]).tobytes() + b"\n")


def text(value):
    return value if isinstance(value, str) else json.dumps(value, separators=(",", ":"))


def write_values(out, folder):
    values = json.loads((folder / "golden_a.json").read_text())["values"]
    with open(out, "w", encoding="utf-8") as stream:
        for row in values:
            parameters = ";".join(f"{k}={text(v).replace(';', '|')}"
                                  for k, v in row["params"].items())
            fields = (row["case"], row["estimator"], parameters, row["quantity"], row["unit"],
                      text(row["value"]), row["kind"], text(row.get("tol_rel", "")))
            stream.write("\t".join(fields) + "\n")


def main():
    folder = pathlib.Path(sys.argv[1])
    here = pathlib.Path(__file__).parent
    write_matrices(here / "golden-plane.bin", folder)
    write_values(here / "golden-plane.tsv", folder)


if __name__ == "__main__":
    main()
