"""What a submission must hold, the hash by which it is known again, and its documents as they are found."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Sequence

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import AcceptedDocument, Document, DocumentStatus, NoteSubmitted
from chartstream.events.encounter import Encounter, Patient
from chartstream.events.head import Encrypted
from chartstream.intake.amendments import arranged
from chartstream.intake.inspection import Inspector
from chartstream.intake.opening import Found, Opener
from chartstream.ports import DocumentStore

MAX_INLINE_BYTES = 256 * 1024

NO_DOCUMENT = Problem("documents_missing", "no document is left to code from", "submit the encounter with its notes")

_UNSIGNED = frozenset({DocumentStatus.PRELIMINARY, DocumentStatus.UNSIGNED})


def content_sha256(event: NoteSubmitted) -> str:
    """Hash of what is submitted, without the head: the same content gives the same hash whoever sends it again.

    Defaults are left out, so that a field added to the contract later does not change the hash of older content.
    """
    content = event.model_dump(mode="json", include={"action", "encounter", "documents"}, exclude_defaults=True)
    return hashlib.sha256(json.dumps(content, sort_keys=True, ensure_ascii=False).encode()).hexdigest()


def standing(documents: Sequence[Document]) -> Sequence[Document]:
    """The documents that count: those entered in error are as if never sent."""
    return tuple(d for d in documents if d.status is not DocumentStatus.ENTERED_IN_ERROR)


def problems_of(event: NoteSubmitted) -> list[Problem]:
    """What is missing or contradictory in a submission before any document is opened; empty when all is well."""
    problems = []
    if event.encounter is None:
        problems.append(
            Problem("encounter_missing", "the submission names no encounter", "submit it again with its encounter")
        )
    elif _reversed(event):
        problems.append(
            Problem("dates_reversed", "the last date of service lies before the first", "correct the dates of service")
        )
    documents = standing(event.documents)
    if not documents:
        problems.append(NO_DOCUMENT)
    problems.extend(_repeated(documents))
    problems.extend(problem for document in documents for problem in _problems_of_content(document))
    return problems


def awaited(encounter: Encounter | None, documents: Sequence[Document]) -> list[Problem]:
    """What an encounter waits for before it may be billed: signatures of its documents, its own completion."""
    problems = [
        Problem(
            "awaiting_signature",
            f"the document is {document.status.value.lower()}",
            "sign it in the source and submit the encounter again under a higher version",
            document.document_id,
        )
        for document in documents
        if document.status in _UNSIGNED
    ]
    if encounter is not None and not encounter.complete:
        problems.append(
            Problem(
                "awaiting_completion",
                "the encounter is not complete",
                "submit it again under a higher version when its last document is there",
            )
        )
    return problems


def read_documents(
    documents: Sequence[Document], patient: Patient | None, store: DocumentStore, inspect: Inspector
) -> tuple[list[AcceptedDocument], list[Problem]]:
    """The documents, those that they carry among them, each behind a claim check with the media type found, in the
    order in which they are to be read; and what a person should look at.

    Raises ``Rejected`` with the problems of all documents that cannot be read, or ``documents_missing`` when all of
    them were withdrawn by what their own messages say; ``Transient`` when the store cannot be reached.
    """
    opener = Opener(store, inspect, patient)
    found: list[Found] = []
    refused: list[Problem] = []
    for document in documents:
        try:
            found += opener.open(document)
        except Rejected as error:
            refused += error.problems
    if refused:
        raise Rejected(*refused)
    found = arranged(found)
    if not found:
        raise Rejected(NO_DOCUMENT)
    refused = _repeated([each.document for each in found])
    if refused:
        raise Rejected(*refused)
    return [each.accepted for each in found], [problem for each in found for problem in each.problems]


def _repeated(documents: Sequence[Document]) -> list[Problem]:
    return [
        Problem(
            "document_id_repeated",
            f"{count} documents have the same id",
            "give each document of the encounter an id of its own",
            document_id,
        )
        for document_id, count in Counter(document.document_id for document in documents).items()
        if count > 1
    ]


def _problems_of_content(document: Document) -> list[Problem]:
    text, check = document.inline_text, document.claim_check
    if text is None and check is None:
        code, message = "document_without_content", "the document has neither a claim check nor a text"
        remedy = "put it into the document store and submit its claim check"
    elif text is not None and check is not None:
        code, message = "document_content_ambiguous", "the document has a claim check and a text as well"
        remedy = "submit one of the two"
    elif isinstance(text, Encrypted):
        code, message = "inline_text_encrypted", "the text in the event is encrypted and cannot be read here"
        remedy = "put the document into the document store and submit its claim check"
    elif isinstance(text, str) and len(text.encode()) > MAX_INLINE_BYTES:
        code, message = "inline_text_too_large", f"the text in the event is larger than {MAX_INLINE_BYTES} bytes"
        remedy = "put the document into the document store and submit its claim check"
    else:
        return []
    return [Problem(code, message, remedy, document.document_id)]


def _reversed(event: NoteSubmitted) -> bool:
    encounter = event.encounter
    return (
        encounter is not None
        and encounter.service_from is not None
        and encounter.service_through is not None
        and encounter.service_through < encounter.service_from
    )
