"""What brought a coded injury about: cause, place, activity and status by ``data/external_causes.yaml``.

Guidelines I.C.20. Reporting is voluntary (I.C.20), so nothing is read into a note: a code needs a sentence that says it
of this patient and of this injury, and stands behind all diagnoses (I.C.20.a.6).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chartstream.codesets import CodeSet
from chartstream.coding.assertion.assertion import Asserter, Status
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding, merged
from chartstream.coding.lexicon.defaults import complete
from chartstream.coding.model import Context, Document, Evidence, Section
from chartstream.coding.passages.statements import Kind, Statement, sentences
from chartstream.coding.vocabulary.wording import Wording
from chartstream.errors import ConfigurationError

# Priority of causes (I.C.20.f); abuse and terrorism need confirmation that no sentence of a note gives.
_GROUPS: Final = ("cataclysm", "transport", "other")
_HARM: Final = "harm"
_REASON: Final = "reason_for_visit"
# Seventh characters of injuries under active treatment: A, and B and C of open fractures (I.C.19.a, c).
_INITIAL: Final = frozenset("ABC")
_CODE_LENGTH: Final = 8
# How far before a mention, in code points, words are looked at that take it back.
_BEFORE: Final = 60
# What stands behind one of these in a clause has happened, whatever is denied before it ("no pain since he fell").
_PRESUPPOSED: Final = re.compile(r"\b(?:when|after|since|while|because|as)\b", re.IGNORECASE)
# Says that it happened, not that it is over.
_AFTER: Final = re.compile(r"\b(?:status post|s/p)(?: an?| the| recent)* $", re.IGNORECASE)
_STEPS: Final = {
    "cause": "Cause of {injury}, with its seventh character: guidelines I.C.20.a.1 and a.2.",
    "place": "Place of occurrence at the initial encounter for {injury}: guidelines I.C.20.b.",
    "activity": "Activity at the initial encounter for {injury}: guidelines I.C.20.c.",
    "status": "Status of the person at the initial encounter for {injury}: guidelines I.C.20.k.",
}
_YEAR: Final = re.compile(r"\b(?:in|of|on|since|\d/|\d{1,2}/\d{1,2}/)\s?((?:19|20)\d\d)\b")


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause, place, activity or status: its code without seventh character and how it is said."""

    code: str
    text: Wording
    also: Sequence[Wording]
    fits: re.Pattern[str]
    rank: tuple[int, bool, int]


@dataclass(frozen=True, slots=True)
class Causes:
    """``data/external_causes.yaml``; ``circumstances`` are places, activities and statuses in claim order."""

    injuries: Mapping[str, re.Pattern[str]]
    told_in: frozenset[str]
    states_its_cause: re.Pattern[str]
    unless: re.Pattern[str]
    someone_else: re.Pattern[str]
    long_ago: re.Pattern[str]
    onset: Wording
    causes: Sequence[Cause]
    circumstances: Mapping[str, Sequence[Cause]]


@dataclass(frozen=True, slots=True)
class _Said:
    """A cause or circumstance found: the number of the sentence that says it, and the sentences to quote."""

    cause: Cause
    role: str
    at: int
    quotes: Sequence[Statement]


@lru_cache(maxsize=1)
def external_cause_rules(path: Path = DATA / "external_causes.yaml") -> Causes:
    """The causes of the package. Raises ``ConfigurationError`` naming the part or row that is not well-formed."""
    data = read_yaml(path)
    try:
        fragments = data["fragments"]
        injuries = {name: re.compile(pattern) for name, pattern in data["injuries"].items()}
        rows = [(group, row) for group in _GROUPS for row in data["causes"].get(group, ())]
        return Causes(
            injuries,
            frozenset(data["told_in"]),
            re.compile(data["states_its_cause"], re.IGNORECASE),
            _pattern(data["unless"]),
            _pattern(data["someone_else"]),
            _pattern(data["long_ago"]),
            _wording(data["onset"], {}),
            tuple(_cause(row, at, group, injuries, fragments) for at, (group, row) in enumerate(rows)),
            {name: tuple(_circumstances(data[name], injuries)) for name in ("places", "activities", "statuses")},
        )
    except (KeyError, TypeError, re.error) as error:
        raise ConfigurationError(f"external_causes.yaml: {error!r}; correct it.") from error


def _pattern(text: str) -> re.Pattern[str]:
    return re.compile(text, re.IGNORECASE)


def _wording(text: str, fragments: Mapping[str, str]) -> Wording:
    while any(f"{{{name}}}" in text for name in fragments):
        for name, fragment in fragments.items():
            text = text.replace(f"{{{name}}}", f"(?:{fragment})")
    return Wording(text)


