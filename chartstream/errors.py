"""Everything that can go wrong, in one tree.

    ChartstreamError
    ├── Rejected            the input's fault: answered with an event whose reasons a person can act on
    ├── Transient           the world's fault: retried with backoff, its offset uncommitted
    │   └── UnknownSchema   a writer newer than this reader, perhaps: retried for a bounded time
    ├── Undecodable         bytes that are no event: kept as a dead letter
    └── ConfigurationError  the operator's fault: the process does not start

Anything else that a stage raises is a *defect* of ours: kept as a dead letter with its original bytes.
No message may hold patient data: these texts reach logs, events and dead letters.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Problem:
    """Why an input was refused or held back, in words for the person who can mend it.

    ``code`` is stable and machine-readable (``document_truncated``); ``message`` says what is wrong and ``remedy``
    what to do; ``document_id`` names the document, where one is at fault.
    """

    code: str
    message: str
    remedy: str
    document_id: str | None = None


class ChartstreamError(Exception):
    """Root of the errors that Chartstream raises on purpose."""


class Rejected(ChartstreamError):
    """The input cannot be processed, now or later, until its sender changes it."""

    def __init__(self, *problems: Problem) -> None:
        if not problems:
            raise ValueError("a rejection needs at least one problem")
        super().__init__("; ".join(f"{p.code}: {p.message} ({p.remedy})" for p in problems))
        self.problems: Sequence[Problem] = problems

    def __reduce__(self) -> tuple[type[Rejected], tuple[Problem, ...]]:
        return (type(self), tuple(self.problems))


class Transient(ChartstreamError):
    """Something outside failed that may work again: a store, a cache, a schema not yet known here."""


class UnknownSchema(Transient):
    """Bytes under a schema that this reader does not carry yet: a newer writer may be rolling out."""


class Undecodable(ChartstreamError):
    """Bytes that are no event of the expected type."""


class ConfigurationError(ChartstreamError):
    """A setting, file or installed part is missing or wrong; names it, the reason and the remedy."""
