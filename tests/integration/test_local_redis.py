from __future__ import annotations

from pathlib import Path

import pytest
import redis

from chartstream.errors import ConfigurationError
from chartstream.local.redis import LocalRedis

pytestmark = pytest.mark.redis


def test_it_keeps_its_data_over_a_graceful_restart(tmp_path: Path) -> None:
    with LocalRedis(tmp_path, bound=True) as server:
        redis.from_url(server.url).set("status", "coded")
        server.restart()
        assert redis.from_url(server.url).get("status") == b"coded"


def test_another_instance_finds_the_running_server(redis_server: LocalRedis) -> None:
    found = LocalRedis.at(redis_server.home)

    assert found is not None
    assert found.is_running()
    assert found.url == redis_server.url


def test_a_taken_port_is_named_with_the_remedy(redis_server: LocalRedis, tmp_path: Path) -> None:
    taken = int(redis_server.url.rpartition(":")[2].removesuffix("/0"))

    with pytest.raises(ConfigurationError, match=f"port {taken}.*CHARTSTREAM_REDIS_URL"):
        LocalRedis(tmp_path, port=taken).start()
