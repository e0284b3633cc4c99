"""The tabular list of ICD-10-CM as CMS publishes it in XML (``icd10cm_tabular_2026.xml``), entry by entry.

Layout: chapters hold sections (blocks), these ``diag`` elements, nested from category to code. Each has a name, a
description and its notes. Codes with a seventh character are not printed: the characters stand once, at the entry
that demands them, and this module writes the codes out, with the placeholder X where fewer than six characters stand
before (ICD-10-CM Official Guidelines I.A.4, I.A.5).
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element

from chartstream.codesets.importing.model import Progress
from chartstream.codesets.importing.published import refused, root_of

ROOT: Final = "ICD10CM.tabular"
_LISTS: Final = (
    ("inclusion_terms", "inclusionTerm"),
    ("includes", "includes"),
    ("excludes1", "excludes1"),
    ("excludes2", "excludes2"),
)
_TEXTS: Final = (("code_first", "codeFirst"), ("use_additional", "useAdditionalCode"), ("code_also", "codeAlso"))
_LONGEST: Final = 6
"""Characters of a code, without its dot, before the seventh."""


@dataclass(frozen=True, slots=True)
class Tabular:
    """One file: the edition that it states ("2026"), and JSON bytes by code with its dot, as ``CodeSet`` reads them.

    ``billable`` are the codes without their dots.
    """

    edition: str
    entries: Mapping[str, bytes]
    billable: frozenset[str]


# "7th characters D and S do not apply to codes in category S06 with 6th character 7 - death …, or 8 - death …"
_RESTRICTION: Final = re.compile(
    r"7th characters? (?P<seventh>[0-9A-Z](?:(?:, | and | or )[0-9A-Z])*) do(?:es)? not apply to codes in \w+ "
    r"(?P<stem>[A-Z][0-9A-Z.]+) with 6th characters? (?P<sixth>.*)"
)
_CODE: Final = re.compile(r"[A-Z][0-9A-Z]{2}(?:\.[0-9A-Z]{1,4})?")
_SINGLE: Final = re.compile(r"\b[0-9A-Z]\b")
_NAMED: Final = re.compile(r"\b([0-9A-Z]) - ")


@dataclass(frozen=True, slots=True)
class _Restriction:
    """A note that takes seventh characters away from the codes that begin with ``stem`` and have one of ``sixth``."""

    stem: str
    sixth: frozenset[str]
    seventh: frozenset[str]

    def forbids(self, code: str, character: str) -> bool:
        """Whether ``code`` (six characters, no dot) has no such seventh character."""
        return character in self.seventh and code[5] in self.sixth and code.startswith(self.stem)


@dataclass(frozen=True, slots=True)
class _Above:
    """What an entry takes from those above it."""

    codes: tuple[str, ...] = ()
    seventh: tuple[tuple[str, str], ...] = ()
    restrictions: tuple[_Restriction, ...] = ()
    is_code: bool = False


def read_tabular(path: Path, progress: Progress) -> Tabular:
    """The entries of ``path``. Raises ``ConfigurationError`` for what is no such file, or one cut short."""
    root = root_of(path)
    if root.tag != ROOT:
        raise refused(path, f"is no tabular list of ICD-10-CM (root {root.tag})", "give icd10cm_tabular_YYYY.xml")
    reader = _Reader(path)
    for chapter in root.iterfind("chapter"):
        progress(reader.read_chapter(chapter))
    if not reader.records:
        raise refused(path, "holds no chapter")
    return Tabular((root.findtext("version") or "").strip(), reader.entries(), frozenset(reader.billable()))


class _Reader:
    """The records of one file while it is read."""

    def __init__(self, path: Path) -> None:
        self.records: dict[str, dict[str, Any]] = {}
        self._path = path

    def read_chapter(self, chapter: Element) -> int:
        """Keeps the entries of a chapter; how many they are."""
        before = len(self.records)
        self._read(chapter, _Above())
        return len(self.records) - before

    def billable(self) -> Iterator[str]:
        """The billable codes without their dots."""
        return (code.replace(".", "") for code, record in self.records.items() if record["billable"])

    def entries(self) -> dict[str, bytes]:
        """The records as they stand in a table: what is empty is left out."""
        return {
            code: json.dumps({k: v for k, v in record.items() if v}, separators=(",", ":")).encode()
            for code, record in self.records.items()
        }

    def _read(self, element: Element, above: _Above) -> str:
        """Keeps an entry and those below it; gives its name."""
        name = (element.get("id") if element.tag == "section" else element.findtext("name") or "") or ""
        name, description = name.strip(), (element.findtext("desc") or "").strip()
        self._check(element, name, description, above)
        own_seventh = tuple(_seventh_characters(element))
        below = _Above(
            codes=above.codes if name in above.codes else (name, *above.codes),
            seventh=own_seventh or above.seventh,
            restrictions=(*above.restrictions, *_restrictions(element)),
            is_code=element.tag == "diag",
        )
        inner = element.iterfind("section") if element.tag == "chapter" else element.iterfind("diag")
        children = [self._read(child, below) for child in inner]
        record = self._record(element, description, above)
        if name in children:
            self._add_notes(name, record)
            return name
        if not children and below.is_code:
            children = list(self._written_out(name, record, below))
        record["billable"] = below.is_code and not children
        record["children"] = children
        record["seventh_characters"] = {character: " ".join(text.split()) for character, text in own_seventh}
        self.records[name] = record
        return name

    def _check(self, element: Element, name: str, description: str, above: _Above) -> None:
        place = f"below {above.codes[0]}" if above.codes else "at the top"
        if not name or not description:
            raise refused(self._path, f"an entry {place} has no name or no description")
        if element.tag == "diag" and not _CODE.fullmatch(name):
            raise refused(self._path, f"an entry {place} is called {name[:20]!r}, which is no code")
        if name in self.records:
            raise refused(self._path, f"{name} stands there twice")

    def _add_notes(self, name: str, block: dict[str, Any]) -> None:
        """A block of one category carries that category's name: the category is the entry, with the notes of both."""
        category = self.records[name]
        for key, _ in _LISTS:
            category[key] = [*category[key], *block[key]]
        for key, _ in _TEXTS:
            category[key] = "\n".join(text for text in (category[key], block[key]) if text)

    def _written_out(self, name: str, parent: dict[str, Any], below: _Above) -> Iterator[str]:
        """Keeps the codes that the seventh characters make of an entry; gives their names."""
        plain = name.replace(".", "")
        if len(plain) > _LONGEST:
            return
        stem = plain.ljust(_LONGEST, "X")
        for character, meaning in below.seventh:
            if not _SINGLE.fullmatch(character):
                raise refused(self._path, f"{name} has {character[:20]!r} for a seventh character")
            if any(rule.forbids(stem, character) for rule in below.restrictions):
                continue
            code = f"{stem[:3]}.{stem[3:]}{character}"
            if code in self.records:
                raise refused(self._path, f"{code} stands there twice")
            self.records[code] = {
                "description": f"{parent['description']}, {meaning}",
                "billable": True,
                "parent": name,
                "chapter": parent["chapter"],
            }
            yield code

    @staticmethod
    def _record(element: Element, description: str, above: _Above) -> dict[str, Any]:
        name = element.findtext("name") or ""
        ancestors = [code for code in above.codes if code != name]
        record: dict[str, Any] = {
            "description": description,
            "billable": False,
            "parent": ancestors[0] if ancestors else None,
            "chapter": ancestors[-1] if ancestors else name,
            "children": [],
        }
        record.update((key, _notes(element, tag)) for key, tag in _LISTS)
        record.update((key, "\n".join(_notes(element, tag))) for key, tag in _TEXTS)
        return record


def _notes(element: Element, tag: str) -> Sequence[str]:
    return [note.text for note in element.iterfind(f"{tag}/note") if note.text]


def _seventh_characters(element: Element) -> Iterator[tuple[str, str]]:
    """Character and meaning, as printed; a note below an extension belongs to it."""
    found: list[tuple[str, str]] = []
    for part in element.iterfind("sevenChrDef/*"):
        if part.tag == "extension":
            found.append((part.get("char", ""), part.text or ""))
        elif part.tag == "note" and found and part.text:
            character, meaning = found[-1]
            found[-1] = (character, f"{meaning}/{part.text}")
    return iter(found)


def _restrictions(element: Element) -> Iterator[_Restriction]:
    for note in _notes(element, "notes"):
        if found := _RESTRICTION.search(note):
            yield _Restriction(
                found["stem"].replace(".", ""),
                frozenset(_NAMED.findall(found["sixth"])),
                frozenset(_SINGLE.findall(found["seventh"])),
            )
