"""The lines of a note and what they are, as all renderers need to know it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum, auto

_WRAPPED_FROM = 60


class Kind(Enum):
    """What a line of a note is."""

    LETTERHEAD = auto()
    HEADING = auto()
    TEXT = auto()
    ITEM = auto()
    ROW = auto()
    EMPTY = auto()


@dataclass(frozen=True, slots=True)
class NoteLine:
    """A line; the text of a list item is without its dash."""

    kind: Kind
    text: str


def lines_of(text: str) -> Iterator[NoteLine]:
    """The first line is the letterhead; capitals alone are headings; `` | `` parts the cells of a table's row.

    Lines that break off within a sentence are joined to the next: the renderer wraps them for its own page.
    """
    for number, line in enumerate(_unwrapped(text)):
        if number == 0:
            yield NoteLine(Kind.LETTERHEAD, line)
        elif not line:
            yield NoteLine(Kind.EMPTY, "")
        elif line.isupper() and not line[0].isdigit():
            yield NoteLine(Kind.HEADING, line)
        elif line.startswith("- "):
            yield NoteLine(Kind.ITEM, line[2:])
        elif " | " in line:
            yield NoteLine(Kind.ROW, line)
        else:
            yield NoteLine(Kind.TEXT, line)


def _unwrapped(text: str) -> list[str]:
    joined: list[str] = []
    for line in text.rstrip("\n").split("\n"):
        previous = joined[-1] if joined else ""
        if len(previous) > _WRAPPED_FROM and previous[-1] not in ".:?" and "    " not in previous and line:
            joined[-1] = f"{previous} {line}"
        else:
            joined.append(line)
    return joined
