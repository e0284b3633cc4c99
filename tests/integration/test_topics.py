"""`chartstream topics apply` against a real broker: idempotent, mends drift, never moves keys."""

from __future__ import annotations

import time
import uuid
from itertools import count
from typing import Any

import pytest
from confluent_kafka.admin import AdminClient, AlterConfigOpType, ConfigEntry, ConfigResource, NewTopic, ResourceType

from chartstream.errors import ConfigurationError
from chartstream.local.broker import LocalKafka
from chartstream.stream import apply as apply_module
from chartstream.stream.apply import apply, present_topics
from chartstream.stream.settings import KafkaSettings
from chartstream.stream.topics import declared_topics

pytestmark = pytest.mark.kafka


@pytest.fixture
def settings(kafka: LocalKafka) -> KafkaSettings:
    return KafkaSettings(bootstrap=kafka.bootstrap, topic_prefix=f"t{uuid.uuid4().hex[:10]}.")


def set_config(settings: KafkaSettings, topic: str, key: str, value: str) -> None:
    entry = ConfigEntry(key, value, incremental_operation=AlterConfigOpType.SET)
    resource = ConfigResource(ResourceType.TOPIC, settings.topic(topic), incremental_configs=[entry])
    admin = AdminClient(settings.client_config())  # its futures end unanswered when it is collected
    for future in admin.incremental_alter_configs([resource]).values():
        future.result(20)
    while read_config(settings, topic, key) != value:  # the broker learns of it a moment after the controller
        time.sleep(0.05)


def read_config(settings: KafkaSettings, topic: str, key: str) -> str | None:
    admin = AdminClient(settings.client_config())
    (described,) = admin.describe_configs([ConfigResource(ResourceType.TOPIC, settings.topic(topic))]).values()
    return described.result(20)[key].value


def test_the_first_apply_creates_everything_and_the_second_nothing(settings: KafkaSettings) -> None:
    first = apply(settings, partitions=2)
    second = apply(settings, partitions=2)

    assert {change.action for change in first} == {"created"}
    assert {change.action for change in second} == {"unchanged"}
    declared = declared_topics().with_partitions(2).by_name
    assert present_topics(settings) == {settings.topic(name): topic.partitions for name, topic in declared.items()}


def test_drift_is_mended_and_reported(settings: KafkaSettings) -> None:
    apply(settings, partitions=1)
    set_config(settings, "state.intake", "cleanup.policy", "delete")

    changes = {change.topic: change for change in apply(settings, partitions=1) if change.action != "unchanged"}

    assert list(changes) == [settings.topic("state.intake")]
    assert changes[settings.topic("state.intake")].settings == {"cleanup.policy": ("delete", "compact")}
    assert {change.action for change in apply(settings, partitions=1)} == {"unchanged"}


def test_what_is_not_declared_stays(settings: KafkaSettings) -> None:
    apply(settings, partitions=1)
    set_config(settings, "claims.coded", "delete.retention.ms", "1234567")

    apply(settings, partitions=1)

    assert read_config(settings, "claims.coded", "delete.retention.ms") == "1234567"


@pytest.mark.parametrize(("other", "reason"), [(1, "cannot shrink to 1"), (3, "another partition")])
def test_a_keyed_topic_keeps_its_partitions(settings: KafkaSettings, other: int, reason: str) -> None:
    apply(settings, partitions=2)
    before = present_topics(settings)

    with pytest.raises(ConfigurationError, match=rf"{reason}.*--partitions 2"):
        apply(settings, partitions=other)

    assert present_topics(settings) == before


def test_an_unkeyed_topic_grows(settings: KafkaSettings) -> None:
    name = settings.topic("dead-letters")
    admin = AdminClient(settings.client_config())
    for future in admin.create_topics([NewTopic(name, 1, 1)]).values():
        future.result(20)

    grown = next(change for change in apply(settings, partitions=1) if change.topic == name)

    assert (grown.action, grown.added_partitions) == ("changed", 2)
    assert present_topics(settings)[name] == 3


def test_a_topic_that_metadata_hides_at_first_grows_too(
    settings: KafkaSettings, monkeypatch: pytest.MonkeyPatch
) -> None:
    name = settings.topic("dead-letters")
    admin = AdminClient(settings.client_config())
    for future in admin.create_topics([NewTopic(name, 1, 1)]).values():
        future.result(20)
    read, looks = apply_module._read, count()

    def late(admin: AdminClient, names: list[str]) -> Any:
        brokers, present = read(admin, names)
        return brokers, {k: v for k, v in present.items() if k != name or next(looks)}

    monkeypatch.setattr(apply_module, "_read", late)

    grown = next(change for change in apply(settings, partitions=1) if change.topic == name)

    assert (grown.action, grown.added_partitions) == ("changed", 2)
    assert present_topics(settings)[name] == 3


def test_an_absent_cluster_is_named_with_the_remedy() -> None:
    with pytest.raises(ConfigurationError, match=r"127\.0\.0\.1:1\b.*CHARTSTREAM_KAFKA"):
        apply(KafkaSettings(bootstrap="127.0.0.1:1"))
