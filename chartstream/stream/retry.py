"""When to try again what failed transiently, and when to stop calling it transient."""

from __future__ import annotations

from dataclasses import dataclass
from typing import ClassVar

from chartstream.stream.work import Failure, FailureKind


@dataclass(frozen=True)
class RetryPolicy:
    """Delays double from ``first_seconds`` to ``longest_seconds``. The world's faults are waited out for ever; an
    unknown schema for ``unknown_schema_seconds``, after which it is undecodable.
    """

    first_seconds: float = 0.2
    longest_seconds: float = 30.0
    unknown_schema_seconds: float = 900.0


@dataclass(slots=True)
class Trial:
    """What has been tried with one record. Times are of the loop's monotonic clock, in seconds."""

    tries: int = 0
    unknown_since: float | None = None
    """When its schema was first found to be unknown; a store that was away before is another matter."""

    RETRIED: ClassVar = frozenset({FailureKind.TRANSIENT, FailureKind.UNKNOWN_SCHEMA})

    def failed(self, failure: Failure, now: float, policy: RetryPolicy) -> float | None:
        """Take note of a failure; the time of the next try, or ``None`` where there is none."""
        self.tries += 1
        if failure.kind not in self.RETRIED:
            return None
        if failure.kind is FailureKind.UNKNOWN_SCHEMA:
            if self.unknown_since is None:
                self.unknown_since = now
            if now - self.unknown_since >= policy.unknown_schema_seconds:
                return None
        return now + min(policy.longest_seconds, policy.first_seconds * 2.0 ** min(self.tries - 1, 30))
