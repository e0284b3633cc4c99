"""The settings of a local broker, for a laptop: fast to start, small, and as strict as its number of nodes allows."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path

from chartstream.local.cluster import Node


def server_properties(node: Node, nodes: Sequence[Node], data: Path, overrides: Mapping[str, str]) -> str:
    """The text of a node's server.properties; ``data`` is the folder of its logs, ``overrides`` win."""
    replicas = min(3, len(nodes))
    in_sync = max(1, replicas - 1)
    settings = {
        "process.roles": "broker,controller",
        "node.id": str(node.id),
        "controller.quorum.voters": ",".join(f"{n.id}@127.0.0.1:{n.controller_port}" for n in nodes),
        "controller.listener.names": "CONTROLLER",
        "listeners": f"PLAINTEXT://127.0.0.1:{node.port},CONTROLLER://127.0.0.1:{node.controller_port}",
        "advertised.listeners": f"PLAINTEXT://127.0.0.1:{node.port}",
        "log.dirs": str(data),
        # Topics come from topics.yaml alone: a misspelt name is to fail, not to become a topic of one partition.
        "auto.create.topics.enable": "false",
        "default.replication.factor": str(replicas),
        "min.insync.replicas": str(in_sync),
        "offsets.topic.replication.factor": str(replicas),
        "offsets.topic.num.partitions": "10",
        "transaction.state.log.replication.factor": str(replicas),
        "transaction.state.log.min.isr": str(in_sync),
        "transaction.state.log.num.partitions": "10",
        "share.coordinator.state.topic.replication.factor": str(replicas),
        "share.coordinator.state.topic.min.isr": str(in_sync),
        "share.coordinator.state.topic.num.partitions": "3",
        "group.initial.rebalance.delay.ms": "0",
        # With 10 s, the default, a killed process's transaction blocks readers for up to 10 s beyond its timeout.
        "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000",
        # After a SIGKILL a broker may register again only once its old session has ended.
        "broker.heartbeat.interval.ms": "500",
        "broker.session.timeout.ms": "3000",
        # The default of 128 MiB would be a quarter of the heap.
        "log.cleaner.dedupe.buffer.size": str(16 * 2**20),
        "num.network.threads": "2",
        "num.io.threads": "4",
        **overrides,
    }
    return "".join(f"{key}={value}\n" for key, value in settings.items())
