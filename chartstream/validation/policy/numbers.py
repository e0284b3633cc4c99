"""Sets of numbers as stretches: what several spans leave open together."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from chartstream.validation.policy.model import Span

_Bound = Decimal | int | None


@dataclass(frozen=True, slots=True)
class Numbers:
    """Numbers in any of some stretches, both ends inclusive; None is open."""

    stretches: tuple[tuple[_Bound, _Bound], ...]

    @classmethod
    def whole(cls, low: _Bound, high: _Bound) -> Numbers:
        """One stretch."""
        return cls(((low, high),))

    def __and__(self, other: Numbers) -> Numbers:
        both = ((_greater(a, c), _lesser(b, d)) for a, b in self.stretches for c, d in other.stretches)
        return Numbers(tuple((low, high) for low, high in both if low is None or high is None or low <= high))

    def __contains__(self, number: Decimal | int) -> bool:
        return any((a is None or a <= number) and (b is None or number <= b) for a, b in self.stretches)

    def others(self, step: Decimal | int) -> Numbers:
        """The numbers that are in none of the stretches, where numbers are ``step`` apart."""
        left = Numbers(((None, None),))
        for low, high in self.stretches:
            below = ((None, low - step),) if low is not None else ()
            above = ((high + step, None),) if high is not None else ()
            left &= Numbers(below + above)
        return left

    def choice(self, preferred: int = 1) -> Decimal | int | None:
        """The preferred number where it is among them, else one of the ends; None where there is none."""
        if preferred in self:
            return preferred
        ends = (end for low, high in self.stretches for end in (low, high) if end is not None)
        return next(ends, None)


def within_span(span: Span) -> Numbers:
    """The numbers of a span."""
    return Numbers.whole(span.low, span.high)


def outside(span: Span, step: Decimal | int) -> Numbers:
    """The numbers outside a span, where numbers are ``step`` apart."""
    return within_span(span).others(step)


def _greater(one: _Bound, other: _Bound) -> _Bound:
    return other if one is None else one if other is None else max(one, other)


def _lesser(one: _Bound, other: _Bound) -> _Bound:
    return other if one is None else one if other is None else min(one, other)
