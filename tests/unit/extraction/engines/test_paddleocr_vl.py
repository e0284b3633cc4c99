"""PaddleOCR-VL against a server that speaks the protocol of chat completions."""

from __future__ import annotations

import base64
import json
import math
import threading
from io import BytesIO
from typing import Any

import numpy as np
import pytest
from PIL import Image as Pillow

from chartstream.errors import ConfigurationError, Rejected, Transient
from chartstream.extraction.engines.chat import Backend, ChatModel
from chartstream.extraction.engines.paddleocr_vl import Block, LayoutModel, PaddleOcrVl, Task
from chartstream.extraction.fragments import Box
from chartstream.remote import Patience, RemoteService
from tests.standin import Answer, Asked, Sleeps, serving
from tests.unit.paper import paper

MARKDOWN = "## ASSESSMENT\n\n1. Gout of the left foot.\n\n<fcel>Urate<fcel>8.9<nl>"
PAGE = paper(1600, 800)


class VlServer:
    """Answers by prompt; faults come first, in their order. A request that the real servers would refuse gets a 400."""

    def __init__(self, answers: dict[str, str], *faults: Answer, logprob: float | None = None) -> None:
        self.answers, self.faults, self.logprob = answers, list(faults), logprob
        self.asked: list[dict[str, Any]] = []
        self.sizes: list[tuple[int, int]] = []
        self.headers: list[dict[str, str]] = []
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        with self._lock:
            self.headers.append(asked.headers)
            if self.faults:
                return self.faults.pop(0)
            if (asked.method, asked.path) != ("POST", "/v1/chat/completions"):
                return Answer(404)
            body = json.loads(asked.body)
            self.asked.append(body)
            place, prompt = body["messages"][0]["content"]
            if place["type"] != "image_url" or prompt["type"] != "text" or body["model"] != "vl":
                return Answer(400)
            kind, _, content = place["image_url"]["url"].partition(";base64,")
            assert kind == "data:image/png"
            with Pillow.open(BytesIO(base64.b64decode(content))) as image:
                self.sizes.append(image.size)
            return completion(self.answers[prompt["text"]], self.logprob)


def completion(text: str, logprob: float | None = None, reason: str = "stop") -> Answer:
    # Tokens that do not fall together with words.
    tokens = [text[begin : begin + 3] for begin in range(0, len(text), 3)]
    scored = {"content": [{"token": token, "logprob": logprob} for token in tokens]} if logprob is not None else None
    choice = {"message": {"role": "assistant", "content": text}, "finish_reason": reason, "logprobs": scored}
    return Answer(body=json.dumps({"choices": [choice]}).encode())


def read(
    server: VlServer,
    *,
    layout: LayoutModel | None = None,
    task: Task = "ocr",
    backend: Backend = "vllm",
    key: str | None = None,
    sleeps: Sleeps | None = None,
    patience: Patience | None = None,
    page: Any = PAGE,
) -> Any:
    with serving(server) as address:
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        service = RemoteService("VL", f"{address}/v1", headers, patience or Patience(), sleeps or Sleeps())
        model = ChatModel(service, "vl", backend, unscored=0.7)
        try:
            return PaddleOcrVl(model, "vl test", layout=layout, task=task).read(page)
        finally:
            service.close()


def test_a_page_in_one_piece_has_lines_in_order_and_no_places() -> None:
    server = VlServer({"OCR:": MARKDOWN})
    page = read(server, key="secret")
    assert [line.text for line in page.fragments] == ["ASSESSMENT", "1. Gout of the left foot.", "Urate | 8.9"]
    assert [line.bold for line in page.fragments] == [True, False, False]
    assert page.ordered
    assert {word.box for line in page.fragments for word in line.words} == {Box(0, 0, 1600, 800)}
    assert {word.confidence for line in page.fragments for word in line.words} == {0.7}
    assert server.asked[0]["temperature"] == 0
    assert server.asked[0]["max_completion_tokens"] == 8192
    assert server.headers[0]["authorization"] == "Bearer secret"


def test_a_words_score_is_the_probability_of_its_tokens() -> None:
    page = read(VlServer({"OCR:": "Gouty arthropathy"}, logprob=math.log(0.9)))
    # Tokens: "Gou", "ty ", "art", "hro", "pat", "hy"
    assert [word.confidence for word in page.fragments[0].words] == [
        pytest.approx(0.9**2, abs=1e-4),
        pytest.approx(0.9**4, abs=1e-4),
    ]


@pytest.mark.parametrize(("backend", "limit"), [("llama-cpp", "max_tokens"), ("fastdeploy", "max_completion_tokens")])
def test_backends_are_asked_in_their_own_words(backend: Backend, limit: str) -> None:
    server = VlServer({"OCR:": "x"})
    read(server, backend=backend)
    assert server.asked[0][limit] == 8192
    greedy = {"temperature": 1, "top_p": 0} if backend == "fastdeploy" else {"temperature": 0}
    assert {name: server.asked[0][name] for name in ("temperature", "top_p") if name in server.asked[0]} == greedy


