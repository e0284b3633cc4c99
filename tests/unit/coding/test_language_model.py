"""A language model as coder, against a server that speaks the protocol of chat completions."""

from __future__ import annotations

import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from chartstream.coding import Coded, CodingEngine
from chartstream.coding.language_model import LanguageModelCoder, ModelClient
from chartstream.coding.language_model.answer import SCHEMA, ChosenCode, read_answer
from chartstream.coding.language_model.answer import Answer as Choice
from chartstream.coding.model import Document
from chartstream.errors import ConfigurationError, Transient
from chartstream.remote import Patience, RemoteService
from services.coding.coder import configured_coder
from services.coding.settings import LanguageModelSettings
from tests.standin import Answer, Asked, Sleeps, serving
from tests.unit.coding.notes import context, document

NOTE = document(
    {
        "history_of_present_illness": "Ms. Orrin has felt tired since spring.",
        "assessment_and_plan": "1. Hypertension\n2. Cough, possible pneumonia",
    }
)
CHOICE = [
    {"code": "I10", "quotes": ["Hypertension"], "reason": "treated"},
    {"code": "R5383", "quotes": ["felt tired"], "reason": "the complaint"},
]


class ChatServer:
    """Answers with ``content``; faults come first, in their order."""

    def __init__(self, content: str, *faults: Answer, reason: str = "stop") -> None:
        self.content, self.faults, self.reason = content, list(faults), reason
        self.asked: list[dict[str, Any]] = []
        self.headers: list[dict[str, str]] = []
        self._lock = threading.Lock()

    def __call__(self, asked: Asked) -> Answer:
        with self._lock:
            self.headers.append(asked.headers)
            self.asked.append(json.loads(asked.body))
            if self.faults:
                return self.faults.pop(0)
            if (asked.method, asked.path) != ("POST", "/v1/chat/completions"):
                return Answer(404)
            choice = {"message": {"role": "assistant", "content": self.content}, "finish_reason": self.reason}
            return Answer(body=json.dumps({"choices": [choice]}).encode())


def choosing(codes: Any, *faults: Answer) -> ChatServer:
    return ChatServer(json.dumps({"codes": codes}), *faults)


@contextmanager
def coder(engine: CodingEngine, server: ChatServer, **limits: Any) -> Iterator[LanguageModelCoder]:
    with serving(server) as address:
        patience = Patience(**limits) if limits else Patience()
        service = RemoteService("LM", f"{address}/v1", {"Authorization": "Bearer k"}, patience, Sleeps())
        try:
            yield LanguageModelCoder(engine, ModelClient(service, "m-1", seconds=5.0), unproven=0.4)
        finally:
            service.close()


def code(engine: CodingEngine, server: ChatServer, note: Document = NOTE, **limits: Any) -> tuple[Coded, bool]:
    """What was coded, and whether by the engine alone."""
    with coder(engine, server, **limits) as asked:
        coded = asked.code_note([note], context())
        assert coded.by in (None, engine.identity)
        return coded, coded.by is not None


def test_what_it_chooses_and_quotes_is_proposed(engine: CodingEngine) -> None:
    coded, alone = code(engine, choosing(CHOICE))
    assert not alone
    own, added = coded.codes
    assert (own.code, own.sequence, added.code, added.sequence) == ("I10", 1, "R53.83", 2)
    assert own.confidence == engine.code_note([NOTE], context()).codes[0].confidence
    assert added.confidence == 0.4
    (place,) = added.evidence
    assert NOTE.text[place.begin : place.end] == "felt tired"
    assert place.section == "history_of_present_illness"
    assert any("m-1" in step for step in own.explanation.steps)


def test_what_it_leaves_out_is_turned_down_with_the_reason(engine: CodingEngine) -> None:
    coded, _ = code(engine, choosing(CHOICE[:1]))
    assert [line.code for line in coded.codes] == ["I10"]
    left = next(line for line in coded.rejected if line.code == "R05.9")
    assert "m-1 did not choose it" in left.reason


def test_it_may_choose_what_the_engine_turned_down_and_the_step_says_so(engine: CodingEngine) -> None:
    coded, _ = code(engine, choosing([{"code": "J18.9", "quotes": ["possible pneumonia"], "reason": ""}]))
    (line,) = coded.codes
    assert line.confidence == 0.4
    assert any("turned it down: uncertain" in step for step in line.explanation.steps)
    assert "J18.9" not in {other.code for other in coded.rejected}


@pytest.mark.parametrize(
    "choice",
    [
        {"code": "I99.99", "quotes": ["Hypertension"]},
        {"code": "E11", "quotes": ["Hypertension"]},
        {"code": "E11.9", "quotes": ["hypertension"]},
        {"code": "E11.9", "quotes": ["Hypertension", "type 2 diabetes"]},
        {"code": "E11.9", "quotes": ["\n2. "]},
        {"code": "4", "quotes": ["Hypertension"]},
    ],
    ids=["no code", "not billable", "another case", "one of two quotes", "no word", "a chapter"],
)
def test_what_is_no_billable_code_or_not_word_for_word_is_refused(engine: CodingEngine, choice: dict[str, Any]) -> None:
    good = {"code": "I10", "quotes": ["Hypertension"]}
    coded, alone = code(engine, choosing([choice, good]))
    assert not alone
    assert [line.code for line in coded.codes] == ["I10"]
    assert code(engine, choosing([choice]))[1]


