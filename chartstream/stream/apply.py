"""Make a cluster's topics match their declaration: create what is missing, alter what has drifted."""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Any, Literal

from confluent_kafka import KafkaError, KafkaException
from confluent_kafka.admin import (
    AdminClient,
    AlterConfigOpType,
    ConfigEntry,
    ConfigResource,
    NewPartitions,
    NewTopic,
    ResourceType,
)

from chartstream.errors import ConfigurationError
from chartstream.stream.settings import KafkaSettings
from chartstream.stream.topics import Topic, Topics, declared_topics

_ANSWER_WITHIN = 10.0
_CHANGE_WITHIN = 30.0


@dataclass(frozen=True, slots=True)
class Change:
    """What one topic needs, or needed: ``topic`` is its full name, ``settings`` maps a setting to (before, after)."""

    topic: str
    action: Literal["created", "changed", "unchanged"]
    partitions: int
    copies: int
    settings: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    added_partitions: int = 0
    notice: str = ""
    """What differs but is not changed here."""


@dataclass(frozen=True, slots=True)
class _Present:
    partitions: int
    replication: int
    config: Mapping[str, str]


def apply(settings: KafkaSettings, topics: Topics | None = None, *, partitions: int | None = None) -> list[Change]:
    """Create and alter the cluster's topics, with the settings' prefix, to match ``topics``, in their order.

    ``topics`` are by default the packaged topics.yaml's; ``partitions`` replaces the number of those keyed by
    encounter. Everything is checked before anything is changed. Settings that ``topics`` does not declare stay as
    they are, and no topic is ever deleted. Raises ``ConfigurationError`` when the cluster does not answer or refuses,
    or when a keyed topic's partitions would change, or any topic's shrink.
    """
    wanted = topics or declared_topics()
    if partitions is not None:
        wanted = wanted.with_partitions(partitions)
    admin = _admin(settings)
    try:
        changes = _plan_all(admin, settings, wanted)
        hidden = _create(admin, changes)
        if hidden:
            changes = _planned_again(admin, settings, wanted, changes, hidden)
        for change in changes:
            if change.action == "changed":
                _alter(admin, change)
        if any(change.action != "unchanged" for change in changes):
            _await_effect(admin, settings, wanted)
    except KafkaException as error:
        raise ConfigurationError(
            f"topics on {settings.bootstrap}: {error.args[0].str()}; check CHARTSTREAM_KAFKA_* and this principal's "
            "rights (`chartstream kafka up` starts a local broker)"
        ) from error
    return changes


def present_topics(settings: KafkaSettings) -> dict[str, int]:
    """The topics under the settings' prefix and their numbers of partitions, without Kafka's internal ones.

    Raises ``ConfigurationError`` when the cluster does not answer.
    """
    try:
        found = _admin(settings).list_topics(timeout=_ANSWER_WITHIN).topics
    except KafkaException as error:
        raise ConfigurationError(
            f"{settings.bootstrap}: {error.args[0].str()}; check CHARTSTREAM_KAFKA_*, or `chartstream kafka up`"
        ) from error
    mine = {n: len(t.partitions) for n, t in found.items() if n.startswith(settings.topic_prefix)}
    return {name: count for name, count in sorted(mine.items()) if not name.startswith("__")}


def _admin(settings: KafkaSettings) -> AdminClient:
    # log_level 0: what goes wrong is raised; librdkafka would print it as well, once for each attempt.
    return AdminClient({**settings.client_config(), "log_level": 0})


def _read(admin: AdminClient, names: list[str]) -> tuple[int, dict[str, _Present]]:
    cluster = admin.list_topics(timeout=_ANSWER_WITHIN)
    found = {name: cluster.topics[name].partitions.values() for name in names if name in cluster.topics}
    resources = [ConfigResource(ResourceType.TOPIC, name) for name in found]
    configs: dict[ConfigResource, Future[Any]] = {}
    if resources:
        configs = admin.describe_configs(resources, request_timeout=_CHANGE_WITHIN)
    described = {
        resource.name: {key: str(entry.value) for key, entry in future.result().items()}
        for resource, future in configs.items()
    }
    present = {
        name: _Present(len(parts), min(len(part.replicas) for part in parts), described[name])
        for name, parts in found.items()
    }
    return len(cluster.brokers), present


