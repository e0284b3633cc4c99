"""The cache's manners: what it asks of Redis, and what it does while Redis does not answer."""

from __future__ import annotations

import logging
from typing import Any

import pytest
from redis.exceptions import AuthenticationError, ResponseError
from redis.exceptions import ConnectionError as RedisConnectionError

from chartstream.errors import ConfigurationError
from chartstream.redis_cache import KEEP_SECONDS, REST_SECONDS, Asked, RedisCache


class FakeRedis:
    """A Redis client that keeps values in a dictionary, or raises what it is told to."""

    def __init__(self) -> None:
        self.values: dict[str, bytes] = {}
        self.lifetimes: dict[str, int] = {}
        self.failure: Exception | None = None
        self.questions = 0

    def get(self, key: str) -> bytes | None:
        self._ask()
        return self.values.get(key)

    def set(self, key: str, value: bytes, ex: int) -> None:
        self._ask()
        self.values[key], self.lifetimes[key] = value, ex

    def _ask(self) -> None:
        self.questions += 1
        if self.failure is not None:
            raise self.failure


class Watch:
    """A monotonic clock that stands until it is moved."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def server() -> FakeRedis:
    return FakeRedis()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def cache(server: FakeRedis, watch: Watch) -> RedisCache:
    made = RedisCache("redis://127.0.0.1:1/0", watch)
    fake: Any = server
    made._redis = fake
    return made


def test_what_is_put_is_got_under_a_prefix_and_for_thirty_days(cache: RedisCache, server: FakeRedis) -> None:
    assert cache.get("reading:1") is None
    cache.put("reading:1", b"there")
    assert cache.get("reading:1") == b"there"
    assert server.values == {"chartstream:reading:1": b"there"}
    assert server.lifetimes == {"chartstream:reading:1": KEEP_SECONDS}
    assert cache.asked == {Asked.MISS: 1, Asked.HIT: 1}


@pytest.mark.parametrize(
    "failure",
    [
        RedisConnectionError("refused"),
        AuthenticationError("WRONGPASS"),
        ResponseError("OOM command not allowed"),
        TimeoutError(),
        OSError("no route"),
    ],
)
def test_a_redis_that_fails_is_a_miss_and_rests(
    cache: RedisCache, server: FakeRedis, watch: Watch, failure: Exception
) -> None:
    server.failure = failure
    assert cache.get("a") is None
    for _ in range(10):
        assert cache.get("a") is None
        cache.put("a", b"1")
    assert server.questions == 1
    watch.seconds += REST_SECONDS
    assert cache.get("a") is None
    assert server.questions == 2
    assert cache.asked == {Asked.ERROR: 2, Asked.SKIPPED: 10}


def test_a_put_that_fails_raises_nothing_and_rests(cache: RedisCache, server: FakeRedis) -> None:
    server.failure = RedisConnectionError("refused")
    cache.put("a", b"1")
    assert cache.get("a") is None
    assert server.questions == 1


def test_an_outage_is_logged_once_with_its_end_and_without_keys_or_values(
    cache: RedisCache, server: FakeRedis, watch: Watch, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.INFO)
    server.failure = RedisConnectionError("redis://:secret@host refused")
    for _ in range(5):
        cache.get("key-of-a-document")
        watch.seconds += REST_SECONDS
    server.failure = None
    cache.put("key-of-a-document", b"value-of-a-document")
    assert cache.get("key-of-a-document") == b"value-of-a-document"
    assert [record.getMessage() for record in caplog.records] == ["cache out of reach", "cache answers again"]
    said = str([vars(record) for record in caplog.records])
    assert "secret" not in said
    assert "of-a-document" not in said


@pytest.mark.parametrize("url", ["http://user:secret@host", "localhost:6379", "redis://host:secret/0"])
def test_no_redis_url_is_named_without_its_value(url: str) -> None:
    with pytest.raises(ConfigurationError, match="CHARTSTREAM_REDIS_URL") as raised:
        RedisCache(url)
    assert "secret" not in str(raised.value)
