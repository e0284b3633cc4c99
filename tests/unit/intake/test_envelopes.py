"""What messages and structured documents carry becomes documents of their own, described by what carries them."""

from __future__ import annotations

from collections.abc import Sequence
from contextlib import suppress
from datetime import UTC, datetime
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chartstream.errors import Rejected
from chartstream.events.documents import AcceptedDocument, Document, DocumentStatus, NoteAccepted, NoteRejected
from chartstream.events.encounter import Patient, Sex
from chartstream.events.head import ClaimCheck, Event
from chartstream.events.review import ReviewRequested
from chartstream.formats.media_types import CDA, DOC, FHIR, HL7, RTF, TEXT
from chartstream.intake.inspection import inspect
from chartstream.intake.media import media_type_of
from chartstream.intake.sandbox import SandboxedInspector
from chartstream.intake.stage import IntakeStage
from tests.faults.fuzz_seeds import seeds
from tests.unit.builders import DictStore, FixedClock, encounter, note, submitted
from tests.unit.formats.compound_file import compound_file, word_file
from tests.unit.formats.notes import RTF as RTF_NOTE
from tests.unit.formats.notes import (
    as_json,
    attachment,
    bundle,
    cda_attachment,
    cda_document,
    document_reference,
    fhir_attachment,
    hl7_message,
    text_observation,
)

STATUS = DocumentStatus
TEXT_NOTE = b"Assessment: acute bronchitis."


class Desk:
    """Intake with its store, asked once."""

    def __init__(self) -> None:
        self.store = DictStore()
        self.stage = IntakeStage(self.store, FixedClock())

    def __call__(self, *contents: bytes | Document, **changes: Any) -> Event:
        documents = [
            self.document(content, f"note-{number}") if isinstance(content, bytes) else content
            for number, content in enumerate(contents, 1)
        ]
        (event,) = self.stage(submitted(documents=documents, **changes), None).events
        return event

    def document(self, content: bytes, identity: str = "note-1", **changes: Any) -> Document:
        uri, sha256 = self.store.put(content, "application/octet-stream")
        check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type="application/octet-stream")
        fields = {"inline_text": None, "claim_check": check, "status": STATUS.UNKNOWN} | changes
        return note(identity, **fields)


@pytest.fixture
def desk() -> Desk:
    return Desk()


def accepted(event: Event) -> Sequence[AcceptedDocument]:
    assert isinstance(event, NoteAccepted), event
    return event.documents


def codes(event: Event) -> list[tuple[str, str | None]]:
    assert isinstance(event, (NoteRejected, ReviewRequested)), event
    return [(problem.code, problem.document_id) for problem in event.problems]


def types(documents: Sequence[AcceptedDocument]) -> list[tuple[str, str]]:
    """Ids and media types."""
    return [(d.document.document_id, d.document.claim_check.media_type) for d in documents if d.document.claim_check]


@pytest.mark.parametrize(
    ("name", "media_type"),
    [
        ("rtf", RTF),
        ("doc", DOC),
        ("hl7-note", HL7),
        ("hl7-results", HL7),
        ("hl7-batch", HL7),
        ("cda", CDA),
        ("cda-attachment", CDA),
        ("fhir", FHIR),
        ("fhir-bundle", FHIR),
    ],
)
def test_types_are_found_by_content(name: str, media_type: str) -> None:
    assert inspect(seeds()[name], None).media_type == media_type


def test_what_envelopes_carry_comes_whole_out_of_the_sandbox() -> None:
    sandboxed = SandboxedInspector()
    try:
        for content in seeds().values():
            assert sandboxed(content, None) == inspect(content, None)
    finally:
        sandboxed.close()


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-8-sig"])
def test_messages_in_other_encodings_are_known(encoding: str) -> None:
    assert media_type_of(hl7_message([text_observation("Cough")]).decode().encode(encoding)) == HL7
    document = cda_document().decode().replace('encoding="UTF-8"', "")
    assert media_type_of(document.encode(encoding)) == CDA


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(sorted(seeds())), st.binary(max_size=40), st.binary(max_size=40), st.floats(0, 1))
def test_whatever_is_around_or_missing_is_read_or_refused(name: str, before: bytes, after: bytes, share: float) -> None:
    whole = seeds()[name]
    for content in (before + whole + after, whole[: int(share * len(whole))] + after):
        with suppress(Rejected):
            assert inspect(content, None).checks


