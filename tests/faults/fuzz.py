"""`make fuzz`: changed files of all types through the real intake, in the real sandbox, and what it accepts through
the readers of extraction.

    python -m tests.faults.fuzz [--files 20000] [--seed N] [--workers 2] [--json FILE]

Fails on any exception that is not a rejection, and on any file that takes longer than the policy grants it.
"""

from __future__ import annotations

import argparse
import json
import multiprocessing
import random
import sys
import time
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass, field, fields
from functools import cache
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from chartstream.errors import Rejected
from chartstream.events.documents import AcceptedDocument, NoteAccepted, NoteRejected
from chartstream.events.head import ClaimCheck, Event
from chartstream.events.review import ReviewRequested
from chartstream.extraction.engines.engine import Image, OcrPage
from chartstream.extraction.reader import read
from chartstream.intake.policy import default_policy
from chartstream.intake.sandbox import SandboxedInspector
from chartstream.intake.stage import IntakeStage
from tests.faults import fuzz_seeds, page_seeds
from tests.faults.mutation import mutated
from tests.unit.builders import DictStore, FixedClock, note, submitted

GRACE_SECONDS = 3.0
"""Beyond the policy's seconds: to end the child, and to start the next."""

_BATCH = 50


@dataclass(slots=True)
class Tally:
    """What became of the files that began as one seed."""

    files: int = 0
    outcomes: Counter[str] = field(default_factory=Counter)
    deaths: int = 0
    slowest: float = 0.0
    slowest_reading: float = 0.0
    megabytes: float = 0.0
    failures: list[str] = field(default_factory=list)

    def add(self, other: Tally) -> None:
        """Take in what another worker counted."""
        self.files += other.files
        self.outcomes.update(other.outcomes)
        self.deaths += other.deaths
        self.slowest = max(self.slowest, other.slowest)
        self.slowest_reading = max(self.slowest_reading, other.slowest_reading)
        self.megabytes = max(self.megabytes, other.megabytes)
        self.failures.extend(other.failures)


class NoOcr:
    """Reads nothing, so that all that is tried is our own."""

    name = "none"

    def read(self, image: Image) -> OcrPage:
        """An empty page."""
        return OcrPage((), image)


class Fuzzer:
    """Intake with a sandbox, and the readers behind it."""

    def __init__(self) -> None:
        self._seeds = seeds()
        self._inspector = SandboxedInspector()

    def try_file(self, seed: int, number: int) -> tuple[str, Tally]:
        """Change a seed, submit it, read what is accepted. The same numbers make the same file."""
        name, content = file_of(self._seeds, seed, number)
        tally = Tally(files=1)
        store = DictStore()
        limit = default_policy().sandbox.seconds_for(len(content)) + GRACE_SECONDS
        begun = time.perf_counter()
        try:
            outcome, documents = self._submitted(content, store)
        except Exception as error:  # what must not be: named with the numbers that make it again
            tally.failures.append(f"intake: {name} {seed}:{number} {type(error).__name__}: {error}")
            return name, tally
        tally.slowest = time.perf_counter() - begun
        tally.outcomes[outcome] += 1
        tally.deaths = int(outcome == "document_too_costly")
        tally.megabytes = self._megabytes()
        if tally.slowest > limit:
            tally.failures.append(f"intake: {name} {seed}:{number} took {tally.slowest:.1f} s, granted {limit:.1f}")
        for document in documents:
            self._read(document, store, f"{name} {seed}:{number}", tally)
        return name, tally

    def close(self) -> None:
        """End the sandbox."""
        self._inspector.close()

    def _submitted(self, content: bytes, store: DictStore) -> tuple[str, Sequence[AcceptedDocument]]:
        uri, sha256 = store.put(content, "application/octet-stream")
        check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type="application/octet-stream")
        document = note(inline_text=None, claim_check=check)
        events = IntakeStage(store, FixedClock(), inspect=self._inspector)(submitted(documents=[document]), None).events
        return outcome_of(events)

    def _read(self, document: AcceptedDocument, store: DictStore, where: str, tally: Tally) -> None:
        check = document.document.claim_check
        if check is None:
            tally.failures.append(f"intake: {where} accepted without a claim check")
            return
        begun = time.perf_counter()
        try:
            read(store.get(check.uri, check.sha256), check.media_type, NoOcr())
        except Rejected as error:
            tally.outcomes[f"reader: {error.problems[0].code}"] += 1
        except Exception as error:  # as above
            tally.failures.append(f"reader: {where} {type(error).__name__}: {error}")
        tally.slowest_reading = max(tally.slowest_reading, time.perf_counter() - begun)

    def _megabytes(self) -> float:
        """The most memory that the sandbox has held so far."""
        if self._inspector.process_id is None:
            return 0.0
        status = Path(f"/proc/{self._inspector.process_id}/status").read_text(encoding="ascii")
        return next(int(line.split()[1]) / 1000 for line in status.splitlines() if line.startswith("VmHWM"))


