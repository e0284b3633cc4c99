"""``data/sections.yaml``: what each kind of section is worth, and the words that tell problems from the rest."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from chartstream.coding.data_files import DATA, read_yaml
from chartstream.errors import ConfigurationError

_ROLES: Final = frozenset({"problems", "plan", "reason", "support"})


@dataclass(frozen=True, slots=True)
class Roles:
    """The file's parts; its comments say what each is for. Words are lower-case, patterns ignore case."""

    roles: Mapping[str, str]
    completing: frozenset[str]
    course: frozenset[str]
    past: frozenset[str]
    remarks: frozenset[str]
    labels: frozenset[str]
    orders: frozenset[str]
    introductions: frozenset[str]
    verbs: frozenset[str]
    confirming: re.Pattern[str]
    plain: re.Pattern[str]
    closing: re.Pattern[str]
    patient: re.Pattern[str]
    reason: re.Pattern[str]
    general: re.Pattern[str]
    concerns: re.Pattern[str]
    managing: re.Pattern[str]
    unheaded: re.Pattern[str]


@lru_cache(maxsize=1)
def roles(path: Path = DATA / "sections.yaml") -> Roles:
    """The section rules of the package. Raises ``ConfigurationError`` naming a part that is missing or wrong."""
    data: dict[str, Any] = read_yaml(path)
    try:
        strange = set(data["roles"].values()) - _ROLES
        if strange:
            raise ConfigurationError(f"{path.name} knows no role {sorted(strange)[0]}; correct it.")
        return Roles(
            roles=data["roles"],
            completing=frozenset(data["completing"]),
            course=frozenset(data["course"]),
            past=frozenset(data["past"]),
            remarks=frozenset(data["remarks"].split()),
            labels=frozenset(data["labels"].split()),
            orders=frozenset(data["orders"].split()),
            introductions=frozenset(name.strip() for name in data["introductions"].split("|")),
            verbs=frozenset(data["verbs"].split()),
            confirming=_any(data["stating"]["confirming"]),
            plain=_any(data["stating"]["plain"]),
            closing=_any(data["stating"]["closing"]),
            patient=_any([data["introducing"]["patient"]]),
            reason=_any([data["introducing"]["reason"]]),
            general=_any(data["general"]),
            concerns=_any([data["concerns"]]),
            managing=_any([data["managing"]]),
            unheaded=_any([data["unheaded"]]),
        )
    except (KeyError, re.error) as error:
        raise ConfigurationError(
            f"{path.name}: {error} is missing or not well-formed; restore or correct it."
        ) from error


def _any(patterns: Sequence[str]) -> re.Pattern[str]:
    """One pattern that finds what any of ``patterns`` finds."""
    return re.compile("|".join(f"(?:{pattern})" for pattern in patterns), re.IGNORECASE)
