"""The text of a Word paragraph as a reader sees it: insertions in, deletions and hidden text out."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from docx.oxml.ns import qn

_DELETED = frozenset(qn(tag) for tag in ("w:del", "w:moveFrom", "w:pPr", "w:rPr", "w:instrText"))
_BOX = qn("w:txbxContent")
_FALLBACK = "{http://schemas.openxmlformats.org/markup-compatibility/2006}Fallback"
_BREAKS = {qn("w:tab"): "\t", qn("w:br"): "\n", qn("w:cr"): "\n", qn("w:noBreakHyphen"): "-"}
_BLOCK_HOLDERS = frozenset(
    qn(tag) for tag in ("w:sdt", "w:sdtContent", "w:ins", "w:moveTo", "w:customXml", "w:smartTag")
)
_PARAGRAPH, _TABLE = qn("w:p"), qn("w:tbl")


def blocks(parent: Any) -> Iterator[Any]:
    """The paragraphs and tables (XML elements) of a body, cell, header or text box, content controls opened."""
    for child in parent:
        if child.tag in (_PARAGRAPH, _TABLE):
            yield child
        elif child.tag in _BLOCK_HOLDERS:
            yield from blocks(child)


def text_of(element: Any) -> str:
    """The text of a paragraph or run; lines broken by hand are parted by newlines, notes are marked ``[1]``."""
    return "".join(_pieces(element))


def _pieces(element: Any) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag == qn("w:t"):
            yield child.text or ""
        elif tag in _BREAKS:
            yield _BREAKS[tag]
        elif tag in (qn("w:footnoteReference"), qn("w:endnoteReference")):
            yield f"[{child.get(qn('w:id'))}]"
        elif tag not in _DELETED and tag not in (_BOX, _FALLBACK) and not _hidden(child):
            yield from _pieces(child)


def _hidden(element: Any) -> bool:
    if element.tag != qn("w:r"):
        return False
    mark = element.find(f"{qn('w:rPr')}/{qn('w:vanish')}")
    return mark is not None and mark.get(qn("w:val")) not in ("0", "false")


def boxes_in(element: Any) -> Iterator[Any]:
    """The text boxes that hang on a paragraph, each once: Word stores most of them a second time for older readers."""
    for child in element:
        if child.tag == _BOX:
            yield child
        elif child.tag != _FALLBACK:
            yield from boxes_in(child)
