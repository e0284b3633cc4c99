"""The probability of a code: priors by class of code and of match, from ``data/confidence.yaml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import yaml

from chartstream.coding.assertion import Status
from chartstream.coding.finding import Finding
from chartstream.coding.lexicon import TABULAR
from chartstream.coding.tokens import DATA
from chartstream.errors import ConfigurationError


@dataclass(frozen=True, slots=True)
class Priors:
    """``data/confidence.yaml``."""

    base: Mapping[str, float]
    statement: Mapping[str, float]
    term: Mapping[str, float]
    features: Mapping[str, float]
    rejected: float


@lru_cache(maxsize=1)
def priors(path: Path = DATA / "confidence.yaml") -> Priors:
    """The priors of the package. Raises ``ConfigurationError`` if a part is missing or not between 0 and 1."""
    data = yaml.safe_load(path.read_text(encoding="utf-8"))
    try:
        found = Priors(data["base"], data["statement"], data["term"], data["features"], data["rejected"])
    except KeyError as error:
        raise ConfigurationError(f"confidence.yaml has no part {error}; restore it from the package.") from error
    for group in (found.base, found.statement, found.term, found.features, {"rejected": found.rejected}):
        for name, value in group.items():
            if not 0 < value <= 1:
                raise ConfigurationError(f"confidence.yaml: {name} is {value}; it must lie above 0 and at most at 1.")
    return found


def code_class(code: str) -> str:
    """The class of a code by its chapter: disease, injury, symptom, status or external."""
    return {"R": "symptom", "S": "injury", "T": "injury", "Z": "status"}.get(
        code[0], "external" if code[0] in "VWXY" else "disease"
    )


def confidence(finding: Finding) -> float:
    """The probability that ``finding`` is right. Writes each factor into its features under ``p_...``."""
    known = priors()
    factors = {
        "base": known.base[code_class(finding.code)],
        "statement": known.statement[finding.kind.name],
        "term": known.term[finding.source],
        "gap": known.features["gap"] ** finding.features.get("gap", 0.0),
    }
    if finding.source == TABULAR and finding.features.get("words") == 1:
        factors["one_word"] = known.features["one_word_tabular"]
    if finding.queries:
        factors["variant"] = known.features["unspecified_variant"]
    if finding.status in (Status.UNCERTAIN, Status.HISTORICAL):
        factors["assertion"] = known.features[finding.status.value]
    probability = 1.0
    for name, factor in factors.items():
        finding.features[f"p_{name}"] = factor
        probability *= factor
    return round(probability, 4)
