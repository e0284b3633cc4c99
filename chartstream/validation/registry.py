"""Edits by name. An edit is a function from a claim to what it finds; all else about it stands beside it as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass

from chartstream.events.validation import Finding, Severity
from chartstream.validation.claim import Claim


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where an edit fires: what is wrong, for a coder, without words of the note, and the codes at fault."""

    message: str
    codes: tuple[str, ...] = ()


Check = Callable[[Claim], Iterable[Hit]]


@dataclass(frozen=True, slots=True)
class Edit:
    """An edit: its name, what it does, the rule it rests on, what to do about it, and the check itself."""

    name: str
    severity: Severity
    source: str
    remedy: str
    check: Check

    def findings(self, claim: Claim) -> Iterator[Finding]:
        """What the edit finds in a claim. An exception in the check is a defect and is not caught."""
        for hit in self.check(claim):
            yield Finding(
                edit=self.name,
                severity=self.severity,
                message=hit.message,
                remedy=self.remedy,
                source=self.source,
                codes=hit.codes,
            )


class Registry:
    """Edits in the order in which they were registered, each name once."""

    def __init__(self) -> None:
        self._edits: dict[str, Edit] = {}

    def edit(self, severity: Severity, *, source: str, remedy: str) -> Callable[[Check], Check]:
        """Registers the decorated function as an edit under its own name. Raises ``ValueError`` for a name in use."""

        def register(check: Check) -> Check:
            name = check.__name__
            if name in self._edits:
                raise ValueError(f"two edits are called {name}; names must be unique, findings are told apart by them")
            self._edits[name] = Edit(name, severity, source, remedy, check)
            return check

        return register

    def __iter__(self) -> Iterator[Edit]:
        return iter(self._edits.values())
