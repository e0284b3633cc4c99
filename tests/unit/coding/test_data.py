"""The data files that the engine codes by: whole, sourced, and naming codes of the release."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from chartstream import codesets
from chartstream.coding.lexicon.terms import gather, own_terms
from chartstream.coding.reportability.reportable import reportability
from chartstream.coding.vocabulary.tokens import Vocabulary
from chartstream.errors import ConfigurationError

CODES = codesets.load()


class _TwoCodes(codesets.CodeSet):
    """The release with a tabular list short enough to gather terms from in no time."""

    def __iter__(self) -> Iterator[str]:
        return iter(("I10", "M17.0"))


def test_every_own_term_names_a_billable_code() -> None:
    wrong = [(code, term) for code, _, term in own_terms() if not CODES.is_billable(code)]
    assert wrong == []
    assert len(list(own_terms())) > 13_000


def test_no_two_own_terms_of_the_same_words_name_different_codes() -> None:
    vocabulary = Vocabulary.read()
    named: dict[frozenset[str], str] = {}
    for code, _, term in own_terms():
        assert named.setdefault(vocabulary.forms(term), code) == code, term


def test_neither_a_medicine_nor_a_word_of_plain_prose_names_a_condition_alone() -> None:
    # The vocabulary drops "on", "patient", "new" and the like: "on insulin" would be a term of one word.
    words = "insulin warfarin coumadin eliquis methotrexate tamoxifen aspirin prolonged gave faint frail tumor"
    plain = {frozenset({word}) for word in [*words.split(), "cancer", "tetanus", "rabies", "history", "screening"]}
    vocabulary = Vocabulary.read()
    assert [term for _, _, term in own_terms() if vocabulary.forms(term) in plain] == []


def test_rules_about_codes_match_codes_of_the_release() -> None:
    billable = [code for code in CODES if CODES.is_billable(code)]
    for disease, symptoms in reportability().integral:
        for pattern in (disease, symptoms):
            for alternative in re.split(r"\|(?![^(]*\))", pattern.pattern):
                assert any(re.fullmatch(alternative, code) for code in billable), alternative


@pytest.mark.parametrize(
    ("row", "message"),
    [
        ("E11,,sugar,usage", "no billable code"),
        ("I10,M17.0,pressure,usage", "no family"),
        ("I10,,the,usage", "leaves no words"),
        ("I10,,pressure,", "line 2"),
    ],
)
def test_a_wrong_term_is_refused_with_its_reason(tmp_path: Path, row: str, message: str) -> None:
    (tmp_path / "terms.csv").write_text(f"code,sided,terms,source\n{row}\n")
    with pytest.raises(ConfigurationError, match=message):
        gather(_TwoCodes(CODES.release, CODES._table), Vocabulary.read(), tmp_path)
