"""Whether a mention is denied, past, only thought of or of someone else: ours beside medspaCy's ConText, in one run.

python benchmarks/assertion.py --gold FILE [--half A|B|all] [--json FILE]

The gold is a file of JSON lines with one mention each: "sentence", "concept" and what annotators said of it, "negation"
(Negated or not), "temporality" (Recent, Historical, "Not particular") and "experiencer" (Patient or another). The
sets that are public (Chapman's ConText sentences) are not part of the project: the path is given. A figure is the F1
of one label over all mentions, with precision and recall. "Historical" is what began before the present episode, so
that two of our statuses count as it: what is over, which a claim must tell apart, and what is of longer standing. Half
A is every other line from the first: develop on A, report B and all. medspaCy is installed on first use, into a cache;
where it cannot be had, it is left out and said so.
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine
from benchmarks.reading.debian import NotToBeHad
from benchmarks.reading.engines import environment
from chartstream.coding.assertion.assertion import Asserter, Status

_PEER = Path(__file__).parent / "asserting"
_FILE_WIDTH = 140  # characters of a line where the output goes to a file

GOLD_LABELS: Mapping[str, Callable[[Mapping[str, str]], bool]] = {
    "Negated": lambda row: row["negation"] == "Negated",
    "Historical": lambda row: row["temporality"] == "Historical",
    "Not particular": lambda row: row["temporality"] == "Not particular",
    "Other experiencer": lambda row: row["experiencer"] != "Patient",
}
_OURS = {
    Status.NEGATED: "Negated",
    Status.HISTORICAL: "Historical",
    Status.LONGSTANDING: "Historical",
    Status.HYPOTHETICAL: "Not particular",
    Status.FAMILY: "Other experiencer",
    Status.OTHER: "Other experiencer",
}
_MEDSPACY = {
    "is_negated": "Negated",
    "is_historical": "Historical",
    "is_hypothetical": "Not particular",
    "is_family": "Other experiencer",
}


@dataclass(frozen=True, slots=True)
class Mention:
    """A concept in its sentence; ``text[begin:end]`` in code points, and the labels that hold of it."""

    text: str
    begin: int
    end: int
    labels: frozenset[str]


@dataclass(frozen=True, slots=True)
class Answers:
    """What a tool said of each mention, and how long it took for all."""

    version: str
    labels: Sequence[frozenset[str]]
    seconds: float


def read_gold(path: Path, half: str) -> list[Mention]:
    """The mentions of a half. One whose concept is not in its sentence stands for the whole sentence."""
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines() if line.strip()]
    chosen = {"A": rows[0::2], "B": rows[1::2], "all": rows}[half]
    return [_mention(row) for row in chosen]


def _mention(row: Mapping[str, str]) -> Mention:
    text, concept = row["sentence"], row["concept"].strip()
    # The concept is in capitals where it is meant, and may occur elsewhere as well.
    found = (
        re.search(rf"(?<!\w){re.escape(concept.upper())}(?![\w'])", text)
        or re.search(re.escape(concept), text, re.IGNORECASE)
        or re.search(r"(?s).*", text)
    )
    assert found is not None
    labels = frozenset(name for name, holds in GOLD_LABELS.items() if holds(row))
    return Mention(text, found.start(), found.end(), labels)


def ours(mentions: Sequence[Mention]) -> Answers:
    """Chartstream's assertion, as the coding engine uses it."""
    asserter = Asserter.read()
    started = time.perf_counter()
    found = [
        asserter.assertion(m.text, m.begin, m.end, [(m.begin, m.end)], (0, len(m.text))).statuses for m in mentions
    ]
    seconds = time.perf_counter() - started
    return Answers("this one", [_named(statuses, _OURS) for statuses in found], seconds)


def medspacy(mentions: Sequence[Mention]) -> Answers:
    """medspaCy's ConText with the rules it comes with. Raises ``NotToBeHad``."""
    python = environment("medspacy", _PEER / "requirements-medspacy.txt")
    asked = json.dumps([{"text": m.text, "begin": m.begin, "end": m.end} for m in mentions])
    command = [str(python), str(_PEER / "medspacy_worker.py")]
    ended = subprocess.run(command, input=asked, check=False, capture_output=True, text=True)
    if ended.returncode:
        last = (ended.stderr.strip().splitlines() or ["no reason given"])[-1]
        raise NotToBeHad(f"medspaCy ended: {last}")
    said = json.loads(ended.stdout)
    return Answers(said["version"], [_named(names, _MEDSPACY) for names in said["answers"]], said["seconds"])


def _named(said: Iterable[Any], names: Mapping[Any, str]) -> frozenset[str]:
    return frozenset(names[each] for each in said if each in names)


def figures(mentions: Sequence[Mention], answers: Answers) -> dict[str, dict[str, float]]:
    """Of each label how many mentions have it, precision, recall and F1 (0 where nothing was found)."""
    found: dict[str, dict[str, float]] = {}
    for label in GOLD_LABELS:
        pairs = [(label in m.labels, label in said) for m, said in zip(mentions, answers.labels, strict=True)]
        right = sum(gold and said for gold, said in pairs)
        golds, saids = sum(gold for gold, _ in pairs), sum(said for _, said in pairs)
        found[label] = {
            "mentions": golds,
            "precision": right / saids if saids else 0.0,
            "recall": right / golds if golds else 0.0,
            "f1": 2 * right / (golds + saids) if golds + saids else 0.0,
        }
    return found


def _show(found: Mapping[str, Any], console: Console) -> None:
    console.print(", ".join(f"{name} {value}" for name, value in found["machine"].items()))
    table = Table("Label", "Mentions", title=f"F1 (precision, recall), half {found['half']}")
    for name, tool in found["tools"].items():
        table.add_column(f"{name}\n{tool['version']}", justify="right")
    for label in GOLD_LABELS:
        cells = [tool["labels"][label] for tool in found["tools"].values()]
        shown = [f"{c['f1']:.3f} ({c['precision']:.2f}, {c['recall']:.2f})" for c in cells]
        table.add_row(label, str(cells[0]["mentions"]), *shown)
    table.add_row("ms a mention", "", *(f"{tool['ms_a_mention']:.2f}" for tool in found["tools"].values()))
    console.print(table)


def main() -> int:
    """Measure, print, and exit with status 0, also where there is no gold to measure on: then it says so."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--gold", type=Path, required=True, metavar="FILE", help="annotated mentions, JSON lines")
    parser.add_argument("--half", choices=("A", "B", "all"), default="all", help="develop on A, report B and all")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    options, console = parser.parse_args(), Console()
    if not console.is_terminal:
        console = Console(width=_FILE_WIDTH)
    if not options.gold.is_file():
        console.print(f"Skipped: there is no gold at {options.gold}.")
        return 0
    what, mentions = machine(()), read_gold(options.gold, options.half)
    found: dict[str, Any] = {"machine": what, "half": options.half, "tools": {}}
    for name, tool in (("chartstream", ours), ("medspaCy ConText", medspacy)):
        try:
            answers = tool(mentions)
        except NotToBeHad as error:
            console.print(f"{name} is left out: {error}")
            continue
        found["tools"][name] = {
            "version": answers.version,
            "labels": figures(mentions, answers),
            "ms_a_mention": answers.seconds * 1000 / len(mentions),
        }
    _show(found, console)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
