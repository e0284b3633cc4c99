"""How fast notes are coded, in how much memory: ours beside medspaCy with a target matcher, in one run, on one core.

python benchmarks/coding.py [--gold FILE] [--notes N] [--peer-terms N] [--json FILE]

The notes are the project's own charts (benchmarks/charts) and those of ``--gold``, a file of JSON lines with a "text"
each. Their sections are found beforehand. Ours has the whole code set loaded; the claim profile reads problems, the
corpus profile every sentence, as medspaCy does. medspaCy gets as many terms as ``--peer-terms`` says, the first of the
product's own and of the tabular list's; it is installed on first use, into a cache; where it cannot be had, it is left
out and said so.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from itertools import chain, cycle, islice
from pathlib import Path
from typing import Any

import psutil
from rich.console import Console
from rich.table import Table

from benchmarks.machine import machine
from benchmarks.matching.notes import Note, gold_notes, joined, own_notes
from benchmarks.reading.debian import NotToBeHad
from benchmarks.reading.engines import environment
from chartstream import codesets
from chartstream.coding import CodingEngine, Context, Profile, Setting
from chartstream.coding.lexicon.terms import own_terms

LENGTHS = (10_000, 20_000, 50_000, 100_000)
"""Characters of the long notes."""

_TYPICAL = range(1_000, 1_401)  # characters of a note of "1.2 kB"
_RUNS = 5
_WARM_UP = 2_000  # notes after which memory is measured for the first time
_LETTERS = "bcdfghklmnprst"
_FILE_WIDTH = 140
_REQUIREMENTS = Path(__file__).parent / "asserting" / "requirements-medspacy.txt"
_WORKER = Path(__file__).parent / "matching" / "medspacy_worker.py"
_LOADING = """
import json, time
started = time.perf_counter()
from chartstream.coding import CodingEngine
imported = time.perf_counter()
engine = CodingEngine.load()
loaded = time.perf_counter()
import psutil
print(json.dumps({"import_seconds": imported - started, "load_seconds": loaded - imported,
                  "resident_mb": psutil.Process().memory_info().rss / 2**20}))
"""


def seconds_of(engine: CodingEngine, note: Note, profile: Profile) -> float:
    """Processor seconds, the best of several runs: what else the machine was doing counts for little."""
    context = Context(Setting.PROFESSIONAL, engine.codes.release.effective_to, profile=profile)
    document, best = note.document(), float("inf")
    for _ in range(_RUNS):
        started = time.process_time()
        engine.code_note([document], context)
        best = min(best, time.process_time() - started)
    return best


def memory(engine: CodingEngine, notes: Sequence[Note], count: int) -> dict[str, float]:
    """Resident megabytes after the first notes and after all of them; each note has a word that no other has."""
    context = Context(Setting.PROFESSIONAL, engine.codes.release.effective_to, profile=Profile.CORPUS)
    process, early = psutil.Process(), 0.0
    started = time.perf_counter()
    for number, note in enumerate(islice(cycle(notes), count)):
        engine.code_note([note.document(f"\nSeen with {_word(number)}.")], context)
        if number == min(_WARM_UP, count - 1):
            early = process.memory_info().rss / 2**20
    return {
        "notes": count,
        "early_mb": early,
        "late_mb": process.memory_info().rss / 2**20,
        "notes_a_second": count / (time.perf_counter() - started),
    }


def _word(number: int) -> str:
    """A word of its own for every number."""
    word = ""
    for _ in range(6):
        number, at = divmod(number, len(_LETTERS))
        word += _LETTERS[at] + "aeiou"[at % 5]
    return word


def loading() -> dict[str, float]:
    """Seconds and megabytes of a new process that loads the engine from a warm cache."""
    ended = subprocess.run([sys.executable, "-c", _LOADING], check=True, capture_output=True, text=True)
    found: dict[str, float] = json.loads(ended.stdout)
    return found


def peer(notes: Sequence[Note], terms: Sequence[str]) -> dict[str, Any]:
    """medspaCy's seconds for each note. Raises ``NotToBeHad`` where it cannot be installed or ends early."""
    python = environment("medspacy", _REQUIREMENTS)
    asked = json.dumps({"terms": terms, "notes": [note.text for note in notes]})
    ended = subprocess.run(
        [str(python), str(_WORKER)],
        input=asked,
        check=False,
        capture_output=True,
        text=True,
        env={**os.environ, "OMP_NUM_THREADS": "1"},
    )
    if ended.returncode:
        raise NotToBeHad(f"medspaCy ended: {(ended.stderr.strip().splitlines() or ['no reason given'])[-1]}")
    answer: dict[str, Any] = json.loads(ended.stdout)
    return answer


