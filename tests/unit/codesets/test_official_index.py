"""The official indexes: read in their layout, kept for a site, refused when they are another edition's."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from typer.testing import CliRunner

from chartstream import codesets
from chartstream.cli import app
from chartstream.codesets.installed import index_fingerprint, index_terms, install_index, installed_indexes
from chartstream.codesets.official_index import IndexKind, IndexTerm, OfficialIndex, read_official_index
from chartstream.coding.lexicon.index_terms import wordings
from chartstream.errors import ConfigurationError

CODES = codesets.load()
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
        ('<!DOCTYPE a [<!ENTITY x "y">]><ICD10CM.index>&x;</ICD10CM.index>', "no well-formed XML"),
    ],
)
def test_other_files_are_refused_with_the_remedy(tmp_path: Path, content: str, reason: str) -> None:
    with pytest.raises(ConfigurationError, match=reason):
        read_official_index(written(tmp_path, content))


def test_what_is_installed_comes_back_and_changes_the_fingerprint(tmp_path: Path) -> None:
    before = index_fingerprint(tmp_path)
    index = read_official_index(written(tmp_path, ALPHABETIC))
    done = install_index(index, CODES, tmp_path)
    assert (done.kept, done.unknown) == (4, 0)
    assert installed_indexes(tmp_path) == [done]
    assert [term for _, term in index_terms(tmp_path)] == list(index.terms)
    assert index_fingerprint(tmp_path) != before


def test_the_index_of_another_edition_is_refused(tmp_path: Path) -> None:
    index = read_official_index(written(tmp_path, ALPHABETIC.replace("D50.9", "D50.77").replace("D63.1", "D63.77")))
    with pytest.raises(ConfigurationError, match="2 of 4 codes"):
        install_index(index, CODES, tmp_path / "kept")
    assert installed_indexes(tmp_path / "kept") == []


def test_a_damaged_file_is_named_with_the_remedy(tmp_path: Path) -> None:
    (tmp_path / "drug.jsonl").write_text('{"kind": "drug"}\n{"words": 1}\n')
    with pytest.raises(ConfigurationError, match=r"drug\.jsonl is damaged; install it again"):
        list(index_terms(tmp_path))


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


@given(st.lists(st.text(st.characters(blacklist_categories=["Cs"]), min_size=1), min_size=1, max_size=4))
def test_words_survive_the_folder(tmp_path_factory: pytest.TempPathFactory, words: list[str]) -> None:
    folder = tmp_path_factory.mktemp("index")
    index = OfficialIndex(IndexKind.DRUG, "2026", (IndexTerm(tuple(words), "I10", "Adverse effect"),))
    install_index(index, CODES, folder)
    assert [term for _, term in index_terms(folder)] == list(index.terms)


def test_the_command_installs_lists_and_shows(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTSTREAM_CODESETS", str(tmp_path / "site"))
    run = CliRunner().invoke
    assert "no official index" in run(app, ["codesets", "list"]).output
    assert (
        "external index, edition 2026: 1 lines"
        in run(app, ["codesets", "install", str(written(tmp_path, EXTERNAL))]).output
    )
    assert "external" in run(app, ["codesets", "list"]).output
    shown = run(app, ["codesets", "show", "n18.31"]).output
    assert "Chronic kidney disease, stage 3a" in shown
    assert "at N18" in shown
    with pytest.raises(ConfigurationError, match="no entry"):
        run(app, ["codesets", "show", "XX9"], catch_exceptions=False)
