"""The edits, one file a subject. ``EDITS`` holds them all, in the order in which their findings are listed."""

from __future__ import annotations

from chartstream.validation.edits import (
    burns,
    code_set,
    combinations,
    duplicates,
    evidence,
    excludes,
    instructions,
    laterality,
    medicare,
    patient,
    presence,
    procedures,
    sequencing,
    seventh_character,
)
from chartstream.validation.registry import Edit

EDITS: tuple[Edit, ...] = (
    *code_set.registry,
    *seventh_character.registry,
    *evidence.registry,
    *sequencing.registry,
    *instructions.registry,
    *excludes.registry,
    *combinations.registry,
    *burns.registry,
    *duplicates.registry,
    *laterality.registry,
    *patient.registry,
    *presence.registry,
    *medicare.registry,
    *procedures.registry,
)
