"""Tables of Word files: their cells, merged ones once."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

from docx.oxml.ns import qn

from chartstream.extraction.wordtext import text_of


@dataclass(frozen=True, slots=True)
class WordCell:
    """A cell; rows and columns count from 0. Its paragraphs, those of tables within it too, are one text."""

    row: int
    column: int
    text: str
    row_span: int = 1
    column_span: int = 1


def rows_of(table: Any) -> list[list[WordCell]]:
    """The cells that begin in each row of a table (``w:tbl``); one merged downwards spans the rows it goes on in."""
    rows: list[list[WordCell]] = []
    running: dict[int, tuple[int, int]] = {}  # by column: the row of a cell that may go on below, and its place in it
    for number, row in enumerate(_children(table, "w:tr")):
        rows.append([])
        column = _count(row, "w:trPr", "w:gridBefore", 0)
        for cell in _children(row, "w:tc"):
            width = _count(cell, "w:tcPr", "w:gridSpan", 1)
            merge = cell.find(f"{qn('w:tcPr')}/{qn('w:vMerge')}")
            if merge is not None and merge.get(qn("w:val")) != "restart" and column in running:
                at, place = running[column]
                rows[at][place] = replace(rows[at][place], row_span=number - at + 1)
            else:
                rows[number].append(WordCell(number, column, _text(cell), column_span=width))
                running.pop(column, None)
                if merge is not None:
                    running[column] = (number, len(rows[number]) - 1)
            column += width
    return rows


def _children(parent: Any, tag: str) -> Iterator[Any]:
    """Rows of a table or cells of a row, content controls opened; rows that were deleted are left out."""
    for child in parent:
        if child.tag == qn(tag):
            if child.find(f"{qn('w:trPr')}/{qn('w:del')}") is None:
                yield child
        elif child.tag in (qn("w:sdt"), qn("w:sdtContent"), qn("w:customXml")):
            yield from _children(child, tag)


def _count(element: Any, properties: str, tag: str, default: int) -> int:
    found = element.find(f"{qn(properties)}/{qn(tag)}")
    value = "" if found is None else str(found.get(qn("w:val")))
    return int(value) if value.isdecimal() else default


def _text(cell: Any) -> str:
    return " ".join(" ".join(text_of(paragraph).split()) for paragraph in cell.iter(qn("w:p"))).strip()
