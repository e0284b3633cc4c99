"""Word files (DOCX): headers, then paragraphs, lists, text boxes and tables in their order, then notes and footers."""

from __future__ import annotations

from collections.abc import Iterator
from io import BytesIO
from typing import Any
from zipfile import BadZipFile

import docx
from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE as RELATION
from docx.opc.exceptions import PackageNotFoundError
from docx.oxml import parse_xml
from docx.oxml.ns import qn

from chartstream.errors import Problem, Rejected
from chartstream.events.extraction import RegionKind
from chartstream.extraction.readtext import Cell, ReadText, TextBuilder
from chartstream.extraction.wordlists import Numbering
from chartstream.extraction.wordtable import rows_of
from chartstream.extraction.wordtext import blocks, boxes_in, text_of

_DAMAGED = Problem(
    "document_unreadable",
    "the Word file lacks a part or one of its parts is damaged",
    "open and save the document in Word, then submit it again",
)


def read_word(content: bytes) -> ReadText:
    """The text of a DOCX file, with lines, regions and tables but without pages (Word decides them when it prints).

    A table's row becomes one line, its cells two spaces apart. Headings by style and paragraphs all in bold are
    marked as emphasised. Tracked insertions are read, deletions are not. Raises ``Rejected``
    (``document_unreadable``) when it is no whole Word file.
    """
    document = _opened(content)
    writer = _Writer(document)
    sections = list(document.sections)
    for part in _running(sections, "header"):
        writer.add_running(part, RegionKind.HEADER)
    writer.add(document.element.body)
    writer.add_notes(document)
    for part in _running(sections, "footer"):
        writer.add_running(part, RegionKind.FOOTER)
    return writer.builder.build()


def _opened(content: bytes) -> Document:
    try:
        return docx.Document(BytesIO(content))
    except (PackageNotFoundError, BadZipFile, KeyError, ValueError, SyntaxError) as error:
        raise Rejected(_DAMAGED) from error


def _running(sections: list[Any], name: str) -> Iterator[Any]:
    """Headers or footers; one that repeats that of the section before it only once."""
    for section in sections:
        if section.different_first_page_header_footer:
            first = getattr(section, f"first_page_{name}")
            if not first.is_linked_to_previous:
                yield first._element  # noqa: SLF001 - python-docx gives the XML by no other name
        usual = getattr(section, name)
        if not usual.is_linked_to_previous:
            yield usual._element  # noqa: SLF001


class _Writer:
    """Puts blocks into the builder, one region for each paragraph, list or table."""

    def __init__(self, document: Document) -> None:
        self.builder = TextBuilder()
        self._styles = {style.style_id: style.name or "" for style in document.styles}
        numbering = _part(document, RELATION.NUMBERING)
        self._numbering = Numbering(numbering, document.styles.element)
        self._list_begin: int | None = None

    def add(self, parent: Any) -> None:
        """Everything in a body or text box, in order."""
        for element in blocks(parent):
            if element.tag == qn("w:tbl"):
                self._end_list()
                self._add_table(element)
            else:
                self._add_paragraph(element)
                for box in boxes_in(element):
                    self._end_list()
                    self.add(box)
        self._end_list()

    def add_running(self, parent: Any, kind: RegionKind) -> None:
        """A header or footer as one region."""
        first = self.builder.line_count
        for element in blocks(parent):
            if element.tag == qn("w:tbl"):
                for row in rows_of(element):
                    self.builder.add_cells([cell.text for cell in row])
            else:
                self._add_lines(text_of(element), emphasised=False)
                for box in boxes_in(element):
                    for inner in box.iter(qn("w:p")):
                        self._add_lines(text_of(inner), emphasised=False)
        if any(text.strip() for text in parent.itertext()):
            self.builder.add_region(kind, first)

    def add_notes(self, document: Document) -> None:
        """Footnotes and endnotes, each behind its number."""
        for relation in (RELATION.FOOTNOTES, RELATION.ENDNOTES):
            part = _part(document, relation)
            for note in () if part is None else part:
                if note.get(qn("w:type")) is None:  # those with a type are the lines that part notes from the text
                    text = " ".join(" ".join(text_of(p) for p in note.iter(qn("w:p"))).split())
                    first = self.builder.line_count
                    self.builder.add_line(f"[{note.get(qn('w:id'))}] {text}")
                    self.builder.add_region(RegionKind.TEXT, first)

    def _add_paragraph(self, element: Any) -> None:
        style_id = element.find(f"{qn('w:pPr')}/{qn('w:pStyle')}")
        style = self._styles.get(style_id.get(qn("w:val")), "") if style_id is not None else ""
        text = text_of(element)
        heading = style.startswith(("Heading", "Title"))
        emphasised = heading or _all_bold(element)
        mark = self._numbering.mark_of(element) or ("-" if style.startswith("List") else None)
        if not text.strip():
            self._end_list()
            self.builder.add_line("")
            return
        first = self.builder.line_count
        if mark is not None and not emphasised:
            self._list_begin = first if self._list_begin is None else self._list_begin
        else:
            self._end_list()
        self._add_lines(f"{mark} {text}" if mark is not None else text, emphasised=emphasised)
        if self._list_begin is None:
            self.builder.add_region(RegionKind.TITLE if emphasised else RegionKind.TEXT, first)

    def _add_lines(self, text: str, *, emphasised: bool) -> None:
        for line in text.split("\n"):
            self.builder.add_line(line, emphasised=emphasised and bool(line.strip()))

    def _end_list(self) -> None:
        if self._list_begin is not None:
            self.builder.add_region(RegionKind.LIST, self._list_begin)
            self._list_begin = None

    def _add_table(self, element: Any) -> None:
        first = self.builder.line_count
        cells: list[Cell] = []
        for row in rows_of(element):
            spans = self.builder.add_cells([cell.text for cell in row])
            cells += [
                Cell(cell.row, cell.column, *span, row_span=cell.row_span, column_span=cell.column_span)
                for cell, span in zip(row, spans, strict=True)
            ]
        if cells:
            self.builder.add_region(RegionKind.TABLE, first)
            columns = max(cell.column + cell.column_span for cell in cells)
            self.builder.add_table(cells, columns, first, ruled=True)


def _all_bold(element: Any) -> bool:
    """Whether every run with text is bold by itself; what its style says is the heading's business."""
    runs = [run for run in element.iter(qn("w:r")) if text_of(run).strip()]
    return bool(runs) and all(_bold(run) for run in runs)


def _bold(run: Any) -> bool:
    mark = run.find(f"{qn('w:rPr')}/{qn('w:b')}")
    return mark is not None and mark.get(qn("w:val")) not in ("0", "false")


def _part(document: Document, relation: str) -> Any | None:
    """The root of a part that belongs to the document, ``None`` where it has none."""
    try:
        return parse_xml(document.part.part_related_by(relation).blob)
    except KeyError:
        return None
    except SyntaxError as error:
        raise Rejected(_DAMAGED) from error
