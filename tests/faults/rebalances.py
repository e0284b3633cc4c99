"""Rebalances as the broker's log has them."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Sequence
from pathlib import Path

_STABILIZED = re.compile(r"Stabilized group (\S+) generation \d+")


def rebalances(logs: Sequence[Path], groups: Collection[str]) -> Counter[str]:
    """How often each group was rebalanced after it first had members. ``logs`` are those of all brokers."""
    text = "\n".join(log.read_text(errors="replace") for log in logs)
    found = Counter(group for group in _STABILIZED.findall(text) if group in groups)
    return Counter({group: number - 1 for group, number in found.items() if number > 1})
