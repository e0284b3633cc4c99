"""Markdown as recognising services write it, to lines of plain text: nothing that stands on the page is lost.

Marks of headings, emphasis and tables go; list markers stay, since sections and statements are told apart by them.
What only looks like a mark stays: ``<5 mg/dL``, ``> 30 pack-years``, ``2*3``. Tables, whether drawn with pipes, in HTML
or in the cell tokens of PaddleOCR-VL (OTSL), become a line a row with `` | `` between cells.
"""

from __future__ import annotations

import html
import re
from dataclasses import dataclass

from chartstream.extraction.engines.markdown_tables import pipe_rows

CELL = " | "
"""What stands between the cells of a row, as in the notes that come as plain text."""

_FENCE = re.compile(r"^\s*(?:```\s*[a-z]*|~~~)\s*$")
_RULE = re.compile(r"^\s*(?:(?:-\s*){3,}|(?:\*\s*){3,}|(?:_\s*){3,}|={3,})$")
_TABLE_RULE = re.compile(r"^\s*\|?\s*:?-+:?\s*(?:\|\s*:?-+:?\s*)*\|?\s*$")
_HEADING = re.compile(r"^\s{0,3}#{1,6}\s+(?P<text>.*?)(?:\s+#+)?\s*$")
_BULLET = re.compile(r"^\s*[-*+\u2022]\s+")
_IMAGE = re.compile(r"!\[([^\]\n]*)\]\([^)\n]*\)")
_STRONG = re.compile(r"(\*\*|__)(?=\S)([^\n]*?\w[^\n]*?)(?<=\S)\1")
_STAR = re.compile(r"(?<![\w*])\*(?=[^\s*])([^*\n]+?)(?<=[^\s*])\*(?![\w*])")
_LOW_LINE = re.compile(r"(?<![\w_])_(?=[^\s_])([^_\n]+?)(?<=[^\s_])_(?![\w_])")
_CODE = re.compile(r"`([^`\n]+)`")
_ESCAPE = re.compile(r"\\([\\`*_{}\[\]()#+\-.!|<>~])")
_ENTITY = re.compile(r"&(?:#\d{1,6}|#x[0-9a-f]{1,5}|[a-z][a-z0-9]{1,24});", re.IGNORECASE)
_FORMULA = re.compile(r"\$\$?([^$\n]*[\\^_{][^$\n]*)\$\$?|\\\(([^\n]*?)\\\)")
_WHOLLY_STRONG = re.compile(r"^\s*(\*\*|__)(?=\S)(?:(?!\1).)+\1:?\s*$")
_BREAKS = re.compile(r"<\s*(?:br|/?p|/?div|/?center|/?li|/?ul|/?ol|/?h[1-6])\b[^<>]*>", re.IGNORECASE)
_INLINE = re.compile(r"</?\s*(?:b|i|u|em|strong|sup|sub|span|font|img|a)\b[^<>]*>", re.IGNORECASE)
_COMMENT = re.compile(r"<!--.*?-->", re.DOTALL)

_SYMBOLS = {
    r"\geq": "≥",
    r"\ge": "≥",
    r"\leq": "≤",
    r"\le": "≤",
    r"\pm": "±",
    r"\times": "\u00d7",
    r"\mu": "µ",
    r"\circ": "°",
    r"\rightarrow": "→",
    r"\to": "→",
    r"\uparrow": "↑",
    r"\downarrow": "↓",
    r"\approx": "≈",
    r"\%": "%",
    r"\sim": "~",
    r"\cdot": "·",
}
_SYMBOL = re.compile("|".join(re.escape(name) + ("(?![a-zA-Z])" if name[-1].isalpha() else "") for name in _SYMBOLS))


@dataclass(frozen=True, slots=True)
class MarkupLine:
    """One line without marks and not empty; ``bold``: a heading, or all of it set in bold."""

    text: str
    bold: bool = False


def lines_of(markdown: str) -> tuple[MarkupLine, ...]:
    """The lines of a page, from the top, empty ones left out."""
    text = _COMMENT.sub("", markdown)
    text = _BREAKS.sub("\n", pipe_rows(text))
    found = []
    for raw in text.splitlines():
        if _FENCE.match(raw) or _RULE.match(raw) or ("|" in raw and _TABLE_RULE.match(raw)):
            continue
        line = _line(_INLINE.sub("", raw))
        if line.text:
            found.append(line)
    return tuple(found)


def _line(raw: str) -> MarkupLine:
    heading = _HEADING.match(raw)
    if heading:
        return MarkupLine(_plain(heading["text"]), bold=True)
    if raw.lstrip().startswith("|"):
        return MarkupLine(_row(raw))
    bold = _WHOLLY_STRONG.match(raw) is not None
    bullet = _BULLET.match(raw)
    if bullet and not bold:
        return MarkupLine(f"- {_plain(raw[bullet.end() :])}".strip())
    return MarkupLine(_plain(raw), bold)


def _row(raw: str) -> str:
    inner = raw.strip().removeprefix("|")
    if inner.endswith("|") and not inner.endswith("\\|"):
        inner = inner[:-1]
    return CELL.join(_plain(cell) for cell in re.split(r"(?<!\\)\|", inner)).strip()


def _plain(text: str) -> str:
    text = _IMAGE.sub(r"\1", text)
    text = _FORMULA.sub(_formula, text)
    text = _STRONG.sub(r"\2", text)
    text = _LOW_LINE.sub(r"\1", _STAR.sub(r"\1", text))
    text = _ESCAPE.sub(r"\1", _CODE.sub(r"\1", text))
    return " ".join(_ENTITY.sub(lambda entity: html.unescape(entity[0]), text).split())


def _formula(found: re.Match[str]) -> str:
    """Signs that notes need, written out; what else a formula holds stays as it is, without its braces."""
    inner = found[1] if found[1] is not None else found[2]
    named = _SYMBOL.sub(lambda symbol: _SYMBOLS[symbol[0]], inner)
    return re.sub(r"\s*\^(?=\s*\{?°)|[{}]", "", named).strip()