def _plan_all(admin: AdminClient, settings: KafkaSettings, wanted: Topics) -> list[Change]:
    names = {settings.topic(topic.name): topic for topic in wanted.by_name.values()}
    brokers, present = _read(admin, list(names))
    return [_plan(name, topic, min(topic.replication, brokers), present.get(name)) for name, topic in names.items()]


def _plan(name: str, topic: Topic, copies: int, present: _Present | None) -> Change:
    if present is None:
        settings = {key: ("", value) for key, value in topic.config(copies).items()}
        return Change(name, "created", topic.partitions, copies, settings)
    _refuse_moving_keys(name, topic, present.partitions)
    drift = {
        key: (present.config.get(key, ""), value)
        for key, value in topic.config(copies).items()
        if present.config.get(key) != value
    }
    added = topic.partitions - present.partitions
    notice = ""
    if present.replication != copies:
        notice = f"{present.replication} copies instead of {copies}: reassign its partitions"
    action: Literal["changed", "unchanged"] = "changed" if drift or added else "unchanged"
    return Change(name, action, topic.partitions, copies, drift, added, notice)


def _refuse_moving_keys(name: str, topic: Topic, present: int) -> None:
    if topic.partitions < present:
        raise ConfigurationError(
            f"{name}: has {present} partitions and cannot shrink to {topic.partitions}; "
            f"keep {present} (--partitions {present}), or apply under a new topic prefix"
        )
    if topic.keyed and topic.partitions > present:
        raise ConfigurationError(
            f"{name}: has {present} partitions; {topic.partitions} would send later versions of an encounter to "
            f"another partition; keep {present} (--partitions {present}), or apply under a new topic prefix"
        )


def _create(admin: AdminClient, changes: list[Change]) -> frozenset[str]:
    """Create what is new. Returns the topics that were there although the brokers' metadata did not show them yet."""
    hidden = set()
    new = [
        NewTopic(
            change.topic,
            change.partitions,
            replication_factor=change.copies,
            config={key: after for key, (_, after) in change.settings.items()},
        )
        for change in changes
        if change.action == "created"
    ]
    if new:  # one request for all: seventeen one by one take seconds
        for name, future in admin.create_topics(new, operation_timeout=_CHANGE_WITHIN).items():
            try:
                future.result(timeout=_CHANGE_WITHIN)
            except KafkaException as error:
                # our own request, repeated by the client, or another operator's a moment before
                if error.args[0].code() != KafkaError.TOPIC_ALREADY_EXISTS:
                    raise
                hidden.add(name)
    return frozenset(hidden)


def _planned_again(
    admin: AdminClient, settings: KafkaSettings, wanted: Topics, changes: list[Change], hidden: frozenset[str]
) -> list[Change]:
    """``changes`` with those of the ``hidden`` topics as they prove to need, once metadata shows them."""
    seen: dict[str, Change] = {}

    def shown() -> bool:
        seen.update((change.topic, change) for change in _plan_all(admin, settings, wanted))
        return all(seen[name].action != "created" for name in hidden)

    _await(settings, shown)
    needs = {name: seen[name] for name in hidden if seen[name].action == "changed"}
    return [needs.get(change.topic, change) for change in changes]


def _alter(admin: AdminClient, change: Change) -> None:
    futures: list[Future[Any]] = []
    if change.added_partitions:
        futures += admin.create_partitions([NewPartitions(change.topic, change.partitions)]).values()
    if change.settings:
        entries = [
            ConfigEntry(key, after, incremental_operation=AlterConfigOpType.SET)
            for key, (_, after) in change.settings.items()
        ]
        resource = ConfigResource(ResourceType.TOPIC, change.topic, incremental_configs=entries)
        futures += admin.incremental_alter_configs([resource]).values()
    for future in futures:
        future.result(timeout=_CHANGE_WITHIN)


def _await_effect(admin: AdminClient, settings: KafkaSettings, wanted: Topics) -> None:
    # The controller has answered, but brokers learn of it a moment later and until then call a new topic unknown.
    _await(settings, lambda: all(change.action == "unchanged" for change in _plan_all(admin, settings, wanted)))


def _await(settings: KafkaSettings, condition: Callable[[], bool]) -> None:
    deadline = time.monotonic() + _CHANGE_WITHIN
    while not condition():
        if time.monotonic() > deadline:
            raise ConfigurationError(
                f"topics on {settings.bootstrap}: accepted, but not in effect after {_CHANGE_WITHIN:.0f} s; "
                "check that all brokers are up, then apply again"
            )
        time.sleep(0.1)
