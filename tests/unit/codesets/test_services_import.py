"""The tables of services in one command: each file is known by one importer, and the releases say what was in them."""

from __future__ import annotations

import zipfile
from datetime import date
from pathlib import Path

import pytest

from chartstream.codesets.editions import Editions
from chartstream.codesets.importing.keeping import import_files
from chartstream.codesets.importing.model import Edition
from chartstream.codesets.importing.registry import IMPORTERS
from chartstream.codesets.library import InstalledLibrary
from chartstream.codesets.model import CPT, FEE_SCHEDULE, HCPCS, NCCI_ADD_ON, NCCI_MUE, NCCI_PTP
from chartstream.codesets.services import NcciSetting
from tests.unit.codesets import test_cpt as cpt
from tests.unit.codesets import test_fee_schedule as fees
from tests.unit.codesets import test_hcpcs as hcpcs
from tests.unit.codesets import test_ncci_add_on as add_ons
from tests.unit.codesets import test_ncci_mue as units
from tests.unit.codesets import test_ncci_ptp as pairs
from tests.unit.codesets.at_hand import written

FILES = {
    hcpcs.NAME: hcpcs.content(),
    "LONGULT.txt": cpt.LONG,
    "MODUL.txt": cpt.MODIFIERS,
    **{f"ccipra-v320r0-f{number}.txt": pairs.HEADING + part for number, part in enumerate(pairs.PARTS, start=1)},
    **{f"ccioph-v320r0-f{number}.txt": pairs.HEADING + part for number, part in enumerate(pairs.PARTS, start=1)},
    "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv": units.content(),
    "MCR_MUE_OutpatientHospitalServices_Eff_01-01-2026.csv": units.content("Outpatient Hospital"),
    "AOC_V2026Q1-MCR.txt": add_ons.content(),
    fees.NAME: fees.content(),
}


@pytest.mark.parametrize("name", FILES)
def test_each_file_is_known_by_one_importer(name: str) -> None:
    knowing = [importer.title for importer in IMPORTERS if importer.recognises(Path(name), FILES[name].encode())]
    assert len(knowing) == 1, knowing


def test_the_downloads_of_a_quarter_are_imported_together(tmp_path: Path) -> None:
    archives = []
    for name, text in FILES.items():
        archive = tmp_path / "CPT 2026.zip" if cpt.IMPORTER.recognises(Path(name), b"") else tmp_path / f"{name}.zip"
        with zipfile.ZipFile(archive, "a", zipfile.ZIP_DEFLATED) as opened:
            opened.writestr(f"a folder/{name}", text)
            opened.writestr(f"a folder/{name}.pdf", b"%PDF-1.7")
        archives.append(archive)
    said = Edition(effective_from=date(2026, 1, 1), effective_to=date(2026, 3, 31))
    kept = list(import_files(sorted(set(archives)), said, lambda _: lambda _: None, folder=tmp_path / "library"))
    assert [one.manifest.name for one in kept] == [
        "HCPCS 2026 Q1",
        "CPT 2026",
        "NCCI PTP practitioner 2026 Q1",
        "NCCI PTP outpatient 2026 Q1",
        "NCCI MUE practitioner 2026 Q1",
        "NCCI MUE outpatient 2026 Q1",
        "NCCI add-on 2026 Q1",
        "Physician Fee Schedule 2026 Q1",
    ]
    tables = Editions(InstalledLibrary(tmp_path / "library"), date(2026, 1, 1))
    assert all(tables.has(system) for system in (HCPCS, CPT, NCCI_PTP, NCCI_MUE, NCCI_ADD_ON, FEE_SCHEDULE))
    for setting in (NcciSetting.PRACTITIONER, NcciSetting.OUTPATIENT):
        assert tables.has_setting(NCCI_PTP, setting)
        assert tables.has_setting(NCCI_MUE, setting)
        assert tables.ptp(setting, "00100", "36000") is not None
        assert tables.units_limit(setting, "11042") is not None
    assert not tables.has_setting(NCCI_MUE, NcciSetting.SUPPLIER)
    assert tables.service(CPT, "99213") is not None
    assert tables.fee("27447") is not None
    assert tables.add_on("22552") is not None


def test_progress_is_told_by_the_ten_thousand(tmp_path: Path) -> None:
    many = [f"{number:05}" for number in range(100, 20_350)]
    texts = {
        "ccipra-v320r0.txt": pairs.HEADING + "".join(f"00100\t{code}\t\t20200101\t*\t0\tx\n" for code in many),
        "MCR_MUE_PractitionerServices_Eff_01-01-2026.csv": units.content(
            rows="".join(f"{code},1,1,x\n" for code in many)
        ),
        "AOC_V2026Q1-MCR.txt": "".join(add_ons.row(1, code, "00099") + "\n" for code in many),
        fees.NAME: fees.content("".join(f"{code},,x,A,,0,0,010,0,0,0,0,0,0,0,\n" for code in many)),
        "CPT 2026/SHORTU.txt": "".join(f"{code} x\n" for code in many),
        hcpcs.NAME: hcpcs.content() + "".join(hcpcs.record(f"W{number:04}", 3, "x") + "\n" for number in range(10_000)),
    }
    (tmp_path / "CPT 2026").mkdir()
    told: dict[str, list[int]] = {}
    for name, text in texts.items():
        path = written(tmp_path / name, text)
        importer = next(importer for importer in IMPORTERS if importer.recognises(path, text[:65_536].encode()))
        importer.read([path], Edition(), told.setdefault(name, []).append)
    assert told == {name: [10_000, 10_000] for name in texts} | {hcpcs.NAME: [10_000]}


def test_a_single_file_bare_is_imported(tmp_path: Path) -> None:
    path = written(tmp_path / hcpcs.NAME, hcpcs.content())
    (kept,) = import_files([path], Edition(), lambda _: lambda _: None, folder=tmp_path / "library")
    assert (kept.manifest.name, kept.manifest.entries) == ("HCPCS 2026 Q1", 5)
    assert kept.manifest.sources[0].name == hcpcs.NAME
