"""Changes to files: blind ones for any format, and ones that know a format well enough to get past its first check."""

from __future__ import annotations

import random
import re
import struct
import zlib
from collections.abc import Callable
from io import BytesIO
from zipfile import ZIP_DEFLATED, BadZipFile, ZipFile

Mutator = Callable[[bytes, random.Random], bytes]

_EXTREMES = (0, 1, 0x7F, 0x80, 0xFF, 0x7FFF, 0xFFFF, 0x10000, 0x7FFFFFFF, 0x80000000, 0xFFFFFFFF)
_NUMBER = re.compile(rb"-?\d+(?:\.\d+)?")
_PDF_PARTS = (
    b"/S/JavaScript/JS(app.alert(1))",
    b"/OpenAction 1 0 R",
    b"/Parent 1 0 R",
    b"/Kids [1 0 R 1 0 R]",
    b"/Filter[/FlateDecode/FlateDecode/ASCIIHexDecode]",
    b"/Length 99999999",
    b"<<" * 400,
    b"[" * 2000,
)
_XML_PARTS = (
    b'<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;">]>',
    b"<a>" * 300,
    b"&lol;",
    b"<![CDATA[",
    b"</",
    b"\xff\xfe",
    b'<?xml version="1.1" encoding="utf-7"?>',
)
_HL7_PARTS = (
    b"\\",
    b"\\X",
    b"\\.br\\",
    b"~" * 50,
    b"^" * 50,
    b"\r",
    b"MSH|",
    b"OBX|1|ED|||^^^Base64^",
    b"\x1c\r",
    b"\0",
)
_RTF_PARTS = (b"{" * 500, b"\\", b"\\bin9999999 ", b"\\'", b"\\u-1?", b"\\object{\\objdata 00")
_JSON_PARTS = (b"[" * 500, b'{"a":' * 300, b"null", b"1e999", b'"\\ud800"', b"}", b'"resourceType":"Bundle",')


def bit_flips(content: bytes, chance: random.Random) -> bytes:
    """One to thirty bytes with a bit turned."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 30)):
        changed[chance.randrange(len(changed))] ^= 1 << chance.randrange(8)
    return bytes(changed)


def truncation(content: bytes, chance: random.Random) -> bytes:
    """Cut short, sometimes with what was the end still there."""
    cut = chance.randrange(len(content))
    tail = content[-chance.randint(1, 64) :] if chance.random() < 0.5 else b""
    return content[:cut] + tail


def chunk_moves(content: bytes, chance: random.Random) -> bytes:
    """A stretch removed, doubled many times, or put elsewhere."""
    start = chance.randrange(len(content))
    piece = content[start : start + chance.randint(1, 512)]
    rest = content[:start] + content[start + len(piece) :]
    where = chance.randrange(len(rest) + 1)
    return rest[:where] + piece * chance.choice((0, 1, 2, 40)) + rest[where:]


def extreme_numbers(content: bytes, chance: random.Random) -> bytes:
    """Numbers of two or four bytes set to what lengths and counts go wrong at."""
    changed = bytearray(content)
    for _ in range(chance.randint(1, 4)):
        form = chance.choice(("<H", ">H", "<I", ">I"))
        size = struct.calcsize(form)
        if len(changed) > size:
            value = chance.choice(_EXTREMES) & (256**size - 1)
            struct.pack_into(form, changed, chance.randrange(len(changed) - size), value)
    return bytes(changed)


def written_numbers(content: bytes, chance: random.Random) -> bytes:
    """Numbers in digits changed: lengths, references, sizes of pages."""
    places = list(_NUMBER.finditer(content))
    for place in chance.sample(places, min(len(places), chance.randint(1, 4))):
        value = str(chance.choice((*_EXTREMES, -1, -(2**31), 0.0001, 10**18, chance.randrange(20)))).encode()
        content = content[: place.start()] + value + content[place.end() :]
    return content


def inserted(parts: tuple[bytes, ...]) -> Mutator:
    """Puts parts of a format's grammar where they do not belong."""

    def mutate(content: bytes, chance: random.Random) -> bytes:
        for _ in range(chance.randint(1, 3)):
            where = chance.randrange(len(content) + 1)
            content = content[:where] + chance.choice(parts) + content[where:]
        return content

    return mutate


