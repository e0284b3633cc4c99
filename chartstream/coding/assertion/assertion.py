"""Whether a mention is asserted of the patient now: negated, uncertain, hypothetical, historical or of someone else.

Beside that, and without a bearing on whether it is coded, whether it is of longer standing.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Self

from chartstream.coding.assertion.cues import Cues, Status, Word, words
from chartstream.coding.assertion.scopes import Scopes
from chartstream.coding.data_files import DATA

__all__ = ["Asserter", "Assertion", "Status", "Stretch"]

# Which status decides where several hold. What is denied is no diagnosis of anyone; then comes whose it is.
_PRECEDENCE: Final = (
    Status.NEGATED,
    Status.OTHER,
    Status.FAMILY,
    Status.HYPOTHETICAL,
    Status.SOUGHT,
    Status.UNCERTAIN,
    Status.HISTORICAL,
)
_TURNING: Final = frozenset({Status.NEGATED, Status.UNCERTAIN, Status.HYPOTHETICAL, Status.SOUGHT})
# Where one of these holds there is nothing that could have begun.
_ABSENT: Final = frozenset({Status.NEGATED, Status.HYPOTHETICAL, Status.SOUGHT})


@dataclass(frozen=True, slots=True)
class Assertion:
    """The status of a mention, the place (code points) of the trigger that decides it, and every status that holds.

    ``LONGSTANDING`` never decides: a condition that began earlier and is not over is present.
    """

    status: Status
    begin: int | None = None
    end: int | None = None
    statuses: frozenset[Status] = frozenset()


class Asserter:
    """Says how mentions are meant, by the cues of the package."""

    def __init__(self, cues: Cues, standing: Cues) -> None:
        """``standing`` are the cues of ``LONGSTANDING``, apart so that none of them hides what a claim rests on."""
        self._cues = cues
        self._standing = standing

    @classmethod
    def read(cls) -> Self:
        """With the cues of the package. Raises ``ConfigurationError`` naming a line that is not well-formed."""
        return cls(Cues.read(), Cues.read(DATA / "standing.csv"))

    def stretch(self, text: str, begin: int, end: int) -> Stretch:
        """``text[begin:end]``, scanned once for all its mentions. Offsets remain those of ``text``."""
        return Stretch(words(text, begin, end), self._cues, self._standing, begin, end)

    def assertion(
        self, text: str, begin: int, end: int, covered: Sequence[tuple[int, int]], bounds: tuple[int, int]
    ) -> Assertion:
        """How the one mention ``text[begin:end]`` is meant, read within ``bounds``; see ``Stretch.assertion``."""
        return self.stretch(text, *bounds).assertion(begin, end, covered)


class Stretch:
    """A statement or sentence with what its cues make of it."""

    def __init__(self, found: Sequence[Word], cues: Cues, standing: Cues, begin: int, end: int) -> None:
        """``found`` are the words of ``text[begin:end]``; see ``Asserter`` for the cues."""
        self._words = found
        self._cues, ends = cues.scan(found)
        self._scopes = Scopes(found, self._cues, ends, begin, end)
        # Most stretches name no condition, and are not asked.
        self._standing = cache(lambda: Scopes(found, *standing.scan(found), begin, end))

    @property
    def barriers(self) -> list[int]:
        """Where the text turns from certain to doubted, denied or only thought of: no term reaches across these."""
        return [self._words[c.first].begin for c in self._cues if any(rule.does in _TURNING for rule in c.rules)]

    def assertion(self, begin: int, end: int, covered: Sequence[tuple[int, int]]) -> Assertion:
        """How the mention ``[begin, end)`` is meant.

        Cues that overlap ``covered``, its words, say nothing of it, save that it is of longer standing ("chronic").
        """
        holding = self._scopes.of(begin, end, covered)
        statuses = frozenset(holding)
        if not statuses & _ABSENT:
            standing = self._standing()
            statuses |= standing.of(begin, end, covered).keys() | standing.within(covered)
        for status in _PRECEDENCE:
            if status in holding:
                return Assertion(status, holding[status].begin, holding[status].end, statuses)
        return Assertion(Status.AFFIRMED, statuses=statuses)