@cache
def seeds() -> dict[str, bytes]:
    """A small valid file of every type."""
    return page_seeds.seeds() | fuzz_seeds.seeds()


def file_of(files: dict[str, bytes], seed: int, number: int) -> tuple[str, bytes]:
    """A changed file and the name of the seed that it began as."""
    chance = random.Random(f"{seed}:{number}")
    names = sorted(files)
    name = names[number % len(names)]
    return name, mutated(name, files[name], files[chance.choice(names)], chance)


def outcome_of(events: Sequence[Event]) -> tuple[str, Sequence[AcceptedDocument]]:
    """``accepted``, ``reviewed`` or the code of the rejection, and the documents to be read."""
    for event in events:
        if isinstance(event, NoteAccepted):
            return "accepted", event.documents
        if isinstance(event, ReviewRequested):
            return "reviewed", event.accepted_documents
        if isinstance(event, NoteRejected):
            return event.problems[0].code, ()
    raise AssertionError("the submission was not answered")


def fuzz(files: int, seed: int, workers: int) -> dict[str, Tally]:
    """Try so many files in so many processes; what became of each type."""
    total: dict[str, Tally] = {name: Tally() for name in sorted(seeds())}
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(workers, mp_context=context) as pool:
        starts = range(0, files, _BATCH)
        for found in pool.map(_tried, [seed] * len(starts), starts, [min(_BATCH, files - s) for s in starts]):
            for name, tally in found.items():
                total[name].add(tally)
    return total


@cache
def _fuzzer() -> Fuzzer:
    return Fuzzer()


def _tried(seed: int, start: int, count: int) -> dict[str, Tally]:
    found: dict[str, Tally] = {}
    for number in range(start, start + count):
        name, tally = _fuzzer().try_file(seed, number)
        found.setdefault(name, Tally()).add(tally)
    return found


def table(total: dict[str, Tally]) -> Table:
    """What became of each type, the most frequent rejections last."""
    shown = Table(title="Changed files through intake and the readers")
    for heading in ("type", "files", "accepted", "reviewed", "rejected", "deaths", "slowest s", "reading s", "MB"):
        shown.add_column(heading, justify="left" if heading == "type" else "right")
    shown.add_column("rejections")
    for name, tally in total.items():
        codes = {c: n for c, n in tally.outcomes.items() if c not in ("accepted", "reviewed")}
        refused = sum(n for c, n in codes.items() if not c.startswith("reader"))
        counts = (tally.files, tally.outcomes["accepted"], tally.outcomes["reviewed"], refused, tally.deaths)
        numbers = (f"{tally.slowest:.2f}", f"{tally.slowest_reading:.2f}", f"{tally.megabytes:.0f}")
        said = ", ".join(f"{code} {n}" for code, n in sorted(codes.items(), key=lambda each: -each[1]))
        shown.add_row(name, *map(str, counts), *numbers, said)
    return shown


def as_json(tally: Tally) -> dict[str, Any]:
    """The counts by their names."""
    return {each.name: getattr(tally, each.name) for each in fields(tally)}


def main() -> None:
    """Run and report."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--files", type=int, default=20_000)
    options.add_argument("--seed", type=int, default=1)
    options.add_argument("--workers", type=int, default=2)
    options.add_argument("--json", type=Path)
    chosen = options.parse_args()
    begun = time.perf_counter()
    total = fuzz(chosen.files, chosen.seed, chosen.workers)
    seconds = time.perf_counter() - begun
    console = Console(width=None if sys.stdout.isatty() else 170)
    console.print(table(total))
    console.print(f"{chosen.files} files in {seconds:.0f} s, seed {chosen.seed}")
    failures = [failure for tally in total.values() for failure in tally.failures]
    for failure in failures[:40]:
        console.print(failure, style="red", markup=False)
    if chosen.json:
        found = {name: as_json(tally) for name, tally in total.items()}
        chosen.json.write_text(json.dumps({"seconds": seconds, "types": found}, indent=1), encoding="utf-8")
    console.print(f"{len(failures)} failures")
    sys.exit(bool(failures))


if __name__ == "__main__":
    main()
