"""The heading words of ``data/headings.yaml``: which kind of section a title opens, and the family of a kind."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Annotated

from pydantic import BaseModel, ConfigDict, StringConstraints
from rapidfuzz.distance import Levenshtein

from chartstream.errors import ConfigurationError
from chartstream.extraction.packaged import packaged

_Key = Annotated[str, StringConstraints(min_length=1)]
_PARENTHESIS = re.compile(r"[(\[][^)\]]*[)\]]")
_JOINT = re.compile(r"\s*(?:/|&|,|\band\b)\s*", re.IGNORECASE)
# What reading machines make of letters in headings; undone only where digits or bars stand among letters.
_CONFUSED = str.maketrans({"0": "o", "1": "l", "|": "l", "!": "l", "5": "s", "8": "b", "3": "e", "$": "s", "€": "e"})
_LONG = 12
_PRESENT = "history_of_present_illness"
_MAX_WORDS = 7


class KindOfSection(BaseModel):
    """What the data file says of one kind; see its head for the meaning of each part."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    family: str
    titles: tuple[_Key, ...]
    loinc: tuple[str, ...] = ()
    names_problems: bool = False


class HeadingData(BaseModel):
    """``data/headings.yaml`` as it stands."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    source: str
    families: dict[str, str]
    kinds: dict[str, KindOfSection]
    endings: dict[str, tuple[_Key, ...]]
    beginnings: dict[str, tuple[_Key, ...]]
    document_titles: tuple[_Key, ...]
    signature_openings: tuple[_Key, ...]
    labels_inside: tuple[_Key, ...]
    minor_titles: tuple[_Key, ...]


@dataclass(frozen=True, slots=True)
class Known:
    """The kind that a title opens. Not ``exact``: only a part of it is known, or a misread form."""

    kind: str
    exact: bool
    misread: bool = False


@dataclass(frozen=True, slots=True)
class Headings:
    """The data by comparison key."""

    data: HeadingData
    kinds: dict[str, str]
    endings: tuple[tuple[re.Pattern[str], str], ...]
    beginnings: tuple[tuple[re.Pattern[str], str], ...]
    document_titles: frozenset[str]
    signature_openings: tuple[str, ...]
    labels_inside: frozenset[str]
    minor_titles: frozenset[str]

    def known(self, title: str) -> Known | None:
        """The kind of a title by its words; None for one that is not known."""
        found = self.kinds.get(key_of(title)) or self.kinds.get(key_of(_PARENTHESIS.sub(" ", title)))
        if found is not None:
            return Known(found, exact=True)
        joint = [self.kinds.get(key_of(part)) for part in _JOINT.split(title)]
        if len(joint) > 1 and joint[0] is not None and all(joint):
            return Known(_PRESENT if _PRESENT in joint else joint[0], exact=True)
        return self._by_part(title)

    def _by_part(self, title: str) -> Known | None:
        if len(title.split()) > _MAX_WORDS:
            return None
        kind = next((kind for ending, kind in self.endings if ending.search(title)), None)
        kind = kind or next((kind for beginning, kind in self.beginnings if beginning.match(title)), None)
        return Known(kind, exact=False) if kind else None

    def misread(self, title: str) -> Known | None:
        """The kind of a title that a reading machine may have got wrong: a letter off, two in a long one."""
        kinds = {found for key in _repaired(title) for found in (self.kinds.get(key), *_near(key)) if found}
        return Known(kinds.pop(), exact=False, misread=True) if len(kinds) == 1 else None

    def names_problems(self, kind: str) -> bool:
        """Whether a short unknown heading inside the section is the name of a problem."""
        return self.data.kinds[kind].names_problems

    def family(self, kind: str) -> str:
        """The family of a kind."""
        return self.data.kinds[kind].family


def key_of(words: str) -> str:
    """Letters alone, in lower case: reading machines lose the spaces between words."""
    return "".join(c for c in words.replace("&", "and").lower() if c.isalpha())


def _repaired(title: str) -> Iterable[str]:
    plain = key_of(title)
    lettered = title.lower().translate(_CONFUSED)
    yield plain
    yield key_of(lettered)
    yield key_of(lettered.replace("l", "i"))
    yield key_of(lettered.replace("rn", "m"))


@lru_cache(maxsize=4096)
def _near(key: str) -> frozenset[str]:
    """Kinds of the titles nearest to a key, within one edit for five letters or more, two for twelve or more."""
    if len(key) < 5:
        return frozenset()
    bound = 2 if len(key) >= _LONG else 1
    near = [
        (distance, kind)
        for title, kind in headings().kinds.items()
        if len(title) >= 5 and (distance := Levenshtein.distance(key, title, score_cutoff=bound)) <= bound
    ]
    nearest = min((distance for distance, _ in near), default=0)
    return frozenset(kind for distance, kind in near if distance == nearest)


@cache
def headings() -> Headings:
    """The data of the package. Raises ``ConfigurationError`` when a part is missing or has another form."""
    data = packaged("headings.yaml", HeadingData.model_validate)
    _check(data)
    return Headings(
        data,
        kinds={key_of(title): kind for kind, entry in data.kinds.items() for title in entry.titles},
        endings=tuple((_part(word, last=True), kind) for kind, words in data.endings.items() for word in words),
        beginnings=tuple((_part(word, last=False), kind) for kind, words in data.beginnings.items() for word in words),
        document_titles=frozenset(key_of(title) for title in data.document_titles),
        signature_openings=tuple(key_of(opening) for opening in data.signature_openings),
        labels_inside=frozenset(key_of(label) for label in data.labels_inside),
        minor_titles=frozenset(key_of(title) for title in data.minor_titles),
    )


def _part(words: str, *, last: bool) -> re.Pattern[str]:
    """Words at an end of a title. Between long words the spaces may be missing; a short word stands apart."""
    letters = r"\s*".join(re.escape(word) for word in words.split())
    apart = r"\b" if len(key_of(words)) < 7 else ""
    return re.compile(rf"{apart}{letters}[^a-z]*$" if last else rf"{letters}{apart}", re.IGNORECASE)


def _check(data: HeadingData) -> None:
    seen: dict[str, str] = {}
    for kind, entry in data.kinds.items():
        if entry.family not in data.families:
            raise ConfigurationError(
                f"headings.yaml: {kind} is of the unknown family {entry.family}; add or correct it"
            )
        for title in entry.titles:
            other = seen.setdefault(key_of(title), kind)
            if other != kind:
                raise ConfigurationError(f"headings.yaml: {title!r} opens both {other} and {kind}; keep one of them")
    named = {*data.endings, *data.beginnings}
    if not named <= data.kinds.keys():
        raise ConfigurationError(f"headings.yaml: unknown kinds {sorted(named - data.kinds.keys())}; correct them")
