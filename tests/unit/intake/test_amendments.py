"""Addenda stand behind what they add to, new versions in place of what they replace; what is sent twice counts once."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from chartstream.events.documents import Document, DocumentStatus, NoteAccepted
from chartstream.events.head import ClaimCheck, Event, Head
from chartstream.events.memory import SubmissionMemory
from chartstream.events.operations import AuditRecord
from chartstream.events.review import ReviewRequested
from chartstream.intake.stage import IntakeStage
from tests.unit.builders import DictStore, FixedClock, head, note, submitted
from tests.unit.formats.notes import (
    as_json,
    attachment,
    bundle,
    cda_document,
    document_reference,
    fhir_attachment,
    hl7_message,
    text_observation,
)

ADDENDUM, AMENDED = DocumentStatus.ADDENDUM, DocumentStatus.AMENDED


def judged(*documents: Document, store: DictStore | None = None) -> Event:
    (event,) = IntakeStage(store or DictStore(), FixedClock())(submitted(documents=documents), None).events
    return event


def order(event: Event) -> list[str]:
    assert isinstance(event, (NoteAccepted, ReviewRequested)), event
    found = event.documents if isinstance(event, NoteAccepted) else event.accepted_documents
    return [each.document.document_id for each in found]


def problems(event: Event) -> list[tuple[str, str | None]]:
    return [(each.code, each.document_id) for each in event.problems] if isinstance(event, ReviewRequested) else []


def stored(store: DictStore, content: bytes, identity: str) -> Document:
    uri, sha256 = store.put(content, "text/plain")
    check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type="text/plain")
    return note(identity, inline_text=None, claim_check=check, status=DocumentStatus.UNKNOWN)


def addendum(identity: str, of: str | None, status: DocumentStatus = ADDENDUM) -> Document:
    return note(identity, f"Note {identity}: resolved.", status=status, amends=of)


@pytest.mark.parametrize(
    ("documents", "expected"),
    [
        ([addendum("c", "a"), note("a"), note("b", "Plan: rest.")], ["a", "c", "b"]),
        ([note("a"), note("b", "Plan: rest."), addendum("c", "a"), addendum("d", "a")], ["a", "c", "d", "b"]),
        ([addendum("d", "c"), addendum("c", "a"), note("a"), note("b", "Plan: rest.")], ["a", "c", "d", "b"]),
        ([note("a"), addendum("b", "a", AMENDED)], ["b"]),
        ([note("a"), addendum("b", "a", AMENDED), addendum("c", "b", AMENDED)], ["c"]),
        ([addendum("d", "a"), note("a"), note("x", "Plan: rest."), addendum("b", "a", AMENDED)], ["x", "b", "d"]),
        ([note("a"), addendum("b", "missing", AMENDED)], ["a", "b"]),
        ([addendum("a", "b", AMENDED), addendum("b", "a", AMENDED)], ["a"]),
    ],
)
def test_documents_stand_where_they_belong(documents: Sequence[Document], expected: list[str]) -> None:
    event = judged(*documents)
    assert isinstance(event, NoteAccepted)
    assert order(event) == expected


def test_what_stood_down_is_noted_at_what_replaced_it() -> None:
    event = judged(note("a"), addendum("b", "a", AMENDED))
    assert isinstance(event, NoteAccepted)
    (check,) = [check for check in event.documents[0].checks if check.name == "replaces"]
    assert check.message == "stands in place of document a"


@pytest.mark.parametrize(
    ("documents", "alone"),
    [
        ([note("a"), addendum("b", "missing")], ["b"]),
        ([note("a"), addendum("b", None)], ["b"]),
        ([note("a"), addendum("b", "b")], ["b"]),
        ([note("a"), addendum("b", "c"), addendum("c", "b")], ["b", "c"]),
        ([note("a"), note("w", status=DocumentStatus.ENTERED_IN_ERROR), addendum("b", "w")], ["b"]),
    ],
)
def test_an_addendum_without_its_document_is_for_a_person(documents: Sequence[Document], alone: list[str]) -> None:
    event = judged(*documents)
    assert problems(event) == [("addendum_without_document", identity) for identity in alone]
    assert set(order(event)) == {"a", *alone}


def message(event: str, number: str, parent: str = "") -> bytes:
    document = f"TXA|1|DS|FT|20260302103000|prv-1|||||||{number}|{parent}||||LA||AV"
    return hl7_message([text_observation(f"Note {number}")], event=event, document=document)


def test_messages_find_what_they_amend_by_the_numbers_of_their_source() -> None:
    store = DictStore()
    first = stored(store, message("MDM^T02", "D-1"), "x")
    more = stored(store, message("MDM^T06", "D-2", "D-1"), "a")
    event = judged(more, note("z"), first, store=store)
    assert isinstance(event, NoteAccepted)
    assert order(event) == ["z", "x", "a"]
    assert event.documents[2].document.amends == "x"
    newer = stored(store, message("MDM^T10", "D-3", "D-1"), "n")
    assert order(judged(more, first, newer, store=store)) == ["n", "a"]


def test_cda_documents_find_what_they_amend() -> None:
    parent = '<parentDocument><id root="2.25.7" extension="DOC-1"/></parentDocument>'
    other = cda_document(header=f'<relatedDocument typeCode="APND">{parent}</relatedDocument>').replace(
        b'extension="DOC-1"/><code', b'extension="DOC-2"/><code'
    )
    store = DictStore()
    documents = [stored(store, other, "b"), stored(store, cda_document(), "a")]
    assert order(judged(*documents, store=store)) == ["a", "b"]
    newer = other.replace(b"APND", b"RPLC")
    assert order(judged(stored(store, newer, "b"), documents[1], store=store)) == ["b"]


def test_of_a_series_of_cda_documents_the_latest_signed_version_counts() -> None:
    store = DictStore()
    versions = [
        cda_document(header=f'<setId root="2.25.1"/><versionNumber value="{number}"/>', signature=signature)
        for number, signature in ((2, "S"), (1, "S"), (3, "X"))
    ]
    documents = [stored(store, content, f"v{number}") for number, content in enumerate(versions)]
    assert order(judged(*documents[:2], store=store)) == ["v0"]
    assert problems(judged(*documents, store=store)) == [("awaiting_signature", "v2")]


def test_fhir_documents_of_one_bundle_find_what_they_amend() -> None:
    target = {"code": "appends", "target": {"reference": "DocumentReference/ref-1"}}
    other = document_reference(fhir_attachment(b"Plan: rest."), id="ref-2", relatesTo=[target])
    store = DictStore()
    content = as_json(bundle(other, document_reference(fhir_attachment(b"Cough."))))
    assert order(judged(stored(store, content, "a"), store=store)) == ["a.2", "a.1"]


def test_all_parts_of_a_replaced_envelope_stand_down() -> None:
    store = DictStore()
    envelope = stored(store, hl7_message([attachment(b"Cough."), attachment(b"Fever.")]), "e")
    assert order(judged(envelope, addendum("n", "e", AMENDED), store=store)) == ["n"]
    assert order(judged(addendum("n", "e"), envelope, store=store)) == ["e.1", "e.2", "n"]


def sent(
    store: DictStore, identity: str, content: bytes, event: Head, memory: SubmissionMemory | None = None
) -> tuple[Event, SubmissionMemory | None]:
    submission = submitted(documents=[stored(store, content, identity)]).model_copy(update={"head": event})
    step = IntakeStage(store, FixedClock())(submission, memory)
    return step.events[-1], step.memory


def test_an_envelope_sent_again_is_answered_and_not_coded_twice() -> None:
    store = DictStore()
    content = hl7_message([text_observation("Cough"), attachment(b"Assessment: acute bronchitis.")])
    first, memory = sent(store, "e", content, head(1, "first"))
    assert order(first) == ["e", "e.1"]
    again, _ = sent(store, "e", content, head(1, "second"), memory)
    assert isinstance(again, AuditRecord)
    assert again.action == "submission_duplicate"


def test_the_same_content_in_another_version_is_judged_anew() -> None:
    store = DictStore()
    content = hl7_message([text_observation("Cough")])
    _, memory = sent(store, "e", content, head(1, "first"))
    event, _ = sent(store, "e", content, head(2, "second"), memory)
    assert isinstance(event, NoteAccepted)
