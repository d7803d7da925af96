from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.config import ConfigError, load
from tests.config.texts import (
    ENVIRON,
    KEY,
    MINIMAL,
    TOKEN,
    changed,
    problems_of,
)

if TYPE_CHECKING:
    from pathlib import Path


def test_the_process_environment_is_read_by_default(
    file: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in ENVIRON.items():
        monkeypatch.setenv(name, value)
    file.write_text(MINIMAL, encoding="utf-8")

    assert load(file).discord.token.get_secret_value() == TOKEN


def test_a_secret_comes_from_a_file_beside_the_configuration(file: Path) -> None:
    (file.parent / "key").write_text(f"{KEY}\r\n", encoding="utf-8")
    file.write_text(changed("{env: KEY}", "{file: key}"), encoding="utf-8")

    (panel,) = load(file, ENVIRON).panels

    assert panel.credentials["key"].get_secret_value() == KEY


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
        (file.parent / "key.txt").write_bytes(content)

    (problem,) = problems_of(file, changed("{env: KEY}", "{file: key.txt}"))

    assert problem == f"panels[0].credentials.key: the file {file.parent}/key.txt {words}"


def test_a_folder_in_place_of_a_secret_file_is_named(file: Path) -> None:
    (problem,) = problems_of(file, changed("{env: KEY}", "{file: .}"))

    assert "cannot be read: Is a directory" in problem


@pytest.mark.parametrize("name", ["key", "Panel_Key", "PANEL-KEY", "2_KEYS", "KEY "])
def test_a_variable_of_an_unusual_name_is_not_told(file: Path, name: str) -> None:
    (problem,) = problems_of(file, changed("{env: KEY}", f'{{env: "{name}"}}'))

    assert problem == (
        "panels[0].credentials.key: the environment variable named here "
        "(not shown: it may be a secret) does not exist"
    )


@pytest.mark.parametrize("name", ["key", "key.txt", "secrets/key", "/nowhere/at/all"])
def test_a_file_that_is_clearly_one_is_named(file: Path, name: str) -> None:
    if name == "key":
        (file.parent / name).touch()

    (problem,) = problems_of(file, changed("{env: KEY}", f"{{file: {name}}}"))

    assert problem.startswith(f"panels[0].credentials.key: the file {file.parent / name} ")


def test_a_file_of_a_name_that_cannot_be_is_told_unseen(file: Path) -> None:
    (problem,) = problems_of(file, changed("{env: KEY}", f"{{file: {'x' * 300}}}"))

    assert problem.startswith("panels[0].credentials.key: the file named here ")
    assert problem.endswith(" cannot be read: File name too long")
