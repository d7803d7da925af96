"""What may not be written on a message, each answered in Discord's form."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel
    from tests.simulators.discord.bots import RawBot

V2 = 1 << 15


def row(*inside: dict[str, Any]) -> dict[str, Any]:
    return {"type": 1, "components": list(inside)}


def button(custom_id: str = "a", **more: object) -> dict[str, Any]:
    return {"type": 2, "style": 1, "label": "Go", "custom_id": custom_id} | more


def menu(custom_id: str = "m", count: int = 1, **more: object) -> dict[str, Any]:
    options = [{"label": str(number), "value": str(number)} for number in range(count)]
    return {"type": 3, "custom_id": custom_id, "options": options} | more


def text(content: str = "hello") -> dict[str, Any]:
    return {"type": 10, "content": content}


def box(*inside: dict[str, Any]) -> dict[str, Any]:
    return {"type": 17, "components": list(inside)}


def v2(*components: dict[str, Any], **more: object) -> dict[str, Any]:
    return {"flags": V2, "components": list(components)} | more


def v1(*components: dict[str, Any]) -> dict[str, Any]:
    return {"content": "hello", "components": list(components)}


def embed(**more: object) -> dict[str, Any]:
    return {"embeds": [more]}


def field(name: str = "n", value: str = "v") -> dict[str, Any]:
    return {"name": name, "value": value}


TOO_LONG = "Must be {} or fewer in length."
BETWEEN = "Must be between {} and {} in length."
REQUIRED = "This field is required"
TOP_V2 = "Value must be one of (1, 9, 10, 12, 13, 14, 17)."
LEGACY = "The '{}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
MANY = [field() for _ in range(26)]

REFUSED: dict[str, tuple[dict[str, Any], str, str]] = {
    "long content": ({"content": "x" * 2001}, "content", TOO_LONG.format(2000)),
    "content of another type": ({"content": 5}, "content", "as string"),
    "misspelt key": ({"contents": "x"}, "contents", "Unknown property."),
    "long nonce": ({"content": "x", "nonce": "n" * 26}, "nonce", TOO_LONG.format(25)),
    "flags of another type": ({"content": "x", "flags": "1"}, "flags", "not int"),
    "eleven embeds": ({"embeds": [{"title": "x"}] * 11}, "embeds", TOO_LONG.format(10)),
    "embeds that are no list": ({"embeds": "x"}, "embeds", "lists of objects"),
    "long title": (embed(title="x" * 257), "embeds.0.title", TOO_LONG.format(256)),
    "long description": (
        embed(description="x" * 4097),
        "embeds.0.description",
        TOO_LONG.format(4096),
    ),
    "long footer": (
        embed(footer={"text": "x" * 2049}),
        "embeds.0.footer.text",
        TOO_LONG.format(2048),
    ),
    "long author": (embed(author={"name": "x" * 257}), "embeds.0.author.name", "256"),
    "misspelt embed key": (embed(titel="x"), "embeds.0.titel", "Unknown property."),
    "26 fields": (embed(fields=MANY), "embeds.0.fields", TOO_LONG.format(25)),
    "empty field": (embed(fields=[field(value="")]), "embeds.0.fields.0.value", "between 1"),
    "long field": (embed(fields=[field(value="x" * 1025)]), "embeds.0.fields.0.value", "1024"),
    "long embeds": ({"embeds": [{"description": "x" * 3001}] * 2}, "embeds", "size of 6000"),
    "users twice": (
        {"content": "x", "allowed_mentions": {"parse": ["users"], "users": ["1"]}},
        "allowed_mentions",
        "mutually exclusive",
    ),
    "unknown mention": (
        {"content": "x", "allowed_mentions": {"parse": ["friends"]}},
        "allowed_mentions.parse.0",
        "Value must be one of",
    ),
    "101 users": (
        {"content": "x", "allowed_mentions": {"users": [str(n) for n in range(101)]}},
        "allowed_mentions.users",
        "100",
    ),
    "six rows": (v1(*(row(button(str(n))) for n in range(6))), "components", TOO_LONG.format(5)),
    "six buttons": (
        v1(row(*(button(str(n)) for n in range(6)))),
        "components.0.components",
        BETWEEN.format(1, 5),
    ),
    "empty row": (v1(row()), "components.0.components", BETWEEN.format(1, 5)),
    "button beside menu": (v1(row(button(), menu())), "components.0.components", "width"),
    "two menus": (v1(row(menu("a"), menu("b"))), "components.0.components", "width"),
    "button without a row": (v1(button()), "components.0.type", "Value must be one of (1)."),
    "same custom id": (v1(row(button(), button())), "components", "cannot be duplicated: a"),
    "same number": (v1(row(button("a", id=3), button("b", id=3))), "components", "duplicated: 3"),
    "long label": (
        v1(row(button(label="x" * 81))),
        "components.0.components.0.label",
        TOO_LONG.format(80),
    ),
    "no label": (v1(row(button(label=None))), "components.0.components.0.label", REQUIRED),
    "no custom id": (
        v1(row(button(custom_id=None))),  # type: ignore[arg-type] # just this is wrong
        "components.0.components.0.custom_id",
        REQUIRED,
    ),
    "long custom id": (
        v1(row(button("x" * 101))),
        "components.0.components.0.custom_id",
        BETWEEN.format(1, 100),
    ),
    "unknown style": (
        v1(row(button(style=9))),
        "components.0.components.0.style",
        "Value must be one of (1, 2, 3, 4, 5).",
    ),
    "link without address": (
        v1(row({"type": 2, "style": 5, "label": "x"})),
        "components.0.components.0.url",
        REQUIRED,
    ),
    "button and link": (
        v1(row(button(url="https://example.com"))),
        "components.0.components.0",
        "A custom id and url cannot both be specified",
    ),
    "misspelt component key": (
        v1(row(button(lable="x"))),
        "components.0.components.0.lable",
        "Unknown property.",
    ),
    "26 options": (
        v1(row(menu(count=26))),
        "components.0.components.0.options",
        BETWEEN.format(1, 25),
    ),
    "no options": (v1(row(menu(count=0))), "components.0.components.0.options", "between 1"),
    "same option": (
        v1(row(menu(options=[{"label": "x", "value": "x"}] * 2))),
        "components.0.components.0.options.1.value",
        "already used",
    ),
    "long option": (
        v1(row(menu(options=[{"label": "x", "value": "x" * 101}]))),
        "components.0.components.0.options.0.value",
        BETWEEN.format(1, 100),
    ),
    "long placeholder": (
        v1(row(menu(placeholder="x" * 151))),
        "components.0.components.0.placeholder",
        TOO_LONG.format(150),
    ),
    "more values than options": (
        v1(row(menu(max_values=2))),
        "components.0.components.0.max_values",
        "fewer options",
    ),
    "text without the flag": (v1(text()), "components.0.type", "Value must be one of (1)."),
    "components that are no list": (
        {"content": "x", "components": {"type": 1}},
        "components",
        "lists of objects",
    ),
    "content beside V2": (v2(text(), content="x"), "content", LEGACY.format("content")),
    "embeds beside V2": (v2(text(), embeds=[{"title": "x"}]), "embeds", LEGACY.format("embeds")),
    "41 components": (v2(*(text() for _ in range(41))), "components", TOO_LONG.format(40)),
    "41 nested components": (
        v2(*(box(*(text() for _ in range(20))) for _ in range(2))),
        "components",
        "The total number of components cannot exceed 40.",
    ),
    "4001 characters": (
        v2(text("x" * 2001), box(text("x" * 2000))),
        "components",
        "cannot exceed 4000 characters",
    ),
    "empty text": (v2(text("")), "components.0.content", BETWEEN.format(1, 4000)),
    "box in a box": (v2(box(box(text()))), "components.0.components.0.type", "must be one of"),
    "unknown kind": (v2({"type": 99}), "components.0.type", TOP_V2),
    "kind of another type": (v2({"type": [1]}), "components.0.type", TOP_V2),
    "section without accessory": (
        v2({"type": 9, "components": [text()]}),
        "components.0.accessory",
        REQUIRED,
    ),
    "section with four texts": (
        v2({"type": 9, "components": [text()] * 4, "accessory": button()}),
        "components.0.components",
        BETWEEN.format(1, 3),
    ),
    "section with a menu": (
        v2({"type": 9, "components": [text()], "accessory": menu()}),
        "components.0.accessory.type",
        "Value must be one of (2, 11).",
    ),
    "file that is not there": (
        v2({"type": 13, "file": {"url": "attachment://x.txt"}}),
        "components.0.file.url",
        "Referenced attachment was not found",
    ),
    "picture by another scheme": (
        v2({"type": 12, "items": [{"media": {"url": "ftp://example.com/x.png"}}]}),
        "components.0.items.0.media.url",
        "Scheme must be one of",
    ),
    "section with a picture from nowhere": (
        v2({"type": 9, "components": [text()], "accessory": {"type": 11, "media": {}}}),
        "components.0.accessory.media.url",
        REQUIRED,
    ),
}


@pytest.mark.parametrize("case", REFUSED)
async def test_a_wrong_message_is_refused(bot: RawBot, channel: Channel, case: str) -> None:
    body, path, complaint = REFUSED[case]
    answer = await bot.call("POST", f"/channels/{channel.id}/messages", body)
    assert (answer.status, answer.code) == (400, 50035)
    assert answer.body["message"] == "Invalid Form Body"
    assert complaint in answer.complaints[path]
    assert channel.messages == []


@pytest.mark.parametrize(
    "part",
    [
        {"allowed_mentions": 5},
        {"allowed_mentions": {"users": ["x"]}},
        {"allowed_mentions": {"users": "x"}},
        {"allowed_mentions": {"parse": "users"}},
        {"message_reference": "x"},
        {"attachments": "x"},
        {"attachments": [5]},
        {"components": 5},
        {"components": [{}]},
        {"components": [{"type": 1, "components": "x"}]},
        {"components": [row(button(emoji="x"))]},
        {"components": [row(menu(options=[{"label": "a", "value": "a", "emoji": 5}]))]},
        {"components": [row(menu(max_values="2"))]},
        {"components": [row({"type": 2, "style": [1], "custom_id": ["x"], "label": 5})]},
        {"embeds": [{"footer": "x", "author": 5, "fields": {}}]},
        {"flags": V2, "components": [{"type": 12, "items": [{"media": 5}]}]},
    ],
)
async def test_a_body_of_another_shape_is_refused_in_the_same_form(
    bot: RawBot, channel: Channel, part: dict[str, Any]
) -> None:
    answer = await bot.call("POST", f"/channels/{channel.id}/messages", {"content": "x"} | part)
    assert (answer.status, answer.code) == (400, 50035)
    assert answer.complaints


@pytest.mark.parametrize(
    "body",
    [{}, {"content": "  "}, {"embeds": []}, {"components": [row(button())]}, v2()],
    ids=["nothing", "blanks", "no embeds", "only a row", "V2 without components"],
)
async def test_an_empty_message_is_refused(
    bot: RawBot, channel: Channel, body: dict[str, Any]
) -> None:
    answer = await bot.call("POST", f"/channels/{channel.id}/messages", body)
    assert (answer.status, answer.code) == (400, 50006)


@pytest.mark.parametrize(
    "body",
    [
        {"content": "x" * 2000, "nonce": 5, "tts": False},
        {"content": "x", "flags": 4, "message_reference": None, "allowed_mentions": None},
        {"embeds": [{"description": "x" * 3000}] * 2},
        embed(title="t", fields=[field()], footer={"text": "f"}, author={"name": "a"}),
        v1(*(row(*(button(f"{r}{n}") for n in range(5))) for r in range(5))),
        v1(row(menu(count=25, max_values=25, min_values=0, placeholder="p", required=False))),
        v1(row({"type": 6, "custom_id": "roles"}), row({"type": 8, "custom_id": "channels"})),
        v1(row({"type": 2, "style": 5, "label": "x", "url": "https://example.com"})),
        v1(row(button(label=None, emoji={"id": None, "name": "🔁"}))),
        v2(*(text("x" * 100) for _ in range(40))),
        v2(box(text(), {"type": 14, "divider": False, "spacing": 2}, row(button()))),
        v2({"type": 9, "components": [text()], "accessory": button()}),
        v2({"type": 12, "items": [{"media": {"url": "https://example.com/x.png"}}]}),
    ],
)
async def test_what_keeps_the_limits_is_accepted_and_given_back_as_described(
    bot: RawBot, channel: Channel, body: dict[str, Any]
) -> None:
    answer = await bot.call("POST", f"/channels/{channel.id}/messages", body)
    assert answer.status == 200, answer.body
    assert answer.body == channel.messages[0].raw


async def test_the_text_of_a_message_is_all_that_can_be_read(bot: RawBot, channel: Channel) -> None:
    section = {"type": 9, "components": [text("two")], "accessory": button("b", label="Stop")}
    body = v2(text("one"), box(section, text("three"), row(menu("pick", 2))))
    await bot.call("POST", f"/channels/{channel.id}/messages", body)
    shown = embed(title="title", description="below", fields=[field()], footer={"text": "end"})
    await bot.call("POST", f"/channels/{channel.id}/messages", shown)
    card, with_embed = channel.messages
    assert card.text == "one\ntwo\nthree"
    assert [(b.label, b.custom_id, b.disabled) for b in card.buttons] == [("Stop", "b", False)]
    assert card.selects[0].options == (("0", "0"), ("1", "1"))
    assert with_embed.text == "title\nbelow\nn\nv\nend"


async def test_a_body_that_is_no_json_and_one_that_is_no_object_are_refused(
    bot: RawBot, channel: Channel
) -> None:
    path = f"/channels/{channel.id}/messages"
    assert (await bot.call_raw("POST", path, b"{")).code == 50109
    assert (await bot.call("POST", path, ["x"])).code == 50035


async def test_words_that_automod_blocks_are_neither_written_nor_edited_in(
    bot: RawBot, channel: Channel
) -> None:
    assert channel.guild is not None
    channel.guild.blocked_words = {"Darn"}
    path = f"/channels/{channel.id}/messages"
    for blocked in (v2(box(text("oh, **darnit**"))), {"content": "DARN"}):
        assert (await bot.call("POST", path, blocked)).code == 200000
    await bot.call("POST", path, v2(text("fine")))
    [message] = channel.messages
    edited = await bot.call("PATCH", f"{path}/{message.id}", {"components": [text("darn")]})
    assert (edited.code, message.text) == (200000, "fine")
