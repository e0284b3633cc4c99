"""Word files with headings, lists, tables, a header and a footer."""

from __future__ import annotations

from datetime import datetime
from io import BytesIO
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import docx
from docx.document import Document

from rendering.note import Kind, NoteLine, lines_of

_MADE = datetime(2026, 1, 1)  # noqa: DTZ001 - Word keeps no time zone


def render(text: str) -> bytes:
    """The letterhead in the header, the rest in the body, a page notice in the footer."""
    document = docx.Document()
    document.core_properties.created = document.core_properties.modified = _MADE
    document.sections[0].footer.paragraphs[0].text = "Confidential patient information"
    rows: list[NoteLine] = []
    for line in lines_of(text):
        if line.kind is Kind.ROW:
            rows.append(line)
            continue
        if rows:
            _add_table(document, rows)
            rows = []
        _add(document, line)
    out = BytesIO()
    document.save(out)
    return _without_times(out.getvalue())


def _add(document: Document, line: NoteLine) -> None:
    if line.kind is Kind.LETTERHEAD:
        document.sections[0].header.paragraphs[0].text = line.text
    elif line.kind is Kind.HEADING:
        document.add_heading(line.text, level=2)
    elif line.kind is Kind.ITEM:
        document.add_paragraph(line.text, style="List Bullet")
    elif line.kind is Kind.TEXT:
        document.add_paragraph(line.text)


def _add_table(document: Document, rows: list[NoteLine]) -> None:
    cells = [row.text.split(" | ") for row in rows]
    table = document.add_table(rows=len(cells), cols=len(cells[0]), style="Table Grid")
    for row, texts in zip(table.rows, cells, strict=True):
        for cell, content in zip(row.cells, texts, strict=True):
            cell.text = content


def _without_times(content: bytes) -> bytes:
    """The same archive with a fixed time on every part, so that rendering again gives the same bytes."""
    out = BytesIO()
    with ZipFile(BytesIO(content)) as source, ZipFile(out, "w", ZIP_DEFLATED) as target:
        for item in source.infolist():
            fixed = ZipInfo(item.filename, date_time=(2026, 1, 1, 0, 0, 0))
            fixed.compress_type = ZIP_DEFLATED
            target.writestr(fixed, source.read(item))
    return out.getvalue()