@pytest.mark.parametrize(
    "server",
    [
        ChatServer("I think it is hypertension."),
        ChatServer('{"codes": [{"code": "I10"}]}'),
        ChatServer('{"codes": [', reason="length"),
        choosing(CHOICE, Answer(400)),
        choosing(CHOICE, Answer(401)),
        choosing(CHOICE, *[Answer(503)] * 9),
        choosing(CHOICE, *[Answer(body=b'{"choices": []}')]),
        choosing(CHOICE, *[Answer(cut=True, body=b"x" * 400)] * 9),
    ],
    ids=["prose", "no quotes", "no end", "refused", "wrong key", "down", "no completion", "cut short"],
)
def test_its_failures_fall_back_to_the_engine(
    engine: CodingEngine, server: ChatServer, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level("INFO"):
        coded, alone = code(engine, server)
    assert alone
    assert coded.codes == engine.code_note([NOTE], context()).codes
    assert "coded by the engine alone" in caplog.text
    assert "Orrin" not in caplog.text
    assert "ypertension" not in caplog.text


def test_a_server_that_is_too_slow_is_not_waited_for(engine: CodingEngine) -> None:
    assert code(engine, choosing(CHOICE, Answer(delay=1.0)), answer=0.2, attempts=1)[1]


def test_a_busy_server_is_asked_again(engine: CodingEngine) -> None:
    server = choosing(CHOICE, Answer(429, headers={"Retry-After": "1"}))
    assert not code(engine, server)[1]
    assert len(server.asked) == 2


def test_it_is_told_the_rules_the_note_and_what_was_considered(engine: CodingEngine) -> None:
    server = choosing(CHOICE)
    code(engine, server)
    (body,) = server.asked
    rules, note = (message["content"] for message in body["messages"])
    assert engine.codes.release.name in rules
    assert "IV.H" in rules
    assert NOTE.text in note
    assert "J18.9" in note
    assert "turned down: uncertain" in note
    assert body["response_format"]["json_schema"]["schema"] == SCHEMA
    assert server.headers[0]["authorization"] == "Bearer k"


def test_a_note_beyond_the_limit_is_not_sent(engine: CodingEngine) -> None:
    server = choosing(CHOICE)
    long = document({"assessment_and_plan": "1. Hypertension\n", "other": "Nothing else was said today. " * 4000})
    assert code(engine, server, long)[1]
    assert server.asked == []


def test_its_identity_is_that_of_engine_model_and_prompt(engine: CodingEngine) -> None:
    with coder(engine, choosing(CHOICE)) as first:
        assert first.identity.sha256 != engine.identity.sha256
        assert "m-1" in first.identity.name
        other = LanguageModelCoder(engine, ModelClient(first._model._service, "m-2"))
    assert other.identity.sha256 != first.identity.sha256


class Says:
    """A model that answers with what a test gives it."""

    model = "says"

    def __init__(self, *codes: ChosenCode) -> None:
        self.codes = codes

    def ask(self, messages: Any) -> Choice:
        return Choice(codes=self.codes)


@given(st.data())
def test_every_code_has_evidence_that_stands_in_the_note(engine: CodingEngine, data: st.DataObject) -> None:
    note = document({"assessment_and_plan": "1. Hypertension\r\n2. Gout \U0001f600, left foot\t(acute)\u00a0flare"})
    begin = data.draw(st.integers(0, len(note.text) - 1))
    quote = note.text[begin : data.draw(st.integers(begin + 1, len(note.text)))]
    names = data.draw(st.lists(st.sampled_from(["I10", "M10.9", "E11", "ZZZ", "m10072"]), min_size=1, max_size=3))
    model = Says(*(ChosenCode(code=name, quotes=(quote, data.draw(st.just(quote) | st.text()))) for name in names))
    coded = LanguageModelCoder(engine, model).code_note([note], context())
    for line in coded.codes:
        assert engine.codes.is_billable(line.code)
        assert line.evidence
        assert all(0 <= place.begin < place.end <= len(note.text) for place in line.evidence)


@given(st.text())
def test_any_answer_is_codes_or_a_failure(text: str) -> None:
    with suppress(Transient):
        assert isinstance(read_answer(text), Choice)


def test_an_answer_in_a_fence_is_read() -> None:
    answer = read_answer('Here:\n```json\n{"codes": [{"code": "I10", "quotes": ["x"]}]}\n```')
    assert answer.codes == (ChosenCode(code="I10", quotes=("x",)),)


def test_settings_ask_for_the_word_that_notes_may_leave() -> None:
    assert configured_coder(LanguageModelSettings()).identity.name == "chartstream.coding"
    with pytest.raises(ValueError, match="patient_data_may_leave"):
        LanguageModelSettings(url="http://127.0.0.1:9/v1", model="m")
    with pytest.raises(ValueError, match="url needs model"):
        LanguageModelSettings(url="http://127.0.0.1:9/v1", patient_data_may_leave=True)
    settings = LanguageModelSettings(url="http://127.0.0.1:9/v1", model="m", patient_data_may_leave=True)
    assert configured_coder(settings).identity.name == "chartstream.coding with m"


def test_a_key_that_cannot_be_read_is_named(tmp_path: Any) -> None:
    settings = LanguageModelSettings(
        url="http://127.0.0.1:9/v1", model="m", patient_data_may_leave=True, key_file=tmp_path / "none"
    )
    with pytest.raises(ConfigurationError, match="cannot be read"):
        configured_coder(settings)
