"""The registry client against a stand-in that speaks the Confluent protocol, answers wrongly, or not at all."""

from __future__ import annotations

import base64
import contextlib
import json
import logging
import threading
import time
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from chartstream.errors import ConfigurationError, Transient, Undecodable, UnknownSchema
from chartstream.events import registry, schema
from chartstream.events.registry import REST_SECONDS, ConfluentRegistry

NOTE = schema.current("NoteSubmitted")
AUDIT = schema.current("AuditRecord")
SUBJECT = "/subjects/notes.submitted-value"
SCHEMA_NOT_FOUND = (404, {"error_code": 40403, "message": "Schema not found"})


class StandIn:
    """Subjects, versions, ids and levels in memory; ``answers`` replaces the answer to a method and path."""

    def __init__(self) -> None:
        self.schemas: list[str] = []
        self.subjects: dict[str, list[int]] = {}
        self.levels: dict[str, str] = {}
        self.answers: dict[tuple[str, str], tuple[int, Any]] = {}
        self.requests: list[tuple[str, str]] = []
        self.authorization: list[str | None] = []
        self.delay = 0.0

    def answer(self, method: str, path: str, body: dict[str, Any]) -> tuple[int, Any]:
        self.requests.append((method, path))
        time.sleep(self.delay)
        if (method, path) in self.answers:
            return self.answers[method, path]
        match path.strip("/").split("/"):
            case ["config"]:
                return 200, {"compatibilityLevel": "BACKWARD"}
            case ["config", subject]:
                return self._level(method, subject, body)
            case ["subjects", subject, *versions]:
                return self._subject(subject, body["schema"], register=bool(versions))
            case ["schemas", "ids", number] if int(number) <= len(self.schemas):
                return 200, {"schema": self.schemas[int(number) - 1]}
        return SCHEMA_NOT_FOUND

    def _level(self, method: str, subject: str, body: dict[str, Any]) -> tuple[int, Any]:
        if method == "PUT":
            self.levels[subject] = body["compatibility"]
            return 200, body
        if subject in self.levels:
            return 200, {"compatibilityLevel": self.levels[subject]}
        return 404, {"error_code": 40408, "message": "no level of its own"}

    def _subject(self, subject: str, text: str, *, register: bool) -> tuple[int, Any]:
        known = next((i for i in self.subjects.get(subject, []) if self.schemas[i - 1] == text), None)
        if known is None and not register:
            return SCHEMA_NOT_FOUND if subject in self.subjects else (404, {"error_code": 40401, "message": "none"})
        if known is None:
            self.schemas.append(text)
            known = len(self.schemas)
            self.subjects.setdefault(subject, []).append(known)
        return 200, {"id": known, "subject": subject, "version": 1, "schema": text}


class Handler(BaseHTTPRequestHandler):
    stand_in: StandIn

    def _handle(self) -> None:
        length = int(self.headers.get("content-length") or 0)
        body = json.loads(self.rfile.read(length) or b"{}")
        self.stand_in.authorization.append(self.headers.get("authorization"))
        status, content = self.stand_in.answer(self.command, self.path.partition("?")[0], body)
        data = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        with contextlib.suppress(BrokenPipeError):  # the client waited long enough and left
            self.wfile.write(data)

    do_GET = do_POST = do_PUT = _handle  # noqa: N815 - names of the base class

    def log_message(self, *_: object) -> None:
        """Say nothing."""


class Watch:
    """A monotonic clock that stands until it is moved."""

    seconds = 0.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def stand_in() -> StandIn:
    return StandIn()


@pytest.fixture
def url(stand_in: StandIn) -> Iterator[str]:
    server = ThreadingHTTPServer(("127.0.0.1", 0), type("Bound", (Handler,), {"stand_in": stand_in}))
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


@pytest.fixture
def watch() -> Watch:
    return Watch()


@pytest.fixture
def client(url: str, watch: Watch) -> ConfluentRegistry:
    return ConfluentRegistry(url, watch)


def test_a_new_schema_is_registered_once_under_full_transitive(client: ConfluentRegistry, stand_in: StandIn) -> None:
    number = client.id_of("notes.submitted", NOTE)
    assert stand_in.subjects == {"notes.submitted-value": [number]}
    assert stand_in.levels == {"notes.submitted-value": "FULL_TRANSITIVE"}
    asked = len(stand_in.requests)
    assert client.id_of("notes.submitted", NOTE) == number
    assert client.schema_of(number).fingerprint == NOTE.fingerprint
    assert client.schema_of(number).name == "NoteSubmitted"
    assert len(stand_in.requests) == asked + 1


def test_a_known_schema_is_only_looked_up(client: ConfluentRegistry, stand_in: StandIn, url: str) -> None:
    number = client.id_of("notes.submitted", NOTE)
    stand_in.requests.clear()
    assert ConfluentRegistry(url).id_of("notes.submitted", NOTE) == number
    assert stand_in.requests == [("POST", SUBJECT)]


