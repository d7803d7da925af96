from __future__ import annotations

import textwrap
from pathlib import Path

import pytest
from pydantic import ValidationError

from bot.config import ConfigError, load, secret_values

TOKEN = "MTk4NjIyNDgzNDcxOTI1MjQ4.Cl2FMQ.ZnCjm1XVW7vRze4b7Cq4se7kKWs"
KEY = "ptlc_Ku2mIQwJ0bXfQpTqTnLrYw3xVb6cZd8eHs1aGk4jR9o"
ENVIRON = {"TOKEN": TOKEN, "KEY": KEY}
FINGERPRINT = "AB:" * 31 + "ab"

MINIMAL = """
discord: {token: {env: TOKEN}}
panels:
  - id: main
    kind: pterodactyl
    base_url: https://panel.example.com
    credentials: {key: {env: KEY}}
"""


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "config.yaml"


def problems_of(file: Path, text: str) -> list[str]:
    """What is wrong with the text; no secret may ever be told."""
    file.write_text(textwrap.dedent(text), encoding="utf-8")
    with pytest.raises(ConfigError) as caught:
        load(file, ENVIRON)
    for secret in (TOKEN, KEY):
        assert secret not in str(caught.value)
        assert secret not in repr(caught.value)
    return list(caught.value.problems)


def changed(old: str, new: str) -> str:
    assert old in MINIMAL
    return MINIMAL.replace(old, new)


def with_line(line: str) -> str:
    return f"{MINIMAL}    {line}\n"


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


def test_the_example_is_valid_and_shows_every_key() -> None:
    example = Path("config.example.yaml")
    environ = {"DISCORD_TOKEN": TOKEN, "MAIN_PANEL_KEY": KEY}

    config = load(example, environ)

    text = example.read_text(encoding="utf-8")
    shown = {type(config), type(config.discord), type(config.panels[0])}
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
    (panel,) = config.panels
    assert panel.name == "Main panel"
    assert panel.base_url == "http://[::1]:8080/panel"
    assert panel.guilds == {123456789012345678, 123456789012345679}
    assert panel.poll_seconds == 5
    assert panel.verify_tls == "sha256:" + "ab" * 32
    assert panel.options == {"nested": [1, {"deep": True}]}


def test_a_secret_comes_from_a_file_beside_the_configuration(file: Path) -> None:
    (file.parent / "key").write_text(f"{KEY}\r\n", encoding="utf-8")
    file.write_text(changed("{env: KEY}", "{file: key}"), encoding="utf-8")

    (panel,) = load(file, ENVIRON).panels

    assert panel.credentials["key"].get_secret_value() == KEY


def test_a_configuration_is_frozen_and_shows_no_secret(file: Path) -> None:
    (file.parent / "url").write_text("postgresql://deck:p%40ss@db.example.com/deck", "utf-8")
    file.write_text(f"database_url: {{file: url}}\n{MINIMAL}", encoding="utf-8")

    config = load(file, ENVIRON)

    with pytest.raises(ValidationError):
        config.discord.sync_commands = "never"
    shown = f"{config!r} {config}"
    assert not [secret for secret in secret_values(config) if secret in shown]
    assert secret_values(config) == {TOKEN, KEY, "p%40ss", "p@ss"}


def test_the_process_environment_is_read_by_default(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    file.write_text(MINIMAL, encoding="utf-8")

    assert load(file).discord.token.get_secret_value() == TOKEN


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


@pytest.mark.parametrize("plain", [KEY, f"[{KEY}]", "123", "null", f"{{env: KEY, file: {KEY}}}"])
def test_a_secret_that_is_written_out_is_refused_unseen(file: Path, plain: str) -> None:
    (problem,) = problems_of(file, changed("{env: KEY}", plain))

    assert problem == (
        "panels[0].credentials.key: must be a reference, {env: NAME} or {file: PATH}; "
        "the secret itself does not belong in this file"
    )


@pytest.mark.parametrize(
    ("environ", "words"),
    [({}, "does not exist"), ({"KEY": " \n"}, "is empty"), ({"KEY": "a\nb"}, "more than one line")],
)
def test_a_variable_without_a_usable_value_is_named(
    file: Path, environ: dict[str, str], words: str
) -> None:
    file.write_text(MINIMAL, encoding="utf-8")

    with pytest.raises(ConfigError) as caught:
        load(file, {"TOKEN": TOKEN, **environ})

    (problem,) = caught.value.problems
    assert problem.startswith("panels[0].credentials.key: the environment variable KEY ")
    assert words in problem


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (None, "does not exist"),
        (b"", "is empty"),
        (b"one\ntwo", "holds more than one line of text"),
        (b"\xff\xfe\xff", "is not text"),
    ],
)
def test_a_file_without_a_usable_secret_is_named(
    file: Path, content: bytes | None, words: str
) -> None:
    if content is not None:
        (file.parent / "key").write_bytes(content)

    (problem,) = problems_of(file, changed("{env: KEY}", "{file: key}"))

    assert problem == f"panels[0].credentials.key: the file {file.parent}/key {words}"


