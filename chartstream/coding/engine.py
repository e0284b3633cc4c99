"""The coding engine: from the documents of an encounter to ICD-10-CM codes with evidence and explanation."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from functools import cached_property
from typing import Final

from chartstream import __version__, codesets
from chartstream.codesets import CodeSet, Release
from chartstream.codesets.cache import cached_table
from chartstream.codesets.installed import index_fingerprint
from chartstream.codesets.releases import table_name
from chartstream.coding.assertion.assertion import Asserter, Assertion, Status
from chartstream.coding.confidence import Surroundings, calibration, confidence, rejected_confidence
from chartstream.coding.corpus.corpus import Corpus, corpus_rules, doubted, every_sentence
from chartstream.coding.data_files import DATA
from chartstream.coding.finding import Finding, evidence_of, merged
from chartstream.coding.lexicon.lexicon import Lexicon, to_table_entries
from chartstream.coding.lexicon.matching import Mention, mentions
from chartstream.coding.lexicon.terms import gather, lexicon_name
from chartstream.coding.model import (
    Coded,
    CoderIdentity,
    Context,
    Document,
    Explanation,
    Presence,
    Profile,
    ProposedCode,
    Query,
    RejectedCode,
    Setting,
)
from chartstream.coding.passages.reading import Reading
from chartstream.coding.passages.section_rules import roles
from chartstream.coding.passages.statements import Kind, Statement
from chartstream.coding.related.additions import added, additions
from chartstream.coding.related.adverse_effects import adverse_effect_rules, adverse_effects
from chartstream.coding.related.combinations import combine, rules, unrelated
from chartstream.coding.related.companions import companions
from chartstream.coding.related.external_causes import external_cause_rules, external_causes
from chartstream.coding.related.pain import pain_rules, with_kinds_of_pain
from chartstream.coding.reportability.claim import Claim
from chartstream.coding.reportability.history import histories
from chartstream.coding.reportability.presence import presence, presence_rules
from chartstream.coding.reportability.reportable import drop_integral, drop_vaguer, reportability
from chartstream.coding.reportability.sequence import order_rules, sequenced
from chartstream.coding.reportability.visits import settle_visits, visit_rules
from chartstream.coding.specificity.axes import axes
from chartstream.coding.specificity.documented import Documentation
from chartstream.coding.specificity.episode import episode_rules
from chartstream.coding.specificity.families import Families
from chartstream.coding.specificity.fuller import FullerNames
from chartstream.coding.specificity.open_sites import UNUSED_SITE, ask_for_site, open_sites
from chartstream.coding.specificity.queries import questions
from chartstream.coding.specificity.refinement import Refiner, without_details
from chartstream.coding.specificity.specificity import Specific, Specifier
from chartstream.coding.vocabulary.tokens import Vocabulary


class CodingEngine:
    """Codes notes with one release. Immutable after loading; one per process is enough."""

    def __init__(self, codes: CodeSet, vocabulary: Vocabulary, lexicon: Lexicon, asserter: Asserter) -> None:
        self.codes = codes
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._asserter = asserter
        self._families = Families(codes, axes())
        self.identity: Final = CoderIdentity("chartstream.coding", __version__, data_sha256(codes.release))

    @classmethod
    def load(cls, release: Release | None = None) -> CodingEngine:
        """The engine on ``release`` (the installed one by default). The first load on a machine builds the indexes.

        Raises ``ConfigurationError`` when a release, a data file or the cache folder is not as it must be.
        """
        codes = codesets.load(release) if release is not None else codesets.load()
        vocabulary = Vocabulary.read()
        name = f"{table_name(codes.release)}-{lexicon_name(codes.release)}"
        table = cached_table(name, lambda: to_table_entries(gather(codes, vocabulary)))
        (
            rules(),
            calibration(),
            reportability(),
            histories(),
            order_rules(),
            visit_rules(),
            roles(),
            presence_rules(),
            pain_rules(),
            adverse_effect_rules(),
            open_sites(),
            questions(),
            additions(),
            companions(),
            episode_rules(),
            external_cause_rules(),
            corpus_rules(vocabulary),
        )  # a file at fault shows at start, not at the first note
        lexicon = Lexicon(table)
        return cls(codes, vocabulary.tolerant(lexicon.forms()), lexicon, Asserter.read())

    def code_note(self, documents: Sequence[Document], context: Context) -> Coded:
        """The codes of an encounter. With a date of service that the release does not cover, ``release`` is None."""
        if not self.codes.release.covers(context.service_date):
            return Coded(release=None)
        if context.profile is Profile.CORPUS:
            return self._mentioned(documents, context)
        claim = self._claim(documents, context)
        reported, vague = drop_vaguer(_distinct(claim.reported), self.codes)
        reported, needless = combine(reported, self.codes, documents)
        reported, explained = drop_integral(reported, self.codes)
        reported = with_kinds_of_pain(reported, documents)
        reported.extend(added(reported, self.codes, documents, context))
        reported.extend(adverse_effects(reported, self.codes))
        reported.extend(external_causes(reported, self.codes, documents, context, self._asserter))
        reported, beside = settle_visits(_distinct(reported), self.codes, context)
        ordered = sequenced(_distinct(reported), self.codes, context)
        taken = {finding.code for finding in ordered}
        rest = [f for f in _distinct([*claim.rejected, *vague, *needless, *explained, *beside]) if f.code not in taken]
        inpatient = context.setting is Setting.FACILITY_INPATIENT
        around = Surroundings.of(context, ordered, rest, self.codes)
        present = [presence(f, ordered[0], documents, self._vocabulary) if inpatient else None for f in ordered]
        return Coded(
            release=self.codes.release.name,
            codes=tuple(
                self._proposed(finding, around, at, on_admission)
                for at, (finding, on_admission) in enumerate(zip(ordered, present, strict=True), start=1)
            ),
            rejected=tuple(self._rejected(finding, around) for finding in rest),
            queries=_queries([*ordered, *(finding for finding in rest if finding.reason == UNUSED_SITE)]),
        )

    def _claim(self, documents: Sequence[Document], context: Context) -> Claim:
        """The findings that a claim may carry and those it may not."""
        reading = Reading(self._vocabulary, documents)
        refiner = Refiner(self._families, Documentation(axes(), self._asserter, reading))
        fuller = FullerNames(self.codes, self._lexicon, self._asserter, reading)
        specifier = Specifier(self.codes, reading, refiner, fuller)
        claim = Claim(lambda statement: self._in_statement(statement, specifier), self.codes, context)
        claim.read(documents)
        return claim

    def _mentioned(self, documents: Sequence[Document], context: Context) -> Coded:
        """Whatever the documents mention, in order of the text; nobody is asked for more."""
        specifier = Specifier(self.codes, Reading(self._corpus.vocabulary))
        statements = [statement for document in documents for statement in every_sentence(document)]
        found = [finding for statement in statements for finding in self._all_in(statement, specifier)]
        proposed = _distinct(f for f in found if f.reason is None)
        taken = {finding.code for finding in proposed}
        rest = _distinct(f for f in found if f.code not in taken)
        around = Surroundings.of(context, proposed, rest, self.codes)
        return Coded(
            release=self.codes.release.name,
            codes=tuple(self._proposed(finding, around, at, None) for at, finding in enumerate(proposed, start=1)),
            rejected=tuple(self._rejected(finding, around) for finding in rest),
        )

    def _all_in(self, statement: Statement, specifier: Specifier) -> Iterator[Finding]:
        stretch = self._asserter.stretch(statement.document.text, statement.begin, statement.end)
        tokens, found = self._corpus.read(statement, stretch.barriers)
        for mention, doubt in found:
            meant = stretch.assertion(mention.begin, mention.end, mention.spans)
            specific = specifier.specify(mention, statement, tokens)
            for finding in self._of_mention(mention, statement, specific, meant):
                doubted(finding, doubt or self._corpus.rules.doubt_of(finding.code))
                yield finding

    @cached_property
    def _corpus(self) -> Corpus:
        return Corpus.load(self.codes)

    def _in_statement(self, statement: Statement, specifier: Specifier) -> list[Finding]:
        text = statement.document.text
        tokens = self._vocabulary.tokens(text, statement.begin, statement.end)
        stretch = self._asserter.stretch(text, statement.begin, statement.end)
        in_sentence = statement.kind >= Kind.STATED
        barriers = [*stretch.barriers, *unrelated(text, statement.begin, statement.end)]
        named = mentions(self._lexicon, tokens, text, barriers, in_sentence=in_sentence)
        found: list[Finding] = []
        for mention in named:
            if mention.begin < statement.named_from:
                continue
            meant = stretch.assertion(mention.begin, mention.end, mention.spans)
            specific = specifier.specify(mention, statement, tokens, named)
            for finding in self._of_mention(mention, statement, specific, meant):
                ask_for_site(finding, mention, statement, self.codes)
                found.append(finding)
        return without_details(found)

    def _of_mention(
        self, mention: Mention, statement: Statement, specific: Specific, meant: Assertion
    ) -> Iterator[Finding]:
        for code in specific.codes:
            quote = evidence_of(mention, statement)
            yield Finding(
                code=code,
                term=mention.entry.label,
                kind=statement.kind,
                source=mention.entry.source,
                status=meant.status,
                evidence=[quote, *specific.evidence],
                rule=f"{mention.entry.source} term in {statement.section.kind}",
                steps=[
                    f"{mention.entry.label!r} in a {statement.kind.name.lower()} of {statement.section.kind}: {code}.",
                    *specific.steps,
                    *([] if meant.status is Status.AFFIRMED else [f"The mention is {meant.status}."]),
                ],
                forms=mention.entry.forms,
                features={
                    "words": float(len(mention.entry.forms)),
                    "gap": float(mention.gap),
                    "edits": float(mention.edits),
                    "longstanding": float(Status.LONGSTANDING in meant.statuses),
                },
                queries=specific.queries_for(code),
                statement=statement,
            )

    def _proposed(
        self, finding: Finding, around: Surroundings, sequence: int, on_admission: Presence | None
    ) -> ProposedCode:
        probability = confidence(finding, around)
        return ProposedCode(
            sequence=sequence,
            code=finding.code,
            description=self._description(finding.code),
            confidence=probability,
            evidence=tuple(finding.evidence),
            explanation=Explanation(finding.rule, finding.term, dict(finding.features), tuple(finding.steps)),
            presence=on_admission,
        )

    def _rejected(self, finding: Finding, around: Surroundings) -> RejectedCode:
        reason = finding.reason or "another code was chosen"
        description = self._description(finding.code)
        probability = rejected_confidence(finding, around)
        evidence, features = tuple(finding.evidence), dict(finding.features)
        return RejectedCode(finding.code, description, probability, reason, evidence, features)

    def _description(self, code: str) -> str:
        entry = self.codes.get(code)
        return entry.description if entry is not None else ""


def data_sha256(release: Release) -> str:
    """The hash of every data file the engine codes by and of the indexes that go with the release: certificates hold
    for one.
    """
    digest = hashlib.sha256(index_fingerprint(release).encode())
    for path in sorted(DATA.rglob("*.*")):
        digest.update(path.relative_to(DATA).as_posix().encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _distinct(findings: Iterable[Finding]) -> list[Finding]:
    """One finding a code, the first, with the evidence of all."""
    first: dict[str, Finding] = {}
    for finding in findings:
        known = first.setdefault(finding.code, finding)
        if known is not finding:
            known.evidence = merged([*known.evidence, *finding.evidence])
    return list(first.values())


def _queries(findings: Sequence[Finding]) -> tuple[Query, ...]:
    return tuple(dict.fromkeys(query for finding in findings for query in finding.queries))
