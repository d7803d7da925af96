"""Answers to interactions: deadlines, kinds of answers, and the webhook that follows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.discord import interaction

if TYPE_CHECKING:
    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel, Guild, Member
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message
    from tests.simulators.discord.bots import Clock, RawBot

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
V2, EPHEMERAL = 1 << 15, 1 << 6
TEXT = {"type": 10, "content": "a card"}
FORM: dict[str, Any] = {
    "title": "Console",
    "custom_id": "m:cmd",
    "components": [
        {
            "type": 18,
            "label": "Command",
            "component": {"type": 4, "custom_id": "line", "style": 1, "max_length": 10},
        }
    ],
}
BUTTONS: dict[str, Any] = {
    "content": "choose",
    "components": [
        {
            "type": 1,
            "components": [{"type": 2, "style": 1, "label": "Go", "custom_id": "go"}],
        }
    ],
}


async def with_button(bot: RawBot, channel: Channel) -> Message:
    answer = await bot.call("POST", f"/channels/{channel.id}/messages", BUTTONS)
    return channel.stored[int(answer.body["id"])]


async def test_an_answer_within_three_seconds_is_shown(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member, clock: Clock
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, doing):
        clock.ahead = 2.5
        answer = await online.callback(asked, MESSAGE, {"content": "pong"})
    used: Interaction = doing.result()
    assert (
        answer.body["interaction"]["response_message_id"]
        == answer.body["resource"]["message"]["id"]
    )
    assert used.text == "pong"
    assert used.ack_seconds is not None
    assert 2.5 <= used.ack_seconds < 3


async def test_an_answer_after_three_seconds_is_refused(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member, clock: Clock
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, doing):
        clock.ahead = 3
        standin.tick()
        used: Interaction = await doing
        answer = await online.callback(asked, MESSAGE, {"content": "pong"})
    assert (answer.status, answer.code) == (404, 10062)
    assert used.failed
    assert not used.acknowledged
    with pytest.raises(TimeoutError, match="did not respond"):
        await used.reply()


async def test_no_answer_fails_by_real_time_even_if_the_clock_stands_still(
    online: RawBot, mia: Member, channel: Channel, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    standin, now = online.standin, clock()
    monkeypatch.setattr(clock, "_read", lambda: now)
    monkeypatch.setattr(interaction, "INITIAL_SECONDS", 0.05)
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, doing):
        used: Interaction = await doing
        monkeypatch.undo()
        answer = await online.callback(asked, MESSAGE, {"content": "pong"})
    assert used.failed
    assert (answer.status, answer.code) == (404, 10062)


async def test_a_second_answer_is_refused(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, _):
        await online.callback(asked, DEFERRED)
        answer = await online.callback(asked, MESSAGE, {"content": "pong"})
    assert (answer.status, answer.code) == (400, 40060)


async def test_unknown_interactions_are_refused(online: RawBot) -> None:
    answer = await online.callback({"id": "1", "token": "x"}, DEFERRED)
    assert (answer.status, answer.code) == (404, 10062)


async def test_a_refused_answer_leaves_the_interaction_open(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, doing):
        wrong = await online.callback(asked, MESSAGE, {"content": "x" * 2001})
        await online.callback(asked, MESSAGE, {"content": "short"})
    assert wrong.complaints == {"data.content": "Must be 2000 or fewer in length."}
    assert doing.result().text == "short"


async def test_the_webhook_does_not_exist_before_the_first_answer(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, _):
        early = await online.call("POST", online.webhook(asked), {"content": "early"})
        await online.callback(asked, DEFERRED)
    assert (early.status, early.code) == (404, 10015)
    unknown = await online.call("GET", "/webhooks/1/x/messages/@original")
    assert (unknown.status, unknown.code) == (404, 10015)


async def test_the_token_dies_after_fifteen_minutes(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member, clock: Clock
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, _):
        await online.callback(asked, MESSAGE, {"content": "pong"})
    original = online.webhook(asked, "@original")
    clock.ahead = 15 * 60 - 1
    assert (await online.call("PATCH", original, {"content": "still"})).status == 200
    clock.ahead = 15 * 60
    for method, path, body in (
        ("PATCH", original, {"content": "late"}),
        ("DELETE", original, None),
        ("POST", online.webhook(asked), {"content": "late"}),
    ):
        answer = await online.call(method, path, body)
        assert (answer.status, answer.code) == (401, 50027)


async def test_a_thinking_message_is_filled_by_the_first_followup_and_stays_private(
    online: RawBot, standin: DiscordStandIn, guild: Guild, channel: Channel, mia: Member
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, doing):
        answer = await online.callback(asked, DEFERRED, {"flags": EPHEMERAL | V2})
    used: Interaction = doing.result()
    assert answer.body["interaction"]["response_message_loading"] is True
    assert "resource" not in answer.body
    assert (used.thinking, used.message) == (True, None)
    first = await online.call("POST", online.webhook(asked), {"content": "done"})
    assert first.body["id"] == answer.body["interaction"]["response_message_id"]
    shown = await used.reply()
    assert (shown.text, shown.ephemeral, shown.edited) == ("done", True, False)
    assert not used.thinking
    assert channel.messages == []
    assert shown.visible_to(mia)
    assert not shown.visible_to(guild.owner)
    await online.call("POST", online.webhook(asked), {"content": "second"})
    assert [message.text for message in used.followups] == ["second"]
    assert used.followups == channel.messages


async def test_a_deferred_answer_becomes_a_card_and_never_plain_again(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, doing):
        await online.callback(asked, DEFERRED)
    original = online.webhook(asked, "@original")
    card = await online.call("PATCH", original, {"flags": V2, "components": [TEXT]})
    assert card.body["flags"] & V2
    assert doing.result().text == "a card"
    plain = await online.call("PATCH", original, {"flags": 0, "content": "plain"})
    assert (plain.status, plain.code) == (400, 50035)
    assert doing.result().text == "a card"


async def test_responses_are_read_changed_and_deleted_by_their_id(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    standin.buckets.enabled = False
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, doing):
        await online.callback(asked, MESSAGE, {"content": "one"})
    sent = await online.call("POST", online.webhook(asked), {"content": "two", "flags": EPHEMERAL})
    path = online.webhook(asked, sent.body["id"])
    assert (await online.call("PATCH", path, {"content": "three"})).body["content"] == "three"
    assert (await online.call("GET", path)).body["content"] == "three"
    private = await online.call("GET", f"/channels/{channel.id}/messages/{sent.body['id']}")
    assert (private.status, private.code) == (404, 10008)
    assert (await online.call("DELETE", path)).status == 204
    assert (await online.call("GET", path)).code == 10008
    original = online.webhook(asked, "@original")
    assert (await online.call("DELETE", original)).status == 204
    assert (await online.call("PATCH", original, {"content": "x"})).code == 10008
    assert doing.result().message is None
    assert channel.messages == []


async def test_an_update_changes_the_message_with_the_button(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    message = await with_button(online, channel)
    used = await online.answer(
        standin.click(mia, message, "Go"), UPDATE, {"content": "gone", "components": []}
    )
    assert used.message is message
    assert (message.text, message.buttons) == ("gone", [])


async def test_a_deferred_update_leaves_the_message_for_a_later_edit(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    message = await with_button(online, channel)
    async with online.acting(standin.click(mia, message, "go")) as (asked, _):
        answer = await online.callback(asked, DEFERRED_UPDATE)
    assert answer.body["interaction"]["response_message_id"] == str(message.id)
    assert message.text == "choose"
    await online.call("PATCH", online.webhook(asked, "@original"), {"content": "later"})
    assert message.text == "later"
    await online.call("POST", online.webhook(asked), {"content": "new"})
    assert [item.text for item in channel.messages] == ["later", "new"]


async def test_a_message_deleted_meanwhile_cannot_be_updated(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    message = await with_button(online, channel)
    async with online.acting(standin.click(mia, message, "Go")) as (asked, _):
        await online.call("DELETE", f"/channels/{channel.id}/messages/{message.id}")
        answer = await online.callback(asked, UPDATE, {"content": "gone"})
        await online.callback(asked, MESSAGE, {"content": "too late"})
    assert (answer.status, answer.code) == (404, 10008)


async def test_a_form_is_opened_sent_and_answered(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    message = await with_button(online, channel)
    opened = await online.answer(standin.click(mia, message, "Go"), MODAL, FORM)
    async with online.acting(standin.submit(mia, opened, {"line": "say hi"})) as (asked, doing):
        second = await online.callback(asked, MODAL, FORM)
        await online.callback(asked, UPDATE, {"content": "sent"})
    assert second.complaints == {"type": "Value must be one of (4, 5, 6, 7)."}
    field = asked["data"]["components"][0]["component"]
    assert (field["custom_id"], field["value"]) == ("line", "say hi")
    assert doing.result().message is message
    assert message.text == "sent"


async def test_the_answer_to_a_form_names_what_opened_it(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    opened = await online.answer(standin.slash(mia, channel, "ping"), MODAL, FORM)
    async with online.acting(standin.submit(mia, opened, {"line": "x"})) as (asked, doing):
        refused = await online.callback(asked, UPDATE, {"content": "no message to update"})
        await online.callback(asked, MESSAGE, {"content": "sent"})
    assert refused.complaints == {"type": "Value must be one of (4, 5)."}
    metadata = doing.result().message.raw["interaction_metadata"]
    assert metadata["triggering_interaction_metadata"]["id"] == str(opened.id)


@pytest.mark.parametrize("kind", [1, DEFERRED_UPDATE, UPDATE, CHOICES, None, "4"])
async def test_a_command_is_not_answered_with_what_belongs_to_others(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member, kind: object
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, _):
        answer = await online.callback(asked, kind, {"content": "x"})
        await online.callback(asked, DEFERRED)
    assert answer.complaints == {"type": "Value must be one of (4, 5, 9)."}


@pytest.mark.parametrize(
    ("change", "path"),
    [
        ({"title": "x" * 46}, "data.title"),
        ({"custom_id": ""}, "data.custom_id"),
        ({"components": []}, "data.components"),
        ({"components": [{"type": 10, "content": "x"}] * 6}, "data.components"),
        ({"components": [{"type": 2}]}, "data.components.0.type"),
        ({"components": [{"type": 18, "label": "x"}]}, "data.components.0.component"),
        (
            {"components": [FORM["components"][0] | {"label": "x" * 46}]},
            "data.components.0.label",
        ),
        ({"components": FORM["components"] * 2}, "data.components"),
        (
            {
                "components": [
                    {"type": 1, "components": [{"type": 4, "custom_id": "a", "style": 1}]}
                ]
            },
            "data.components.0.components.0.label",
        ),
        ({"titel": "x"}, "data.titel"),
    ],
)
async def test_a_wrong_form_is_refused(
    online: RawBot,
    standin: DiscordStandIn,
    channel: Channel,
    mia: Member,
    change: dict[str, Any],
    path: str,
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, _):
        answer = await online.callback(asked, MODAL, FORM | change)
        await online.callback(asked, DEFERRED)
    assert (answer.status, answer.code) == (400, 50035)
    assert path in answer.complaints


async def test_without_with_response_a_callback_answers_204(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, _):
        path = f"/interactions/{asked['id']}/{asked['token']}/callback"
        answer = await online.call("POST", path, {"type": DEFERRED})
    assert (answer.status, answer.body) == (204, None)


async def test_interactions_need_no_token_of_the_bot(
    online: RawBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    async with online.acting(standin.slash(mia, channel, "ping")) as (asked, _):
        path = f"/interactions/{asked['id']}/{asked['token']}/callback?with_response=true"
        answer = await online.call("POST", path, {"type": DEFERRED}, token="")
    assert answer.status == 200
