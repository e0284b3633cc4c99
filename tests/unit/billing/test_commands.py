"""``chartstream claims``: from a file of claims to an 837, from a payer's file to outcomes, by way of the ledger."""

from __future__ import annotations

from pathlib import Path

import pytest
from typer.testing import CliRunner, Result

from chartstream.billing.fees import FeeTable
from chartstream.cli.claims import app
from chartstream.documents import FsspecDocumentStore
from chartstream.errors import ConfigurationError
from chartstream.events.claims import ClaimCoded, ClaimKind, ClaimOutcome, OutcomeKind
from chartstream.events.head import ClaimCheck
from tests.unit.billing.cases import SAMPLES, billing, charge, claim, fhir_coverage, visit, void

SITE = str(SAMPLES / "site.yaml")
RUNNER = CliRunner()


@pytest.fixture
def site_claim(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> ClaimCoded:
    """A claim whose coverage lies in the document store of the environment."""
    url = (tmp_path / "documents").as_uri()
    monkeypatch.setenv("CHARTSTREAM_DOCUMENTS_URL", url)
    content = fhir_coverage()
    uri, sha256 = FsspecDocumentStore(url).put(content, "application/fhir+json")
    check = ClaimCheck(uri=uri, sha256=sha256, size_bytes=len(content), media_type="application/fhir+json")
    return claim(visit(billing=billing([charge()], coverage=check)))


def lines(path: Path, *claims: ClaimCoded, more: str = "") -> str:
    path.write_text("".join(f"{each.model_dump_json()}\n" for each in claims) + more, encoding="utf-8")
    return str(path)


def invoke(*arguments: str) -> Result:
    return RUNNER.invoke(app, list(arguments))


def test_a_claim_out_and_its_denial_back(tmp_path: Path, site_claim: ClaimCoded) -> None:
    out = tmp_path / "out"
    given = lines(tmp_path / "claims.jsonl", site_claim)
    arguments = ("export", "--format", "x12-837p", "--from", given, "--site", SITE, "--out", str(out))
    first = invoke(*arguments, "--check")
    assert first.exit_code == 0, first.output
    assert "CLM*04HMASW9NF6YY093R1*" in (out / "x12-837p-000000001.x12").read_text()
    again = invoke(*arguments)
    assert "was exported before" in again.output
    assert sorted(each.name for each in out.iterdir()) == ["ledger.sqlite3", "x12-837p-000000001.x12"]

    told = tmp_path / "outcomes.jsonl"
    ledger = str(out / "ledger.sqlite3")
    answer = invoke("outcomes", str(SAMPLES / "remittance.835"), "--ledger", ledger, "--out", str(told))
    assert answer.exit_code == 0, answer.output
    (outcome,) = [ClaimOutcome.model_validate_json(line) for line in told.read_text().splitlines()]
    assert (outcome.outcome, outcome.adjustments[0].carc, outcome.coding_related) == (OutcomeKind.DENIED, "11", True)

    # what the payer called it stands on the replacement, and on the void
    for number, kind, frequency in ((2, ClaimKind.REPLACEMENT, "7"), (2, ClaimKind.VOID, "8")):
        folder = tmp_path / frequency
        folder.mkdir()
        (folder / "ledger.sqlite3").write_bytes((out / "ledger.sqlite3").read_bytes())
        later = (
            void(number) if kind is ClaimKind.VOID else site_claim.model_copy(update={"revision": number, "kind": kind})
        )
        source = lines(tmp_path / "later.jsonl", later)
        result = invoke(
            "export", "--format", "x12-837p", "--from", source, "--site", SITE, "--out", str(folder), "--check"
        )
        assert result.exit_code == 0, result.output
        text = (folder / "x12-837p-000000002.x12").read_text()
        assert f"11:B:{frequency}*" in text
        assert "REF*F8*ICN-4-9~" in text


def test_what_is_missing_is_named_and_tried_again(tmp_path: Path, site_claim: ClaimCoded) -> None:
    out = str(tmp_path / "out")
    assert site_claim.encounter is not None
    assert site_claim.encounter.billing is not None
    unpriced = site_claim.encounter.billing.model_copy(update={"charges": (charge(amount=None),)})
    priceless = site_claim.encounter.model_copy(update={"billing": unpriced})
    given = lines(tmp_path / "claims.jsonl", site_claim.model_copy(update={"encounter": priceless}))
    first = invoke("export", "--format", "x12-837p", "--from", given, "--site", SITE, "--out", out)
    assert first.exit_code == 1
    assert "lines[1].amount (SV1 of line 1): it is not known" in first.output
    assert "QUILL" not in first.output.upper()
    empty = lines(tmp_path / "none.jsonl")
    fees = str(SAMPLES / "fees.csv")
    second = invoke("export", "--format", "x12-837p", "--from", empty, "--site", SITE, "--fees", fees, "--out", out)
    assert second.exit_code == 0, second.output
    assert "*125.5*" in (tmp_path / "out" / "x12-837p-000000001.x12").read_text()


def test_standard_output_without_a_folder(tmp_path: Path, site_claim: ClaimCoded) -> None:
    result = invoke("export", "--format", "csv", "--from", lines(tmp_path / "c.jsonl", site_claim))
    assert result.exit_code == 0
    assert "control_number,claim_id" in result.stdout
    assert "1 exported" in result.stderr


def test_lines_that_are_no_claims_are_named_without_their_words(tmp_path: Path, site_claim: ClaimCoded) -> None:
    given = lines(tmp_path / "c.jsonl", site_claim, more='{"claim_id": "Ada Quill"}\nnonsense Ada\n')
    result = invoke("export", "--format", "fhir-claim", "--from", given)
    assert result.exit_code == 0
    assert "c.jsonl, line 2 is no claim" in result.stderr
    assert "c.jsonl, line 3 is no claim" in result.stderr
    assert "Ada" not in result.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("export", "--format", "csv"),
        ("export", "--format", "csv", "--group", "billing"),
        ("export", "--format", "csv", "--group", "billing", "--from", SITE, "--out", "x"),
    ],
)
def test_where_claims_come_from_is_one_thing(arguments: tuple[str, ...]) -> None:
    assert invoke(*arguments).exit_code == 2


def test_an_837_without_a_site_file_says_so(tmp_path: Path, site_claim: ClaimCoded) -> None:
    result = invoke("export", "--format", "x12-837p", "--from", lines(tmp_path / "c.jsonl", site_claim))
    assert isinstance(result.exception, ConfigurationError)


def test_answers_that_are_lost_are_told_and_the_others_kept(tmp_path: Path, site_claim: ClaimCoded) -> None:
    broken = tmp_path / "broken.835"
    broken.write_bytes((SAMPLES / "remittance.835").read_bytes()[:300])
    given = lines(tmp_path / "c.jsonl", site_claim)
    result = invoke(
        "outcomes", str(broken), str(SAMPLES / "acknowledgement.277ca"), "--from", given, "--format", "auto"
    )
    assert result.exit_code == 1
    assert "broken.835, whole file" in result.stderr
    assert "1 outcomes; 1 items lost" in result.stderr


def test_outcomes_of_strangers_are_told(tmp_path: Path, site_claim: ClaimCoded) -> None:
    given = lines(tmp_path / "c.jsonl", site_claim.model_copy(update={"claim_id": "f" * 32}))
    result = invoke("outcomes", str(SAMPLES / "remittance.835"), "--from", given)
    assert result.exit_code == 1
    assert "none of a claim that was sent from here" in result.stderr


def test_the_sample_fee_table_holds() -> None:
    assert FeeTable.load(SAMPLES / "fees.csv")
