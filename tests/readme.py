#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""The recorders in README.md and doc/format.md work as printed, and links lead somewhere:

    readme.py README.md INFOPLANE_CLI
"""
import json
import os
import pathlib
import re
import subprocess
import sys
import tempfile

import numpy as np


def find_broken_links(root):
    for page in (*root.glob("*.md"), *root.glob("doc/*.md"), *root.glob("data/**/*.md")):
        for link in re.findall(r"\]\(([^)#:]+)\)", page.read_text(encoding="utf-8")):
            if not (page.parent / link).exists():
                yield f"{page.relative_to(root)}: {link}"


def main():
    readme, cli = (pathlib.Path(argument).resolve() for argument in sys.argv[1:])
    broken = list(find_broken_links(readme.parent))
    assert not broken, broken
    sys.path.insert(0, str(readme.parent / "data/recorder"))
    sys.dont_write_bytecode = True
    trained = []
    inputs = np.arange(64.0).reshape(32, 2)
    names = {
        "inputs": inputs,
        "labels": np.arange(32) % 2,
        "answers": lambda x: {"fc1": np.tanh(x / 64 * len(trained)), "output": x[:, :1] / 64},
        "train_one_epoch": lambda: trained.append(0),
        "loss": lambda: 1.0,
        "accuracy": lambda: 0.5,
    }
    check_dump(run_example(readme, names, cli), [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 13, 15, 18,
                                                 21, 24, 27, 32, 37, 42, 49, 56, 65, 75, 87, 100])
    assert len(trained) == 100

    trained.clear()
    names.update(epochs=[0, 1, 10], layers={"fc1": "tanh", "output": "softmax"},
                 train_until=trained.append, activations=names["answers"])
    check_dump(run_example(readme.parent / "doc/format.md", names, cli), [0, 1, 10])
    assert trained == [0, 1, 10]


def run_example(page, names, cli):
    """Runs the first example of the page, and returns what the program says of its run.h5."""
    code = re.search(r"```python\n(.*?)```", page.read_text(encoding="utf-8"), re.DOTALL)[1]
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        exec(code, names)
        text = subprocess.run([cli, "inspect", "--json", "run.h5"], check=True,
                              capture_output=True, text=True).stdout
    return json.loads(text)


def check_dump(dump, epochs):
    assert dump["format"] == "infoplane-dump 1", dump
    assert dump["epochs"] == epochs and dump["samples"] == 32, dump
    assert [layer["name"] for layer in dump["layers"]] == ["fc1", "output"], dump
    assert dump["layers"][0]["activation"] == "tanh", dump
    assert dump["labels"]["classes"] == 2 and dump["warnings"] == [], dump


if __name__ == "__main__":
    main()
