"""The demonstration from start to end."""

from __future__ import annotations

import json
import logging
import os
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console
from rich.live import Live

from chartstream.client import ClaimCoded, NotePublisher, quotes_of
from chartstream.demonstration.samples import Sample, samples
from chartstream.demonstration.sheet import Row, Sums, claim_table, progress_table, summary, sums
from chartstream.demonstration.stack import Stack
from chartstream.demonstration.tracker import Submission, Tracker, Trail
from chartstream.documents import FsspecDocumentStore
from chartstream.events.codec import Codec
from chartstream.events.head import Event
from chartstream.events.operations import AuditRecord
from chartstream.events.review import ReviewRequested
from chartstream.home import state_home

CERTIFICATE = "certificate.demonstration.json"
TENANT = "demo-health"
ENCOUNTER_KEY = b"a key for demonstrations only, known to all"


def demonstrate(folder: Path, seconds: float, *, keep: bool) -> bool:
    """Run everything and show it; whether the sums hold.

    Raises ``ConfigurationError`` for what is missing, in one line.
    """
    console = Console()
    work = samples(folder)
    _home().mkdir(parents=True, exist_ok=True)
    logging.basicConfig(filename=_home() / "demonstration.log", level=logging.WARNING)  # not through the live table
    with console.status("starting") as status:
        stack = Stack(_home(), folder / CERTIFICATE, status.update)
        stack.start()
    console.print(f"Kafka on {stack.kafka.bootstrap}, Redis, and five processors are running; logs in {stack.logs}")
    try:
        counted = _run(console, stack, work, seconds)
    finally:
        if not keep:
            with console.status("ending the processors, Redis and Kafka"):
                stack.stop()
    if keep:
        _tell_how_to_go_on(console, stack)
    return counted.is_right


def end(folder: Path) -> None:
    """End what an earlier demonstration left running."""
    Stack(_home(), folder / CERTIFICATE).stop()
    Console().print("The demonstration's processes are ended; its data stays in", str(_home()))


def _home() -> Path:
    return state_home() / "demonstration"


def _run(console: Console, stack: Stack, work: Sequence[Sample], seconds: float) -> Sums:
    documents = FsspecDocumentStore(stack.documents_url)
    tracker = Tracker(stack.kafka, Codec())
    publisher = NotePublisher(TENANT, "sample-ehr", ENCOUNTER_KEY, documents, kafka=stack.kafka, codec=Codec())
    run = datetime.now(UTC).strftime("%Y%m%dT%H%M%S")
    published = [(sample, row) for sample in work if (row := sample.publish(publisher, run)) is not None]
    withdrawals = len(work) - len(published)
    rows = [row for _, row in published]
    submissions = [row.submission for row in rows]

    def done() -> bool:
        closed = sum(_is_answer_to_withdrawal(aside) for trail in tracker.trails.values() for aside in trail.asides)
        return tracker.settled(submissions) and closed >= withdrawals

    try:
        with Live(console=console, refresh_per_second=8) as live:
            tracker.follow(done, seconds, lambda: live.update(progress_table(rows, tracker.trails)))
        console.print()
        tracker.follow(lambda: False, 1.0)  # whatever comes twice comes now
    finally:
        tracker.close()
    counted = sums(rows, tracker.trails, len(tracker.dead_letters))
    _show_claims(console, published, tracker.trails, documents)
    console.print(summary(counted, _asides(tracker.trails.values())))
    _compare_with_coder(console, published, tracker.trails)
    output = _write(stack.home / "claims" / f"{run}.jsonl", tracker.trails)
    console.print(
        f"claims: {output}\ndocuments and texts: {stack.home / 'documents'}\nlogs: {stack.logs}", soft_wrap=True
    )
    return counted


def _is_answer_to_withdrawal(aside: Event) -> bool:
    return isinstance(aside, ClaimCoded) or (isinstance(aside, AuditRecord) and aside.action.startswith("withdrawal"))


def _claim(trail: Trail) -> ClaimCoded | None:
    return next((outcome for outcome in trail.outcomes if isinstance(outcome, ClaimCoded)), None)


def _show_claims(
    console: Console,
    published: Sequence[tuple[Sample, Row]],
    trails: Mapping[Submission, Trail],
    documents: FsspecDocumentStore,
) -> None:
    for _, row in published:
        claim = _claim(trails[row.submission])
        if claim is not None:
            console.print(claim_table(row.name, claim, quotes_of(claim, documents)))


def _compare_with_coder(
    console: Console, published: Sequence[tuple[Sample, Row]], trails: Mapping[Submission, Trail]
) -> None:
    """Say how many of the claims carry what a coder wrote down for the sample; it is information, not a check."""
    compared = [
        (row.name, sample.expected_codes, tuple(line.code for line in claim.diagnoses))
        for sample, row in published
        if (claim := _claim(trails[row.submission])) is not None and sample.expected_codes is not None
    ]
    equal = sum(set(expected) == set(found) for _, expected, found in compared)
    console.print(f"claims whose codes are exactly those that a coder assigned: {equal} of {len(compared)}")
    for name, expected, found in compared:
        if set(expected) != set(found):
            console.print(f"  {name}: a coder has {' '.join(expected)}, the claim {' '.join(found)}", style="yellow")


def _asides(trails: Iterable[Trail]) -> list[tuple[str, int]]:
    """What is counted apart: voids, supersessions, audit samples, audit records."""
    names: Counter[str] = Counter()
    for trail in trails:
        for aside in trail.asides:
            if isinstance(aside, ClaimCoded):
                names["voids"] += 1
            elif isinstance(aside, ReviewRequested):
                names["supersessions" if aside.superseded_by is not None else "audit samples"] += 1
            elif isinstance(aside, AuditRecord):
                names["audit records"] += 1
    return sorted(names.items())


def _write(path: Path, trails: Mapping[Submission, Trail]) -> Path:
    """The claims as lines of JSON, without what identifies the patient."""
    path.parent.mkdir(parents=True, exist_ok=True)
    claims = [claim for trail in trails.values() for claim in (*trail.outcomes, *trail.asides)]
    lines = [
        json.dumps(claim.model_dump(mode="json", exclude={"encounter": {"patient", "visit"}}))
        for claim in claims
        if isinstance(claim, ClaimCoded)
    ]
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _tell_how_to_go_on(console: Console, stack: Stack) -> None:
    environment = {**stack.environment, "CHARTSTREAM_ENCOUNTER_KEY": ENCOUNTER_KEY.hex()}
    exports = "\n".join(f"export {name}={value}" for name, value in environment.items())
    command = "chartstream" if os.environ.get("VIRTUAL_ENV") else ".venv/bin/chartstream"
    console.print(
        f"""
Everything is still running. In another shell:

{exports}

publish a note of your own    {command} publish NOTE.txt --date 2026-05-04
subscribe to coded claims     {command} subscribe
look at dead letters          {command} dead-letters list
end it                        make down
""",
        highlight=False,
        soft_wrap=True,  # these lines are pasted into a shell
    )
