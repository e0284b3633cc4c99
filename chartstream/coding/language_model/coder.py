"""The language-model coder: it chooses, the code set and the note decide whether its choice stands."""

from __future__ import annotations

import hashlib
import logging
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final, Protocol

from chartstream.codesets import CodeSet
from chartstream.codesets.catalogue import dotted
from chartstream.coding.coder import Coder
from chartstream.coding.language_model.answer import Answer, ChosenCode
from chartstream.coding.language_model.prompt import PROMPT_SHA256, messages
from chartstream.coding.model import (
    Coded,
    CoderIdentity,
    Context,
    Document,
    Evidence,
    Explanation,
    ProposedCode,
    RejectedCode,
)
from chartstream.errors import ChartstreamError, Transient

log = logging.getLogger(__name__)

LONGEST: Final = 100_000
"""Code points of an encounter's texts beyond which the model is not asked."""


class Model(Protocol):
    """Who is asked; ``ModelClient`` is one."""

    model: str

    def ask(self, messages: Sequence[dict[str, str]]) -> Answer:
        """The answer. Raises ``ChartstreamError`` when there is none."""


@dataclass(frozen=True, slots=True)
class _Accepted:
    code: str
    evidence: Sequence[Evidence]
    reason: str


class LanguageModelCoder:
    """A ``Coder`` that asks ``model`` with the answer of ``engine`` before it, and falls back to that answer.

    ``unproven`` is the confidence of a code that the engine did not propose: nothing calibrates a model's choice
    until reviewed charts do, so such a code goes to a person.
    """

    def __init__(self, engine: Coder, model: Model, unproven: float = 0.5) -> None:
        self._engine = engine
        self._model = model
        self._unproven = unproven
        own = hashlib.sha256(f"{engine.identity.sha256} {model.model} {PROMPT_SHA256}".encode()).hexdigest()
        self.identity: Final = CoderIdentity(f"{engine.identity.name} with {model.model}", engine.identity.version, own)

    @property
    def codes(self) -> CodeSet:
        """The code set of the engine, which is the only one to choose from."""
        return self._engine.codes

    def code_note(self, documents: Sequence[Document], context: Context) -> Coded:
        """The model's choice where it holds, else the engine's own answer; ``by`` says whose it is."""
        coded = self._engine.code_note(documents, context)
        if coded.release is None:
            return coded
        try:
            return self._chosen(documents, context, coded)
        except ChartstreamError as error:
            # Its texts carry no part of the note.
            log.warning("coded by the engine alone: %s", error)
            return replace(coded, by=self._engine.identity)

    def _chosen(self, documents: Sequence[Document], context: Context, coded: Coded) -> Coded:
        if sum(len(document.text) for document in documents) > LONGEST:
            raise Transient(f"the encounter has more than {LONGEST} characters, and the language model is not asked")
        answer = self._model.ask(messages(documents, context, coded))
        accepted = self._accepted(answer.codes, documents)
        if answer.codes and not accepted:
            raise Transient("no code of the language model is billable and quoted word for word")
        engines = {line.code: line for line in coded.codes}
        turned_down = {other.code: other for other in coded.rejected}
        proposed = [self._proposed(a, n, engines, turned_down) for n, a in enumerate(accepted, start=1)]
        taken = {line.code for line in proposed}
        left = tuple(self._left(line) for line in coded.codes if line.code not in taken)
        return replace(
            coded,
            codes=tuple(proposed),
            rejected=(*left, *(other for other in coded.rejected if other.code not in taken)),
            queries=tuple(query for query in coded.queries if query.code in taken),
        )

    def _accepted(self, chosen: Sequence[ChosenCode], documents: Sequence[Document]) -> list[_Accepted]:
        """What of the choice is billable in the release and quoted word for word, each code once."""
        found: dict[str, _Accepted] = {}
        refused = 0
        for choice in chosen:
            code = dotted(choice.code)
            quotes = [_place(quote, documents) for quote in choice.quotes]
            evidence = [place for place in quotes if place is not None]
            if self.codes.is_billable(code) and len(evidence) == len(quotes):
                found.setdefault(code, _Accepted(code, evidence, choice.reason))
            else:
                refused += 1
        if refused:
            log.info("%d of %d codes of the language model were refused", refused, len(chosen))
        return list(found.values())

    def _proposed(
        self,
        accepted: _Accepted,
        sequence: int,
        engines: dict[str, ProposedCode],
        turned_down: dict[str, RejectedCode],
    ) -> ProposedCode:
        steps = [f"{self._model.model} chose it among the billable codes; its quotes stand in the note word for word."]
        if accepted.reason:
            steps.append(f"Its reason: {accepted.reason}")
        own = engines.get(accepted.code)
        if own is not None:
            path = replace(own.explanation, steps=(*own.explanation.steps, *steps))
            evidence = tuple(dict.fromkeys((*own.evidence, *accepted.evidence)))
            return replace(own, sequence=sequence, evidence=evidence, explanation=path)
        other = turned_down.get(accepted.code)
        if other is not None:
            steps.append(f"The engine had turned it down: {other.reason}.")
        entry = self.codes.get(accepted.code)
        return ProposedCode(
            sequence=sequence,
            code=accepted.code,
            description=entry.description if entry is not None else "",
            confidence=self._unproven,
            evidence=tuple(accepted.evidence),
            explanation=Explanation("chosen by a language model", None, {"language_model": 1.0}, tuple(steps)),
        )

    def _left(self, line: ProposedCode) -> RejectedCode:
        reason = f"{self._model.model} did not choose it; the engine had proposed it: {line.explanation.rule}"
        return RejectedCode(line.code, line.description, line.confidence / 2, reason, line.evidence)


def _place(quote: str, documents: Sequence[Document]) -> Evidence | None:
    """Where ``quote`` first stands, word for word; None where it does not, or says nothing."""
    wanted = quote.strip()
    if not any(character.isalpha() for character in wanted):
        return None
    for document in documents:
        begin = document.text.find(wanted)
        if begin >= 0:
            inside = (s.kind for s in document.sections if s.begin <= begin < s.end)
            return Evidence(document.document_id, begin, begin + len(wanted), "quote", next(inside, None))
    return None