def zip_entries(content: bytes, chance: random.Random) -> bytes:
    """A part changed and packed again with a right checksum, dropped, doubled, or renamed."""
    try:
        with ZipFile(BytesIO(content)) as archive:
            parts = [(name, archive.read(name)) for name in archive.namelist()]
    except (BadZipFile, OSError, RuntimeError, ValueError, zlib.error, struct.error):
        return bit_flips(content, chance)
    chosen = chance.choice([i for i, (name, part) in enumerate(parts) if part and name.endswith((".xml", ".rels"))])
    name, part = parts[chosen]
    how = chance.randrange(5)
    if how == 0:
        del parts[chosen]
    elif how == 1:
        parts.append((name, part))
    elif how == 2:
        parts[chosen] = (chance.choice(("word/vbaProject.bin", "../../x", "word/document.xml", "\u202e")), part)
    else:
        mutate = chance.choice((bit_flips, chunk_moves, written_numbers, inserted(_XML_PARTS)))
        parts[chosen] = (name, mutate(part, chance))
    out = BytesIO()
    with ZipFile(out, "w", ZIP_DEFLATED) as archive:
        for name, part in parts:
            archive.writestr(name, part)
    return out.getvalue()


def png_chunks(content: bytes, chance: random.Random) -> bytes:
    """A chunk changed with a right checksum, dropped, doubled or moved."""
    chunks = []
    at = 8
    while at + 12 <= len(content):
        (length,) = struct.unpack_from(">I", content, at)
        chunks.append((content[at + 4 : at + 8], content[at + 8 : at + 8 + length]))
        at += 12 + length
    chosen = chance.randrange(len(chunks))
    kind, data = chunks[chosen]
    how = chance.randrange(4)
    if how == 0:
        del chunks[chosen]
    elif how == 1:
        chunks.insert(chance.randrange(len(chunks)), (kind, data))
    elif data:
        chunks[chosen] = (kind, chance.choice((bit_flips, extreme_numbers, truncation))(data, chance))
    out = content[:8]
    for kind, data in chunks:
        out += struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    return out


def tiff_tags(content: bytes, chance: random.Random) -> bytes:
    """A field of the first directory with another type, count, value or tag."""
    order = "<" if content[:2] == b"II" else ">"
    (start,) = struct.unpack_from(f"{order}I", content, 4)
    if start + 2 > len(content):
        return bit_flips(content, chance)
    (count,) = struct.unpack_from(f"{order}H", content, start)
    changed = bytearray(content)
    for _ in range(chance.randint(1, 3)):
        at = start + 2 + 12 * chance.randrange(max(count, 1))
        if at + 12 <= len(changed):
            offset, form = chance.choice(((0, "H"), (2, "H"), (4, "I"), (8, "I"), (8, "H")))
            value = chance.choice((*_EXTREMES, *range(16))) & (0xFFFF if form == "H" else 0xFFFFFFFF)
            struct.pack_into(order + form, changed, at + offset, value)
    return bytes(changed)


_BLIND: tuple[Mutator, ...] = (bit_flips, truncation, chunk_moves, extreme_numbers)
_KNOWING: dict[str, tuple[Mutator, ...]] = {
    "pdf": (written_numbers, inserted(_PDF_PARTS)),
    "png": (png_chunks, png_chunks),
    "tiff": (tiff_tags, tiff_tags),
    "docx": (zip_entries, zip_entries, zip_entries),
    "hl7": (inserted(_HL7_PARTS), written_numbers),
    "cda": (inserted(_XML_PARTS), written_numbers),
    "fhir": (inserted(_JSON_PARTS), written_numbers),
    "rtf": (written_numbers, inserted(_RTF_PARTS)),
    "text": (inserted((b"\0", b"\xff", b"\x1b", b"{\\rtf1", b"%PDF-1.7", b"MSH|^~\\&|")),),
}


def mutated(name: str, content: bytes, other: bytes, chance: random.Random) -> bytes:
    """A seed changed once or twice; one in twenty is spliced with another. The same chance gives the same bytes."""
    if chance.random() < 0.05:
        return content[: chance.randrange(len(content))] + other[chance.randrange(len(other)) :]
    mutators = _BLIND + 2 * _KNOWING.get(name.partition("-")[0], ())
    for _ in range(chance.choice((1, 1, 2))):
        if len(content) > 16:
            content = _applied(chance.choice(mutators), content, chance)
    return content


def _applied(mutate: Mutator, content: bytes, chance: random.Random) -> bytes:
    try:
        return mutate(content, chance)
    except (IndexError, ValueError, struct.error):  # an earlier change left no structure to change
        return bit_flips(content, chance)
