"""What a condition is coded to when the note says no more: default codes, variants by side, seventh characters."""

from __future__ import annotations

from typing import Final

from chartstream.codesets import CodeSet

SIDES: Final = frozenset({"right", "left", "bilateral"})
_SIDE_WORDS: Final = SIDES | {"unilateral", "side"}
# As the vocabulary writes "first trimester" and so on.
TRIMESTERS: Final = frozenset({"trimester1", "trimester2", "trimester3"})
UNKNOWN: Final = "unknown"
_PLACEHOLDER_LENGTH: Final = 7


def variant_of(forms: frozenset[str]) -> tuple[str | None, frozenset[str]]:
    """Which variant a term names (a side, a trimester, ``unknown`` for "unspecified side") and its other forms."""
    trimester = next((form for form in forms if form in TRIMESTERS), None)
    if trimester is not None:
        return trimester, forms - TRIMESTERS
    if "trimesterx" in forms:
        return UNKNOWN, forms - {"trimesterx"}
    sides = forms & SIDES
    if len(sides) == 1:
        return next(iter(sides)), forms - _SIDE_WORDS - {"unspecified"}
    return None, forms - {"unspecified", "unilateral", "side"}


def is_completable(codes: CodeSet, code: str) -> bool:
    """Whether only a seventh character is missing to make ``code`` billable."""
    entry = codes.get(code)
    if entry is None or not entry.children:
        return False
    return len(entry.children[0].replace(".", "")) == _PLACEHOLDER_LENGTH and bool(codes.seventh_characters(code))


def default_code(codes: CodeSet, code: str) -> str | None:
    """The code for ``code``'s condition when nothing more is documented, or None where the list offers none.

    The list marks it: the child whose description adds "unspecified" or "without complications". Seventh characters
    are added later.
    """
    entry = codes.get(code)
    if entry is None:
        return None
    if entry.billable or is_completable(codes, code):
        return code
    plain = [child for child in entry.children if (found := codes.get(child)) and _is_plain(found.description)]
    if not plain:
        return None
    # Of several the plainest in the list's order: the one that ends in 9, else in 0.
    return default_code(codes, min(plain, key=lambda child: (child[-1] != "9", child[-1] != "0", child)))


def _is_plain(description: str) -> bool:
    """Whether a child says no more than its parent ("unspecified", "without complications")."""
    text = description.lower()
    if "unspecified complication" in text:
        return False
    return "unspecified" in text or "without complication" in text or "uncomplicated" in text


def complete(codes: CodeSet, code: str, character: str) -> str | None:
    """``code`` with placeholders and its seventh character, if the list has that code; ``code`` itself if billable."""
    if codes.is_billable(code):
        return code
    stem = code if "." in code else f"{code}."
    full = stem.ljust(_PLACEHOLDER_LENGTH, "X") + character
    return full if codes.is_billable(full) else None
