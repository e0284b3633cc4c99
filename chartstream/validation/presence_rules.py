"""What Appendix I of the guidelines says without a list: ``data/presence.yaml``, checked when it is loaded."""

from __future__ import annotations

from functools import cache, lru_cache

from pydantic import BaseModel, ConfigDict

from chartstream.validation.references import plain
from chartstream.validation.rule_files import shipped_rules

_SEVENTH = 6


class PresenceRules(BaseModel):
    """All of the file. The fields are explained in it; beginnings of codes are without dots."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    exempt: tuple[str, ...]
    injuries: tuple[str, ...]
    last: str
    lasting: tuple[str, ...]
    delivery: tuple[str, ...]


@cache
def presence_rules() -> PresenceRules:
    """The rules as shipped. Raises ``ConfigurationError`` when the file does not hold."""
    return shipped_rules("presence.yaml", PresenceRules)


@lru_cache(maxsize=20_000)
def may_be_exempt(code: str) -> bool:
    """Whether a code lies where CMS's lists of exempt codes lie."""
    rules, bare = presence_rules(), plain(code)
    if bare.startswith(rules.injuries):
        return bare[_SEVENTH : _SEVENTH + 1] in tuple(rules.last)
    return bare.startswith(rules.exempt)


@lru_cache(maxsize=20_000)
def is_lasting(code: str) -> bool:
    """Whether a condition is there before it is recognised."""
    return plain(code).startswith(presence_rules().lasting)


def of_delivery(code: str) -> bool:
    """Whether a principal diagnosis may have arisen after the admission."""
    return plain(code).startswith(presence_rules().delivery)
