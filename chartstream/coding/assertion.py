"""Whether a mention is asserted of the patient now: negated, uncertain, hypothetical, historical or of a relative."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from chartstream.coding.tokens import DATA
from chartstream.errors import ConfigurationError

# What ends the reach of a word before its mention; commas do not end a negated list ("no fever, chills or cough").
_BREAK: Final = re.compile(r"[;:\n]|\.(?=\s|$)|\b(?:but|however|although|except|which|who|due to|secondary to)\b", re.I)
_NARROW_BREAK: Final = re.compile(r",|\bwith\b|\band\b", re.IGNORECASE)
_REACH: Final = 120


class Status(StrEnum):
    """How a mention is meant."""

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    UNCERTAIN = "uncertain"
    HYPOTHETICAL = "hypothetical"
    HISTORICAL = "historical"
    FAMILY = "family"


class Direction(StrEnum):
    """Where a trigger's mention stands: behind it, before it, or on both sides."""

    FORWARD = "forward"
    BACKWARD = "backward"
    AROUND = "around"


_TURNING: Final = frozenset({Status.NEGATED, Status.UNCERTAIN, Status.HYPOTHETICAL})


@dataclass(frozen=True, slots=True)
class Trigger:
    """A word or phrase that changes how what follows (or precedes, or surrounds) it is meant."""

    words: str
    status: Status
    direction: Direction


@dataclass(frozen=True, slots=True)
class Assertion:
    """The status of a mention and the trigger's place (code points), where one was found."""

    status: Status
    begin: int | None = None
    end: int | None = None


class Asserter:
    """Finds triggers of ``data/assertion.csv`` around mentions."""

    def __init__(self, triggers: Iterable[Trigger]) -> None:
        self._triggers: dict[str, list[Trigger]] = {}
        for trigger in triggers:
            self._triggers.setdefault(trigger.words, []).append(trigger)
        longest_first = sorted(self._triggers, key=len, reverse=True)
        self._pattern = re.compile(
            "|".join(rf"(?<!\w){re.escape(words)}(?!\w)" for words in longest_first), re.IGNORECASE
        )

    @classmethod
    def read(cls, path: Path = DATA / "assertion.csv") -> Asserter:
        """The triggers of the package. Raises ``ConfigurationError`` naming a line that is not well-formed."""
        triggers = []
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                if row["direction"] not in set(Direction) or row["status"] not in set(Status) or not row["source"]:
                    raise ConfigurationError(f"{path.name}, line {number}: a column is wrong or empty; correct it.")
                triggers.append(Trigger(row["trigger"], Status(row["status"]), Direction(row["direction"])))
        return cls(triggers)

    def barriers(self, text: str, begin: int, end: int) -> list[int]:
        """Where ``text[begin:end]`` turns from certain to doubted or denied: no term reaches across these places."""
        matches = self._pattern.finditer(text, begin, end)
        return [m.start() for m in matches if any(t.status in _TURNING for t in self._triggers[m.group().lower()])]

    def assertion(
        self, text: str, begin: int, end: int, covered: Sequence[tuple[int, int]], bounds: tuple[int, int]
    ) -> Assertion:
        """How the mention ``text[begin:end]`` is meant, within ``bounds``; triggers inside ``covered`` are its own."""
        low, high = max(bounds[0], begin - _REACH), min(bounds[1], end + _REACH)
        for match in reversed(list(self._pattern.finditer(text, low, high))):
            at = (match.start(), match.end())
            if any(a < at[1] and at[0] < b for a, b in covered):
                continue
            for trigger in self._triggers[match.group().lower()]:
                if _reaches(trigger, text, at, (begin, end)):
                    return Assertion(trigger.status, *at)
        return Assertion(Status.AFFIRMED)


def _reaches(trigger: Trigger, text: str, at: tuple[int, int], mention: tuple[int, int]) -> bool:
    before = at[1] <= mention[0]
    after = at[0] >= mention[1]
    if before and trigger.direction in (Direction.FORWARD, Direction.AROUND):
        between = text[at[1] : mention[0]]
    elif after and trigger.direction in (Direction.BACKWARD, Direction.AROUND):
        between = text[mention[1] : at[0]]
    else:
        return False
    if _BREAK.search(between):
        return False
    # A list shares its negation or its relative; "history of" and "likely" reach to the next comma, and a word after
    # its mention only the mention beside it.
    shares_list = trigger.status in (Status.NEGATED, Status.FAMILY, Status.HYPOTHETICAL) and before
    return shares_list or not _NARROW_BREAK.search(between)
