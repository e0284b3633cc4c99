"""Codes that a condition's name carries with it: the ulcer of a diabetic foot, the stage of a diabetic kidney."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from chartstream.coding.data_files import DATA, read_yaml
from chartstream.coding.passages.statements import Statement
from chartstream.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Companion:
    """One line of ``data/companions.yaml``; its head says what the parts mean."""

    codes: re.Pattern[str]
    sites: Sequence[tuple[re.Pattern[str], str]]
    code: str

    def at(self, statement: Statement) -> str:
        """The code that goes with a condition named in ``statement``."""
        words = (statement.document.text, statement.begin, statement.block_end)
        return next((code for pattern, code in self.sites if pattern.search(*words)), self.code)


@lru_cache(maxsize=1)
def companions(path: Path = DATA / "companions.yaml") -> Sequence[Companion]:
    """The companions of the package. Raises ``ConfigurationError`` naming the line that is not well-formed."""
    found = []
    for row in read_yaml(path)["companions"]:
        try:
            sites = tuple(
                (re.compile(rf"\b(?:{site['words']})\b", re.IGNORECASE), site["code"]) for site in row.get("sites", ())
            )
            found.append(Companion(re.compile(row["codes"]), sites, row["code"]))
        except (KeyError, re.error) as error:
            raise ConfigurationError(f"{path.name}, codes {row.get('codes', '?')}: {error}; correct it.") from error
    return tuple(found)


def companion_of(code: str, statement: Statement) -> str | None:
    """The code that ``code`` carries with it where ``statement`` names its condition, or None."""
    return next((c.at(statement) for c in companions() if c.codes.fullmatch(code)), None)
