"""How a code that the release does not have was meant: the printed form, and the right place of the placeholder X."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import lru_cache

from chartstream.codesets import Code, CodeSet
from chartstream.codesets.catalogue import dotted
from chartstream.validation.references import plain

_BEFORE_SEVENTH = 6
_STEM = 3
"""The category, in which an X is no placeholder (ICD-10-CM Official Guidelines I.A.4)."""


def printed(codes: CodeSet, code: str) -> Code | None:
    """The entry that ``code`` names, whatever its case, blanks and dot."""
    return codes.get(code) or codes.get(dotted(plain(code)))


@lru_cache(maxsize=20_000)
def with_placeholders(codes: CodeSet, code: str) -> Sequence[str]:
    """The billable codes that are ``code`` but for placeholders X: ``W19.A`` is ``W19.XXXA``, ``T36.01A`` ``T36.0X1A``,
    ``I10.X`` ``I10``. Empty where there is none.
    """
    written = plain(code)
    return _by_characters(codes, written[:_STEM]).get(_characters(written), ())


@lru_cache(maxsize=20_000)
def billable_below(codes: CodeSet, code: str) -> Sequence[str]:
    """The billable codes at or below an entry, in the order of the list; empty for a code that is not known."""
    entry = codes.get(code)
    if entry is None:
        return ()
    if entry.billable:
        return (entry.code,)
    return tuple(found for child in entry.children for found in billable_below(codes, child))


@lru_cache(maxsize=200_000)
def regular(codes: CodeSet, code: str) -> bool:
    """Whether ``code`` is a billable code of the release, written as it is printed."""
    entry = codes.get(code)
    return entry is not None and entry.billable and entry.code == code


def nearest(codes: CodeSet, code: str) -> Code | None:
    """The entry that the most of the first characters of ``code`` name, at least its category."""
    written = plain(code)
    prefixes = (codes.get(dotted(written[:length])) for length in range(len(written), _STEM - 1, -1))
    return next((entry for entry in prefixes if entry is not None), None)


@lru_cache(maxsize=20_000)
def without_seventh(codes: CodeSet, code: str) -> Sequence[str]:
    """The codes that ``code`` becomes with its seventh character, where nothing else is missing; else empty.

    Placeholders may be there already: ``T81.31`` and ``T81.31X`` both lack it.
    """
    entry = printed(codes, code) or printed(codes, plain(code).rstrip("X"))
    if entry is None or entry.billable:
        return ()
    stem = plain(code).ljust(_BEFORE_SEVENTH, "X")
    complete = all(plain(child)[:-1] == stem for child in entry.children)
    return tuple(entry.children) if complete and entry.children else ()


@lru_cache(maxsize=2_000)
def _by_characters(codes: CodeSet, category: str) -> Mapping[str, Sequence[str]]:
    found: dict[str, list[str]] = defaultdict(list)
    for code in billable_below(codes, category):
        found[_characters(plain(code))].append(code)
    return found


def _characters(code: str) -> str:
    return code[:_STEM] + code[_STEM:].replace("X", "")
