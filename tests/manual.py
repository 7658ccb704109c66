#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""The manual page names the options that exist, and no other: manual.py infoplane-cli.1 CLI"""
import pathlib
import re
import subprocess
import sys

COMMANDS = ((), ("inspect",), ("estimators",), ("estimate",), ("measure",), ("plot",),
            ("recipe",), ("merge",), ("store",))
OPTION = re.compile(r"(?<![\w-])--?[a-z][a-z-]*")


def main():
    page, cli = sys.argv[1:]
    text = pathlib.Path(page).read_text(encoding="utf-8").replace("\\-", "-")
    described = set(OPTION.findall(text))
    existing = {"--version"}
    for command in COMMANDS:
        run = subprocess.run([cli, *command, "--help"], check=True, capture_output=True, text=True)
        existing.update(OPTION.findall(run.stdout))
    assert existing == described, (f"not in {page}: {sorted(existing - described)}; "
                                   f"only there: {sorted(described - existing)}")


if __name__ == "__main__":
    main()
