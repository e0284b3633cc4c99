"""How a note sets its headings: what is one in this note, and what only looks like one, shows in the others."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

from chartstream.extraction.heading_forms import Candidate, Form
from chartstream.extraction.headings import headings

_ROMAN = {
    "I": 1,
    "II": 2,
    "III": 3,
    "IV": 4,
    "V": 5,
    "VI": 6,
    "VII": 7,
    "VIII": 8,
    "IX": 9,
    "X": 10,
    "XI": 11,
    "XII": 12,
}
_HEAD_LABEL = re.compile(r"(?i)\b(?:patient|name|mrn|dob|date|provider|physician|attending|surgeon)\b[^:\n]{0,20}:")
_HEAD_LINES = 15
_MOST_NUMBERED = 100
_CONCLUDING = frozenset({"assessment", "assessment_and_plan", "diagnoses"})


@dataclass(frozen=True, slots=True)
class HeadingStyle:
    """What the candidates of one note have in common.

    ``forms``: how many known headings are set in each form. ``own_line``: known ones in capitals, or with a colon or
    a mark on a line of their own; ``run_in``: those in small letters that are run into text. ``alone``: share of the
    known headings that have a line of their own; ``after_blank``: most of these follow an empty line. ``repeated``:
    titles run into text more than once. ``numbered``: begins of the titles that make one enumeration. ``head_end``:
    where the lines with the patient's data end. ``last_conclusion``: begin of the last heading of an assessment, or -1.
    """

    forms: Counter[Form]
    own_line: int
    run_in: int
    alone: float
    after_blank: bool
    repeated: frozenset[str]
    numbered: frozenset[int]
    head_end: int
    last_conclusion: int

    @property
    def strict(self) -> bool:
        """Whether headings stand in capitals or on lines of their own, so that small run-in labels are mostly none."""
        return self.own_line >= 3 and self.own_line > self.run_in


def style_of(text: str, found: Sequence[Candidate]) -> HeadingStyle:
    """The style of a note from everything in it that may be a heading."""
    known = [c for c in found if c.known is not None and c.known.exact and c.form is not Form.SIGNATURE]
    small_run_in = [c for c in known if c.form in (Form.COLON, Form.LOWER) and not c.alone]
    alone = [c for c in known if c.alone and c.form is not Form.PLAIN]
    titles = Counter(c.key for c in known if not c.alone and not c.beside)
    conclusions = [c.title_begin for c in known if c.known is not None and c.known.kind in _CONCLUDING]
    return HeadingStyle(
        forms=Counter(c.form for c in known),
        own_line=sum(c.form is Form.CAPITALS or (c.alone and c.form in (Form.COLON, Form.MARKED)) for c in known),
        run_in=len(small_run_in),
        alone=len(alone) / max(sum(c.form is not Form.PLAIN for c in known), 1),
        after_blank=sum(c.after_blank for c in alone) > 0.5 * len(alone),
        repeated=frozenset(key for key, count in titles.items() if count > 1),
        numbered=frozenset(_enumeration(known)),
        head_end=_head_end(text),
        last_conclusion=max(conclusions, default=-1),
    )


def _head_end(text: str) -> int:
    end = position = 0
    for line in text.split("\n")[:_HEAD_LINES]:
        if _HEAD_LABEL.search(line):
            end = position + len(line)
        elif headings().known(line.strip(" :")) and end:
            break
        position += len(line) + 1
    return end


def _enumeration(known: Sequence[Candidate]) -> list[int]:
    """The longest run of known numbered headings of one style whose numbers rise; empty below three."""
    best: list[list[Candidate]] = []
    numbered = [c for c in known if c.number is not None][:_MOST_NUMBERED]
    for candidate in numbered:
        before = [
            chain
            for chain in best
            if _style(chain[-1]) == _style(candidate) and _value(chain[-1]) < _value(candidate) <= _value(chain[-1]) + 3
        ]
        best.append([*max(before, key=len, default=[]), candidate])
    longest = max(best, key=len, default=[])
    return [c.title_begin for c in longest] if len(longest) >= 3 else []


def _style(candidate: Candidate) -> tuple[str, bool]:
    number = candidate.number or ""
    return ("digits" if number.isdigit() else "letters", candidate.alone)


def _value(candidate: Candidate) -> int:
    number = candidate.number or ""
    if number.isdigit():
        return int(number)
    return _ROMAN.get(number) or ord(number[0]) - ord("A") + 1
