"""What a window is told: the whole, then what changes, and to each member what is theirs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.discord import RefusedError
from bot.simulators.web.feed import Feed
from tests.simulators.discord.bots import RawBot

if TYPE_CHECKING:
    import aiohttp

    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel, Guild, Member
    from bot.simulators.web import DemoPage
    from tests.simulators.web.browser import Window
    from tests.simulators.web.conftest import Open, Yard

MESSAGE, DEFERRED = 4, 5
EPHEMERAL, LOADING = 1 << 6, 1 << 7
HOSTILE = "<img src=x onerror=alert(1)>\u202e @everyone"


async def use_ping(window: Window, bot: RawBot, kind: int, data: object = None) -> dict[str, Any]:
    """Let a window use /ping and the bot answer; returns the interaction as the bot got it."""
    number = await window.send("slash", channel=window.channel_id(), command="ping")
    asked = await bot.event("INTERACTION_CREATE")
    await bot.callback(asked, kind, data)
    assert (await window.result(number))["ok"]
    return asked


async def test_the_first_frame_is_the_whole_state(
    open_window: Open, bot: RawBot, standin: DiscordStandIn, members: dict[str, Member]
) -> None:
    window = await open_window("moderator")
    state = window.state

    assert window.frames == [state]
    assert (state["me"], state["guild"]["name"]) == ("moderator", "Harbour")
    shown = {member["key"]: member for member in state["members"]}
    assert set(shown) == {"owner", "moderator", "guest", None}
    assert [shown[key]["manager"] for key in ("owner", "moderator", "guest")] == [True, True, False]
    assert [shown[key]["owner"] for key in ("owner", "moderator", "guest")] == [True, False, False]
    assert (shown[None]["bot"], shown[None]["name"]) == (True, "Deckhand")
    assert shown["moderator"]["roles"] == [str(members["moderator"].roles[0].id)]
    assert [channel["name"] for channel in state["channels"]] == ["general", "alerts"]
    assert state["commands"] == standin.commands
    assert state["world"]["bot"] == {"connected": True, "can_restart": True}
    assert window.panel()["servers"][0]["state"] == "running"


async def test_commands_are_shown_to_those_who_are_offered_them(
    open_window: Open, bot: RawBot, standin: DiscordStandIn
) -> None:
    guest, owner = await open_window("guest"), await open_window("owner")
    assert [command["name"] for command in guest.state["commands"]] == ["ping"]
    assert [command["name"] for command in owner.state["commands"]] == ["ping", "access"]

    path = f"/applications/{standin.application.id}/commands"
    await bot.call("PUT", path, [{"name": "news", "description": "Tells"}])

    await guest.until(lambda: [c["name"] for c in guest.state["commands"]] == ["news"])


async def test_messages_appear_change_and_go_in_every_window(
    open_window: Open, bot: RawBot, channel: Channel
) -> None:
    windows = [await open_window("guest"), await open_window("owner")]
    path = f"/channels/{channel.id}/messages"
    sent = await bot.call("POST", path, {"content": "one"})
    for window in windows:
        await window.until(lambda window=window: window.texts() == ["one"])  # type: ignore[misc]
    await bot.call("PATCH", f"{path}/{sent.body['id']}", {"content": "two"})
    for window in windows:
        await window.until(lambda window=window: window.texts() == ["two"])  # type: ignore[misc]
        assert window.entries()[0]["message"]["edited_timestamp"]
    await bot.call("DELETE", f"{path}/{sent.body['id']}")
    for window in windows:
        await window.until(lambda window=window: window.texts() == [])  # type: ignore[misc]


async def test_a_private_answer_is_for_one_member_in_all_windows(
    open_window: Open, bot: RawBot
) -> None:
    mia, again, guest = [await open_window(who) for who in ("moderator", "moderator", "guest")]
    await use_ping(mia, bot, MESSAGE, {"content": "secret", "flags": EPHEMERAL})
    for window in (mia, again):
        await window.until(lambda window=window: window.texts() == ["secret"])  # type: ignore[misc]
        assert window.entries()[0]["private"]
        assert window.entries()[0]["command"] == "ping"
    # What is said afterwards has passed the secret by.
    await guest.ask("say", channel=guest.channel_id(), text="hello")
    await guest.until(lambda: guest.texts() == ["hello"])
    assert "secret" not in str(guest.frames)
    assert (await open_window("guest")).texts() == ["hello"]


async def test_thinking_turns_into_the_answer(open_window: Open, bot: RawBot) -> None:
    window = await open_window("moderator")
    asked = await use_ping(window, bot, DEFERRED)
    await window.until(lambda: window.entries() and window.entries()[0]["message"]["flags"])
    assert window.entries()[0]["message"]["flags"] & LOADING

    await bot.call("PATCH", bot.webhook(asked, "@original"), {"content": "done"})

    await window.until(lambda: window.texts() == ["done"])
    assert not window.entries()[0]["message"]["flags"] & LOADING
    assert window.entries()[0]["message"]["edited_timestamp"] is None


async def test_a_long_channel_is_sent_from_its_end_and_paged(
    open_window: Open, standin: DiscordStandIn, members: dict[str, Member], channel: Channel
) -> None:
    for number in range(1000):
        standin.say(members["guest"], channel, str(number))
    window = await open_window("owner")
    assert window.texts() == [str(number) for number in range(950, 1000)]

    texts, pages, more = window.texts(), 0, window.state["channels"][0]["more"]
    before = window.entries()[0]["id"]
    while more:
        page = await window.ask("history", channel=str(channel.id), before=before, limit=100)
        texts = [entry["message"]["content"] for entry in page["entries"]] + texts
        pages, more, before = pages + 1, page["more"], page["entries"][0]["id"]

    assert texts == [str(number) for number in range(1000)]
    assert pages == 10


async def test_only_what_was_sent_is_kept_up_to_date(
    open_window: Open, bot: RawBot, standin: DiscordStandIn, members: dict[str, Member]
) -> None:
    [channel] = [c for c in members["owner"].guild.channels if c.name == "alerts"]
    path = f"/channels/{channel.id}/messages"
    old = [(await bot.call("POST", path, {"content": text})).body["id"] for text in ("one", "two")]
    for number in range(60):
        standin.say(members["guest"], channel, str(number))
    window = await open_window("owner")
    await window.ask("history", channel=str(channel.id), before=str(int(old[1]) + 1), limit=1)

    for key in old:
        await bot.call("PATCH", f"{path}/{key}", {"content": "changed"})
    standin.say(members["guest"], channel, "last")
    await window.until(lambda: window.texts("alerts")[-1] == "last")

    changed = [entry["id"] for entry in window.entries("alerts") if entry["id"] in old]
    assert changed == [old[1]]


async def test_the_window_outlives_the_bot(
    open_window: Open, bot: RawBot, standin: DiscordStandIn, session: aiohttp.ClientSession
) -> None:
    window = await open_window("moderator")
    await bot.disconnect()
    await window.until(lambda: not window.state["world"]["bot"]["connected"])
    refused = await window.ask("slash", channel=window.channel_id(), command="ping")
    assert (refused["reason"], refused["error"]) == ("failed", "The application did not respond")

    again = RawBot(standin, session)
    await again.connect()

    await window.until(lambda: window.state["world"]["bot"]["connected"])
    await use_ping(window, again, MESSAGE, {"content": "back"})
    await window.until(lambda: window.texts() == ["back"])
    assert len([frame for frame in window.frames if frame["type"] == "state"]) == 1
    await again.disconnect()


async def test_a_window_that_comes_back_gets_all_again(open_window: Open, bot: RawBot) -> None:
    window = await open_window("moderator")
    await use_ping(window, bot, MESSAGE, {"content": "secret", "flags": EPHEMERAL})
    await window.close()

    assert (await open_window("moderator")).texts() == ["secret"]


async def test_new_channels_roles_and_members_are_told_without_what_is_known(
    open_window: Open,
    guild: Guild,
    standin: DiscordStandIn,
    members: dict[str, Member],
    channel: Channel,
) -> None:
    standin.say(members["owner"], channel, "an old one")
    window = await open_window("guest")
    for name, add in [
        ("channels", guild.add_channel),
        ("roles", guild.add_role),
        ("members", guild.add_member),
    ]:
        add(HOSTILE)  # type: ignore[operator]
        await window.until(
            lambda name=name: HOSTILE in [each["name"] for each in window.state[name]]  # type: ignore[misc]
        )
    standin.say(members["owner"], channel, "a new one")
    standin.say(members["owner"], guild.channels[-1], "in the new channel")
    await window.until(lambda: window.texts(HOSTILE) == ["in the new channel"])

    assert window.texts() == ["an old one", "a new one"]
    assert len([frame for frame in window.frames if "an old one" in str(frame)]) == 1


async def test_a_language_is_told_to_all_and_nothing_else(
    open_window: Open, standin: DiscordStandIn, members: dict[str, Member], channel: Channel
) -> None:
    standin.say(members["owner"], channel, "hello")
    mia, gus = await open_window("moderator"), await open_window("guest")
    assert (await mia.ask("locale", locale="zh-CN"))["ok"]
    for window in (mia, gus):
        await window.until(
            lambda window=window: "zh-CN" in [each["locale"] for each in window.state["members"]]  # type: ignore[misc]
        )
        assert window.texts() == ["hello"]
        assert len([frame for frame in window.frames if "hello" in str(frame)]) == 1


async def test_the_world_is_the_same_for_all_and_moves_by_itself(
    open_window: Open, yard: Yard
) -> None:
    windows = [await open_window("guest"), await open_window("owner")]
    yard.world.servers[0].start_seconds = yard.world.servers[0].stop_seconds = 0
    yard.world.servers[0].power("stop")
    for window in windows:
        await window.until(
            lambda window=window: window.panel()["servers"][0]["state"] == "offline"  # type: ignore[misc]
        )


@pytest.mark.parametrize("key", ["guest", "moderator"])
async def test_becoming_somebody_shows_their_state(
    open_window: Open, bot: RawBot, key: str
) -> None:
    window = await open_window("moderator")
    await use_ping(window, bot, MESSAGE, {"content": "secret", "flags": EPHEMERAL})

    assert (await window.ask("become", member="guest"))["ok"]
    await window.until(lambda: window.state["me"] == "guest")
    assert window.texts() == []
    assert [command["name"] for command in window.state["commands"]] == ["ping"]

    assert (await window.ask("become", member=key))["ok"]
    await window.until(lambda: window.state["me"] == key)
    assert window.texts() == ([] if key == "guest" else ["secret"])


async def test_history_that_is_asked_for_while_becoming_somebody_spoils_nothing(
    open_window: Open, standin: DiscordStandIn, members: dict[str, Member], channel: Channel
) -> None:
    for number in range(60):
        standin.say(members["owner"], channel, str(number))
    window = await open_window("moderator")
    older = {"channel": str(channel.id), "before": window.entries()[0]["id"], "limit": 10}

    became = await window.send("become", member="guest")
    await window.send("history", **older)
    await window.until(lambda: window.state["me"] == "guest")

    assert (await window.result(became))["ok"]
    assert window.texts() == [str(number) for number in range(10, 60)]
    assert window.state["channels"][0]["more"]
    told = await window.ask("history", **older)
    assert [entry["message"]["content"] for entry in told["entries"]] == list("0123456789")


def test_the_state_comes_before_any_history(page: DemoPage, members: dict[str, Member]) -> None:
    channel = members["guest"].guild.channels[0]
    feed = Feed(page._scene, members["guest"])
    with pytest.raises(RefusedError):
        feed.history(channel, before=1 << 60, limit=10)
    [state] = feed.news()
    assert all("entries" in each for each in state["channels"])
    assert feed.history(channel, before=1 << 60, limit=10) == {"entries": [], "more": False}
