"""Word 97-2003 files (DOC): an OLE file whose text stands in pieces.

Source: [MS-DOC] 2.4.1 (retrieving text), 2.5 (file information block), 2.9.38 (Clx), 2.9.177 (Pcd), 2.4.3 (cells).
"""

from __future__ import annotations

import re
import struct
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from io import BytesIO
from itertools import pairwise

import olefile

from chartstream.errors import Problem, Rejected
from chartstream.formats.paragraph import Paragraph
from chartstream.formats.word97_formatting import Formatting, Span, formatting

_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_MAIN = "WordDocument"
_IDENTITY = 0xA5EC
_WORD_97 = 0x00C1
_ENCRYPTED, _SECOND_TABLE = 0x0100, 0x0200
_COUNTS_AT = 0x4C
_CLX_AT = 0x01A2
_PROPERTIES, _PIECES = 1, 2
_COMPRESSED = 0x40000000
# What olefile and struct raise for files whose bytes were changed.
_DAMAGED = (OSError, struct.error, ValueError, IndexError, KeyError, TypeError, AttributeError, OverflowError)
# A soft line break, the hyphen that does not break, and anchors of pictures, notes and drawings, which are no text.
_MEANING = str.maketrans({"\x0b": "\n", "\x1e": "-", "\xa0": " "} | dict.fromkeys("\x00\x01\x02\x03\x04\x05\x08\x1f"))
_MARKED = re.compile("([^\r\x0c\x0e\x07\x1d]*)([\r\x0c\x0e\x07\x1d]|\\Z)")
_FIELD_BEGIN, _FIELD_RESULT, _FIELD_END = "\x13", "\x14", "\x15"
_FIELD_MARK = re.compile("[\x13-\x15]")
_CELL = "\x07"
_ROW = "\x1d"  # not in the file: takes the place of the cell mark that ends a row


def is_ole(content: bytes) -> bool:
    """Whether the bytes are an OLE file: an old Office document, or a locked new one."""
    return content.startswith(_OLE)


