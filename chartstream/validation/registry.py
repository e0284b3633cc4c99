"""Edits by name. An edit is a function from a claim to what it finds; all else about it stands beside it as data."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Final

from chartstream.events.coding import Diagnosis
from chartstream.events.encounter import ClaimType
from chartstream.events.validation import Finding, Severity
from chartstream.validation.claim import Claim

ICD10_COMPLIANCE: Final = date(2015, 10, 1)
"""From this date of service claims are coded in ICD-10 (45 CFR 162.1002(c))."""
EVERY_CLAIM: Final = frozenset(ClaimType)
INPATIENT: Final = frozenset({ClaimType.FACILITY_INPATIENT})


@dataclass(frozen=True, slots=True)
class Hit:
    """One place where an edit fires: what is wrong, for a coder, without words of the note, and the codes at fault.

    ``becomes`` is what an edit that corrects makes of the diagnosis with the same sequence number.
    """

    message: str
    codes: tuple[str, ...] = ()
    becomes: Diagnosis | None = None


Check = Callable[[Claim], Iterable[Hit]]


@dataclass(frozen=True, slots=True, eq=False)  # an edit is itself, whatever stands beside it
class Edit:
    """An edit: its name, what it does, the rule it rests on, what to do about it, and the check itself.

    It holds for dates of service from ``since`` to ``until`` (both inclusive; a claim without a date is checked all
    the same) and for claims of ``claim_types``; one ``of_lines`` only for those that have procedure lines. ``example``
    is a claim, in the form of ``written.py``, on which it fires: the reference page shows it, and the tests run it.
    """

    name: str
    severity: Severity
    source: str
    remedy: str
    check: Check
    example: Mapping[str, Any]
    since: date = ICD10_COMPLIANCE
    until: date | None = None
    claim_types: frozenset[ClaimType] = EVERY_CLAIM
    of_lines: bool = False

    def applies(self, claim_type: ClaimType, day: date | None, *, lines: bool) -> bool:
        """Whether the edit is made for claims of this type and date, with or without procedure lines."""
        if claim_type not in self.claim_types or (self.of_lines and not lines):
            return False
        return day is None or (self.since <= day and (self.until is None or day <= self.until))

    def hits(self, claim: Claim) -> Iterable[Hit]:
        """Where the edit fires, if it is made for such a claim. An exception in the check is a defect, not caught."""
        applies = self.applies(claim.claim_type, claim.day, lines=bool(claim.procedures))
        return self.check(claim) if applies else ()

    def finding(self, hit: Hit) -> Finding:
        """A hit as it stands in the event."""
        return Finding(
            edit=self.name,
            severity=self.severity,
            message=hit.message,
            remedy=self.remedy,
            source=self.source,
            codes=hit.codes,
        )


class Registry:
    """Edits in the order in which they were registered, each name once; ``of_lines``: all are about procedure lines."""

    def __init__(self, *, of_lines: bool = False) -> None:
        self._edits: dict[str, Edit] = {}
        self._of_lines = of_lines

    def edit(
        self,
        severity: Severity,
        *,
        source: str,
        remedy: str,
        example: Mapping[str, Any],
        since: date = ICD10_COMPLIANCE,
        until: date | None = None,
        claim_types: frozenset[ClaimType] = EVERY_CLAIM,
    ) -> Callable[[Check], Check]:
        """Registers the decorated function as an edit under its own name. Raises ``ValueError`` for a name in use."""

        def register(check: Check) -> Check:
            name = check.__name__
            if name in self._edits:
                raise ValueError(f"two edits are called {name}; names must be unique, findings are told apart by them")
            self._edits[name] = Edit(
                name=name,
                severity=severity,
                source=source,
                remedy=remedy,
                check=check,
                example=example,
                since=since,
                until=until,
                claim_types=claim_types,
                of_lines=self._of_lines,
            )
            return check

        return register

    def __iter__(self) -> Iterator[Edit]:
        return iter(self._edits.values())
