"""The real Kafka and Redis that the integration and fault tests share, and topics of its own for each test."""

from __future__ import annotations

import os
import uuid
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from confluent_kafka.admin import AdminClient
from hypothesis import settings as hypothesis_settings

from chartstream.local.broker import LocalKafka
from chartstream.local.redis import LocalRedis
from chartstream.stream.apply import apply, present_topics
from chartstream.stream.settings import KafkaSettings

# The same examples on every run: what fails, fails again. `pytest --hypothesis-profile=default` searches at random.
hypothesis_settings.register_profile("repeatable", derandomize=True)
hypothesis_settings.load_profile("repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--reference",
        type=Path,
        default=None,
        help="folder of official reference files (code sets, tables of edits) as they are downloaded",
    )


@pytest.fixture(scope="session")
def reference(request: pytest.FixtureRequest) -> Path:
    """The folder of official reference files; what needs them is skipped where they are not."""
    folder: Path = request.config.getoption("--reference") or Path(__file__).parents[2] / "shared" / "reference"
    if not folder.is_dir():
        pytest.skip("no official reference files are at hand; name their folder with --reference")
    return folder


@pytest.fixture(autouse=True, scope="session")
def _no_settings_from_outside(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    """Keep the caller's own settings and state, and so the caller's cluster, out of the tests."""
    with pytest.MonkeyPatch.context() as patch:
        for name in [name for name in os.environ if name.startswith("CHARTSTREAM_")]:
            patch.delenv(name)
        patch.setenv("CHARTSTREAM_HOME", str(tmp_path_factory.mktemp("home")))
        yield


@pytest.fixture(scope="session")
def kafka(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalKafka]:
    """One broker for the whole run, without topics. A test that stops or pauses it must leave it running."""
    broker = LocalKafka(tmp_path_factory.mktemp("kafka"), bound=True)
    with broker:
        yield broker
    broker.wipe()


@pytest.fixture(scope="session")
def redis_server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalRedis]:
    """One Redis for the whole run. A test that stops or flushes it must leave it running."""
    with LocalRedis(tmp_path_factory.mktemp("redis"), bound=True) as server:
        yield server


@pytest.fixture
def make_topics(kafka: LocalKafka) -> Iterator[Callable[[int], KafkaSettings]]:
    """Applies topics.yaml with the given number of partitions under a prefix of its own; gives the settings for it."""
    made: list[KafkaSettings] = []

    def make(partitions: int) -> KafkaSettings:
        settings = KafkaSettings(bootstrap=kafka.bootstrap, topic_prefix=f"t{uuid.uuid4().hex[:10]}.")
        apply(settings, partitions=partitions)
        made.append(settings)
        return settings

    yield make

    for settings in made:  # thousands of partitions would make every later restart of the broker slow
        admin = AdminClient(settings.client_config())
        for deletion in admin.delete_topics(list(present_topics(settings)), operation_timeout=20).values():
            deletion.result(30)


@pytest.fixture
def topics(make_topics: Callable[[int], KafkaSettings]) -> KafkaSettings:
    """All topics with two partitions, under a prefix that no other test has: ``topics.topic("notes.submitted")``."""
    return make_topics(2)
