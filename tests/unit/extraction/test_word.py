"""Word files keep headings, lists, tables, headers and footers, in order."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pytest
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

from chartstream.errors import Rejected
from chartstream.events.extraction import RegionKind
from chartstream.extraction.reader import DOCX, read


def test_everything_in_order(no_ocr: Any) -> None:
    document = docx.Document()
    document.sections[0].header.paragraphs[0].text = "MRN: 448210"
    document.sections[0].footer.paragraphs[0].text = "Page footer"
    document.add_heading("Medications", level=2)
    document.add_paragraph("Apixaban 5 mg", style="List Bullet")
    table = document.add_table(rows=2, cols=3)
    for row, texts in zip(table.rows, [("Test", "Result", "Unit"), ("A1c", "6.9", "%")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    merged = table.add_row().cells
    merged[0].merge(merged[2]).text = "Comment: stable"
    document.add_paragraph().add_run("ASSESSMENT").bold = True
    document.add_paragraph("Hypertension.\nStable.")
    out = BytesIO()
    document.save(out)

    found = read(out.getvalue(), DOCX, no_ocr)
    assert found.text.split("\n") == [
        "MRN: 448210",
        "Medications",
        "- Apixaban 5 mg",
        "Test  Result  Unit",
        "A1c  6.9  %",
        "Comment: stable",
        "ASSESSMENT",
        "Hypertension.",
        "Stable.",
        "Page footer",
    ]
    emphasised = [found.text[line.begin : line.end] for line in found.lines if line.emphasised]
    assert emphasised == ["Medications", "ASSESSMENT"]
    assert found.pages == ()


def saved(document: Any) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def added(document: Any, inner: str) -> None:
    """Append a paragraph given as XML."""
    document.element.body.insert(-1, parse_xml(f"<w:p {nsdecls('w')}>{inner}</w:p>"))


def test_numbered_lists_keep_their_numbers_and_are_one_region(no_ocr: Any) -> None:
    document = docx.Document()
    document.add_paragraph("Assessment follows.")
    for text in ("Hypertension.", "Gout."):
        document.add_paragraph(text, style="List Number")
    document.add_paragraph("Return in June.")
    found = read(saved(document), DOCX, no_ocr)
    assert found.text.split("\n") == ["Assessment follows.", "1. Hypertension.", "2. Gout.", "Return in June."]
    kinds = [(region.kind, found.text[region.begin : region.end]) for region in found.regions]
    assert kinds == [
        (RegionKind.TEXT, "Assessment follows."),
        (RegionKind.LIST, "1. Hypertension.\n2. Gout."),
        (RegionKind.TEXT, "Return in June."),
    ]


def test_insertions_are_read_and_deletions_and_hidden_text_are_not(no_ocr: Any) -> None:
    document = docx.Document()
    added(
        document,
        "<w:r><w:t xml:space='preserve'>Dose </w:t></w:r><w:del><w:r><w:delText>5</w:delText></w:r></w:del>"
        "<w:ins><w:r><w:t>10</w:t></w:r></w:ins><w:r><w:t xml:space='preserve'> mg</w:t></w:r>"
        "<w:r><w:rPr><w:vanish/></w:rPr><w:t>draft</w:t></w:r>",
    )
    assert read(saved(document), DOCX, no_ocr).text == "Dose 10 mg"


def test_text_boxes_are_read_once(no_ocr: Any) -> None:
    document = docx.Document()
    box = "<w:txbxContent><w:p><w:r><w:t>Allergies: penicillin</w:t></w:r></w:p></w:txbxContent>"
    mc = "xmlns:mc='http://schemas.openxmlformats.org/markup-compatibility/2006'"
    added(
        document,
        f"<w:r><mc:AlternateContent {mc}><mc:Choice Requires='wps'>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>Visit note</w:t></w:r>",
    )
    assert read(saved(document), DOCX, no_ocr).text == "Visit note\nAllergies: penicillin"


def test_content_controls_are_opened(no_ocr: Any) -> None:
    document = docx.Document()
    control = f"<w:sdt {nsdecls('w')}><w:sdtContent><w:p><w:r><w:t>Sex: F</w:t></w:r></w:p></w:sdtContent></w:sdt>"
    document.element.body.insert(-1, parse_xml(control))
    assert read(saved(document), DOCX, no_ocr).text == "Sex: F"


def test_tables_have_cells_with_spans(no_ocr: Any) -> None:
    document = docx.Document()
    table = document.add_table(rows=3, cols=3)
    for row, texts in zip(table.rows, [("Test", "Value", ""), ("A1c", "6.9", "%"), ("", "7.1", "%")], strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(0, 1).merge(table.cell(0, 2))
    table.cell(1, 0).merge(table.cell(2, 0))
    found = read(saved(document), DOCX, no_ocr)
    (placed,) = found.tables
    assert found.text == "Test  Value\nA1c  6.9  %\n7.1  %"
    assert (placed.rows, placed.columns) == (3, 3)
    cells = [(c.row, c.column, c.row_span, c.column_span, found.text[c.begin : c.end]) for c in placed.cells]
    assert cells == [
        (0, 0, 1, 1, "Test"),
        (0, 1, 1, 2, "Value"),
        (1, 0, 2, 1, "A1c"),
        (1, 1, 1, 1, "6.9"),
        (1, 2, 1, 1, "%"),
        (2, 1, 1, 1, "7.1"),
        (2, 2, 1, 1, "%"),
    ]
    assert [region.kind for region in found.regions] == [RegionKind.TABLE]


def test_a_damaged_file_is_rejected(no_ocr: Any) -> None:
    with pytest.raises(Rejected) as rejection:
        read(b"PK\x03\x04 and no more", DOCX, no_ocr)
    assert rejection.value.problems[0].code == "document_unreadable"
