"""The cache on Redis: quick while it answers, next to free while it does not."""

from __future__ import annotations

import logging
import time
from collections import Counter
from collections.abc import Callable
from enum import StrEnum

from redis import Redis
from redis.backoff import NoBackoff
from redis.exceptions import RedisError
from redis.retry import Retry

from chartstream.errors import ConfigurationError

log = logging.getLogger(__name__)

PREFIX = "chartstream:"
"""Put before every key: a Redis may have other users."""

TIMEOUT_SECONDS = 0.2
"""For connecting, and for each answer. A Redis in the same data centre takes a hundredth of it."""

REST_SECONDS = 5.0
"""How long a Redis that failed is not asked: each question would cost a timeout."""

KEEP_SECONDS = 30 * 24 * 3600
"""How long a value is kept: as long as the events that may be replayed without a restore."""


class Asked(StrEnum):
    """How a question to the cache ended."""

    HIT = "hit"
    MISS = "miss"
    ERROR = "error"
    SKIPPED = "skipped"
    """Not asked: Redis failed moments ago."""


class RedisCache:
    """A ``Cache`` in Redis under ``chartstream:``. For one process; it connects when it is first asked.

    ``asked`` counts how the gets ended. An outage is logged once, and its end; never a key or a value.
    """

    def __init__(self, url: str, monotonic: Callable[[], float] = time.monotonic) -> None:
        """``monotonic`` is a clock in seconds. Raises ``ConfigurationError`` for what is no Redis URL."""
        self.asked: Counter[Asked] = Counter()
        self._monotonic = monotonic
        self._rests_until: float | None = None
        try:
            self._redis = Redis.from_url(
                url,
                socket_connect_timeout=TIMEOUT_SECONDS,
                socket_timeout=TIMEOUT_SECONDS,
                retry=Retry(NoBackoff(), 0),  # by default it tries for seconds, and the document waits
            )
        except ValueError:  # not chained: its text may quote the URL, and so a password
            raise ConfigurationError(
                "CHARTSTREAM_REDIS_URL: no Redis URL; write redis://HOST:PORT/DATABASE (rediss:// for TLS), or unset it"
            ) from None

    def get(self, key: str) -> bytes | None:
        """What was last put under the key in the last 30 days; ``None`` where nothing is known or Redis is away."""
        if self._rests():
            self.asked[Asked.SKIPPED] += 1
            return None
        try:
            value = self._redis.get(PREFIX + key)
        except (RedisError, OSError) as error:
            self.asked[Asked.ERROR] += 1
            self._rest(error)
            return None
        self._answered()
        self.asked[Asked.MISS if value is None else Asked.HIT] += 1
        return value if isinstance(value, bytes) else None

    def put(self, key: str, value: bytes) -> None:
        """Keep a value for 30 days, unless Redis is away."""
        if self._rests():
            return
        try:
            self._redis.set(PREFIX + key, value, ex=KEEP_SECONDS)
        except (RedisError, OSError) as error:
            self._rest(error)
        else:
            self._answered()

    def close(self) -> None:
        """Close the connections."""
        self._redis.close()

    def _rests(self) -> bool:
        return self._rests_until is not None and self._monotonic() < self._rests_until

    def _rest(self, error: Exception) -> None:
        if self._rests_until is None:
            log.warning("cache out of reach", extra={"error_class": type(error).__name__, "asked": dict(self.asked)})
        self._rests_until = self._monotonic() + REST_SECONDS

    def _answered(self) -> None:
        if self._rests_until is not None:
            log.info("cache answers again", extra={"asked": dict(self.asked)})
        self._rests_until = None
