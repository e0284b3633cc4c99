"""Rules on which codes stand together and in what order: the rows of ``data/relations.yaml``, checked when loaded."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from functools import cache, lru_cache
from importlib.resources import files
from typing import Annotated, Literal, get_args

import yaml
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError

from chartstream.errors import ConfigurationError
from chartstream.validation.claim import Claim
from chartstream.validation.references import References, references_in

_FILE = "relations.yaml"
_WRITTEN = re.compile(r"[A-Z0-9.,\- ]+")


@cache
def _read(codes: str) -> References:
    return references_in(f"({codes})")


def _well_formed(codes: str) -> str:
    read = _read(codes)
    items = codes.partition(" with ")[0]
    if not _WRITTEN.fullmatch(items) or len(read.prefixes) + len(read.spans) != len(items.split(",")):
        raise ValueError(f"{codes!r} is not a list of codes and ranges as the tabular list writes them")
    return codes


Codes = Annotated[str, AfterValidator(_well_formed)]
"""Codes as the tabular list refers to them: ``E11.9, O00-O08, T36-T50 with fifth or sixth character 6``."""


class Rule(BaseModel):
    """A row. It is about ``codes`` without those of ``but``; what ``others`` are to them depends on its kind:

    - ``never_first``, ``secondary_first``, ``status_first``: ``codes`` do not stand first.
    - ``first_only``: ``codes`` stand first, or behind one of ``others``.
    - ``priority``: ``codes`` stand before all that is not among ``others``.
    - ``order``: ``codes`` stand before ``others``.
    - ``conflict``: ``codes`` do not stand beside ``others``.
    - ``required``, ``advised``: ``codes`` (where one of ``beside`` is listed too) ask for one of ``others``.
    - ``once``: of ``codes``, one alone is listed.

    ``states`` is the rule in words, for a coder; ``source`` the section that it rests on.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    codes: Codes
    states: str
    source: str
    but: Codes | None = None
    others: Codes | None = None
    beside: Codes | None = None

    def about(self, code: str) -> bool:
        """Whether ``code`` (without its dot) is one that the rule is about."""
        return _among(self.codes, code) and not _among(self.but, code)

    def names(self, code: str) -> bool:
        """Whether ``code`` (without its dot) is one of the others."""
        return _among(self.others, code)

    def holds_beside(self, listed: Sequence[str]) -> bool:
        """Whether the rule holds for a claim of these codes (without dots)."""
        return self.beside is None or any(_among(self.beside, code) for code in listed)


Kind = Literal[
    "never_first",
    "secondary_first",
    "status_first",
    "first_only",
    "priority",
    "order",
    "conflict",
    "required",
    "advised",
    "once",
]


@lru_cache(maxsize=8)
def rules_of(claim: Claim) -> Mapping[Kind, Sequence[tuple[str, Rule]]]:
    """The rules that are about codes of a claim, by kind, each with its code (without a dot), in the claim's order."""
    found: dict[Kind, list[tuple[str, Rule]]] = defaultdict(list)
    by_category = _by_category()
    for code in claim.reported:
        for kind, rule in by_category.get(code[:3], ()):
            if rule.about(code):
                found[kind].append((code, rule))
    return found


@cache
def relation_rules() -> dict[Kind, tuple[Rule, ...]]:
    """The rules as shipped, by kind. Raises ``ConfigurationError`` when the file does not hold."""
    text = (files("chartstream.validation") / "data" / _FILE).read_text(encoding="utf-8")
    try:
        rows = yaml.safe_load(text)
        if set(rows) != set(get_args(Kind)):
            raise ConfigurationError(f"{_FILE} of the edits must hold the kinds {', '.join(get_args(Kind))}")
        return {kind: tuple(map(Rule.model_validate, rows[kind])) for kind in get_args(Kind)}
    except (yaml.YAMLError, ValidationError) as error:
        raise ConfigurationError(f"{_FILE} of the edits does not hold: {error}; install the package again") from error


@cache
def _by_category() -> Mapping[str, Sequence[tuple[Kind, Rule]]]:
    index: dict[str, list[tuple[Kind, Rule]]] = defaultdict(list)
    for kind, rules in relation_rules().items():
        for rule in rules:
            for category in _read(rule.codes).categories:
                index[category].append((kind, rule))
    return dict(index)


def _among(codes: str | None, code: str) -> bool:
    return codes is not None and _read(codes).match(code)
