"""A stand-in for LeapOCR that keeps to its protocol strictly: requests that the service would refuse are noted."""

from __future__ import annotations

import hashlib
import json
import threading
from collections import defaultdict
from typing import Any

from tests.standin import Answer, Asked

KEY = "key-of-the-site"
PART = 1000
"""Bytes of a part: small, so that every page has several."""


class LeapServer:
    """One account. ``pages`` are the results, ``faults`` answers that come first, by step of the protocol.

    Steps: begin, upload, complete, status, result, delete. ``statuses`` come one after the other, the last for ever.
    """

    def __init__(
        self, *pages: dict[str, Any], statuses: tuple[str, ...] = ("pending", "processing", "completed")
    ) -> None:
        self.pages = [{"page_number": number, **page} for number, page in enumerate(pages, 1)]
        self.statuses = list(statuses)
        self.faults: dict[str, list[Answer]] = defaultdict(list)
        self.total_pages = len(pages)
        self.credits: float | None = 2
        self.page_size = 1
        self.address = ""
        self.wrong: list[str] = []
        self.options: dict[str, Any] = {}
        self.content = b""
        self.jobs: list[str] = []
        self.deleted: list[str] = []
        self.parts_asked = PART
        self._parts: dict[int, bytes] = {}
        self._done = False
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        with self._lock:
            step = self._step(asked)
            if self.faults[step]:
                return self.faults[step].pop(0)
            if not step:
                return self._refused(404, f"no such address: {asked.path}")
            reply: Answer = getattr(self, f"_{step}")(asked)
            return reply

    def _step(self, asked: Asked) -> str:
        path = asked.path.partition("?")[0]
        if path.startswith("/storage/"):
            if "x-api-key" in asked.headers:
                self.wrong.append("the key was sent to the storage")
            return "upload" if asked.method == "PUT" else ""
        if asked.headers.get("x-api-key") != KEY:
            return "unknown_key"
        rest = path.removeprefix("/api/v1/ocr/")
        if (asked.method, rest) == ("POST", "uploads/direct"):
            return "begin"
        job = self.jobs[-1] if self.jobs else "none"
        return {
            ("POST", f"uploads/{job}/complete"): "complete",
            ("GET", f"status/{job}"): "status",
            ("GET", f"result/{job}"): "result",
            ("DELETE", f"delete/{job}"): "delete",
        }.get((asked.method, rest), "")

    def _unknown_key(self, asked: Asked) -> Answer:
        del asked
        return error(401, "invalid_api_key")

    def _begin(self, asked: Asked) -> Answer:
        self.options = json.loads(asked.body)
        size = self.options["file_size"]
        if self.options["content_type"] not in {"image/png", "image/jpeg"}:
            return self._refused(415, "not an image")
        if (self.options["format"] == "structured") is not ("schema" in self.options):
            return self._refused(422, "a schema goes with the structured format")
        self.jobs.append(f"job-{len(self.jobs) + 1}")
        self._parts, self._done = {}, False
        parts = [
            {
                "part_number": number,
                "start_byte": begin,
                "end_byte": min(begin + self.parts_asked, size) - 1,
                "upload_url": f"{self.address}/storage/{self.jobs[-1]}/{number}?signature=abc",
            }
            for number, begin in enumerate(range(0, size, self.parts_asked), 1)
        ]
        return answer({"job_id": self.jobs[-1], "upload_type": "multipart", "parts": parts})

    def _upload(self, asked: Asked) -> Answer:
        number = int(asked.path.partition("?")[0].rpartition("/")[2])
        size = self.options["file_size"]
        expected = min(self.parts_asked, size - (number - 1) * self.parts_asked)
        if len(asked.body) != expected:
            return self._refused(400, f"part {number} has {len(asked.body)} bytes, not {expected}")
        self._parts[number] = asked.body
        return Answer(headers={"ETag": f'"{tag(asked.body)}"'})

    def _complete(self, asked: Asked) -> Answer:
        given = [(part["part_number"], part["etag"]) for part in json.loads(asked.body)["parts"]]
        if given != [(number, tag(content)) for number, content in sorted(self._parts.items())]:
            return error(400, "invalid_parts")
        self.content = b"".join(content for _, content in sorted(self._parts.items()))
        if len(self.content) != self.options["file_size"]:
            return self._refused(400, "parts are missing")
        self._done = True
        return answer({"job_id": self.jobs[-1], "status": "pending"})

    def _status(self, asked: Asked) -> Answer:
        del asked
        if not self._done:
            return self._refused(409, "asked for the status of an upload that is not complete")
        status = self.statuses.pop(0) if len(self.statuses) > 1 else self.statuses[0]
        return answer({"status": status, "processed_pages": len(self.pages), "total_pages": self.total_pages})

    def _result(self, asked: Asked) -> Answer:
        query = dict(pair.split("=") for pair in asked.path.partition("?")[2].split("&"))
        page = int(query["page"])
        chosen = self.pages[(page - 1) * self.page_size : page * self.page_size]
        total = max(1, -(-len(self.pages) // self.page_size))
        if page > total:
            return self._refused(400, "a page of results that is not there")
        return answer(
            {
                "pages": chosen,
                "credits_used": self.credits,
                "pagination": {"page": page, "limit": self.page_size, "total": len(self.pages), "total_pages": total},
            }
        )

    def _delete(self, asked: Asked) -> Answer:
        del asked
        self.deleted.append(self.jobs[-1])
        return answer({"message": "deleted"})

    def _refused(self, status: int, why: str) -> Answer:
        self.wrong.append(why)
        return error(status, "bad_request")


def tag(content: bytes) -> str:
    return hashlib.md5(content, usedforsecurity=False).hexdigest()


def answer(content: dict[str, Any]) -> Answer:
    return Answer(body=json.dumps(content).encode())


def error(status: int, code: str) -> Answer:
    said = {"error": {"message": "Orla Whitcombe: page refused"}, "code": code, "details": {}}
    return Answer(status, json.dumps(said).encode())