@pytest.mark.parametrize("text", ["PID: 4711\nPlan", "OBX|", "{a} b", "<5 mg/L>", "MSH: none", '{"quoted" by her}'])
def test_notes_that_look_a_little_like_messages_are_notes(text: str) -> None:
    assert media_type_of(text.encode()) == TEXT


def test_a_text_in_a_message_is_a_document_and_its_attachment_another(desk: Desk) -> None:
    documents = accepted(desk(hl7_message([text_observation("Cough"), attachment(RTF_NOTE)])))
    assert types(documents) == [("note-1", HL7), ("note-1.1", RTF)]
    part = documents[1].document
    assert (part.part_of, part.status, part.author_id) == ("note-1", STATUS.FINAL, "prv-1")
    assert part.claim_check is not None
    assert desk.store.get(part.claim_check.uri, part.claim_check.sha256) == RTF_NOTE


def test_an_envelope_without_text_of_its_own_gives_way_to_its_parts(desk: Desk) -> None:
    documents = accepted(desk(hl7_message([attachment(RTF_NOTE), attachment(TEXT_NOTE, "text^plain")])))
    assert types(documents) == [("note-1.1", RTF), ("note-1.2", TEXT)]


def test_envelopes_open_three_deep(desk: Desk) -> None:
    message = hl7_message([attachment(cda_document(cda_attachment(RTF_NOTE)), "multipart^x")])
    (found,) = accepted(desk(b"BHS|^~\\&|E\r" + message + message.replace(b"|Cough", b"") + b"BTS|2\r"))[:1]
    assert types([found]) == [("note-1.1.1.1", RTF)]
    assert found.document.part_of == "note-1.1.1"


def test_envelopes_open_no_deeper(desk: Desk) -> None:
    message = hl7_message(
        [attachment(as_json(document_reference(fhir_attachment(cda_document(cda_attachment(RTF_NOTE))))))]
    )
    assert codes(desk(b"BHS|^~\\&|E\r" + message + message + b"BTS|2\r")) == [("envelope_too_deep", "note-1.1.1.1")]


def test_there_is_a_limit_to_what_one_envelope_carries(desk: Desk) -> None:
    assert codes(desk(hl7_message([attachment(TEXT_NOTE)] * 51))) == [("envelope_too_full", "note-1")]


def test_a_part_that_cannot_be_read_is_named(desk: Desk) -> None:
    gif = b"GIF89a\x01\x00\x01\x00\x00\x00\x00;"
    assert codes(desk(hl7_message([text_observation("Cough"), attachment(gif)]))) == [
        ("media_type_unsupported", "note-1.1")
    ]


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (hl7_message(["RP|PDF||file.pdf^EHR^application^pdf||||||F"]), "attachment_by_reference"),
        (hl7_message(["ED|PDF||EHR^application^pdf^Base64^@@@@||||||F"]), "attachment_undecodable"),
        (hl7_message(["ED|PDF||EHR^application^pdf^Zip^QUJD||||||F"]), "attachment_undecodable"),
        (hl7_message([text_observation("Cough", status="D")]), "envelope_empty"),
        (hl7_message([text_observation("Cough")], event="ADT^A01"), "message_unsupported"),
        (cda_document(""), "envelope_empty"),
        (
            cda_document('<component><nonXMLBody><text><reference value="x.pdf"/></text></nonXMLBody></component>'),
            "attachment_by_reference",
        ),
        (
            cda_document('<component><nonXMLBody><text compression="DF">QUJD</text></nonXMLBody></component>'),
            "document_unreadable",
        ),
        (cda_document().replace(b"<ClinicalDocument", b"<!DOCTYPE x><ClinicalDocument"), "document_unreadable"),
        (
            cda_document().replace(b"<ClinicalDocument", b'<!DOCTYPE x [<!ENTITY a "b">]><ClinicalDocument'),
            "document_unreadable",
        ),
        (cda_document("<a>" * 101 + "</a>" * 101), "document_unreadable"),
        (cda_document()[:-20], "document_truncated"),
        (as_json(document_reference({"attachment": {"url": "https://x/1"}})), "attachment_by_reference"),
        (as_json(document_reference(fhir_attachment(TEXT_NOTE), date="yesterday")), "document_unreadable"),
        (as_json(document_reference(fhir_attachment(TEXT_NOTE)) | {"content": 7}), "envelope_empty"),
        (as_json(document_reference(fhir_attachment(TEXT_NOTE)))[:-9], "document_truncated"),
        (as_json({"resourceType": "Patient"}), "media_type_unsupported"),
        (as_json(bundle()), "envelope_empty"),
        (b'{"resourceType": "Bundle", "a": ' + b"[" * 100_000, "document_truncated"),
        (word_file("Plan", macros=True), "document_has_macros"),
        (word_file("Plan", encrypted=True), "document_encrypted"),
        (word_file(""), "document_empty"),
        (compound_file({"Workbook": b"cells"}), "media_type_unsupported"),
        (b"{\\rtf1 }", "document_empty"),
        (b"{" + RTF_NOTE[6:], "document_truncated"),
        (hl7_message([text_observation("Cough")]).partition(b"\r")[2], "document_truncated"),
    ],
)
def test_what_cannot_be_opened_is_refused_by_name(desk: Desk, content: bytes, code: str) -> None:
    event = desk(content)
    assert isinstance(event, NoteRejected)
    assert [problem.code for problem in event.problems] == [code]


