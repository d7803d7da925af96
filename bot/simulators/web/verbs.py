"""Owns what a window can ask for in a member's name, as the stand-in's verbs have it.

Refuses to judge whether Discord would let a member do it: the stand-in does.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.discord import RefusedError
from bot.simulators.discord.components import Kind, walk
from bot.simulators.discord.permissions import Permission
from bot.simulators.web import given, view
from bot.simulators.web.asked import BadRequestError, as_id

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.simulators.discord.entities import Channel, Member, Role
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message
    from bot.simulators.web.asked import Asked, Plain
    from bot.simulators.web.feed import Feed
    from bot.simulators.web.view import Scene

    Thing = Member | Role | Channel
    Verb = Callable[[Scene, Feed, Asked], Awaitable[dict[str, Any]]]

LOCALES = ("en-US", "en-GB", "de", "es-ES", "fr", "ja", "zh-CN", "zh-TW")
"""Some of Discord's."""
_LONGEST_MESSAGE = 2000
_LONGEST_HISTORY = 100


class FailedError(Exception):
    """The bot did not answer in time."""


async def carry_out(scene: Scene, feed: Feed, asked: Asked) -> dict[str, Any]:
    """Do what is asked and return what its result says.

    Raises `BadRequestError`, `RefusedError` or `FailedError`.
    """
    verb = _VERBS.get(asked.verb)
    if verb is None:
        raise BadRequestError(f"There is nothing called {asked.verb!r} to do.")
    return await verb(scene, feed, asked)


async def _slash(scene: Scene, feed: Feed, asked: Asked) -> dict[str, Any]:
    member, channel, command = feed.member, _channel(scene, feed, asked), asked.text("command")
    taken, options = scene.discord.options(member, channel, command), asked.plain_values("options")
    given.check(command, taken, options)
    values: dict[str, Plain | Thing] = {
        name: _thing(scene, value) if taken[name]["type"] in given.THINGS else value
        for name, value in options.items()
    }
    return _told(await scene.discord.slash(member, channel, command, values))


async def _autocomplete(scene: Scene, feed: Feed, asked: Asked) -> dict[str, Any]:
    member, channel, command = feed.member, _channel(scene, feed, asked), asked.text("command")
    option, typed, others = asked.text("option"), asked.text("typed"), asked.plain_values("options")
    given.check_names(command, scene.discord.options(member, channel, command), others)
    try:
        choices = await scene.discord.autocomplete(member, channel, command, option, typed, others)
    except TimeoutError as error:
        raise FailedError(str(error)) from None
    return {"choices": [{"name": name, "value": value} for name, value in choices]}


async def _click(scene: Scene, feed: Feed, asked: Asked) -> dict[str, Any]:
    message = _message(scene, feed, asked)
    return _told(await scene.discord.click(feed.member, message, asked.text("custom_id")))


async def _select(scene: Scene, feed: Feed, asked: Asked) -> dict[str, Any]:
    message, custom_id = _message(scene, feed, asked), asked.text("custom_id")
    chosen = asked.texts("values")
    menu = next((menu for menu in message.selects if menu.custom_id == custom_id), None)
    has_texts = menu is None or menu.kind == Kind.STRING_SELECT
    values = chosen if has_texts else [_thing(scene, value) for value in chosen]
    return _told(await scene.discord.select(feed.member, message, custom_id, values))


async def _submit(scene: Scene, feed: Feed, asked: Asked) -> dict[str, Any]:
    wanted, values = asked.id("interaction"), asked.field_values("values")
    opened = next((each for each in scene.discord.interactions if each.id == wanted), None)
    if opened is None or opened.modal is None:
        raise RefusedError("That form is not open any more")
    kinds = {field["custom_id"]: field["type"] for field in _fields(opened.modal)}
    for custom_id, value in values.items():
        wants_text = kinds.get(custom_id) == Kind.TEXT_INPUT
        if custom_id in kinds and isinstance(value, str) != wants_text:
            raise BadRequestError(f"{custom_id!r} wants a {'text' if wants_text else 'list'}.")
    return _told(await scene.discord.submit(feed.member, opened, values))


async def _say(scene: Scene, feed: Feed, asked: Asked) -> dict[str, Any]:
    channel, text = _channel(scene, feed, asked), asked.text("text", longest=_LONGEST_MESSAGE)
    if not feed.member.permissions & Permission.SEND_MESSAGES:
        raise RefusedError("This member may not write here")
    if not text.strip():
        raise RefusedError("There is nothing in that message")
    return {"entry": str(scene.discord.say(feed.member, channel, text).id)}


async def _dismiss(scene: Scene, feed: Feed, asked: Asked) -> dict[str, Any]:
    message = _message(scene, feed, asked)
    if message.viewer is None:
        raise RefusedError("Only private messages can be dismissed")
    scene.dismissed.add(message.id)
    return {}


async def _history(scene: Scene, feed: Feed, asked: Asked) -> dict[str, Any]:
    channel, before = _channel(scene, feed, asked), asked.id("before")
    limit = asked.whole("limit", least=1, most=_LONGEST_HISTORY)
    return feed.history(channel, before=before, limit=limit)


async def _locale(_scene: Scene, feed: Feed, asked: Asked) -> dict[str, Any]:
    locale = asked.text("locale")
    if locale not in LOCALES:
        raise BadRequestError(f"There is no language {locale!r} here.")
    feed.member.user.locale = locale
    return {}


async def _world(scene: Scene, _feed: Feed, asked: Asked) -> dict[str, Any]:
    return await scene.switches.turn(asked)


_VERBS: Mapping[str, Verb] = {
    "slash": _slash,
    "autocomplete": _autocomplete,
    "click": _click,
    "select": _select,
    "submit": _submit,
    "say": _say,
    "dismiss": _dismiss,
    "history": _history,
    "locale": _locale,
    "world": _world,
}


def _told(interaction: Interaction) -> dict[str, Any]:
    if interaction.failed:
        raise FailedError("The application did not respond")
    told: dict[str, Any] = {"interaction": str(interaction.id)}
    return told if interaction.modal is None else told | {"modal": interaction.modal}


def _fields(modal: Mapping[str, Any]) -> list[dict[str, Any]]:
    return [item for item in walk(modal["components"]) if "custom_id" in item]


def _channel(scene: Scene, feed: Feed, asked: Asked) -> Channel:
    wanted = asked.id("channel")
    seen = view.channels(scene, feed.member)
    found = next((channel for channel in seen if channel.id == wanted), None)
    if found is None:
        raise RefusedError("There is no such channel")
    return found


def _message(scene: Scene, feed: Feed, asked: Asked) -> Message:
    wanted = asked.id("message")
    for channel in view.channels(scene, feed.member):
        if found := view.messages(scene, feed.member, channel).get(wanted):
            return found
    raise RefusedError("That message is gone")


def _thing(scene: Scene, value: Plain) -> Thing:
    """Find a member, a role or a channel of the guild by its id."""
    guild, wanted = scene.guild, as_id(value)
    things: list[Thing] = [*guild.members.values(), *guild.roles, *guild.channels]
    found = next((thing for thing in things if thing.id == wanted), None)
    if found is None:
        raise RefusedError(f"There is nobody and nothing with the id {value!r}")
    return found
