"""The official indexes: read in their layout, kept for a site, refused when they are another edition's."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from chartstream.codesets import ICD10CM, Release
from chartstream.codesets.icd10cm import RELEASE
from chartstream.codesets.importing.indexes import IMPORTERS
from chartstream.codesets.importing.keeping import import_files
from chartstream.codesets.importing.model import Edition
from chartstream.codesets.installed import index_fingerprint, index_terms
from chartstream.codesets.library import Manifest, read_library_again
from chartstream.codesets.official_index import SYSTEMS, IndexKind, IndexTerm, read_official_index
from chartstream.codesets.table import write_table
from chartstream.coding.lexicon.index_terms import wordings
from chartstream.errors import ConfigurationError
from tests.unit.codesets.mangling import MANGLINGS, Mangling, reads_or_refuses

ALPHABETIC = """<?xml version="1.0"?>
<ICD10CM.index><version>2026</version><title>ICD-10-CM INDEX TO DISEASES</title>
<letter><title>A</title>
  <mainTerm><title>Anemia <nemod>(essential) (general)</nemod></title><code>D64.9</code>
    <term level="1"><title>in <nemod>(due to)</nemod></title>
      <term level="2"><title>chronic kidney disease</title><code>D63.1</code></term></term>
    <term level="1"><title>iron deficiency NEC</title><code>D50.9</code></term>
    <term level="1"><title>sickle-cell</title><see>Disease, sickle-cell</see></term>
  </mainTerm>
  <mainTerm><title>Amyloid heart <nemod>(disease)</nemod></title><code>E85.4</code><manif>[I43]</manif></mainTerm>
</letter></ICD10CM.index>"""
NEOPLASM = """<ICD10CM.index><version>2026</version>
<indexHeading>
  <head col="1">Neoplasm</head><head col="2">Malignant Primary</head><head col="5">Benign</head>
</indexHeading>
<letter><title>N</title><mainTerm><title>Neoplasm, neoplastic</title>
  <term level="1"><title>kidney</title><cell col="2">C64.-</cell><cell col="5">--</cell></term>
  <term level="1"><title>abdomen, abdominal</title><cell col="2">C76.2</cell><cell col="5">D36.7</cell></term>
