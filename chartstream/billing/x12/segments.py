"""Segments as they are built and written: tuples of elements, an element a text or a tuple of components."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date

Element = str | tuple[str, ...]
Segment = tuple[Element, ...]


def written(segments: Iterable[Segment]) -> str:
    """The segments with ``*``, ``:`` and ``~``, a line each. Empty elements and components at the end are left off."""
    return "".join(f"{_written(segment)}~\n" for segment in segments)


def date8(day: date) -> str:
    """CCYYMMDD."""
    return f"{day:%Y%m%d}"


def _written(segment: Segment) -> str:
    return "*".join(_element(element) for element in segment).rstrip("*")


def _element(element: Element) -> str:
    return element if isinstance(element, str) else ":".join(element).rstrip(":")
