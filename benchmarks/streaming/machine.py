"""What the stream was measured on: the machine, the broker and the versions of all that takes part."""

from __future__ import annotations

import re

import confluent_kafka

from benchmarks.machine import machine as any_machine
from chartstream.local.jars import kafka_folder


def machine() -> dict[str, str]:
    """Cores, processor, memory, load at the moment, and the versions of all that takes part."""
    kafka = re.search(r"<kafka\.version>([^<]+)<", (kafka_folder() / "pom.xml").read_text())
    return any_machine(("confluent-kafka", "faust-streaming", "aiokafka", "fastavro", "pydantic")) | {
        "Apache Kafka": kafka[1] if kafka else "unknown",
        "librdkafka": confluent_kafka.libversion()[0],
    }
