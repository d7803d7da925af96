"""What is known of the connection to Discord, and when Discord had its answers."""

from __future__ import annotations

from math import inf
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import discord
import pytest

from bot.domain.health import Connection
from bot.ui import about
from bot.ui.i18n import words
from bot.ui.link import Link
from tests.ui.gateway import arrive, asked
from tests.ui.payloads import slash

if TYPE_CHECKING:
    from bot.ui.client import Client
    from tests.services.house import House
    from tests.ui.desk import Desk


@pytest.fixture
def link() -> Link:
    """Of a client with two shards that discord.py itself calls ready, whatever happens."""
    client: Any = SimpleNamespace(
        is_ready=lambda: True,
        is_closed=lambda: False,
        shards={0: None, 1: None},
        latencies=[(0, 0.125), (1, inf)],
        guilds=[None, None],
    )
    return Link(client)


def test_before_it_connects_nothing_is_ready(client: Client) -> None:
    assert Link(client).connection() == Connection()


async def test_it_is_ready_while_every_shard_is_connected(link: Link) -> None:
    said = [link.connection().is_ready]
    for listener, shard_id in (
        (link.on_shard_connect, 0),
        (link.on_shard_connect, 1),
        (link.on_shard_disconnect, 1),
        (link.on_shard_resumed, 1),
    ):
        await listener(shard_id)
        said.append(link.connection().is_ready)
    assert said == [False, False, True, False, True]


def test_a_latency_that_is_not_known_does_not_count(link: Link) -> None:
    assert link.connection() == Connection(is_ready=False, latency_seconds=0.125, guilds=2)


async def test_an_answer_that_discord_took_is_counted(
    client: Client, desk: Desk, house: House
) -> None:
    arrive(client, slash())
    await desk.wait_said(1)
    await client._settle()

    counted = house.health.answers.so_far()

    assert counted.counts == {"command": 1}
    assert counted.within[inf] == 1
    assert counted.late == 0


@pytest.mark.parametrize(
    ("refusal", "late"),
    [((404, 10062), True), ((400, 40060), False), ((403, 50001), False)],
)
async def test_what_discord_says_to_the_answer_decides(
    client: Client, desk: Desk, house: House, refusal: tuple[int, int], *, late: bool
) -> None:
    status, code = refusal
    desk.refusal = (status, {"code": code, "message": "no"})
    interaction = asked(client, slash())
    house.health.answers.came(interaction.id, "command")
    with pytest.raises(discord.HTTPException):
        await interaction.response.defer()

    counted = house.health.answers.so_far()

    assert (counted.late, counted.within[inf]) == ((1, 0) if late else (0, 1))


async def test_links_are_those_that_the_operator_gave_to_discord(client: Client) -> None:
    application: Any = client.application
    application.privacy_policy_url = "https://example.com/privacy"
    application.terms_of_service_url = None
    links = about._links(client, words("en-US"))
    urls = [item.url for item in links.children if isinstance(item, discord.ui.Button)]
    assert urls[0] is not None
    assert urls[0].startswith("https://discord.com/oauth2/authorize?client_id=900&")
    assert urls[1:] == ["https://example.com/privacy"]

    application.bot_public = False
    assert len(about._links(client, words("en-US")).children) == 1
