"""Rate limits, and the headers that announce them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.simulators.discord.bots import Clock

if TYPE_CHECKING:
    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel, Guild, Member
    from tests.simulators.discord.bots import RawBot


@pytest.fixture
def clock() -> Clock:
    return Clock(lambda: 1_800_000_000.0)


async def test_a_channel_takes_five_posts_in_five_seconds(
    bot: RawBot, guild: Guild, channel: Channel, clock: Clock
) -> None:
    path = f"/channels/{channel.id}/messages"
    left = []
    for _ in range(5):
        answer = await bot.call("POST", path, {"content": "x"})
        left.append(answer.headers["X-RateLimit-Remaining"])
    assert left == ["4", "3", "2", "1", "0"]
    assert answer.headers["X-RateLimit-Limit"] == "5"
    clock.ahead += 2
    refused = await bot.call("POST", path, {"content": "x"})
    assert refused.status == 429
    assert refused.body["retry_after"] == pytest.approx(3)
    assert refused.body["global"] is False
    assert refused.headers["X-RateLimit-Reset-After"] == "3.000"
    assert refused.headers["X-RateLimit-Scope"] == "user"
    assert {"Via", "Retry-After", "X-RateLimit-Bucket"} <= refused.headers.keys()
    other = guild.add_channel("other")
    assert (
        await bot.call("POST", f"/channels/{other.id}/messages", {"content": "x"})
    ).status == 200
    clock.ahead += 3
    assert (await bot.call("POST", path, {"content": "x"})).status == 200


async def test_edits_have_a_bucket_of_their_own(
    bot: RawBot, channel: Channel, clock: Clock
) -> None:
    path = f"/channels/{channel.id}/messages"
    sent = await bot.call("POST", path, {"content": "x"})
    edits = [
        await bot.call("PATCH", f"{path}/{sent.body['id']}", {"content": str(n)}) for n in range(6)
    ]
    assert [answer.status for answer in edits] == [200] * 5 + [429]
    assert edits[0].headers["X-RateLimit-Bucket"] != sent.headers["X-RateLimit-Bucket"]


async def test_an_interaction_takes_five_followups_in_two_seconds(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member, clock: Clock
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, _):
        await online.callback(asked, 4, {"content": "x"})
    path = online.webhook(asked)
    statuses = [(await online.call("POST", path, {"content": "x"})).status for _ in range(6)]
    assert statuses == [200] * 5 + [429]
    clock.ahead += 2
    assert (await online.call("POST", path, {"content": "x"})).status == 200


async def test_messages_older_than_an_hour_take_three_edits_in_six_seconds(
    bot: RawBot, channel: Channel, clock: Clock
) -> None:
    path = f"/channels/{channel.id}/messages"
    sent = await bot.call("POST", path, {"content": "x"})
    clock.ahead += 3601
    for _ in range(3):
        answer = await bot.call("PATCH", f"{path}/{sent.body['id']}", {"content": "y"})
        assert answer.status == 200
    refused = await bot.call("PATCH", f"{path}/{sent.body['id']}", {"content": "z"})
    assert (refused.status, refused.code) == (429, 30046)
    assert refused.body["retry_after"] == pytest.approx(6)
    clock.ahead += 6
    again = await bot.call("PATCH", f"{path}/{sent.body['id']}", {"content": "z"})
    assert again.status == 200


async def test_the_bot_has_fifty_requests_a_second_and_interactions_are_exempt(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member, clock: Clock
) -> None:
    clock.ahead += 1
    statuses = [(await online.call("GET", "/users/@me")).status for _ in range(50)]
    assert set(statuses) == {200}
    refused = await online.call("GET", "/users/@me")
    assert (refused.status, refused.body["global"]) == (429, True)
    assert refused.headers["X-RateLimit-Global"] == "true"
    assert refused.headers["X-RateLimit-Scope"] == "global"
    used = await online.answer(standin.slash(mia, channel, "ping"), 4, {"content": "pong"})
    assert used.text == "pong"


async def test_limits_can_be_switched_off(
    bot: RawBot, standin: DiscordStandIn, channel: Channel
) -> None:
    standin.buckets.enabled = False
    path = f"/channels/{channel.id}/messages"
    answers = [await bot.call("POST", path, {"content": "x"}) for _ in range(60)]
    assert {answer.status for answer in answers} == {200}
    assert "X-RateLimit-Limit" not in answers[0].headers