def _cause(
    row: Mapping[str, Any],
    at: int,
    group: str,
    injuries: Mapping[str, re.Pattern[str]],
    fragments: Mapping[str, str],
) -> Cause:
    return Cause(
        row["code"],
        _wording(row["text"], fragments),
        tuple(_wording(text, fragments) for text in row.get("also", ())),
        injuries[row.get("fits", _HARM)],
        (_GROUPS.index(group), row.get("generic", False), at),
    )


def _circumstances(part: Mapping[str, Any], injuries: Mapping[str, re.Pattern[str]]) -> Iterator[Cause]:
    for at, row in enumerate(part["rows"]):
        yield Cause(row["code"], Wording(f"{part['cue']}(?:{row['text']})"), (), injuries[_HARM], (0, False, at))


def external_causes(
    findings: Sequence[Finding],
    codes: CodeSet,
    documents: Sequence[Document],
    context: Context,
    asserter: Asserter,
) -> list[Finding]:
    """The external causes of the injuries among ``findings``, in claim order; empty without injury or stated cause."""
    rules = external_cause_rules()
    injuries = [f for f in findings if _wants_cause(f, codes, rules)]
    if not injuries:
        return []
    for document in documents:
        found = list(_Reader(_told(document, rules), rules, asserter, context).coded(injuries, codes))
        if found:
            return found
    return []


def _told(document: Document, rules: Causes) -> list[Statement]:
    """The sentences that may say what happened: why the patient came, what stands under no heading, the problems."""
    edges = [0, *(edge for s in sorted(document.sections, key=lambda s: s.begin) for edge in (s.begin, s.end))]
    gaps = list(zip(edges[::2], [*edges[1::2], len(document.text)], strict=True))
    gaps += [(s.begin, s.end) for s in document.sections if s.kind in rules.told_in]
    untitled = replace(document, sections=tuple(Section(_REASON, *gap) for gap in sorted(gaps) if gap[0] < gap[1]))
    return [
        *sentences(document, "reason", Kind.SENTENCE),
        *(replace(s, document=document) for s in sentences(untitled, "reason", Kind.SENTENCE)),
        *sentences(document, "problems", Kind.SENTENCE),
    ]


def _wants_cause(finding: Finding, codes: CodeSet, rules: Causes) -> bool:
    entry = codes.get(finding.code)
    return (
        entry is not None
        and any(family.fullmatch(finding.code) for family in rules.injuries.values())
        and not rules.states_its_cause.search(entry.description)
    )


