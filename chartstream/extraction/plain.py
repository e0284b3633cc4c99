"""Plain text: its lines as they stand."""

from __future__ import annotations

from chartstream.extraction.readtext import ReadText, TextBuilder
from chartstream.plaintext import decode


def read_plain(content: bytes) -> ReadText:
    """The text of a text file, with lines but without pages. Raises ``Rejected`` (``text_undecodable``)."""
    builder = TextBuilder()
    for line in decode(content).split("\n"):
        builder.add_line(line)
    return builder.build()
