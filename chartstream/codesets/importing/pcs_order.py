"""The plain lists of ICD-10-PCS codes: the order file (``icd10pcs_order_2026.txt``) and the code list
(``icd10pcs_codes_2026.txt``).

Layout of the order file, fixed width, positions from 1: 1-5 the order number, 7-13 the code (three characters for the
head of a table), 15 whether a claim may carry it (1) or it is such a head (0), 17-76 the short title, from 78 the long
title. Of the code list: 1-7 the code, from 9 the long title.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.published import lines_of, refused

_CHARACTER: Final = "[0-9A-HJ-NP-Z]"
ORDER_LINE: Final = re.compile(rf"(\d{{5}}) ({_CHARACTER}{{7}}|{_CHARACTER}{{3}} {{4}}) ([01]) (.{{60}}) (.+)")
CODE_LINE: Final = re.compile(rf"({_CHARACTER}{{7}}) (\S.*)")


@dataclass(frozen=True, slots=True)
class ListedCode:
    """A code that a claim may carry, and its titles; the code list has no short ones."""

    code: str
    title: str
    short: str = ""


def read_order(path: Path) -> dict[str, ListedCode]:
    """The codes of an order file. Raises ``ConfigurationError`` for a line of another form, order numbers that do not
    rise, a code that comes twice or is not what its line says.
    """
    return _unique(path, _order_lines(path))


def read_codes(path: Path) -> dict[str, ListedCode]:
    """The codes of a code list. Raises ``ConfigurationError`` for a line of another form or a code that comes twice."""
    return _unique(path, _code_lines(path))


def _order_lines(path: Path) -> Iterator[tuple[int, ListedCode]]:
    last = 0
    for number, line in lines_of(path):
        match = ORDER_LINE.fullmatch(line)
        if match is None:
            raise refused(path, "is no line of an ICD-10-PCS order file (cut short?)", line=number)
        order, code, billable, short, title = match.groups()
        if int(order) <= last:
            raise refused(path, "has an order number that does not rise", line=number)
        last = int(order)
        if (billable == "1") == code.endswith(" "):
            raise refused(path, "calls a table's head a code, or a code a table's head", line=number)
        if billable == "1":
            yield number, ListedCode(code, title.strip(), short.strip())


def _code_lines(path: Path) -> Iterator[tuple[int, ListedCode]]:
    for number, line in lines_of(path):
        match = CODE_LINE.fullmatch(line.rstrip())
        if match is None:
            raise refused(path, "is no line of an ICD-10-PCS code list (cut short?)", line=number)
        yield number, ListedCode(match[1], match[2])


def _unique(path: Path, lines: Iterator[tuple[int, ListedCode]]) -> dict[str, ListedCode]:
    found: dict[str, ListedCode] = {}
    for number, listed in lines:
        if listed.code in found:
            raise refused(path, f"lists {listed.code} a second time", line=number)
        found[listed.code] = listed
    if not found:
        raise refused(path, "lists no code")
    return found