def test_a_refusal_quotes_nothing_of_a_resource(desk: Desk) -> None:
    event = desk(as_json(document_reference(fhir_attachment(TEXT_NOTE), subject="Helena Marsh", Helena="Marsh")))
    assert isinstance(event, NoteRejected)
    assert "subject" in event.problems[0].message
    assert "Marsh" not in repr(event.problems)
    assert "Helena" not in repr(event.problems)


def txa(completion: str = "LA", availability: str = "AV", parent: str = "", number: str = "DOC-1") -> str:
    return f"TXA|1|DS|FT|20260302103000|prv-1|||||||{number}|{parent}||||{completion}||{availability}"


@pytest.mark.parametrize(
    ("content", "status"),
    [
        (hl7_message([text_observation("Cough")], document=txa("AU")), STATUS.FINAL),
        (hl7_message([text_observation("Cough")], document=txa("DO")), STATUS.UNSIGNED),
        (hl7_message([text_observation("Cough")], document=txa("IP")), STATUS.PRELIMINARY),
        (hl7_message([text_observation("Cough")], document=txa(availability="CA")), STATUS.ENTERED_IN_ERROR),
        (hl7_message([text_observation("Cough", status="P")], document=txa()), STATUS.PRELIMINARY),
        (hl7_message([text_observation("Cough", status="C")], document=txa()), STATUS.AMENDED),
        (hl7_message([text_observation("Cough")], event="MDM^T06", document=txa()), STATUS.ADDENDUM),
        (hl7_message([text_observation("Cough")], event="MDM^T10", document=txa()), STATUS.AMENDED),
        (hl7_message([], event="MDM^T11", document=txa("")), STATUS.ENTERED_IN_ERROR),
        (cda_document(), STATUS.FINAL),
        (cda_document(signature="X"), STATUS.UNSIGNED),
        (cda_document(signature=""), STATUS.UNKNOWN),
        (cda_document(header='<relatedDocument typeCode="APND"/>'), STATUS.ADDENDUM),
        (cda_document(header='<relatedDocument typeCode="RPLC"/>'), STATUS.AMENDED),
    ],
)
def test_what_a_message_says_of_its_state(content: bytes, status: DocumentStatus) -> None:
    source = inspect(content, None).source
    assert source is not None
    assert source.status is status


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, STATUS.FINAL),
        ({"docStatus": "preliminary"}, STATUS.PRELIMINARY),
        ({"docStatus": "amended"}, STATUS.AMENDED),
        ({"status": "superseded"}, STATUS.ENTERED_IN_ERROR),
        ({"status": "entered-in-error"}, STATUS.ENTERED_IN_ERROR),
        ({"docStatus": None}, STATUS.UNKNOWN),
        ({"docStatus": None, "authenticator": {"reference": "Practitioner/1"}}, STATUS.FINAL),
        ({"relatesTo": [{"code": "appends", "target": {"reference": "a"}}]}, STATUS.ADDENDUM),
        ({"relatesTo": [{"code": "signs", "target": {"reference": "a"}}]}, STATUS.FINAL),
    ],
)
def test_what_a_resource_says_of_its_state(changes: dict[str, Any], status: DocumentStatus) -> None:
    resource = document_reference(fhir_attachment(TEXT_NOTE)) | changes
    (part,) = inspect(as_json({key: value for key, value in resource.items() if value is not None}), None).parts
    assert part.source.status is status


@pytest.mark.parametrize(
    "content",
    [
        hl7_message([text_observation("Cough")], document=txa("DO")),
        cda_document(signature="X"),
        as_json(document_reference(fhir_attachment(TEXT_NOTE), docStatus="preliminary")),
    ],
)
def test_what_its_message_calls_unsigned_waits_for_a_signature_whatever_the_submission_says(
    desk: Desk, content: bytes
) -> None:
    for status in (STATUS.UNKNOWN, STATUS.FINAL):
        assert [code for code, _ in codes(desk(desk.document(content, status=status)))] == ["awaiting_signature"]


