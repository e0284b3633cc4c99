"""What the events of an encounter point at: its documents, their texts, and the quotes that support its codes."""

from __future__ import annotations

import hashlib
import mimetypes
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from chartstream.audit.found import Found
from chartstream.errors import Rejected
from chartstream.events.claims import ClaimCoded
from chartstream.events.coding import CodesProposed, CodeSystem, Diagnosis, Explanation, Procedure
from chartstream.events.documents import NoteAccepted, NoteSubmitted
from chartstream.events.extraction import Evidence, ExtractedDocument, NoteExtracted
from chartstream.events.head import ClaimCheck, Event
from chartstream.events.review import ReviewRequested
from chartstream.events.validation import CodesValidated
from chartstream.ports import DocumentStore
from chartstream.texts import decode_text

DOCUMENT, TEXT = "document", "text"


@dataclass(frozen=True, slots=True)
class Kept:
    """A document's original bytes or its extracted text, under a name in the bundle that says nothing of the patient.

    ``content`` is None where the store could not give it; ``problem`` says why.
    """

    what: str
    document_id: str
    check: ClaimCheck
    name: str | None = None
    content: bytes | None = field(default=None, repr=False)
    problem: str | None = None


@dataclass(frozen=True, slots=True)
class Quoted:
    """A quote read again: ``text`` where its hash is the one in the evidence, else ``problem``.

    ``text_sha256`` names the stored text it counts in.
    """

    event_id: str
    code: str
    text_sha256: str
    evidence: Evidence
    text: str | None = field(default=None, repr=False)
    problem: str | None = None


def kept(found: Sequence[Found], store: DocumentStore) -> tuple[Kept, ...]:
    """Each document and text that an event names, once by its hash, in the order of the events.

    Raises ``Transient`` where the store is out of reach.
    """
    named: dict[tuple[str, str], tuple[str, ClaimCheck]] = {}
    for each in found:
        for what, document_id, check in _checks(each.event):
            named.setdefault((what, check.sha256), (document_id, check))
    counted = {DOCUMENT: 0, TEXT: 0}
    things = []
    for (what, _), (document_id, check) in named.items():
        counted[what] += 1
        things.append(_fetched(what, counted[what], document_id, check, store))
    return tuple(things)


def quoted(found: Sequence[Found], things: Sequence[Kept]) -> tuple[Quoted, ...]:
    """Every quote of every code that was proposed, validated or claimed; the same one only once, the claim's first."""
    texts = {
        each.check.sha256: each.content.decode() for each in things if each.what == TEXT and each.content is not None
    }
    read: dict[tuple[str, str, int, int, str], Quoted] = {}
    for each in sorted(found, key=lambda each: not isinstance(each.event, ClaimCoded)):
        for event, line, evidence, text_sha256 in _evidence(each.event):
            key = (line.code, text_sha256, evidence.begin, evidence.end, evidence.quote_sha256)
            if key not in read:
                read[key] = _read_again(event, line.code, evidence, text_sha256, texts)
    return tuple(read.values())


def codes_of(event: Event | None) -> tuple[Diagnosis | Procedure, ...]:
    """The codes that an event carries with evidence in its documents."""
    if isinstance(event, ClaimCoded):
        return (*event.diagnoses, *event.procedures)
    if isinstance(event, CodesProposed | CodesValidated | ReviewRequested) and event.coding is not None:
        return (*event.coding.diagnoses, *event.coding.procedures)
    return ()


def explanations(events: Sequence[Event], version: int) -> dict[tuple[CodeSystem, str], Explanation]:
    """The path to each code of a version of the encounter, as it was told last: claims do not repeat it."""
    return {
        (line.system, line.code): line.explanation
        for event in events
        if event.head.encounter_version == version
        for line in codes_of(event)
        if line.explanation is not None
    }


def documents_of(event: Event | None) -> tuple[ExtractedDocument, ...]:
    """The documents, with their texts, that an event carries."""
    if isinstance(event, ClaimCoded | CodesProposed | CodesValidated | NoteExtracted | ReviewRequested):
        return event.documents
    return ()


def _checks(event: Event | None) -> Iterator[tuple[str, str, ClaimCheck]]:
    submitted = event.documents if isinstance(event, NoteSubmitted) else ()
    if isinstance(event, NoteAccepted):
        submitted = tuple(each.document for each in event.documents)
    if isinstance(event, ReviewRequested):
        submitted = tuple(each.document for each in event.accepted_documents)
    for document in submitted:
        if document.claim_check is not None:
            yield DOCUMENT, document.document_id, document.claim_check
    for extracted in documents_of(event):
        yield DOCUMENT, extracted.document_id, extracted.source
        yield TEXT, extracted.document_id, extracted.text


def _fetched(what: str, number: int, document_id: str, check: ClaimCheck, store: DocumentStore) -> Kept:
    try:
        content = store.get(check.uri, check.sha256)
        if what == TEXT:
            words = decode_text(content).text
            if not isinstance(words, str):
                return Kept(what, document_id, check, problem="the text is encrypted")
            return Kept(what, document_id, check, f"texts/{number:03d}.txt", words.encode())
    except Rejected as error:
        return Kept(what, document_id, check, problem=str(error))
    ending = mimetypes.guess_extension(check.media_type) or ".bin"
    return Kept(what, document_id, check, f"documents/{number:03d}{ending}", content)


def _evidence(event: Event | None) -> Iterator[tuple[Event, Diagnosis | Procedure, Evidence, str]]:
    texts = {document.document_id: document.text.sha256 for document in documents_of(event)}
    for line in codes_of(event):
        for evidence in line.evidence:
            if event is not None:
                yield event, line, evidence, texts.get(evidence.document_id, "")


def _read_again(event: Event, code: str, evidence: Evidence, text_sha256: str, texts: dict[str, str]) -> Quoted:
    if text_sha256 not in texts:
        problem = "the text is not at hand"
        return Quoted(event.head.event_id, code, text_sha256, evidence, problem=problem)
    words = texts[text_sha256][evidence.begin : evidence.end]
    if hashlib.sha256(words.encode()).hexdigest() != evidence.quote_sha256:
        problem = "the words at its place have not the hash of the evidence"
        return Quoted(event.head.event_id, code, text_sha256, evidence, problem=problem)
    return Quoted(event.head.event_id, code, text_sha256, evidence, text=words)