@pytest.mark.parametrize(
    ("level", "written"), [("NONE", True), ("BACKWARD", True), ("FULL_TRANSITIVE", False), (None, True)]
)
def test_a_weaker_level_is_raised_before_a_version_is_added(
    level: str | None, written: bool, client: ConfluentRegistry, stand_in: StandIn
) -> None:
    if level is not None:
        stand_in.levels["notes.submitted-value"] = level
    client.id_of("notes.submitted", NOTE)
    assert stand_in.levels["notes.submitted-value"] == "FULL_TRANSITIVE"
    puts = [at for at, (method, _) in enumerate(stand_in.requests) if method == "PUT"]
    assert bool(puts) == written
    assert not puts or puts[0] < stand_in.requests.index(("POST", f"{SUBJECT}/versions"))


def test_only_an_unknown_id_is_an_unknown_schema(client: ConfluentRegistry, stand_in: StandIn) -> None:
    with pytest.raises(UnknownSchema, match="77"):
        client.schema_of(77)
    stand_in.answers["GET", "/schemas/ids/78"] = (404, b"<html>nginx</html>")
    with pytest.raises(Transient, match="path in its URL") as raised:
        client.schema_of(78)
    assert not isinstance(raised.value, UnknownSchema)


@pytest.mark.parametrize("text", ['{"type": "object"}', '"string"', "[]", "syntax = 'proto3';", "null"])
def test_the_schema_of_another_application_is_undecodable(
    text: str, client: ConfluentRegistry, stand_in: StandIn
) -> None:
    stand_in.schemas.append(text)
    with pytest.raises(Undecodable, match="schema id 1 is no Avro record"):
        client.schema_of(1)


@pytest.mark.parametrize("status", [409, 422])
def test_a_refused_schema_waits_and_says_why(status: int, client: ConfluentRegistry, stand_in: StandIn) -> None:
    stand_in.answers["POST", f"{SUBJECT}/versions"] = (status, {"error_code": status, "message": "needs a default"})
    with pytest.raises(Transient, match=r"refuses the schema of notes\.submitted-value.*needs a default"):
        client.id_of("notes.submitted", NOTE)
    del stand_in.answers["POST", f"{SUBJECT}/versions"]
    assert client.id_of("notes.submitted", NOTE) == 1


@pytest.mark.parametrize("status", [401, 403, 429, 500, 502, 503])
@pytest.mark.parametrize("body", [{"error_code": 1, "message": "no"}, b"<html>"])
def test_other_answers_are_transient(status: int, body: object, client: ConfluentRegistry, stand_in: StandIn) -> None:
    stand_in.answers |= {("POST", SUBJECT): (status, body), ("GET", "/schemas/ids/1"): (status, body)}
    for question in (lambda: client.id_of("notes.submitted", NOTE), lambda: client.schema_of(1)):
        with pytest.raises(Transient) as raised:
            question()
        assert not isinstance(raised.value, UnknownSchema)


def test_an_answer_that_is_no_json_is_transient(client: ConfluentRegistry, stand_in: StandIn) -> None:
    stand_in.answers["GET", "/schemas/ids/1"] = (200, b"<html>log in first</html>")
    with pytest.raises(Transient):
        client.schema_of(1)


def test_nobody_there_is_transient(watch: Watch) -> None:
    with pytest.raises(Transient, match="cannot be reached: ConnectError"):
        ConfluentRegistry("http://127.0.0.1:1", watch).schema_of(1)


def test_a_registry_that_hangs_costs_one_timeout_and_rests(
    url: str, stand_in: StandIn, watch: Watch, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(registry, "TIMEOUT_SECONDS", 0.2)
    client = ConfluentRegistry(url, watch)
    stand_in.delay = 1.0
    begun = time.monotonic()
    for _ in range(50):
        with pytest.raises(Transient):
            client.schema_of(1)
    assert time.monotonic() - begun < 0.9
    stand_in.delay = 0.0
    stand_in.schemas.append(AUDIT.text)
    watch.seconds += REST_SECONDS
    assert client.schema_of(1).name == "AuditRecord"


def test_credentials_in_the_url_are_sent_and_never_logged(
    url: str, stand_in: StandIn, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    client = ConfluentRegistry(url.replace("http://", "http://loader:s%3Acret%40x@"))
    client.id_of("notes.submitted", NOTE)
    assert set(stand_in.authorization) == {"Basic " + base64.b64encode(b"loader:s:cret@x").decode()}
    assert not any(secret in caplog.text for secret in ("s%3Acret", "s:cret"))


@pytest.mark.parametrize("given", ["", "registry:8081", "ftp://user:secret@host", "http://", "http://a,b"])
def test_no_url_is_named_without_its_value(given: str) -> None:
    with pytest.raises(ConfigurationError, match="CHARTSTREAM_SCHEMA_REGISTRY_URL") as raised:
        ConfluentRegistry(given)
    assert "secret" not in str(raised.value)


@pytest.mark.parametrize(("status", "remedy"), [(401, "password"), (403, "right to read"), (404, "path")])
def test_the_check_finds_what_an_operator_must_mend(
    status: int, remedy: str, client: ConfluentRegistry, stand_in: StandIn
) -> None:
    stand_in.answers["GET", "/config"] = (status, b"<html>")
    with pytest.raises(ConfigurationError, match=remedy):
        client.check()


@pytest.mark.parametrize("status", [200, 500, 503])
def test_the_check_lets_a_registry_be_away(status: int, client: ConfluentRegistry, stand_in: StandIn) -> None:
    stand_in.answers["GET", "/config"] = (status, {"compatibilityLevel": "NONE"})
    client.check()
    assert stand_in.requests == [("GET", "/config")]
