"""What a line of an official index is called in a note: its words in the wordings that name the same code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from chartstream.codesets.official_index import IndexKind, IndexTerm

# Columns of the Neoplasm Table and of the Table of Drugs and Chemicals, and how a note says what they mean.
_COLUMNS: Final = {
    "Malignant Primary": ("malignant neoplasm of {}",),
    "Malignant Secondary": ("secondary malignant neoplasm of {}", "metastasis to {}"),
    "Ca in situ": ("carcinoma in situ of {}",),
    "Benign": ("benign neoplasm of {}",),
    "Uncertain Behavior": ("neoplasm of uncertain behavior of {}",),
    "Unspecified Behavior": ("neoplasm of {}",),
    "Poisoning Accidental (unintentional)": ("accidental poisoning by {}", "accidental overdose of {}"),
    "Poisoning Intentional self-harm": ("intentional self harm poisoning by {}", "intentional overdose of {}"),
    "Poisoning Assault": ("poisoning by {} assault",),
    "Poisoning Undetermined": ("poisoning by {} undetermined",),
    "Adverse effect": ("adverse effect of {}",),
    "Underdosing": ("underdosing of {}",),
}
# What the index calls every injury, and no note does.
_UNSAID: Final = re.compile(r"\b(?:traumatic|any)\b", re.IGNORECASE)
_STEM: Final = 4
_REFERENCE: Final = re.compile(r"\b(?:by type|by site|code to|see)\b", re.IGNORECASE)


def wordings(kind: IndexKind, term: IndexTerm) -> Iterator[str]:
    """The wordings of ``term``; none for external causes, which are no diagnoses, and for pairs of two codes."""
    if kind is IndexKind.EXTERNAL or term.manifestation or any(map(_REFERENCE.search, term.words)):
        return
    words = list(term.words)
    if kind is IndexKind.NEOPLASM:
        words = words[1:]  # "Neoplasm, neoplastic", which the column says better
    said = " ".join(_UNSAID.sub(" ", _plain(title)) for title in words).strip()
    if not said:
        return
    for pattern in _COLUMNS.get(term.column, ("{}",)):
        yield pattern.format(said)


def _plain(title: str) -> str:
    """A title's first form and what is no other form of it: "abdomen, abdominal" is one word, "disease, kidney" two."""
    first, *others = (part.strip() for part in title.split(","))
    return " ".join([first, *(other for other in others if not _same_stem(first, other))])


def _same_stem(first: str, other: str) -> bool:
    return first[:_STEM].lower() == other[:_STEM].lower()
