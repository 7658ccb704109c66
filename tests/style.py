#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""Rules of the source tree that no compiler checks: style.py SOURCE_ROOT

Prints one TAP case per rule with the places that break it.
"""
import pathlib
import re
import sys

ROOMS = {
    0: ("numerics", "estimators"),
    1: ("dump", "reader", "jobs", "figure", "session"),
    2: ("app", "cli"),
}
TIER = {room: tier for tier, rooms in ROOMS.items() for room in rooms}
INCLUDE = re.compile(r'^\s*#\s*include\s*([<"])([^>"]+)[>"]', re.MULTILINE)
PLAIN_C = re.compile(r"(std\w+|string|math|float|limits|errno|inttypes|assert|tgmath|complex|fenv"
                     r"|ctype|locale|threads|pthread|time"
                     r"|cblas|lapacke|openblas_config|immintrin|\w*mmintrin|cpuid)\.h")
SUFFIXES = {".c", ".h", ".py", ".ui", ".css", ".build", ".xml", ".in", ".sh", ".supp", ".md"}
TOP = ("src", "ui", "data", "tests", "po", "flatpak", "doc", ".ci")


class Tree:
    def __init__(self, root):
        paths = [p for top in TOP for p in (root / top).rglob("*")] + list(root.glob("*"))
        self.text = {}
        for path in sorted(paths):
            name = path.relative_to(root).as_posix()
            if path.is_file() and (path.suffix in SUFFIXES or name in ("dev", ".ci/run")):
                self.text[name] = path.read_text(encoding="utf-8")

    def sources(self, *suffixes):
        return {n: t for n, t in self.text.items() if n.endswith(suffixes or (".c", ".h"))}

    def lines(self, *suffixes):
        for name, text in self.sources(*suffixes).items():
            for number, line in enumerate(text.splitlines(), 1):
                yield f"{name}:{number}", line


def room_of(name):
    parts = name.split("/")
    return parts[1] if parts[0] == "src" and len(parts) > 2 else None


def includes(tree):
    for name, text in tree.sources().items():
        for bracket, header in INCLUDE.findall(text):
            yield name, room_of(name), bracket, header


def tier_0_is_plain_c(tree):
    for name, room, bracket, header in includes(tree):
        if TIER.get(room) == 0 and bracket == "<" and not PLAIN_C.fullmatch(header):
            yield f"{name} includes <{header}>"


def no_gtk_below_the_application(tree):
    for name, room, _, header in includes(tree):
        if room in TIER and room != "app" and re.match(r"(gtk|gdk|gsk|adwaita|graphene)", header):
            yield f"{name} includes {header}"


def only_the_reader_includes_hdf5(tree):
    others = ("tests/make-dumps.c",) + tuple(
        f"tests/bench/bench-{name}.c" for name in ("frames", "reading", "window")
    )
    for name, room, _, header in includes(tree):
        if re.match(r"(hdf5|H5)", header) and room != "reader" and name not in others:
            yield f"{name} includes {header}"


def includes_point_down_the_tiers(tree):
    home = {n.rsplit("/", 1)[1]: room_of(n) for n in tree.sources(".h") if room_of(n)}
    for name, room, _, header in includes(tree):
        other = home.get(header)
        if room in TIER and other in TIER and TIER[other] > TIER[room]:
            yield f"{name} includes {header} of {other}/"


def every_file_has_a_licence(tree):
    for name, text in tree.sources(".c", ".h", ".py", ".ui", ".css", ".build", ".xml", ".in",
                                   ".sh", "dev", ".ci/run").items():
        if not name.endswith("POTFILES.in") and "SPDX-License-Identifier:" not in text[:400]:
            yield name


def headers_guard_with_pragma_once(tree):
    for name, text in tree.sources(".h").items():
        if "#pragma once" not in text:
            yield name


def lines_fit_100_columns(tree):
    for place, line in tree.lines(".c", ".h", ".py", ".build"):
        if len(line) > 100:
            yield f"{place} has {len(line)}"


def no_tabs_or_trailing_space(tree):
    for place, line in tree.lines(".c", ".h", ".py", ".build", ".ui", ".css"):
        if "\t" in line or line != line.rstrip():
            yield place


def nothing_left_over(tree):
    for place, line in tree.lines(".c", ".h", ".ui", ".build", ".md"):
        if re.search(r"\b(TODO|FIXME|XXX|HACK)\b", line):
            yield place


TOLD = {
    "unit": r"\bnats\b|pure numbers",
    "shapes": r"\bN x d\b|\bN x m\b|\bd units\b|any d\b",
    "defaults": r"Defaults?:|no parameters",
    "bias": r"Bias",
    "where it fails": r"\b[Ff]ails\b",
    "source": r"doi:10\.|arXiv:\d",
    "time": r"Time",
    "memory": r"[Mm]emory",
}


def every_estimator_is_described(tree):
    for name, text in tree.sources(".c").items():
        if re.search(r"^const IpEstimator ip_\w+ = {", text, re.MULTILINE):
            comments = re.findall(r"/\*.*?\*/", text, re.DOTALL)
            for what, pattern in TOLD.items():
                if not re.search(pattern, comments[1]):
                    yield f"{name} does not tell {what}"


RULES = (
    tier_0_is_plain_c,
    no_gtk_below_the_application,
    only_the_reader_includes_hdf5,
    includes_point_down_the_tiers,
    every_file_has_a_licence,
    headers_guard_with_pragma_once,
    lines_fit_100_columns,
    no_tabs_or_trailing_space,
    nothing_left_over,
    every_estimator_is_described,
)


def main():
    tree = Tree(pathlib.Path(sys.argv[1]))
    print(f"1..{len(RULES)}")
    for number, rule in enumerate(RULES, 1):
        broken = list(rule(tree))
        print(f"{'not ok' if broken else 'ok'} {number} {rule.__name__.replace('_', ' ')}")
        for place in broken:
            print(f"# {place}")


if __name__ == "__main__":
    main()
