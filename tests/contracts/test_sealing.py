"""What every sealer must hold; the contexts bind a value to its place."""

import pytest

from bridge.adapters.sealing import DataKeySealer, generate_key, key_from_text
from bridge.domain.errors import InputError, StoreError
from bridge.ports.sealing import Sealer


@pytest.fixture
def sealer() -> Sealer:
    return DataKeySealer(key_from_text(generate_key()))


@pytest.mark.parametrize("plain", [b"", b"x", b"secret" * 1000])
def test_what_was_sealed_opens_again(sealer: Sealer, plain: bytes) -> None:
    assert sealer.unseal(sealer.seal(plain, b"inbox.payload"), b"inbox.payload") == plain


def test_sealing_hides_the_text_and_never_repeats_itself(sealer: Sealer) -> None:
    first, second = sealer.seal(b"canary", b"c"), sealer.seal(b"canary", b"c")
    assert b"canary" not in first
    assert first != second


def test_a_value_moved_to_another_place_does_not_open(sealer: Sealer) -> None:
    with pytest.raises(StoreError):
        sealer.unseal(sealer.seal(b"secret", b"runs.summary"), b"audit.detail")


def test_every_altered_byte_is_noticed(sealer: Sealer) -> None:
    sealed = sealer.seal(b"secret", b"c")
    for place in range(len(sealed)):
        altered = bytearray(sealed)
        altered[place] ^= 1
        with pytest.raises(StoreError):
            sealer.unseal(bytes(altered), b"c")


@pytest.mark.parametrize("rubbish", [b"", b"\x01", b"\x01" + b"x" * 27, b"plain text that was never sealed at all"])
def test_rubbish_does_not_open(sealer: Sealer, rubbish: bytes) -> None:
    with pytest.raises(StoreError):
        sealer.unseal(rubbish, b"c")


def test_another_key_does_not_open(sealer: Sealer) -> None:
    other = DataKeySealer(key_from_text(generate_key()))
    with pytest.raises(StoreError, match="another data key"):
        other.unseal(sealer.seal(b"secret", b"c"), b"c")


def test_the_same_key_opens_in_another_process() -> None:
    text = generate_key()
    sealed = DataKeySealer(key_from_text(text)).seal(b"secret", b"c")
    assert DataKeySealer(key_from_text(f"  {text}\n")).unseal(sealed, b"c") == b"secret"


def test_an_index_is_equal_for_equal_texts_in_one_place_only(sealer: Sealer) -> None:
    assert sealer.index("codename", b"rooms.ref") == sealer.index("codename", b"rooms.ref")
    assert len(sealer.index("codename", b"rooms.ref")) == 32
    assert sealer.index("codename", b"rooms.ref") != sealer.index("codename", b"audit.compartment")
    assert sealer.index("codename", b"rooms.ref") != sealer.index("codenames", b"rooms.ref")


def test_an_index_depends_on_the_key(sealer: Sealer) -> None:
    assert sealer.index("codename", b"c") != DataKeySealer(bytes(32)).index("codename", b"c")


@pytest.mark.parametrize("text", ["", "short", "é" * 43, "k" * 47, "!" * 43])
def test_a_text_that_is_no_key_is_refused_without_being_shown(text: str) -> None:
    with pytest.raises(InputError) as refused:
        key_from_text(text)
    assert not text or text not in str(refused.value)
