"""The probability that a code is right: a logistic model on how it was found, its weights in ``data/confidence.yaml``.

A weight says by how much one feature moves the log odds, so that a confidence can be worked out by hand. No confidence
leaves the bounds of its model, which are what the number of judged codes supports.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chartstream.codesets import CodeSet
from chartstream.coding.assertion.assertion import Status
from chartstream.coding.corpus.corpus import REJECTED
from chartstream.coding.corpus.records import records
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.lexicon.lexicon import INDEX, OWN, TABULAR
from chartstream.coding.model import Context, Evidence, Profile, Setting
from chartstream.coding.passages.statements import Kind, Statement
from chartstream.errors import ConfigurationError

FEATURES: Final = frozenset(
    {
        "class_symptom",
        "class_injury",
        "class_status",
        "class_external",
        "listed",
        "stated",
        "sentence",
        "reason",
        "tabular",
        "rule",
        "one_word",
        "many_words",
        "foreign_words",
        "misspelt",
        "characters",
        "unread",
        "unspecified",
        "query",
        "refined",
        "mentioned_again",
        "plan",
        "historical",
        "uncertain",
        "doubted",
        "inpatient",
        "codes",
        "record",
    }
)
"""What a model may weigh; ``features`` says how each is counted. Beside them ``why_<name>`` of a rejection's group."""

_TERMS: Final = (OWN, INDEX, TABULAR)
_MANY_WORDS: Final = 3
_MOST: Final = 3.0  # beyond so many foreign words, letters or mentions, more of them say nothing more
_CATEGORY: Final = 3
_USUAL_CODES: Final = 3
_ROLE: Final = "term"
_WORD: Final = re.compile(r"[^\W\d_]{4,}")  # shorter ones seldom carry a meaning of their own


@dataclass(frozen=True, slots=True)
class Weights:
    """A fitted model: log odds are ``base`` plus each feature times its weight.

    Probabilities stay between ``floor`` and ``ceiling``.
    """

    base: float
    weights: Mapping[str, float]
    floor: float
    ceiling: float

    def probability(self, values: Mapping[str, float]) -> float:
        """The probability for these values of features, 0 for one that is not named; rounded to four places."""
        odds = self.base + sum(weight * values.get(name, 0.0) for name, weight in self.weights.items())
        return round(min(self.ceiling, max(self.floor, 1 / (1 + math.exp(-odds)))), 4)


@dataclass(frozen=True, slots=True)
class Calibration:
    """``data/confidence.yaml``; ``groups`` sort the reasons of rejections."""

    claim: Weights
    corpus: Weights
    rejected: Weights
    groups: Sequence[tuple[str, re.Pattern[str]]]


@dataclass(frozen=True, slots=True)
class Surroundings:
    """What else came of the documents: what they deny or doubt, by category, and how many codes are proposed.

    ``unspecified`` are those codes whose description says that something was not specified.
    """

    context: Context
    doubted: frozenset[str]
    proposed: int
    quoted: Sequence[Evidence]
    unspecified: frozenset[str]

    @classmethod
    def of(
        cls, context: Context, proposed: Sequence[Finding], rejected: Sequence[Finding], codes: CodeSet
    ) -> Surroundings:
        """The surroundings of any code of this answer."""
        denied = frozenset(f.code[:_CATEGORY] for f in rejected if f.status is not Status.AFFIRMED)
        every = (*proposed, *rejected)
        vague = frozenset(f.code for f in every if _is_unspecified(f.code, codes))
        return cls(context, denied, len(proposed), [e for f in every for e in f.evidence], vague)

    def unread(self, statement: Statement) -> int:
        """How many words of a statement no quote of any code touches: what they say went into no code.

        Words that only tell how the condition goes are none of them.
        """
        document, low, high = statement.document, statement.begin, statement.end
        near = (e for e in self.quoted if e.begin < high and low < e.end)
        quotes = [(e.begin, e.end) for e in near if e.document_id == document.document_id]
        found = _WORD.finditer(document.text, statement.begin, statement.end)
        words = [word for word in found if word.group().lower() not in course_words()]
        return sum(not any(begin < w.end() and w.start() < end for begin, end in quotes) for w in words)


