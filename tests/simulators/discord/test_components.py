"""Buttons, menus and forms: what people can do with them, and what they cannot."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord import RefusedError

if TYPE_CHECKING:
    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel, Guild, Member
    from bot.simulators.discord.message import Message
    from tests.simulators.discord.bots import RawBot

MESSAGE, MODAL = 4, 9
CARD = {
    "flags": 1 << 15,
    "components": [
        {
            "type": 1,
            "components": [
                {"type": 2, "style": 1, "label": "Start", "custom_id": "s:start"},
                {"type": 2, "style": 1, "label": "Stop", "custom_id": "s:stop", "disabled": True},
                {"type": 2, "style": 5, "label": "Panel", "url": "https://example.com"},
                {"type": 2, "style": 1, "label": "Twice", "custom_id": "t1"},
                {"type": 2, "style": 1, "label": "Twice", "custom_id": "t2"},
            ],
        },
        {
            "type": 1,
            "components": [
                {
                    "type": 3,
                    "custom_id": "pick",
                    "max_values": 2,
                    "options": [{"label": x, "value": x} for x in "abc"],
                }
            ],
        },
        {"type": 1, "components": [{"type": 6, "custom_id": "roles"}]},
        {
            "type": 1,
            "components": [
                {
                    "type": 5,
                    "custom_id": "off",
                    "disabled": True,
                    "default_values": [{"id": 7, "type": "user"}],
                }
            ],
        },
    ],
}
FORM = {
    "title": "Settings",
    "custom_id": "m:set",
    "components": [
        {
            "type": 18,
            "label": "Name",
            "component": {
                "type": 4,
                "custom_id": "name",
                "style": 1,
                "min_length": 2,
                "value": "old",
            },
        },
        {
            "type": 18,
            "label": "Kind",
            "component": {
                "type": 3,
                "custom_id": "kind",
                "options": [{"label": "A", "value": "a"}],
            },
        },
        {
            "type": 1,
            "components": [
                {"type": 4, "custom_id": "note", "label": "Note", "style": 2, "required": False}
            ],
        },
        {"type": 10, "content": "Nothing is saved before you send it."},
    ],
}


@pytest.fixture
async def card(online: RawBot, channel: Channel) -> Message:
    answer = await online.call("POST", f"/channels/{channel.id}/messages", CARD)
    assert answer.status == 200, answer.body
    return channel.messages[0]


async def test_a_button_is_pressed_by_label_or_custom_id(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member, card: Message
) -> None:
    for name, custom_id in (("Start", "s:start"), ("s:start", "s:start"), ("t2", "t2")):
        async with online.acting(standin.click(mia, card, name)) as (asked, _):
            await online.callback(asked, 6)
        assert asked["data"]["custom_id"] == custom_id
        assert asked["message"]["components"] == card.raw["components"]
        assert asked["message"]["flags"] & 1 << 15


async def test_ids_come_back_as_texts_however_they_were_sent(card: Message) -> None:
    [row] = [row for row in card.raw["components"] if row["components"][0]["custom_id"] == "off"]
    assert row["components"][0]["default_values"] == [{"id": "7", "type": "user"}]


@pytest.mark.parametrize(
    ("name", "complaint"),
    [
        ("Restart", "No button"),
        ("Stop", "disabled"),
        ("Panel", "is a link"),
        ("Twice", "2 buttons are called"),
    ],
)
async def test_a_button_that_cannot_be_pressed_is_not(
    standin: DiscordStandIn, mia: Member, card: Message, name: str, complaint: str
) -> None:
    with pytest.raises(RefusedError, match=complaint):
        await standin.click(mia, card, name)


async def test_private_and_deleted_messages_cannot_be_used(
    online: RawBot, standin: DiscordStandIn, guild: Guild, channel: Channel, mia: Member
) -> None:
    slash = standin.slash(mia, channel, "ping")
    private = CARD | {"flags": 1 << 15 | 1 << 6}
    used = await online.answer(slash, MESSAGE, private)
    message = await used.reply()
    with pytest.raises(RefusedError, match="does not see"):
        await standin.click(guild.owner, message, "Start")
    with pytest.raises(RefusedError, match="does not see"):
        await standin.select(guild.owner, message, "pick", ["a"])
    await online.call(
        "DELETE", f"/webhooks/{standin.application.id}/{used.token}/messages/@original"
    )
    with pytest.raises(RefusedError, match="does not see"):
        await standin.click(mia, message, "Start")


async def test_members_without_the_right_do_not_see_the_channel(
    standin: DiscordStandIn, guild: Guild, mia: Member, card: Message
) -> None:
    assert card.visible_to(mia)
    guild.everyone.permissions = 0
    assert not card.visible_to(mia)
    assert card.visible_to(guild.owner)
    assert not card.visible_to(standin.add_guild("Elsewhere").owner)


async def test_a_menu_sends_its_values(
    online: RawBot, standin: DiscordStandIn, guild: Guild, mia: Member, card: Message
) -> None:
    async with online.acting(standin.select(mia, card, "pick", ["a", "c"])) as (asked, _):
        await online.callback(asked, 6)
    assert asked["data"]["values"] == ["a", "c"]
    role = guild.add_role("Helpers")
    async with online.acting(standin.select(mia, card, "roles", [role])) as (asked, _):
        await online.callback(asked, 6)
    assert asked["data"]["values"] == [str(role.id)]
    assert asked["data"]["resolved"]["roles"].keys() == {str(role.id)}


@pytest.mark.parametrize(
    ("custom_id", "values", "complaint"),
    [
        ("pick", ["d"], "does not offer"),
        ("pick", [], "1 to 2 values"),
        ("pick", ["a", "b", "c"], "1 to 2 values"),
        ("nothing", ["a"], "no menu"),
        ("off", ["a"], "no menu"),
    ],
)
async def test_a_menu_takes_only_what_it_offers(
    standin: DiscordStandIn,
    mia: Member,
    card: Message,
    custom_id: str,
    values: list[str],
    complaint: str,
) -> None:
    with pytest.raises(RefusedError, match=complaint):
        await standin.select(mia, card, custom_id, values)


async def test_a_form_is_sent_with_what_was_filled_in(
    online: RawBot, standin: DiscordStandIn, guild: Guild, mia: Member, card: Message
) -> None:
    opened = await online.answer(standin.click(mia, card, "Start"), MODAL, FORM)
    for values, complaint in (
        ({"name": "x", "kind": ["a"]}, "2 to 4000 characters"),
        ({"kind": ["b"]}, "does not offer"),
        ({}, "does not offer"),
        ({"nothing": "x", "kind": ["a"]}, "no field"),
    ):
        with pytest.raises(RefusedError, match=complaint):
            await standin.submit(mia, opened, values)
    with pytest.raises(RefusedError, match="no form"):
        await standin.submit(guild.owner, opened, {"kind": ["a"]})
    async with online.acting(standin.submit(mia, opened, {"kind": ["a"]})) as (asked, _):
        await online.callback(asked, 6)
    name, kind, note, _ = asked["data"]["components"]
    assert name["component"]["value"] == "old"
    assert kind["component"]["values"] == ["a"]
    assert note["components"][0]["value"] == ""
    with pytest.raises(RefusedError, match="no form"):
        await standin.submit(mia, opened, {"kind": ["a"]})
