"""Tesseract as Debian packages it, with page orientation (``--psm 1``), as text with places (TSV)."""

import csv
import subprocess
import sys
from itertools import groupby

from protocol import Lines, Read, serve


def load() -> tuple[str, Read]:
    """The program is named on the command line; its libraries and data are in the environment."""
    program = sys.argv[1]
    named = subprocess.run([program, "--version"], check=True, capture_output=True, text=True).stdout.splitlines()[0]

    def read(path: str) -> tuple[Lines, tuple[int, int]]:
        command = [program, path, "-", "--psm", "1", "tsv"]
        ended = subprocess.run(command, check=False, capture_output=True, text=True)
        if ended.returncode:  # orientation cannot be told on some pages, and then nothing is read
            ended = subprocess.run([*command[:-2], "3", "tsv"], check=True, capture_output=True, text=True)
        rows = list(csv.DictReader(ended.stdout.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE))
        words = [row for row in rows if row["level"] == "5" and row["text"].strip()]
        lines = []
        for _, group in groupby(words, key=lambda row: (row["block_num"], row["par_num"], row["line_num"])):
            row = list(group)
            sides = [(int(w["left"]), int(w["top"]), int(w["width"]), int(w["height"])) for w in row]
            text = " ".join(w["text"] for w in row)
            right, low = max(x + w for x, _, w, _ in sides), max(y + h for _, y, _, h in sides)
            lines.append(
                (text, float(min(s[0] for s in sides)), float(min(s[1] for s in sides)), float(right), float(low))
            )
        page = next(row for row in rows if row["level"] == "1")
        return lines, (int(page["width"]), int(page["height"]))

    return named, read


serve(load)
