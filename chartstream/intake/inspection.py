"""The checks that every document passes before anything is read from it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from chartstream.errors import Problem, Rejected
from chartstream.events.documents import QualityCheck, Verdict
from chartstream.intake.images import check_image
from chartstream.intake.limits import Limits
from chartstream.intake.media import DOCX, JPEG, PDF, PNG, TEXT, TIFF, media_type_of
from chartstream.intake.pdf import check_pdf
from chartstream.intake.text import check_text
from chartstream.intake.word import check_word


@dataclass(frozen=True, slots=True)
class Inspection:
    """What was found: the true media type, the number of pages where the format has pages, and every measurement."""

    media_type: str
    page_count: int | None
    checks: tuple[QualityCheck, ...]

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Why a person should look at the document before it is read; empty when all is well."""
        return tuple(
            Problem(f"document_{check.name}", check.message, "send a better copy, or accept this one as it is")
            for check in self.checks
            if check.verdict is Verdict.REVIEW
        )


Inspector = Callable[[bytes, str | None], Inspection]
"""Content and declared media type to what was found; raises ``Rejected`` as ``inspect`` does."""

_Checker = Callable[[bytes, Limits], tuple[int | None, list[QualityCheck]]]
_CHECKERS: dict[str, _Checker] = {
    PDF: check_pdf,
    DOCX: check_word,
    PNG: check_image,
    JPEG: check_image,
    TIFF: check_image,
    TEXT: check_text,
}
_DEFAULT_LIMITS = Limits()


def inspect(content: bytes, declared_media_type: str | None, limits: Limits = _DEFAULT_LIMITS) -> Inspection:
    """Check one document.

    Raises ``Rejected`` when it cannot be read at all: ``document_empty``, ``document_too_large``,
    ``document_too_many_pages``, ``document_truncated``, ``document_unreadable``, ``document_encrypted``,
    ``document_has_macros``, ``resolution_too_low``, ``text_undecodable``, ``media_type_unsupported``. The problems
    carry no document id: the caller knows it.
    """
    _check_size(content, limits)
    media_type = media_type_of(content)
    page_count, checks = _CHECKERS[media_type](content, limits)
    size = QualityCheck(
        name="size", value=len(content), unit="byte", verdict=Verdict.ACCEPT, message="within the limit"
    )
    return Inspection(media_type, page_count, (size, _type_check(media_type, declared_media_type), *checks))


def _check_size(content: bytes, limits: Limits) -> None:
    if not content.strip():
        raise Rejected(Problem("document_empty", "the document holds nothing", "submit the document with its content"))
    if len(content) > limits.max_bytes:
        raise Rejected(
            Problem(
                "document_too_large",
                f"the document has {len(content)} bytes, the limit is {limits.max_bytes}",
                "send it in parts, or scan it at 200 dpi in grey",
            )
        )


def _type_check(found: str, declared: str | None) -> QualityCheck:
    same = declared is None or declared.partition(";")[0].strip().lower() in (found, "application/octet-stream")
    message = f"the content is {found}" if same else f"the content is {found}, which is not what was declared"
    verdict = Verdict.ACCEPT if same else Verdict.NORMALISE
    return QualityCheck(name="media_type", verdict=verdict, message=message)
