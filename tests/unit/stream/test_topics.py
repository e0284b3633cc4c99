"""topics.yaml: what it declares, what it refuses, and the file rendered from it."""

from __future__ import annotations

from pathlib import Path

import pytest
import yaml

from chartstream.errors import ConfigurationError
from chartstream.stream.strimzi import render
from chartstream.stream.topics import declared_topics, parse_topics

RENDERED = Path(__file__).parents[3] / "deploy/k8s/base/topics.yaml"
MINIMAL = """
partitions: 4
defaults: {replication: 3, min_insync_replicas: 2, max_message_bytes: 1048588, compression: producer, keyed: true}
topics:
  a: {%s}
"""


def test_the_committed_kubernetes_resources_are_those_rendered_now() -> None:
    assert RENDERED.read_text() == render(declared_topics()), "run `chartstream topics render`"


def test_strimzi_resources_carry_what_is_declared() -> None:
    resources = {r["metadata"]["name"]: r for r in yaml.safe_load_all(render(declared_topics()))}

    assert set(resources) == set(declared_topics().by_name)
    changelog = resources["state.routing"]
    assert (changelog["apiVersion"], changelog["kind"]) == ("kafka.strimzi.io/v1", "KafkaTopic")
    assert changelog["spec"]["config"]["cleanup.policy"] == "compact"
    assert changelog["spec"]["partitions"] == resources["notes.submitted"]["spec"]["partitions"]


def test_every_keyed_topic_has_the_same_number_of_partitions() -> None:
    keyed = {topic.partitions for topic in declared_topics().with_partitions(7).by_name.values() if topic.keyed}

    assert keyed == {7}
    assert declared_topics().by_name["dead-letters"].partitions == 3


def test_retention_is_in_days_and_none_for_changelogs() -> None:
    topics = declared_topics().by_name

    assert topics["notes.submitted"].config(3)["retention.ms"] == str(30 * 24 * 3600 * 1000)
    assert topics["audit.trail"].config(3)["retention.ms"] == str(7 * 366 * 24 * 3600 * 1000)
    assert topics["state.intake"].config(3)["retention.ms"] == "-1"


@pytest.mark.parametrize(("copies", "in_sync"), [(1, "1"), (2, "1"), (3, "2")])
def test_one_broker_may_always_be_away(copies: int, in_sync: str) -> None:
    assert declared_topics().by_name["claims.coded"].config(copies)["min.insync.replicas"] == in_sync


@pytest.mark.parametrize(
    ("own", "named"),
    [
        ("", "retention or cleanup"),
        ("cleanup: compact, retention: 3 days", "retention or cleanup"),
        ("retention: 3 weeks", "retention"),
        ("retention: 3 days, retentoin: 4 days", "retentoin"),
        ("retention: 3 days, partitions: 0", "partitions"),
        ("retention: 3 days, partitions: 5", "keyed but has 5 partitions instead of 4"),
        ("retention: 3 days, compression: zip", "compression"),
    ],
)
def test_a_wrong_entry_is_named(own: str, named: str) -> None:
    with pytest.raises(ConfigurationError, match=rf"topics\.yaml: .*{named}"):
        parse_topics(MINIMAL % own)


@pytest.mark.parametrize("text", ["", "topics: {}", "- a", "a: [", "partitions: 1\ndefaults: {}\ntopics: [a]"])
def test_a_file_of_another_form_is_refused(text: str) -> None:
    with pytest.raises(ConfigurationError, match=r"^topics\.yaml: "):
        parse_topics(text)
