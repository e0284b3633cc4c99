"""CPT as a site licenses it from the American Medical Association: the text files of the CPT data files.

Layout: lines of licence text, then one code a line with its descriptor: after a tab in ``LONGULT.txt``, from the
seventh character in ``MEDU.txt`` and ``SHORTU.txt``, in the third column of ``ConsumerDescriptor.txt``. ``MODUL.txt``
is Appendix A: modifiers as paragraphs, the physical status of anesthesia and Level II modifiers a line each. No text of
these files is ever quoted in a message.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.columns import EVERY, is_service_code
from chartstream.codesets.importing.model import Edition, Imported, Progress
from chartstream.codesets.importing.periods import yearly_release
from chartstream.codesets.importing.published import lines_of, refused, text_of
from chartstream.codesets.model import CPT

_DESCRIPTORS: Final = ("LONGULT", "MEDU", "SHORTU")
"""Files of descriptors, the one to take first. All list the same codes."""
_CONSUMER: Final = "CONSUMER"
_MODIFIERS: Final = "MODUL"
_CODE_LINE: Final = re.compile(r'"?(?P<code>[0-9A-Z]{5})"?[\t ]\s*(?P<text>\S.*)')
_CONSUMER_LINE: Final = re.compile(r"[0-9]+\t(?P<code>[0-9A-Z]{5})\t\s*(?P<text>\S.*)")
_PARAGRAPH: Final = re.compile(r"(?P<code>[1-9][0-9A-Z])\s+(?P<text>\S.*)")
_STATUS: Final = re.compile(r"\W*(?P<code>P[1-9])\W+(?P<text>\S.*)")
_LEVEL_TWO: Final = re.compile(r"(?P<code>[A-Z][0-9A-Z])\s+(?P<text>\S.*)")
_APPENDIX: Final = "appendix a"
_STATUS_HEADING: Final = "anesthesia physical status"
_PARAGRAPH_HEADINGS: Final = ("cpt level i modifiers", "category ii modifiers")
_LEVEL_TWO_HEADING: Final = "level ii"
_MOST_HEADER: Final = 100
"""Lines of licence text above the first code, at most."""
_LICENSED: Final = "take it from your licensed CPT data files again"


class CptImporter:
    """The files of one year that a site holds; any of those with descriptors will do, modifiers come from MODUL.txt."""

    system = CPT
    title = "CPT data files of the AMA (LONGULT.txt, MEDU.txt, SHORTU.txt, ConsumerDescriptor.txt, MODUL.txt)"

    def recognises(self, path: Path, head: bytes) -> bool:
        """By the AMA's file names."""
        return path.suffix.lower() == ".txt" and _kind(path) is not None

    def read(self, files: Sequence[Path], edition: Edition, progress: Progress) -> Imported:
        """The codes and modifiers of one year's files; see ``Importer.read``."""
        release = yearly_release(CPT, files, edition)
        read = {kind: _read(path, kind, progress) for path in files if (kind := _kind(path)) is not None}
        if len(read) < len(files):
            raise refused(files[0], "stands among files of the same kind", "import one year at a time")
        modifiers = read.pop(_MODIFIERS, {})
        if not read:
            raise refused(files[0], "holds modifiers only", "give LONGULT.txt, MEDU.txt or SHORTU.txt with it")
        codes = _agreed({_kind(path) or "": path for path in files}, read)
        entries = {code: _entry(text, modifier=False) for code, text in codes.items()}
        entries |= {code: _entry(text, modifier=True) for code, text in modifiers.items()}
        return Imported(release, entries, {"codes": len(codes), "modifiers": len(modifiers)})


def _kind(path: Path) -> str | None:
    name = path.stem.upper()
    if name.startswith(_CONSUMER):
        return _CONSUMER
    return name if name in (*_DESCRIPTORS, _MODIFIERS) else None


def _read(path: Path, kind: str, progress: Progress) -> Mapping[str, str]:
    if kind == _MODIFIERS:
        return _modifiers(path)
    return _codes(path, _CONSUMER_LINE if kind == _CONSUMER else _CODE_LINE, progress)


def _codes(path: Path, layout: re.Pattern[str], progress: Progress) -> Mapping[str, str]:
    """Descriptors by code."""
    found: dict[str, str] = {}
    for count, (number, line) in enumerate(lines_of(path), start=1):
        if count % EVERY == 0:
            progress(EVERY)
        match = layout.fullmatch(line)
        if match is not None and is_service_code(match["code"]):
            if match["code"] in found:
                raise refused(path, f"lists {match['code']} a second time", _LICENSED, line=number)
            found[match["code"]] = match["text"].strip().strip('"')
        elif found or count > _MOST_HEADER:
            raise refused(path, "holds no code with its descriptor", _LICENSED, line=number)
    if not found:
        raise refused(path, "holds no code with its descriptor", _LICENSED)
    return found


def _agreed(paths: Mapping[str, Path], read: Mapping[str, Mapping[str, str]]) -> Mapping[str, str]:
    """The descriptors of the best file at hand. Files that list other codes than it does are refused: one of them is
    cut short or of another year. The consumer's descriptors do not cover every code.
    """
    best, *others = [kind for kind in (*_DESCRIPTORS, _CONSUMER) if kind in read]
    known = read[best].keys()
    for kind in others:
        differing = sorted(read[kind].keys() - known if kind == _CONSUMER else read[kind].keys() ^ known)
        if differing:
            reason = f"and {paths[best].name} differ in {len(differing)} codes ({', '.join(differing[:5])})"
            raise refused(paths[kind], reason, "give files of one year, whole")
    return read[best]


def _modifiers(path: Path) -> Mapping[str, str]:
    """Modifiers of Appendix A by their two characters."""
    found: dict[str, str] = {}
    for number, code, text in _appendix(path):
        if code in found:
            raise refused(path, f"lists modifier {code} a second time", _LICENSED, line=number)
        found[code] = text
    if not found:
        raise refused(path, "holds no modifiers under a heading Appendix A", _LICENSED)
    return found


def _appendix(path: Path) -> Iterator[tuple[int, str, str]]:
    """Line, modifier and text, in order."""
    layout: re.Pattern[str] | None = None
    paragraph: tuple[int, str, str] | None = None
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        text = " ".join(line.split())
        opened = _section(text.lower())
        match = layout.fullmatch(text) if layout is not None and opened is None else None
        if paragraph is not None and text and opened is None:
            paragraph = (*paragraph[:2], f"{paragraph[2]} {text}")
            continue
        if paragraph is not None:
            yield paragraph
            paragraph = None
        layout = opened or layout
        if match is not None and layout is _PARAGRAPH:
            paragraph = (number, match["code"], match["text"])
        elif match is not None:
            yield number, match["code"], match["text"]
    if paragraph is not None:
        yield paragraph


def _section(heading: str) -> re.Pattern[str] | None:
    """The layout of modifiers below a heading, or None for a line that is none."""
    if heading == _APPENDIX or heading.startswith(_PARAGRAPH_HEADINGS):
        return _PARAGRAPH
    if heading == _STATUS_HEADING:
        return _STATUS
    return _LEVEL_TWO if heading.startswith(_LEVEL_TWO_HEADING) else None


def _entry(text: str, *, modifier: bool) -> bytes:
    values = {"description": text, "modifier": True} if modifier else {"description": text}
    return json.dumps(values, separators=(",", ":")).encode()


IMPORTER: Final = CptImporter()
