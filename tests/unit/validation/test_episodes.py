"""Episodes of care in seventh characters, and in words."""

from __future__ import annotations

import pytest

from chartstream.codesets import load
from chartstream.validation.episodes import (
    Care,
    Episode,
    EpisodeWords,
    episode_of,
    episode_words,
    heals,
    is_injury,
    says,
    tells_of_care,
)

CODES = load()
ROUTINE, DELAYED, NONUNION, MALUNION = "routine healing", "delayed healing", "nonunion", "malunion"


@pytest.mark.parametrize(
    ("code", "episode"),
    [
        ("S72.001A", Episode(Care.INITIAL, False, "")),
        ("S72.001B", Episode(Care.INITIAL, True, "")),
        ("S72.001C", Episode(Care.INITIAL, True, "")),
        ("S72.001D", Episode(Care.SUBSEQUENT, False, ROUTINE)),
        ("S72.001F", Episode(Care.SUBSEQUENT, True, ROUTINE)),
        ("S72.001G", Episode(Care.SUBSEQUENT, False, DELAYED)),
        ("S72.001J", Episode(Care.SUBSEQUENT, True, DELAYED)),
        ("S72.001K", Episode(Care.SUBSEQUENT, False, NONUNION)),
        ("S72.001N", Episode(Care.SUBSEQUENT, True, NONUNION)),
        ("S72.001P", Episode(Care.SUBSEQUENT, False, MALUNION)),
        ("S72.001R", Episode(Care.SUBSEQUENT, True, MALUNION)),
        ("S72.001S", Episode(Care.SEQUELA, None, "")),
        ("M80.011K", Episode(Care.SUBSEQUENT, None, NONUNION)),
        ("W19.XXXA", Episode(Care.INITIAL, None, "")),
        ("T84.54XD", Episode(Care.SUBSEQUENT, None, "")),
        ("O31.01X1", None),
        ("R40.2111", None),
        ("M1A.00X1", None),
        ("S72.001", None),
        ("I10", None),
        ("Z99.999", None),
    ],
)
def test_what_a_seventh_character_states(code: str, episode: Episode | None) -> None:
    assert episode_of(CODES, code) == episode


@pytest.mark.parametrize(
    ("code", "injury"),
    [
        ("S01.01XA", True),
        ("T07.XXXA", True),
        ("T14.90XA", True),
        ("T20.00XA", True),
        ("T33.011A", True),
        ("M80.011A", True),
        ("M84.30XA", True),
        ("M84.9", False),
        ("T36.0X1A", False),
        ("T84.54XA", False),
        ("W19.XXXA", False),
        ("M25.561", False),
    ],
)
def test_which_codes_are_injuries(code: str, injury: bool) -> None:
    assert is_injury(code) is injury


def test_only_fractures_have_characters_for_their_healing() -> None:
    assert heals(CODES, "S52.501A", NONUNION)
    assert heals(CODES, "M80.011A", MALUNION)
    assert not heals(CODES, "S01.01XA", NONUNION)


WORDS = episode_words()
SAID = {
    "subsequent": [
        "the fracture is healing",
        "a healed fracture",
        "here for cast removal",
        "here for removal of the sutures",
        "follow-up visit",
        "followup of her sprain",
        "follow up for the sprain",
        "subsequent encounter",
        "aftercare",
    ],
    "sequela": [
        "late effect of a burn",
        "sequelae of the fracture",
        "stiffness due to an old fracture",
        "pain due to previous injury",
    ],
    "initial": ["initial encounter", "fell this morning", "cut her hand two hours ago", "twisted it yesterday"],
    "open": [
        "open fracture",
        "compound fracture of the tibia",
        "open right distal radius fracture",
        "fracture, open",
        "fracture (open)",
        "Gustilo II",
    ],
    "closed": ["closed fracture", "closed distal radius fracture", "fracture, closed"],
}
UNSAID = {
    "subsequent": [
        "a non-healing wound",
        "not healing",
        "no signs of healing",
        "follow up in two weeks",
        "follow-up visit in two weeks",
        "removal of the appendix",
    ],
    "sequela": ["a fracture due to a fall", "effects of the drug", "residual urine"],
    "initial": ["fell last year", "initially seen", "yesterday was fine"],
    "open": [
        "open reduction of the fracture",
        "open wound",
        "no open fracture",
        "fracture, open reduction",
        "openly fractured",
    ],
    "closed": [
        "closed reduction of the fracture",
        "closed wound",
        "not a closed fracture",
        "fracture, closed reduction",
    ],
}


@pytest.mark.parametrize(("name", "sentence"), [(name, said) for name, every in SAID.items() for said in every])
def test_words_that_tell_of_care(name: str, sentence: str) -> None:
    assert says(getattr(WORDS, name), sentence)
    assert says(getattr(WORDS, name), sentence.upper())
    assert tells_of_care(sentence)


@pytest.mark.parametrize(("name", "sentence"), [(name, said) for name, every in UNSAID.items() for said in every])
def test_words_that_do_not(name: str, sentence: str) -> None:
    assert not says(getattr(WORDS, name), sentence)


@pytest.mark.parametrize(
    ("how", "sentence"),
    [
        (NONUNION, "nonunion"),
        (NONUNION, "non-union"),
        (MALUNION, "mal-union of the wrist"),
        (DELAYED, "delayed union"),
        (ROUTINE, "healing well"),
        (ROUTINE, "routine healing"),
    ],
)
def test_words_of_healing(how: str, sentence: str) -> None:
    assert says(WORDS.healing[how], sentence)
    assert tells_of_care(sentence)


def test_a_denial_far_before_does_not_count() -> None:
    assert says(WORDS.open, "Not seen before " + "and " * 20 + "an open fracture")


def test_an_expression_that_is_none_is_refused() -> None:
    with pytest.raises(ValueError, match="no regular expression"):
        EpisodeWords.model_validate({**WORDS.model_dump(), "open": "("})