def test_with_a_layout_model_each_block_is_asked_for_by_its_kind() -> None:
    blocks = [
        Block("paragraph_title", Box(0, 0, 800, 50)),
        Block("table", Box(100, 60, 700, 300)),
        Block("header_image", Box(900, 0, 1000, 50)),
        Block("seal", Box(1200, 600, 1500, 790)),
        Block("text", Box(50, 790, 50, 790.5)),
    ]
    server = VlServer(
        {"OCR:": "Laboratory", "Table Recognition:": "<fcel>Urate<fcel>8.9<nl>", "Seal Recognition:": "RECEIVED"}
    )
    page = read(server, layout=lambda _: blocks)
    assert [(line.text, line.box, line.bold) for line in page.fragments] == [
        ("Laboratory", blocks[0].box, True),
        ("Urate | 8.9", blocks[1].box, False),
        ("RECEIVED", blocks[3].box, False),
    ]
    assert sorted(server.sizes) == [(301, 191), (601, 241), (801, 51)]


def test_spotting_gives_each_line_its_place() -> None:
    corners = "".join(f"<|LOC_{n}|>" for n in (100, 250, 500, 250, 500, 300, 100, 300))
    server = VlServer({"Spotting:": f"Plan: rest{corners}Follow up"})
    page = read(server, task="spotting", page=paper(1000, 800))
    assert not page.ordered
    assert server.sizes == [(2000, 1600)]
    assert not server.asked[0]["skip_special_tokens"]
    first, last = page.fragments
    assert (first.text, last.text) == ("Plan: rest", "Follow up")
    assert first.words[0].box == Box(100, 200, 300, 240)
    assert last.box == Box(0, 0, 1000, 800)


def test_a_busy_server_is_asked_again_at_growing_intervals() -> None:
    sleeps = Sleeps()
    server = VlServer(
        {"OCR:": "Plan"}, Answer(503), Answer(429, headers={"Retry-After": "7"}), Answer(cut=True, body=b"{" * 99)
    )
    page = read(server, sleeps=sleeps)
    assert page.fragments[0].text == "Plan"
    assert sleeps.waited == [0.5, 7.0, 2.0]


def test_a_server_that_stays_away_is_transient() -> None:
    sleeps = Sleeps()
    with pytest.raises(Transient, match="HTTP 500"):
        read(VlServer({}, *[Answer(500)] * 9), sleeps=sleeps)
    assert len(sleeps.waited) == 3


def test_no_server_at_all_is_transient() -> None:
    service = RemoteService("VL", "http://127.0.0.1:9/v1", {}, Patience(), Sleeps())
    with pytest.raises(Transient, match="ConnectError"):
        PaddleOcrVl(ChatModel(service, "vl", "vllm", 0.7), "vl").read(PAGE)


def test_a_slow_server_is_left_in_time() -> None:
    patience = Patience(answer=0.2, attempts=2)
    with pytest.raises(Transient, match="ReadTimeout"):
        read(VlServer({}, *[Answer(delay=0.6)] * 2), patience=patience)


@pytest.mark.parametrize(
    ("answer", "error"),
    [
        (Answer(401), ConfigurationError),
        (Answer(404), ConfigurationError),
        (Answer(302, headers={"Location": "http://127.0.0.1:9/"}), ConfigurationError),
        (Answer(400), Rejected),
        (Answer(413), Rejected),
        (Answer(body=b'{"choices": []}'), Transient),
        (Answer(body=b"<html>"), Transient),
        (completion("the the the", reason="length"), Rejected),
    ],
)
def test_answers_that_are_no_reading(answer: Answer, error: type[Exception]) -> None:
    with pytest.raises(error) as caught:
        read(VlServer({}, answer), key="secret")
    assert "secret" not in str(caught.value)
    assert "the the" not in str(caught.value)


def test_an_address_that_is_none_is_the_operators_matter() -> None:
    service = RemoteService("VL", "ftp://host/v1", {}, Patience(), Sleeps())
    with pytest.raises(ConfigurationError, match="http"):
        PaddleOcrVl(ChatModel(service, "vl", "vllm", 0.7), "vl").read(PAGE)


def test_a_large_page_travels_as_jpeg(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("chartstream.extraction.engines.page_file.LARGE_FILE", 100_000)
    noise = np.random.default_rng(3).integers(0, 255, (400, 400, 3), dtype=np.uint8)
    seen: list[str] = []

    def service(asked: Asked) -> Answer:
        seen.append(json.loads(asked.body)["messages"][0]["content"][0]["image_url"]["url"][:16])
        return completion("x")

    with serving(service) as address:
        remote = RemoteService("VL", f"{address}/v1", {}, Patience(), Sleeps())
        PaddleOcrVl(ChatModel(remote, "vl", "vllm", 0.7), "vl").read(noise)
        remote.close()
    assert seen == ["data:image/jpeg;"]
