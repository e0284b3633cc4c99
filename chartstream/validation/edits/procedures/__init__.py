"""Edits on procedure lines, one file a subject; ``registry`` gives them all in the order of their findings."""

from __future__ import annotations

from chartstream.validation.edits.procedures import pointers
from chartstream.validation.registry import Edit

registry: tuple[Edit, ...] = (*pointers.registry,)
