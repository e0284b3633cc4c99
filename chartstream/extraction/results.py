"""Results in text: a quantity, its value, and what stands of unit, reference range and flag, in any usual order."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from chartstream.extraction.analytes import Analyte, AnalyteWords, analyte_words

_NUMBER = r"(?:\d{1,3}(?:,\d{3})+|\d+)(?:\.\d+)?|\.\d+"
_VALUE = re.compile(rf"(?:[<>\u2264\u2265]=?[ ]?)?(?:{_NUMBER})")
_PAIR = re.compile(r"\d{2,3}[ ]?/[ ]?\d{2,3}")
_TITRE = re.compile(r"1:\d{1,5}")
# What may stand between a quantity and its value.
_BETWEEN = re.compile(
    r"(?:[ \t]*(?:[:=|,]|\((?![\d.\s,-]+\))[A-Za-z][A-Za-z0-9 ]{0,11}\)|-(?=[ \t])|\b(?:is|was|of|at|level|today|now"
    r"|count|result|value|reading|measured|on arrival|came back|up to|down to)\b))*[ \t]*"
)
_NOT_AFTER = re.compile(r"[ ]?[/:-][ ]?\d|\.\d|\d|,\d|[ ]?-(?=[A-Za-z])|(?:st|nd|rd|th)\b")
_SEPARATOR = re.compile(r"[ \t]*[|,;]?[ \t]*")
_REFERENCE = r"(?:ref(?:erence)?|normal|nl|range|interval|rr)"
_RANGE = rf"(?:{_NUMBER})[ ]?(?:-|\u2013|\u2014|to)[ ]?(?:{_NUMBER})|[<>\u2264\u2265]=?[ ]?(?:{_NUMBER})"
_BRACKETED = re.compile(
    rf"[(\[][ ]?(?:{_REFERENCE}[.:]?[ ]?)*(?P<range>{_RANGE})[ ]?(?P<unit>[^)\]\n]{{0,14}})[)\]]", re.IGNORECASE
)
_LABELLED = re.compile(rf"(?:{_REFERENCE}[.:]?[ ]?){{1,3}}(?P<range>{_RANGE})(?![\d.%/])", re.IGNORECASE)
_BARE = re.compile(rf"(?P<range>(?:{_NUMBER})[ ]?(?:-|\u2013|\u2014)[ ]?(?:{_NUMBER}))(?![\d.%/-])")
_AIM = re.compile(
    r"\b(?:goal|target|aim|keep|until|if|when|for|below|above|under|over|hold)\b[^.;\n]{0,12}$", re.IGNORECASE
)
_MOST_PARTS = 4


@dataclass(frozen=True, slots=True)
class Result:
    """One result. ``begin`` to ``end`` spans name, value and all that belongs to it, ``value_span`` the value alone.

    ``value`` is as written without thousands separators (``<6``, ``142/88``, ``negative``), ``unit`` in UCUM,
    ``reference_range`` as printed (``3.5-5.1``), ``abnormal`` one of H, L, HH, LL and A.
    """

    name: str
    value: str
    begin: int
    end: int
    value_span: tuple[int, int]
    unit: str | None = None
    reference_range: str | None = None
    abnormal: str | None = None


@dataclass(slots=True)
class _Tail:
    """What follows a value, as far as it was read."""

    end: int
    unit: str | None = None
    reference_range: str | None = None
    abnormal: str | None = None


def results_in(text: str, begin: int = 0, end: int | None = None) -> Iterator[Result]:
    """The results between two offsets of a text, in order, without overlap. Goals, doses and dates are none."""
    stop = len(text) if end is None else end
    words = analyte_words()
    position = begin
    while (name := words.name.search(text, position, stop)) is not None:
        found = _result(text, name, words, stop)
        if found is not None:
            yield found
        position = found.end if found is not None else name.end()


def _result(text: str, name: re.Match[str], words: AnalyteWords, stop: int) -> Result | None:
    quantity = words.quantity(name.group())
    line_end = text.find("\n", name.end(), stop)
    stop = stop if line_end < 0 else line_end
    if quantity is None or _AIM.search(text, max(0, name.start() - 24), name.start()):
        return None
    analyte = words.data.analytes[quantity]
    between = _BETWEEN.match(text, name.end(), stop)
    start = between.end() if between else name.end()
    value = _value(text, start, stop, analyte, words)
    if value is None or (start == name.end() and text[start : start + 1] not in "<>"):
        return None
    tail = tail_of(text, value.end(), stop, analyte)
    if tail.unit is None and words.other_unit.match(text, value.end(), stop):
        return None
    written = value.group().lower() if value.re is words.word else re.sub(r"[ ,]", "", value.group())
    return Result(
        quantity, written, name.start(), tail.end, value.span(), tail.unit, tail.reference_range, tail.abnormal
    )


def _value(text: str, start: int, stop: int, analyte: Analyte, words: AnalyteWords) -> re.Match[str] | None:
    if analyte.pair:
        pair = _PAIR.match(text, start, stop)
        return None if pair is None or text[pair.end() : pair.end() + 1] in tuple("/0123456789") else pair
    if analyte.titre and (titre := _TITRE.match(text, start, stop)):
        return titre
    word = words.word.match(text, start, stop)
    if word is not None:
        return word
    number = _VALUE.match(text, start, stop) if analyte.units else None
    return None if number is None or _NOT_AFTER.match(text, number.end(), stop) else number


def tail_of(text: str, start: int, stop: int, analyte: Analyte | None) -> _Tail:
    """Unit, reference range and flag behind a value, in any order, each once; ``analyte`` limits the units."""
    tail = _Tail(start)
    for _ in range(_MOST_PARTS):
        gap = _SEPARATOR.match(text, tail.end, stop)
        position = gap.end() if gap else tail.end
        apart = text[tail.end : position]
        taken = (
            _take_unit(tail, text, position, stop, analyte)
            or _take_range(tail, text, position, stop, apart)
            or _take_flag(tail, text, position, stop, apart)
        )
        if not taken:
            return tail
    return tail


def _take_unit(tail: _Tail, text: str, position: int, stop: int, analyte: Analyte | None) -> bool:
    words = analyte_words()
    match = words.unit.match(text, position, stop) if tail.unit is None else None
    code = words.unit_code(match.group()) if match else None
    if match is None or code is None or (analyte is not None and code not in analyte.units):
        return False
    tail.unit, tail.end = code, match.end()
    return True


def _take_range(tail: _Tail, text: str, position: int, stop: int, apart: str) -> bool:
    if tail.reference_range is not None:
        return False
    match = _BRACKETED.match(text, position, stop)
    if match is not None and match["unit"].strip() and analyte_words().unit_code(match["unit"]) is None:
        return False
    # Bare, "3.5-5.1" is a range in a row of cells or behind a unit; in running text it could be anything.
    bare = apart.strip(" ") or len(apart) >= 2 or tail.unit is not None or tail.abnormal is not None
    match = match or _LABELLED.match(text, position, stop) or (_BARE.match(text, position, stop) if bare else None)
    if match is None:
        return False
    tail.reference_range, tail.end = match["range"], match.end()
    if tail.unit is None and match.re is _BRACKETED and match["unit"].strip():
        tail.unit = analyte_words().unit_code(match["unit"])
    return True


def _take_flag(tail: _Tail, text: str, position: int, stop: int, apart: str) -> bool:
    words = analyte_words()
    match = (
        words.flag.match(text, position, stop)
        if tail.abnormal is None and "," not in apart and ";" not in apart
        else None
    )
    if match is None:
        return False
    flag = match["flag"]
    tail.abnormal, tail.end = words.data.flags.get(flag) or words.data.flags[flag.lower()], match.end()
    return True