def test_a_folder_in_place_of_a_secret_file_is_named(file: Path) -> None:
    (problem,) = problems_of(file, changed("{env: KEY}", "{file: .}"))

    assert "cannot be read: Is a directory" in problem


@pytest.mark.parametrize(
    ("reference", "words"),
    [("{env: %s}", "the environment variable"), ("{file: %s}", "the file")],
)
def test_a_key_in_place_of_a_name_is_not_told(file: Path, reference: str, words: str) -> None:
    (problem,) = problems_of(file, changed("{env: KEY}", reference % KEY))

    assert problem.startswith(f"panels[0].credentials.key: {words} ")


def test_a_key_in_place_of_a_setting_is_not_told(file: Path) -> None:
    (problem,) = problems_of(file, with_line(f"{KEY}: true"))

    assert problem.endswith(": is not a known key")


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


def test_two_panels_of_one_id_are_refused(file: Path) -> None:
    second = MINIMAL[MINIMAL.index("  - id") :]

    assert problems_of(file, MINIMAL + second) == ["panels[1].id: panels[0] has the same id"]


@pytest.mark.parametrize(
    ("address", "words"),
    [
        ("panel.example.com", "must be an address such as"),
        ("ftp://panel.example.com", "must be an address such as"),
        ("https://", "must be an address such as"),
        ("https://panel.example.com:port", "is not a valid address"),
        ("'https://panel example.com'", "must not contain spaces"),
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


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "is empty"),
        ("# nothing but a comment\n", "is empty"),
        ("- a\n- b\n", "must be a mapping of keys to values"),
        ("discord: [\n", "line 2, column 1: expected the node content"),
        ("a: 1\nb: 2\na: 3\n", "line 3, column 1: the key a stands here for the second time"),
        ("x: {y: 1, y: 2}\n", "line 1, column 11: the key y stands here for the second time"),
        ("1: 2\n", "line 1, column 1: a key must be text"),
        ("? [a]\n: b\n", "line 1, column 3: a key must be text"),
        ("a: *b\n", "line 1, column 4: found undefined alias 'b'"),
        ("a: \x07\n", "holds characters that YAML does not allow"),
    ],
)
def test_a_file_that_is_no_mapping_is_refused_by_line(file: Path, text: str, problem: str) -> None:
    (found,) = problems_of(file, text)

    assert found.startswith(f"{file}: {problem}")


def test_a_line_that_yaml_cannot_read_is_not_quoted(file: Path) -> None:
    (problem,) = problems_of(file, f"discord:\n  token: {KEY}: {TOKEN}\n")

    assert problem == f"{file}: line 2, column 58: mapping values are not allowed here"


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    (tmp_path / "latin").write_bytes(b"name: caf\xe9")
    for name, words in (
        ("missing", "there is no such file"),
        (".", "cannot be read: Is a directory"),
        ("latin", "is not UTF-8 text"),
    ):
        with pytest.raises(ConfigError) as caught:
            load(tmp_path / name, ENVIRON)
        assert caught.value.problems == (f"{tmp_path / name}: {words}",)


def test_anchors_and_merges_of_yaml_are_understood(file: Path) -> None:
    file.write_text(
        textwrap.dedent("""
        discord: {token: {env: TOKEN}}
        panels:
          - &first {id: a, kind: x, base_url: "https://a.example.com", credentials: {}}
          - {<<: *first, id: b}
        """),
        encoding="utf-8",
    )

    assert [panel.id for panel in load(file, ENVIRON).panels] == ["a", "b"]
