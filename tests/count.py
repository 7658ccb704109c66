#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""Counts the cases of a meson test run: count.py build/meson-logs/testlog.json

A program that speaks TAP counts by its cases, any other one as a single case.  A program that
failed without a failed case (it crashed, hung or stopped early) is a failure of its own.
"""
import json
import pathlib
import re
import sys

CASE = re.compile(r"^(not )?ok\b(?:.*# *(SKIP|TODO))?", re.MULTILINE | re.IGNORECASE)
FAILED_CASE = re.compile(r"^(?:not ok|Bail out!).*\n(?:#.*\n)*", re.MULTILINE)


def count(run):
    good = run["result"] in ("OK", "EXPECTEDFAIL", "SKIP")
    cases = [(bool(bad), note.upper()) for bad, note in CASE.findall(run.get("stdout") or "")]
    if not cases:
        return (0, 0, 1) if run["result"] == "SKIP" else (int(good), int(not good), 0)
    skipped = sum(note == "SKIP" for _, note in cases)
    failed = sum(bad and not note for bad, note in cases)
    passed = len(cases) - skipped - failed
    return passed, failed if good else max(failed, 1), skipped


def main():
    log = pathlib.Path(sys.argv[1])
    lines = log.read_text(encoding="utf-8").splitlines() if log.exists() else []
    runs = [json.loads(line) for line in lines]
    counts = [count(run) for run in runs]
    for run, (_, failed, _) in zip(runs, counts):
        if failed:
            print(f"failed: {run['name']} ({run['result']})")
            print("".join(FAILED_CASE.findall(run.get("stdout") or "")), end="")
    passed, failed, skipped = (sum(column) for column in zip(*counts)) if counts else (0, 0, 0)
    print(f"{passed} passed, {failed} failed" + (f", {skipped} skipped" if skipped else ""))
    return 1 if failed or not counts else 0


if __name__ == "__main__":
    sys.exit(main())
