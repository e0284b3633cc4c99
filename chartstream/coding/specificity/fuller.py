"""The fuller name of a condition elsewhere in the encounter: "diabetes" above, "type 1 diabetes" in the history."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from chartstream.codesets import CodeSet
from chartstream.coding.assertion.assertion import Asserter, Status, Stretch
from chartstream.coding.lexicon.lexicon import Entry, Lexicon
from chartstream.coding.lexicon.matching import Mention, mentions
from chartstream.coding.model import Evidence
from chartstream.coding.passages.reading import Reading, Sentence
from chartstream.coding.passages.statements import Statement
from chartstream.coding.specificity.axes import axes

# Words that make another condition of the one they stand beside.
_OTHERWISE: Final = frozenset({"historyof", "familyhistoryof", "statuspost", "screening", "without", "prediabetes"})


class FullerNames:
    """Looks for fuller names in the documents of one encounter; reads their words once."""

    def __init__(self, codes: CodeSet, lexicon: Lexicon, asserter: Asserter, reading: Reading) -> None:
        self._codes = codes
        self._merged = axes().merged
        self._lexicon = lexicon
        self._asserter = asserter
        self._reading = reading
        self._named_in: dict[tuple[str, int, int], tuple[Stretch, Sequence[Mention]]] = {}

    def of(self, mention: Mention, statement: Statement) -> tuple[Entry, Evidence] | None:
        """(entry, where it stands) of the one fuller name of the same condition that the documents affirm.

        None where the mention's own code is specific already, where there is no such name, and where several give
        different codes.
        """
        if mention.entry.code is None or not self._is_plain(mention.entry.code):
            return None
        found = list(self._found(mention, statement))
        if len({entry.code for entry, _ in found}) != 1:
            return None
        return found[0]

    def _found(self, mention: Mention, statement: Statement) -> Iterator[tuple[Entry, Evidence]]:
        own = mention.entry.forms
        others = (document for document in self._reading.documents if document is not statement.document)
        for document in (statement.document, *others):
            for sentence in self._reading.with_words(document, own):
                if own != sentence.forms and not sentence.lies_in(statement):
                    yield from self._in_sentence(mention.entry, sentence)

    def _in_sentence(self, entry: Entry, sentence: Sentence) -> Iterator[tuple[Entry, Evidence]]:
        where = sentence.statement
        stretch, named = self._named(sentence)
        for other in named:
            if not self._is_fuller(other.entry, entry):
                continue
            if stretch.assertion(other.begin, other.end, other.spans).status is Status.AFFIRMED:
                place = Evidence(where.document.document_id, other.begin, other.end, "fuller", where.section.kind)
                yield other.entry, place

    def _named(self, sentence: Sentence) -> tuple[Stretch, Sequence[Mention]]:
        """What a sentence names and how it is meant; found once, however many mentions ask."""
        where = sentence.statement
        key = where.document.document_id, where.begin, where.end
        if key not in self._named_in:
            text = where.document.text
            stretch = self._asserter.stretch(text, where.begin, where.end)
            named = mentions(self._lexicon, sentence.tokens, text, stretch.barriers, in_sentence=True)
            self._named_in[key] = stretch, named
        return self._named_in[key]

    def _is_fuller(self, entry: Entry, than: Entry) -> bool:
        if entry.code is None or than.code is None or not than.forms < entry.forms or entry.forms & _OTHERWISE:
            return False
        here, there = than.code[:3], entry.code[:3]
        return here == there or there in self._merged.get(here, ())

    def _is_plain(self, code: str) -> bool:
        """Whether the list's own words leave the condition open."""
        entry = self._codes.get(code)
        text = entry.description.lower() if entry is not None else ""
        return "unspecified" in text or "without complication" in text