class _Reader:
    """Reads the sentences of one document for what happened to the patient."""

    def __init__(self, told: Sequence[Statement], rules: Causes, asserter: Asserter, context: Context) -> None:
        self._told = told
        self._lower = {s.begin: _text(s)[s.begin : s.end].lower() for s in told}
        self._rules = rules
        self._asserter = asserter
        self._year = context.service_date.year

    def coded(self, injuries: Sequence[Finding], codes: CodeSet) -> Iterator[Finding]:
        """The codes of what happened, the cause first."""
        event = self._event(injuries)
        injury = injuries[0]
        said = [event] if event is not None else []
        if event is not None:
            injury = next(f for f in injuries if event.cause.fits.fullmatch(f.code))
        seventh = _seventh(injury.code)
        if seventh == "A":
            said.extend(self._circumstances(event))
        for each in said:
            code = complete(codes, each.cause.code, seventh)
            if code is not None:
                yield _finding(code, each, injury)

    def _event(self, injuries: Sequence[Finding]) -> _Said | None:
        """The cause that goes before the others by group, then by how much it says, then by place in the note."""
        fitting = [c for c in self._possible(self._rules.causes) if any(c.fits.fullmatch(f.code) for f in injuries)]
        for cause in sorted(fitting, key=lambda c: c.rank):
            for at in range(len(self._told)):
                quotes = self._said(cause, at)
                if quotes:
                    return _Said(cause, "cause", at, quotes)
        return None

    def _possible(self, causes: Sequence[Cause]) -> list[Cause]:
        """Those of ``causes`` whose words are in the document at all."""
        whole = "\n".join(self._lower.values())
        return [cause for cause in causes if cause.text.possible(whole)]

    def _circumstances(self, event: _Said | None) -> Iterator[_Said]:
        """Place, activity and status: once, at the initial encounter, where documented (I.C.20.b, c, d, k)."""
        known = {kind: self._possible(causes) for kind, causes in self._rules.circumstances.items()}
        activity = (
            self._activity_alone(known["activities"])
            if event is None
            else self._beside(known["activities"], "activity", event)
        )
        if event is None and activity is None:
            return
        event = event or activity
        if event is not None:
            place = self._beside(known["places"], "place", event, reach=0)
            status = self._beside(known["statuses"], "status", event)
            yield from (said for said in (place, activity, status) if said is not None)

    def _activity_alone(self, activities: Sequence[Cause]) -> _Said | None:
        for at, sentence in enumerate(self._told):
            behind = [s for s in self._told[at + 1 : at + 2] if s.section == sentence.section]
            for activity in activities:
                if self._holds(activity.text, sentence):
                    harmed = next((s for s in (sentence, *behind) if self._holds(self._rules.onset, s)), None)
                    if harmed is not None:
                        quotes = [sentence] if harmed is sentence else [sentence, harmed]
                        return _Said(activity, "activity", at, quotes)
        return None

    def _beside(self, kinds: Sequence[Cause], role: str, event: _Said, reach: int = 1) -> _Said | None:
        """The first of ``kinds`` said in the event's sentence, or up to ``reach`` sentences beside it."""
        for at in (event.at, *(event.at + step for near in range(1, reach + 1) for step in (-near, near))):
            if 0 <= at < len(self._told) and self._told[at].section == self._told[event.at].section:
                for kind in kinds:
                    if self._holds(kind.text, self._told[at]):
                        return _Said(kind, role, at, [self._told[at]])
        return None

    def _said(self, cause: Cause, at: int) -> list[Statement]:
        """The sentences that state ``cause``, first of them number ``at``; none if they do not."""
        sentence = self._told[at]
        if not self._holds(cause.text, sentence):
            return []
        beside = [s for s in self._told[max(0, at - 1) : at + 2] if s.section == sentence.section]
        beside.sort(key=lambda s: s is not sentence)
        quotes = [sentence]
        for also in cause.also:
            found = next((s for s in beside if self._holds(also, s)), None)
            if found is None:
                return []
            if found is not sentence:
                quotes.append(found)
        return quotes

    def _holds(self, wording: Wording, sentence: Statement) -> bool:
        if not wording.possible(self._lower[sentence.begin]):
            return False
        found = wording.pattern.finditer(_text(sentence), sentence.begin, sentence.end)
        return any(self._happened(match, sentence) for match in found)

    def _happened(self, match: re.Match[str], sentence: Statement) -> bool:
        """Whether what is said is neither denied, feared, of somebody else, nor of long ago."""
        text = _text(sentence)
        begin, end = match.span()
        before = max(sentence.begin, begin - _BEFORE)
        if self._rules.unless.search(text, before, end) or self._rules.someone_else.search(text, before, begin):
            return False
        if self._rules.long_ago.search(text, sentence.begin, sentence.end):
            return False
        if any(int(m[1]) < self._year - 1 for m in _YEAR.finditer(text, sentence.begin, sentence.end)):
            return False
        after = _AFTER.search(text, before, begin)
        begin = after.start() if after else begin
        turns = [m.end() for m in _PRESUPPOSED.finditer(text, sentence.begin, begin)]
        low = turns[-1] if turns else sentence.begin
        meant = self._asserter.assertion(text, begin, end, [(begin, end)], (low, sentence.end))
        return meant.status is Status.AFFIRMED


def _seventh(injury: str) -> str:
    """I.C.20.a.2: the seventh character is that of the injury; the chapter knows A, D and S alone."""
    character = injury[-1] if len(injury) == _CODE_LENGTH else "A"
    return "A" if character in _INITIAL else "S" if character == "S" else "D"


def _finding(code: str, said: _Said, injury: Finding) -> Finding:
    return Finding(
        code=code,
        term=said.role,
        kind=Kind.SENTENCE,
        source="combination",
        status=Status.AFFIRMED,
        evidence=merged([_quote(sentence, said.role) for sentence in said.quotes]),
        rule=f"external cause: {said.role}",
        steps=[_STEPS[said.role].format(injury=injury.code)],
        features={"external_generic": float(said.cause.rank[1])},
    )


def _quote(sentence: Statement, role: str) -> Evidence:
    words = _text(sentence)[sentence.begin : sentence.end]
    begin = sentence.begin + len(words) - len(words.lstrip())
    section = sentence.section.kind if sentence.section in sentence.document.sections else None
    return Evidence(sentence.document.document_id, begin, begin + len(words.strip()), role, section)


def _text(sentence: Statement) -> str:
    return sentence.document.text