</mainTerm></letter></ICD10CM.index>"""
EXTERNAL = """<ICD10CM.index><version>2026</version><title>ICD-10-CM EXTERNAL CAUSE of INJURIES INDEX</title>
<letter><title>F</title><mainTerm><title>Fall, falling</title><code>W19</code></mainTerm></letter></ICD10CM.index>"""


def written(folder: Path, content: str) -> Path:
    path = folder / "index.xml"
    path.write_text(content, encoding="utf-8")
    return path


def test_terms_carry_the_words_above_them_and_no_modifiers(tmp_path: Path) -> None:
    index = read_official_index(written(tmp_path, ALPHABETIC))
    assert (index.kind, index.edition) == (IndexKind.ALPHABETIC, "2026")
    assert index.terms == (
        IndexTerm(("Anemia",), "D64.9"),
        IndexTerm(("Anemia", "in", "chronic kidney disease"), "D63.1"),
        IndexTerm(("Anemia", "iron deficiency"), "D50.9"),
        IndexTerm(("Amyloid heart",), "E85.4", manifestation="I43"),
    )


def test_cells_of_a_table_carry_their_column(tmp_path: Path) -> None:
    index = read_official_index(written(tmp_path, NEOPLASM))
    assert index.kind is IndexKind.NEOPLASM
    assert [(term.words[1], term.column, term.code) for term in index.terms] == [
        ("kidney", "Malignant Primary", "C64"),
        ("abdomen, abdominal", "Malignant Primary", "C76.2"),
        ("abdomen, abdominal", "Benign", "D36.7"),
    ]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("<a><b></a>", "no well-formed XML"),
        ("<ICD10CM.tabular/>", "no index of ICD-10-CM"),
        ('<!DOCTYPE a [<!ENTITY x "y">]><ICD10CM.index>&x;</ICD10CM.index>', "no XML that can be read safely"),
    ],
)
def test_other_files_are_refused_with_the_remedy(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        read_official_index(written(tmp_path, content))


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    folder = tmp_path / "site"
    monkeypatch.setenv("CHARTSTREAM_CODESETS", str(folder))
    return folder


def imported(path: Path) -> Manifest:
    (kept,) = import_files([path], Edition(), lambda _: _silent)
    return kept.manifest


def test_what_is_imported_comes_back_and_changes_the_fingerprint(tmp_path: Path, site: Path) -> None:
    before = index_fingerprint(RELEASE)
    path = written(tmp_path, ALPHABETIC)
    done = imported(path)
    assert (done.system, done.counts) == ("ICD-10-CM Alphabetic Index", {"lines": 4, "left out": 0})
    assert (done.effective_from, done.effective_to) == (RELEASE.effective_from, RELEASE.effective_to)
    assert list(index_terms(RELEASE)) == [(IndexKind.ALPHABETIC, term) for term in read_official_index(path).terms]
    assert index_fingerprint(RELEASE) != before


@pytest.mark.parametrize(
    ("content", "kind"),
    [(ALPHABETIC, IndexKind.ALPHABETIC), (NEOPLASM, IndexKind.NEOPLASM), (EXTERNAL, IndexKind.EXTERNAL)],
)
def test_one_importer_takes_an_index(tmp_path: Path, content: str, kind: IndexKind) -> None:
    head = written(tmp_path, content).read_bytes()
    takers = [importer.system for importer in IMPORTERS if importer.recognises(Path("index.xml"), head)]
    assert takers == [SYSTEMS[kind]]


def test_the_index_goes_with_the_release_of_its_dates(tmp_path: Path, site: Path) -> None:
    imported(written(tmp_path, ALPHABETIC))
    earlier = Release(ICD10CM, "earlier", date(2024, 10, 1), date(2025, 9, 30))
    assert list(index_terms(earlier)) == []
    assert index_fingerprint(earlier) != index_fingerprint(RELEASE)


def test_the_index_of_another_edition_is_refused(tmp_path: Path, site: Path) -> None:
    strange = written(tmp_path, ALPHABETIC.replace("D50.9", "D50.77").replace("D63.1", "D63.77"))
    with pytest.raises(ConfigurationError, match=r"index\.xml: 2 of 4 codes"):
        imported(strange)
    with pytest.raises(ConfigurationError, match="when no installed ICD-10-CM release does"):
        imported(written(tmp_path, ALPHABETIC.replace("2026", "2031")))
    assert list(site.glob("*.json")) == []


def test_few_unknown_codes_are_left_out_and_counted(tmp_path: Path, site: Path) -> None:
    line = "<mainTerm><title>Term {}</title><code>{}</code></mainTerm>"
    lines = "".join(line.format(number, "D64.9" if number else "D64.77") for number in range(50))
    done = imported(
        written(tmp_path, f"<ICD10CM.index><version>2026</version><letter>{lines}</letter></ICD10CM.index>")
    )
    assert done.counts == {"lines": 49, "left out": 1}
    more = lines.replace("Term 1<", "Term 1 too<").replace("D64.9", "D64.78", 1)
    with pytest.raises(ConfigurationError, match="2 of 50 codes"):
        imported(written(tmp_path, f"<ICD10CM.index><version>2026</version><letter>{more}</letter></ICD10CM.index>"))


def test_a_damaged_table_is_named_with_the_remedy(tmp_path: Path, site: Path) -> None:
    done = imported(written(tmp_path, ALPHABETIC))
    write_table(site / done.table, {"000000": b'{"words": 1}'})
    read_library_again()
    with pytest.raises(ConfigurationError, match=r"Alphabetic Index FY2026 is damaged; import its file again"):
        list(index_terms(RELEASE))


def test_wordings_are_what_a_note_says() -> None:
    kidney = IndexTerm(("Neoplasm, neoplastic", "kidney"), "C64", "Malignant Secondary")
    assert list(wordings(IndexKind.NEOPLASM, kidney)) == [
        "secondary malignant neoplasm of kidney",
        "metastasis to kidney",
    ]
    anemia = IndexTerm(("Anemia", "in", "chronic kidney disease"), "D63.1")
    assert list(wordings(IndexKind.ALPHABETIC, anemia)) == ["Anemia in chronic kidney disease"]
    abdomen = IndexTerm(("Neoplasm, neoplastic", "abdomen, abdominal"), "D36.7", "Benign")
    assert list(wordings(IndexKind.NEOPLASM, abdomen)) == ["benign neoplasm of abdomen"]
    assert list(wordings(IndexKind.EXTERNAL, IndexTerm(("Fall, falling",), "W19"))) == []
    assert list(wordings(IndexKind.ALPHABETIC, IndexTerm(("Amyloid heart",), "E85.4", manifestation="I43"))) == []


@given(mangle=MANGLINGS, which=st.sampled_from([ALPHABETIC, NEOPLASM, EXTERNAL]))
@settings(max_examples=60, deadline=None)
def test_a_damaged_file_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, mangle: Mangling, which: str
) -> None:
    path = tmp_path_factory.mktemp("mangled") / "index.xml"
    path.write_bytes(mangle(which.encode()))
    for importer in IMPORTERS:
        reads_or_refuses(importer, [path], path)


def test_the_official_files_are_read_whole(reference: Path, site: Path) -> None:
    files = sorted(reference.glob("icd10cm-*-XML.xml"))
    counts = {kept.manifest.system: kept.manifest.counts for kept in import_files(files, Edition(), lambda _: _silent)}
    assert counts == {
        "ICD-10-CM Table of Neoplasms": {"lines": 9_020, "left out": 0},
        "ICD-10-CM Table of Drugs and Chemicals": {"lines": 40_036, "left out": 0},
        "ICD-10-CM External Cause Index": {"lines": 6_671, "left out": 0},
    }


def _silent(_: int) -> None:
    """Nobody watches."""
