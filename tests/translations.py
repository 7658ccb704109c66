#!/usr/bin/env python3
# SPDX-License-Identifier: GPL-3.0-or-later
# SPDX-FileCopyrightText: 2026 The Infoplane developers
"""Every text that users see can be translated, and is: translations.py SOURCE_ROOT CLI WINDOW

After changes of texts: ninja -C build infoplane-pot infoplane-update-po, then translate what is
new in po/*.po.
"""
import ast
import os
import pathlib
import re
import subprocess
import sys
import tempfile

MARK = re.compile(r'\b(?:N?C?_|N_|ngettext|g_dngettext|g_dpgettext2) ?\(\s*(?:NULL, )?"')
KEYWORDS = ("_", "N_", "C_:1c,2", "NC_:1c,2", "g_dcgettext:2", "g_dngettext:2,3",
            "g_dpgettext2:2c,3")


def read_listed(root):
    lines = (root / "po/POTFILES.in").read_text(encoding="utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def find_marked(root):
    for path in [*(root / "src").rglob("*.[ch]"), *(root / "ui").rglob("*.ui")]:
        text = path.read_text(encoding="utf-8")
        if ("translatable=" in text) if path.suffix == ".ui" else MARK.search(text):
            yield path.relative_to(root).as_posix()


def parse(text):
    """Entries of a PO file: {(context, id): (translations, is fuzzy)} without the header."""
    entries = {}
    for block in re.split(r"\n\s*\n", text):
        block = re.sub(r"^#~.*\n?", "", block, flags=re.MULTILINE)
        fields, key = {}, None
        for line in block.splitlines():
            match = re.match(r'(msg\w+(?:\[\d\])?) +(".*")$', line)
            if match:
                key = match[1]
                fields[key] = ""
            quoted = match[2] if match else line
            if key and quoted.startswith('"'):
                fields[key] += ast.literal_eval(quoted)
        if fields.get("msgid"):
            translations = [v for k, v in sorted(fields.items()) if k.startswith("msgstr")]
            fuzzy = re.search(r"^#,.*\bfuzzy\b", block, re.MULTILINE) is not None
            entries[fields.get("msgctxt"), fields["msgid"]] = translations, fuzzy
    return entries


def extract(root):
    command = ["xgettext", "--from-code=UTF-8", "--files-from=po/POTFILES.in", "--output=-"]
    command += [f"--keyword={keyword}" for keyword in KEYWORDS]
    run = subprocess.run(command, cwd=root, check=True, capture_output=True, text=True)
    return parse(run.stdout)


def files_are_listed(root):
    listed = read_listed(root)
    yield from (f"{name} is not in po/POTFILES.in" for name in find_marked(root)
                if name not in listed)
    yield from (f"{name} is in po/POTFILES.in, but does not exist" for name in listed
                if not (root / name).is_file())


def texts_are_whole(root):
    yield from (f"cut at a macro: “{text}”" for _, text in extract(root)
                if re.search(r"%[-0-9.]*$", text))


def template_is_current(root):
    template = parse((root / "po/infoplane.pot").read_text(encoding="utf-8"))
    texts = extract(root)
    yield from (f"not in the template: “{text}”" for _, text in texts.keys() - template.keys())
    yield from (f"no longer used: “{text}”" for _, text in template.keys() - texts.keys())


def languages_are_complete(root):
    texts = extract(root)
    for language in (root / "po/LINGUAS").read_text(encoding="utf-8").split():
        path = root / f"po/{language}.po"
        run = subprocess.run(["msgfmt", "--check", "--output-file=/dev/null", path],
                             capture_output=True, text=True)
        yield from run.stderr.splitlines()
        done = {key for key, (translations, fuzzy) in
                parse(path.read_text(encoding="utf-8")).items() if all(translations) and not fuzzy}
        yield from (f"{language}: “{text}”" for _, text in texts.keys() - done)


def programs_speak_german(root):
    german = parse((root / "po/de.po").read_text(encoding="utf-8"))
    cli, window = sys.argv[2:]
    with tempfile.NamedTemporaryFile(suffix=".h5") as empty:
        for command, text in (
            ((cli, "--help"), "Write a figure"),
            ((cli, "inspect", empty.name), "the file is empty"),  # said by the reader
            ((window, "--help"), "Print the version and exit"),
        ):
            run = subprocess.run(command, env=os.environ | {"LANGUAGE": "de"}, text=True,
                                 stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            [translation] = german[None, text][0]
            if translation not in run.stdout:
                yield f"{' '.join(command)} does not say “{translation}”: {run.stdout}"


RULES = (files_are_listed, texts_are_whole, template_is_current, languages_are_complete,
         programs_speak_german)


def main():
    root = pathlib.Path(sys.argv[1])
    print(f"1..{len(RULES)}")
    for number, rule in enumerate(RULES, 1):
        broken = list(rule(root))
        print(f"{'not ok' if broken else 'ok'} {number} {rule.__name__.replace('_', ' ')}")
        for line in broken:
            print("#", line.replace("\n", " "))


if __name__ == "__main__":
    main()
