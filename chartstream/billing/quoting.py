"""Quotes as an export carries them. Resolving them is for whoever may see the note; who asks for them is given them."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Quoted:
    """A code and words of the note that support it."""

    code: str
    text: str
