"""What was measured on: the machine and the versions."""

from __future__ import annotations

import os
import platform
import re
from importlib.metadata import version
from pathlib import Path

import confluent_kafka
import psutil

from chartstream.local.jars import kafka_folder


def machine() -> dict[str, str]:
    """Cores, processor, memory, load at the moment, and the versions of all that takes part."""
    found = re.search(r"^model name\s*:\s*(.+)$", Path("/proc/cpuinfo").read_text(), re.MULTILINE)
    kafka = re.search(r"<kafka\.version>([^<]+)<", (kafka_folder() / "pom.xml").read_text())
    return {
        "cores": str(os.cpu_count()),
        "processor": found[1] if found else platform.processor(),
        "memory": f"{psutil.virtual_memory().total / 2**30:.0f} GiB",
        "load before": f"{os.getloadavg()[0]:.1f}",
        "python": platform.python_version(),
        "Apache Kafka": kafka[1] if kafka else "unknown",
        "librdkafka": confluent_kafka.libversion()[0],
        **{name: version(name) for name in ("confluent-kafka", "faust-streaming", "aiokafka", "fastavro", "pydantic")},
    }
