"""Chat completions with one image, as vLLM, SGLang, llama.cpp and FastDeploy serve them (the protocol of OpenAI)."""

from __future__ import annotations

import base64
import math
from typing import Literal

from pydantic import BaseModel, ConfigDict, ValidationError

from chartstream.errors import Problem, Rejected, Transient
from chartstream.extraction.engines.engine import Image
from chartstream.extraction.engines.page_file import page_file
from chartstream.remote import Deadline, RemoteService, refusal

Backend = Literal["vllm", "sglang", "fastdeploy", "mlx-vlm", "llama-cpp"]

MOST_TOKENS = 8192
"""What PaddleX asks of this model for one block at most."""


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Token(_Loose):
    token: str
    logprob: float


class _Logprobs(_Loose):
    content: tuple[_Token, ...] | None = None


class _Message(_Loose):
    content: str | None = None


class _Choice(_Loose):
    message: _Message
    finish_reason: str | None = None
    logprobs: _Logprobs | None = None


class _Completion(_Loose):
    choices: tuple[_Choice, ...]


class ScoredText:
    """A model's answer, and for every character of it the probability of the token that it came in.

    ``unscored`` stands for servers that give no probabilities.
    """

    def __init__(self, text: str, tokens: list[tuple[str, float]], unscored: float) -> None:
        self.text = text
        self._unscored = unscored
        self._tokens: list[int] = []
        self._chances: list[float] = []
        whole = "".join(token for token, _ in tokens)
        start = whole.find(text) if tokens else -1
        if start >= 0:
            owners = [number for number, (token, _) in enumerate(tokens) for _ in token]
            self._tokens = owners[start : start + len(text)]
            self._chances = [math.exp(min(0.0, logprob)) for _, logprob in tokens]
        self._cursor = 0

    def score(self, word: str) -> float:
        """The probability of a word: that of all its tokens together. Words are asked for in the text's order.

        A word that stands otherwise in the answer (an entity written out, say) has the lowest of what it stands in.
        """
        if not self._tokens:
            return self._unscored
        begin = self.text.find(word, self._cursor)
        if begin < 0:
            return round(min(self._chances), 4)
        self._cursor = begin + len(word)
        used = dict.fromkeys(self._tokens[begin : self._cursor])
        return round(math.prod(self._chances[number] for number in used), 4)


class ChatModel:
    """A vision-language model behind a server; ``model`` is the name under which it is served there."""

    def __init__(self, service: RemoteService, model: str, backend: Backend, unscored: float) -> None:
        self._service, self._model, self._backend, self._unscored = service, model, backend, unscored

    def ask(self, image: Image, prompt: str, deadline: Deadline, *, special: bool = False) -> ScoredText:
        """What the model writes about an image; ``special``: with the tokens for places.

        Raises ``Transient`` when the server is out of reach or does not answer in its protocol, ``Rejected`` when it
        refuses the image or its answer has no end, ``ConfigurationError`` for a key or model that it does not know.
        """
        response = self._service.request(
            "POST", "chat/completions", deadline, json=self._body(image, prompt, special=special)
        )
        if response.status_code != 200:
            raise refusal(self._service.title, response.status_code)
        try:
            answer = _Completion.model_validate_json(response.content)
            choice = answer.choices[0]
        except (ValidationError, IndexError):
            raise Transient(f"{self._service.title} answered with no chat completion; it is tried again") from None
        if choice.finish_reason == "length":
            # Greedy decoding that runs into the limit repeats itself: the rest of the page is lost.
            raise Rejected(
                Problem(
                    "page_without_end",
                    f"{self._service.title} wrote {MOST_TOKENS} tokens about a page and came to no end",
                    "let it be read by another engine, or send a better copy",
                )
            )
        given = choice.logprobs.content if choice.logprobs and choice.logprobs.content else ()
        tokens = [(token.token, token.logprob) for token in given]
        return ScoredText(choice.message.content or "", tokens, self._unscored)

    def _body(self, image: Image, prompt: str, *, special: bool) -> dict[str, object]:
        content, media_type = page_file(image)
        place = f"data:{media_type};base64,{base64.b64encode(content).decode('ascii')}"
        limit = "max_tokens" if self._backend in {"llama-cpp", "mlx-vlm"} else "max_completion_tokens"
        # FastDeploy does not take a temperature of nought: as PaddleX does, only the likeliest token is let through.
        greedy: dict[str, object] = {"temperature": 0}
        if self._backend == "fastdeploy":
            greedy = {"temperature": 1, "top_p": 0}
        return {
            "model": self._model,
            "messages": [
                {
                    "role": "user",
                    "content": [
                        {"type": "image_url", "image_url": {"url": place}},
                        {"type": "text", "text": prompt},
                    ],
                }
            ],
            limit: MOST_TOKENS,
            "logprobs": True,
            "skip_special_tokens": not special,
            **greedy,
        }
