"""The axes of ``data/axes.yaml``: which values a description of the tabular list or a stretch of a note states."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chartstream.coding.data_files import DATA, read_yaml
from chartstream.errors import ConfigurationError

Value = tuple[str, str]
# A value that rules find, not its own words.
_ELSEWISE: Final = "none"


class Reach(StrEnum):
    """Where a value may stand that belongs to a condition; ``data/axes.yaml`` says what they mean."""

    HEADING = "heading"
    NEAR = "near"
    BLOCK = "block"


@dataclass(frozen=True, slots=True)
class Stated:
    """A phrase of a note and the (axis, value) pairs that it may mean. Offsets: code points, end exclusive."""

    values: tuple[Value, ...]
    begin: int
    end: int
    reach: Reach
    only: tuple[str, ...]
    many: bool

    @property
    def axis(self) -> str:
        """The axis that its values lie on."""
        return self.values[0][0]

    def concerns(self, code: str) -> bool:
        """Whether its group is meant for ``code``."""
        return not self.only or code.startswith(self.only)


@dataclass(frozen=True, slots=True)
class _Group:
    axis: str
    reach: Reach
    only: tuple[str, ...]
    many: bool
    listed: Mapping[str, str]
    noted: Mapping[str, tuple[str, ...]]
    pattern: re.Pattern[str]
    # The first words of its phrases, without one of which there is nothing to look for.
    starts: frozenset[str]


class Axes:
    """What the file says, ready to be looked for."""

    def __init__(
        self,
        groups: Sequence[_Group],
        merged: Sequence[tuple[str, ...]],
        plain: Mapping[str, str],
        empty: frozenset[str],
    ) -> None:
        self._groups = groups
        self.merged = {category: family for family in merged for category in family}
        self.plain = plain
        self.empty = empty
        self._listed = {phrase: (group.axis, value) for group in groups for phrase, value in group.listed.items()}
        self.values = frozenset(self._listed.values())
        self._listed_pattern = _alternation(self._listed)

    def listed(self, text: str) -> tuple[frozenset[Value], str]:
        """(values that lower-case words of the tabular list name, the words that are left)."""
        found = frozenset(self._listed[_plain(m.group())] for m in self._listed_pattern.finditer(text))
        return found, self._listed_pattern.sub(" ", text)

    def stated(self, text: str, begin: int, end: int) -> Iterator[Stated]:
        """The values that ``text[begin:end]`` names, group by group."""
        words = set(_WORDS.findall(text[begin:end].lower()))
        for group in self._groups:
            if group.starts.isdisjoint(words):
                continue
            for match in group.pattern.finditer(text, begin, end):
                values = tuple((group.axis, value) for value in group.noted[_plain(match.group())])
                yield Stated(values, match.start(), match.end(), group.reach, group.only, group.many)


@lru_cache(maxsize=1)
def axes(path: Path = DATA / "axes.yaml") -> Axes:
    """The axes of the package. Raises ``ConfigurationError`` naming the axis that is not well-formed."""
    data = read_yaml(path)
    if not data.get("source"):
        raise ConfigurationError(f"{path.name} names no source; restore it from the package.")
    groups = []
    for row in data["groups"]:
        try:
            groups.append(_group(row))
        except (KeyError, ValueError, AttributeError) as error:
            raise ConfigurationError(f"{path.name}, axis {row.get('axis', '?')}: {error}; correct it.") from error
    return Axes(groups, [tuple(family) for family in data["merged"]], data["plain"], frozenset(data["empty"].split()))


def _group(row: Mapping[str, Any]) -> _Group:
    listed: dict[str, str] = {}
    noted: dict[str, list[str]] = {}
    for name, more in row["values"].items():
        own = {
            part: [p.strip() for p in more.get(part, "").split("|") if p.strip()] for part in ("also", "list", "note")
        }
        in_list = own["list"] or [name]
        # A value that states the words of the list apart takes those of notes from `note`, where it has any.
        in_notes = own["note"] if own["list"] and own["note"] else [name, *own["note"]]
        in_notes = [] if own["note"] == [_ELSEWISE] else in_notes
        listed.update(dict.fromkeys([*in_list, *own["also"]], name))
        for phrase in (*in_notes, *own["also"]):
            noted.setdefault(phrase, []).append(name)
    return _Group(
        row["axis"],
        Reach(row["reach"]),
        tuple(row.get("only", ())),
        bool(row.get("many", False)),
        listed,
        {phrase: tuple(names) for phrase, names in noted.items()},
        _alternation(noted),
        frozenset(_WORDS.findall(phrase)[0] for phrase in noted),
    )


def _alternation(phrases: Mapping[str, object]) -> re.Pattern[str]:
    """Any of the phrases, the longest first, as whole words and whatever stands between the words."""
    longest = sorted(phrases, key=len, reverse=True)
    any_of = "|".join(r"[\s/-]+".join(re.escape(word) for word in phrase.split()) for phrase in longest)
    return re.compile(rf"(?<![\w-])(?:{any_of})(?!\w)", re.IGNORECASE)


def _plain(phrase: str) -> str:
    return " ".join(_SEPARATORS.split(phrase.lower()))


_WORDS: Final = re.compile(r"\w+")
_SEPARATORS: Final = re.compile(r"[\s/-]+")
