"""Channels, guilds and members over REST: rights, authorship, nonces, mentions, files."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING

import aiohttp
import pytest

if TYPE_CHECKING:
    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel, Guild, Member
    from tests.simulators.discord.bots import Answer, Clock, RawBot

VIEW, SEND, EMBED, ATTACH, HISTORY = 1 << 10, 1 << 11, 1 << 14, 1 << 15, 1 << 16
MENTION_EVERYONE, MANAGE_MESSAGES = 1 << 17, 1 << 13


def messages(channel: Channel, number: object = "") -> str:
    path = f"/channels/{channel.id}/messages"
    return f"{path}/{number}" if number else path


async def post(bot: RawBot, channel: Channel, content: str, **more: object) -> Answer:
    return await bot.call("POST", messages(channel), {"content": content} | more)


async def upload(bot: RawBot, channel: Channel, *files: bytes, **body: object) -> Answer:
    form = aiohttp.FormData()
    about = [{"id": number, "filename": f"{number}.txt"} for number in range(len(files))]
    form.add_field("payload_json", json.dumps({"attachments": about} | body))
    for number, data in enumerate(files):
        form.add_field(f"files[{number}]", io.BytesIO(data), filename=f"{number}.txt")
    return await bot.call_raw("POST", messages(channel), form)


@pytest.mark.parametrize(
    ("rights", "request_", "body", "code"),
    [
        (0, "GET ", None, 50001),
        (SEND, "POST /messages", {"content": "x"}, 50001),
        (VIEW, "POST /messages", {"content": "x"}, 50013),
        (VIEW | SEND, "POST /messages", {"embeds": [{"title": "x"}]}, 50013),
        (VIEW | SEND, "GET /messages/1", None, 50013),
    ],
)
async def test_what_the_bot_has_no_right_to_is_refused(
    bot: RawBot, channel: Channel, rights: int, request_: str, body: object, code: int
) -> None:
    channel.bot_permissions = rights
    method, path = request_.split(" ")
    answer = await bot.call(method, f"/channels/{channel.id}{path}", body)
    assert (answer.status, answer.code) == (403, code)
    assert channel.messages == []


async def test_files_need_their_own_right(bot: RawBot, channel: Channel) -> None:
    channel.bot_permissions = VIEW | SEND
    assert (await upload(bot, channel, b"x")).code == 50013
    channel.bot_permissions = VIEW | SEND | ATTACH
    assert (await upload(bot, channel, b"x")).status == 200


async def test_an_administrator_may_everything(bot: RawBot, channel: Channel) -> None:
    channel.bot_permissions = 1 << 3
    assert (await post(bot, channel, "x")).status == 200


async def test_without_the_right_to_the_history_it_is_empty(bot: RawBot, channel: Channel) -> None:
    await post(bot, channel, "x")
    channel.bot_permissions = VIEW
    assert (await bot.call("GET", messages(channel))).body == []


async def test_messages_of_others_are_not_ones_own(
    bot: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    theirs = standin.say(mia, channel, "mine")
    edited = await bot.call("PATCH", messages(channel, theirs.id), {"content": "x"})
    assert (edited.status, edited.code) == (403, 50005)
    deleted = await bot.call("DELETE", messages(channel, theirs.id))
    assert (deleted.status, deleted.code) == (403, 50013)
    channel.bot_permissions = VIEW | MANAGE_MESSAGES
    assert (await bot.call("DELETE", messages(channel, theirs.id))).status == 204
    assert channel.messages == []


async def test_unknown_things_are_404_with_their_code(
    bot: RawBot, guild: Guild, channel: Channel
) -> None:
    for path, code in (
        ("/channels/1", 10003),
        ("/channels/word", 10003),
        (messages(channel, 1), 10008),
        ("/guilds/1", 10004),
        (f"/guilds/{guild.id}/members/1", 10007),
    ):
        answer = await bot.call("GET", path)
        assert (answer.status, answer.code) == (404, code)


async def test_guild_and_member_are_given_as_described(
    bot: RawBot, guild: Guild, mia: Member
) -> None:
    body = (await bot.call("GET", f"/guilds/{guild.id}", params={"with_counts": "true"})).body
    assert body["owner_id"] == str(guild.owner_id)
    assert body["approximate_member_count"] == 3
    body = (await bot.call("GET", f"/guilds/{guild.id}/members/{mia.id}")).body
    assert body["user"]["global_name"] == "Mia"


async def test_a_deleted_channel_is_gone(bot: RawBot, channel: Channel) -> None:
    await post(bot, channel, "x")
    [message] = channel.messages
    channel.delete()
    assert (await post(bot, channel, "y")).code == 10003
    assert message.deleted


async def test_an_enforced_nonce_returns_the_first_message(
    bot: RawBot, channel: Channel, clock: Clock
) -> None:
    first = await post(bot, channel, "one", nonce="n1", enforce_nonce=True)
    again = await post(bot, channel, "two", nonce="n1", enforce_nonce=True)
    assert again.body["id"] == first.body["id"]
    assert [message.text for message in channel.messages] == ["one"]
    await post(bot, channel, "three", nonce="n1")
    clock.ahead = 600
    await post(bot, channel, "four", nonce="n1", enforce_nonce=True)
    assert [message.text for message in channel.messages] == ["one", "three", "four"]


async def test_the_list_is_newest_first_and_can_be_paged(bot: RawBot, channel: Channel) -> None:
    ids = [(await post(bot, channel, str(number))).body["id"] for number in range(4)]

    async def listed(**query: str) -> list[str]:
        body = (await bot.call("GET", messages(channel), params=query)).body
        return [message["content"] for message in body]

    assert await listed() == ["3", "2", "1", "0"]
    assert await listed(limit="2") == ["3", "2"]
    assert await listed(before=ids[2]) == ["1", "0"]
    assert await listed(after=ids[0], limit="2") == ["2", "1"]
    assert (await bot.call("GET", messages(channel), params={"limit": "0"})).code == 50035


async def test_an_edit_changes_what_it_names_and_marks_the_message(
    bot: RawBot, channel: Channel, clock: Clock
) -> None:
    sent = await upload(bot, channel, b"a", b"b", content="text")
    [message] = channel.messages
    path = messages(channel, message.id)
    keep = [{"id": sent.body["attachments"][1]["id"]}]
    body = (await bot.call("PATCH", path, {"attachments": keep})).body
    assert [file["filename"] for file in body["attachments"]] == ["1.txt"]
    assert body["content"] == "text"
    assert message.edited
    emptied = await bot.call("PATCH", path, {"content": "", "attachments": []})
    assert emptied.code == 50006
    assert message.text == "text"


async def test_too_large_and_too_many_files_are_refused(bot: RawBot, channel: Channel) -> None:
    for files in ([b"x" * (10 * 1024 * 1024 + 1)], [b"x" * 9_000_000] * 3):
        answer = await upload(bot, channel, *files)
        assert (answer.status, answer.code) == (413, 40005)
    answer = await upload(bot, channel, *[b"x"] * 11)
    assert answer.complaints == {"attachments": "Must be 10 or fewer in length."}
    assert channel.messages == []


async def test_a_reply_names_its_message_and_unknown_ones_are_refused(
    bot: RawBot, channel: Channel
) -> None:
    first = (await post(bot, channel, "one")).body["id"]
    reply = await post(bot, channel, "two", message_reference={"message_id": first})
    assert reply.body["message_reference"]["message_id"] == first
    lost = await post(bot, channel, "three", message_reference={"message_id": "1"})
    assert lost.complaints == {"message_reference": "Unknown message"}


async def test_mentions_ping_whom_they_may(
    bot: RawBot, guild: Guild, channel: Channel, mia: Member
) -> None:
    closed, open_ = guild.add_role("Closed"), guild.add_role("Open", mentionable=True)
    everybody = f"{mia.mention} {closed.mention} {open_.mention} @everyone <@1> `{mia.mention}`"

    async def pings(content: str = everybody, **more: object) -> list[str]:
        await post(bot, channel, content, **more)
        return channel.messages[-1].pings

    bot.standin.buckets.enabled = False
    assert await pings() == [mia.mention, open_.mention]
    assert await pings(allowed_mentions={"parse": []}) == []
    assert await pings(allowed_mentions={"parse": ["users"]}) == [mia.mention]
    assert await pings(allowed_mentions={"roles": [str(open_.id)]}) == [open_.mention]
    assert await pings(f"`{mia.mention}`") == []
    card = [{"type": 10, "content": mia.mention}]
    assert await pings("", flags=1 << 15, components=card) == [mia.mention]
    channel.bot_permissions = VIEW | SEND | MENTION_EVERYONE
    assert await pings() == [mia.mention, closed.mention, open_.mention, "@everyone"]
    raw = channel.messages[-1].raw
    assert raw["mention_everyone"]
    assert raw["mention_roles"] == [str(closed.id), str(open_.id)]


async def test_an_edit_pings_nobody(bot: RawBot, channel: Channel, mia: Member) -> None:
    sent = await post(bot, channel, "quiet")
    path = messages(channel, sent.body["id"])
    body = (await bot.call("PATCH", path, {"content": mia.mention})).body
    assert [user["id"] for user in body["mentions"]] == [str(mia.id)]
    assert channel.messages[0].pings == []


async def test_a_wrong_token_is_refused_and_unknown_routes_are_noted(
    bot: RawBot, standin: DiscordStandIn
) -> None:
    denied = await bot.call("GET", "/users/@me", token="wrong")
    assert (denied.status, denied.body["message"]) == (401, "401: Unauthorized")
    lost = await bot.call("GET", "/stage-instances/1")
    assert (lost.status, lost.body["message"]) == (404, "404: Not Found")
    assert standin.unknown_routes == ["GET /api/v10/stage-instances/1"]
    standin.unknown_routes.clear()  # this one was meant
    assert all(TOKEN_WORD not in str(exchange) for exchange in standin.exchanges)


TOKEN_WORD = "made-up-token"
