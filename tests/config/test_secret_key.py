"""The keys of the configuration that are about panels added from Discord."""

from __future__ import annotations

import ipaddress
from pathlib import Path

import pytest

from bot.config import ConfigError, load, secret_values
from tests.config.texts import ENVIRON, MINIMAL, told_of

FIRST = "dGhpcyBpcyBhIG1hZGUtdXAga2V5LCBubyBtb3JlISE="
SECOND = "YW5kIHRoaXMgaXMgdGhlIG9sZGVyIG9uZSBvZiB0d28="


def keys_of(file: Path, value: str) -> list[str]:
    file.write_text(f"secret_key: {{env: MASTER}}\n{MINIMAL}", encoding="utf-8")
    config = load(file, ENVIRON | {"MASTER": value})
    assert not told_of(FIRST, f"{config!r} {config}")
    keys = [key.get_secret_value() for key in config.secret_key]
    assert secret_values(config) >= set(keys)
    return keys


@pytest.mark.parametrize("between", [" ", "\n", "\r\n", "  \t "])
def test_master_keys_stand_one_after_the_other_the_newest_first(file: Path, between: str) -> None:
    assert keys_of(file, FIRST) == [FIRST]
    assert keys_of(file, f"{FIRST}{between}{SECOND}\n") == [FIRST, SECOND]


def test_a_file_may_have_a_key_on_each_line(file: Path) -> None:
    (file.parent / "keys").write_text(f"{FIRST}\n{SECOND}\n", encoding="utf-8")
    file.write_text(f"secret_key: {{file: keys}}\n{MINIMAL}", encoding="utf-8")

    keys = [key.get_secret_value() for key in load(file, ENVIRON).secret_key]

    assert keys == [FIRST, SECOND]


@pytest.mark.parametrize(
    "wrong", ["hunter2", FIRST[:-1], f"{FIRST}A", f"{FIRST},{SECOND}", f"{FIRST} {SECOND[1:]}"]
)
def test_what_is_no_master_key_is_refused_unseen(file: Path, wrong: str) -> None:
    with pytest.raises(ConfigError) as caught:
        keys_of(file, wrong)

    assert str(caught.value).startswith("secret_key: must be a key as `deckhand keys new` prints")
    assert not told_of(wrong, str(caught.value))


def test_a_master_key_does_not_stand_in_the_configuration(file: Path) -> None:
    file.write_text(f"secret_key: {FIRST}\n{MINIMAL}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"^secret_key: must be a reference") as caught:
        load(file, ENVIRON)
    assert not told_of(FIRST, str(caught.value))


def test_a_master_key_is_read_only_where_it_is_needed(file: Path) -> None:
    file.write_text(f"secret_key: {{env: NONE}}\n{MINIMAL}", encoding="utf-8")

    assert load(file, ENVIRON, needs=frozenset({"panels", "discord"})).secret_key == ()


@pytest.mark.parametrize(
    ("url", "expected"),
    [
        ("sqlite:///data/other.db", "{folder}/data/other.db.key"),
        ("sqlite:////var/lib/x.db", "/var/lib/x.db.key"),
        ("sqlite:///x.db?mode=rwc", "{folder}/x.db.key"),
        ("postgresql://deck@db.example.com/deck", "{folder}/deckhand.key"),
    ],
)
def test_a_key_that_nobody_gives_lies_beside_the_database_or_the_configuration(
    file: Path, url: str, expected: str
) -> None:
    file.write_text(f"database_url: '{url}'\n{MINIMAL}", encoding="utf-8")

    found = load(file, ENVIRON).key_file

    assert found == Path(expected.format(folder=file.parent))


def test_networks_are_allowed_by_their_prefix_or_one_by_one(file: Path) -> None:
    file.write_text(
        f"allow_networks: [10.0.0.0/8, 192.168.1.5, 'fd00::/8']\n{MINIMAL}", encoding="utf-8"
    )

    assert load(file, ENVIRON).allow_networks == tuple(
        map(ipaddress.ip_network, ("10.0.0.0/8", "192.168.1.5/32", "fd00::/8"))
    )


@pytest.mark.parametrize("wrong", ["10.0.0.1/8", "10.0.0.0/33", "home", "5", "10.0.0.256", "null"])
def test_what_is_no_network_is_named(file: Path, wrong: str) -> None:
    file.write_text(f"allow_networks: [127.0.0.1, {wrong}]\n{MINIMAL}", encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, ENVIRON)
    assert str(caught.value) == (
        "allow_networks[1]: must be a network such as 10.0.0.0/8, or an address"
    )


@pytest.mark.parametrize("wrong", ["0", "-1", "1.5", "'90'", "true"])
def test_the_audit_is_kept_for_whole_days(file: Path, wrong: str) -> None:
    file.write_text(f"audit: {{keep_days: {wrong}}}\n{MINIMAL}", encoding="utf-8")
    with pytest.raises(ConfigError, match=r"^audit\.keep_days: must be "):
        load(file, ENVIRON)
