"""The codes that a note of the tabular list refers to: ``(E10.-)``, ``(O00-O07, O08.8)``, ``(E08-E13 with .42)``."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache

_PARENTHESIS = re.compile(r"\(([^()]*)\)?")
_SEPARATOR = re.compile(r",\s*|;\s*|\s+and\s+|\s+or\s+")
_CODE = r"[A-Z]\d[0-9A-Z](?:\.[0-9A-Z]*)?"
_ITEM = re.compile(rf"({_CODE})\.?-?(?:\s*(?:-|to)\s*({_CODE})\.?-?)?")
_BARE = re.compile(rf"(?<!\w){_CODE}-?(?:\s*(?:-|to)\s*{_CODE}-?)?(?=[\s,;]|code\b|$)")
_WITH = re.compile(r"^(.*?),?\s*\bwith\s+(.*)$")

_PLACES = {"fifth": 4, "5th": 4, "sixth": 5, "6th": 5, "seventh": 6, "7th": 6}
_PLACE = "|".join(_PLACES)


def plain(code: str) -> str:
    """A code without its dot, upper case, as codes are compared here."""
    return code.replace(".", "").strip().upper()


@dataclass(frozen=True, slots=True)
class Span:
    """Codes from ``low`` to ``high``, by their beginnings, that fit the expression ``form`` (empty: any)."""

    low: str
    high: str
    form: str = ""

    def match(self, code: str) -> bool:
        """Whether ``code`` (without its dot) is one of them."""
        if not (self.low <= code[: len(self.low)] and code[: len(self.high)] <= self.high):
            return False
        return not self.form or re.match(self.form, code) is not None


@dataclass(frozen=True, slots=True)
class References:
    """What a note refers to: beginnings of codes, and spans. Codes are compared without their dots.

    ``categories`` are the first three characters that a code must begin with to be among them.
    """

    prefixes: tuple[str, ...]
    spans: tuple[Span, ...]
    categories: frozenset[str]

    def match(self, code: str) -> bool:
        """Whether ``code`` (without its dot) is among what the note refers to."""
        return code[:3] in self.categories and (
            code.startswith(self.prefixes) or any(span.match(code) for span in self.spans)
        )

    def __bool__(self) -> bool:
        return bool(self.prefixes or self.spans)


@lru_cache(maxsize=20_000)
def references_in(text: str) -> References:
    """The references of a note, line by line: those in parentheses, else those that stand bare in the line.

    A qualification in words is read where its meaning is certain ("with fifth character 2", "with .42", "with seventh
    character A"); a line that qualifies in another way gives no reference, because a wrong one would hold correct
    claims back.
    """
    prefixes: list[str] = []
    spans: list[Span] = []
    for line in text.splitlines():
        for low, high, form in _in_line(line):
            if low == high and not form:
                prefixes.append(low)
            else:
                spans.append(Span(low, high, form))
    return _references(prefixes, spans)


def _references(prefixes: Sequence[str], spans: Sequence[Span]) -> References:
    categories = {prefix[:3] for prefix in prefixes}
    for span in spans:
        categories |= _between(span.low[:3], span.high[:3])
    return References(tuple(dict.fromkeys(prefixes)), tuple(dict.fromkeys(spans)), frozenset(categories))


def _in_line(line: str) -> Iterator[tuple[str, str, str]]:
    found = False
    for parenthesis in _PARENTHESIS.finditer(line):
        items, form = _qualified(parenthesis.group(1))
        outside = line[parenthesis.end() :].strip()
        if not form and outside.startswith("with "):
            form = _form(outside.removeprefix("with ")) or ""
        for item in items:
            found = True
            yield (*item, form)
    if not found:
        yield from _bare(line)


def _qualified(inside: str) -> tuple[Sequence[tuple[str, str]], str]:
    """The items of a parenthesis and the form that its qualification asks for; nothing where that is not understood."""
    items, form = inside, ""
    if (qualified := _WITH.match(inside)) is not None:
        understood = _form(qualified.group(2))
        if understood is None:
            return (), ""
        items, form = qualified.group(1), understood
    return tuple(_items(_SEPARATOR.split(items))), form


def _bare(line: str) -> Iterator[tuple[str, str, str]]:
    matches = list(_BARE.finditer(line))
    if not matches:
        return
    rest = line[matches[-1].end() :].strip()
    form = _form(rest.removeprefix("with ")) if rest.startswith("with ") else ""
    if form is not None:
        yield from ((*item, form) for item in _items(match.group() for match in matches))


def _items(parts: Iterable[str]) -> Iterator[tuple[str, str]]:
    for part in parts:
        if item := _ITEM.fullmatch(part.strip()):
            low = plain(item.group(1))
            yield low, plain(item.group(2)) if item.group(2) else low


def _form(qualification: str) -> str | None:
    """The expression that codes of such a qualification fit; None where it is not understood."""
    words = qualification.strip().rstrip(".,")
    matches = ((pattern.fullmatch(words), form) for pattern, form in _FORMS)
    return next((form(match) for match, form in matches if match is not None), None)


def _intent(match: re.Match[str]) -> str:
    allowed = _class(match.group(1))
    return f".{{5}}{allowed}|.{{4}}{allowed}X"


def _at_place(match: re.Match[str]) -> str:
    return f".{{{_PLACES[match.group(1)]}}}{_class(match.group(2))}"


def _endings(match: re.Match[str]) -> str:
    return f".{{3}}(?:{'|'.join(re.findall('[0-9A-Z]+', match.group(1)))})"


def _class(characters: str) -> str:
    return f"[{characters.replace(' or ', '')}]"


@lru_cache(maxsize=2_000)
def _between(low: str, high: str) -> frozenset[str]:
    """Every beginning of three characters from ``low`` to ``high``, whether or not a category bears it."""
    last = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
    letters = range(ord(low[0]), ord(high[0]) + 1)
    every = (f"{chr(letter)}{digit}{third}" for letter in letters for digit in last[:10] for third in last)
    return frozenset(category for category in every if low <= category <= high)


_FORMS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], str]], ...] = (
    (re.compile(r"fifth or sixth character to indicate intent.*"), lambda _: "."),
    (re.compile(r"open fracture 7th character"), lambda _: ".{6}[BCEFHJMNQR]"),
    # The intent stands in the sixth place, or in the fifth where X fills the sixth (T64.01XA).
    (re.compile(r"fifth or six(?:th)? character ([0-9](?:-[0-9])?(?: or [0-9])*)"), _intent),
    (re.compile(r"fifth to sixth characters ([0-9][0-9])"), lambda match: f".{{4}}{match.group(1)}"),
    (re.compile(rf"({_PLACE})[ -]characters? \.?([0-9A-Z](?:-[0-9])?(?: or [0-9A-Z])*)"), _at_place),
    (re.compile(r"final characters? -([0-9A-Z]+)"), lambda match: f".*{match.group(1)}$"),
    (re.compile(r"(?:final characters )?(\.[0-9A-Z]+-?(?:(?:\.|,|\s|or|-)+\.[0-9A-Z]+-?)*)"), _endings),
)
"""What a qualification in words asks for, and the expression that says the same."""
