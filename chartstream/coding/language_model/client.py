"""Chat completions that answer in JSON, as OpenAI, vLLM, SGLang, llama.cpp and Ollama serve them.

**The whole note goes to that server.** Which one may have it is the operator's decision.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict, ValidationError

from chartstream.coding.language_model.answer import SCHEMA, Answer, read_answer
from chartstream.errors import Transient
from chartstream.remote import Deadline, RemoteService, refusal

_MOST_TOKENS = 4096
_OK = 200


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore", frozen=True)


class _Message(_Loose):
    content: str | None = None


class _Choice(_Loose):
    message: _Message
    finish_reason: str | None = None


class _Completion(_Loose):
    choices: tuple[_Choice, ...]


class ModelClient:
    """A model behind a server; ``model`` is the name under which it is served, ``seconds`` what a note may take."""

    def __init__(self, service: RemoteService, model: str, seconds: float = 120.0) -> None:
        self.model = model
        self._service = service
        self._seconds = seconds

    def ask(self, messages: Sequence[dict[str, str]]) -> Answer:
        """The codes that the model answers with.

        Raises ``Transient`` when the server does not answer in time or not in its protocol, ``Rejected`` when it
        refuses the note, ``ConfigurationError`` for a key, address or model that it does not know.
        """
        response = self._service.request("POST", "chat/completions", Deadline(self._seconds), json=self._body(messages))
        if response.status_code != _OK:
            raise refusal(self._service.title, response.status_code, subject="note")
        try:
            choice = _Completion.model_validate_json(response.content).choices[0]
        except (ValidationError, IndexError):
            raise Transient(f"{self._service.title} answered with no chat completion") from None
        if choice.finish_reason == "length":
            raise Transient(f"{self._service.title} wrote {_MOST_TOKENS} tokens and came to no end")
        return read_answer(choice.message.content or "")

    def _body(self, messages: Sequence[dict[str, str]]) -> dict[str, Any]:
        return {
            "model": self.model,
            "messages": list(messages),
            "temperature": 0,
            "max_tokens": _MOST_TOKENS,
            "response_format": {
                "type": "json_schema",
                "json_schema": {"name": "codes", "strict": True, "schema": SCHEMA},
            },
        }
