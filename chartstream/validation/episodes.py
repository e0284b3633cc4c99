"""The episode of care that a seventh character states, and the words of a note that state one."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from functools import cache, lru_cache
from typing import Annotated, Final

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict

from chartstream.codesets import CodeSet
from chartstream.validation.references import plain
from chartstream.validation.rule_files import shipped_rules

_FILE: Final = "episode.yaml"
_CHARACTERS: Final = 7
_BEFORE: Final = 60
"""How many characters back a denial is looked for."""


class Care(Enum):
    """The encounters that a seventh character is for."""

    INITIAL = "initial"
    SUBSEQUENT = "subsequent"
    SEQUELA = "sequela"


@dataclass(frozen=True, slots=True)
class Episode:
    """What a seventh character states. ``opened`` is None, and ``healing`` empty, where it says nothing of that."""

    care: Care
    opened: bool | None
    healing: str


def _compiled(text: str) -> str:
    try:
        re.compile(text)
    except re.error as error:
        raise ValueError(f"no regular expression: {error}") from error
    return text


_Expression = Annotated[str, BeforeValidator(lambda text: " ".join(str(text).split())), AfterValidator(_compiled)]


class EpisodeWords(BaseModel):
    """``data/episode.yaml``; its comments say what the parts mean."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    injuries: tuple[str, ...]
    aftercare_source: str
    aftercare: tuple[str, ...]
    injury_words: _Expression
    subsequent: _Expression
    sequela: _Expression
    initial: _Expression
    healing: Mapping[str, _Expression]
    open: _Expression
    closed: _Expression
    denied: _Expression
    cues: tuple[str, ...]


@cache
def episode_words() -> EpisodeWords:
    """The words as shipped. Raises ``ConfigurationError`` when the file does not hold."""
    return shipped_rules(_FILE, EpisodeWords)


@lru_cache(maxsize=50_000)
def episode_of(codes: CodeSet, code: str) -> Episode | None:
    """The episode that a code's seventh character states; None for a code without one, or one of another kind (fetus,
    coma scale, stage).
    """
    character = plain(code)[_CHARACTERS - 1 :]
    meaning = codes.seventh_characters(code).get(character, "").lower() if len(character) == 1 else ""
    care = next((care for care in Care if meaning.startswith(care.value)), None)
    if care is None:
        return None
    opened = True if "open fracture" in meaning else False if "closed fracture" in meaning else None
    return Episode(care, opened, next((how for how in episode_words().healing if how in meaning), ""))


def is_injury(code: str) -> bool:
    """Whether a code, with or without its dot, is one of an injury or a fracture."""
    return plain(code).startswith(episode_words().injuries)


@lru_cache(maxsize=50_000)
def heals(codes: CodeSet, code: str, how: str) -> bool:
    """Whether some seventh character of the code's category states that healing ("nonunion")."""
    return any(how in meaning.lower() for meaning in codes.seventh_characters(code).values())


def tells_of_care(sentence: str) -> bool:
    """Whether a sentence may hold any of the words that decide a seventh character."""
    small = sentence.lower()
    return any(cue in small for cue in episode_words().cues)


def says(expression: str, sentence: str) -> bool:
    """Whether an expression stands in a sentence and is not denied before it."""
    denied = _pattern(episode_words().denied)
    return any(
        not denied.search(sentence[max(0, found.start() - _BEFORE) : found.start()])
        for found in _pattern(expression).finditer(sentence)
    )


@cache
def _pattern(expression: str) -> re.Pattern[str]:
    return re.compile(expression, re.IGNORECASE)
