"""Two engines as one: the default reads every page, and what it reads badly goes to a stronger one."""

from __future__ import annotations

import logging
from dataclasses import replace
from datetime import datetime, timedelta

from chartstream.errors import ConfigurationError, Rejected, Transient
from chartstream.extraction.engines.anchoring import anchored
from chartstream.extraction.engines.budget import Budget
from chartstream.extraction.engines.doubt import doubt_of
from chartstream.extraction.engines.engine import INSTEAD, Image, OcrEngine, OcrPage
from chartstream.extraction.engines.policy import EnginePolicy
from chartstream.ports import Clock

log = logging.getLogger(__name__)


class ChosenOcr:
    """An ``OcrEngine`` of two, by a policy. ``OcrPage.engine`` says which of them read a page.

    The stronger engine is shown the page as the default one turned it upright. Its words are given the places at which
    the default engine found them. Where it fails, has no budget left, or leaves out what the default engine was sure
    of, the default reading stands with its own scores, so that a poor one goes to review.
    """

    def __init__(self, default: OcrEngine, stronger: OcrEngine, policy: EnginePolicy, clock: Clock) -> None:
        self._default, self._stronger, self._policy, self._clock = default, stronger, policy, clock
        self._budget = Budget(policy.limits, clock)
        self._rest = _Rest()
        self._pages_of_document = 0

    @property
    def name(self) -> str:
        """Both engines and the policy."""
        return chosen_name(self._default.name, self._stronger.name, self._policy)

    def for_document(self) -> ChosenOcr:
        """The same engines for one more document: the day's budget is shared, the document's begins."""
        other = ChosenOcr(self._default, self._stronger, self._policy, self._clock)
        other._budget, other._rest = self._budget, self._rest
        return other

    def read(self, image: Image) -> OcrPage:
        """Read one page.

        Raises what the default engine raises; what the stronger one raises only if the policy requires it, and then
        ``Transient`` and ``ConfigurationError`` alone: a page that it refuses, it refuses for good.
        """
        first = self._default.read(image)
        first = replace(first, engine=first.engine or self._default.name)
        self._budget.saw_page()
        reason = self._policy.reason(doubt_of(first, self._policy.doubtful_below))
        if reason is None:
            return first
        obstacle = self._budget.exhausted(self._pages_of_document) or self._rest.obstacle(self._clock.now())
        if obstacle is not None and not (self._policy.required and obstacle == _Rest.NAME):
            log.info("a page stays with the default engine: %s, although %s", obstacle, reason)
            return self._instead(first)
        return self._read_again(first, reason)

    def _read_again(self, first: OcrPage, reason: str) -> OcrPage:
        self._pages_of_document += 1
        try:
            second = self._stronger.read(first.image)
        except (Transient, ConfigurationError) as error:
            if self._policy.required:
                raise
            self._budget.spent(None)
            self._rest.begin(self._clock.now(), self._policy.rest_seconds)
            log.warning("%s failed, a page stays with the default engine: %s", self._stronger.name, error)
            return self._instead(first)
        except Rejected as error:
            self._budget.spent(None)
            log.warning("%s refused, a page stays with the default engine: %s", self._stronger.name, error)
            return first
        self._budget.spent(second.credits)
        engine = second.engine or self._stronger.name
        if second.rotation or second.skew:
            # It found the page askew after all: places in the two images have nothing to do with each other.
            turned = (first.rotation + second.rotation) % 360
            return replace(second, rotation=turned, skew=first.skew + second.skew, engine=engine)
        joined = anchored(second, first, self._policy.sure_from)
        if joined.kept < self._policy.kept_at_least:
            log.warning(
                "%s left out %.0f %% of what was surely read, a page stays with the default engine",
                self._stronger.name,
                100 * (1 - joined.kept),
            )
            return replace(first, credits=second.credits)
        log.info("a page was read again by %s: %s", engine, reason)
        return replace(joined.page, engine=engine)

    def _instead(self, first: OcrPage) -> OcrPage:
        return replace(first, engine=f"{first.engine}{INSTEAD}{self._stronger.name}")


def chosen_name(default: str, stronger: str, policy: EnginePolicy) -> str:
    """The name of two engines by a policy: another policy chooses otherwise, so it has another name."""
    return f"{default}; {stronger} by policy {policy.sha256[:12]}"


class _Rest:
    """Until when an engine that failed is left alone."""

    NAME = "rest"

    def __init__(self) -> None:
        self._until: datetime | None = None

    def begin(self, now: datetime, seconds: float) -> None:
        self._until = now + timedelta(seconds=seconds)

    def obstacle(self, now: datetime) -> str | None:
        return self.NAME if self._until is not None and now < self._until else None
