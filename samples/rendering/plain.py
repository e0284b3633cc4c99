"""Text files in the encodings that systems of different age write."""

from __future__ import annotations


def utf8(text: str) -> bytes:
    """As modern systems write it."""
    return text.encode("utf-8")


def utf16(text: str) -> bytes:
    """With a byte order mark and Windows line ends, as some exports write it."""
    return b"\xff\xfe" + text.replace("\n", "\r\n").encode("utf-16-le")


def windows(text: str) -> bytes:
    """Windows-1252, as old desktop systems write it."""
    return text.replace("\n", "\r\n").encode("cp1252")
