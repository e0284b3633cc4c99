"""Sets of codes as a policy names them: ``E11.22`` one code, ``E11.-`` all below it, ``E08-E13`` a range.

Codes are compared by a *key*, under which the codes of one kind lie together: a diagnosis without its dot
(``E1122``); a CPT or HCPCS code as it is, but with a final letter put first (``0001T`` is ``t0001``), so that
``0001T-0999T`` holds no laboratory code of the form ``0002U``; an ICD-10-PCS code behind a tilde. A set is a list of
stretches of keys, so that what two sets share, and what one has beyond the other, is exact.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import takewhile

from chartstream.events.coding import CodeSystem, Procedure

ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_AFTER_ALL_BELOW = "\x7f"  # sorts behind every character of a code
_NEXT = "\x00"  # a key with this behind it is the next one in order
_DIAGNOSIS = re.compile(r"[A-Z]\d[0-9A-Z](?:\.?[0-9A-Z]{1,4})?")
_DIAGNOSIS_HEAD = re.compile(r"[A-Z](?:\d(?:[0-9A-Z](?:\.?[0-9A-Z]{0,4})?)?)?")
_SERVICE = re.compile(r"[A-Z]\d{4}|\d{4}[0-9A-Z]")
_SERVICE_HEAD = re.compile(r"[0-9A-Z]\d{0,3}")
_PCS = re.compile(r"[0-9A-HJ-NP-Z]{7}")
_PCS_HEAD = re.compile(r"[0-9A-HJ-NP-Z]{1,6}")

Stretch = tuple[str, str]
"""Keys from the first (inclusive) to the second (exclusive)."""


def diagnosis_key(code: str) -> str:
    """The key of an ICD-10-CM code, with or without its dot."""
    return code.replace(".", "").strip().upper()


def service_key(code: str) -> str:
    """The key of a CPT or HCPCS code."""
    code = code.strip().upper()
    return code[4].lower() + code[:4] if len(code) == 5 and code[:4].isdigit() and code[4].isalpha() else code


def pcs_key(code: str) -> str:
    """The key of an ICD-10-PCS code."""
    return "~" + code.strip().upper()


def line_key(line: Procedure) -> str:
    """The key of a procedure line's code."""
    return pcs_key(line.code) if line.system is CodeSystem.ICD_10_PCS else service_key(line.code)


@dataclass(frozen=True, slots=True)
class Codes:
    """A set of codes, as stretches of keys in order, apart from each other."""

    stretches: tuple[Stretch, ...]

    @classmethod
    def of(cls, stretches: Iterable[Stretch]) -> Codes:
        """The set of all keys in any of the stretches."""
        merged: list[Stretch] = []
        for begin, end in sorted(one for one in stretches if one[0] < one[1]):
            if merged and begin <= merged[-1][1]:
                merged[-1] = (merged[-1][0], max(merged[-1][1], end))
            else:
                merged.append((begin, end))
        return cls(tuple(merged))

    def __contains__(self, key: str) -> bool:
        place = bisect_right(self.stretches, (key, _AFTER_ALL_BELOW * 2)) - 1
        return place >= 0 and key < self.stretches[place][1]

    def __bool__(self) -> bool:
        return bool(self.stretches)

    def __or__(self, other: Codes) -> Codes:
        return Codes.of((*self.stretches, *other.stretches))

    def __and__(self, other: Codes) -> Codes:
        return Codes.of((max(a, c), min(b, d)) for a, b in self.stretches for c, d in other.stretches)

    def __sub__(self, other: Codes) -> Codes:
        left = list(self.stretches)
        for begin, end in other.stretches:
            left = [part for a, b in left for part in ((a, min(b, begin)), (max(a, end), b)) if part[0] < part[1]]
        return Codes(tuple(left))

    def heads(self) -> Iterator[str]:
        """Beginnings of keys, of which every key of the set has one: what an index looks rules up by."""
        for begin, end in self.stretches:
            a, b = begin.rstrip(_NEXT), end.rstrip(_NEXT + _AFTER_ALL_BELOW)
            common = "".join(x for x, _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
            if common in {a, b}:
                yield common
            else:
                first, last = a[len(common)], b[len(common)]
                yield from (common + chr(point) for point in range(ord(first), ord(last) + 1))


def diagnosis_codes(patterns: Iterable[str]) -> Codes:
    """The set that patterns of ICD-10-CM codes name. Raises ``ValueError`` for one that is none."""
    return Codes.of(stretch for p in patterns for stretch in _stretches(p, _DIAGNOSIS, _DIAGNOSIS_HEAD, diagnosis_key))


def service_codes(patterns: Iterable[str]) -> Codes:
    """The set that patterns of CPT and HCPCS codes name. Raises ``ValueError`` for one that is none."""
    return Codes.of(stretch for p in patterns for stretch in _stretches(p, _SERVICE, _SERVICE_HEAD, service_key))


def pcs_codes(patterns: Iterable[str]) -> Codes:
    """The set that patterns of ICD-10-PCS codes name. Raises ``ValueError`` for one that is none."""
    return Codes.of(stretch for p in patterns for stretch in _stretches(p, _PCS, _PCS_HEAD, pcs_key))


def _stretches(
    pattern: str, whole: re.Pattern[str], head: re.Pattern[str], key: Callable[[str], str]
) -> Iterator[Stretch]:
    text = pattern.strip().upper()
    low, dash, high = text.partition("-")
    if not dash and whole.fullmatch(text):
        yield key(text), key(text) + _NEXT
    elif dash and not high and head.fullmatch(low):
        yield key(low), key(low) + _AFTER_ALL_BELOW
    elif dash and whole.fullmatch(low) and whole.fullmatch(high) and _in_one_order(key(low), key(high)):
        yield key(low), key(high) + _AFTER_ALL_BELOW
    else:
        raise ValueError(
            f"{pattern!r} names no codes; write one code, a beginning with a hyphen (E11.-, 9921-) or the first and "
            "last of a range of one kind (E08-E13, 99202-99215)"
        )


def _in_one_order(low: str, high: str) -> bool:
    return low <= high and _kind(low) == _kind(high)


def _kind(key: str) -> str:
    return "number" if key[0].isdigit() else "letter" if key[0].isupper() else key[0]
