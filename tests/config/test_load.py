from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import ConfigError, load, secret_values
from tests.config.texts import (
    ENVIRON,
    FINGERPRINT,
    KEY,
    MINIMAL,
    TOKEN,
    changed,
    problems_of,
)


def test_the_least_that_is_needed_gets_all_defaults(file: Path) -> None:
    file.write_text(MINIMAL, encoding="utf-8")

    config = load(file, ENVIRON)

    assert config.discord.token.get_secret_value() == TOKEN
    assert config.discord.api_url is None
    assert config.discord.gateway_url is None
    assert config.discord.sync_commands == "auto"
    assert config.database_url == f"sqlite:///{file.parent}/deckhand.db"
    assert config.migrate_on_start is True
    (panel,) = config.panels
    assert (panel.id, panel.name, panel.kind) == ("main", "main", "pterodactyl")
    assert panel.credentials["key"].get_secret_value() == KEY
    assert panel.guilds == frozenset()
    assert panel.poll_seconds == 60
    assert panel.verify_tls is True
    assert panel.options == {}
    assert config.secret_key == ()
    assert config.key_file == file.parent / "deckhand.db.key"
    assert config.allow_networks == ()
    assert config.audit.keep_days == 90


def test_the_example_is_valid_and_shows_every_key() -> None:
    example = Path("config.example.yaml")
    environ = {"DISCORD_TOKEN": TOKEN, "MAIN_PANEL_KEY": KEY}

    config = load(example, environ)

    text = example.read_text(encoding="utf-8")
    shown = {type(config), type(config.discord), type(config.audit), type(config.http)}
    shown.add(type(config.panels[0]))
    for key in (name for model in shown for name in model.model_fields):
        assert f"{key}:" in text


def test_every_key_can_be_set(file: Path) -> None:
    file.write_text(
        textwrap.dedent(f"""
        discord:
          token: {{env: TOKEN}}
          api_url: http://127.0.0.1:8080/api/v10/
          gateway_url: wss://gateway.example.com
          sync_commands: never
        database_url: sqlite:///data/other.db
        migrate_on_start: false
        http: {{listen: "[::1]:9100"}}
        panels:
          - id: main
            name: Main panel
            kind: pterodactyl
            base_url: http://[::1]:8080/panel/
            credentials: {{key: {{env: KEY}}}}
            guilds: [123456789012345678, "123456789012345679"]
            poll_seconds: 5
            verify_tls: sha256:{FINGERPRINT}
            options: {{nested: [1, {{deep: true}}]}}
        """),
        encoding="utf-8",
    )

    config = load(file, ENVIRON)

    assert config.discord.api_url == "http://127.0.0.1:8080/api/v10"
    assert config.discord.gateway_url == "wss://gateway.example.com"
    assert config.discord.sync_commands == "never"
    assert config.database_url == f"sqlite:///{file.parent}/data/other.db"
    assert config.migrate_on_start is False
    assert str(config.http.listen) == "[::1]:9100"
    (panel,) = config.panels
    assert panel.name == "Main panel"
    assert panel.base_url == "http://[::1]:8080/panel"
    assert panel.guilds == {123456789012345678, 123456789012345679}
    assert panel.poll_seconds == 5
    assert panel.verify_tls == "sha256:" + "ab" * 32
    assert panel.options == {"nested": [1, {"deep": True}]}


def test_a_configuration_is_frozen_and_shows_no_secret(file: Path) -> None:
    (file.parent / "url").write_text("postgresql://deck:p%40ss@db.example.com/deck", "utf-8")
    file.write_text(f"database_url: {{file: url}}\n{MINIMAL}", encoding="utf-8")

    config = load(file, ENVIRON)

    with pytest.raises(ValidationError):
        config.discord.sync_commands = "never"
    shown = f"{config!r} {config}"
    assert not [secret for secret in secret_values(config) if secret in shown]
    assert secret_values(config) == {TOKEN, KEY, "p%40ss", "p@ss"}


def test_secrets_of_sections_that_are_not_needed_are_not_read(file: Path) -> None:
    file.write_text(f"database_url: {{env: NONE}}\n{MINIMAL}", encoding="utf-8")

    config = load(file, {"KEY": KEY}, needs=frozenset({"panels"}))

    assert secret_values(config) == {KEY}


def test_without_discord_its_section_may_be_missing(file: Path) -> None:
    file.write_text(changed("discord: {token: {env: TOKEN}}", ""), encoding="utf-8")

    config = load(file, ENVIRON, needs=frozenset({"panels"}))

    assert [panel.id for panel in config.panels] == ["main"]


def test_what_is_not_read_must_still_be_a_reference(file: Path) -> None:
    file.write_text(changed("{env: TOKEN}", TOKEN), encoding="utf-8")

    with pytest.raises(ConfigError, match=r"^discord\.token: must be a reference"):
        load(file, ENVIRON, needs=frozenset({"panels"}))


def test_two_panels_of_one_id_are_refused(file: Path) -> None:
    second = MINIMAL[MINIMAL.index("  - id") :]

    assert problems_of(file, MINIMAL + second) == ["panels[1].id: panels[0] has the same id"]


@pytest.mark.parametrize(
    ("panels", "problem"),
    [
        ("12", "panels: must be a list"),
        ("{id: main}", "panels: must be a list"),
        ("[main]", "panels[0]: must be a mapping of keys to values"),
    ],
)
def test_panels_are_a_list_of_mappings(file: Path, panels: str, problem: str) -> None:
    text = f"discord: {{token: {{env: TOKEN}}}}\npanels: {panels}\n"

    assert problems_of(file, text) == [problem]


def test_everything_that_is_wrong_is_told_at_once(file: Path) -> None:
    found = problems_of(
        file,
        """
        discord: {tokn: {env: TOKEN}, sync_commands: sometimes}
        panels: [{id: a}, {id: a, kind: x, base_url: "http://a.example.com", credentials: {}}]
        migrate_on_start: "no"
        """,
    )

    assert sorted(found) == [
        "discord.sync_commands: must be 'auto', 'always' or 'never'",
        "discord.token: is missing",
        "discord.tokn: is not a known key",
        "migrate_on_start: must be a valid boolean",
        "panels[0].base_url: is missing",
        "panels[0].credentials: is missing",
        "panels[0].kind: is missing",
        "panels[1].id: panels[0] has the same id",
    ]