def peer_terms(count: int) -> list[str]:
    """The first terms of the product's own and of the tabular list's descriptions and inclusion terms."""
    codes = codesets.load()
    entries = (entry for name in codes if (entry := codes.get(name)) is not None)
    listed = chain.from_iterable((entry.description, *entry.inclusion_terms) for entry in entries)
    own = (term for _, _, term in own_terms())
    return list(islice(dict.fromkeys(chain(own, listed)), count))


def measure(options: argparse.Namespace, console: Console) -> dict[str, Any]:
    """All figures; times in milliseconds."""
    os.sched_setaffinity(0, {min(os.sched_getaffinity(0))})
    what = machine(("hypothesis", "psutil"))
    load = loading()
    engine = CodingEngine.load()
    notes = [*own_notes(), *(gold_notes(options.gold) if options.gold else ())]
    ours = {profile.value: [seconds_of(engine, note, profile) * 1000 for note in notes] for profile in Profile}
    found: dict[str, Any] = {
        "machine": what,
        "notes": len(notes),
        "median_length": statistics.median(len(note.text) for note in notes),
        "ours": {name: figures(times, notes) for name, times in ours.items()},
        "long": {
            name.value: {length: seconds_of(engine, joined(notes, length), name) * 1000 for length in LENGTHS}
            for name in Profile
        },
        "loading": load,
    }
    console.log("long notes measured")
    found["memory"] = memory(engine, notes, options.notes)
    console.log("memory measured")
    try:
        answer = peer(notes, terms := peer_terms(options.peer_terms))
    except NotToBeHad as error:
        console.log(f"medspaCy is left out: {error}")
        return found
    theirs = [seconds * 1000 for seconds in answer["seconds"]]
    found["peer"] = {
        **figures(theirs, notes),
        "version": answer["version"],
        "terms": len(terms),
        "load_seconds": answer["load_seconds"],
        "resident_mb": answer["resident_mb"],
        "times_ours": {
            name: statistics.median(their / our for their, our in zip(theirs, times, strict=True))
            for name, times in ours.items()
        },
    }
    return found


def figures(times: Sequence[float], notes: Sequence[Note]) -> dict[str, float | None]:
    """Median, 95th percentile and the median of typical notes (1.2 kB)."""
    typical = [each for each, note in zip(times, notes, strict=True) if len(note.text) in _TYPICAL]
    return {
        "p50": statistics.median(times),
        "p95": statistics.quantiles(times, n=20)[-1],
        "typical": statistics.median(typical) if typical else None,
    }


def show(found: dict[str, Any], console: Console) -> None:
    """Print the figures as tables."""
    console.print(", ".join(f"{name} {value}" for name, value in found["machine"].items()))
    table = Table(
        title=f"Milliseconds of one core a note; {found['notes']} notes of {found['median_length']:.0f} characters"
    )
    for column in ("", "median", "95 %", "1.2 kB", "times ours"):
        table.add_column(column, justify="left" if not column else "right")
    ratios = found.get("peer", {}).get("times_ours", {})
    for name, each in found["ours"].items():
        table.add_row(f"Chartstream, {name} profile", *_cells(each), "1")
    if "peer" in found:
        ratio = ", ".join(f"{value:.0f} ({name})" for name, value in ratios.items())
        table.add_row(f"{found['peer']['version']}, {found['peer']['terms']} terms", *_cells(found["peer"]), ratio)
    console.print(table)
    for name, long in found["long"].items():
        each = (
            f"{int(length) // 1000} kB {ms:.1f} ms ({ms / int(length) * 1000:.2f} a kB)" for length, ms in long.items()
        )
        console.print(f"Long notes, {name} profile: {', '.join(each)}")
    load, used = found["loading"], found["memory"]
    console.print(
        f"Loading: {load['load_seconds']:.2f} s and {load['import_seconds']:.2f} s for imports; "
        f"{load['resident_mb']:.0f} MB resident"
    )
    console.print(
        f"Memory: {used['early_mb']:.0f} MB after {_WARM_UP} notes, {used['late_mb']:.0f} MB after {used['notes']}; "
        f"{used['notes_a_second']:.0f} notes a second"
    )


def _cells(each: dict[str, float | None]) -> Iterable[str]:
    return ("" if (value := each[name]) is None else f"{value:.2f}" for name in ("p50", "p95", "typical"))


def main() -> int:
    """Measure, print, and exit with status 0."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n\n")[0])
    parser.add_argument("--gold", type=Path, metavar="FILE", help="JSON lines with a text each, timed beside our own")
    parser.add_argument("--notes", type=int, default=20_000, help="how many are coded to see whether memory grows")
    parser.add_argument("--peer-terms", type=int, default=20_000, help="terms of medspaCy's target matcher")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the figures there as well")
    options, console = parser.parse_args(), Console()
    if not console.is_terminal:
        console = Console(width=_FILE_WIDTH)
    found = measure(options, console)
    show(found, console)
    if options.json:
        options.json.write_text(json.dumps(found, indent=2) + "\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
