"""Gathers the lexicon's terms: the tabular list's descriptions and inclusion terms, and the product's own."""

from __future__ import annotations

import csv
import hashlib
import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from chartstream.codesets import Code, CodeSet, Release
from chartstream.codesets.installed import index_fingerprint, index_terms
from chartstream.codesets.official_index import IndexKind, IndexTerm
from chartstream.codesets.releases import PACKAGED
from chartstream.coding.data_files import DATA
from chartstream.coding.lexicon.defaults import UNKNOWN, default_code, is_completable, variant_of
from chartstream.coding.lexicon.index_terms import wordings
from chartstream.coding.lexicon.lexicon import INDEX, OWN, Draft
from chartstream.coding.vocabulary.tokens import Vocabulary
from chartstream.errors import ConfigurationError

Drafts = dict[frozenset[str], Draft]
Variants = dict[str, str]
Families = dict[tuple[str, frozenset[str]], Variants]

# Raise it when the code that builds the lexicon changes; the data files are hashed into the name anyway.
BUILDER: Final = 7
TERMS: Final = DATA / "terms"
# In the column "sided": the condition has no sides, though its code stands in a family that has.
NO_SIDES: Final = "none"
# A term of one chapter that is said in no plain words: external causes are a profile of their own.
_LEFT_OUT_CHAPTERS: Final = frozenset("VWXY")
# A description with these words says what a code is not, or where else to look; nobody writes it in a note.
_NOT_A_TERM: Final = re.compile(
    r"\bother\b|\bnot elsewhere\b|\belsewhere classified\b|\bin diseases\b|\bas the cause\b|\bexcept\b|\bunderdosing\b"
    r"|\bpoisoning by\b|\badverse effect\b|\btoxic effect\b|\bany type\b|\bnot specified\b"
)
_ASIDE: Final = re.compile(r"\([^)]*\)|\[[^\]]*\]")
_NEGATIVE_TAIL: Final = re.compile(r",?\s*\b(?:without|not intractable|uncomplicated|not stated)\b[^,]*")
_UNSPECIFIED: Final = re.compile(r",?\s*\bunspecified\b(?: as to)?|\bNOS\b")
_DISPLACED: Final = re.compile(r"\bdisplaced\b", re.IGNORECASE)
_FRAME: Final = re.compile(r"^(?:encounter for|personal)\b", re.I)
_GAP_BEFORE_COMMA: Final = re.compile(r"\s+,")
_MOST_FORMS: Final = 9
_ACRONYM: Final = re.compile(r"[A-Z][A-Z\d-]{0,4}s?\+?")


def lexicon_name(release: Release, folder: Path = DATA, over: Path | None = None) -> str:
    """The cache name of a release's lexicon: it changes with the builder, every data file and every index of its."""
    digest = hashlib.sha256(index_fingerprint(release).encode())
    added = sorted(over.glob("*.csv")) if over is not None else []
    for path in [
        *sorted([folder / "vocabulary.csv", folder / "abbreviations.csv", *(folder / "terms").glob("*.csv")]),
        *added,
    ]:
        digest.update(path.read_bytes())
    return f"lexicon-{BUILDER}-{digest.hexdigest()[:16]}"


def gather(codes: CodeSet, vocabulary: Vocabulary, folder: Path = TERMS, over: Path | None = None) -> Drafts:
    """Every term by its set of forms: the tabular list's, over them those of the installed indexes, then the product's
    own, then those of the folder ``over``.

    Own terms are written for the packaged release: there one whose code does not exist raises ``ConfigurationError``,
    in another release it is left out.
    """
    gathering = _Gathering(codes, vocabulary)
    for name in codes:
        entry = codes.get(name) if _has_own_words(name) else None
        if entry is not None:
            gathering.add_entry(entry)
    gathering.add_index_terms(index_terms(codes.release))
    gathering.add_own_terms(own_terms(folder))
    if over is not None:
        gathering.add_own_terms(own_terms(over))
    return gathering.drafts


def own_terms(folder: Path = TERMS) -> Iterator[tuple[str, str, str]]:
    """(code, side family or "", term) of every line of ``data/terms/*.csv``; columns: code, sided, terms, source."""
    for path in sorted(folder.glob("*.csv")):
        with path.open(newline="", encoding="utf-8") as file:
            for number, row in enumerate(csv.DictReader(file), start=2):
                if not row["code"] or not row["terms"] or not row["source"]:
                    raise ConfigurationError(f"{path.name}, line {number}: code, terms or source is empty; fill it in.")
                for term in row["terms"].split("|"):
                    yield row["code"], row["sided"] or "", term.strip()


def _has_own_words(code: str) -> bool:
    """Whether an entry is no chapter or block, no external cause and no code made by a seventh character."""
    return "-" not in code and 3 <= len(code) < 8 and code[0] not in _LEFT_OUT_CHAPTERS


def _wordings(text: str) -> Iterator[str]:
    """The text as printed, then ever looser: asides, "unspecified" and "without ..." left out."""
    if _NOT_A_TERM.search(text.lower()):
        return
    bare = _UNSPECIFIED.sub(" ", _ASIDE.sub(" ", text))
    short = _NEGATIVE_TAIL.sub(" ", bare)
    wordings = (text, bare, short, _FRAME.sub(" ", _DISPLACED.sub(" ", short)))
    yield from dict.fromkeys(_GAP_BEFORE_COMMA.sub(",", " ".join(wording.split())) for wording in wordings)


