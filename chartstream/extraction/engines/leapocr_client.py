"""The protocol of LeapOCR: a job a page, uploaded in parts, asked after until it is done, fetched, deleted."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from chartstream.errors import ChartstreamError, Problem, Rejected, Transient
from chartstream.remote import Deadline, RemoteService, refusal

log = logging.getLogger(__name__)

Format = Literal["markdown", "structured"]

_NEW_JOB = "ocr/uploads/direct"
_PAGES_AT_ONCE = 100
_FIRST_POLL = 0.5
_LONGEST_POLL = 5.0


class _Answer(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Part(_Answer):
    part_number: int = Field(ge=1)
    start_byte: int = Field(ge=0)
    end_byte: int
    """Inclusive."""
    upload_url: str = Field(min_length=1)


class _Upload(_Answer):
    job_id: str = Field(pattern=r"^[A-Za-z0-9_-]{1,100}$")
    parts: tuple[_Part, ...] = Field(min_length=1)


class _Status(_Answer):
    status: str
    processed_pages: int = 0
    total_pages: int = 0


class _Bounds(_Answer):
    x: float
    y: float
    width: float
    height: float


class LeapBlock(_Answer):
    """A piece of a page with its place, in pixels of ``LeapPage.dimensions``."""

    text: str = ""
    type: str = ""
    bounds: _Bounds | None = None


class _Dimensions(_Answer):
    width: float = Field(gt=0)
    height: float = Field(gt=0)


class LeapPage(_Answer):
    """A page as the service read it: ``result`` is Markdown, or an object of the schema that was asked for."""

    page_number: int
    result: str | dict[str, Any] | list[Any] | None = None
    confidence: float | None = Field(default=None, ge=0, le=1)
    bounding_boxes: tuple[LeapBlock, ...] | None = None
    dimensions: _Dimensions | None = None


class _Pagination(_Answer):
    page: int = 1
    total_pages: int = 1


class _Result(_Answer):
    pages: tuple[LeapPage, ...] = ()
    credits_used: float | None = None
    pagination: _Pagination | None = None


@dataclass(frozen=True, slots=True)
class LeapReading:
    """What came of a job. ``missing``: how many of its pages the service could not read."""

    pages: tuple[LeapPage, ...]
    credits: float | None
    missing: int


AnswerT = TypeVar("AnswerT", bound=_Answer)


class LeapOcrClient:
    """One account of the service.

    Every method raises ``Transient`` when the service is out of reach, slow, broken or without credits,
    ``ConfigurationError`` for a key, address or model that it does not know, ``Rejected`` for what it will not read.
    """

    def __init__(self, service: RemoteService) -> None:
        self._service = service

    def read(self, content: bytes, media_type: str, options: Mapping[str, Any], deadline: Deadline) -> LeapReading:
        """Have a file read; ``options`` as the service names them (format, model, schema, instructions, …).

        The job is deleted there afterwards, read or not: the service would keep the page for days.
        """
        upload = self._begin(content, media_type, options, deadline)
        try:
            tags = [self._upload(part, content, deadline) for part in upload.parts]
            self._complete(upload.job_id, tags, deadline)
            status = self._await(upload.job_id, deadline)
            return self._fetch(upload.job_id, status, deadline)
        finally:
            self._delete(upload.job_id)

    def _begin(self, content: bytes, media_type: str, options: Mapping[str, Any], deadline: Deadline) -> _Upload:
        # The name says nothing of whose page it is.
        name = f"page.{media_type.rpartition('/')[2]}"
        asked = {**options, "file_name": name, "file_size": len(content), "content_type": media_type}
        upload = self._ask(_Upload, "POST", _NEW_JOB, deadline, json=asked)
        place = 0
        for part in upload.parts:
            if part.start_byte != place or part.end_byte < place:
                raise Transient(f"{self._service.title} asked for parts that are not the file; it is tried again")
            place = part.end_byte + 1
        if place != len(content):
            raise Transient(f"{self._service.title} asked for parts that are not the file; it is tried again")
        return upload

    def _upload(self, part: _Part, content: bytes, deadline: Deadline) -> dict[str, Any]:
        answer = self._service.upload(part.upload_url, content[part.start_byte : part.end_byte + 1], deadline)
        tag = answer.headers.get("ETag", "").strip('"')
        if not answer.is_success or not tag:
            # Above all 403: the address was signed for some minutes, which have passed. A new job has new ones.
            raise Transient(
                f"{self._service.title} did not take a part of a page: HTTP {answer.status_code}; it is tried again"
            )
        return {"part_number": part.part_number, "etag": tag}

    def _complete(self, job: str, tags: list[dict[str, Any]], deadline: Deadline) -> None:
        answer = self._service.request("POST", f"ocr/uploads/{job}/complete", deadline, json={"parts": tags})
        # 409: an earlier try arrived, and its answer was lost on the way.
        if not answer.is_success and answer.status_code != httpx.codes.CONFLICT:
            raise self._refusal(answer)

    def _await(self, job: str, deadline: Deadline) -> _Status:
        wait = _FIRST_POLL
        while True:
            status = self._ask(_Status, "GET", f"ocr/status/{job}", deadline)
            if status.status in {"completed", "partially_done"}:
                return status
            if status.status == "failed":
                raise Rejected(
                    Problem(
                        "page_not_read",
                        f"{self._service.title} could not read a page",
                        "let it be read by another engine, or send a better copy",
                    )
                )
            self._pause(wait, deadline)
            wait = min(wait * 1.5, _LONGEST_POLL)

    def _fetch(self, job: str, status: _Status, deadline: Deadline) -> LeapReading:
        pages: list[LeapPage] = []
        used: float | None = None
        number, last = 1, 1
        while number <= last:
            answer = self._service.request(
                "GET", f"ocr/result/{job}", deadline, params={"page": number, "limit": _PAGES_AT_ONCE}
            )
            if answer.status_code == httpx.codes.ACCEPTED:  # done, but not yet written where results are read from
                self._pause(_FIRST_POLL, deadline)
                continue
            result = self._parsed(_Result, answer)
            pages += result.pages
            used = result.credits_used if result.credits_used is not None else used
            last = result.pagination.total_pages if result.pagination else number
            number += 1
        missing = max(0, status.total_pages - len(pages))
        return LeapReading(tuple(sorted(pages, key=lambda page: page.page_number)), used, missing)

    def _delete(self, job: str) -> None:
        try:
            answer = self._service.request("DELETE", f"ocr/delete/{job}", Deadline(self._service.patience.answer))
        except ChartstreamError as error:
            log.warning("a job could not be deleted at %s: %s", self._service.title, error)
            return
        if not answer.is_success and answer.status_code != httpx.codes.NOT_FOUND:
            log.warning("a job could not be deleted at %s: HTTP %d", self._service.title, answer.status_code)

    def _pause(self, seconds: float, deadline: Deadline) -> None:
        if deadline.left() <= seconds:
            raise Transient(f"{self._service.title} did not read a page in time; it is tried again")
        self._service.sleep(seconds)

    def _ask(
        self, kind: type[AnswerT], method: str, path: str, deadline: Deadline, json: Mapping[str, Any] | None = None
    ) -> AnswerT:
        return self._parsed(kind, self._service.request(method, path, deadline, json=json))

    def _parsed(self, kind: type[AnswerT], answer: httpx.Response) -> AnswerT:
        if not answer.is_success:
            raise self._refusal(answer)
        try:
            return kind.model_validate_json(answer.content)
        except ValidationError:
            raise Transient(f"{self._service.title} answered with what is no answer; it is tried again") from None

    def _refusal(self, answer: httpx.Response) -> ChartstreamError:
        """By status and the service's code. Its message may quote the page, so it goes nowhere."""
        try:
            code = _Error.model_validate_json(answer.content).code
        except ValidationError:
            code = ""
        if answer.status_code == httpx.codes.NOT_FOUND and not answer.request.url.path.endswith(_NEW_JOB):
            return Transient(f"{self._service.title} no longer knows a job; the page is sent again")
        return refusal(self._service.title, answer.status_code, code)


class _Error(_Answer):
    code: str = Field(default="", pattern=r"^[A-Za-z0-9_.-]{0,60}$")