@lru_cache(maxsize=1)
def course_words() -> frozenset[str]:
    """``data/course_words.txt``: words that tell how a condition goes, never what it is."""
    lines = (DATA / "course_words.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(word for line in lines if not line.startswith("#") for word in line.split())


def _is_unspecified(code: str, codes: CodeSet) -> bool:
    entry = codes.get(code)
    return entry is not None and "unspecified" in entry.description.lower()


@lru_cache(maxsize=1)
def calibration(path: Path = DATA / "confidence.yaml") -> Calibration:
    """The models of the package. Raises ``ConfigurationError`` if a part is missing, unknown or out of bounds."""
    data = read_yaml(path)
    try:
        groups = [(row["name"], re.compile(row["reason"])) for row in data["groups"]]
        names = FEATURES | {f"why_{name}" for name, _ in groups}
        claim, corpus, rejected = (_weights(data[part], names) for part in ("claim", "corpus", "rejected"))
    except (KeyError, TypeError, ValueError, re.error) as error:
        raise ConfigurationError(f"confidence.yaml: {error!r}; restore it from the package or fit it anew.") from error
    return Calibration(claim, corpus, rejected, groups)


def _weights(part: Mapping[str, Any], names: frozenset[str]) -> Weights:
    found = Weights(float(part["base"]), dict(part["weights"] or {}), float(part["floor"]), float(part["ceiling"]))
    unknown = found.weights.keys() - names
    if unknown:
        raise ValueError(f"unknown features {sorted(unknown)}")
    if not 0 < found.floor <= found.ceiling < 1:
        raise ValueError(f"floor {found.floor} and ceiling {found.ceiling} must lie between 0 and 1, in this order")
    return found


def code_class(code: str) -> str:
    """The class of a code by its chapter: disease, injury, symptom, status or external."""
    return {"R": "symptom", "S": "injury", "T": "injury", "Z": "status"}.get(
        code[0], "external" if code[0] in "VWXY" else "disease"
    )


def features(finding: Finding, surroundings: Surroundings) -> dict[str, float]:
    """The features of a finding that are not 0."""
    return {name: value for name, value in _values(finding, surroundings) if value}


def _values(finding: Finding, surroundings: Surroundings) -> Iterator[tuple[str, float]]:
    found = finding.features
    words = found.get("words", 0.0)
    for name in ("symptom", "injury", "status", "external"):
        yield f"class_{name}", float(code_class(finding.code) == name)
    for kind in (Kind.LISTED, Kind.STATED, Kind.SENTENCE, Kind.REASON):
        yield kind.name.lower(), float(finding.kind is kind)
    yield "tabular", float(finding.source in (TABULAR, INDEX))
    # External causes are all added by rule: their class says it.
    yield "rule", float(finding.source not in _TERMS and code_class(finding.code) != "external")
    yield "one_word", float(words == 1)
    yield "many_words", float(words >= _MANY_WORDS)
    yield "foreign_words", min(_MOST, found.get("gap", 0.0))
    yield "misspelt", min(_MOST, found.get("edits", 0.0))
    # Of the four characters behind the category: each is one more thing that must be right.
    yield "characters", (len(finding.code.replace(".", "")) - _CATEGORY) / 4
    if finding.statement is not None and finding.kind <= Kind.STATED:
        yield "unread", math.log1p(surroundings.unread(finding.statement))
    yield "unspecified", float(finding.code in surroundings.unspecified)
    yield "query", float(bool(finding.queries))
    yield "refined", float(any(e.role != _ROLE for e in finding.evidence) and finding.source in _TERMS)
    mentioned = sum(e.role == _ROLE for e in finding.evidence)
    yield "mentioned_again", min(_MOST, max(0.0, mentioned - 1.0))
    yield "plan", float(any(e.section in ("plan", "addendum") for e in finding.evidence[:1]))
    yield "historical", float(finding.status is Status.HISTORICAL)
    yield "uncertain", float(finding.status is Status.UNCERTAIN)
    yield "doubted", float(finding.code[:_CATEGORY] in surroundings.doubted)
    yield "inpatient", float(surroundings.context.setting is Setting.FACILITY_INPATIENT)
    if surroundings.context.profile is Profile.CORPUS:
        yield "record", records().odds(finding.code)
    yield "codes", math.log(max(1, surroundings.proposed) / _USUAL_CODES)


def confidence(finding: Finding, surroundings: Surroundings) -> float:
    """The probability that a proposed code is right. Writes the features that it rests on into the finding."""
    values = features(finding, surroundings)
    finding.features.update(values)
    known = calibration()
    model = known.corpus if surroundings.context.profile is Profile.CORPUS else known.claim
    return model.probability(values)


def rejected_confidence(finding: Finding, surroundings: Surroundings) -> float:
    """The probability that a code is right although it is not proposed. Writes its features into the finding.

    Where the rule that turned it down knows how often it errs, that is the answer.
    """
    if REJECTED in finding.features:
        return finding.features[REJECTED]
    known = calibration()
    values = features(finding, surroundings)
    group = next((name for name, reason in known.groups if reason.search(finding.reason or "")), None)
    if group is not None:
        values[f"why_{group}"] = 1.0
    finding.features.update(values)
    return known.rejected.probability(values)
