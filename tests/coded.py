"""A coded note of every kind of thing that is shown: shared codes' places, a query, an edit, a candidate."""

from __future__ import annotations

from chartstream.errors import Problem
from chartstream.events.coding import (
    Candidate,
    CodeSetRelease,
    CodeSystem,
    Coding,
    Diagnosis,
    Explanation,
    PresentOnAdmission,
    QueryDraft,
)
from chartstream.events.extraction import Evidence, Section
from chartstream.events.head import Component, Origin
from chartstream.events.validation import Finding, Grouping, Severity
from chartstream.viewer.coded import CodedNote, CodedText

TEXT = """CHIEF COMPLAINT
Follow-up of <sugar> & kidneys.

ASSESSMENT
1. Type 2 diabetes
2. Chronic kidney disease
3. Possible gout
"""
_PLACES = {"d": "Type 2 diabetes", "k": "Chronic kidney disease", "g": "gout"}


def coded_note(name: str = "note.txt") -> CodedNote:
    """Two codes, one of which rests on two places, one candidate, and what was said about them."""
    diabetes, kidney, gout = (_evidence(words) for words in _PLACES.values())
    assessment = TEXT.index("ASSESSMENT")
    coding = Coding(
        diagnoses=(
            _diagnosis(1, "E11.22", (kidney, diabetes), "diabetes with kidney disease"),
            _diagnosis(2, "N18.9", (kidney,), "own term"),
        ),
        candidates=(
            Candidate(
                system=CodeSystem.ICD_10_CM,
                code="M10.9",
                description="Gout, unspecified",
                code_confidence=0.1,
                reason="uncertain: not coded",
                evidence=(gout,),
            ),
        ),
        queries=(QueryDraft(code="N18.9", question="Please document the stage", options=("stage 1", "stage 2")),),
        extraction_confidence=1.0,
        coder=Component(name="engine", version="1", sha256="0" * 64),
        code_sets=(CodeSetRelease(system=CodeSystem.ICD_10_CM, release="FY2026", sha256="0" * 64),),
    )
    return CodedNote(
        name,
        "review",
        (Problem("no_certificate", "no certificate is installed", "a person decides"),),
        (
            CodedText(
                "note",
                TEXT,
                (
                    Section(kind="chief_complaint", begin=0, end=assessment, confidence=1.0),
                    Section(kind="assessment", begin=assessment, end=len(TEXT), confidence=1.0),
                ),
            ),
        ),
        coding,
        (
            Finding(
                edit="principal_missing",
                severity=Severity.REVIEW,
                message="the first code is none",
                remedy="choose another",
                source="UHDDS",
                codes=("E11.22",),
            ),
        ),
        (Grouping(system="MS-DRG", value="638", weight=0.8612, drivers=("E11.22",)),),
    )


def _evidence(words: str) -> Evidence:
    begin = TEXT.index(words)
    return Evidence(
        document_id="note",
        begin=begin,
        end=begin + len(words),
        quote_sha256="0" * 64,
        role="term",
        section="assessment",
    )


def _diagnosis(sequence: int, code: str, evidence: tuple[Evidence, ...], rule: str) -> Diagnosis:
    return Diagnosis(
        sequence=sequence,
        system=CodeSystem.ICD_10_CM,
        code=code,
        description=f"What {code} means",
        present_on_admission=PresentOnAdmission.Y,
        origin=Origin.ENGINE,
        evidence=evidence,
        extraction_confidence=0.99,
        code_confidence=0.9,
        explanation=Explanation(
            rule=rule, term="term", features={"words": 3.0}, steps=("Diabetes and kidney disease stand in one list.",)
        ),
    )
