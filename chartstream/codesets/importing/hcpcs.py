"""HCPCS Level II as CMS publishes it: the contractor record (``HCPC2026_JAN_ANWEB.txt``), one line of 320 characters.

Positions (from 1, CMS's HCPC…_recordlayout.txt): code 1-5 (a modifier in 4-5), sequence 6-10, kind of record 11 (3 a
code's first line, 4 further lines of its description; 7 and 8 the same for a modifier), long description 12-91,
coverage 230, processing note 253-256, BETOS 257-259, added 269-276, action effective 277-284, terminated 285-292,
action 293. Lines of text may stand above the records.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from chartstream.codesets.importing.columns import EVERY, compact_day, is_service_code
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.periods import quarter_in, quarterly_release, yearly_release
from chartstream.codesets.importing.published import head_text, lines_of, refused
from chartstream.codesets.model import HCPCS

_RECORD: Final = re.compile(r"(?:[A-Z0-9]{5}|   [A-Z0-9]{2})[0-9]{5}[3478]")
_NAME: Final = re.compile(r"HCPC.*ANWEB", re.IGNORECASE)
_FIRST_LINE: Final = "37"
_MODIFIER: Final = "78"
_STEP: Final = 100
"""By which the sequence of a description's lines rises."""
_SHORTEST: Final = 293
"""A first line reaches at least to its action code; blanks at its end may be lost."""
_LAST_SECTION: Final = "V"
"""The file lists sections A to V: one that ends before is cut short."""


@dataclass(frozen=True, slots=True)
class _Entry:
    """A code or modifier with the lines of its description."""

    code: str
    record: str
    texts: list[str]
    line: int

    @property
    def is_modifier(self) -> bool:
        return self.record[10] in _MODIFIER


class HcpcsImporter:
    """The file of codes and modifiers."""

    system = HCPCS
    title = "HCPCS Level II (HCPC…_ANWEB.txt, CMS contractor record)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """By CMS's name or by a record near the beginning."""
        if path.suffix.lower() != ".txt":
            return False
        lines = head_text(head).splitlines()
        return bool(_NAME.search(path.stem)) or any(_RECORD.match(line) and len(line) >= _SHORTEST for line in lines)

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The codes and modifiers of one file; see ``Importer.read``."""
        if len(files) > 1:
            raise refused(files[1], "is a second HCPCS file", "import one edition at a time")
        quarterly = quarter_in(files[0].stem) is not None
        release = (quarterly_release if quarterly else yearly_release)(HCPCS, files, edition)
        entries: dict[str, bytes] = {}
        counts = {"codes": 0, "modifiers": 0, "terminated": 0}
        last = None
        for entry in _entries(files[0], progress):
            if entry.code in entries:
                raise refused(files[0], f"lists {entry.code} a second time", line=entry.line)
            values = _values(files[0], entry)
            entries[entry.code] = json.dumps(values, separators=(",", ":")).encode()
            counts["modifiers" if entry.is_modifier else "codes"] += 1
            counts["terminated"] += "terminated" in values
            last = last if entry.is_modifier else entry
        if last is None or not counts["modifiers"]:
            raise refused(
                files[0], "holds no codes" if last is None else "holds no modifiers: it is not the whole file"
            )
        if last.code < _LAST_SECTION:
            raise refused(files[0], f"ends with {last.code}, before section {_LAST_SECTION}: it is cut short")
        return Imported(release, entries, counts)


def _entries(path: Path, progress: Progress) -> Iterator[_Entry]:
    """The codes in order, each with all of its lines."""
    current: _Entry | None = None
    for count, (number, line) in enumerate(lines_of(path), start=1):
        if count % EVERY == 0:
            progress(EVERY)
        if _RECORD.match(line) is None:
            if current is None:  # title and disclaimers
                continue
            raise refused(path, "is no record of HCPCS", line=number)
        if line[10] in _FIRST_LINE:
            if current is not None:
                yield current
            current = _first(path, number, line)
        elif current is None:
            raise refused(path, "begins within a description: its beginning is missing", line=number)
        else:
            _continue(path, number, line, current)
    if current is not None:
        yield current


def _first(path: Path, number: int, line: str) -> _Entry:
    code = line[:5].strip()
    if len(line) < _SHORTEST:
        raise refused(path, f"has {len(line)} characters, a record has 320: it is cut short", line=number)
    is_modifier = line[10] in _MODIFIER
    if is_modifier != (len(code) == 2) or not (is_modifier or is_service_code(code)):
        raise refused(
            path, f"holds no {'modifier' if is_modifier else 'code'} in its first five characters", line=number
        )
    return _Entry(code, line, [line[11:91].strip()], number)


def _continue(path: Path, number: int, line: str, entry: _Entry) -> None:
    """Add one further line of a description."""
    expected = int(entry.record[5:10]) + _STEP * len(entry.texts)
    if line[:5].strip() != entry.code or int(line[5:10]) != expected or (line[10] in _MODIFIER) != entry.is_modifier:
        raise refused(path, f"does not follow on the description of {entry.code}: a line is missing", line=number)
    entry.texts.append(line[11:91].strip())


def _values(path: Path, entry: _Entry) -> Mapping[str, Any]:
    """The entry as ``Editions.service`` reads it, without what is empty."""
    record = entry.record
    dates = {"added": record[268:276], "effective_from": record[276:284], "terminated": record[284:292]}
    values: dict[str, Any] = {"description": " ".join(filter(None, entry.texts))}
    if entry.is_modifier:
        values["modifier"] = True
    for name, text in dates.items():
        if text.strip():
            day = compact_day(text)
            if day is None:
                raise refused(
                    path, f"has no date in the form 20260101 where {name.replace('_', ' ')} stands", line=entry.line
                )
            values[name] = day.isoformat()
    texts = {"coverage": record[229], "betos": record[256:259], "note": record[252:256], "action": record[292]}
    return values | {name: text.strip() for name, text in texts.items() if text.strip()}


IMPORTER: Final = HcpcsImporter()
