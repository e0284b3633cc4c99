"""Edits on procedure lines, one file a subject; ``registry`` gives them all in the order of their findings."""

from __future__ import annotations

from chartstream.validation.edits.procedures import (
    add_on,
    modifiers,
    ncci,
    pcs,
    pointers,
    required,
    sides,
    size,
    units,
    validity,
    visits,
)
from chartstream.validation.registry import Edit

registry: tuple[Edit, ...] = (
    *validity.registry,
    *pcs.registry,
    *pointers.registry,
    *size.registry,
    *modifiers.registry,
    *required.registry,
    *sides.registry,
    *units.registry,
    *ncci.registry,
    *add_on.registry,
    *visits.registry,
)
