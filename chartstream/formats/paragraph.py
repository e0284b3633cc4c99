"""One paragraph of a word processor's file, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``text`` may hold newlines (line breaks inside the paragraph); a table's row is one paragraph, its cells two
    spaces apart. ``bold``: all of its visible text is.
    """

    text: str
    bold: bool = False
