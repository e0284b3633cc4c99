"""How much a stronger engine may still be used: counted in memory, by day and by document."""

from __future__ import annotations

from chartstream.extraction.engines.policy import Limits
from chartstream.ports import Clock


class Budget:
    """What one worker has spent today (UTC). A restart begins anew, and each worker has one of its own."""

    def __init__(self, limits: Limits, clock: Clock) -> None:
        self._limits, self._clock = limits, clock
        self._day = clock.now().date()
        self._seen = self._reread = 0
        self._credits = 0.0

    def saw_page(self) -> None:
        """Count a page that the default engine read."""
        self._turn_day()
        self._seen += 1

    def exhausted(self, pages_of_document: int) -> str | None:
        """The name of a limit that forbids one more page; ``pages_of_document`` were read again in this document."""
        self._turn_day()
        limits = self._limits
        share = limits.share_of_pages
        reached = {
            "pages_per_document": limits.pages_per_document is not None
            and pages_of_document >= limits.pages_per_document,
            "share_of_pages": share is not None
            and self._reread >= limits.share_free_pages
            and self._reread + 1 > share * self._seen,
            "pages_per_day": limits.pages_per_day is not None and self._reread >= limits.pages_per_day,
            "credits_per_day": limits.credits_per_day is not None and self._credits >= limits.credits_per_day,
        }
        return next((name for name, is_reached in reached.items() if is_reached), None)

    def spent(self, credits_used: float | None) -> None:
        """Count a page that the stronger engine was asked for, and what it charged."""
        self._reread += 1
        self._credits += credits_used or 0.0

    def _turn_day(self) -> None:
        today = self._clock.now().date()
        if today != self._day:
            self._day, self._seen, self._reread, self._credits = today, 0, 0, 0.0
