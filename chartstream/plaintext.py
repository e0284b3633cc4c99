"""The characters of a text file, whatever its encoding."""

from __future__ import annotations

import codecs
import unicodedata
from collections import Counter

from charset_normalizer import from_bytes

from chartstream.errors import Problem, Rejected

_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_WESTERN_SHARE = 0.1


def decode(content: bytes) -> str:
    """The text with ``\\n`` line ends, form feeds as line ends, in Unicode NFC.

    Tries the byte order mark, UTF-16 without a mark, UTF-8, Windows-1252 for text that is nearly all ASCII, then what
    charset-normalizer finds most likely.
    Raises ``Rejected`` (``text_undecodable``) for bytes that are no text.
    """
    text = _decoded(content)
    if text is None or not _readable(text):
        raise Rejected(
            Problem("text_undecodable", "the bytes are not text in any known encoding", "send the note as UTF-8 text")
        )
    lines = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n").replace("\u00a0", " ")
    return unicodedata.normalize("NFC", lines)


def _decoded(content: bytes) -> str | None:
    for mark, encoding in _MARKS:
        if content.startswith(mark):
            return _strictly(content, encoding)
    if b"\0" in content:
        order = unmarked_utf16(content)
        return _strictly(content, order) if order else None
    plain = _strictly(content, "utf-8")
    if plain is None and sum(byte > 127 for byte in content) < _WESTERN_SHARE * len(content):
        # A few accents and typographic quotes among ASCII: guessing by statistics takes them for other alphabets'.
        plain = _strictly(content, "cp1252")
    if plain is not None:
        return plain
    best = from_bytes(content).best()
    return str(best) if best is not None else None


def unmarked_utf16(content: bytes) -> str | None:
    """The encoding of Western text in UTF-16 without a mark, whose zeros stand on one side only; None for the rest."""
    if b"\0" not in content[::2]:
        return "utf-16-le"
    return "utf-16-be" if b"\0" not in content[1::2] else None


def _strictly(content: bytes, encoding: str) -> str | None:
    try:
        return content.decode(encoding)
    except UnicodeDecodeError:
        return None


def _readable(text: str) -> bool:
    """Text has (almost) no control characters; a binary file read in some 8-bit encoding has many."""
    # Each character is looked up once: an attachment of megabytes in a message has some hundred different ones.
    odd = sum(
        count
        for character, count in Counter(text).items()
        if unicodedata.category(character) in ("Cc", "Cn", "Co") and character not in "\n\t\r\f"
    )
    return odd <= len(text) // 200
