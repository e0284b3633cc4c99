"""Codes that leave the site open beside words that name one: a question instead of the code."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chartstream.codesets import CodeSet
from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.finding import Finding
from chartstream.coding.lexicon.matching import Mention
from chartstream.coding.model import Evidence, Query
from chartstream.coding.passages.statements import Statement
from chartstream.errors import ConfigurationError

UNUSED_SITE: Final = "the note names a site that this code leaves open (guidelines I.B.2)"


@dataclass(frozen=True, slots=True)
class OpenSite:
    """Codes that leave the site open, and the words beside a mention that name one."""

    codes: re.Pattern[str]
    words: re.Pattern[str] | None
    behind: re.Pattern[str]
    before: re.Pattern[str]
    question: str

    def covers(self, code: str, codes: CodeSet) -> bool:
        """Whether ``code`` is one of these."""
        if self.codes.fullmatch(code):
            return True
        entry = codes.get(code) if self.words is not None else None
        return entry is not None and self.words is not None and self.words.search(entry.description) is not None


@lru_cache(maxsize=1)
def open_sites(path: Path = DATA / "open_sites.yaml") -> Sequence[OpenSite]:
    """The rules of the package. Raises ``ConfigurationError`` naming what is missing or not well-formed."""
    data: dict[str, Any] = read_yaml(path)
    try:
        return tuple(_rule(row) for row in (data, *data["others"]))
    except (KeyError, re.error) as error:
        raise ConfigurationError(f"{path.name}: {error} is missing or not well-formed; correct it.") from error


def _rule(row: dict[str, Any]) -> OpenSite:
    def pattern(name: str) -> re.Pattern[str]:
        return re.compile(row[name], re.IGNORECASE)

    words = pattern("words") if "words" in row else None
    return OpenSite(re.compile(row["codes"]), words, pattern("behind"), pattern("before"), row["question"])


def ask_for_site(finding: Finding, mention: Mention, statement: Statement, codes: CodeSet) -> None:
    """A reason and a question for ``finding`` where words beside ``mention`` name a site that its code leaves open."""
    text = statement.document.text
    for rule in open_sites():
        if not rule.covers(finding.code, codes):
            continue
        if rule.behind.search(text[mention.end : statement.end]) or rule.before.search(
            text[statement.begin : mention.begin]
        ):
            finding.reason = UNUSED_SITE
            place = Evidence(statement.document.document_id, mention.begin, mention.end, "term", statement.section.kind)
            finding.queries = [Query(finding.code, rule.question, (), (place,))]
            return
