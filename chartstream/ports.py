"""The ports through which stages reach the world. A stage is given its ports and reaches nothing else."""

from __future__ import annotations

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """The time, as a parameter, so that tests do not sleep."""

    def now(self) -> datetime:
        """The present moment, aware, in UTC."""
        ...


class DocumentStore(Protocol):
    """Where the bytes of documents and extracted texts lie; events carry claim checks to them."""

    def get(self, uri: str, sha256: str) -> bytes:
        """The bytes behind a claim check.

        Raises ``Rejected`` (``document_missing``, ``document_altered``) when they are gone or do not match the
        hash, ``Transient`` when the store cannot be reached.
        """
        ...

    def put(self, content: bytes, media_type: str) -> tuple[str, str]:
        """Store bytes under their own hash and return ``(uri, sha256)``. The same bytes give the same URI.

        Raises ``Transient`` when the store cannot take them (full, out of reach).
        """
        ...


class Cache(Protocol):
    """Where what was dear to work out may lie for a while. Losing it loses nothing, and it holds no patient data.

    Never raises: a cache that is out of reach is a cache that holds nothing.
    """

    def get(self, key: str) -> bytes | None:
        """What was last put under the key; ``None`` where nothing is known."""
        ...

    def put(self, key: str, value: bytes) -> None:
        """Keep a value under the key, if that is possible, for as long as the cache sees fit."""
        ...
