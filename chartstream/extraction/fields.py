"""The encounter's fields as a note states them: dates, age, sex, provider, signature. Only what is stated."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date

from chartstream.extraction.dates import DATE, Order, ambiguous, date_of, order_of
from chartstream.extraction.field_words import DATE_FIELDS, field_words, patterns
from chartstream.extraction.readtext import ReadText

_AGE_VALUE = re.compile(
    r"(\d{1,3})[ \t]*(?:-?[ \t]*(years?|yrs?|yo|y/o|y\.o\.|months?|mos?|weeks?|days?))?\b", re.IGNORECASE
)
_AGE_PHRASE = re.compile(
    r"\b(?P<number>\d{1,3})[ -]?(?P<unit>year|yr|month|week|day)s?[ -]?old\b[ ]?(?P<who>(?:[\w-]+[ ]){0,3}?"
    r"(?:woman|man|female|male|girl|boy))?"
    r"|\b(?P<short>\d{1,3})[ ]?(?:y/?o|y\.o\.)[ ]?(?P<whose>female|male|woman|man|girl|boy|f|m)?\b",
    re.IGNORECASE,
)
# Reading machines join it to the next label ("FMRN: …"): a capital may follow, a small letter not.
_SEX_VALUE = re.compile(r"(?:(?i:female|male|woman|man|girl|boy)|[FMfm])(?![a-z])")
_NAME = re.compile(
    r"[A-Z][\w.'\u2019-]*(?:[ ]?[ ][A-Z][\w.'\u2019-]*){1,4}(?:,[ ]?(?:MD|DO|NP|PA-C|PA|CNM|DPM|OD|APRN|PhD|FNP)\b)?"
)
# "Tentative date of surgery": what is to come is no date of this encounter.
_PLANNED = re.compile(
    r"\b(?:tentative|planned|proposed|scheduled|anticipated|expected|estimated|target|next)[ ]*$", re.IGNORECASE
)
_CELL_END = re.compile(r"[ ]{2,}|\n|$")
_PHRASE_RELIABILITY = 0.9

SOLE_READING = 0.95
"""A date read with less than this, that stands nowhere else in the document, counts for ``_UNCONFIRMED`` of itself:
below every bound, so that a person looks at it. One digit misread makes another possible date."""

_UNCONFIRMED = 0.85
_MIXED_ORDER = 0.8
_MOST_CONFIRMING = 2
_LETTERHEAD = 4


@dataclass(frozen=True, slots=True)
class Field:
    """One value with the span it stands in (offsets into the document's text).

    ``value`` is normalised: ISO 8601 dates, an age as ``64`` years or as an ISO 8601 duration below two years
    (``P9M``), ``FEMALE`` or ``MALE``, ``SIGNED`` or ``UNSIGNED``, a provider's name as written. ``confidence``, 0 to 1,
    is the lowest score of the words it was read from times the reliability of the pattern that found it. A date that
    stands elsewhere in the document, too, is surer than each reading of it (see ``_reading``).
    """

    name: str
    value: str
    begin: int
    end: int
    confidence: float


def find_fields(read: ReadText) -> tuple[Field, ...]:
    """All fields that a document states, in order of their places; the same field may be stated several times.

    Names: ``encounter_date``, ``admission_date``, ``discharge_date``, ``birth_date``, ``age``, ``sex``, ``provider``,
    ``facility``, ``signature``. Raises ``ConfigurationError`` for a broken data file.
    """
    found = [*_dates(read), *_ages(read), *_sexes(read), *_providers(read), *_facilities(read), *_signatures(read)]
    if any(f.name == "encounter_date" for f in found):
        found = [f for f in found if f.name != "encounter_date_weak"]
    named = [Field(f.name.removesuffix("_weak"), f.value, f.begin, f.end, f.confidence) for f in found]
    return tuple(sorted(named, key=lambda f: (f.begin, f.name)))


def _field(read: ReadText, name: str, value: str, span: tuple[int, int], reliability: float) -> Field:
    confidence = round(read.confidence_at(*span) * reliability, 4)
    return Field(name, value, span[0], span[1], confidence)


def _dates(read: ReadText) -> Iterator[Field]:
    order = order_of(read.text)
    places = _places(read, order)
    for name in DATE_FIELDS:
        pattern = patterns()[name]
        for label in pattern.regex.finditer(read.text):
            value = DATE.match(read.text, label.end())
            when = date_of(value, day_first=order is Order.DAY_FIRST) if value else None
            if (
                value is None
                or when is None
                or (name == "encounter_date_weak" and _labelled_otherwise(read.text, label))
                or _PLANNED.search(read.text, max(0, label.start() - 20), label.start())
            ):
                continue
            sure = _reading(read, value.span(), places[when]) * pattern.reliability
            sure *= _MIXED_ORDER if order is Order.MIXED and ambiguous(value) else 1.0
            yield Field(name, when.isoformat(), *value.span(), round(sure, 4))


def _places(read: ReadText, order: Order) -> dict[date, list[tuple[int, int]]]:
    places: dict[date, list[tuple[int, int]]] = {}
    for match in DATE.finditer(read.text):
        when = date_of(match, day_first=order is Order.DAY_FIRST)
        if when is not None:
            places.setdefault(when, []).append(match.span())
    return places


def _reading(read: ReadText, span: tuple[int, int], places: Sequence[tuple[int, int]]) -> float:
    """How sure a date was read, 0 to 1, given the other places of the same date.

    Two readings that agree are both right or both wrong in the same way: p1 p2 / (p1 p2 + (1 - p1)(1 - p2)), which
    assumes nothing about how many other dates a misreading could have given. At most two other places count, since
    errors of one font on one page are not independent.
    """
    sure = read.confidence_at(*span)
    others = sorted((read.confidence_at(*place) for place in places if place != span), reverse=True)
    if not others:
        return sure if sure >= SOLE_READING else sure * _UNCONFIRMED
    for other in others[:_MOST_CONFIRMING]:
        both, neither = sure * other, (1 - sure) * (1 - other)
        sure = both / (both + neither) if both + neither else 0.0
    return sure


def _labelled_otherwise(text: str, label: re.Match[str]) -> bool:
    """A bare "Date:" counts at the start of its line only: elsewhere it belongs to a word before ("Signed date:")."""
    line = text[text.rfind("\n", 0, label.start()) + 1 : label.start()]
    return bool(line.strip())


def _ages(read: ReadText) -> Iterator[Field]:
    pattern = patterns()["age"]
    for label in pattern.regex.finditer(read.text):
        value = _AGE_VALUE.match(read.text, label.end())
        if value is not None:
            age = _age(int(value[1]), (value[2] or "year").lower())
            yield _field(read, "age", age, value.span(), pattern.reliability)
    for phrase in _AGE_PHRASE.finditer(read.text):
        if _someone_else(read.text, phrase.start()):
            continue
        number, unit = int(phrase["number"] or phrase["short"]), (phrase["unit"] or "year").lower()
        yield _field(read, "age", _age(number, unit), phrase.span(), _PHRASE_RELIABILITY)
        sex = _sex_of(phrase["who"] or phrase["whose"] or "")
        if sex:
            yield _field(read, "sex", sex, phrase.span(), _PHRASE_RELIABILITY)


def _someone_else(text: str, begin: int) -> bool:
    """Whether the person whose age follows is not the patient ("her 12-year-old son", "lives with a 4-year-old")."""
    before = text[max(0, begin - 30) : begin].lower()
    return bool(
        re.search(r"\b(?:her|his|their|with|my|husband|wife|mother|father|brother|sister)[ ,]+(?:an?[ ])?$", before)
    )


def _age(number: int, unit: str) -> str:
    if unit.startswith("y"):
        return str(number)
    if unit.startswith("mo") and number >= 24:
        return str(number // 12)
    return f"P{number}{unit[0].upper()}"


def _sexes(read: ReadText) -> Iterator[Field]:
    pattern = patterns()["sex"]
    for label in pattern.regex.finditer(read.text):
        word = _SEX_VALUE.match(read.text, label.end())
        sex = _sex_of(word.group()) if word else None
        if word is not None and sex is not None:
            yield _field(read, "sex", sex, word.span(), pattern.reliability)


def _sex_of(words: str) -> str | None:
    last = words.lower().split()[-1:]
    for sex in ("female", "male"):
        if last and last[0] in field_words()["sex"][sex]:
            return sex.upper()
    return None


def _providers(read: ReadText) -> Iterator[Field]:
    for pattern in (patterns()["provider"], patterns()["signed"]):
        for label in pattern.regex.finditer(read.text):
            name = _NAME.match(read.text, label.end())
            if name is not None:
                yield _field(read, "provider", name.group(), name.span(), pattern.reliability)


def _facilities(read: ReadText) -> Iterator[Field]:
    """What a label names, and the first line of a letterhead that names a practice or a hospital."""
    pattern = patterns()["facility"]
    for label in pattern.regex.finditer(read.text):
        end = _CELL_END.search(read.text, label.end())
        if end is not None and end.start() > label.end() + 2:
            yield _field(
                read, "facility", read.text[label.end() : end.start()], (label.end(), end.start()), pattern.reliability
            )
    for line in [line for line in read.lines if read.text[line.begin : line.end].strip()][:_LETTERHEAD]:
        words = read.text[line.begin : line.end].strip(" *#=_")
        if ":" not in words and len(words.split()) <= 8 and patterns()["letterhead"].regex.search(words):
            begin = read.text.index(words, line.begin)
            yield _field(read, "facility", words, (begin, begin + len(words)), patterns()["letterhead"].reliability)
            return


def _signatures(read: ReadText) -> Iterator[Field]:
    """One field at most: a draft's mark wherever there is one, else the last signature."""
    for kind in ("unsigned", "signed"):
        pattern = patterns()[kind]
        matches = list(pattern.regex.finditer(read.text))
        if matches:
            yield _field(read, "signature", kind.upper(), matches[-1].span("label"), pattern.reliability)
            return
