"""Readings kept: a page image that was recognised once is not recognised again when its note is redelivered,
resubmitted or replayed.

The reading lies in the document store, where its patient's other texts lie; the cache holds the way to it only.
"""

from __future__ import annotations

import hashlib
import json
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable

from pydantic import TypeAdapter, ValidationError

from chartstream.errors import Rejected
from chartstream.events.head import ClaimCheck
from chartstream.extraction.engines.engine import INSTEAD, OcrEngine
from chartstream.extraction.pdf import TEXT_LAYER
from chartstream.extraction.reader import PAGED, kind_of, read
from chartstream.extraction.readtext import ReadText
from chartstream.ports import Cache, DocumentStore

MEDIA_TYPE = "application/vnd.chartstream.reading+json"

_FORM = TypeAdapter(ReadText)


class CachedReading:
    """Reads documents as ``reader.read`` does, with the same result, and remembers what OCR made of images.

    Plain text and Word files never touch the cache: reading them is quicker than asking. A kept reading that is gone,
    altered or not readable counts as none.
    """

    def __init__(self, cached: Cache, documents: DocumentStore, engine: str) -> None:
        """``engine`` names the OCR engine, its version and models: another one reads anew."""
        self._cache, self._documents, self._engine = cached, documents, engine

    def read(self, content: bytes, media_type: str, ocr: OcrEngine) -> ReadText:
        """The text of a document; raises what ``reader.read`` raises, ``Transient`` when the store is out of reach."""
        if kind_of(media_type) not in PAGED:
            return read(content, media_type, ocr)
        key = self._key(content, media_type)
        known = self._find(key)
        if known is not None:
            return known
        text = read(content, media_type, ocr)
        engines = {page.engine for page in text.pages}
        # A page that a stronger engine should have read, and could not, is not kept: the next time it may be able to.
        if engines - {TEXT_LAYER} and not any(INSTEAD in engine for engine in engines):
            self._keep(key, text)
        return text

    def _key(self, content: bytes, media_type: str) -> str:
        of = (hashlib.sha256(content).hexdigest(), kind_of(media_type), self._engine, reader_version())
        return f"reading:{hashlib.sha256(json.dumps(of).encode()).hexdigest()}"

    def _find(self, key: str) -> ReadText | None:
        value = self._cache.get(key)
        if value is None:
            return None
        try:
            check = ClaimCheck.model_validate_json(value)
            return decode_reading(self._documents.get(check.uri, check.sha256))
        except (Rejected, ValidationError):  # the store was emptied, or something else wrote to the cache: read it anew
            return None

    def _keep(self, key: str, text: ReadText) -> None:
        content = encode_reading(text)
        uri, sha256 = self._documents.put(content, MEDIA_TYPE)
        check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type=MEDIA_TYPE)
        self._cache.put(key, check.model_dump_json().encode())


def encode_reading(text: ReadText) -> bytes:
    """A reading in its stored form. The text that travels would not do: it rounds boxes and drops emphasis."""
    return _FORM.dump_json(text)


def decode_reading(content: bytes) -> ReadText:
    """The reading in its stored form, equal in every field. Raises ``ValidationError`` for other bytes."""
    return _FORM.validate_json(content)


@cache
def reader_version() -> str:
    """SHA-256 over this package's code and data: whatever changes in it, nobody has to remember to raise a number."""
    digest = hashlib.sha256()
    for name, content in sorted(_files(files("chartstream.extraction"), "")):
        digest.update(f"{name} {len(content)} ".encode() + content)
    return digest.hexdigest()


def _files(folder: Traversable, path: str) -> list[tuple[str, bytes]]:
    found = []
    for entry in folder.iterdir():
        if entry.is_dir():
            found += _files(entry, f"{path}{entry.name}/")
        elif not entry.name.endswith(".pyc"):
            found.append((path + entry.name, entry.read_bytes()))
    return found
