"""One paragraph of a word processor's file, whatever the format."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Paragraph:
    """``text`` may hold newlines (line breaks inside the paragraph). ``bold``: all of its visible text is.

    A table's row is one paragraph: ``cells`` are its cells, empty ones too, and its text is theirs, two spaces apart.
    """

    text: str
    bold: bool = False
    cells: tuple[str, ...] = ()
