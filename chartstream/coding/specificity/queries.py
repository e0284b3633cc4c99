"""What the provider is asked for where a code leaves open what matters: the rules of ``data/queries.yaml``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final

from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.lexicon.defaults import TRIMESTERS, UNKNOWN
from chartstream.coding.lexicon.lexicon import Entry
from chartstream.coding.model import Evidence, Query
from chartstream.errors import ConfigurationError

_STEM: Final = re.compile(r"X*[A-Z0-9]$")


@dataclass(frozen=True, slots=True)
class Question:
    """One line of the file: what is asked for codes that leave ``axis`` open."""

    axis: str
    source: str
    codes: re.Pattern[str]
    question: str
    options: Sequence[str]


@lru_cache(maxsize=1)
def questions(path: Path = DATA / "queries.yaml") -> Sequence[Question]:
    """The questions of the package. Raises ``ConfigurationError`` naming the line that is not well-formed."""
    found = []
    for row in read_yaml(path)["queries"]:
        try:
            pattern = re.compile(row["codes"])
            found.append(Question(row["axis"], row["source"], pattern, row["question"], tuple(row["options"])))
        except (KeyError, re.error) as error:
            raise ConfigurationError(f"{path.name}, codes {row.get('codes', '?')}: {error}; correct it.") from error
    return tuple(found)


def queries_of(codes: Iterable[str], evidence: Evidence) -> list[Query]:
    """The questions that ``codes`` leave open, one an axis; ``evidence`` is where the condition is named."""
    return [
        Query(code, question.question, question.options, (evidence,))
        for code in codes
        for question in questions()
        if question.codes.fullmatch(code)
    ]


def variant_query(entry: Entry, code: str, evidence: Evidence, conflict: Sequence[Evidence] = ()) -> Query:
    """The question for the side or trimester of a term; ``conflict`` are places that contradict each other about it."""
    axis = "trimester" if TRIMESTERS.intersection(entry.variants) else "laterality"
    options = tuple(name for name in entry.variants if name != UNKNOWN)
    why = " The documents state both sides." if conflict else ""
    return Query(code, f"Please document the {axis} of: {entry.label}.{why}", options, (evidence, *conflict))
