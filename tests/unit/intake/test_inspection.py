"""Every document is known by its content, whole, and good enough, or refused with a remedy."""

from __future__ import annotations

import random
from collections.abc import Callable
from io import BytesIO
from pathlib import Path
from zipfile import ZipFile

import docx
import pytest
import reportlab
from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from chartstream.errors import Rejected
from chartstream.events.documents import Verdict
from chartstream.intake.inspection import Inspection, inspect
from chartstream.intake.media import DOCX, JPEG, PDF, PNG, TEXT, TIFF
from chartstream.intake.policy import Bound, Check, Policy, default_policy

FONTS = Path(reportlab.__file__).parent / "fonts"
SAMPLES = Path(__file__).parents[3] / "samples" / "documents"


def picture(width: int = 850, height: int = 1100) -> Image.Image:
    """A letter page of 11 point print, at the resolution that its width in pixels gives."""
    dpi = width / 8.5
    page = Image.new("L", (width, height), 255)
    font = ImageFont.truetype(str(FONTS / "Vera.ttf"), round(11 * dpi / 72))
    for row in range(40):
        place = (0.6 * dpi, (0.6 + 0.2 * row) * dpi)
        ImageDraw.Draw(page).text(place, "Lungs clear. Heart regular. " * 3, fill=0, font=font)
    return page


