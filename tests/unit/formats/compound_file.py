"""Smallest OLE files, written by [MS-CFB] 2.2 to 2.6, and Word 97 documents in them, by [MS-DOC] 2.5 and 2.9.38."""

from __future__ import annotations

import struct
from collections.abc import Mapping, Sequence

_SECTOR = 512
_SMALLEST = 4096  # shorter streams would have to go into the small sectors of another stream
_FREE, _END, _FAT = 0xFFFFFFFF, 0xFFFFFFFE, 0xFFFFFFFD
_STORAGE, _STREAM, _ROOT = 1, 2, 5


def compound_file(streams: Mapping[str, bytes], storages: Sequence[str] = ()) -> bytes:
    """An OLE file of some streams and empty storages; together at most 60 kB, which one sector of the FAT covers."""
    padded = {
        name: content.ljust(max(_SMALLEST, -(-len(content) // _SECTOR) * _SECTOR), b"\0")
        for name, content in streams.items()
    }
    directory_sectors = -(-(1 + len(streams) + len(storages)) // 4)
    fat = [_FAT, *_chain(1, directory_sectors)]
    entries = [_entry("Root Entry", _ROOT, child=1)]
    names = [*streams, *storages]
    for number, name in enumerate(names, 1):
        following = number + 1 if number < len(names) else _FREE
        if name in padded:
            content = padded[name]
            entries.append(_entry(name, _STREAM, right=following, start=len(fat), size=len(content)))
            fat += _chain(len(fat), len(content) // _SECTOR)
        else:
            entries.append(_entry(name, _STORAGE, right=following))
    table = struct.pack(f"<{_SECTOR // 4}I", *fat, *([_FREE] * (_SECTOR // 4 - len(fat))))
    directory = b"".join(entries).ljust(directory_sectors * _SECTOR, b"\0")
    return _header() + table + directory + b"".join(padded.values())


ROW_END = "\x1d"
"""In the text for ``word_file``: the mark of a cell, told apart as that which ends its row."""

_ROW_END_SPRM, _DELETED_SPRM = b"\x17\x24\x01", b"\x00\x08\x01"


def word_file(
    text: str,
    *,
    header: str = "",
    pieces: int = 1,
    wide: bool = False,
    encrypted: bool = False,
    macros: bool = False,
    deleted: str = "",
) -> bytes:
    """A Word 97 document. Paragraphs of the text end in ``\\r``, cells in ``\\x07``, as they do in the file.

    The text lies in as many pieces, as Windows-1252 or, ``wide``, as UTF-16. ``deleted`` is a part of it that a tracked
    change deleted.
    """
    body, margins = text + "\r", header + "\r" if header else ""
    whole = body + margins
    encoding, width = ("utf-16-le", 2) if wide else ("cp1252", 1)
    begin = 1024
    ends = [len(whole) * number // pieces for number in range(pieces + 1)]
    places = [begin + width * end if wide else (begin + end) * 2 | 0x40000000 for end in ends[:-1]]
    plc = struct.pack(f"<{pieces + 1}I", *ends) + b"".join(struct.pack("<HIH", 0, place, 0) for place in places)
    clx = b"\x01\x02\x00\x00\x00" + b"\x02" + struct.pack("<I", len(plc)) + plc
    content = whole.replace(ROW_END, "\x07").encode(encoding, "surrogatepass" if wide else "strict")
    content = content.ljust(-(-len(content) // _SECTOR) * _SECTOR, b"\0")
    marks = [(begin + width * at, begin + width * (at + 1)) for at, mark in enumerate(whole) if mark == ROW_END]
    gone = [(begin + width * whole.index(deleted), begin + width * (whole.index(deleted) + len(deleted)))]
    formatted = [_formatted(marks, _ROW_END_SPRM, 13), _formatted(gone if deleted else [], _DELETED_SPRM, 1)]
    page = (begin + len(content)) // _SECTOR
    main = bytearray(begin)
    struct.pack_into("<HH", main, 0, 0xA5EC, 0x00C1)
    struct.pack_into("<H", main, 0x0A, 0x0200 | (0x0100 if encrypted else 0))
    struct.pack_into("<3I", main, 0x4C, len(body), 0, len(margins))
    struct.pack_into("<II", main, 0x01A2, 0, len(clx))
    struct.pack_into("<II", main, 0x0102, len(clx), 12)
    struct.pack_into("<II", main, 0x00FA, len(clx) + 12, 12)
    table = clx + struct.pack("<III", 0, 1 << 20, page) + struct.pack("<III", 0, 1 << 20, page + 1)
    streams = {"1Table": table, "WordDocument": bytes(main) + content + b"".join(formatted)}
    return compound_file(streams, ["Macros", "_VBA_PROJECT_CUR"] if macros else [])


def _formatted(spans: Sequence[tuple[int, int]], sprm: bytes, width: int) -> bytes:
    """A page of formatting, of paragraphs (13 bytes each) or characters (1 byte): the spans have one property."""
    places = sorted({0, 1 << 20, *(place for span in spans for place in span)})
    begins = {begin for begin, _ in spans}
    # At byte 480: a paragraph's properties have half their length, and a style, before them.
    properties = b"\x03\0\0" + sprm if width == 13 else bytes([len(sprm)]) + sprm
    runs = b"".join(bytes([240 if place in begins else 0]).ljust(width, b"\0") for place in places[:-1])
    page = struct.pack(f"<{len(places)}I", *places) + runs
    return page.ljust(480, b"\0") + properties.ljust(31, b"\0") + bytes([len(places) - 1])


def _chain(first: int, length: int) -> list[int]:
    return [*range(first + 1, first + length), _END] if length else []


def _header() -> bytes:
    fixed = struct.pack("<8s16sHHHHH6x", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"", 0x3E, 3, 0xFFFE, 9, 6)
    sizes = struct.pack("<IIIIIIIIII", 0, 1, 1, 0, _SMALLEST, _END, 0, _END, 0, 0)
    return fixed + sizes + struct.pack("<108I", *([_FREE] * 108))


def _entry(name: str, kind: int, *, right: int = _FREE, child: int = _FREE, start: int = 0, size: int = 0) -> bytes:
    encoded = name.encode("utf-16-le") + b"\0\0"
    return struct.pack(
        "<64sHBBIII16sIQQIQ", encoded, len(encoded), kind, 1, _FREE, right, child, b"", 0, 0, 0, start, size
    )
