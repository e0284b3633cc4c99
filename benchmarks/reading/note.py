"""Notes as text, parted into the blocks that a page is set from, and the fields that they state.

The format is that of samples/notes: letterhead, title, lines of facts (``Name: value``, four spaces between two),
then headings in capitals, paragraphs, items (``- ``, ``1. ``) and rows of tables (cells parted by `` | ``).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
FOLDERS = (ROOT / "samples" / "notes", Path(__file__).parent / "notes")
LEFT_OUT = ("cardiology-truncated",)
"""Broken on purpose."""

_JOINED_FROM = 60  # a line at least this long that ends in no stop goes on in the next one
_HEADING = re.compile(r"[A-Z][A-Z0-9 ,/&'-]{3,}")
_ITEM = re.compile(r"(-|\d{1,2}\.) (.+)")
_DATE = r"(\d\d/\d\d/\d{4}|[A-Z][a-z]+ \d{1,2}, \d{4}|\d{4}-\d\d-\d\d)"


@dataclass(frozen=True, slots=True)
class Heading:
    """The heading of a section, in capitals as the note has it."""

    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """Running text."""

    text: str


@dataclass(frozen=True, slots=True)
class Item:
    """One item of a list; ``number`` is None where the note has a dash."""

    text: str
    number: int | None


@dataclass(frozen=True, slots=True)
class Rows:
    """A table, its header first."""

    cells: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Signature:
    """The line that says who signed."""

    text: str


Block = Heading | Paragraph | Item | Rows | Signature


@dataclass(frozen=True, slots=True)
class Note:
    """One note. ``facts`` are (label, value) as they stand below the title."""

    name: str
    facility: str
    title: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    text: str

    def fact(self, *labels: str) -> str:
        """The value under the first of the labels that there is, else empty."""
        found = dict(self.facts)
        return next((found[label] for label in labels if label in found), "")


def notes() -> list[Note]:
    """All notes of the corpus, by name."""
    paths = [path for folder in FOLDERS for path in sorted(folder.glob("*.txt")) if path.stem not in LEFT_OUT]
    return [parse(path.stem, path.read_text(encoding="utf-8")) for path in paths]


def parse(name: str, text: str) -> Note:
    """One note from its text."""
    facility, title, _, rest = (*text.split("\n", 2)[:2], "", text.split("\n", 2)[2])
    facts, _, body = rest.strip("\n").partition("\n\n")
    pairs = [pair.partition(": ") for line in facts.split("\n") for pair in re.split(r" {3,}", line)]
    return Note(
        name, facility, title, tuple((label, value) for label, _, value in pairs), tuple(_blocks(_joined(body))), text
    )


def fields(note: Note) -> dict[str, str]:
    """What the note states: ``encounter_date``, ``birth_date``, ``age``, ``sex``, those that it has."""
    labels = r"Date of (?:service|visit|examination|encounter)|Encounter date|Visit date|Date"
    found: dict[str, str] = {}
    for name, pattern in (
        ("encounter_date", rf"^(?:{labels}): {_DATE}"),
        ("admission_date", rf"Admission date: {_DATE}"),
        ("discharge_date", rf"Discharge date: {_DATE}"),
        ("birth_date", rf"(?:DOB|Date of birth): {_DATE}"),
    ):
        match = re.search(pattern, note.text, re.MULTILINE)
        if match:
            found[name] = _iso(match[1])
    sex = re.search(r"\bSex: (F|M)", note.text)
    if sex:
        found["sex"] = {"F": "FEMALE", "M": "MALE"}[sex[1]]
    age = re.search(r"\b(\d{1,3})-(year|month|week|day)-old", note.text) or re.search(r"Age: (\d+)()", note.text)
    if age:
        found["age"] = age[1] if age[2] in ("year", "") else f"P{age[1]}{age[2][0].upper()}"
    return found


def _iso(written: str) -> str:
    for form in ("%m/%d/%Y", "%B %d, %Y", "%Y-%m-%d"):
        try:
            return datetime.strptime(written, form).date().isoformat()  # noqa: DTZ007 - a plain date
        except ValueError:
            continue
    return date.fromisoformat(written).isoformat()


def _joined(text: str) -> list[str]:
    lines: list[str] = []
    for line in text.rstrip("\n").split("\n"):
        before = lines[-1] if lines else ""
        goes_on = len(before) > _JOINED_FROM and before[-1] not in ".:?" and " | " not in before + line
        if goes_on and line and not _ITEM.match(line):
            lines[-1] = f"{before} {line}"
        else:
            lines.append(line)
    return lines


def _blocks(lines: list[str]) -> Iterator[Block]:
    rows: list[tuple[str, ...]] = []
    for line in [*lines, ""]:
        if " | " in line:
            rows.append(tuple(cell.strip() for cell in line.split(" |")))
            continue
        if rows:
            yield Rows(tuple(rows))
            rows = []
        item = _ITEM.fullmatch(line)
        if item:
            yield Item(item[2], None if item[1] == "-" else int(item[1][:-1]))
        elif line.startswith(("Electronically signed", "Reviewed by")):
            yield Signature(line)
        elif _HEADING.fullmatch(line):
            yield Heading(line)
        elif line:
            yield Paragraph(line)
