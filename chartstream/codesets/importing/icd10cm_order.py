"""The codes of ICD-10-CM as CMS lists them beside the tabular list: the order file and the code list, fixed width.

Order file (``icd10cm_order_2026.txt``), positions from 1: order number at 1 to 5, code without its dot at 7 to 13, at
15 whether it is valid for submission (1) or a header (0), short description at 17 to 76, the long one from 78. Code
list (``icd10cm_codes_2026.txt``), of valid codes alone: code at 1 to 7, long description from 9.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from chartstream.codesets.importing.icd10cm_tabular import Tabular
from chartstream.codesets.importing.published import head_text, lines_of, refused

_CODE: Final = r"(?P<code>[A-Z][0-9][0-9A-Z]{1,5})"
_ORDER: Final = re.compile(rf"\d{{5}} {_CODE} +(?P<flag>[01]) \S")
_LISTED: Final = re.compile(rf"(?=.{{7}} \S){_CODE} +\S")
_FLAG: Final = 14
_NAMED: Final = 5
"""How many codes at fault an error names."""


def is_order_file(head: bytes) -> bool:
    """Whether a file begins as an order file of ICD-10-CM does: with a category. That of ICD-10-PCS begins with 001."""
    found = _ORDER.match(_first_line(head))
    return found is not None and len(found["code"]) == 3


def is_code_list(head: bytes) -> bool:
    """Whether a file begins as a code list of ICD-10-CM does."""
    return _LISTED.match(_first_line(head)) is not None


def read_order(path: Path) -> Mapping[str, bool]:
    """Code without its dot → whether it is billable. Raises ``ConfigurationError`` that names the line at fault."""
    codes: dict[str, bool] = {}
    for number, line in lines_of(path):
        found = _ORDER.match(line)
        if found is None or found.start("flag") != _FLAG:
            raise refused(path, "is no line of an order file", line=number)
        if int(line[:5]) != len(codes) + 1:
            raise refused(path, f"the order number should be {len(codes) + 1:05}", line=number)
        codes[found["code"]] = found["flag"] == "1"
    return codes


def read_code_list(path: Path) -> frozenset[str]:
    """The billable codes without their dots. Raises ``ConfigurationError`` that names the line at fault."""
    codes: set[str] = set()
    for number, line in lines_of(path):
        found = _LISTED.match(line)
        if found is None:
            raise refused(path, "is no line of a code list", line=number)
        codes.add(found["code"])
    return frozenset(codes)


def check_against(path: Path, order: Mapping[str, bool], tabular: Tabular) -> None:
    """Raises ``ConfigurationError`` unless both name the same codes, the same of them billable."""
    printed = {code.replace(".", "") for code in tabular.entries if code[:1].isalpha() and "-" not in code}
    check_codes(path, order.keys(), printed, "codes")
    check_codes(path, {code for code, billable in order.items() if billable}, tabular.billable, "billable codes")


def check_codes(path: Path, listed: Iterable[str], printed: Iterable[str], what: str) -> None:
    """Raises ``ConfigurationError`` unless the file's codes and the tabular list's are the same."""
    missing, extra = sorted(set(printed) - set(listed)), sorted(set(listed) - set(printed))
    if not missing and not extra:
        return
    parts = [
        f"{len(codes)} {what} {only} ({', '.join(codes[:_NAMED])}{' …' if len(codes) > _NAMED else ''})"
        for codes, only in ((missing, "of the tabular list are missing"), (extra, "are not in the tabular list"))
        if codes
    ]
    raise refused(path, " and ".join(parts), "give the files of one edition, complete, as CMS publishes them")


def _first_line(head: bytes) -> str:
    return head_text(head).partition("\n")[0]
