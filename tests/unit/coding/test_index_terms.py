"""Installed indexes in the lexicon: over the tabular list's terms, under the product's own."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from chartstream import codesets
from chartstream.codesets.importing.indexes import entries_of
from chartstream.codesets.importing.keeping import keep
from chartstream.codesets.importing.model import Imported
from chartstream.codesets.official_index import SYSTEMS, IndexKind, IndexTerm
from chartstream.coding.engine import data_sha256
from chartstream.coding.lexicon.lexicon import INDEX, OWN, TABULAR, Draft
from chartstream.coding.lexicon.terms import gather, lexicon_name
from chartstream.coding.vocabulary.tokens import Vocabulary

CODES = codesets.load()
VOCABULARY = Vocabulary.read()


class _FewCodes(codesets.CodeSet):
    """The release with a tabular list short enough to gather terms from in no time."""

    def __iter__(self) -> Iterator[str]:
        return iter(("D50", "D64.9", "C50.011", "C50.012", "C50.019", "I10"))


@pytest.fixture
def own(tmp_path: Path) -> Path:
    (tmp_path / "terms.csv").write_text("code,sided,terms,source\nI10,,pale blood,usage\n")
    return tmp_path


def gathered(own: Path, monkeypatch: pytest.MonkeyPatch, *terms: IndexTerm, kind: IndexKind) -> dict[str, Draft]:
    monkeypatch.setenv("CHARTSTREAM_CODESETS", str(own / "site"))
    index = codesets.Release(SYSTEMS[kind], "an index", CODES.release.effective_from, CODES.release.effective_to)
    keep(Imported(index, entries_of(terms), {}), (), own / "site")
    drafts = gather(_FewCodes(CODES.release, CODES._table), VOCABULARY, own)
    return {" ".join(sorted(forms)): draft for forms, draft in drafts.items()}


def test_an_index_says_what_a_term_is_coded_to(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    terms = (IndexTerm(("Anemia", "iron deficiency"), "D50"), IndexTerm(("Blood, pale",), "D64.9"))
    drafts = gathered(own, monkeypatch, *terms, kind=IndexKind.ALPHABETIC)
    anemia = drafts[" ".join(sorted(VOCABULARY.forms("iron deficiency anemia")))]
    assert (anemia.code, anemia.source) == ("D50.9", INDEX)
    blood = drafts[" ".join(sorted(VOCABULARY.forms("pale blood")))]
    assert (blood.code, blood.source) == ("I10", OWN)
    assert drafts[" ".join(sorted(VOCABULARY.forms("essential primary hypertension")))].source == TABULAR


def test_a_table_gives_its_sides_too(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    areola = IndexTerm(("Neoplasm, neoplastic", "breast", "areola"), "C50.01", "Malignant Primary")
    drafts = gathered(own, monkeypatch, areola, kind=IndexKind.NEOPLASM)
    found = drafts[" ".join(sorted(VOCABULARY.forms("malignant neoplasm of breast areola")))]
    assert found.source == INDEX
    assert found.variants["left"] == "C50.012"


def test_what_is_installed_names_another_lexicon_and_another_coder(own: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CHARTSTREAM_CODESETS", str(own / "none"))
    before = lexicon_name(CODES.release), data_sha256(CODES.release)
    gathered(own, monkeypatch, IndexTerm(("Anemia",), "D64.9"), kind=IndexKind.ALPHABETIC)
    assert not {lexicon_name(CODES.release), data_sha256(CODES.release)} & set(before)
