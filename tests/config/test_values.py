from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.config import load
from tests.config.texts import (
    ENVIRON,
    KEY,
    MINIMAL,
    changed,
    problems_of,
    with_line,
)

if TYPE_CHECKING:
    from pathlib import Path


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("poll_seconds: 4.9", "panels[0].poll_seconds: must be greater than or equal to 5"),
        ("poll_seconds: .nan", "panels[0].poll_seconds: must be a finite number"),
        ("poll_seconds: true", "panels[0].poll_seconds: must be a valid number"),
        ("polling: 5", "panels[0].polling: is not a known key"),
        ("guilds: 12", "panels[0].guilds: must be a list"),
        ("guilds: [1, x]", "panels[0].guilds[1]: must be the id of a Discord server, a number"),
        ("guilds: [-1]", "panels[0].guilds[0]: must be the id of a Discord server, a number"),
        ("guilds: [true]", "panels[0].guilds[0]: must be the id of a Discord server, a number"),
        ("guilds: [1.5]", "panels[0].guilds[0]: must be the id of a Discord server, a number"),
        ("options: [1]", "panels[0].options: must be a mapping of keys to values"),
        ("name: 12", "panels[0].name: must be text (put a number in quotes)"),
        ('name: ""', "panels[0].name: must have at least 1 character"),
    ],
)
def test_a_wrong_setting_is_named_by_its_path(file: Path, line: str, problem: str) -> None:
    assert problems_of(file, with_line(line)) == [problem]


@pytest.mark.parametrize("form", ["sha256:abcd", '"true"', "1", "sha1:" + "ab" * 20, "ab" * 32])
def test_other_forms_of_verify_tls_are_refused(file: Path, form: str) -> None:
    (problem,) = problems_of(file, with_line(f"verify_tls: {form}"))

    assert problem.startswith('panels[0].verify_tls: must be true, false or "sha256:"')


@pytest.mark.parametrize("panel_id", ["Main", "a_b", "a" * 33, '""', "a b", '"main\\n"'])
def test_a_panel_id_of_other_characters_is_refused(file: Path, panel_id: str) -> None:
    (problem, *_) = problems_of(file, changed("id: main", f"id: {panel_id}"))

    assert problem == "panels[0].id: must be 1 to 32 of the characters a-z, 0-9 and -"


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("panel.example.com", "must be an address such as"),
        ("ftp://panel.example.com", "must be an address such as"),
        ("https://", "must be an address such as"),
        ("https://panel.example.com:port", "is not a valid address"),
        ("'https://panel example.com'", "must not contain spaces"),
        ("https://panel..example.com", "names a host that cannot be looked up"),
        (f"https://{KEY}@panel.example.com", "must not contain a user name"),
        (f"https://panel.example.com/?key={KEY}", "must not contain a user name"),
    ],
)
def test_a_panel_address_that_cannot_work_is_refused(file: Path, address: str, words: str) -> None:
    (problem,) = problems_of(file, changed("https://panel.example.com", address))

    assert problem.startswith(f"panels[0].base_url: {words}")


@pytest.mark.parametrize(
    ("key", "address"),
    [
        ("api_url", "http://discord.example.com"),
        ("api_url", "http://10.0.0.1"),
        ("gateway_url", "ws://gateway.example.com"),
    ],
)
def test_the_token_never_travels_in_the_open(file: Path, key: str, address: str) -> None:
    (problem,) = problems_of(file, changed("{env: TOKEN}", f"{{env: TOKEN}}, {key}: '{address}'"))

    assert problem.startswith(f"discord.{key}: must start with ")
    assert problem.endswith("since the token travels there")


def test_a_discord_that_nobody_can_look_up_is_refused(file: Path) -> None:
    line = "{env: TOKEN}, api_url: 'https://discord..example.com'"

    (problem,) = problems_of(file, changed("{env: TOKEN}", line))

    assert problem.startswith("discord.api_url: names a host that cannot be looked up")


@pytest.mark.parametrize("address", ["http://localhost:1", "http://127.0.0.9:1", "http://[::1]:1"])
def test_discord_may_be_on_this_machine_without_tls(file: Path, address: str) -> None:
    line = f"{{env: TOKEN}}, api_url: '{address}'"
    file.write_text(changed("{env: TOKEN}", line), encoding="utf-8")

    assert load(file, ENVIRON).discord.api_url == address


@pytest.mark.parametrize(
    ("url", "words"),
    [
        ("mysql://host/name", "must start with"),
        ("deckhand.db", "must start with"),
        ("sqlite://", "must name a file"),
        ("'sqlite:///:memory:'", "must name a file"),
        ("sqlite://file.db", "must name a file"),
        ("postgresql:///name", "must name a host"),
        ("postgresql://deck:secret@host/name", "holds a password"),
        ("12", "must be a reference"),
    ],
)
def test_a_database_that_cannot_work_is_refused(file: Path, url: str, words: str) -> None:
    (problem,) = problems_of(file, f"database_url: {url}\n{MINIMAL}")

    assert problem.startswith(f"database_url: {words}")
    assert "deck:secret" not in problem


def test_an_absolute_database_file_stays_where_it_is(file: Path) -> None:
    file.write_text(f"database_url: sqlite+aiosqlite:////var/x.db\n{MINIMAL}", encoding="utf-8")

    assert load(file, ENVIRON).database_url == "sqlite+aiosqlite:////var/x.db"


@pytest.mark.parametrize(
    "listen",
    [
        "9100",
        '":9100"',
        '"127.0.0.1"',
        '"127.0.0.1:0"',
        '"127.0.0.1:70000"',
        '"http://127.0.0.1:9100"',
        '"127.0.0.1:9100/metrics"',
        '"user@127.0.0.1:9100"',
        '"::1:9100"',
        '"127.0.0.1: 9100"',
        "[127.0.0.1, 9100]",
    ],
)
def test_an_address_to_listen_on_names_host_and_port(file: Path, listen: str) -> None:
    (problem,) = problems_of(file, f"http: {{listen: {listen}}}\n{MINIMAL}")

    assert problem.startswith("http.listen: ")


@pytest.mark.parametrize("host", ["a..b", ".example", "a" * 64 + ".example"])
def test_a_host_that_nobody_can_look_up_is_refused(file: Path, host: str) -> None:
    (problem,) = problems_of(file, f'http: {{listen: "{host}:9100"}}\n{MINIMAL}')

    assert problem.startswith("http.listen: names a host that cannot be looked up")


@pytest.mark.parametrize("listen", ["127.0.0.1:9100", "localhost:80", "[::1]:9100", "0.0.0.0:1"])
def test_an_address_to_listen_on_is_understood(file: Path, listen: str) -> None:
    file.write_text(f'http: {{listen: "{listen}"}}\n{MINIMAL}', encoding="utf-8")

    address = load(file, ENVIRON).http.listen

    assert str(address) == listen


def test_without_an_address_nothing_is_listened_on(file: Path) -> None:
    file.write_text(MINIMAL, encoding="utf-8")

    assert load(file, ENVIRON).http.listen is None
