"""What was signed verifies; whatever is changed, removed, swapped, repeated or added does not."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from chartstream.audit.chain import GENESIS, Chain, Fault
from chartstream.audit.packing import CHAIN, HEAD, PAGE, pack, unpack
from chartstream.audit.signing import Head, signed_head
from chartstream.audit.verifying import verify
from chartstream.errors import ConfigurationError
from tests.unit.audit.cases import ENCOUNTER, KEY, files
from tests.unit.builders import NOW

TRUSTED = KEY.public_key()


@cache
def made() -> dict[str, bytes]:
    return files()


def lines() -> list[bytes]:
    return made()[CHAIN].splitlines(keepends=True)


def fault(**changed: bytes | list[bytes]) -> Fault:
    """The first fault of the bundle with another chain or head."""
    given = dict(made())
    for name, content in changed.items():
        given[{"chain": CHAIN, "head": HEAD}[name]] = content if isinstance(content, bytes) else b"".join(content)
    found = verify(given, TRUSTED)
    assert isinstance(found, Fault)
    return found


def test_what_was_signed_verifies() -> None:
    head = verify(made(), TRUSTED)
    assert isinstance(head, Head)
    assert (head.encounter_id, head.entries, head.signed_at) == (ENCOUNTER, len(lines()), NOW)


@given(st.data())
def test_a_change_of_any_byte_of_any_file_is_found(data: st.DataObject) -> None:
    name = data.draw(st.sampled_from(sorted(made())))
    at = data.draw(st.integers(0, len(made()[name]) - 1))
    other = data.draw(st.integers(1, 255))
    content = bytearray(made()[name])
    content[at] ^= other
    assert isinstance(verify({**made(), name: bytes(content)}, TRUSTED), Fault)


def test_every_bit_of_the_head_counts() -> None:
    head = made()[HEAD]
    for at in range(len(head)):
        for bit in range(8):
            content = bytearray(head)
            content[at] ^= 1 << bit
            assert isinstance(verify({**made(), HEAD: bytes(content)}, TRUSTED), Fault), (at, bit)


@given(st.data())
def test_a_removed_swapped_or_repeated_entry_is_named(data: st.DataObject) -> None:
    entries = lines()
    at = data.draw(st.integers(0, len(entries) - 2))
    other = data.draw(st.integers(at + 1, len(entries) - 1))
    removed = [*entries[:at], *entries[at + 1 :]]
    assert fault(chain=removed).place == f"entry {at + 1}"
    swapped = list(entries)
    swapped[at], swapped[other] = swapped[other], swapped[at]
    assert fault(chain=swapped).place == f"entry {at + 1}"
    repeated = [*entries[: at + 1], *entries[at:]]
    assert fault(chain=repeated).place == f"entry {at + 2}"


def test_a_chain_cut_off_at_any_byte_is_found() -> None:
    content = made()[CHAIN]
    for end in range(0, len(content), 97):
        assert "cut off" in fault(chain=content[:end]).reason
    assert fault(chain=content[:-1]).place == f"entry {len(lines())}"


def test_an_entry_behind_the_last_is_named() -> None:
    assert fault(chain=[*lines(), lines()[-1]]) == Fault("entry 16", "it was added: the head counts 15 entries")


def rechained(change: int, head: bool) -> dict[str, bytes]:
    """The bundle with one entry changed and every hash from there made anew, as who has no key can do."""
    chain = Chain()
    for number, line in enumerate(lines()):
        entry = json.loads(line)
        content = {**entry["content"], "encounter_id": "another"} if number == change else entry["content"]
        chain.add(entry["kind"], content)
    made_anew = {**made(), CHAIN: chain.content()}
    if head:
        other = Ed25519PrivateKey.generate()
        made_anew[HEAD] = signed_head(ENCOUNTER, len(chain), chain.last, NOW, other)
    return made_anew


def test_hashes_made_anew_do_not_fit_the_signed_head() -> None:
    found = verify(rechained(3, head=False), TRUSTED)
    assert found == Fault("entry 15", "it is not the last entry that the head names: it was replaced")


def test_a_head_signed_by_somebody_else_is_not_trusted() -> None:
    assert verify(rechained(3, head=True), TRUSTED) == Fault(
        "the head", "it is signed with another key than the trusted one"
    )


def test_an_entry_whose_own_hash_was_made_anew_breaks_the_next() -> None:
    entries = lines()
    chain = Chain()
    chain.add("bundle", {"encounter_id": "another"})
    found = fault(chain=[chain.content(), *entries[1:]])
    assert found.place == "entry 2 (event)"
    assert "names another entry before it" in found.reason


@pytest.mark.parametrize("name", ["documents/001.txt", "texts/001.txt", PAGE])
def test_a_file_that_is_missing_or_changed_is_named(name: str) -> None:
    without = {key: content for key, content in made().items() if key != name}
    missing = verify(without, TRUSTED)
    assert isinstance(missing, Fault)
    assert missing.reason == f"{name} is missing"
    changed = verify({**made(), name: b"x"}, TRUSTED)
    assert isinstance(changed, Fault)
    assert changed.place == missing.place
    assert name in changed.reason


def test_a_file_that_no_entry_names_is_found() -> None:
    assert verify({**made(), "documents/002.txt": b""}, TRUSTED) == Fault(
        "the files", "1 are named by no entry: they were added"
    )
    assert isinstance(verify({}, TRUSTED), Fault)


def test_the_first_entry_names_none_before_it() -> None:
    assert json.loads(lines()[0])["previous"] == GENESIS


@pytest.mark.parametrize("name", ["bundle", "bundle.zip"])
def test_folder_and_zip_hold_the_same_and_only_the_owner_reads_them(tmp_path: Path, name: str) -> None:
    pack(tmp_path / name, made())
    assert unpack(tmp_path / name) == made()
    written = [tmp_path / name, *(tmp_path / name).rglob("*")]
    assert {path.stat().st_mode & 0o777 for path in written if path.is_file()} == {0o600}
    assert {path.stat().st_mode & 0o777 for path in written if path.is_dir()} <= {0o700}
    assert [path.name for path in tmp_path.iterdir()] == [name]
    with pytest.raises(ConfigurationError, match="is there already"):
        pack(tmp_path / name, made())


@given(st.data())
def test_a_change_of_any_byte_of_a_zip_is_found(tmp_path_factory: pytest.TempPathFactory, data: st.DataObject) -> None:
    path = tmp_path_factory.mktemp("zip") / "bundle.zip"
    pack(path, made())
    content = bytearray(path.read_bytes())
    content[data.draw(st.integers(0, len(content) - 1))] ^= data.draw(st.integers(1, 255))
    path.write_bytes(bytes(content))
    found = unpack(path)
    assert isinstance(found, Fault) or isinstance(verify(found, TRUSTED), Fault)
    path.write_bytes(bytes(content[: data.draw(st.integers(0, len(content) - 1))]))
    assert isinstance(unpack(path), Fault)
