"""How many letters two short words differ by."""

from __future__ import annotations

from collections import Counter


def distance_within(one: str, other: str, bound: int) -> int | None:
    """Insertions, deletions and substitutions from one word to the other; None for more than ``bound`` of them."""
    if abs(len(one) - len(other)) > bound:
        return None
    left, right = Counter(one), Counter(other)
    if max((left - right).total(), (right - left).total()) > bound:
        return None
    row = list(range(len(other) + 1))
    for number, letter in enumerate(one, start=1):
        before, row[0] = row[0], number
        for place, second in enumerate(other, start=1):
            before, row[place] = row[place], min(row[place] + 1, row[place - 1] + 1, before + (letter != second))
        if min(row) > bound:
            return None
    return row[-1] if row[-1] <= bound else None
