"""A code out of a set of codes: for a claim that shows what two rules do. A real one where the release has one."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from functools import cache
from itertools import islice

from chartstream.codesets import load
from chartstream.codesets.catalogue import dotted
from chartstream.validation.policy.codes import ALPHABET, Codes, diagnosis_key

_DIGITS = ALPHABET[:10]
_LETTERS = ALPHABET[10:]
_PCS = "".join(character for character in ALPHABET if character not in "IO")
_SERVICE = (ALPHABET + _LETTERS.lower(), *[_DIGITS] * 4)
_PROCEDURE = ("~", *[_PCS] * 7)
_DIAGNOSES = tuple((_LETTERS, _DIGITS, *[ALPHABET] * more) for more in (1, 2, 3, 4, 5))
_TRIED = 200

EVERY = Codes((("", "\x7f\x7f"),))
"""Every code of a kind."""


def a_diagnosis(codes: Codes) -> str | None:
    """An ICD-10-CM code of the set, dotted: a billable one of the release, else one that could be written; None where
    the set holds none.
    """
    for begin, end in codes.stretches:
        if (real := _billable(begin, end)) is not None:
            return real
    written = (least(begin, shape, end) for begin, end in codes.stretches for shape in _DIAGNOSES)
    return next((dotted(key) for key in written if key is not None), None)


def a_procedure(codes: Codes) -> str | None:
    """The key of a CPT, HCPCS or ICD-10-PCS code of the set; None where it holds none."""
    found = (least(begin, shape, end) for begin, end in codes.stretches for shape in (_SERVICE, _PROCEDURE))
    return next((key for key in found if key is not None), None)


def procedure_code(key: str) -> tuple[str, str]:
    """The code system and the code under a key."""
    if key.startswith("~"):
        return "ICD_10_PCS", key[1:]
    return ("CPT", key[1:] + key[0].upper()) if key[0].islower() else ("CPT" if key[0].isdigit() else "HCPCS", key)


def least(begin: str, alphabets: Sequence[str], end: str) -> str | None:
    """The first string with a character of each alphabet (in order) from ``begin`` on, if it lies before ``end``."""
    found = _least(begin, alphabets)
    return found if found is not None and found < end else None


def _least(begin: str, alphabets: Sequence[str]) -> str | None:
    if not begin or not alphabets:
        return None if begin else "".join(alphabet[0] for alphabet in alphabets)
    for character in alphabets[0]:
        if character == begin[0]:
            if (rest := _least(begin[1:], alphabets[1:])) is not None:
                return character + rest
        elif character > begin[0]:
            return character + "".join(alphabet[0] for alphabet in alphabets[1:])
    return None


def _billable(begin: str, end: str) -> str | None:
    keys = _keys()
    place = bisect_left(keys, begin)
    codes = load()
    some = (key for key in islice(keys, place, place + _TRIED) if key < end)
    return next((dotted(key) for key in some if codes.is_billable(key)), None)


@cache
def _keys() -> list[str]:
    return sorted(diagnosis_key(code) for code in load() if "-" not in code and len(code) > 2)
