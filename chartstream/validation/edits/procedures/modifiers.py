"""Modifiers in themselves: their form, which are known, which go together, what they may stand on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from itertools import combinations

from chartstream.codesets.editions import Editions
from chartstream.codesets.model import CPT, HCPCS
from chartstream.events.validation import Severity
from chartstream.validation.claim import Claim
from chartstream.validation.edits.procedures.lines import ServiceLine, is_service, lines_of
from chartstream.validation.modifier_rules import Conflict, Use, modifier_rules
from chartstream.validation.registry import Hit, Registry

registry = Registry(of_lines=True)

_FORM = re.compile(r"[A-Z0-9]{2}")
_MOST = 4


@registry.edit(
    Severity.BLOCKS,
    source="NUCC 1500 instructions, item 24D; ASC X12N 837P SV101-3 to SV101-6: up to four modifiers of two "
    "characters, each once; ICD-10-PCS codes have none",
    remedy="write each modifier once, as two characters; put 99 or a second line where more than four apply",
    example={"codes": ["I10"], "procedures": [{"code": "99213", "modifiers": ["25", "25"]}]},
)
def modifiers_malformed(claim: Claim) -> Iterator[Hit]:
    """Modifiers of another form, repeated, more than four, or on a code that takes none."""
    for line in claim.procedures:
        modifiers = line.modifiers
        if not modifiers:
            continue
        if not is_service(line):
            yield Hit(f"{line.code} takes no modifiers", (line.code,))
        for modifier in modifiers:
            if _FORM.fullmatch(modifier) is None:
                yield Hit(f"{modifier} on {line.code} has not the form of a modifier", (line.code, modifier))
        if len(set(modifiers)) != len(modifiers):
            yield Hit(f"{line.code} has one modifier twice", (line.code,))
        if len(modifiers) > _MOST:
            yield Hit(f"{line.code} has {len(modifiers)} modifiers, four are allowed", (line.code,))


@registry.edit(
    Severity.BLOCKS,
    source="HCPCS Level II and CPT, modifiers in force on the day; CMS's list in data/modifiers.yaml",
    remedy="choose a modifier of the edition in force on the day",
    example={"codes": ["I10"], "procedures": [{"code": "99213", "modifiers": ["ZZ"]}]},
)
def modifier_unknown(claim: Claim) -> Iterator[Hit]:
    """A modifier that neither the installed tables nor CMS's list has, or that is no longer in force."""
    for line, modifier in _well_formed(claim):
        if (tables := line.tables) is None:
            continue
        entry = tables.service(HCPCS, modifier) or tables.service(CPT, modifier)
        if entry is not None and not entry.valid_on(tables.day):
            yield Hit(f"modifier {modifier} on {line.code} is not in force on {tables.day}", (line.code, modifier))
        elif entry is None and tables.has(_system(modifier)) and modifier not in modifier_rules().known.codes:
            yield Hit(f"modifier {modifier} on {line.code} is not known", (line.code, modifier))


@registry.edit(
    Severity.REVIEW,
    source="HCPCS Level II and CPT, modifiers in force on the day; CMS's list in data/modifiers.yaml",
    remedy="install the HCPCS or CPT table for the date, or look the modifier up",
    example={"codes": ["I10"], "day": None, "procedures": [{"code": "99213", "modifiers": ["ZZ"]}]},
)
def modifier_unchecked(claim: Claim) -> Iterator[Hit]:
    """A modifier outside CMS's list, where no table is installed that might have it: HCPCS, or CPT for numbers."""
    for line, modifier in _well_formed(claim):
        if modifier not in modifier_rules().known.codes and not _decidable(line.tables, modifier):
            reason = f"no {_system(modifier)} table"
            yield Hit(f"modifier {modifier} on {line.code} cannot be checked: {reason}", (line.code, modifier))


@registry.edit(
    Severity.BLOCKS,
    source="Medicare Claims Processing Manual, chapters 1, 4, 5, 12, 13, 17 and 20; rows in data/modifiers.yaml",
    remedy="keep the modifier that the record supports",
    example={"codes": ["M25.561"], "procedures": [{"code": "20610", "modifiers": ["LT", "RT"]}]},
)
def modifiers_contradict(claim: Claim) -> Iterator[Hit]:
    """Two modifiers on one line that cannot both be true."""
    yield from _conflicts(claim, certain=True)


