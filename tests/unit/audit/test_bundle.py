"""What is in a bundle: every event, every document, quotes read again, and a page that tells it."""

from __future__ import annotations

import hashlib
import json

import pytest

from chartstream.audit.chain import canonical
from chartstream.audit.found import Found
from chartstream.audit.gathered import gather
from chartstream.audit.packing import CHAIN, PAGE
from chartstream.audit.page import render
from chartstream.errors import ConfigurationError
from chartstream.events.claims import ClaimCoded, ClaimKind
from chartstream.events.head import Encrypted
from chartstream.events.review import ReviewDecided
from tests.unit.audit.cases import (
    CLAIM,
    DOCUMENT,
    ENCOUNTER,
    STORE,
    WORDS,
    at,
    claim,
    events,
    files,
    found,
    gathered,
)
from tests.unit.builders import NOW, DictStore


def entries(kind: str) -> list[dict[str, object]]:
    read = [json.loads(line) for line in files()[CHAIN].splitlines()]
    return [entry["content"] for entry in read if entry["kind"] == kind]


def test_every_event_is_an_entry_from_which_it_can_be_read_again() -> None:
    told = {str(entry["type"]): entry["event"] for entry in entries("event")}
    assert len(told) == len(events())
    assert ClaimCoded.model_validate_json(json.dumps(told["ClaimCoded"])) == claim()


def test_documents_and_texts_are_files_with_their_hashes() -> None:
    kept = {str(entry["name"]): entry["sha256"] for entry in entries("file")}
    assert set(kept) == {"documents/001.txt", "texts/001.txt", PAGE}
    assert files()["texts/001.txt"] == files()["documents/001.txt"] == WORDS.encode()
    assert kept["texts/001.txt"] == hashlib.sha256(WORDS.encode()).hexdigest()


def test_each_quote_is_read_again_once() -> None:
    assert [(entry["code"], entry["text"]) for entry in entries("quote")] == [
        ("E11.42", "Type 2 diabetes with polyneuropathy"),
        ("I10", "Essential hypertension"),
        ("99214", "Thirty-one minutes in all"),
    ]


def test_a_quote_that_is_not_the_words_at_its_place_is_said() -> None:
    line = claim().diagnoses[0]
    moved = line.model_copy(update={"evidence": (line.evidence[0].model_copy(update={"begin": 122}),)})
    altered = gathered([claim().model_copy(update={"diagnoses": (moved,)})])
    assert altered.gaps() == ("quote for E11.42: the words at its place have not the hash of the evidence",)
    assert "the words at its place have not the hash" in render(altered, NOW)


def test_what_the_store_no_longer_holds_is_said_and_nothing_else_is_lost() -> None:
    store = DictStore()
    store.contents = {DOCUMENT.text.uri: STORE.contents[DOCUMENT.text.uri]}
    some = gathered(store=store)
    (gap,) = some.gaps()
    assert gap.startswith(f"document {DOCUMENT.source.sha256[:12]}: document_missing")
    assert all(quote.text is not None for quote in some.quotes)
    none = gathered(store=DictStore())
    assert len(none.gaps()) == 5
    assert "The notes, with the evidence marked" not in render(none, NOW)


def test_a_record_that_cannot_be_read_is_kept_as_it_is() -> None:
    broken = Found("claims.coded", None, 0, 7, NOW, "ab", "the value begins with neither Avro framing", b"\x00\xff")
    several = gather(ENCOUNTER, [broken, *found()], (), STORE)
    assert several.found[-1] == broken
    assert several.gaps() == ("claims.coded, offset 7: the value begins with neither Avro framing",)


def test_nothing_found_is_an_error_that_says_what_to_check() -> None:
    with pytest.raises(ConfigurationError, match="check the id"):
        gather(ENCOUNTER, [], (), STORE)


def test_bytes_are_written_in_base64() -> None:
    hidden = Encrypted(key_id="k", algorithm="a", nonce=b"\xff\x00", ciphertext=b"\xfe")
    assert json.loads(canonical(hidden.model_dump()))["nonce"] == "/wA="


def test_the_page_tells_what_was_billed_why_and_by_whom() -> None:
    page = files()[PAGE].decode()
    for words in (
        CLAIM,
        '<mark class="mark h0" data-label="E11.42">Type 2 diabetes with polyneuropathy</mark>',
        "(ICD-10-CM guidelines, I.A.15)",
        "House policy, section 3",
        "let level_above_usual on 99214 stand: time_documented (31 minutes)",
        "replaced 99213 → 99214: time_documented",
        "denied by lakeshore; CO-50 N115 131.00 USD, line 1",
        "coder-7 (coder)",
        "lexicon-coder 6.2",
        "2026-10",
    ):
        assert words in page, words


def test_every_revision_is_listed_and_a_void_does_not_hide_what_was_billed() -> None:
    void = ClaimCoded(head=at(60, "void"), claim_id=CLAIM, revision=3, kind=ClaimKind.VOID, void_reason="withdrawn")
    page = render(gathered([*events(), claim(2), void]), NOW)
    for words in ("1, original", "2, replacement", "3, void", "What was billed, and why", "nobody: it voids the claim"):
        assert words in page


def test_without_a_claim_what_was_proposed_is_shown() -> None:
    others = [event for event in events() if not isinstance(event, ClaimCoded)]
    page = render(gathered(others), NOW)
    assert "No claim was released" in page
    assert "E11.42" in page
    decided = [event for event in others if isinstance(event, ReviewDecided)]
    assert "Review decided" in render(gathered(decided), NOW)


def test_what_a_note_says_is_text_and_never_markup() -> None:
    hostile = claim().diagnoses[0].model_copy(update={"description": "<script>alert(1)</script>"})
    page = render(gathered([claim().model_copy(update={"diagnoses": (hostile,)})]), NOW)
    assert "<script>alert(1)" not in page
    assert "&lt;script&gt;alert(1)" in page


def test_the_rule_of_a_code_comes_from_where_it_was_proposed_in_the_same_version() -> None:
    assert claim().diagnoses[0].explanation is None
    newer = claim(2).model_copy(update={"head": at(60, "claim-2").model_copy(update={"encounter_version": 2})})
    assert "Rule: <b>combination</b>" in render(gathered([*events(), claim(2)]), NOW)
    assert "Rule: <b>" not in render(gathered([*events(), newer]), NOW)
