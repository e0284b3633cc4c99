"""Three truths: it holds, it does not, or (``None``) a fact that decides is not known."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

from chartstream.validation.policy.model import Span

Truth = bool | None


def all_hold(truths: Iterable[Truth]) -> Truth:
    """Whether all hold: one that does not decides, whatever else is not known."""
    answer: Truth = True
    for truth in truths:
        if truth is False:
            return False
        if truth is None:
            answer = None
    return answer


def any_holds(truths: Iterable[Truth]) -> Truth:
    """Whether one holds: one that does decides, whatever else is not known."""
    answer: Truth = False
    for truth in truths:
        if truth:
            return True
        if truth is None:
            answer = None
    return answer


def is_not(truth: Truth) -> Truth:
    """The opposite; what is not known stays so."""
    return None if truth is None else not truth


def one_of(value: str | None, values: frozenset[str]) -> Truth:
    """Whether a fact is one of some values."""
    return None if value is None else value in values


def within(span: Span, low: Decimal | int, high: Decimal | int) -> Truth:
    """Whether a number that is known to lie from ``low`` to ``high`` lies within the span."""
    if (span.low is None or span.low <= low) and (span.high is None or high <= span.high):
        return True
    outside = (span.low is not None and high < span.low) or (span.high is not None and span.high < low)
    return False if outside else None
