"""Numbers and bullets of Word's lists, which stand in no paragraph's text."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from docx.oxml.ns import qn

_ROMAN = ((100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"), (4, "iv"), (1, "i"))


@dataclass(frozen=True, slots=True)
class _Level:
    form: str
    text: str
    start: int


class Numbering:
    """Counts the items of a document's lists; paragraphs must be shown in order."""

    def __init__(self, numbering: Any | None, styles: Any | None) -> None:
        """``numbering`` and ``styles``: the root elements of the parts of those names."""
        self._levels: dict[str, dict[int, _Level]] = {}
        self._lists: dict[str, str] = {}
        self._styles = {} if styles is None else {s.get(qn("w:styleId")): s for s in styles.iter(qn("w:style"))}
        self._counts: dict[str, dict[int, int]] = {}
        if numbering is not None:
            self._read(numbering)

    def _read(self, numbering: Any) -> None:
        for abstract in numbering.iter(qn("w:abstractNum")):
            levels = {_integer(level.get(qn("w:ilvl")), 0): _level(level) for level in abstract.iter(qn("w:lvl"))}
            self._levels[abstract.get(qn("w:abstractNumId"))] = levels
        for entry in numbering.iter(qn("w:num")):
            self._lists[entry.get(qn("w:numId"))] = _value(entry, "w:abstractNumId") or ""

    def mark_of(self, paragraph: Any) -> str | None:
        """The mark before a list's item (``2.``, ``a)``, ``-``), ``None`` for what is no item."""
        number, depth = self._place(paragraph)
        abstract = self._lists.get(number or "")
        level = self._levels.get(abstract or "", {}).get(depth)
        if number in (None, "0") or abstract is None or level is None:
            return None
        counts = self._counts.setdefault(abstract, {})
        counts[depth] = counts.get(depth, level.start - 1) + 1
        for deeper in [other for other in counts if other > depth]:
            del counts[deeper]
        if level.form == "bullet":
            return "-"
        if level.form == "none":
            return None
        mark = level.text
        for other in range(depth + 1):
            known = self._levels[abstract].get(other, level)
            shown = _numeral(counts.get(other, known.start), known.form if other == depth else "decimal")
            mark = mark.replace(f"%{other + 1}", shown)
        return mark.strip() or None

    def _place(self, paragraph: Any) -> tuple[str | None, int]:
        """The list's number and the depth, the paragraph's own or its style's."""
        properties = paragraph.find(qn("w:pPr"))
        number, depth = _numbered(properties)
        style = _value(properties, "w:pStyle")
        seen: set[str] = set()
        while number is None and style is not None and style in self._styles and style not in seen:
            seen.add(style)
            element = self._styles[style]
            number, inherited = _numbered(element.find(qn("w:pPr")))
            depth = depth or inherited
            style = _value(element, "w:basedOn")
        return number, depth


def _numbered(properties: Any | None) -> tuple[str | None, int]:
    entry = None if properties is None else properties.find(qn("w:numPr"))
    if entry is None:
        return None, 0
    return _value(entry, "w:numId"), _integer(_value(entry, "w:ilvl"), 0)


def _level(level: Any) -> _Level:
    return _Level(
        _value(level, "w:numFmt") or "decimal", _value(level, "w:lvlText") or "", _integer(_value(level, "w:start"), 1)
    )


def _value(element: Any | None, tag: str) -> str | None:
    """The value of a child of that name."""
    child = None if element is None else element.find(qn(tag))
    return None if child is None else child.get(qn("w:val"))


def _integer(value: str | None, default: int) -> int:
    return int(value) if value is not None and value.isdecimal() and len(value) < 7 else default


def _numeral(number: int, form: str) -> str:
    if number < 1:
        return str(number)
    if form in ("lowerLetter", "upperLetter"):
        letter = chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)
        return letter if form == "lowerLetter" else letter.upper()
    if form in ("lowerRoman", "upperRoman"):
        roman = _roman(number)
        return roman if form == "lowerRoman" else roman.upper()
    return str(number)


def _roman(number: int) -> str:
    parts = []
    for value, sign in _ROMAN:
        parts.append(sign * min(number // value, 9))
        number %= value
    return "".join(parts)
