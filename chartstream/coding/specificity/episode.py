"""The seventh character: episode of care, open and closed fractures and how they heal, fetus, tophus, stage."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.model import Evidence
from chartstream.coding.passages.reading import Sentence
from chartstream.coding.passages.statements import Statement
from chartstream.errors import ConfigurationError

Character = tuple[str | None, Evidence | None]
_Worded = Sequence[tuple[str, re.Pattern[str]]]

# How far back a denial is looked for.
_BEFORE: Final = 60


@dataclass(frozen=True, slots=True)
class EpisodeRules:
    """``data/episode.yaml``; its comments say what the parts mean."""

    patterns: Mapping[str, re.Pattern[str]]
    injury_words: frozenset[str]
    routine: str
    healing: _Worded
    other: _Worded


@lru_cache(maxsize=1)
def episode_rules(path: Path = DATA / "episode.yaml") -> EpisodeRules:
    """The rules of the package. Raises ``ConfigurationError`` naming what is missing or not well-formed."""
    data = read_yaml(path)
    names = ("sequela", "subsequent", "returns", "active", "referred", "open", "severely_open", "denied")
    try:
        return EpisodeRules(
            {name: re.compile(data[name], re.IGNORECASE) for name in names},
            frozenset(data["injury_words"].split()),
            data["routine"],
            _worded(data["healing"]),
            _worded(data["other"]),
        )
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"{path.name}: {error}; correct it.") from error


def _worded(rows: Iterable[Mapping[str, str]]) -> _Worded:
    return tuple((row["meaning"], re.compile(row["text"], re.IGNORECASE)) for row in rows)


def returning(reasons: Iterable[Sentence]) -> Iterator[frozenset[str]]:
    """The words of those of ``reasons``, the sentences that tell why the patient came, that tell of a return.

    A return comes after active treatment; who was referred has had none here.
    """
    patterns = episode_rules().patterns
    for reason in reasons:
        where = (reason.statement.document.text, reason.statement.begin, reason.statement.end)
        if patterns["returns"].search(*where) is not None and patterns["referred"].search(*where) is None:
            yield reason.forms


def is_subsequent(returns: Iterable[frozenset[str]], words: frozenset[str]) -> bool:
    """Whether one of ``returns`` (see ``returning``) speaks of the condition named by ``words`` or of an injury."""
    about = words | episode_rules().injury_words
    return any(not about.isdisjoint(said) for said in returns)


def seventh_character(characters: Mapping[str, str], statement: Statement, *, subsequent: bool) -> Character:
    """(character or None, the words that decide it if any) of the meanings that the tabular list offers for a code.

    ``subsequent`` says whether the visit comes after active treatment. Guidelines I.C.19.a and I.C.19.c: A while the
    injury is treated actively, D while it heals, S for what it left behind; a fracture not called open is closed, and
    heals by routine unless the note says otherwise.
    """
    rules = episode_rules()
    patterns = rules.patterns
    meanings = {character: meaning.lower() for character, meaning in characters.items()}
    if "A" not in meanings:
        return _described(meanings, statement)
    heading = _found(patterns["sequela"], statement, statement.begin, statement.end)
    if heading is not None and "S" in meanings:
        return "S", heading
    opened = _found(patterns["open"], statement, statement.begin, statement.end)
    healing = next(
        (
            (words, place)
            for words, p in rules.healing
            if (place := _found(p, statement, statement.begin, statement.block_end))
        ),
        None,
    )
    later = _found(patterns["subsequent"], statement, statement.begin, statement.end)
    active = _found(patterns["active"], statement, statement.begin, statement.block_end)
    if healing is not None and any(healing[0] in meaning for meaning in meanings.values()):
        return _matching(meanings, healing[0], opened, statement) or "D", healing[1]
    if (later is not None or subsequent) and active is None:
        return _matching(meanings, rules.routine, opened, statement) or ("D" if "D" in meanings else "A"), later
    if opened is not None:
        return _matching(meanings, "initial encounter", opened, statement) or "A", opened
    return "A", None


def _matching(meanings: Mapping[str, str], words: str, opened: Evidence | None, statement: Statement) -> str | None:
    """The character whose meaning has ``words`` and suits an open or a closed fracture, where it tells them apart."""
    fitting = [c for c, meaning in meanings.items() if words in meaning]
    if opened is None:
        return next((c for c in fitting if "open" not in meanings[c]), None)
    severe = (
        _found(episode_rules().patterns["severely_open"], statement, statement.begin, statement.block_end) is not None
    )
    kinds = [c for c in fitting if "open" in meanings[c]]
    return next((c for c in kinds if ("iii" in meanings[c]) is severe), next(iter(kinds or fitting), None))


def _described(meanings: Mapping[str, str], statement: Statement) -> Character:
    """A character that no episode of care decides: the one whose meaning the heading words, else the unspecified one.

    None where the list has no unspecified one: a code must not say more than the note.
    """
    for words, pattern in episode_rules().other:
        character = next((c for c, meaning in meanings.items() if meaning.startswith(words) or words == meaning), None)
        place = _found(pattern, statement, statement.begin, statement.end) if character is not None else None
        if character is not None and place is not None:
            return character, place
    plain = (c for c, meaning in meanings.items() if "unspecified" in meaning or meaning.startswith("without"))
    return next(plain, None), None


def _found(pattern: re.Pattern[str], statement: Statement, begin: int, end: int) -> Evidence | None:
    """Where ``pattern`` stands in ``[begin, end)`` of the statement's text, not denied before it in its sentence."""
    text, denied = statement.document.text, episode_rules().patterns["denied"]
    for match in pattern.finditer(text, begin, end):
        if not denied.search(text, max(begin, match.start() - _BEFORE), match.start()):
            return Evidence(statement.document.document_id, *match.span(), "episode", statement.section.kind)
    return None
