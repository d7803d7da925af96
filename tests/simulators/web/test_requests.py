"""What a window can ask for, and what it is told when it asks for nonsense."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from bot.simulators.web import window as served

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel, Member
    from tests.simulators.discord.bots import RawBot
    from tests.simulators.web.browser import Window
    from tests.simulators.web.conftest import Open

MESSAGE, DEFERRED_UPDATE, CHOICES, MODAL = 4, 6, 8, 9
EPHEMERAL = 1 << 6
COMPONENTS = [
    {
        "type": 1,
        "components": [
            {"type": 2, "style": 1, "label": "Go", "custom_id": "go"},
            {"type": 2, "style": 1, "label": "No", "custom_id": "no", "disabled": True},
        ],
    },
    {
        "type": 1,
        "components": [
            {"type": 3, "custom_id": "menu", "options": [{"label": "A", "value": "a"}]},
        ],
    },
    {"type": 1, "components": [{"type": 5, "custom_id": "people"}]},
]
FORM: dict[str, Any] = {
    "title": "Console",
    "custom_id": "form",
    "components": [
        {"type": 18, "label": "Line", "component": {"type": 4, "custom_id": "line", "style": 1}},
        {
            "type": 18,
            "label": "Egg",
            "component": {
                "type": 3,
                "custom_id": "egg",
                "options": [{"label": "Paper", "value": "p"}, {"label": "Forge", "value": "f"}],
            },
        },
    ],
}


async def answered(
    bot: RawBot, window: Window, kind: int, data: object = None, /, *, do: str, **more: object
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Let the bot answer a request; returns what reached it and what the window was told."""
    number = await window.send(do, **more)
    asked = await bot.event("INTERACTION_CREATE")
    await bot.callback(asked, kind, data)
    return asked, await window.result(number)


async def with_components(bot: RawBot, channel: Channel) -> str:
    path, body = f"/channels/{channel.id}/messages", {"content": "?", "components": COMPONENTS}
    return str((await bot.call("POST", path, body)).body["id"])


async def test_options_reach_the_bot_as_from_discord(
    open_window: Open, bot: RawBot, members: dict[str, Member], channel: Channel
) -> None:
    window = await open_window("moderator")
    gus = str(members["guest"].id)
    asked, told = await answered(
        *(bot, window, MESSAGE, {"content": "given"}),
        do="slash",
        channel=str(channel.id),
        command="access allow",
        options={"whom": gus, "action": "view", "days": 3},
    )

    assert told == {"type": "result", "request": 1, "ok": True, "interaction": asked["id"]}
    assert asked["member"]["user"]["id"] == str(members["moderator"].id)
    [allow] = asked["data"]["options"]
    assert {o["name"]: o["value"] for o in allow["options"]} == {
        "whom": gus,
        "action": "view",
        "days": 3,
    }
    assert gus in asked["data"]["resolved"]["members"]
    await window.until(lambda: window.texts() == ["given"])
    assert window.entries()[0]["command"] == "access allow"


async def test_suggestions_come_while_typing(
    open_window: Open, bot: RawBot, members: dict[str, Member]
) -> None:
    window = await open_window("moderator")
    asked, told = await answered(
        *(bot, window, CHOICES, {"choices": [{"name": "View", "value": "view"}]}),
        do="autocomplete",
        channel=window.channel_id(),
        command="access allow",
        option="action",
        typed="vi",
        options={"whom": str(members["guest"].id)},
    )

    assert told["choices"] == [{"name": "View", "value": "view"}]
    focused = [o for o in asked["data"]["options"][0]["options"] if o.get("focused")]
    assert [o["value"] for o in focused] == ["vi"]


async def test_buttons_and_menus(
    open_window: Open, bot: RawBot, members: dict[str, Member], channel: Channel
) -> None:
    message = await with_components(bot, channel)
    window = await open_window("guest")
    asking: list[tuple[dict[str, Any], list[str] | None]] = [
        ({"do": "click", "custom_id": "go"}, None),
        ({"do": "select", "custom_id": "menu", "values": ["a"]}, ["a"]),
        (
            {"do": "select", "custom_id": "people", "values": [str(members["owner"].id)]},
            [str(members["owner"].id)],
        ),
    ]
    for request, values in asking:
        asked, told = await answered(bot, window, DEFERRED_UPDATE, None, message=message, **request)
        assert told["ok"]
        assert asked["data"].get("values") == values


async def test_a_form_opens_and_is_sent(open_window: Open, bot: RawBot, channel: Channel) -> None:
    message = await with_components(bot, channel)
    window = await open_window("guest")
    asked, told = await answered(
        bot, window, MODAL, FORM, do="click", message=message, custom_id="go"
    )
    assert told["modal"]["title"] == "Console"
    send = {"do": "submit", "interaction": asked["id"]}
    for values, reason in [
        ({"line": ["x"], "egg": ["p"]}, "bad"),
        ({"line": "x", "egg": "p"}, "bad"),
        ({"line": "x", "egg": ["q"]}, "refused"),
        ({"line": "x", "egg": ["p", "f"]}, "refused"),
        ({"line": "x", "egg": ["p"], "more": "y"}, "refused"),
        ({"line": "", "egg": ["p"]}, "refused"),
    ]:
        refused = await window.ask(**send, values=values)
        assert (refused["ok"], refused["reason"]) == (False, reason)

    sent, told = await answered(
        bot, window, MESSAGE, {"content": "done"}, **send, values={"line": "x", "egg": ["p"]}
    )

    assert told == {"type": "result", "request": 8, "ok": True, "interaction": sent["id"]}
    assert (await window.ask(**send, values={"line": "x"}))["reason"] == "refused"


