"""What the events of one submission amount to, as a coded note to look at."""

from __future__ import annotations

from collections.abc import Sequence

from chartstream.errors import Problem
from chartstream.events.claims import ClaimCoded
from chartstream.events.coding import CodesProposed, Coding
from chartstream.events.documents import NoteRejected
from chartstream.events.extraction import NoteExtracted
from chartstream.events.head import Event
from chartstream.events.review import ReviewKind, ReviewRequested
from chartstream.events.validation import CodesValidated, Finding, Grouping
from chartstream.ports import DocumentStore
from chartstream.texts import text_of
from chartstream.viewer.coded import CodedNote, CodedText, Outcome
from chartstream.viewer.seen import plain


def coded_note(name: str, events: Sequence[Event], documents: DocumentStore) -> CodedNote:
    """The note ``name`` after the stages that gave ``events``. Raises as ``texts.text_of`` does."""
    outcome, problems = _outcome(events)
    coding: Coding | None = None
    edits: Sequence[Finding] = ()
    groupings: Sequence[Grouping] = ()
    for event in events:
        if isinstance(event, CodesProposed):
            coding = event.coding
        elif isinstance(event, CodesValidated):
            edits, groupings = event.findings, event.groupings
    return CodedNote(name, outcome, problems, _texts(events, documents), coding, edits, groupings)


def _outcome(events: Sequence[Event]) -> tuple[Outcome, Sequence[Problem]]:
    for event in events:
        if isinstance(event, ClaimCoded):
            return "coded", ()
        if isinstance(event, NoteRejected):
            return "rejected", event.problems
        if isinstance(event, ReviewRequested) and event.kind is ReviewKind.REQUESTED:
            return "review", event.problems
    raise ValueError("a submission led to no claim, no review and no rejection")


def _texts(events: Sequence[Event], documents: DocumentStore) -> tuple[CodedText, ...]:
    """The extracted texts; none where extraction did not come to its end."""
    return tuple(
        CodedText(document.document_id, plain(text_of(event, document, documents).text), document.sections)
        for event in events
        if isinstance(event, NoteExtracted)
        for document in event.documents
    )