def test_a_document_whose_message_cancels_it_is_as_if_never_sent(desk: Desk) -> None:
    cancelled = hl7_message([text_observation("Cough")], document=txa(availability="CA"))
    assert types(accepted(desk(cancelled, TEXT_NOTE))) == [("note-2", TEXT)]
    assert codes(desk(cancelled)) == [("documents_missing", None)]


def test_the_submission_says_more_than_the_message(desk: Desk) -> None:
    content = hl7_message([text_observation("Cough")])
    (plain,) = accepted(desk(content))
    assert (plain.document.kind, plain.document.author_id) == ("DS", "prv-1")
    assert plain.document.authored_at == datetime(2026, 3, 2, 10, 30, tzinfo=UTC)
    (given_,) = accepted(desk(desk.document(content, kind="18842-5", author_id="prv-9")))
    assert (given_.document.kind, given_.document.author_id) == ("18842-5", "prv-9")


def test_of_the_formats_of_one_fhir_document_the_first_that_can_be_read_is_taken(desk: Desk) -> None:
    html = fhir_attachment(b"<html>Cough</html>", "text/html")
    both = document_reference(html, fhir_attachment(RTF_NOTE), fhir_attachment(TEXT_NOTE))
    assert types(accepted(desk(as_json(both)))) == [("note-1.1", RTF)]


def test_a_binary_in_the_bundle_is_no_reference_to_elsewhere(desk: Desk) -> None:
    binary = {"resourceType": "Binary", "id": "b", "contentType": "text/plain", "data": "UGxhbjogcmVzdC4="}
    reference = document_reference({"attachment": {"url": "Binary/b"}})
    (found,) = accepted(desk(as_json(bundle(reference, binary))))
    assert found.document.claim_check is not None
    assert desk.store.contents[found.document.claim_check.uri] == b"Plan: rest."


MARSH = Patient(patient_id="p", record_number="004711", name="Marsh, Helena", birth_date="1961-05-04", sex=Sex.FEMALE)
FHIR_PATIENT = {"resourceType": "Patient", "id": "p", "gender": "female", "birthDate": "1961-05-04"}
OF_PATIENT = document_reference(fhir_attachment(TEXT_NOTE), subject={"reference": "Patient/p"})


@pytest.mark.parametrize(
    ("patient", "differing"),
    [
        (MARSH, None),
        (MARSH.model_copy(update={"record_number": "9999"}), None),
        (MARSH.model_copy(update={"record_number": "9999", "birth_date": None}), "record number"),
        (MARSH.model_copy(update={"birth_date": "1961-05-05"}), "birth date"),
        (MARSH.model_copy(update={"sex": Sex.MALE}), "sex"),
        (MARSH.model_copy(update={"name": "Oduya, In\u00e9s"}), "name"),
        (MARSH.model_copy(update={"name": "Helena Marsh-Oduya"}), None),
        (Patient(patient_id="p"), None),
    ],
)
def test_a_document_about_somebody_else_is_for_a_person(desk: Desk, patient: Patient, differing: str | None) -> None:
    for content in (hl7_message([text_observation("Cough")]), cda_document()):
        event = desk(content, encounter=encounter(patient=patient))
        if differing is None:
            assert accepted(event)
        else:
            assert codes(event) == [("patient_mismatch", "note-1")]
            assert isinstance(event, ReviewRequested)
            assert differing in event.problems[0].message
            assert "1961" not in repr(event.problems)
            assert "Marsh" not in repr(event.problems)


def test_a_patient_in_the_bundle_is_compared_too(desk: Desk) -> None:
    content = as_json(bundle(OF_PATIENT, FHIR_PATIENT))
    assert accepted(desk(content, encounter=encounter(patient=MARSH)))
    other = MARSH.model_copy(update={"birth_date": "1961-05-05"})
    assert codes(desk(content, encounter=encounter(patient=other))) == [("patient_mismatch", "note-1.1")]


def test_ids_of_parts_must_not_meet_those_of_other_documents(desk: Desk) -> None:
    documents = [
        desk.document(hl7_message([attachment(RTF_NOTE)]), "note"),
        desk.document(TEXT_NOTE, "note.1"),
    ]
    assert codes(desk(*documents)) == [("document_id_repeated", "note.1")]
