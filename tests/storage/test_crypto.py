from __future__ import annotations

import pytest

from bot.storage.crypto import SealError, Vault, new_key

OLD, NEW, OTHER = new_key(), new_key(), new_key()
TEXT = "ptlc_Schlüssel"


def test_what_is_sealed_opens_again_and_shows_nothing() -> None:
    vault = Vault([NEW])

    sealed = vault.seal(TEXT)

    assert vault.open(sealed) == TEXT
    assert "ptlc" not in sealed
    assert vault.seal(TEXT) != sealed


def test_an_older_key_opens_and_the_first_one_seals() -> None:
    sealed = Vault([OLD]).seal(TEXT)
    both = Vault([NEW, OLD])

    assert both.open(sealed) == TEXT
    assert not both.is_current(sealed)
    assert both.is_current(both.seal(TEXT))
    assert Vault([NEW]).open(both.seal(TEXT)) == TEXT


@pytest.mark.parametrize(
    "spoil", [lambda text: text[:-2], lambda text: "", lambda text: f"A{text}"]
)
def test_what_is_damaged_opens_with_no_key(spoil: object) -> None:
    assert callable(spoil)
    vault = Vault([NEW])
    with pytest.raises(SealError) as caught:
        vault.open(spoil(vault.seal(TEXT)))
    assert caught.value.__cause__ is None


def test_another_key_does_not_open() -> None:
    with pytest.raises(SealError):
        Vault([OTHER]).open(Vault([NEW]).seal(TEXT))


@pytest.mark.parametrize(
    "wrong", ["", "short", OLD[:-1], "ü" * 44], ids=["empty", "short", "cut off", "foreign"]
)
def test_what_is_no_key_is_refused_without_being_shown(wrong: str) -> None:
    with pytest.raises(ValueError, match="deckhand keys new") as caught:
        Vault([NEW, wrong])
    assert not wrong or wrong not in repr(caught.value)
    assert caught.value.__cause__ is None


def test_there_is_no_vault_without_a_key() -> None:
    with pytest.raises(ValueError, match="deckhand keys new"):
        Vault([])


def test_a_vault_shows_no_key() -> None:
    shown = repr(vars(Vault([NEW, OLD])))
    assert NEW not in shown
    assert OLD not in shown


def test_no_two_keys_are_alike() -> None:
    assert len({new_key() for _ in range(100)}) == 100