@registry.edit(
    Severity.REVIEW,
    source="Medicare Claims Processing Manual, chapters 1, 4 and 12; rows in data/modifiers.yaml",
    remedy="keep the modifier that the record and the payer support, or acknowledge the pair",
    example={"codes": ["K35.80"], "procedures": [{"code": "44970", "modifiers": ["80", "AS"]}]},
)
def modifiers_doubtful(claim: Claim) -> Iterator[Hit]:
    """Two modifiers on one line that seldom belong together."""
    yield from _conflicts(claim, certain=False)


@registry.edit(
    Severity.BLOCKS,
    source="NCCI Policy Manual, chapter I, section E; Medicare Claims Processing Manual, chapters 4, 12, 16 and 17; "
    "rows in data/modifiers.yaml",
    remedy="remove the modifier, or put it on the line that it describes",
    example={"codes": ["L97.512"], "procedures": [{"code": "11042", "modifiers": ["25"]}]},
)
def modifier_misplaced(claim: Claim) -> Iterator[Hit]:
    """A modifier on a service or a claim that it cannot describe."""
    yield from _misuses(claim, certain=True)


@registry.edit(
    Severity.REVIEW,
    source="NCCI Policy Manual, chapter I, section E; Medicare Claims Processing Manual, chapters 4, 12 and 14; "
    "rows in data/modifiers.yaml",
    remedy="remove the modifier, or acknowledge that the payer asks for it there",
    example={"codes": ["I10"], "procedures": [{"code": "93000", "modifiers": ["25"]}]},
)
def modifier_unusual(claim: Claim) -> Iterator[Hit]:
    """A modifier on a service or a claim that it is hardly meant for."""
    yield from _misuses(claim, certain=False)


@registry.edit(
    Severity.BLOCKS,
    source="Medicare Physician Fee Schedule, relative value file; Claims Processing Manual, chapter 12, section 40; "
    "rows in data/modifiers.yaml",
    remedy="remove the modifier, or choose the code of the part that was provided",
    example={"codes": ["I10"], "procedures": [{"code": "93000", "modifiers": ["26"]}]},
)
def modifier_against_fee_schedule(claim: Claim) -> Iterator[Hit]:
    """A modifier that the code's fee-schedule indicators rule out: 26 or TC without components, 50, 51, 54 to 56."""
    for line in lines_of(claim).modified:
        if (fee := line.service.fee) is None:
            continue
        for rule in modifier_rules().fee_schedule:
            for modifier in line.modifiers:
                if modifier in rule.modifiers and rule.rules_out(fee):
                    yield Hit(f"modifier {modifier} on {line.code}: {rule.reason}", (line.code, modifier))


def _well_formed(claim: Claim) -> Iterator[tuple[ServiceLine, str]]:
    for line in lines_of(claim).modified:
        yield from ((line, modifier) for modifier in line.modifiers if _FORM.fullmatch(modifier) is not None)


def _system(modifier: str) -> str:
    """Whose modifier it is by its form: CPT's begin with a digit (those that do not are on CMS's list)."""
    return CPT if modifier[0].isdigit() else HCPCS


def _decidable(tables: Editions | None, modifier: str) -> bool:
    if tables is None:
        return False
    return tables.has(_system(modifier)) or any(tables.service(system, modifier) for system in (CPT, HCPCS))


def _conflicts(claim: Claim, *, certain: bool) -> Iterator[Hit]:
    for line in lines_of(claim).modified:
        if len(line.modifiers) == 1:
            continue
        for one, other in combinations(dict.fromkeys(line.modifiers), 2):
            conflict: Conflict | None = modifier_rules().conflict_of.get(frozenset({one, other}))
            if conflict is not None and conflict.certain is certain:
                yield Hit(f"{one} and {other} on {line.code}: {conflict.reason}", (line.code, one, other))


def _misuses(claim: Claim, *, certain: bool) -> Iterator[Hit]:
    for line in lines_of(claim).modified:
        for modifier in line.modifiers:
            uses: tuple[Use, ...] = modifier_rules().uses_of.get(modifier, ())
            for use in uses:
                if use.certain is certain and not use.allows(line.service.families, claim.claim_type):
                    yield Hit(f"modifier {modifier} on {line.code}: {use.reason}", (line.code, modifier))