def _says_enough(wording: str, forms: frozenset[str]) -> bool:
    """Whether a wording has a word, and is no bare acronym ("PIN", "HER2+"), which in a note is another one's."""
    if len(forms) == 1 and _ACRONYM.fullmatch(wording):
        return False
    return any(len(form) > 1 and form.isalpha() for form in forms)


class _Gathering:
    """The lexicon while it is built."""

    def __init__(self, codes: CodeSet, vocabulary: Vocabulary) -> None:
        self.drafts: Drafts = {}
        self._families: Families = {}
        self._codes = codes
        self._vocabulary = vocabulary

    def add_entry(self, entry: Code) -> None:
        """The description and the inclusion terms of an entry of the tabular list."""
        self._add_to_family(entry)
        for order, text in enumerate((entry.description, *entry.inclusion_terms)):
            for loosened, wording in enumerate(_wordings(text)):
                self._add_wording(entry, wording, (loosened, min(order, 1)))

    def _add_wording(self, entry: Code, wording: str, rank: tuple[int, ...]) -> None:
        variant, forms = variant_of(self._vocabulary.forms(wording))
        if len(forms) > _MOST_FORMS or not _says_enough(wording, forms):
            return
        draft = self.drafts.setdefault(forms, Draft(label=wording))
        if variant is not None and self._is_terminal(entry):
            draft.variants.setdefault(variant, entry.code)
            return
        code = default_code(self._codes, entry.code)
        # Between equals one that is billable as it stands, then the shallower entry, names the plain condition.
        rank = (*rank, 0 if code == entry.code else 1, len(entry.code))
        if code is not None and (draft.rank is None or rank < draft.rank):
            draft.rank, draft.code, draft.label = rank, code, wording

    def _add_to_family(self, entry: Code) -> None:
        """Gather codes of one category whose descriptions differ in the side or trimester alone."""
        if not self._is_terminal(entry):
            return
        forms = self._vocabulary.forms(entry.description)
        variant, plain = variant_of(forms)
        if variant is not None or "unspecified" in forms:
            self._families.setdefault((entry.category, plain), {}).setdefault(variant or UNKNOWN, entry.code)

    def add_index_terms(self, terms: Iterable[tuple[IndexKind, IndexTerm]]) -> None:
        """The lines of the official indexes: what they say of a term holds against what the tabular list's order says.

        Of several lines with the same words the first is the main one.
        """
        by_code = _by_code(self._families, self._codes)
        taken: set[frozenset[str]] = set()
        for kind, term in terms:
            code = default_code(self._codes, term.code)
            if code is None:
                continue
            for wording in wordings(kind, term):
                variant, forms = variant_of(self._vocabulary.forms(wording))
                if variant is None and forms and len(forms) <= _MOST_FORMS and forms not in taken:
                    taken.add(forms)
                    variants = dict(by_code.get(_stem(self._codes, code), {}))
                    self.drafts[forms] = Draft((0,), _stem(self._codes, code), variants, INDEX, wording)

    def add_own_terms(self, rows: Iterable[tuple[str, str, str]]) -> None:
        """The product's own terms, which take the place of the tabular list's."""
        by_code = _by_code(self._families, self._codes)
        for code, sided, term in rows:
            family = "" if sided == NO_SIDES else _stem(self._codes, sided or code)
            problem = ""
            if not self._codes.is_billable(code):
                problem = f"{code} is no billable code of the release; correct it."
            elif sided and family and family not in by_code:
                problem = f"{sided} belongs to no family by side; correct its line."
            if problem and self._codes.release in PACKAGED:
                raise ConfigurationError(f"Own term {term!r}: {problem}")
            if problem:  # retired or split in another release: its own tabular list names what took the code's place
                continue
            forms = self._vocabulary.forms(term)
            if not forms:
                raise ConfigurationError(f"Own term {term!r}: the vocabulary leaves no words of it; correct its line.")
            variants = dict(by_code.get(family, {}))
            self.drafts[forms] = Draft((0,), _stem(self._codes, code), variants, OWN, term)

    def _is_terminal(self, entry: Code) -> bool:
        return entry.billable or is_completable(self._codes, entry.code)


def _stem(codes: CodeSet, code: str) -> str:
    """A code without the seventh character, which the note decides; other codes as they are."""
    entry = codes.get(code)
    parent = codes.get(entry.parent) if entry and entry.parent else None
    return parent.code if parent is not None and is_completable(codes, parent.code) else code


def _by_code(families: Families, codes: CodeSet) -> dict[str, Variants]:
    """Code → the family by side or trimester that it belongs to."""
    found: dict[str, Variants] = {}
    for family in families.values():
        # "Otitis media, right ear" but "Otitis media, bilateral": the list leaves the part of the body out, yet keeps
        # to 1, 2 and 3 for right, left and bilateral.
        right = family.get("right", "")
        both = codes.get(f"{right[:-1]}3") if right.endswith("1") else None
        if both is not None and "bilateral" in both.description.lower():
            family.setdefault("bilateral", both.code)
        if len(family) > 1:
            found.update(dict.fromkeys(family.values(), family))
    return found
