"""Assertion: the sentences of assertions.yaml, other_people.yaml and standing.yaml, and what must hold of any."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from chartstream.coding.assertion.assertion import Asserter, Assertion, Status
from chartstream.coding.assertion.cues import Cues
from chartstream.errors import ConfigurationError

ASSERTER = Asserter.read()
HERE = Path(__file__).parent
SENTENCES: list[dict[str, Any]] = yaml.safe_load((HERE / "assertions.yaml").read_text(encoding="utf-8"))
OTHER_PEOPLE: list[dict[str, Any]] = yaml.safe_load((HERE / "other_people.yaml").read_text(encoding="utf-8"))
STANDING: list[dict[str, Any]] = yaml.safe_load((HERE / "standing.yaml").read_text(encoding="utf-8"))
HEADER = "trigger,status,direction,reach,source\n"

# Whole sentences, full of triggers, that must say nothing of their neighbours.
NEIGHBOURS = (
    "He denies chest pain.",
    "No.",
    "Ruled out.",
    "Is there gout?",
    "Likely!",
    "If worse, return.",
    "Family history of cancer, diabetes and stroke.",
    "Her mother has glaucoma.",
    "His roommate has shingles.",
    "Past medical history: asthma, eczema.",
    "Resolved.",
    "Differential includes gout, cellulitis, and bursitis.",
    "She was seen by Dr. Smith.",
    "Unlikely.",
)


def assertion(text: str, mention: str, at: int | None = None) -> Assertion:
    begin = text.index(mention) if at is None else at
    end = begin + len(mention)
    return ASSERTER.assertion(text, begin, end, [(begin, end)], (0, len(text)))


@pytest.mark.parametrize("case", SENTENCES, ids=lambda case: f"{case['sentence']} [{case['concept']}]")
def test_sentence(case: dict[str, Any]) -> None:
    assert assertion(case["sentence"], case["concept"]).status == case["expected"]


@pytest.mark.parametrize("case", OTHER_PEOPLE, ids=lambda case: f"{case['sentence']} [{case['concept']}]")
def test_whose_condition_it_is(case: dict[str, Any]) -> None:
    statuses = assertion(case["sentence"], case["concept"]).statuses
    persons = statuses & {Status.FAMILY, Status.OTHER}
    assert persons == (set() if case["expected"] == "patient" else {case["expected"]})


def test_there_are_enough_cases_of_other_people() -> None:
    assert len(OTHER_PEOPLE) >= 40
    assert {case["expected"] for case in OTHER_PEOPLE} == {"patient", "family", "other"}


@pytest.mark.parametrize("case", STANDING, ids=lambda case: f"{case['sentence']} [{case['concept']}]")
def test_whether_it_began_before_this_episode(case: dict[str, Any]) -> None:
    found = assertion(case["sentence"], case["concept"])
    assert (Status.LONGSTANDING in found.statuses) == (case["expected"] == "longstanding")


@pytest.mark.parametrize("case", [c for c in STANDING if c["expected"] == "longstanding"], ids=lambda c: c["sentence"])
def test_what_is_of_longer_standing_and_not_over_is_affirmed(case: dict[str, Any]) -> None:
    found = assertion(case["sentence"], case["concept"])
    assert found.status is Status.AFFIRMED
    assert found.begin is None


def test_what_is_over_may_be_of_longer_standing_too() -> None:
    found = assertion("Past medical history: chronic sinusitis.", "sinusitis")
    assert found.status is Status.HISTORICAL
    assert found.statuses == {Status.HISTORICAL, Status.LONGSTANDING}


def test_a_trigger_inside_the_term_belongs_to_the_term() -> None:
    text = "History of breast cancer"
    assert ASSERTER.assertion(text, 0, len(text), [(0, 10), (11, 24)], (0, len(text))).status is Status.AFFIRMED


def test_a_shorter_trigger_beside_the_term_still_counts() -> None:
    assert assertion("No change in vision.", "change in vision").status is Status.NEGATED


def test_the_trigger_that_decides_is_given_with_its_place() -> None:
    text = "Seen today. She denies any history of gout."
    found = assertion(text, "gout")
    assert found.begin is not None
    assert text[found.begin : found.end] == "denies"
    assert found.statuses == {Status.NEGATED, Status.HISTORICAL}


def test_barriers_stand_where_the_text_turns() -> None:
    text = "x Knee pain, likely gout, no fracture, history of falls"
    stretch = ASSERTER.stretch(text, 2, len(text))
    assert stretch.barriers == [text.index("likely"), text.index("no ")]


def test_a_line_that_goes_on_is_one_sentence() -> None:
    assert assertion("Denies fever, chills,\nor night sweats.", "night sweats").status is Status.NEGATED
    assert assertion("No fever\nCough", "Cough").status is Status.AFFIRMED


EXAMPLES = st.sampled_from([(case["sentence"], case["concept"]) for case in (*SENTENCES, *OTHER_PEOPLE, *STANDING)])
BETWEEN = st.sampled_from([" ", "  ", "\n", "\r\n", "\n\n"])


@given(EXAMPLES, st.lists(st.sampled_from(NEIGHBOURS), max_size=3), st.lists(st.sampled_from(NEIGHBOURS)), BETWEEN)
def test_other_sentences_never_matter(
    example: tuple[str, str], before: list[str], after: list[str], between: str
) -> None:
    sentence, mention = example
    closed = sentence if sentence.endswith((".", "?", "!")) else f"{sentence}."
    alone = assertion(closed, mention)
    lead = between.join([*before, ""])
    text = lead + between.join([closed, *after])
    among = assertion(text, mention, len(lead) + closed.index(mention))
    assert among.statuses == alone.statuses
    if alone.begin is not None:
        assert among.begin == alone.begin + len(lead)


@given(EXAMPLES, st.sampled_from([str.upper, str.lower]))
def test_case_never_matters(example: tuple[str, str], change: Any) -> None:
    sentence, mention = example
    at = sentence.index(mention)
    assert assertion(change(sentence), change(mention), at) == assertion(sentence, mention)


@given(st.lists(EXAMPLES, min_size=1, max_size=4), st.data())
def test_line_ends_never_matter(examples: list[tuple[str, str]], data: st.DataObject) -> None:
    chosen = data.draw(st.integers(0, len(examples) - 1))
    sentence, mention = examples[chosen]
    statuses = set()
    for end in ("\n", "\r\n"):
        lead = "".join(f"{each}{end}" for each, _ in examples[:chosen])
        text = lead + end.join(each for each, _ in examples[chosen:])
        statuses.add(assertion(text, mention, len(lead) + sentence.index(mention)).statuses)
    assert len(statuses) == 1


@given(st.text(max_size=80), st.integers(0, 80), st.integers(0, 80))
def test_any_text_has_an_answer(text: str, one: int, other: int) -> None:
    begin, end = sorted((min(one, len(text)), min(other, len(text))))
    found = ASSERTER.assertion(text, begin, end, [(begin, end)], (0, len(text)))
    assert (found.begin is None) == (found.status is Status.AFFIRMED)


@pytest.mark.parametrize(
    "row",
    [
        "no,negated,sideways,list,usage",
        "no,negated,forward,far,usage",
        "no,denied,forward,list,usage",
        "no,affirmed,forward,list,usage",
        "no,negated,forward,list,",
        "chronic,longstanding,within,close,usage",
        "chronic,longstanding,forward,,usage",
        ",negated,forward,list,usage",
        "no <such> thing,negated,forward,list,usage",
        "no (sign|+) of,negated,forward,list,usage",
        "no (sign|trace (or hint|)) of,negated,forward,list,usage",
        "no (sign of|<youth> with) it,negated,forward,list,usage",
        "but,end,,everything,usage",
        "but,end,forward,negated,usage",
        "gram negative,none,forward,,usage",
    ],
)
def test_a_row_that_is_not_well_formed_is_refused(row: str, tmp_path: Path) -> None:
    path = tmp_path / "assertion.csv"
    path.write_text(HEADER + row + "\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 2"):
        Cues.read(path)


def test_a_class_without_words_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "assertion_words.csv"
    path.write_text("class,words,source\nrelative,,usage\n", encoding="utf-8")
    with pytest.raises(ConfigurationError, match="line 2"):
        Cues.read(classes=path)
