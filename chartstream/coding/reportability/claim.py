"""The claim profile: which of the findings of an encounter are reportable, from its headings outwards.

Headings and lists of problems come first. What the text beneath a heading states may name that problem more precisely,
never another one. Sections without headings give what they state; only where nothing at all was found are lesser
sentences read, then the reason for the visit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Final

from chartstream.codesets import CodeSet
from chartstream.coding.finding import Finding
from chartstream.coding.model import Context, Document, Section, Setting
from chartstream.coding.passages.headings import headings
from chartstream.coding.passages.section_rules import roles
from chartstream.coding.passages.stated import concerns, confirmed, introduced, managed, stated
from chartstream.coding.passages.statements import Kind, Statement, sentences, sentences_of, start_of
from chartstream.coding.passages.unheaded import fragments, is_unheaded
from chartstream.coding.reportability.history import instead
from chartstream.coding.reportability.refining import refined
from chartstream.coding.reportability.reportable import is_chronic, is_symptom, judge_assertion, judge_tier

Read = Callable[[Statement], Iterable[Finding]]

_FINAL_LIST: Final = "discharge_diagnoses"
_NAMED_ELSEWHERE: Final = "a problem of the same category is named more surely elsewhere"


class Claim:
    """Reads one encounter. ``reported`` and ``rejected`` are its findings, each of the latter with its reason."""

    def __init__(self, read: Read, codes: CodeSet, context: Context) -> None:
        self._read = read
        self._codes = codes
        self._context = context
        self.reported: list[Finding] = []
        self.rejected: list[Finding] = []

    def read(self, documents: Sequence[Document]) -> None:
        """Read the documents, those that decide first."""
        inpatient = self._context.setting is Setting.FACILITY_INPATIENT
        # What stands at discharge decides (II.H): a history taken on admission lists what was only suspected then.
        final = [d for d in documents if inpatient and any(s.kind == _FINAL_LIST for s in d.sections)]
        deciding = final or documents
        for document in deciding:
            self._sections(document)
        if not self.reported:
            self._lesser(deciding)
        if inpatient:
            self._stay(documents, deciding)

    def _sections(self, document: Document) -> None:
        for section in document.sections:
            role = roles().roles.get(section.kind)
            if role not in ("problems", "plan"):
                continue
            before = len(self.reported)
            for heading in headings(document, section, plan_only=role == "plan"):
                self._heading(heading)
            if role == "problems" and (len(self.reported) == before or section.kind in roles().completing):
                for statement in stated(document, section, start_of(section), section.end):
                    self._take(self._judged(statement))
        for section in document.sections:
            if roles().roles.get(section.kind) in ("problems", "plan"):
                self._addressed(document, section)

    def _heading(self, heading: Statement) -> None:
        named = self._judged(heading)
        beneath = [
            finding
            for statement in stated(heading.document, heading.section, heading.end, heading.block_end)
            for finding in self._judged(statement)
        ]
        self._take(refined(named, beneath, self._codes))

    def _addressed(self, document: Document, section: Section) -> None:
        """What the plan treats without a heading (IV.J): chronic diseases, and problems it opens a sentence with."""
        for statements, chronic_only in ((concerns(document, section), False), (managed(document, section), True)):
            for finding in (finding for statement in statements for finding in self._judged(statement)):
                if any(known.code[:3] == finding.code[:3] for known in self.reported):
                    finding.reason = finding.reason or _NAMED_ELSEWHERE
                elif is_symptom(finding.code):
                    finding.reason = finding.reason or "a symptom that is treated, named by no heading"
                elif chronic_only and not is_chronic(finding.code):
                    finding.reason = finding.reason or "what a treatment is for, named by no heading"
                else:
                    finding.steps.append("Addressed by the plan: a condition that is treated is coded (IV.I, IV.J).")
                self._take([finding])

    def _lesser(self, documents: Sequence[Document]) -> None:
        """Statements of lesser worth, tier by tier until one gives something to report."""
        for tier in (_problem_sentences, _unheaded, _reasons):
            doubted = list(self.rejected)
            for statement in (s for document in documents for s in tier(document)):
                found = self._judged(statement)
                for finding in found:
                    finding.reason = finding.reason or judge_tier(finding, doubted)
                self._take(found)
            if self.reported:
                return

    def _stay(self, documents: Sequence[Document], deciding: Sequence[Document]) -> None:
        """What a stay reports beside its final list: problems treated in its course, and chronic systemic diseases."""
        for document in deciding:
            for section in document.sections:
                if section.kind in roles().course:
                    for heading in headings(document, section):
                        self._beside(self._judged(heading), "Treated during the stay (guidelines III).")
        for document in documents:
            for section in document.sections:
                if section.kind in roles().past:
                    for statement in sentences_of(document, section, start_of(section), section.end, Kind.SENTENCE):
                        found = [f for f in self._judged(statement) if f.reason or is_chronic(f.code)]
                        self._beside(found, "A chronic systemic disease affects the care of any stay (guidelines III).")

    def _beside(self, found: Sequence[Finding], step: str) -> None:
        for finding in found:
            if any(known.code[:3] == finding.code[:3] for known in self.reported):
                finding.reason = finding.reason or _NAMED_ELSEWHERE
            finding.steps.append(step)
        self._take(found)

    def _judged(self, statement: Statement) -> list[Finding]:
        """The findings of a statement; what may not be reported as it is meant has its reason."""
        found = []
        for finding in self._read(statement):
            other = instead(finding, statement, self._codes)
            if other is None:
                finding.reason = judge_assertion(finding, self._context) or finding.reason
            found.append(other or finding)
        return found

    def _take(self, found: Iterable[Finding]) -> None:
        for finding in found:
            (self.reported if finding.reason is None else self.rejected).append(finding)


def _problem_sentences(document: Document) -> Iterable[Statement]:
    told = map(introduced, sentences(document, "problems", Kind.SENTENCE))
    return [statement for statement in told if statement is not None]


def _unheaded(document: Document) -> Iterable[Statement]:
    """What a note concludes in so many words wherever it does, never of relatives or of the past.

    Where it has no assessment also what it states in its second half, where letters conclude, and what it names there.
    """
    unread = roles().past | {"family_history", "social_history", "allergies", "medications"}
    found = [
        s for section in _all_sections(document) if section.kind not in unread for s in confirmed(document, section)
    ]
    if is_unheaded(document):
        half = len(document.text) // 2
        for section in _all_sections(document):
            if section.kind not in roles().roles and section.end > half:
                found.extend(stated(document, section, max(half, start_of(section)), section.end))
        found.extend(fragments(document))
    return found


def _all_sections(document: Document) -> Sequence[Section]:
    return document.sections or (Section("other", 0, len(document.text)),)


def _reasons(document: Document) -> Iterable[Statement]:
    return sentences(document, "reason", Kind.REASON)
