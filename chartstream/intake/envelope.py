"""What a message or a structured document carries, and what it says of what it carries."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import DocumentStatus
from chartstream.events.encounter import Sex

MAX_DEPTH = 3
"""Envelopes within envelopes: a batch, its message, the CDA document in it, the PDF in that."""

MAX_PARTS = 50
"""Documents that one submitted document may carry, at all depths together."""


@dataclass(frozen=True, slots=True)
class StatedPatient:
    """Whose document it is, as the envelope says; empty where it does not."""

    record_numbers: tuple[str, ...] = ()
    name: str = ""
    birth_date: date | None = None
    sex: Sex = Sex.UNKNOWN


@dataclass(frozen=True, slots=True)
class Source:
    """What the envelope says of a document.

    ``numbers`` are those under which the source knows the document, ``amends`` those of the documents that it amends
    or replaces; ``series`` and ``version`` tell versions of one CDA document apart.
    """

    status: DocumentStatus = DocumentStatus.UNKNOWN
    kind: str | None = None
    authored_at: datetime | None = None
    author_id: str | None = None
    numbers: tuple[str, ...] = ()
    amends: tuple[str, ...] = ()
    series: str | None = None
    version: int = 0
    patient: StatedPatient | None = None


@dataclass(frozen=True, slots=True)
class Part:
    """A document inside another: its bytes, the media type that the envelope declares, and what it says of it."""

    content: bytes
    declared_media_type: str | None
    source: Source


@dataclass(frozen=True, slots=True)
class Opened:
    """An opened envelope. ``readable``: it has text of its own to be read, besides its parts."""

    source: Source | None
    parts: tuple[Part, ...]
    readable: bool


_CAUTION = {
    DocumentStatus.UNKNOWN: 0,
    DocumentStatus.FINAL: 1,
    DocumentStatus.AMENDED: 2,
    DocumentStatus.ADDENDUM: 2,
    DocumentStatus.UNSIGNED: 3,
    DocumentStatus.PRELIMINARY: 3,
    DocumentStatus.ENTERED_IN_ERROR: 4,
}


def most_cautious(statuses: Sequence[DocumentStatus]) -> DocumentStatus:
    """The status that stands when several are stated: what withdraws the document, else what keeps it from being
    billed, else what ties it to another document, else final. Of equals the first.
    """
    return max(statuses, key=lambda status: _CAUTION[status], default=DocumentStatus.UNKNOWN)


def decoded(data: str, encoding: str = "BASE64") -> bytes:
    """The bytes of an attachment. ``encoding`` is HL7's: Base64, Hex, or A for none.

    Raises ``Rejected`` ``attachment_undecodable``.
    """
    name = encoding.strip().upper() or "BASE64"
    try:
        if name == "A":
            return data.encode()
        packed = "".join(data.split())
        content = bytes.fromhex(packed) if name == "HEX" else base64.b64decode(packed, validate=True)
    except (binascii.Error, ValueError):
        content = b""
    if not content or name not in {"BASE64", "HEX"}:
        raise Rejected(
            Problem(
                "attachment_undecodable",
                "an attachment is empty, cut short or not encoded as the message says",
                "send the attachment whole, in Base64",
            )
        )
    return content


def by_reference() -> Rejected:
    """The refusal of an attachment that lies elsewhere: nothing is ever fetched on a message's word."""
    return Rejected(
        Problem(
            "attachment_by_reference",
            "the document is only pointed to, and what lies elsewhere is not fetched",
            "send the document itself inside the message, or submit it by claim check",
        )
    )


def without_document(what: str) -> Rejected:
    """The refusal of an envelope with nothing in it."""
    return Rejected(
        Problem("envelope_empty", f"{what} carries neither a text nor a document", "send it with its document")
    )
