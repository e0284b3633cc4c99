"""What the formatting of a Word 97-2003 file says of its characters: the ends of a table's rows, and what is not shown.

Source: [MS-DOC] 2.8.5 (PlcBteChpx), 2.8.6 (PlcBtePapx), 2.9.33 (ChpxFkp), 2.9.174 (PapxFkp), 2.2.5.1 (Sprm), 2.6.1 and
2.6.2 (the properties of characters and paragraphs). Places are offsets into the WordDocument stream, in bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass

_PAGE = 512
_CHARACTERS_AT, _PARAGRAPHS_AT = 0x00FA, 0x0102
_PAGE_NUMBER = 0x3FFFFF
_ROW_END = 0x2417  # sprmPFTtp
_NOT_SHOWN = frozenset({0x083C, 0x0800})  # sprmCFVanish; sprmCFRMarkDel, what a tracked change deleted
_OPERAND_SIZES = (1, 1, 2, 4, 2, 2, None, 3)
_LONG_OPERAND = 0xD608  # sprmTDefTable has a length of two bytes

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Formatting:
    """Spans of bytes in the main stream, each list in order."""

    row_ends: tuple[Span, ...]
    not_shown: tuple[Span, ...]


def formatting(main: bytes, table: bytes) -> Formatting:
    """The formatting of a document. Raises ``struct.error`` or ``IndexError`` where its tables are damaged."""
    row_ends = (span for span, sprms in _runs(main, table, paragraphs=True) if _ROW_END in sprms)
    not_shown = (span for span, sprms in _runs(main, table, paragraphs=False) if _NOT_SHOWN & sprms)
    return Formatting(tuple(sorted(row_ends)), tuple(sorted(not_shown)))


def _runs(main: bytes, table: bytes, *, paragraphs: bool) -> Iterator[tuple[Span, set[int]]]:
    """Every run of one formatting with the properties that are switched on in it."""
    width = 13 if paragraphs else 1
    for page in _pages(main, table, _PARAGRAPHS_AT if paragraphs else _CHARACTERS_AT):
        count = page[_PAGE - 1]
        places = struct.unpack_from(f"<{count + 1}I", page, 0)
        for number in range(count):
            offset = 2 * page[4 * (count + 1) + width * number]
            if offset:
                found = _properties(page, offset) if paragraphs else page[offset + 1 : offset + 1 + page[offset]]
                yield (places[number], places[number + 1]), set(_switched_on(found))


def _pages(main: bytes, table: bytes, where: int) -> Iterator[bytes]:
    begin, length = struct.unpack_from("<II", main, where)
    plc = table[begin : begin + length]
    count = max((len(plc) - 4) // 8, 0)
    numbers = struct.unpack_from(f"<{count}I", plc, 4 * (count + 1)) if count else ()
    # Each page once: a table that names one page a million times would keep a worker busy for nothing.
    for number in sorted({number & _PAGE_NUMBER for number in numbers}):
        page = main[number * _PAGE : (number + 1) * _PAGE]
        if len(page) == _PAGE:
            yield page


def _properties(page: bytes, offset: int) -> bytes:
    """The properties of a paragraph, behind their length and the number of its style."""
    length = 2 * page[offset] - 1
    if length < 0:
        offset += 1
        length = 2 * page[offset]
    return page[offset + 3 : offset + 1 + length]


def _switched_on(properties: bytes) -> Iterator[int]:
    position = 0
    while position + 2 < len(properties):
        (sprm,) = struct.unpack_from("<H", properties, position)
        position += 2
        if properties[position] == 1:
            yield sprm
        size = _OPERAND_SIZES[sprm >> 13]
        if size is None:
            size = 1 + properties[position] if sprm != _LONG_OPERAND else len(properties)
        position += size
