"""Rebalances as the broker sees them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence

from confluent_kafka import KafkaException
from confluent_kafka.admin import AdminClient

Assignment = frozenset[tuple[str, int]]
"""Member and partition, of each partition that is assigned."""


class RebalanceCount:
    """Counts how often a group's assignment is found changed: each change took one rebalance at least."""

    def __init__(self, client: Mapping[str, str | int | float | bool], groups: Sequence[str]) -> None:
        self._admin = AdminClient({**client, "log_level": 0})
        self._groups = list(groups)
        self._last: dict[str, Assignment] = {}
        self.counted: Counter[str] = Counter()
        """Changes found, by group; the first assignment is none."""

    def look(self) -> None:
        """Ask once. A broker that does not answer just now is asked again the next time."""
        described = self._admin.describe_consumer_groups(self._groups, request_timeout=2.0)
        for group, answer in described.items():
            try:
                members = answer.result().members
            except KafkaException:
                continue
            assigned: Assignment = frozenset(
                (member.member_id, place.partition)
                for member in members
                for place in member.assignment.topic_partitions
            )
            if assigned and assigned != self._last.get(group, assigned):
                self.counted[group] += 1
            if assigned:
                self._last[group] = assigned
