"""Words that say how a mention is meant, and where they stand: one pass over a stretch of text finds them all.

The cues are data: ``data/assertion.csv``, and ``data/standing.csv`` for conditions of longer standing, with classes of
words (``<relative>``) from ``data/assertion_words.csv``. A cue is written in words; ``(a|b|)`` offers alternatives, the
empty one of which leaves the place out.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from pathlib import Path
from typing import Final

from chartstream.coding.data_files import DATA
from chartstream.errors import ConfigurationError


class Status(StrEnum):
    """How a mention is meant.

    ``HYPOTHETICAL``: what may come; ``SOUGHT``: what a test or an examination looks for; ``OTHER``: of a person who is
    neither the patient nor a relative; ``HISTORICAL``: what is over; ``LONGSTANDING``: what began before the present
    episode (weeks ago at least) and is not said to be over.
    """

    AFFIRMED = "affirmed"
    NEGATED = "negated"
    UNCERTAIN = "uncertain"
    HYPOTHETICAL = "hypothetical"
    SOUGHT = "sought"
    HISTORICAL = "historical"
    LONGSTANDING = "longstanding"
    FAMILY = "family"
    OTHER = "other"


class Part(StrEnum):
    """What a cue that is no trigger does: nothing (it hides the triggers in it), or end what triggers reach.

    A clause begins with a verb of its own ("and has"); beside a trigger it belongs to it ("denies that he has").
    """

    NOTHING = "none"
    END = "end"
    CLAUSE = "clause"


class Direction(StrEnum):
    """Where a trigger's mention stands: behind it, before it, on both sides, or before it when it closes its clause.

    ``WITHIN``: the trigger is a part of the mention's own words; it has no reach.
    """

    FORWARD = "forward"
    BACKWARD = "backward"
    AROUND = "around"
    FINAL = "final"
    WITHIN = "within"


class Reach(StrEnum):
    """How far a trigger reaches, at most to the end of its sentence.

    ``HEADING`` passes new clauses; ``LIST`` passes commas; ``NEAR`` passes them only in a list joined by "or";
    ``CLOSE`` also ends at a preposition; ``BESIDE`` touches one word.
    """

    HEADING = "heading"
    LIST = "list"
    NEAR = "near"
    CLOSE = "close"
    BESIDE = "beside"


@dataclass(frozen=True, slots=True)
class Rule:
    """One meaning of a cue: what it makes of mentions, or which ``statuses`` end there."""

    does: Status | Part
    direction: Direction | None = None
    reach: Reach | None = None
    statuses: frozenset[Status] = frozenset()


@dataclass(frozen=True, slots=True)
class Word:
    """A word in lower case or a mark, with its place: code points of the text, ``end`` exclusive."""

    form: str
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Cue:
    """A cue found: ``words[first:stop]``. ``shorter`` are the cues that begin there too, the longest first."""

    first: int
    stop: int
    rules: Sequence[Rule]
    shorter: Sequence[Cue] = ()

    @property
    def only_ends(self) -> bool:
        """Whether it only ends what triggers reach."""
        return all(rule.does in (Part.END, Part.CLAUSE) for rule in self.rules)


MARKS: Final = frozenset(".,;:?-()\n")
_TOKEN: Final = re.compile(
    r"\d+\.\d+|[^\W_]+(?:['\u2019][^\W_]+)?|[.!](?=[\s)\"'\u201d]|$)|[,;:()]|\?|(?<![^\s(])[-\u2013\u2014](?!\w)|[\r\n]+\s*"
)
_DOUBT: Final = "<doubt>"  # a question mark before what it asks
_BUILT_IN: Final = frozenset({"number", "year", "doubt"})
_YEAR: Final = re.compile(r"(?:19|20)\d\d(?:'?s)?")  # "1998", "the 1990s"
# A line that ends with one of these goes on in the next.
_GOES_ON: Final = frozenset(
    {
        ",",
        "and",
        "or",
        "nor",
        "of",
        "for",
        "any",
        "the",
        "a",
        "an",
        "with",
        "no",
        "without",
        "denies",
        "not",
        "to",
        "in",
    }
)
_ABBREVIATIONS: Final = frozenset(
    {"dr", "mr", "mrs", "ms", "vs", "st", "approx", "dx", "hx", "tx", "sx", "fx", "pt", "neg"}
)
_ALTERNATIVES: Final = re.compile(r"\(([^()]*\|[^()]*)\)")


def words(text: str, begin: int, end: int) -> list[Word]:
    """The words and marks of ``text[begin:end]``. Full stops and line breaks count where they end a sentence."""
    found: list[Word] = []
    for match in _TOKEN.finditer(text, begin, end):
        form = match.group().lower().replace("\u2019", "'")
        if form[0] in "\r\n":
            if found and found[-1].form not in _GOES_ON:
                found.append(Word("\n", match.start(), match.end()))
        elif form in ("\u2013", "\u2014"):
            found.append(Word("-", match.start(), match.end()))
        elif form == "?":
            found.append(Word(_DOUBT if _leads(found, text, match) else "?", match.start(), match.end()))
        elif form in (".", "!"):
            if not _abbreviated(found, text, match.start()):
                found.append(Word(".", match.start(), match.end()))
        else:
            found.append(Word(form, match.start(), match.end()))
    return found


def _leads(before: Sequence[Word], text: str, mark: re.Match[str]) -> bool:
    """Whether a question mark stands before what it asks, as in "?gout"; it ends its sentence otherwise."""
    if text[mark.start() - 1 : mark.start()].strip(" \t\r\n("):
        return False
    return text[mark.end() : mark.end() + 1].isalnum() or not before or before[-1].form in MARKS


def _abbreviated(before: Sequence[Word], text: str, at: int) -> bool:
    if not before or before[-1].end != at:
        return False
    last = before[-1]
    return last.form in _ABBREVIATIONS or (last.end - last.begin == 1 and text[last.begin - 1 : last.begin] == ".")


@dataclass(slots=True, eq=False)
class _Node:
    """A place in the cues: where each word leads, and what a cue that ends here means."""

    following: dict[str, list[_Node]] = field(default_factory=dict)
    rules: list[Rule] = field(default_factory=list)

    def leads_to(self, symbol: str, node: _Node) -> None:
        self.following.setdefault(symbol, []).append(node)


class Cues:
    """The cues of the package, joined at their first words."""

    def __init__(self, rows: Iterable[tuple[str, Rule]], classes: Mapping[str, Sequence[str]]) -> None:
        """``classes`` gives the words of each class by its name; one with phrases in it is spelled out in ``rows``."""
        self._classes: dict[str, list[str]] = {}
        for name, members in classes.items():
            for member in members:
                self._classes.setdefault(member, []).append(f"<{name}>")
        self._closing = frozenset(classes.get("closing", ()))
        self._root = _Node()
        for pattern, rule in rows:
            for last in _laid(self._root, pattern):
                last.rules.append(rule)

    @classmethod
    def read(cls, path: Path = DATA / "assertion.csv", classes: Path = DATA / "assertion_words.csv") -> Cues:
        """The cues of a file. Raises ``ConfigurationError`` naming a line that is not well-formed.

        ``path`` has the columns trigger, status (of ``Status``, or a ``Part``), direction, reach (of an end: the
        statuses that end there, with spaces between) and source; ``classes`` has class, words (divided by ``|``) and
        source. Of cues that begin at one place the longest counts; their order in the file means nothing.
        """
        known: dict[str, list[str]] = {}
        for number, row in _rows(classes):
            if not all(row.values()):
                raise ConfigurationError(f"{classes.name}, line {number}: a column is empty; fill it in.")
            known.setdefault(row["class"], []).extend(row["words"].split("|"))
        phrases = {f"<{name}>": f"({'|'.join(of)})" for name, of in known.items() if any(" " in each for each in of)}
        rows = []
        for number, row in _rows(path):
            unknown = [n for n in re.findall(r"<(\w+)>", row["trigger"]) if n not in {*known, *_BUILT_IN}]
            pattern = re.sub(r"<\w+>", lambda found: phrases.get(found.group(), found.group()), row["trigger"])
            rule = _rule(row)
            if rule is None or unknown or _malformed(pattern) or not row["source"]:
                raise ConfigurationError(f"{path.name}, line {number}: a column is wrong or empty; correct it.")
            rows.append((pattern, rule))
        return cls(rows, known)

    def scan(self, stretch: Sequence[Word]) -> tuple[list[Cue], list[Cue]]:
        """The triggers in ``stretch`` with what hides them, and the ends; both in order, the longest of a place.

        No trigger overlaps another. An end stands outside triggers, but a trigger may begin within it ("and has no").
        """
        triggers: list[Cue] = []
        ends: list[Cue] = []
        at = 0
        while at < len(stretch):
            matches = self._at(stretch, at)
            speaking = [cue for cue in matches if not cue.only_ends]
            ending = next((cue for cue in matches if any(rule.statuses for rule in cue.rules)), None)
            if ending and (not speaking or ending.stop >= speaking[0].stop):
                ends.append(ending)
            if speaking:
                longest = speaking[0]
                triggers.append(Cue(longest.first, longest.stop, longest.rules, speaking[1:]))
            at = speaking[0].stop if speaking else at + 1
        return triggers, ends

    def _at(self, stretch: Sequence[Word], at: int) -> list[Cue]:
        """The cues that begin at ``at``, the longest first."""
        found: list[Cue] = []
        nodes, place = self._opening(stretch[at].form), at + 1
        while nodes:
            rules = list(dict.fromkeys(rule for node in nodes for rule in node.rules))
            if any(rule.direction is Direction.FINAL for rule in rules) and not self._closes(stretch, place):
                rules = [rule for rule in rules if rule.direction is not Direction.FINAL]
            if rules:
                found.append(Cue(at, place, rules))
            if place == len(stretch):
                break
            symbols = self._names(stretch[place].form)
            nodes = [after for node in nodes for symbol in symbols for after in node.following.get(symbol, ())]
            place += 1
        return found[::-1]

    def _opening(self, form: str) -> Sequence[_Node]:
        """Where a word leads from the root; most lead nowhere."""
        if form not in self._classes and not form[0].isdigit():
            return self._root.following.get(form, ())
        return [node for symbol in self._names(form) for node in self._root.following.get(symbol, ())]

    def _names(self, form: str) -> Sequence[str]:
        """A word and the classes it belongs to."""
        number = ("<number>",) if form[0].isdigit() else ()
        year = ("<year>",) if number and _YEAR.fullmatch(form) else ()
        return (form, *self._classes.get(form, ()), *number, *year)

    def _closes(self, stretch: Sequence[Word], stop: int) -> bool:
        return stop == len(stretch) or stretch[stop].form in MARKS or stretch[stop].form in self._closing


def _laid(root: _Node, pattern: str) -> list[_Node]:
    """Lay a cue from ``root``. Returns the nodes that it may end at; more than one where its end may be left out."""
    ends = [root]
    for part in _parts(pattern):
        ways = [_symbols(way) for way in part]
        join = _Node()
        for way in filter(None, ways):
            steps = [*(_Node() for _ in way[1:]), join]
            for end in ends:
                end.leads_to(way[0], steps[0])
            for before, symbol, after in zip(steps, way[1:], steps[1:], strict=False):
                before.leads_to(symbol, after)
        ends = [join] if all(ways) else [*ends, join]
    return ends


def _parts(pattern: str) -> list[list[str]]:
    """The parts of a cue in order, each as its alternatives."""
    return [part.split("|") for part in _ALTERNATIVES.sub("\0\\1\0", pattern).split("\0") if part.strip()]


def _malformed(pattern: str) -> bool:
    """Whether a cue could be found where there is nothing, has alternatives in an alternative, or mute ones.

    A mute alternative holds no word that a text could have.
    """
    parts = _parts(pattern)
    mute = any(way.strip() and not _symbols(way) for part in parts for way in part)
    return mute or "|" in _ALTERNATIVES.sub("", pattern) or all(any(not way.strip() for way in part) for part in parts)


@lru_cache(maxsize=4096)
def _symbols(chunk: str) -> Sequence[str]:
    """The words, marks and classes of a part of a cue that offers no alternatives."""
    found: list[str] = []
    for piece in chunk.split():
        if piece.startswith("<") or piece in MARKS:
            found.append(piece)
        else:
            found.extend(word.form for word in words(piece, 0, len(piece)))
    return found


def _rows(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(newline="", encoding="utf-8") as file:
        yield from enumerate(csv.DictReader(file), start=2)


def _rule(row: Mapping[str, str]) -> Rule | None:
    """The rule of a row; None if a column says what it cannot say."""
    does, direction, reach = row["status"], row["direction"], row["reach"]
    if does == Part.NOTHING:
        return Rule(Part.NOTHING) if not direction and not reach else None
    if does in (Part.END, Part.CLAUSE):
        ended = reach.split()
        if direction or not ended or not set(ended) <= set(Status) - {Status.AFFIRMED}:
            return None
        return Rule(Part(does), statuses=frozenset(Status(each) for each in ended))
    if does not in set(Status) or does == Status.AFFIRMED or direction not in set(Direction):
        return None
    known = Rule(Status(does), Direction(direction), Reach(reach) if reach in set(Reach) else None)
    # Only what is within the mention's own words has no reach.
    return known if bool(reach) != (known.direction is Direction.WITHIN) and bool(reach) == bool(known.reach) else None
