"""The checks that every document passes before anything is read from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import QualityCheck, Verdict
from chartstream.formats.media_types import CDA, DOC, DOCX, FHIR, HL7, JPEG, PDF, PNG, RTF, TEXT, TIFF
from chartstream.intake.cda_document import open_cda
from chartstream.intake.envelope import Opened, Part, Source
from chartstream.intake.fhir_resource import open_fhir
from chartstream.intake.findings import Findings
from chartstream.intake.hl7_message import open_hl7
from chartstream.intake.images import check_image
from chartstream.intake.media import media_type_of
from chartstream.intake.pdf import check_pdf
from chartstream.intake.policy import Check, Policy, default_policy
from chartstream.intake.text import check_text
from chartstream.intake.word import check_word
from chartstream.intake.word_processor import check_doc, check_rtf


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found: the true media type, the number of pages where the format has pages, every measurement, and why
    a person should look at the document before it is read (empty when all is well).

    Of an envelope also the documents that it carries, what it says of them, and whether it has text of its own to be
    read. Parts are not inspected themselves.
    """

    media_type: str
    page_count: int | None
    checks: tuple[QualityCheck, ...]
    problems: tuple[Problem, ...] = ()
    parts: tuple[Part, ...] = ()
    source: Source | None = None
    readable: bool = True


Inspector = Callable[[bytes, str | None], Inspection]
"""Content and declared media type to what was found; raises ``Rejected`` as ``inspect`` does."""

_Checker = Callable[[bytes, Findings], int | None]  # gives the number of pages, where the format has pages
_CHECKERS: dict[str, _Checker] = {
    PDF: check_pdf,
    DOCX: check_word,
    DOC: check_doc,
    RTF: check_rtf,
    PNG: check_image,
    JPEG: check_image,
    TIFF: check_image,
    TEXT: check_text,
}
_OPENERS: dict[str, Callable[[bytes, Findings], Opened]] = {HL7: open_hl7, CDA: open_cda, FHIR: open_fhir}


def inspect(content: bytes, declared_media_type: str | None, policy: Policy | None = None) -> Inspection:
    """Check one document by the policy, the packaged one by default.

    Raises ``Rejected`` when it cannot be read at all (``document_truncated``, ``document_unreadable``,
    ``document_encrypted``, ``document_has_macros``, ``document_empty``, ``text_undecodable``,
    ``media_type_unsupported``) and for what the policy rejects, under the code that it names. The problems carry no
    document id: the caller knows it.
    """
    findings = Findings(policy or default_policy())
    if not content.strip():
        raise Rejected(Problem("document_empty", "the document holds nothing", "submit the document with its content"))
    findings.add(Check.SIZE, len(content))
    media_type = media_type_of(content)
    opener = _OPENERS.get(media_type)
    opened = opener(content, findings) if opener is not None else Opened(None, (), readable=True)
    page_count = _CHECKERS[media_type](content, findings) if opener is None else None
    checks, problems = findings.settle()
    checks = (_type_check(media_type, declared_media_type), *checks)
    return Inspection(media_type, page_count, checks, problems, opened.parts, opened.source, opened.readable)


def _type_check(found: str, declared: str | None) -> QualityCheck:
    same = declared is None or declared.partition(";")[0].strip().lower() in (found, "application/octet-stream")
    message = f"the content is {found}" if same else f"the content is {found}, which is not what was declared"
    verdict = Verdict.ACCEPT if same else Verdict.NORMALISE
    return QualityCheck(name="media_type", verdict=verdict, message=message)
