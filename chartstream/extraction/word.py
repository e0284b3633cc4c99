"""Word files (DOCX): headers, then paragraphs, lists and tables in their order, then footers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from io import BytesIO
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.exceptions import PackageNotFoundError
from docx.table import Table, _Row
from docx.text.paragraph import Paragraph

from chartstream.errors import Problem, Rejected
from chartstream.extraction.readtext import ReadText, TextBuilder


def read_word(content: bytes) -> ReadText:
    """The text of a DOCX file, with lines but without pages (Word decides them only when it prints).

    A table's row becomes one line, its cells two spaces apart. Headings by style and paragraphs all in bold are
    marked as emphasised. Raises ``Rejected`` (``document_unreadable``) when it is no whole Word file.
    """
    document = _opened(content)
    builder = TextBuilder()
    for part in (_headers(document), document.iter_inner_content(), _footers(document)):
        for block in part:
            if isinstance(block, Table):
                _add_table(block, builder)
            else:
                _add_paragraph(block, builder)
    return builder.build()


def _opened(content: bytes) -> Document:
    try:
        return docx.Document(BytesIO(content))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise Rejected(
            Problem(
                "document_unreadable",
                "the Word file lacks a part or one of its parts is damaged",
                "open and save the document in Word, then submit it again",
            )
        ) from error


def _headers(document: Document) -> Iterator[Paragraph | Table]:
    """Headers where the patient's name and number often stand; one that repeats the section before it only once."""
    for section in document.sections:
        if not section.header.is_linked_to_previous:
            yield from section.header.iter_inner_content()


def _footers(document: Document) -> Iterator[Paragraph | Table]:
    for section in document.sections:
        if not section.footer.is_linked_to_previous:
            yield from section.footer.iter_inner_content()


def _add_paragraph(paragraph: Paragraph, builder: TextBuilder) -> None:
    style = (paragraph.style.name or "") if paragraph.style is not None else ""
    heading = style.startswith(("Heading", "Title"))
    emphasised = heading or _all_bold(paragraph)
    mark = "- " if style.startswith("List") else ""
    for line in paragraph.text.split("\n"):
        builder.add_line(mark + line if line.strip() else "", emphasised=emphasised and bool(line.strip()))


def _all_bold(paragraph: Paragraph) -> bool:
    runs = [run for run in paragraph.runs if run.text.strip()]
    return bool(runs) and all(run.bold for run in runs)


def _add_table(table: Table, builder: TextBuilder) -> None:
    for row in table.rows:
        builder.add_line("  ".join(text for text in _cells(row) if text))


def _cells(row: _Row) -> Iterable[str]:
    """The texts of a row's cells; a merged cell is listed once for each column it spans, and read once."""
    seen: set[int] = set()
    for cell in row.cells:
        element = id(cell._tc)  # noqa: SLF001 - the only identity that a merged cell has
        if element not in seen:
            seen.add(element)
            yield " ".join(cell.text.split())
