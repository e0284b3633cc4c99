"""The coding stage: extracted notes in; proposed codes, or the reason why there are none, out."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import date

import pytest

from chartstream.coding import CodingEngine
from chartstream.coding.stage import CodingStage
from chartstream.events.catalogue import topic_of
from chartstream.events.codec import Codec
from chartstream.events.coding import CodesProposed, DiagnosisRole, PresentOnAdmission
from chartstream.events.documents import DocumentStatus
from chartstream.events.encounter import ClaimType
from chartstream.events.extraction import Box, ExtractedDocument, ExtractedText, InlineText, NoteExtracted, TextLine
from chartstream.events.extraction import Section as SectionRecord
from chartstream.events.head import Action, Encrypted, Origin
from chartstream.texts import put_text
from tests.unit import builders

NOTE = "1. Type 2 diabetes mellitus\n2. Left carpal tunnel syndrome\n3. Possible gout"
KIND = "assessment_and_plan"

Extracted = Callable[..., NoteExtracted]


@pytest.fixture
def store() -> builders.DictStore:
    return builders.DictStore()


@pytest.fixture
def stage(engine: CodingEngine, store: builders.DictStore) -> CodingStage:
    return CodingStage(store, engine, builders.FixedClock())


@pytest.fixture
def extracted(store: builders.DictStore) -> Extracted:
    def make(text: str = NOTE, kind: str = KIND, inline: bool = True, **changes: object) -> NoteExtracted:
        end = len(NOTE.splitlines()[0])
        line = TextLine(begin=0, end=end, page=2, box=Box(x0=0.1, y0=0.2, x1=0.7, y1=0.22), confidence=0.83)
        content = ExtractedText(text=text, lines=(line,))
        check = put_text(content, store)
        document = ExtractedDocument(
            document_id="document-1",
            status=DocumentStatus.FINAL,
            source=check,
            text=check,
            sections=(SectionRecord(kind=kind, begin=0, end=len(text), confidence=1.0),),
            extraction_confidence=0.95,
        )
        return NoteExtracted(
            head=builders.head(),
            action=Action.SUBMIT,
            origin=Origin.ENGINE,
            encounter=builders.encounter(),
            documents=(document,),
            inline_texts=(InlineText(document_id="document-1", content=content),) if inline else (),
        ).model_copy(update=changes)

    return make


def proposed(stage: CodingStage, event: NoteExtracted) -> CodesProposed:
    (answer,) = stage(event)
    assert isinstance(answer, CodesProposed)
    carried = Codec().decode(Codec().encode(answer, topic_of(answer)), CodesProposed)
    assert carried == answer
    return answer


@pytest.mark.parametrize("inline", [True, False])
def test_codes_carry_evidence_page_and_two_confidences(stage: CodingStage, extracted: Extracted, inline: bool) -> None:
    coding = proposed(stage, extracted(inline=inline)).coding
    assert coding is not None
    assert [(d.sequence, d.code, d.role) for d in coding.diagnoses] == [
        (1, "E11.9", DiagnosisRole.PRINCIPAL),
        (2, "G56.02", DiagnosisRole.SECONDARY),
    ]
    first, second = coding.diagnoses
    (quote,) = first.evidence
    assert NOTE[quote.begin : quote.end] == "Type 2 diabetes"
    assert quote.quote_sha256 == hashlib.sha256(b"Type 2 diabetes").hexdigest()
    assert (quote.page, len(quote.boxes), quote.section) == (2, 1, KIND)
    assert first.extraction_confidence == 0.83
    assert second.extraction_confidence == 0.95
    assert {e.role for e in second.evidence} == {"term", "laterality"}
    assert first.explanation is not None
    assert first.explanation.features["words"] > 0
    assert coding.code_sets[0].release == "ICD-10-CM FY2026 (April 2026)"
    assert len(coding.code_sets[0].sha256) == len(coding.coder.sha256 or "") == 64


def test_what_was_not_proposed_is_a_candidate_with_its_reason(stage: CodingStage, extracted: Extracted) -> None:
    coding = proposed(stage, extracted()).coding
    assert coding is not None
    (candidate,) = coding.candidates
    assert candidate.code == "M10.9"
    assert "IV.H" in candidate.reason


def test_a_missing_side_becomes_a_query(stage: CodingStage, extracted: Extracted) -> None:
    coding = proposed(stage, extracted("1. Carpal tunnel syndrome")).coding
    assert coding is not None
    assert coding.diagnoses[0].code == "G56.00"
    assert set(coding.queries[0].options) == {"left", "right", "bilateral"}


def test_a_stay_gets_present_on_admission(stage: CodingStage, extracted: Extracted) -> None:
    stay = builders.encounter(
        claim_type=ClaimType.FACILITY_INPATIENT, service_from=date(2025, 9, 28), service_through=date(2025, 10, 2)
    )
    note = "1. Probable pneumonia\n2. Essential hypertension\n3. Hypokalemia, developed on day 3\n4. History of stroke"
    coding = proposed(stage, extracted(note, "discharge_diagnoses", encounter=stay)).coding
    assert coding is not None
    assert {d.code: d.present_on_admission for d in coding.diagnoses} == {
        "J18.9": PresentOnAdmission.Y,
        "I10": PresentOnAdmission.Y,
        "E87.6": PresentOnAdmission.N,
        "Z86.73": PresentOnAdmission.EXEMPT,
    }


@pytest.mark.parametrize(
    ("day", "problem"), [(date(2026, 10, 1), "no_release_for_date"), (None, "service_date_missing")]
)
def test_without_a_release_nothing_is_coded_and_the_reason_stated(
    stage: CodingStage, extracted: Extracted, day: date | None, problem: str
) -> None:
    answer = proposed(stage, extracted(encounter=builders.encounter(service_from=day)))
    assert answer.action is Action.SUBMIT
    assert answer.coding is not None
    assert answer.coding.diagnoses == ()
    assert [p.code for p in answer.coding.problems] == [problem]


def test_a_waived_date_is_coded_with_the_installed_release(stage: CodingStage, extracted: Extracted) -> None:
    event = extracted(encounter=builders.encounter(service_from=None), waived_fields=("encounter_date",))
    coding = proposed(stage, event).coding
    assert coding is not None
    assert coding.diagnoses


def test_a_text_that_is_gone_is_a_problem(stage: CodingStage, extracted: Extracted, store: builders.DictStore) -> None:
    event = extracted(inline=False)
    store.contents.clear()
    coding = proposed(stage, event).coding
    assert coding is not None
    assert [(p.code, p.document_id) for p in coding.problems] == [("document_missing", "document-1")]


def test_an_encrypted_text_is_a_problem(stage: CodingStage, extracted: Extracted) -> None:
    locked = Encrypted(key_id="key-1", algorithm="AES-256-GCM", nonce=b"n", ciphertext=b"c")
    inline = InlineText(document_id="document-1", content=ExtractedText(text=locked))
    coding = proposed(stage, extracted(inline_texts=(inline,))).coding
    assert coding is not None
    assert [p.code for p in coding.problems] == ["text_encrypted"]


def test_a_withdrawal_passes_through(stage: CodingStage, extracted: Extracted) -> None:
    event = extracted(action=Action.WITHDRAW, encounter=None, documents=(), withdrawal_reason="entered in error")
    answer = proposed(stage, event)
    assert answer.action is Action.WITHDRAW
    assert answer.coding is None
    assert answer.withdrawal_reason == "entered in error"


def test_the_same_event_gives_the_same_answer(stage: CodingStage, extracted: Extracted) -> None:
    assert stage(extracted()) == stage(extracted())