async def test_a_form_is_its_openers_alone(
    open_window: Open, bot: RawBot, channel: Channel
) -> None:
    message = await with_components(bot, channel)
    guest, owner = await open_window("guest"), await open_window("owner")
    asked, _ = await answered(bot, guest, MODAL, FORM, do="click", message=message, custom_id="go")

    told = await owner.ask("submit", interaction=asked["id"], values={"line": "x", "egg": ["p"]})

    assert told["reason"] == "refused"


async def test_nobody_presses_what_only_others_see(open_window: Open, bot: RawBot) -> None:
    guest, owner = await open_window("guest"), await open_window("owner")
    data = {"content": "private", "flags": EPHEMERAL, "components": COMPONENTS}
    await answered(
        bot, guest, MESSAGE, data, do="slash", channel=guest.channel_id(), command="ping"
    )
    await guest.until(lambda: guest.texts() == ["private"])
    message = guest.entries()[0]["id"]

    told = await owner.ask("click", message=message, custom_id="go")

    assert told == {
        "type": "result",
        "request": 1,
        "ok": False,
        "reason": "refused",
        "error": "That message is gone",
    }


async def test_a_private_message_can_be_dismissed_everywhere(
    open_window: Open, bot: RawBot
) -> None:
    window, again = await open_window("guest"), await open_window("guest")
    data = {"content": "private", "flags": EPHEMERAL}
    asking = {"do": "slash", "channel": window.channel_id(), "command": "ping"}
    await answered(bot, window, MESSAGE, data, **asking)
    await again.until(lambda: again.texts() == ["private"])

    assert (await window.ask("dismiss", message=again.entries()[0]["id"]))["ok"]

    for each in (window, again):
        await each.until(lambda each=each: each.texts() == [])  # type: ignore[misc]
    said = await window.ask("say", channel=window.channel_id(), text="hello")
    assert (await window.ask("dismiss", message=said["entry"]))["reason"] == "refused"


async def test_the_language_of_a_member_reaches_the_bot(open_window: Open, bot: RawBot) -> None:
    window = await open_window("guest")
    assert (await window.ask("locale", locale="zh-CN"))["ok"]
    await window.until(lambda: "zh-CN" in [m["locale"] for m in window.state["members"]])
    asking = {"do": "slash", "channel": window.channel_id(), "command": "ping"}

    asked, _ = await answered(bot, window, MESSAGE, {"content": "好"}, **asking)

    assert asked["locale"] == "zh-CN"


@pytest.mark.parametrize(
    "frame",
    [
        *("", "nonsense", "[]", "null", "1", '"text"', "{", "NaN", "[" * 100_000),
        *('{"do": "say"}', '{"do": "say", "request": "1"}', '{"do": "say", "request": true}'),
        *('{"request": 1e300}', '{"request": NaN}', '{"request": 1, "do": "\\ud800"}'),
        '{"request": ' + "9" * 5000 + "}",
    ],
)
async def test_what_is_no_request_is_answered_with_an_error(open_window: Open, frame: str) -> None:
    window = await open_window("guest")
    await window.send_raw(frame)
    await window.until(lambda: window.frames[-1]["type"] == "error")
    assert window.frames[-1]["error"].endswith(".")

    assert (await window.ask("say", channel=window.channel_id(), text="still here"))["ok"]


