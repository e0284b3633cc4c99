"""The page of all edits, for a reader, from what stands beside each of them."""

from __future__ import annotations

import inspect
from collections.abc import Mapping, Sequence
from typing import Any, Final

import yaml

from chartstream.events.encounter import ClaimType
from chartstream.validation.registry import EVERY_CLAIM, Edit

_HEAD: Final = """# Edits

Generated from `chartstream/validation/edits` and its data by `make docs`; do not edit. There are {count}.

| severity | what it does |
|---|---|
| BLOCKS | keeps the claim back whoever decided its codes: it must be changed |
| REVIEW | sends the claim to a person, who may let it stand with a reason |
| WARNS | tells; the claim carries the finding and goes on |
| CORRECTS | changes the line as stated; nothing that was held back is released by it |

Dates are dates of service, both ends inclusive. An example is a claim on which the edit fires, written as in the cases
(`tests/unit/validation/cases`): a professional claim of 2 March 2026 unless it says otherwise. A site's own rules are
edits too, named `policy:…` ([how to](../how-to/write-a-policy.md)).
"""
_NAMES: Final = {
    ClaimType.PROFESSIONAL: "professional",
    ClaimType.FACILITY_OUTPATIENT: "outpatient",
    ClaimType.FACILITY_INPATIENT: "inpatient",
}


def edits_page(edits: Sequence[Edit]) -> str:
    """Markdown of every edit, by the module that it stands in."""
    parts = [_HEAD.format(count=len(edits))]
    subject = ""
    for edit in edits:
        module = inspect.getmodule(edit.check)
        stated = inspect.cleandoc((module.__doc__ if module is not None else None) or "").split("\n\n")[0]
        if stated != subject:
            subject = stated
            parts.append(
                f"\n## {' '.join(stated.split())}\n\n| edit | severity | when | since | example | source | remedy |\n"
                "|---|---|---|---|---|---|---|\n"
            )
        parts.append(_row(edit))
    return "".join(parts)


def _row(edit: Edit) -> str:
    cells = (
        f"`{edit.name}`",
        edit.severity.value,
        f"{_what(edit)}{_claim_types(edit)}",
        f"{edit.since}" + (f" to {edit.until}" if edit.until is not None else ""),
        f"`{_example(edit.example)}`",
        edit.source,
        edit.remedy,
    )
    return "| " + " | ".join(" ".join(cell.replace("|", "\\|").split()) for cell in cells) + " |\n"


def _what(edit: Edit) -> str:
    return inspect.cleandoc(edit.check.__doc__ or "").split("\n\n")[0]


def _claim_types(edit: Edit) -> str:
    if edit.claim_types == EVERY_CLAIM:
        return ""
    named = [name for claim_type, name in _NAMES.items() if claim_type in edit.claim_types]
    return f" On {' and '.join(named)} claims."


def _example(example: Mapping[str, Any]) -> str:
    text = yaml.safe_dump(dict(example), default_flow_style=True, width=100_000, sort_keys=False).strip()
    return text.removeprefix("{").removesuffix("}").replace("`", "'")
