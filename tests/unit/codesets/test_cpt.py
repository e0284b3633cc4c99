"""CPT as the AMA licenses it, with invented descriptors: no text of CPT stands in this repository."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings

from chartstream.codesets.importing.cpt import IMPORTER
from chartstream.codesets.importing.model import Edition
from chartstream.codesets.model import CPT
from chartstream.errors import ConfigurationError
from tests.unit.codesets.at_hand import editions, read, written
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

LICENCE = "This file may not be made public.\r\nCopyright of the licensor.\r\n\r\nAll rights reserved 2026.\r\n\r\n"
LONG = (
    f"{LICENCE}00100\tInvented sleep for the head\r\n99213\tInvented visit, of some length\r\n0001U\tInvented assay\r\n"
)
MEDIUM = f"{LICENCE}00100 INVENTED SLEEP HEAD\r\n99213 INVENTED VISIT\r\n0001U INVENTED ASSAY\r\n"
SHORT = f"{LICENCE}00100 Sleep\r\n99213 Visit\r\n0001U Assay\r\n"
CONSUMER = f"{LICENCE}Concept Id\tCPT Code\tConsumer Friendly Descriptor\r\n1000\t99213\tA visit for anybody\r\n"
MODIFIERS = """A licence.

Appendix A

This list of 25 modifiers is invented.

22 Invented More Work: the work
was more than it is,
25 minutes of it.

25 Invented Other Visit: another visit.

Anesthesia Physical Status

\tP1: An invented person in health
\tP2: An invented person less so

CPT Level I Modifiers Approved for Outpatient Use

27 Invented Visits in One Place: more than one.

Category II Modifiers

1P Invented Exclusion: not for the person.

Level II (HCPCS/National) Modifiers

