"""The words that evidence points to."""

from __future__ import annotations

import hashlib
from collections.abc import Callable

import pytest

from chartstream.errors import Problem, Rejected, Transient
from chartstream.events.extraction import Evidence
from chartstream.validation.quotes import Quoted, Quotes

TEXT = "Assessment: essential hypertension. Plan: lisinopril."
WORDS = "essential hypertension"


def evidence(begin: int = 12, end: int = 34, words: str = WORDS, document_id: str = "note") -> Evidence:
    digest = hashlib.sha256(words.encode()).hexdigest()
    return Evidence(document_id=document_id, begin=begin, end=end, quote_sha256=digest, role="code")


def quotes(reader: Callable[[], str] = lambda: TEXT) -> Quotes:
    return Quotes({"note": reader})


@pytest.mark.parametrize(
    ("marked", "what"),
    [
        (evidence(), Quoted.VERBATIM),
        (evidence(begin=13), Quoted.ALTERED),
        (evidence(words="Essential hypertension"), Quoted.ALTERED),
        (evidence(end=12), Quoted.EMPTY),
        (evidence(end=11), Quoted.EMPTY),
        (evidence(begin=-1), Quoted.EMPTY),
        (evidence(end=len(TEXT) + 1), Quoted.EMPTY),
        (evidence(begin=11, end=12, words=" "), Quoted.EMPTY),
        (evidence(begin=len(TEXT) - 1, end=len(TEXT), words="."), Quoted.VERBATIM),
        (evidence(begin=0, end=1, words="A"), Quoted.VERBATIM),
        (evidence(document_id="other"), Quoted.UNREADABLE),
    ],
)
def test_what_became_of_the_words(marked: Evidence, what: Quoted) -> None:
    assert quotes().quoted(marked) is what


def test_a_text_that_is_gone_is_unreadable_and_asked_for_once() -> None:
    asked = []

    def gone() -> str:
        asked.append(1)
        raise Rejected(Problem("document_missing", "not there", "store it again"))

    of_claim = quotes(gone)
    assert [of_claim.quoted(evidence()), of_claim.quoted(evidence())] == [Quoted.UNREADABLE] * 2
    assert of_claim.quote(evidence()) is None
    assert len(asked) == 1


def test_a_store_that_is_out_of_reach_is_tried_again() -> None:
    def out_of_reach() -> str:
        raise Transient("the store does not answer")

    with pytest.raises(Transient):
        quotes(out_of_reach).quoted(evidence())


def test_a_text_is_not_read_before_it_is_asked_for_and_then_once() -> None:
    asked = []

    def reader() -> str:
        asked.append(1)
        return TEXT

    of_claim = quotes(reader)
    assert asked == []
    assert of_claim.quote(evidence()) == WORDS
    assert of_claim.sentence(evidence()) is not None
    assert len(asked) == 1


def test_sentences_are_those_of_words_that_can_be_read_each_once() -> None:
    found = quotes().sentences(
        [evidence(), evidence(begin=12, end=21), evidence(document_id="other"), evidence(end=999)]
    )
    assert [sentence.strip() for sentence in found] == ["Assessment: essential hypertension"]


def test_the_text_under_evidence_is_there_only_where_it_points_into_it() -> None:
    of_claim = quotes()
    assert of_claim.text_under(evidence()) == TEXT
    assert of_claim.text_under(evidence(end=len(TEXT))) == TEXT
    assert of_claim.text_under(evidence(end=len(TEXT) + 1)) is None
    assert of_claim.text_under(evidence(begin=-1)) is None
    assert of_claim.text_under(evidence(end=12)) is None
    assert of_claim.text_under(evidence(document_id="other")) is None
