"""What keeps a claim from being written, and what was changed in writing it: named, without any value of a patient."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass, field
from decimal import Decimal

DELIMITERS = "*~:^"
"""Element, segment, component and repetition separators of the 837 that are written."""

_IDENTIFIER = re.compile(r"[A-Za-z0-9 !\"&'()+,\-./;?=%@\[\]_{}\\|<>#$]+\Z")
_LARGEST_AMOUNT = Decimal("99999999.99")


@dataclass(frozen=True, slots=True)
class Gap:
    """A value that the claim needs and that is not known, or does not hold.

    ``field`` names it as the event or the site file does (``subscriber.member_id``), ``element`` where the format
    wants it (``2010BA NM109``); ``reason`` and ``remedy`` are for the person who can mend it.
    """

    field: str
    element: str
    reason: str
    remedy: str


@dataclass(slots=True)
class Report:
    """Gaps and notes of one claim, gathered while it is prepared, so that all of them are told at once.

    The methods give back the value as it is to be written; an empty text where there is a gap.
    """

    gaps: list[Gap] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    def gap(self, name: str, element: str, reason: str, remedy: str) -> str:
        """Note a gap, once; gives an empty text."""
        found = Gap(name, element, reason, remedy)
        if found not in self.gaps:
            self.gaps.append(found)
        return ""

    def note(self, text: str) -> None:
        """Note something that was changed or left off."""
        if text not in self.notes:
            self.notes.append(text)

    def text(self, value: str | None, name: str, element: str, longest: int, remedy: str) -> str:
        """Words that must be there: upper case, ASCII, delimiters replaced by spaces, cut at ``longest``."""
        written = self.optional_text(value, name, longest)
        return written or self.gap(name, element, "it is not known", remedy)

    def optional_text(self, value: str | None, name: str, longest: int) -> str:
        """The same for words that may be absent."""
        plain = plain_text(value or "")
        if plain != " ".join((value or "").upper().split()):
            self.note(f"{name}: characters that an 837 cannot carry were replaced")
        if len(plain) > longest:
            self.note(f"{name}: cut to the {longest} characters of its element")
        return plain[:longest].strip()

    def identifier(self, value: str | None, name: str, element: str, longest: int, remedy: str) -> str:
        """An identifier that must be there. One with delimiters in it, or too long, is refused: changed it would be
        another.
        """
        if not value or not value.strip():
            return self.gap(name, element, "it is not known", remedy)
        return self.optional_identifier(value, name, element, longest, remedy)

    def optional_identifier(self, value: str | None, name: str, element: str, longest: int, remedy: str) -> str:
        """The same for one that may be absent."""
        written = (value or "").strip()
        if not written:
            return ""
        if len(written) > longest:
            return self.gap(name, element, f"it is longer than {longest} characters", remedy)
        if not _IDENTIFIER.match(written):
            return self.gap(name, element, f"it holds a delimiter ({DELIMITERS}) or no plain character", remedy)
        return written

    def matching(self, value: str | None, pattern: str, name: str, element: str, remedy: str) -> str:
        """A value of a fixed form that must be there, as a regular expression for the whole of it."""
        if not value:
            return self.gap(name, element, "it is not known", remedy)
        if not re.fullmatch(pattern, value, re.ASCII):
            return self.gap(name, element, f"it has not the form {pattern}", remedy)
        return value

    def npi(self, value: str | None, name: str, element: str, remedy: str) -> str:
        """A National Provider Identifier with its check digit (45 CFR 162.406; Luhn over 80840 and the number)."""
        written = self.matching(value, r"[12][0-9]{9}", name, element, remedy)
        if written and not is_npi(written):
            return self.gap(name, element, "its check digit is wrong", remedy)
        return written

    def amount(self, value: Decimal | None, name: str, element: str, remedy: str) -> str:
        """US dollars from 0 to 99,999,999.99 (X12N limits an amount to ten digits)."""
        if value is None:
            return self.gap(name, element, "it is not known", remedy)
        if not 0 <= value <= _LARGEST_AMOUNT:
            return self.gap(name, element, "it is negative or has more than ten digits", remedy)
        return number(value)


def is_npi(text: str) -> bool:
    """Whether ten digits are a National Provider Identifier by their check digit."""
    digits = [int(c) for c in "80840" + text]
    total = sum(d if n % 2 == 0 else sum(divmod(2 * d, 10)) for n, d in enumerate(reversed(digits)))
    return total % 10 == 0


def plain_text(value: str) -> str:
    """Upper case ASCII without delimiters, one space between words."""
    # upper case last: decomposing gives small letters again
    decomposed = unicodedata.normalize("NFKD", value).upper()
    kept = (c for c in decomposed if not unicodedata.combining(c))
    return " ".join("".join(c if " " < c <= "~" and c not in DELIMITERS + "`" else " " for c in kept).split())


def number(value: Decimal) -> str:
    """A decimal as X12's type R wants it: no trailing zeros after the point, no exponent."""
    text = format(value, "f")
    return text.rstrip("0").rstrip(".") if "." in text else text
