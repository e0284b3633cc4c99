"""From a submitted document to the documents in it: each behind a claim check of its own, with what was found."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import AcceptedDocument, Document
from chartstream.events.encounter import Patient
from chartstream.events.head import ClaimCheck
from chartstream.formats.media_types import TEXT
from chartstream.intake.envelope import MAX_DEPTH, MAX_PARTS, Part, Source, most_cautious
from chartstream.intake.inspection import Inspection, Inspector
from chartstream.intake.patient import contradictions
from chartstream.ports import DocumentStore

_DEFAULT_MEDIA_TYPE = "application/octet-stream"


@dataclass(frozen=True, slots=True)
class Found:
    """A document that can be read. ``origins`` are the ids of the submitted document and of the envelopes within it
    that carried this one; ``sources`` is what they said of it, the outermost first; ``problems`` is why a person
    should look at it.
    """

    accepted: AcceptedDocument
    origins: tuple[str, ...]
    sources: tuple[Source, ...]
    problems: tuple[Problem, ...]

    @property
    def document(self) -> Document:
        """The document as the event carries it."""
        return self.accepted.document


@dataclass(frozen=True, slots=True)
class _Content:
    """Bytes under a claim check, on their way to be inspected."""

    document: Document
    content: bytes
    check: ClaimCheck
    origins: tuple[str, ...]
    sources: tuple[Source, ...]


class Opener:
    """Opens the documents of one submission."""

    def __init__(self, store: DocumentStore, inspect: Inspector, patient: Patient | None) -> None:
        """``patient`` is the encounter's: a document that is about somebody else is for a person to look at."""
        self._store, self._inspect, self._patient = store, inspect, patient

    def open(self, document: Document) -> list[Found]:
        """The document, and the documents that it carries, in order; an envelope without text of its own is left out.

        Raises ``Rejected`` with problems that name the document or the part at fault, ``Transient`` when the store
        cannot be reached.
        """
        try:
            stored = self._stored(document)
        except Rejected as error:
            raise _naming(error, document.document_id) from error
        found = []
        for each in self._opened(stored):
            found.append(each)
            if len(found) > MAX_PARTS:
                raise Rejected(
                    Problem(
                        "envelope_too_full",
                        f"the document carries more than {MAX_PARTS} documents",
                        "submit them as documents of their own",
                        document.document_id,
                    )
                )
        return found

    def _stored(self, document: Document) -> _Content:
        if isinstance(document.inline_text, str):
            return self._kept(document, document.inline_text.encode(), TEXT, (), ())
        check = document.claim_check
        if check is None:
            raise TypeError("a document without content passed the check of the submission")
        return _Content(document, self._store.get(check.uri, check.sha256), check, (), ())

    def _kept(
        self, document: Document, content: bytes, declared: str, origins: tuple[str, ...], sources: tuple[Source, ...]
    ) -> _Content:
        uri, sha256 = self._store.put(content, declared)
        check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type=declared)
        return _Content(document, content, check, origins, sources)

    def _opened(self, item: _Content) -> Iterator[Found]:
        identity = item.document.document_id
        try:
            inspection = self._inspect(item.content, item.check.media_type)
        except Rejected as error:
            raise _naming(error, identity) from error
        if inspection.parts and len(item.origins) >= MAX_DEPTH:
            raise Rejected(
                Problem(
                    "envelope_too_deep",
                    f"documents are packed into one another more than {MAX_DEPTH} deep",
                    "submit the innermost document by itself",
                    identity,
                )
            )
        sources = (*item.sources, *((inspection.source,) if inspection.source is not None else ()))
        if inspection.readable:
            yield self._found(item, inspection, sources)
        for number, part in enumerate(inspection.parts, 1):
            yield from self._opened(self._part(item, part, f"{identity}.{number}"))

    def _part(self, item: _Content, part: Part, identity: str) -> _Content:
        parent = item.document
        document = parent.model_copy(
            update={"document_id": identity, "part_of": parent.document_id, "inline_text": None, "claim_check": None}
        )
        declared = part.declared_media_type or _DEFAULT_MEDIA_TYPE
        origins, sources = (*item.origins, parent.document_id), (*item.sources, part.source)
        return self._kept(document, part.content, declared, origins, sources)

    def _found(self, item: _Content, inspection: Inspection, sources: tuple[Source, ...]) -> Found:
        check = item.check.model_copy(update={"size_bytes": len(item.content), "media_type": inspection.media_type})
        document = _described(item.document, sources).model_copy(update={"claim_check": check, "inline_text": None})
        problems = [*inspection.problems]
        differing = self._contradictions(sources)
        if differing:
            problems.append(
                Problem(
                    "patient_mismatch",
                    f"the document's {' and '.join(differing)} differ from those of the encounter's patient",
                    "submit the document under its own patient, or confirm that it belongs to this one",
                )
            )
        return Found(
            AcceptedDocument(document=document, page_count=inspection.page_count, checks=inspection.checks),
            item.origins,
            sources,
            tuple(replace(problem, document_id=document.document_id) for problem in problems),
        )

    def _contradictions(self, sources: tuple[Source, ...]) -> list[str]:
        if self._patient is None:
            return []
        stated = [source.patient for source in sources if source.patient is not None]
        return sorted({difference for each in stated for difference in contradictions(self._patient, each)})


def _described(document: Document, sources: tuple[Source, ...]) -> Document:
    """The document with what its envelopes say where the submission says nothing; the innermost knows best."""
    inner = tuple(reversed(sources))
    return document.model_copy(
        update={
            "status": most_cautious([document.status, *(source.status for source in inner)]),
            "kind": document.kind or next((source.kind for source in inner if source.kind), None),
            "author_id": document.author_id or next((source.author_id for source in inner if source.author_id), None),
            "authored_at": document.authored_at
            or next((source.authored_at for source in inner if source.authored_at), None),
        }
    )


def _naming(error: Rejected, document_id: str) -> Rejected:
    return Rejected(*(replace(problem, document_id=document_id) for problem in error.problems))