def logo(width: int, height: int) -> Image.Image:
    """A picture without letters."""
    page = Image.new("L", (width, height), 255)
    ImageDraw.Draw(page).rectangle((width // 4, height // 4, width // 2, height // 2), fill=0)
    return page


def image_bytes(form: str, page: Image.Image | None = None, dpi: int | None = 100, copies: int = 1) -> bytes:
    out = BytesIO()
    page = page or picture()
    extra = {"dpi": (dpi, dpi)} if dpi else {}
    if copies > 1:
        page.save(out, form, save_all=True, append_images=[page] * (copies - 1), **extra)
    else:
        page.save(out, form, **extra)
    return out.getvalue()


def pdf_bytes(pages: int = 1, scan: Image.Image | None = None, password: str | None = None) -> bytes:
    out = BytesIO()
    canvas = Canvas(out, encrypt=StandardEncryption(password) if password else None)
    for _ in range(pages):
        if scan is not None:
            canvas.drawImage(ImageReader(scan), 0, 0, *canvas._pagesize)
        canvas.drawString(72, 700, "Assessment: acute bronchitis.")
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def word_bytes(text: str = "Assessment: acute bronchitis.") -> bytes:
    document = docx.Document()
    if text:
        document.add_paragraph(text)
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def refused(content: bytes, policy: Policy | None = None) -> str:
    with pytest.raises(Rejected) as rejection:
        inspect(content, None, policy)
    problem = rejection.value.problems[0]
    assert problem.message
    assert problem.remedy
    return problem.code


def at_most(check: Check, most: float) -> Policy:
    """The packaged policy, which rejects what lies above a number."""
    policy = default_policy()
    bounds = (Bound(above=most, verdict=Verdict.REJECT),)
    return policy.model_copy(
        update={"checks": {**policy.checks, check: policy.of(check).model_copy(update={"bounds": bounds})}}
    )


def outcome(content: bytes) -> str:
    """Anything but these two is an exception that a worker would not expect, and fails the test."""
    try:
        return "read" if inspect(content, None).checks else "unchecked"
    except Rejected:
        return "refused"


def value_of(inspection: Inspection, name: str) -> float | None:
    return next(check.value for check in inspection.checks if check.name == name)


@pytest.mark.parametrize(
    ("content", "media_type", "pages"),
    [
        (b"Assessment: acute bronchitis.", TEXT, None),
        ("Fieber 38,4 \u00b0C".encode("utf-16"), TEXT, None),
        (pdf_bytes(3), PDF, 3),
        (word_bytes(), DOCX, None),
        (image_bytes("PNG"), PNG, 1),
        (image_bytes("JPEG"), JPEG, 1),
        (image_bytes("TIFF", copies=2), TIFF, 2),
    ],
)
def test_type_and_pages_come_from_the_content(content: bytes, media_type: str, pages: int | None) -> None:
    found = inspect(content, None)
    assert (found.media_type, found.page_count, found.problems) == (media_type, pages, ())


def test_a_wrong_declaration_is_put_right_and_noted() -> None:
    found = inspect(pdf_bytes(), "text/plain")
    assert found.media_type == PDF
    assert next(c for c in found.checks if c.name == "media_type").verdict is Verdict.NORMALISE


@pytest.mark.parametrize(
    "make",
    [pdf_bytes, word_bytes, lambda: image_bytes("PNG"), lambda: image_bytes("JPEG"), lambda: image_bytes("TIFF")],
)
@pytest.mark.parametrize("share", [0.4, 0.7, 0.95])
def test_a_file_cut_short_is_refused(make: Callable[[], bytes], share: float) -> None:
    whole = make()
    assert refused(whole[: int(len(whole) * share)]) == "document_truncated"


def test_the_truncated_sample_is_refused() -> None:
    assert refused((SAMPLES / "cardiology-truncated.pdf").read_bytes()) == "document_truncated"


def test_a_pdf_for_the_web_that_states_more_bytes_than_it_has_is_refused() -> None:
    whole = pdf_bytes()
    linear = whole[:9] + b"1 0 obj <</Linearized 1 /L 999999>> endobj\n" + whole[9:]
    assert refused(linear) == "document_truncated"


@pytest.mark.parametrize(
    ("content", "code"),
    [
        (b"", "document_empty"),
        (b" \r\n\t ", "document_empty"),
        (image_bytes("PNG", Image.new("L", (850, 1100), 250)), "document_empty"),
        (word_bytes(""), "document_empty"),
        (pdf_bytes(password="x"), "document_encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + "EncryptedPackage".encode("utf-16-le"), "document_encrypted"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 500, "document_truncated"),
        (b"{\\rtf1 Acute bronchitis.", "document_truncated"),
        (b"MSH|^~\\&|EHR|SITE|", "message_unsupported"),
        (b'{"resourceType": "Bundle"}', "envelope_empty"),
        (b"<?xml version='1.0'?><ClinicalDocument/>", "envelope_empty"),
        (b"<?xml version='1.0'?><Invoice/>", "media_type_unsupported"),
        (b"<!DOCTYPE html><html>Acute bronchitis.</html>", "media_type_unsupported"),
        (b"GIF89a\x01\x00\x01\x00\x00\x00\x00;", "media_type_unsupported"),
        (b"%PDF-1.7\nnothing of the kind\n%%EOF", "document_unreadable"),
        (image_bytes("PNG", picture(382, 500), dpi=45), "resolution_too_low"),
    ],
)
def test_what_cannot_be_read_is_refused_by_name(content: bytes, code: str) -> None:
    assert refused(content) == code


@pytest.mark.parametrize(
    ("content", "check", "most", "code"),
    [
        (b"x" * 101, Check.SIZE, 100, "document_too_large"),
        (b"x" * 101, Check.CHARACTERS, 100, "document_too_large"),
        (pdf_bytes(3), Check.PAGE_COUNT, 2, "document_too_many_pages"),
        (image_bytes("TIFF", copies=3), Check.PAGE_COUNT, 2, "document_too_many_pages"),
        (image_bytes("PNG"), Check.PAGE_PIXELS, 1000, "document_too_large"),
        (pdf_bytes(scan=picture()), Check.PAGE_PIXELS, 1000, "document_too_large"),
        (word_bytes(), Check.UNPACKED_SIZE, 1000, "document_too_large"),
        (word_bytes(), Check.BODY_SIZE, 1000, "document_too_large"),
        (pdf_bytes(), Check.OBJECTS, 3, "document_too_complex"),
        (pdf_bytes(), Check.PAGE_OBJECTS, 0, "document_too_complex"),
        (pdf_bytes(), Check.PAGE_INCHES, 5, "page_size_unusual"),
    ],
)
def test_limits_hold(content: bytes, check: Check, most: float, code: str) -> None:
    assert refused(content, at_most(check, most)) == code
    assert outcome(content) == "read"


@pytest.mark.parametrize(
    "content",
    [
        image_bytes("PNG", picture(595, 770), dpi=70),
        pdf_bytes(scan=picture(600, 800)),
        image_bytes("PNG", picture(500, 300), dpi=None),
        image_bytes("PNG", picture(500, 650), dpi=300),
        image_bytes("PNG", logo(400, 300), dpi=None),
    ],
)
def test_coarse_pages_go_to_a_person_with_the_remedy(content: bytes) -> None:
    problem = next(p for p in inspect(content, None).problems if p.code == "resolution_too_low")
    assert "rescan at 200 dpi" in problem.remedy


def test_resolution_of_a_scan_in_a_pdf_is_measured_from_the_page() -> None:
    scan = pdf_bytes(scan=picture(1654, 2339))
    assert value_of(inspect(scan, None), "effective_dpi") == pytest.approx(200, abs=1)


@pytest.mark.parametrize("part", ["word/vbaProject.bin", "word/document.xml"])
def test_macros_and_entities_in_word_are_refused(part: str) -> None:
    out = BytesIO(word_bytes())
    with ZipFile(out) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    parts[part] = b"<!DOCTYPE x [<!ENTITY a 'b'>]><w:t>" if part.endswith("xml") else b"macro"
    out = BytesIO()
    with ZipFile(out, "w") as archive:
        for name, content in parts.items():
            archive.writestr(name, content)
    assert refused(out.getvalue()) == ("document_unreadable" if part.endswith("xml") else "document_has_macros")


@pytest.mark.parametrize(
    "make",
    [pdf_bytes, word_bytes, lambda: image_bytes("PNG"), lambda: image_bytes("JPEG"), lambda: image_bytes("TIFF")],
)
def test_changed_bytes_are_read_or_refused_and_nothing_else(make: Callable[[], bytes]) -> None:
    whole = make()
    chance = random.Random(4)
    for _ in range(60):
        mutated = bytearray(whole)
        for _ in range(chance.randint(1, 30)):
            mutated[chance.randrange(len(mutated))] = chance.randrange(256)
        assert outcome(bytes(mutated)) in ("read", "refused")