BAD: list[dict[str, object]] = [
    {"do": None},
    {"do": "nonsense"},
    {"do": "slash", "channel": 1, "command": "ping"},
    {"do": "slash", "command": "ping"},
    {"do": "slash", "channel": "HERE", "command": None},
    {"do": "slash", "channel": "HERE", "command": "ping", "options": []},
    {"do": "slash", "channel": "HERE", "command": "ping", "options": {"a": None}},
    {"do": "slash", "channel": "HERE", "command": "ping", "options": {"a": {"b": 1}}},
    {"do": "slash", "channel": "HERE", "command": "ping", "options": {"a": 10**20}},
    {"do": "slash", "channel": "HERE", "command": "ping", "options": {"a": "x" * 6001}},
    {"do": "autocomplete", "channel": "HERE", "command": "ping", "option": "x"},
    {"do": "click", "message": None, "custom_id": "x"},
    {"do": "click", "message": "²", "custom_id": "x"},
    {"do": "click", "message": "9" * 5000, "custom_id": "x"},
    {"do": "select", "message": "MESSAGE", "custom_id": "menu", "values": "a"},
    {"do": "select", "message": "MESSAGE", "custom_id": "menu", "values": ["a", "a"]},
    {"do": "submit", "interaction": "1", "values": None},
    {"do": "submit", "interaction": "1", "values": {"line": 1}},
    {"do": "say", "channel": "HERE", "text": "x" * 2001},
    {"do": "history", "channel": "HERE", "before": "1", "limit": 0},
    {"do": "history", "channel": "HERE", "before": "1", "limit": 101},
    {"do": "history", "channel": "HERE", "before": "1", "limit": 1.5},
    {"do": "become"},
    {"do": "locale", "locale": "xx"},
]
REFUSED: list[dict[str, object]] = [
    {"do": "slash", "channel": "1", "command": "ping"},
    {"do": "slash", "channel": "HERE", "command": ""},
    {"do": "slash", "channel": "HERE", "command": "nothing"},
    {"do": "slash", "channel": "HERE", "command": "access allow"},
    {"do": "slash", "channel": "HERE", "command": "ping", "options": {"a": 1}},
    {"do": "autocomplete", "channel": "HERE", "command": "ping", "option": "x", "typed": ""},
    {"do": "click", "message": "1", "custom_id": "x"},
    {"do": "click", "message": "MESSAGE", "custom_id": "x"},
    {"do": "click", "message": "MESSAGE", "custom_id": "no"},
    {"do": "select", "message": "MESSAGE", "custom_id": "nothing", "values": ["a"]},
    {"do": "select", "message": "MESSAGE", "custom_id": "menu", "values": ["b"]},
    {"do": "select", "message": "MESSAGE", "custom_id": "menu", "values": []},
    {"do": "select", "message": "MESSAGE", "custom_id": "people", "values": ["1"]},
    {"do": "select", "message": "MESSAGE", "custom_id": "people", "values": ["HERE"]},
    {"do": "submit", "interaction": "1", "values": {}},
    {"do": "say", "channel": "HERE", "text": " \n"},
    {"do": "dismiss", "message": "MESSAGE"},
    {"do": "become", "member": "nobody"},
]


@pytest.mark.parametrize(
    ("reason", "request_"),
    [*(("bad", each) for each in BAD), *(("refused", each) for each in REFUSED)],
    ids=json.dumps,
)
async def test_what_makes_no_sense_is_refused_and_breaks_nothing(
    open_window: Open, bot: RawBot, channel: Channel, reason: str, request_: dict[str, object]
) -> None:
    window = await open_window("guest")
    known = {"HERE": str(channel.id), "MESSAGE": await with_components(bot, channel)}
    filled = json.loads(
        json.dumps(request_).replace("HERE", known["HERE"]).replace("MESSAGE", known["MESSAGE"])
    )

    told = await window.ask(**filled)

    assert (told["ok"], told["reason"]) == (False, reason)
    assert told["error"]
    assert (await window.ask("say", channel=window.channel_id(), text="still here"))["ok"]


@pytest.mark.usefixtures("bot")
@pytest.mark.parametrize(
    ("options", "error"),
    [
        ({"nope": 1}, "/access allow has no option 'nope'; there are: whom, action, days."),
        ({}, "/access allow needs the option 'whom'."),
        ({"whom": 5}, "The option 'whom' of /access allow wants an id, which is a text of digits."),
        ({"whom": "1", "action": 5}, "The option 'action' of /access allow wants a text."),
        ({"whom": "1", "days": True}, "The option 'days' of /access allow wants a whole number."),
        ({"whom": "1", "days": 1.5}, "The option 'days' of /access allow wants a whole number."),
    ],
    ids=str,
)
async def test_options_that_do_not_fit_are_refused_in_sentences(
    open_window: Open, options: dict[str, object], error: str
) -> None:
    window = await open_window("moderator")
    asking = {"channel": window.channel_id(), "command": "access allow", "options": options}
    assert (await window.ask("slash", **asking))["error"] == error
    if "nope" in options:
        told = await window.ask("autocomplete", **asking, option="action", typed="")
        assert told["error"] == error


async def test_too_much_at_once_is_refused(open_window: Open, bot: RawBot) -> None:
    window = await open_window("guest")
    most = served._MOST_ON_THEIR_WAY
    asking: dict[str, Any] = {"channel": window.channel_id(), "command": "ping"}
    waiting = [await window.send("slash", **asking) for _ in range(most)]

    assert (await window.ask("slash", **asking))["reason"] == "bad"

    for _ in waiting:
        await bot.callback(await bot.event("INTERACTION_CREATE"), MESSAGE, {"content": "pong"})
    assert all([(await window.result(number))["ok"] for number in waiting])
    assert (await window.ask("say", channel=window.channel_id(), text="hello"))["ok"]


async def test_a_frame_that_is_too_long_ends_the_window_alone(open_window: Open) -> None:
    window, other = await open_window("guest"), await open_window("guest")
    await window.send_raw("x" * (256 * 1024 + 1))

    assert await window.ended() == 1009
    assert (await other.ask("say", channel=other.channel_id(), text="still here"))["ok"]
