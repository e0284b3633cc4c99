"""The declared topics as Strimzi resources, for clusters whose topics Kubernetes keeps."""

from __future__ import annotations

import yaml

from chartstream.stream.topics import Topics

_HEADER = """\
# Written by `chartstream topics render` from chartstream/stream/topics.yaml: change that file, not this one.
# The label strimzi.io/cluster names the Kafka resource; an overlay patches it where that is called otherwise.
"""


def render(topics: Topics) -> str:
    """One ``kafka.strimzi.io/v1`` KafkaTopic for each topic, as a YAML stream."""
    return _HEADER + yaml.safe_dump_all(
        (
            {
                "apiVersion": "kafka.strimzi.io/v1",
                "kind": "KafkaTopic",
                "metadata": {"name": topic.name, "labels": {"strimzi.io/cluster": "chartstream"}},
                "spec": {
                    "partitions": topic.partitions,
                    "replicas": topic.replication,
                    "config": topic.config(topic.replication),
                },
            }
            for topic in topics.by_name.values()
        ),
        sort_keys=False,
    )
