"""Whose language an answer is in, and what Discord shows of the commands in each."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.ui.i18n import locales, private_words, public_words, words
from tests.ui.gateway import asked
from tests.ui.payloads import slash

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from bot.ui.client import Client

_CHINESE = "运行中"


def test_every_catalogue_is_for_a_language_of_discord() -> None:
    known = {str(locale).replace("-", "_") for locale in discord.Locale}

    assert set(locales()) <= known


@pytest.mark.parametrize("locale", list(discord.Locale))
def test_every_language_of_discord_is_answered_with_its_catalogue_or_in_english(
    locale: discord.Locale,
) -> None:
    expected = _CHINESE if locale is discord.Locale.chinese else "running"

    assert words(str(locale)).gettext("running") == expected


@pytest.mark.parametrize(
    ("mine", "guilds", "private", "public"),
    [
        ("zh-CN", "en-US", _CHINESE, "running"),
        ("en-GB", "zh-CN", "running", _CHINESE),
        ("zh-CN", None, _CHINESE, _CHINESE),
        ("de", "fr", "running", "running"),
        ("xx-new", "yy-new", "running", "running"),
    ],
)
async def test_a_private_answer_is_in_the_readers_language_a_public_one_in_the_guilds(
    client: Client, mine: str, guilds: str | None, private: str, public: str
) -> None:
    interaction = asked(client, slash(locale=mine, guild_locale=guilds))

    assert private_words(interaction).gettext("running") == private
    assert public_words(interaction).gettext("running") == public


async def test_every_description_is_translated(client: Client) -> None:
    described = [part for part in await _parts(client) if "description" in part]

    assert len(described) > 20
    for part in described:
        assert part["description_localizations"]["zh-CN"] != part["description"]
        assert 1 <= len(part["description_localizations"]["zh-CN"]) <= 100


async def test_names_are_the_same_words_everywhere(client: Client) -> None:
    for part in await _parts(client):
        assert not part.get("name_localizations"), part["name"]


async def test_english_is_not_sent_a_second_time(client: Client) -> None:
    for part in await _parts(client):
        assert not {"en-US", "en-GB"} & set(part.get("description_localizations") or {})


async def _parts(client: Client) -> list[Mapping[str, Any]]:
    translator = client.tree.translator
    assert translator
    commands = [
        await command.get_translated_payload(client.tree, translator)
        for command in client.tree.get_commands()
    ]
    return [part for command in commands for part in _walk(command)]


def _walk(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    yield part
    for child in part.get("options", ()):
        yield from _walk(child)
