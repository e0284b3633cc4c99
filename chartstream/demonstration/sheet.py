"""What the demonstration shows: the live table, the summary, the coded claims with their quotes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from rich.console import Group, RenderableType
from rich.panel import Panel
from rich.table import Table
from rich.text import Text

from chartstream.client import Quote
from chartstream.demonstration.tracker import STEPS, Submission, Trail
from chartstream.events.claims import ClaimCoded
from chartstream.events.documents import NoteRejected
from chartstream.events.review import ReviewRequested

_STEP_NAMES = ("submitted", "accepted", "extracted", "coded", "validated")


@dataclass(frozen=True, slots=True)
class Row:
    """One submission of the demonstration."""

    submission: Submission
    name: str
    setting: str
    media: str


@dataclass(frozen=True, slots=True)
class Sums:
    """The account of a run. ``is_right`` when every submission has exactly one outcome and nothing else came."""

    submitted: int
    coded: int
    in_review: int
    rejected: int
    lost: int
    duplicated: int
    unexpected: int
    dead_letters: int

    @property
    def is_right(self) -> bool:
        """Whether submitted = coded + in review + rejected, with nothing lost, doubled or dead."""
        faults = self.lost + self.duplicated + self.unexpected + self.dead_letters
        return self.submitted == self.coded + self.in_review + self.rejected and faults == 0


def sums(rows: Sequence[Row], trails: dict[Submission, Trail], dead_letters: int) -> Sums:
    """Count what came out against what went in."""
    submitted = {row.submission for row in rows}
    outcomes = [outcome for submission in submitted for outcome in trails[submission].outcomes]
    return Sums(
        submitted=len(submitted),
        coded=sum(isinstance(outcome, ClaimCoded) for outcome in outcomes),
        in_review=sum(isinstance(outcome, ReviewRequested) for outcome in outcomes),
        rejected=sum(isinstance(outcome, NoteRejected) for outcome in outcomes),
        lost=sum(not trails[submission].outcomes for submission in submitted),
        duplicated=sum(max(0, len(trails[submission].outcomes) - 1) for submission in submitted),
        unexpected=sum(len(trail.outcomes) for key, trail in trails.items() if key not in submitted),
        dead_letters=dead_letters,
    )


def progress_table(rows: Sequence[Row], trails: dict[Submission, Trail]) -> Table:
    """Each submission and how far it has come: one dot a step, in the order of ``STEPS``."""
    table = Table(
        title="Encounters on their way", caption=" → ".join(_STEP_NAMES), title_justify="left", caption_justify="left"
    )
    table.add_column("encounter", no_wrap=True)
    table.add_column("claim", no_wrap=True)
    table.add_column("files", max_width=10)
    table.add_column("steps", no_wrap=True)
    table.add_column("outcome")  # the one that gives way in a narrow terminal
    for row in rows:
        trail = trails.get(row.submission, Trail())
        dots = Text("").join(Text("●", "green") if step in trail.seen else Text("·", "dim") for step in STEPS)
        table.add_row(row.name, row.setting, row.media, dots, _outcome(trail))
    return table


def summary(counted: Sums, asides: Sequence[tuple[str, int]]) -> RenderableType:
    """The sums, and what is counted apart."""
    equation = Text.assemble(
        ("submitted ", "bold"),
        f"{counted.submitted} = ",
        ("coded ", "bold green"),
        f"{counted.coded} + ",
        ("in review ", "bold yellow"),
        f"{counted.in_review} + ",
        ("rejected ", "bold red"),
        f"{counted.rejected}",
    )
    faults = (
        f"lost {counted.lost}, duplicated {counted.duplicated}, "
        f"unexpected {counted.unexpected}, dead letters {counted.dead_letters}"
    )
    apart = ", ".join(f"{name} {number}" for name, number in asides if number) or "nothing"
    style = "green" if counted.is_right else "red"
    verdict = Text("The sums hold." if counted.is_right else "The sums do not hold.", f"bold {style}")
    return Panel(Group(equation, Text(faults), Text(f"counted apart: {apart}"), verdict), title="Summary", style=style)


def claim_table(name: str, claim: ClaimCoded, quotes: Sequence[Quote]) -> Table:
    """A coded claim: codes in order, both confidences, and the words of the note that support each."""
    demonstration = claim.approval and claim.approval.certificate and claim.approval.certificate.demonstration
    title = f"{name}: claim {claim.claim_id[:12]}…, revision {claim.revision}, {claim.kind.value.lower()}"
    caption = "released automatically under a demonstration certificate" if demonstration else None
    table = Table(title=title, caption=caption, title_justify="left", caption_justify="left", pad_edge=False)
    table.add_column("#")
    table.add_column("code", style="bold cyan", no_wrap=True)
    table.add_column("description", ratio=4)
    table.add_column("code conf.", justify="right", max_width=5)
    table.add_column("read conf.", justify="right", max_width=5)
    table.add_column("evidence in the note", ratio=6)
    numbers = {document.document_id: number for number, document in enumerate(claim.documents, 1)}
    for line in claim.diagnoses:
        said = dict.fromkeys(_said(quote, numbers) for quote in quotes if quote.code == line.code)
        confidence = "person" if line.code_confidence is None else f"{line.code_confidence:.2f}"
        read = f"{line.extraction_confidence:.2f}"
        table.add_row(str(line.sequence), line.code, line.description, confidence, read, "; ".join(said))
    return table


def _said(quote: Quote, numbers: Mapping[str, int]) -> str:
    """A quote with its place, and what it supports where that is not the code itself."""
    document = f" document {numbers[quote.document_id]}" if len(numbers) > 1 else ""
    page = f" p. {quote.page}{_at(quote)}" if quote.page is not None else ""
    role = f" ({quote.role})" if quote.role not in {"code", "term"} else ""
    return f"“{quote.text}”{role}{document}{page}"


def _at(quote: Quote) -> str:
    """Where on the page, in per cent of its width and height: the box of the quote's first line."""
    if not quote.boxes:
        return ""
    box = quote.boxes[0]
    return f" [{box.x0:.0%} {box.y0:.0%} to {box.x1:.0%} {box.y1:.0%}]"


def _outcome(trail: Trail) -> Text:
    if not trail.outcomes:
        return Text("…", "dim")
    outcome = trail.outcomes[0]
    if isinstance(outcome, ClaimCoded):
        return Text("claim " + " ".join(line.code for line in outcome.diagnoses), "green")
    reasons = ", ".join(dict.fromkeys(problem.code for problem in outcome.problems))
    if isinstance(outcome, ReviewRequested):
        return Text(f"review: {reasons}", "yellow")
    return Text(f"rejected: {reasons}", "red")
