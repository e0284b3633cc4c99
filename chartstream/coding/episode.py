"""The seventh character: episode of care, open and closed fractures and how they heal, fetus, tophus, stage."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from chartstream.coding.model import Document, Evidence
from chartstream.coding.statements import Kind, Statement, sentences

Character = tuple[str | None, Evidence | None]

_SEQUELA: Final = re.compile(r"\b(?:sequelae?|late effects?) of\b|\bdue to (?:old|remote|previous)\b", re.IGNORECASE)
# Words that say active treatment is over (guideline I.C.19.a): D, or with fractures G, K and P.
_SUBSEQUENT: Final = re.compile(
    r"\b(?:subsequent|healing|healed|(?:cast|suture|staple|splint|pin|hardware|stitch) removal|aftercare"
    r"|routine follow[- ]?up|follow[- ]?up (?:of|for|visit|appointment|evaluation))\b",
    re.IGNORECASE,
)
_RETURNS: Final = re.compile(
    r"\b(?:returns|presents|here|seen|comes|back)\b[^.\n]{0,40}\b(?:follow[- ]?up|recheck|re-?evaluation|cast)\b"
    r"|\b(?:follow(?:s|ing)?[- ]?up|recheck|post-?operative (?:visit|check))\b[^.\n]{0,60}"
    r"\b(?:fracture|sprain|injury|surgery|orif)\b",
    re.IGNORECASE,
)
# Active treatment goes on whatever else is said: guideline I.C.19.a.
_ACTIVE: Final = re.compile(
    r"\b(?:surgical (?:treatment|fixation|repair) (?:is )?(?:planned|scheduled)|proceed with surgery"
    r"|initial evaluation)\b",
    re.IGNORECASE,
)
_COMPLAINTS: Final = frozenset({"chief_complaint", "reason_for_visit"})
_OPEN: Final = re.compile(
    r"\b(?:open|compound)\b(?!\s+(?:reduction|treatment|repair|surgery|fixation))|\bgustilo\b", re.IGNORECASE
)
_SEVERELY_OPEN: Final = re.compile(r"\b(?:type|grade|gustilo)\s*(?:-\s*)?(?:iii|3)\s*-?[abc]?\b", re.IGNORECASE)
_DELAYED: Final = re.compile(r"\bdelayed (?:healing|union)\b", re.IGNORECASE)
_NONUNION: Final = re.compile(r"\bnon-?\s?union\b", re.IGNORECASE)
_MALUNION: Final = re.compile(r"\bmal-?\s?union\b", re.IGNORECASE)
_DENIED: Final = re.compile(r"\b(?:no|not|without|denies)\b[^.;\n]{0,40}$", re.IGNORECASE)
# How the list words the subsequent care of a fracture, and the words of a note that show it; the last is the default.
_HEALING: Final = (("nonunion", _NONUNION), ("malunion", _MALUNION), ("delayed healing", _DELAYED))
_ROUTINE: Final = "routine healing"
# Other seventh characters: words of the list's meaning and what shows them in a note.
_OTHER: Final = (
    ("with tophus", re.compile(r"\btoph(?:us|i|aceous)\b", re.IGNORECASE)),
    ("mild stage", re.compile(r"\bmild(?: stage)?\b", re.IGNORECASE)),
    ("moderate stage", re.compile(r"\bmoderate(?: stage)?\b", re.IGNORECASE)),
    ("severe stage", re.compile(r"\bsevere(?: stage)?\b", re.IGNORECASE)),
    ("indeterminate stage", re.compile(r"\bindeterminate stage\b", re.IGNORECASE)),
    ("bilateral", re.compile(r"\b(?:bilateral|both eyes|ou)\b", re.IGNORECASE)),
    ("right eye", re.compile(r"\bright\b|\bod\b", re.IGNORECASE)),
    ("left eye", re.compile(r"\bleft\b|\bos\b", re.IGNORECASE)),
    ("fetus 1", re.compile(r"\b(?:fetus|twin) (?:1|a)\b", re.IGNORECASE)),
    ("fetus 2", re.compile(r"\b(?:fetus|twin) (?:2|b)\b", re.IGNORECASE)),
)


def is_subsequent(document: Document) -> bool:
    """Whether the reason for the visit is one after active treatment."""
    reasons = list(sentences(document, "reason", Kind.REASON))
    complaints = [s for s in reasons if s.section.kind in _COMPLAINTS]
    return any(_RETURNS.search(document.text, s.begin, s.end) for s in reasons) or any(
        _SUBSEQUENT.search(document.text, s.begin, s.end) for s in complaints
    )


def seventh_character(characters: Mapping[str, str], statement: Statement, *, subsequent: bool) -> Character:
    """(character or None, the words that decide it if any) of the meanings that the tabular list offers for a code.

    ``subsequent`` says whether the visit comes after active treatment. Guidelines I.C.19.a and I.C.19.c: A while the
    injury is treated actively, D while it heals, S for what it left behind; a fracture not called open is closed, and
    heals by routine unless the note says otherwise.
    """
    meanings = {character: meaning.lower() for character, meaning in characters.items()}
    if "A" not in meanings:
        return _described(meanings, statement)
    heading = _found(_SEQUELA, statement, statement.begin, statement.end)
    if heading is not None and "S" in meanings:
        return "S", heading
    opened = _found(_OPEN, statement, statement.begin, statement.end)
    healing = next(
        (
            (words, place)
            for words, p in _HEALING
            if (place := _found(p, statement, statement.begin, statement.block_end))
        ),
        None,
    )
    later = _found(_SUBSEQUENT, statement, statement.begin, statement.end)
    active = _found(_ACTIVE, statement, statement.begin, statement.block_end)
    if healing is not None and any(healing[0] in meaning for meaning in meanings.values()):
        return _matching(meanings, healing[0], opened, statement) or "D", healing[1]
    if (later is not None or subsequent) and active is None:
        return _matching(meanings, _ROUTINE, opened, statement) or ("D" if "D" in meanings else "A"), later
    if opened is not None:
        return _matching(meanings, "initial encounter", opened, statement) or "A", opened
    return "A", None


def _matching(meanings: Mapping[str, str], words: str, opened: Evidence | None, statement: Statement) -> str | None:
    """The character whose meaning has ``words`` and suits an open or a closed fracture, where it tells them apart."""
    fitting = [c for c, meaning in meanings.items() if words in meaning]
    if opened is None:
        return next((c for c in fitting if "open" not in meanings[c]), None)
    severe = _found(_SEVERELY_OPEN, statement, statement.begin, statement.block_end) is not None
    kinds = [c for c in fitting if "open" in meanings[c]]
    return next((c for c in kinds if ("iii" in meanings[c]) is severe), next(iter(kinds or fitting), None))


def _described(meanings: Mapping[str, str], statement: Statement) -> Character:
    """A character that no episode of care decides: the one whose meaning the heading words, else the unspecified one.

    None where the list has no unspecified one: a code must not say more than the note.
    """
    for words, pattern in _OTHER:
        character = next((c for c, meaning in meanings.items() if meaning.startswith(words) or words == meaning), None)
        place = _found(pattern, statement, statement.begin, statement.end) if character is not None else None
        if character is not None and place is not None:
            return character, place
    plain = (c for c, meaning in meanings.items() if "unspecified" in meaning or meaning.startswith("without"))
    return next(plain, None), None


def _found(pattern: re.Pattern[str], statement: Statement, begin: int, end: int) -> Evidence | None:
    """Where ``pattern`` stands in ``[begin, end)`` of the statement's text, not denied before it in its sentence."""
    text = statement.document.text
    for match in pattern.finditer(text, begin, end):
        if not _DENIED.search(text, max(begin, match.start() - 60), match.start()):
            return Evidence(statement.document.document_id, *match.span(), "episode", statement.section.kind)
    return None