E1 An invented lid
LT An invented side
"""


def folder(tmp_path: Path, year: int = 2026) -> Path:
    place = tmp_path / f"CPT {year} Data Files"
    place.mkdir(exist_ok=True)
    return place


def test_the_longest_descriptor_at_hand_and_the_modifiers(tmp_path: Path) -> None:
    place = folder(tmp_path)
    texts = {"SHORTU": SHORT, "MODUL": MODIFIERS, "LONGULT": LONG, "ConsumerDescriptor": CONSUMER, "MEDU": MEDIUM}
    imported = read(IMPORTER, *(written(place / f"{name}.txt", text) for name, text in texts.items()))
    assert imported.release.name == "CPT 2026"
    assert (imported.release.effective_from, imported.release.effective_to) == (date(2026, 1, 1), date(2026, 12, 31))
    assert imported.counts == {"codes": 3, "modifiers": 8}
    tables = editions(date(2026, 5, 1), imported)
    visit = tables.service(CPT, "99213")
    assert visit is not None
    assert (visit.description, visit.modifier) == ("Invented visit, of some length", False)
    assert visit.valid_on(date(2026, 5, 1))
    more = tables.service(CPT, "22")
    assert more is not None
    assert more.modifier
    assert more.description == "Invented More Work: the work was more than it is, 25 minutes of it."
    assert [code for code in imported.entries if len(code) == 2] == ["22", "25", "P1", "P2", "27", "1P", "E1", "LT"]


@pytest.mark.parametrize(
    ("name", "text", "description"),
    [
        ("MEDU", MEDIUM, "INVENTED VISIT"),
        ("SHORTU", SHORT, "Visit"),
        ("ConsumerDescriptor", CONSUMER, "A visit for anybody"),
        ("LONGULT", '"99213"\t"Invented, quoted"\n', "Invented, quoted"),
    ],
)
def test_each_file_of_descriptors_will_do(tmp_path: Path, name: str, text: str, description: str) -> None:
    imported = read(IMPORTER, written(folder(tmp_path) / f"{name}.txt", text))
    visit = editions(date(2026, 1, 1), imported).service(CPT, "99213")
    assert visit is not None
    assert visit.description == description


def test_the_year_is_asked_for_where_no_name_says_it(tmp_path: Path) -> None:
    path = written(tmp_path / "LONGULT.txt", LONG)
    with pytest.raises(ConfigurationError, match=r"LONGULT\.txt: does not say of which year it is; .* --from"):
        IMPORTER.read([path], Edition(), lambda _: None)
    assert IMPORTER.read([path], Edition(effective_from=date(2025, 1, 1)), lambda _: None).release.name == "CPT 2025"


@pytest.mark.parametrize(
    ("texts", "message"),
    [
        ({"LONGULT": LICENCE}, r"LONGULT\.txt: holds no code with its descriptor; .*licensed"),
        ({"LONGULT": LONG + "99214\r\n"}, r"LONGULT\.txt, line 9: holds no code with its descriptor"),
        ({"LONGULT": LONG + "99213\tInvented visit\r\n"}, r"line 9: lists 99213 a second time"),
        ({"LONGULT": "x\n" * 101 + LONG}, r"line 101: holds no code"),
        ({"LONGULT": LONG, "MEDU": MEDIUM[: MEDIUM.index("0001U")]}, r"MEDU\.txt: and LONGULT.* \(0001U\)"),
        ({"LONGULT": LONG[: LONG.index("0001U")], "MEDU": MEDIUM}, r"differ in 1 codes \(0001U\); .*of one year"),
        ({"SHORTU": SHORT, "ConsumerDescriptor": CONSUMER + "1001\t99214\tA\r\n"}, r"differ in 1 codes \(99214\)"),
        ({"MODUL": MODIFIERS}, r"MODUL\.txt: holds modifiers only"),
        ({"LONGULT": LONG, "MODUL": "22 Invented\n"}, r"MODUL\.txt: holds no modifiers under a heading Appendix A"),
        ({"LONGULT": LONG, "MODUL": MODIFIERS + "LT A side\n"}, r"lists modifier LT a second time"),
        ({"LONGULT": "<!DOCTYPE html><html>sign in</html>"}, r"LONGULT\.txt, line 1: is a web page"),
    ],
)  # fmt: skip
def test_files_that_are_not_whole_are_refused(tmp_path: Path, texts: dict[str, str], message: str) -> None:
    files = [written(folder(tmp_path) / f"{name}.txt", text) for name, text in texts.items()]
    with pytest.raises(ConfigurationError, match=message):
        IMPORTER.read(files, Edition(), lambda _: None)


def test_files_of_two_years_are_refused(tmp_path: Path) -> None:
    files = [written(folder(tmp_path, year) / "LONGULT.txt", LONG) for year in (2025, 2026)]
    with pytest.raises(ConfigurationError, match="stands among files of the same kind; import one year at a time"):
        IMPORTER.read(files, Edition(), lambda _: None)


def test_no_descriptor_stands_in_a_message(tmp_path: Path) -> None:
    text = LONG.replace("99213\t", "99213 2\x00")
    with pytest.raises(ConfigurationError) as refusal:
        IMPORTER.read([written(folder(tmp_path) / "LONGULT.txt", text)], Edition(), lambda _: None)
    assert "nvented" not in str(refusal.value)


@pytest.mark.parametrize("name", ["LONGULT.xlsx", "README.txt", "LONGUT.pdf", "codes.txt"])
def test_other_files_of_the_licence_are_not_read(tmp_path: Path, name: str) -> None:
    assert not IMPORTER.recognises(tmp_path / name, LONG.encode())


@pytest.mark.parametrize("damaged", ["LONGULT", "MEDU", "MODUL"])
@given(mangling=MANGLINGS)
@settings(max_examples=80, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_a_damaged_file_is_read_or_refused(tmp_path: Path, damaged: str, mangling: Mangling) -> None:
    texts = {"LONGULT": LONG, "MEDU": MEDIUM, "MODUL": MODIFIERS}
    files = [written(folder(tmp_path) / f"{name}.txt", text) for name, text in texts.items()]
    path = folder(tmp_path) / f"{damaged}.txt"
    written(path, mangling(texts[damaged].encode()))
    imported = reads_or_refuses(IMPORTER, files, path)
    assert imported is None or imported.counts["codes"] + imported.counts["modifiers"] == len(imported.entries)
