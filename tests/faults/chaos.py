"""What is done to the chain while it works: who is killed, who joins and leaves, and when."""

from __future__ import annotations

import heapq
import random
from collections.abc import Callable
from dataclasses import dataclass, field

import redis

from tests.faults.fleet import STAGES, Fleet, Site
from tests.faults.report import Plan

JOINED_SECONDS = 8.0
"""How long an additional member works before it leaves."""

_POSTPONE_SECONDS = 0.5


@dataclass(order=True)
class Blow:
    """Something to be done ``at`` seconds after the publication began, once ``when`` allows it."""

    at: float
    do: Callable[[], None] = field(compare=False)
    when: Callable[[], bool] = field(compare=False, default=lambda: True)


class Chaos:
    """A schedule of blows, drawn from a seed."""

    def __init__(self, plan: Plan, site: Site, fleet: Fleet) -> None:
        """Each stage is killed ``plan.kills`` times; ``plan.joins`` times a stage gets one member more for a while."""
        self._site, self._fleet = site, fleet
        self.broker_restarts = 0
        self.flushes = 0
        self.joins = 0
        rng, seconds = random.Random(plan.seed), plan.seconds
        self._blows = [
            *(
                self._kill(stage, self._within(rng, turn, plan.kills, seconds))
                for stage in STAGES
                for turn in range(plan.kills)
            ),
            *(
                self._join(rng.choice(STAGES), self._within(rng, turn, plan.joins, seconds))
                for turn in range(plan.joins)
            ),
            Blow(seconds * rng.uniform(0.2, 0.4), self._flush),
            Blow(seconds * rng.uniform(0.5, 0.7), self._restart_broker),
        ]
        heapq.heapify(self._blows)

    @property
    def is_over(self) -> bool:
        """Whether all that was planned has been done."""
        return not self._blows

    def turn(self, elapsed: float) -> None:
        """Do the next of what is due ``elapsed`` seconds after the publication began."""
        if not self._blows or self._blows[0].at > elapsed:
            return
        blow = heapq.heappop(self._blows)
        if blow.when():
            blow.do()
        else:
            heapq.heappush(self._blows, Blow(elapsed + _POSTPONE_SECONDS, blow.do, blow.when))

    @staticmethod
    def _within(rng: random.Random, turn: int, turns: int, seconds: float) -> float:
        return seconds * (0.05 + 0.9 * (turn + rng.random()) / turns)

    def _kill(self, stage: str, at: float) -> Blow:
        """Only a stage that works is worth killing: one that is still starting has begun nothing."""
        return Blow(at, lambda: self._fleet.kill(stage), lambda: self._fleet.is_ready(stage))

    def _join(self, stage: str, at: float) -> Blow:
        def join() -> None:
            self._fleet.start(stage)
            self.joins += 1
            heapq.heappush(self._blows, leave)

        def leave_if_joined() -> bool:
            return len(self._fleet.members[stage]) > 1 and self._fleet.is_ready(stage)

        leave = Blow(at + JOINED_SECONDS, lambda: self._fleet.leave(stage), leave_if_joined)
        return Blow(at, join)

    def _restart_broker(self) -> None:
        self._site.kafka.restart(graceful=False)
        self.broker_restarts += 1

    def _flush(self) -> None:
        redis.from_url(self._site.redis.url).flushall()
        self.flushes += 1
