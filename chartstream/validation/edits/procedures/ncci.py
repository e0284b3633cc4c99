"""NCCI procedure-to-procedure edits: a column-two code is not paid beside its column-one code."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Final

from chartstream.codesets.editions import Editions
from chartstream.codesets.model import NCCI_PTP
from chartstream.codesets.services import NcciSetting, PtpPair
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.lines import (
    OUTPATIENT,
    PROFESSIONAL,
    ServiceLine,
    lines_of,
    setting_of,
)
from chartstream.validation.modifier_rules import modifier_rules
from chartstream.validation.registry import Hit, Registry

registry = Registry(of_lines=True)

EITHER_LINE_SINCE: Final = date(2019, 7, 1)
"""From this day 59 and X{EPSU} bypass an edit on the column-one code too (MLN Matters MM11168)."""
_NEVER = 0


@dataclass(frozen=True, slots=True)
class _Met:
    """An edit that two lines of a claim meet, in the order of its columns."""

    pair: PtpPair
    first: ServiceLine
    second: ServiceLine

    @property
    def codes(self) -> tuple[str, str]:
        return self.pair.column_one, self.pair.column_two

    @property
    def named(self) -> str:
        reason = f" ({self.pair.rationale})" if self.pair.rationale else ""
        return f"{self.pair.column_two} beside {self.pair.column_one}{reason}"


@registry.edit(
    Severity.BLOCKS,
    source="NCCI procedure-to-procedure edits, modifier indicator 0; NCCI Policy Manual, chapter I, section E",
    remedy="leave out the column-two code: no modifier makes it payable beside the other",
    example={"codes": ["D64.9"], "procedures": ["85025", "85027"]},
    claim_types=OUTPATIENT,
)
def ncci_pair_never(claim: Claim) -> Iterator[Hit]:
    """Two codes that are never reported together by one provider on one day."""
    for met in _met(claim):
        if met.pair.modifier_indicator == _NEVER and met.first.shares_a_provider(met.second):
            yield Hit(f"NCCI never allows {met.named}", met.codes)


@registry.edit(
    Severity.REVIEW,
    source="NCCI procedure-to-procedure edits, modifier indicator 1; NCCI Policy Manual, chapter I, section E",
    remedy="leave out the column-two code, or add the NCCI modifier that the record supports",
    example={"codes": ["L97.512"], "procedures": ["97597", "11042"]},
    claim_types=OUTPATIENT,
)
def ncci_pair_without_modifier(claim: Claim) -> Iterator[Hit]:
    """Two codes that go together only with an NCCI modifier, without one or with one and the same site on both."""
    for met in _met_with_modifier_allowed(claim):
        if not _bypasses(met):
            asked = "a modifier other than the site that both lines state" if _one_site(met) else "a modifier"
            yield Hit(f"NCCI asks for {asked} on {met.named}", met.codes)


@registry.edit(
    Severity.REVIEW,
    source="NCCI Policy Manual, chapter I, section E: 59 and X{EPSU} only where no other modifier says why and the "
    "record supports it",
    remedy="see that the record shows another encounter, site, practitioner or service, and acknowledge it",
    example={"codes": ["L97.512"], "procedures": ["11042", {"code": "97597", "modifiers": ["59"]}]},
    claim_types=OUTPATIENT,
)
def ncci_pair_as_distinct(claim: Claim) -> Iterator[Hit]:
    """Two codes that nothing but 59 or X{EPSU} keeps apart."""
    distinct = modifier_rules().ncci.distinct
    for met in _met_with_modifier_allowed(claim):
        bypasses = _bypasses(met)
        if bypasses and bypasses <= distinct:
            yield Hit(f"{', '.join(sorted(bypasses))} alone allows {met.named}", (*met.codes, *sorted(bypasses)))


@registry.edit(
    Severity.WARNS,
    source="NCCI Policy Manual, chapter I, section E: a modifier only where the record supports it",
    remedy="see that the record supports the modifier",
    example={"codes": ["L97.512"], "procedures": [{"code": "99213", "modifiers": ["25"]}, "97597"]},
    claim_types=OUTPATIENT,
)
def ncci_pair_by_modifier(claim: Claim) -> Iterator[Hit]:
    """Two codes that another NCCI modifier keeps apart: a site, a separate visit, a later procedure."""
    distinct = modifier_rules().ncci.distinct
    for met in _met_with_modifier_allowed(claim):
        bypasses = _bypasses(met)
        if bypasses - distinct:
            yield Hit(f"{', '.join(sorted(bypasses))} allows {met.named}", (*met.codes, *sorted(bypasses)))


@registry.edit(
    Severity.REVIEW,
    source="NCCI Policy Manual, chapter I, section A; Medicare Claims Processing Manual, chapter 12, section 30.6.5: "
    "physicians of one group and specialty bill as one",
    remedy="leave out the column-two code where both are of one group and specialty, else acknowledge it",
    example={
        "codes": ["D64.9"],
        "procedures": [{"code": "85025", "provider": "p-1"}, {"code": "85027", "provider": "p-2"}],
    },
    claim_types=PROFESSIONAL,
)
def ncci_pair_of_two_providers(claim: Claim) -> Iterator[Hit]:
    """An NCCI pair by two providers, of whom it is not known whether they bill as one."""
    for met in _met(claim):
        if not met.first.shares_a_provider(met.second) and not (
            met.pair.modifier_indicator != _NEVER and _bypasses(met)
        ):
            yield Hit(f"two providers report {met.named}", met.codes)


@registry.edit(
    Severity.REVIEW,
    source="NCCI Policy Manual, chapter I: practitioner and outpatient hospital edits of the quarter of the service",
    remedy="install the NCCI edits of the quarter, or look the pairs up",
    example={"codes": ["I10"], "day": None, "procedures": ["99213", "93000"]},
    claim_types=OUTPATIENT,
)
def ncci_not_installed(claim: Claim) -> Iterator[Hit]:
    """Two or more services of one day, and no table of NCCI edits for it."""
    setting, editions = setting_of(claim), claim.editions
    if setting is None or (editions is not None and editions.has_setting(NCCI_PTP, setting)):
        return
    if any(one.code != other.code for one, other in lines_of(claim).of_one_day):
        yield Hit(f"the pairs of services cannot be checked: no NCCI {setting} edits are installed for the day")


def _met_with_modifier_allowed(claim: Claim) -> Iterator[_Met]:
    for met in _met(claim):
        if met.pair.modifier_indicator != _NEVER and met.first.shares_a_provider(met.second):
            yield met


@lru_cache(maxsize=16)  # five edits ask about one claim in turn
def _met(claim: Claim) -> Sequence[_Met]:
    """The edits in force that two lines of one day meet, whoever provided them."""
    setting, editions = setting_of(claim), claim.editions
    if setting is None or editions is None:
        return ()
    met = []
    for one, other in lines_of(claim).of_one_day:
        for first, second in ((one, other), (other, one)):
            pair = _pair(second.tables or editions, setting, first.code, second.code)
            if pair is not None and pair.applies_on(second.first or editions.day):
                met.append(_Met(pair, first, second))
    return met


@lru_cache(maxsize=100_000)
def _pair(tables: Editions, setting: NcciSetting, column_one: str, column_two: str) -> PtpPair | None:
    return tables.ptp(setting, column_one, column_two)


def _bypasses(met: _Met) -> frozenset[str]:
    """The NCCI modifiers on the two lines that may bypass the edit; a site only where the lines state several."""
    rules = modifier_rules().ncci
    found, on_first = set(met.second.modifiers) & rules.every, set(met.first.modifiers) & rules.every
    if met.second.first is not None and met.second.first < EITHER_LINE_SINCE:
        on_first -= rules.distinct
    return frozenset((found | on_first) - _one_site(met))


def _one_site(met: _Met) -> frozenset[str]:
    """The sites of the two lines where they are the same, else none."""
    sites = modifier_rules().ncci.anatomic
    of_first, of_second = sites & set(met.first.modifiers), sites & set(met.second.modifiers)
    return of_first if of_first == of_second else frozenset()
