#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""The recorder in README.md works as printed, and links of documents lead somewhere:
readme.py README.md INFOPLANE_CLI"""
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
    code = re.search(r"```python\n(.*?)```", readme.read_text(encoding="utf-8"), re.DOTALL)[1]
    trained = []
    names = {
        "inputs": np.arange(64.0).reshape(32, 2),
        "labels": np.arange(32) % 2,
        "epochs": [0, 1, 10],
        "layers": {"fc1": "tanh", "output": "softmax"},
        "train_until": trained.append,
        "activations": lambda x: {"fc1": np.tanh(x / 64 * len(trained)), "output": x[:, :1] / 64},
    }
    with tempfile.TemporaryDirectory() as folder:
        os.chdir(folder)
        exec(code, names)
        assert trained == names["epochs"]
        text = subprocess.run([cli, "inspect", "--json", "run.h5"], check=True,
                              capture_output=True, text=True).stdout
    dump = json.loads(text)
    assert dump["format"] == "infoplane-dump 1", dump
    assert dump["epochs"] == [0, 1, 10] and dump["samples"] == 32, dump
    assert [layer["name"] for layer in dump["layers"]] == ["fc1", "output"], dump
    assert dump["layers"][0]["activation"] == "tanh", dump
    assert dump["labels"]["classes"] == 2 and dump["warnings"] == [], dump


if __name__ == "__main__":
    main()
