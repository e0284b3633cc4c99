"""What codes an encounter, whoever does it: the engine, or something that stands before it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from chartstream.codesets import CodeSet
from chartstream.coding.model import Coded, CoderIdentity, Context, Document


class Coder(Protocol):
    """Codes encounters with one release."""

    @property
    def codes(self) -> CodeSet:
        """The release's code set: every code that is proposed is one of its billable ones."""

    @property
    def identity(self) -> CoderIdentity:
        """What is named beside the codes, and what a certificate holds for."""

    def code_note(self, documents: Sequence[Document], context: Context) -> Coded:
        """The codes of an encounter. With a date of service that the release does not cover, ``release`` is None."""
