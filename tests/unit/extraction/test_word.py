"""Word files keep headings, lists, tables, headers and footers, in order."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import docx
import pytest

from chartstream.errors import Rejected
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


def test_a_damaged_file_is_rejected(no_ocr: Any) -> None:
    with pytest.raises(Rejected) as rejection:
        read(b"PK\x03\x04 and no more", DOCX, no_ocr)
    assert rejection.value.problems[0].code == "document_unreadable"
