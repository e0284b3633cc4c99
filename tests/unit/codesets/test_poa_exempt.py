"""The codes exempt from present-on-admission reporting: whole lists are read, in each form that they come in."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from chartstream.codesets.importing.model import Edition, Imported
from chartstream.codesets.importing.poa_exempt import IMPORTER
from chartstream.errors import ConfigurationError
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

HEADER = "Order2020\tPOAexemptCode\tDescription"
LINES = (
    "01225\tB90.0\tSequelae of a disease",
    "01230\tB91\tSequelae of another",
    '93981\tZ68.1\t"Body mass index, adult"',
    "94765\tZ99.89\tDependence on a machine",
)
CODES = {"B900", "B91", "Z681", "Z9989"}


def content(header: str = HEADER, lines: tuple[str, ...] = LINES) -> str:
    return "\n".join([header, *lines]) + "\n"


def written(folder: Path, text: str | bytes, name: str = "POAexemptCodes2020.txt") -> Path:
    path = folder / name
    path.write_bytes(text.encode() if isinstance(text, str) else text)
    return path


def read(path: Path, edition: Edition | None = None) -> Imported:
    return IMPORTER.read([path], edition or Edition(), lambda _: None)


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp1252"])
def test_codes_without_dots_in_whatever_encoding(tmp_path: Path, encoding: str) -> None:
    text = content().replace("another", "Ménière\u2019s disease").replace("\n", "\r\n")
    path = written(tmp_path, text.encode(encoding))
    assert IMPORTER.recognises(path, path.read_bytes())
    imported = read(path)
    assert dict(imported.entries) == dict.fromkeys(CODES, b"{}")
    assert imported.counts == {"codes": 4}


@pytest.mark.parametrize(
    ("header", "name", "begins", "ends"),
    [
        (HEADER, "list.txt", date(2019, 10, 1), date(2020, 9, 30)),
        ("Order2026\tPOAexemptCode\tDescription", "list.txt", date(2025, 10, 1), date(2026, 9, 30)),
        ("OrderFY26\tPOAexemptCode\tDescription", "list.txt", date(2025, 10, 1), date(2026, 9, 30)),
        ("OrdApr23\tPOAexemptCode\tDescription", "list.txt", date(2023, 4, 1), date(2023, 9, 30)),
        ("No\tPOAexemptCode\tDescription", "POAexemptCodesApr23.txt", date(2023, 4, 1), date(2023, 9, 30)),
        ("No\tPOAexemptCode\tDescription", "icd10-poa-fy26.txt", date(2025, 10, 1), date(2026, 9, 30)),
        ("No\tCode\tDescription", "poa-exempt-codes-2027.txt", date(2026, 10, 1), date(2027, 9, 30)),
    ],
)
def test_header_or_name_say_from_when_to_when(tmp_path: Path, header: str, name: str, begins: date, ends: date) -> None:
    path = written(tmp_path, content(header), name)
    assert IMPORTER.recognises(path, path.read_bytes())
    release = read(path).release
    assert (release.effective_from, release.effective_to) == (begins, ends)


def test_what_comes_from_the_workbook_has_two_columns_and_a_title(tmp_path: Path) -> None:
    text = 'FY 2026 exempt list\n\nCode,Description\nB90.0,Sequelae\nZ68.1,"Body mass index, adult"\nZ99.2,Dialysis\n'
    path = written(tmp_path, text, "FY2026 POA exempt.csv")
    assert IMPORTER.recognises(path, path.read_bytes())
    imported = read(path)
    assert set(imported.entries) == {"B900", "Z681", "Z992"}
    assert imported.release.effective_from == date(2025, 10, 1)


def test_without_a_year_the_person_must_say_it(tmp_path: Path) -> None:
    path = written(tmp_path, content("No\tPOAexemptCode\tDescription"), "list.txt")
    with pytest.raises(
        ConfigurationError, match=r"list\.txt: does not say from which day it holds; say so with --from"
    ):
        read(path)
    release = read(path, Edition(effective_from=date(2026, 4, 1))).release
    assert (release.name, release.effective_to) == ("POA exempt FY2026 (April 2026)", date(2026, 9, 30))


@pytest.mark.parametrize(
    ("text", "name", "reason"),
    [
        ("  \n ", "POAexemptCodes2020.txt", "is empty"),
        ("\ufeff \n", "POAexemptCodes2020.txt", "is empty"),
        ("One\tTwo\nB90.0\tSequelae\n", "POAexemptCodes2020.txt", "line 1: has no header with a column for the code"),
        ("x\n" * 10 + content(), "POAexemptCodes2020.txt", "line 1: has no header with a column for the code"),
        (content(lines=LINES[:3]), "POAexemptCodes2020.txt", "lacks the sequelae of infections .* or Z99"),
        (content(lines=LINES[2:]), "POAexemptCodes2020.txt", "lacks the sequelae of infections .* or Z99"),
        (content(lines=(*LINES[:3], "94765\tZ99.8")), "POAexemptCodes2020.txt", "line 5: has 2 fields in place of 3"),
        (content(lines=(*LINES, "1\tA\tCholera")), "POAexemptCodes2020.txt", "line 6: holds no ICD-10-CM code"),
        (content(lines=(*LINES, "1\tB91\tAgain")), "POAexemptCodes2020.txt", "line 6: lists B91 a second time"),
        (content(), "POAexemptAddCodes2020.txt", r"is a list of changes; give the whole list \(POAexemptCodes"),
        (content("Order2020\tPOAexemptCode\tRevised"), "list.txt", "is a list of changes"),
        ("<html><body>Not found</body></html>", "POAexemptCodes2020.txt", "line 1: is a web page"),
    ],
)
def test_other_files_are_refused_with_the_line_and_the_remedy(
    tmp_path: Path, text: str, name: str, reason: str
) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        read(written(tmp_path, text, name))


def test_bytes_of_no_encoding_are_refused(tmp_path: Path) -> None:
    with pytest.raises(ConfigurationError, match="is no text in UTF-8, UTF-16 or Windows-1252"):
        read(written(tmp_path, content().encode() + b"\x81"))


@pytest.mark.parametrize(
    ("name", "head"),
    [
        ("POAexemptAddCodes2021.txt", content("Order2021\tPOAexemptCode\tDescription")),
        ("POAexemptDeleteCodes2021.txt", content("POAexemptCode\tDescription")),
        ("ReadMePOAexempt2021.txt", "Order2021: a number as text\nPOAexemptCode: the ICD-10-CM code\n"),
        ("codes.csv", "Code,Description\nB91,Sequelae\n"),
        ("POAexemptCodes2021.xlsx", "PK\x03\x04"),
    ],
)
def test_what_lies_beside_the_list_is_not_taken_for_it(tmp_path: Path, name: str, head: str) -> None:
    assert not IMPORTER.recognises(tmp_path / name, head.encode())


@given(mangling=MANGLINGS)
@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, mangling: Mangling) -> None:
    path = tmp_path / "POAexemptCodes2020.txt"
    path.write_bytes(mangling(content().encode()))
    imported = reads_or_refuses(IMPORTER, [path], path)
    assert imported is None or all("." not in code for code in imported.entries)


def test_the_official_list_of_fiscal_year_2020(reference: Path) -> None:
    path = reference / "POAexemptCodes2020.txt"
    if not path.exists():
        pytest.skip("the official list of 2020 is not at hand")
    assert IMPORTER.recognises(path, path.read_bytes()[: 1 << 16])
    imported = read(path)
    assert imported.release.effective_to == date(2020, 9, 30)
    assert imported.counts == {"codes": 37_075}
    assert "Z9989" in imported.entries
