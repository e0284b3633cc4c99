"""The sample documents: intake takes them, reading gives back what the source says, sections and fields are found."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import Any

import pytest
import yaml

from chartstream.errors import Rejected
from chartstream.extraction.engines.engine import LazyOcr
from chartstream.extraction.engines.paddle import PaddleOcr
from chartstream.extraction.fields import find_fields
from chartstream.extraction.reader import read
from chartstream.extraction.readtext import ReadText
from chartstream.extraction.sections import find_sections
from chartstream.intake.inspection import inspect

SAMPLES = Path(__file__).parents[3] / "samples"
MANIFEST = yaml.safe_load((SAMPLES / "encounters.yaml").read_text("utf-8"))
PICTURES = {
    "pulmonology-copd.pdf": ([0, 0], 0.985),
    "emergency-ureter-stone.png": ([0], 0.995),
    "nephrology-ckd.tiff": ([90], 0.97),
    "rheumatology-gout.jpg": ([0], 0.995),
}
MESSAGES = {"application/hl7-v2", "application/hl7-cda+xml"}
WHERE_THE_DIAGNOSES_STAND = {"assessment", "assessment_and_plan", "impression", "discharge_diagnoses"}


def documents() -> list[tuple[str, dict[str, Any]]]:
    return [
        (document["file"], encounter)
        for encounter in MANIFEST["encounters"]
        for submission in encounter["submissions"]
        for document in submission["documents"]
    ]


def source_of(name: str) -> str:
    text = (SAMPLES / "notes" / f"{name.rpartition('.')[0]}.txt").read_text("utf-8")
    return " ".join(text.replace(" | ", " ").split())


def check_content(found: ReadText, encounter: dict[str, Any]) -> None:
    kinds = [section.kind for section in find_sections(found)]
    assert set(kinds) & WHERE_THE_DIAGNOSES_STAND
    assert "other" not in kinds
    fields = {(field.name, field.value) for field in find_fields(found)}
    patient = encounter["patient"]
    same_patient = encounter["expected"].get("problem") != "birth_date_conflict"
    assert (("birth_date", patient["birth_date"].isoformat()) in fields) is same_patient
    assert ("sex", patient["sex"].upper()) in fields
    dated = {"encounter_date", "admission_date"} & {name for name, _ in fields}
    assert bool(dated) is (encounter["expected"].get("problem") != "encounter_date_missing")
    signed = ("signature", "SIGNED") in fields
    assert signed is (encounter["expected"].get("problem") != "awaiting_signature")


@pytest.mark.parametrize(("name", "encounter"), documents(), ids=lambda given: given if isinstance(given, str) else "")
def test_documents_with_text_give_it_back_word_for_word(name: str, encounter: dict[str, Any], no_ocr: Any) -> None:
    content = (SAMPLES / "documents" / name).read_bytes()
    if encounter["expected"].get("problem") == "document_truncated":
        with pytest.raises(Rejected, match="document_truncated"):
            inspect(content, None)
        return
    inspection = inspect(content, None)
    assert inspection.problems == ()
    if name in PICTURES:
        assert inspection.page_count == len(PICTURES[name][0])
        return
    carried = inspection.parts[0].content if inspection.parts else content
    found = read(carried, inspect(carried, None).media_type, no_ocr)
    words = " ".join(found.text.replace("\u2022", "-").replace("Confidential patient information", "").split())
    if inspection.media_type in MESSAGES:  # what the message says of itself comes first; titles are set its own way
        assert words.lower().endswith(source_of(name).lower())
    else:
        assert words == source_of(name)
    check_content(found, encounter)


@pytest.mark.ocr
def test_pictures_are_read_upright_and_nearly_without_error() -> None:
    ocr = LazyOcr(PaddleOcr)
    encounters = dict(documents())
    for name, (rotations, agreement) in PICTURES.items():
        content = (SAMPLES / "documents" / name).read_bytes()
        found = read(content, inspect(content, None).media_type, ocr)
        assert [page.rotation for page in found.pages] == rotations, name
        # Spaces and list dashes apart: the next word does not depend on them, and faxes lose dashes among the dots.
        ours, theirs = (
            text.replace("-", "").replace(" ", "").replace("\n", "") for text in (found.text, source_of(name))
        )
        assert difflib.SequenceMatcher(None, ours, theirs, autojunk=False).ratio() >= agreement, name
        assert found.mean_confidence() > 0.95, name
        check_content(found, encounters[name])


def test_every_note_is_rendered_and_every_document_published() -> None:
    published = {name for name, _ in documents()}
    assert published == {path.name for path in (SAMPLES / "documents").iterdir()}
    assert {name.rpartition(".")[0] for name in published} == {path.stem for path in (SAMPLES / "notes").iterdir()}
    assert sum(path.stat().st_size for path in (SAMPLES / "documents").iterdir()) < 3_000_000


def test_the_manifest_covers_what_the_demonstration_shows() -> None:
    encounters = MANIFEST["encounters"]
    assert len(encounters) >= 18
    assert len({encounter["specialty"] for encounter in encounters}) >= 9
    assert {encounter["claim_type"] for encounter in encounters} == {
        "professional",
        "facility_outpatient",
        "facility_inpatient",
    }
    assert {encounter["expected"]["outcome"] for encounter in encounters} == {"coded", "review", "rejected", "void"}
    assert all(
        encounter["expected"]["codes"] for encounter in encounters if encounter["expected"]["outcome"] == "coded"
    )