def is_word(content: bytes) -> bool:
    """Whether an OLE file holds a Word document. Raises ``Rejected`` (``document_truncated``) for a damaged file."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as file:
            return bool(file.exists(_MAIN))
    except _DAMAGED:
        raise _cut_short("its directory is missing or damaged") from None


def has_macros(content: bytes) -> bool:
    """Whether the file carries Visual Basic. Raises ``Rejected`` ``document_unreadable``."""
    try:
        with olefile.OleFileIO(BytesIO(content)) as file:
            return any("VBA" in name.upper() for path in file.listdir(storages=True) for name in path)
    except _DAMAGED:
        raise _unreadable() from None


def paragraphs(content: bytes) -> list[Paragraph]:
    """The paragraphs of a DOC file: headers and footers, the text, then its footnotes, endnotes and text boxes.

    Comments, fields' instructions, hidden and deleted text, pictures and embedded objects are left out. Raises
    ``Rejected``: ``document_encrypted``, ``document_truncated`` when text is missing at the end,
    ``document_unreadable``.
    """
    try:
        parts = _parts(content)
    except _DAMAGED:
        raise _unreadable() from None
    found = [list(_paragraphs(text)) for text in (parts.margins, parts.body, parts.notes)]
    # Every section repeats its margins, for first, odd and even pages.
    margins = list(dict.fromkeys(paragraph for paragraph in found[0] if paragraph.text.strip()))
    return [*margins, *found[1], *(paragraph for paragraph in found[2] if paragraph.text.strip())]


@dataclass(frozen=True, slots=True)
class _Parts:
    body: str
    margins: str
    notes: str


def _parts(content: bytes) -> _Parts:
    with olefile.OleFileIO(BytesIO(content)) as file:
        main: bytes = file.openstream(_MAIN).read()
        identity, version = struct.unpack_from("<HH", main, 0)
        (flags,) = struct.unpack_from("<H", main, 0x0A)
        if identity != _IDENTITY or version < _WORD_97:
            raise _too_old()
        if flags & _ENCRYPTED:
            raise Rejected(
                Problem(
                    "document_encrypted",
                    "the document is locked by a password",
                    "remove the password and submit again",
                )
            )
        table: bytes = file.openstream("1Table" if flags & _SECOND_TABLE else "0Table").read()
    body, footnotes, margins, _, comments, endnotes, boxes, margin_boxes = struct.unpack_from("<8I", main, _COUNTS_AT)
    text = _text(main, table)
    ends = [0]
    for count in (body, footnotes, margins, comments, endnotes, boxes, margin_boxes):
        ends.append(ends[-1] + count)
    if 2 * ends[-1] > len(text):
        raise _cut_short("a part of its text is missing")
    pieces = [text[2 * begin : 2 * end].decode("utf-16-le", errors="replace") for begin, end in pairwise(ends)]
    return _Parts(body=pieces[0], margins=pieces[2], notes="\r".join((pieces[1], *pieces[4:])))


def _text(main: bytes, table: bytes) -> bytes:
    """All characters of the document in their order, put together from the pieces where they lie, in UTF-16: places
    count two bytes, a character outside the Basic Multilingual Plane has two places.
    """
    begin, length = struct.unpack_from("<II", main, _CLX_AT)
    clx = table[begin : begin + length]
    position = 0
    while clx[position] == _PROPERTIES:
        position += 3 + struct.unpack_from("<H", clx, position + 1)[0]
    if clx[position] != _PIECES:
        raise _unreadable()
    (size,) = struct.unpack_from("<I", clx, position + 1)
    plc = clx[position + 5 : position + 5 + size]
    count = (len(plc) - 4) // 12
    places = struct.unpack_from(f"<{count + 1}I", plc, 0)
    # Each character needs a byte of its own; pieces that all point at the same ones would multiply them.
    if places[-1] > len(main) or any(first > second for first, second in pairwise(places)):
        raise _unreadable()
    said = formatting(main, table)
    return b"".join(
        _piece(
            main, struct.unpack_from("<I", plc, 4 * (count + 1) + 8 * number + 2)[0], places[number + 1] - place, said
        )
        for number, place in enumerate(places[:-1])
    )


def _piece(main: bytes, where: int, length: int, said: Formatting) -> bytes:
    """The characters of a piece: all keep their places, the ends of rows are marked, what is not shown is zeros."""
    narrow = bool(where & _COMPRESSED)
    begin, width = ((where & ~_COMPRESSED) // 2, 1) if narrow else (where, 2)
    content = main[begin : begin + width * length]
    units = bytearray(content.decode("cp1252", errors="replace").encode("utf-16-le") if narrow else content)
    for spans, old, new in ((said.row_ends, _CELL, _ROW), (said.not_shown, None, "\0")):
        for first, last in _within(spans, begin, begin + len(content)):
            for place in range(2 * ((first - begin) // width), 2 * ((last - begin) // width), 2):
                if old is None or units[place : place + 2] == old.encode("utf-16-le"):
                    units[place : place + 2] = new.encode("utf-16-le")
    return bytes(units)


def _within(spans: Sequence[Span], begin: int, end: int) -> Iterator[Span]:
    """The parts of spans, which stand in order, that lie between two places."""
    for first, last in spans[max(bisect_left(spans, (begin, 0)) - 1, 0) :]:
        if first >= end:
            return
        if last > begin:
            yield max(first, begin), min(last, end)


def _paragraphs(text: str) -> Iterator[Paragraph]:
    shown = _without_instructions(text)
    exact = _ROW in shown
    if not exact:
        # No formatting says where rows end. Their mark follows on that of the last cell, as an empty cell's does.
        shown = shown.replace(_CELL + _CELL, _CELL + _ROW)
    row: list[str] = []
    within: list[str] = []  # paragraphs of a cell before its last
    for line, mark in _MARKED.findall(shown):
        if mark == _CELL:
            row.append(" ".join((*within, line)))
            within = []
        elif mark == _ROW:
            yield _row(row)
            row, within = [], []
        elif row and exact:
            within.append(line)
        else:
            if row:
                yield _row(row)
                row = []
            yield Paragraph(line.translate(_MEANING).rstrip())
    if row:
        yield _row([*row, *within])


def _row(cells: list[str]) -> Paragraph:
    texts = tuple(" ".join(cell.translate(_MEANING).split()) for cell in cells)
    return Paragraph("  ".join(text for text in texts if text), cells=texts)


def _without_instructions(text: str) -> str:
    """The text with the results of its fields, and without what computes them."""
    kept: list[str] = []
    fields: list[bool] = []  # open ones, whether their instructions are still being read
    reading = position = 0
    for mark in _FIELD_MARK.finditer(text):
        if not reading:
            kept.append(text[position : mark.start()])
        position = mark.end()
        if mark.group() == _FIELD_BEGIN:
            fields.append(True)
            reading += 1
        elif fields and mark.group() == _FIELD_RESULT:
            reading -= fields[-1]
            fields[-1] = False
        elif fields and mark.group() == _FIELD_END:
            reading -= fields.pop()
    if not reading:
        kept.append(text[position:])
    return "".join(kept)


def _cut_short(what: str) -> Rejected:
    return Rejected(
        Problem(
            "document_truncated",
            f"the Word file is cut short: {what}",
            "transfer the document again and compare its size with the original",
        )
    )


def _unreadable() -> Rejected:
    return Rejected(
        Problem(
            "document_unreadable",
            "a part of the Word file is missing or damaged",
            "open and save the document in Word as .docx, then submit it again",
        )
    )


def _too_old() -> Rejected:
    return Rejected(
        Problem(
            "media_type_unsupported",
            "the document was written by a Word older than Word 97",
            "save it in Word as .docx, or print it to PDF",
        )
    )
