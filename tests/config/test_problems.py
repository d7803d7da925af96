"""What is told of a configuration in which a secret stands in a wrong place."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.config import ConfigError
from tests.config.texts import KEY, TOKEN, changed, problems_of, told_of, with_line

if TYPE_CHECKING:
    from pathlib import Path

UUID = "3f2504e0-4f89-41d3-9a0c-0305e82c3301"
SECRETS = (TOKEN, KEY, KEY.removeprefix("ptlc_"), TOKEN.partition(".")[2], UUID, f"vps_{UUID}")


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_as_the_name_of_a_variable_is_not_told(file: Path, secret: str) -> None:
    (problem,) = problems_of(file, changed("{env: TOKEN}", f'{{env: "{secret}"}}'))

    assert problem == (
        "discord.token: the environment variable named here (not shown: it may be a secret) "
        "does not exist"
    )


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_as_the_name_of_a_file_is_not_told(file: Path, secret: str) -> None:
    (problem,) = problems_of(file, changed("{env: TOKEN}", f'{{file: "{secret}"}}'))

    assert problem == (
        "discord.token: the file named here (not shown: it may be a secret) does not exist"
    )


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_within_a_path_is_not_told(file: Path, secret: str) -> None:
    (problem,) = problems_of(file, changed("{env: TOKEN}", f'{{file: "/run/{secret}/key.txt"}}'))

    assert told_of(secret, problem) == []
    assert problem.startswith("discord.token: the file /run/***")


@pytest.mark.parametrize("secret", SECRETS)
def test_a_secret_as_a_key_is_not_told(file: Path, secret: str) -> None:
    (of_panel,) = problems_of(file, with_line(f'"{secret}": true'))
    (of_all, *_) = problems_of(file, f'"{secret}": true\n')
    (of_credentials,) = problems_of(file, changed("{key: {env: KEY}}", f'{{"{secret}": "x"}}'))
    (twice,) = problems_of(file, f'"{secret}": 1\n"{secret}": 2\n')

    assert of_panel == "panels[0].***: is not a known key"
    assert told_of(secret, of_all) == []
    assert of_credentials.startswith("panels[0].credentials.***: must be a reference")
    assert twice.endswith("the key *** stands here for the second time")


def test_a_secret_in_an_error_of_others_is_not_told() -> None:
    error = ConfigError([f"panels[0].options.{TOKEN}: is unknown, unlike '{KEY}'."])

    assert str(error) == "panels[0].options.***: is unknown, unlike '***'."


@pytest.mark.parametrize(
    "harmless",
    [
        "panels[12].credentials.client_api_key_of_2024: is not a known key",
        "the environment variable MAIN_PANEL_KEY_OF_SURVIVAL_2 does not exist",
        "the file /var/lib/deckhand/Secrets/main-panel.key.txt is empty",
        "must be the id of a Discord server such as 123456789012345678.",
    ],
)
def test_what_is_no_secret_is_told(harmless: str) -> None:
    assert str(ConfigError([harmless])) == harmless
