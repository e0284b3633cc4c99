"""How far the cues of a stretch of text reach: which mentions each of them speaks of."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from chartstream.coding.assertion.cues import Cue, Direction, Part, Reach, Status, Word

# How many words a trigger reaches; a list may be long, "not" seldom reaches beyond its own phrase.
_WORDS: Final = {Reach.HEADING: 200, Reach.LIST: 80, Reach.NEAR: 14, Reach.CLOSE: 8, Reach.BESIDE: 1}
_WIDE: Final = frozenset({Reach.HEADING, Reach.LIST})
_ENDS: Final = frozenset(".;?\n")
_PREPOSITIONS: Final = frozenset(
    {
        "for",
        "because",
        "despite",
        "since",
        "as",
        "when",
        "while",
        "after",
        "before",
        "during",
        "to",
        "at",
        "until",
        "by",
    }
)
_OR: Final = frozenset({"or", "nor", "vs", "versus"})
# A list that "or" joins: that many words at most stand between a comma and the "or".
_OR_WITHIN: Final = 8
# Statuses that hold for one thing, not for what comes with it.
_ALONE: Final = frozenset({Status.UNCERTAIN, Status.HISTORICAL, Status.LONGSTANDING})
_PAST: Final = frozenset({Status.HISTORICAL, Status.LONGSTANDING})
# "No fever, possible pneumonia": a word of another status behind a comma ends these.
_YIELDING: Final = frozenset({Status.NEGATED, Status.HISTORICAL})


@dataclass(frozen=True, slots=True)
class Scope:
    """What lies between ``low`` and ``high`` (code points) has ``status``, by the trigger at ``begin``."""

    status: Status
    low: int
    high: int
    begin: int
    end: int


class Scopes:
    """The cues of one stretch with what they reach."""

    def __init__(self, found: Sequence[Word], cues: Sequence[Cue], ends: Sequence[Cue], begin: int, end: int) -> None:
        """``found`` are the words of ``text[begin:end]``, ``cues`` and ``ends`` what ``Cues.scan`` found in them."""
        self._words = found
        self._begin, self._end = begin, end
        self._cues = cues
        self._at: dict[int, Cue] = {place: cue for cue in cues for place in range(cue.first, cue.stop)}
        self._end_from: dict[int, Cue] = {cue.first: cue for cue in ends}
        self._end_to: dict[int, Cue] = {cue.stop: cue for cue in ends}
        self._scopes: dict[int, list[Scope]] = {}

    def of(self, begin: int, end: int, covered: Sequence[tuple[int, int]]) -> dict[Status, Scope]:
        """What holds of the mention ``[begin, end)``; cues that overlap ``covered``, its words, say nothing of it."""
        holding: dict[Status, Scope] = {}
        for cue in self._cues:
            for scope in self._outside(cue, covered):
                if (scope.end <= begin < scope.high) or (scope.low < end <= scope.begin):
                    holding[scope.status] = scope
        return holding

    def within(self, covered: Sequence[tuple[int, int]]) -> frozenset[Status]:
        """What the words of a mention, at ``covered``, say of it themselves."""
        return frozenset(
            rule.does
            for cue in self._cues
            for rule in cue.rules
            if isinstance(rule.does, Status) and rule.direction is Direction.WITHIN and self._overlaps(cue, covered)
        )

    def _outside(self, cue: Cue, covered: Sequence[tuple[int, int]]) -> Sequence[Scope]:
        """The scopes of ``cue``, or of the longest shorter cue in it, that leaves the mention's own words alone."""
        for each in (cue, *cue.shorter):
            if not self._overlaps(each, covered):
                return self._known_scopes(cue) if each is cue else list(self._scopes_of(each))
        return ()

    def _overlaps(self, cue: Cue, spans: Sequence[tuple[int, int]]) -> bool:
        low, high = self._words[cue.first].begin, self._words[cue.stop - 1].end
        return any(begin < high and low < end for begin, end in spans)

    def _known_scopes(self, cue: Cue) -> Sequence[Scope]:
        """The scopes of ``cue``, found when the first mention asks: most sentences have none."""
        if cue.first not in self._scopes:
            self._scopes[cue.first] = list(self._scopes_of(cue))
        return self._scopes[cue.first]

    def _scopes_of(self, cue: Cue) -> Iterator[Scope]:
        begin, end = self._words[cue.first].begin, self._words[cue.stop - 1].end
        for rule in cue.rules:
            if isinstance(rule.does, Part) or rule.reach is None:
                continue
            low, high = begin, end
            if rule.direction in (Direction.FORWARD, Direction.AROUND):
                stop = self._forward(cue, rule.does, rule.reach)
                high = self._words[stop].begin if stop < len(self._words) else self._end
            if rule.direction is not Direction.FORWARD:
                start = self._backward(cue, rule.does, rule.reach)
                low = self._words[start - 1].end if start > 0 else self._begin
            yield Scope(rule.does, low, high, begin, end)

    def _forward(self, cue: Cue, status: Status, reach: Reach) -> int:
        """The first word behind ``cue`` that it no longer reaches, or how many words there are."""
        at, depth, opening = cue.stop, 0, self._own_clause(cue.stop)
        limit = min(len(self._words), cue.stop + _WORDS[reach])
        while at < limit:
            form = self._words[at].form
            beside = at == cue.stop
            depth += (form == "(") - (form == ")")
            if (
                depth < 0
                or _ends(self._end_from.get(at), status, reach is Reach.HEADING or at < opening)
                or self._turns(at, cue, status)
                or self._ended_at(at, beside, status, reach, forward=True)
            ):
                return at
            at = self._at[at].stop if at in self._at else at + 1
        return min(at, len(self._words))

    def _own_clause(self, at: int) -> int:
        """Where the clause that begins at ``at`` has its verb behind it, as in "denies that he has"."""
        if at < len(self._words) and self._words[at].form == "that":
            at += 1
        clause = self._end_from.get(at)
        return at if clause is None else clause.stop

    def _turns(self, at: int, cue: Cue, status: Status) -> bool:
        """Whether a trigger of another status begins at ``at``, behind a comma: "no fever, possible pneumonia"."""
        inner = self._at.get(at)
        if status not in _YIELDING or inner is None or at == cue.stop or self._words[at - 1].form != ",":
            return False
        return all(isinstance(rule.does, Status) and rule.does is not status for rule in inner.rules)

    def _backward(self, cue: Cue, status: Status, reach: Reach) -> int:
        """The first word of those before ``cue`` that it still reaches."""
        at = cue.first
        limit = max(0, cue.first - _WORDS[reach])
        while at > limit:
            beside = at == cue.first
            if _ends(self._end_to.get(at), status, beside) or self._ended_at(
                at - 1, beside, status, reach, forward=False
            ):
                return at
            at = self._at[at - 1].first if at - 1 in self._at else at - 1
        return at

    def _ended_at(self, at: int, beside: bool, status: Status, reach: Reach, *, forward: bool) -> bool:
        """Whether the word or mark at ``at`` ends what a trigger reaches; ``beside``: it stands next to the trigger."""
        form = self._words[at].form
        if form in _ENDS:
            return True
        if form in (":", "-"):
            return not beside and status is not Status.HYPOTHETICAL
        if form == ",":
            passes = reach in _WIDE or (self._leads_to_or(at) if forward else beside)
            return not passes
        if reach is Reach.CLOSE and form in _PREPOSITIONS and not beside:
            return True
        if form == "and":
            return (status is Status.UNCERTAIN and reach not in _WIDE) or (status in _PAST and reach is Reach.CLOSE)
        return form == "with" and status in _ALONE and reach is not Reach.HEADING

    def _leads_to_or(self, comma: int) -> bool:
        """Whether the comma stands in a list that "or" joins, with no other cue in between."""
        for at in range(comma + 1, min(len(self._words), comma + _OR_WITHIN + 1)):
            form = self._words[at].form
            if form in _OR:
                return True
            if at in self._at or form in _ENDS or form in ("and", "with", ":"):
                return False
        return False


def _ends(end: Cue | None, status: Status, beside: bool) -> bool:
    """Whether ``end`` ends what a trigger of ``status`` reaches; the trigger's own clause, beside it, does not."""
    return end is not None and any(
        status in rule.statuses and not (beside and rule.does is Part.CLAUSE) for rule in end.rules
    )
