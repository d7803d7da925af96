"""Every door, every right: the panel receives what was allowed, and nothing else.

For each door its right is missing in every way there is, one after the other: no right at all,
each of the other rights alone, all but this one, this one on another server, and this one in
another guild. In the end it is given alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypedDict, Unpack

import pytest

from bot.domain.access import ON_A_SERVER, Action

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from bot.simulators.discord.entities import Channel, Member
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage


@dataclass
class Visitor:
    """Somebody who tries a door, in a channel with cards and a list that others have posted."""

    stage: Stage
    member: Member
    channel: Channel
    running: Message
    """The card of Survival."""
    offline: Message
    """The card of Creative."""
    listing: Message
    server: str = "Survival"
    """What is typed or picked for it."""

    async def slash(self, line: str, /, **options: object) -> Interaction:
        return await self.stage.discord.slash(self.member, self.channel, line, options)

    async def told(self, line: str, /, **options: object) -> Message:
        return await (await self.slash(line, **options)).reply()

    async def sees(self, line: str, /, **options: object) -> bool:
        """Whether the answer shows the server."""
        asked = await self.slash(line, **options)
        await self.stage.until(lambda: asked.acknowledged and not asked.thinking)
        return "Survival" in asked.text and "running" in asked.text

    async def click(self, message: Message, button: str) -> Interaction:
        pressed = await self.stage.discord.click(self.member, message, button)
        assert pressed.acknowledged
        return pressed

    async def confirm(self, asked: Message, button: str) -> None:
        """Tap a second time, if that is asked for."""
        if asked.buttons:
            await self.click(asked, button)

    async def send(self, asked: Interaction, values: dict[str, str]) -> None:
        """Send the form, if one was opened, and wait for its answer."""
        if asked.modal is not None:
            sent = await self.stage.discord.submit(self.member, asked, values)
            await self.stage.until(lambda: sent.acknowledged and not sent.thinking)


async def _kill(visitor: Visitor) -> None:
    await visitor.confirm(await visitor.told("server kill", server=visitor.server), "Kill it")


async def _kill_button(visitor: Visitor) -> None:
    pressed = await visitor.click(visitor.running, "Kill")
    await visitor.confirm(await visitor.stage.told(pressed), "Kill it")


async def _command_form(visitor: Visitor) -> None:
    await visitor.send(await visitor.click(visitor.running, "Command"), {"line": "say hi"})


async def _delete(visitor: Visitor) -> None:
    asked = await visitor.slash("manage delete", server=visitor.server)
    await visitor.send(asked, {"name": "Survival"})


async def _create(visitor: Visitor) -> None:
    await visitor.told("manage create", panel="Main panel")


async def _select(visitor: Visitor) -> bool:
    [menu] = visitor.listing.selects
    picked = await visitor.stage.discord.select(
        visitor.member, visitor.listing, menu.custom_id, [dict(menu.options)["Survival"]]
    )
    return "running" in (await visitor.stage.told(picked)).text


async def _suggestions(visitor: Visitor) -> bool:
    found = await visitor.stage.discord.autocomplete(
        visitor.member, visitor.channel, "server status", "server", visitor.server[:9]
    )
    return bool(found)


def _command(line: str, /, **options: str) -> Callable[[Visitor], Awaitable[object]]:
    return lambda visitor: visitor.told(line, server=visitor.server, **options)


def _shown(line: str, *, one: bool = True) -> Callable[[Visitor], Awaitable[object]]:
    return lambda visitor: visitor.sees(line, **({"server": visitor.server} if one else {}))


def _button(card: str, button: str) -> Callable[[Visitor], Awaitable[object]]:
    return lambda visitor: visitor.click(getattr(visitor, card), button)


_DOORS: dict[str, tuple[Action, Callable[[Visitor], Awaitable[object]]]] = {
    "/server start": (Action.START, _command("server start")),
    "/server stop": (Action.STOP, _command("server stop")),
    "/server restart": (Action.RESTART, _command("server restart")),
    "/server kill": (Action.KILL, _kill),
    "/server command": (Action.COMMAND, _command("server command", command="say hi")),
    "/server logs": (Action.LOGS, _command("server logs")),
    "/server watch": (Action.LOGS, _command("server watch")),
    "/restart": (Action.RESTART, _command("restart")),
    "/manage suspend": (Action.SUSPEND, _command("manage suspend")),
    "/manage unsuspend": (Action.SUSPEND, _command("manage unsuspend")),
    "/manage update": (Action.UPDATE, _command("manage update")),
    "/manage build": (Action.BUILD, _command("manage build")),
    "/manage create": (Action.CREATE, _create),
    "/manage delete": (Action.DELETE, _delete),
    "Start": (Action.START, _button("offline", "Start")),
    "Restart": (Action.RESTART, _button("running", "Restart")),
    "Stop": (Action.STOP, _button("running", "Stop")),
    "Kill": (Action.KILL, _kill_button),
    "Command": (Action.COMMAND, _command_form),
    "Logs": (Action.LOGS, _button("running", "Logs")),
    "/server status": (Action.VIEW, _shown("server status")),
    "/status": (Action.VIEW, _shown("status")),
    "/status of all": (Action.VIEW, _shown("status", one=False)),
    "/server list": (Action.VIEW, _shown("server list", one=False)),
    "menu": (Action.VIEW, _select),
    "suggestions": (Action.VIEW, _suggestions),
}


@pytest.fixture
async def stage(quiet_stage: Stage) -> Stage:
    """The stage with all that an admin's key can do, and commands that everybody is offered."""
    stage = quiet_stage
    admin = stage.panel.add_user("admin", admin=True)
    stage.application_key = stage.panel.add_key(admin, application=True)
    await stage.start_bot()
    for command in stage.discord.commands:
        # As an admin of the guild may do it in Discord's own settings.
        command["default_member_permissions"] = None
    return stage


@pytest.fixture
async def visitor(stage: Stage) -> Visitor:
    running, offline = [
        await stage.answer(stage.owner, "server status", server=name)
        for name in ("Survival", "Creative")
    ]
    listing = await stage.answer(stage.owner, "server list", private=False)
    return Visitor(stage, stage.guest, stage.channel, running, offline, listing)


def _received(stage: Stage) -> list[str]:
    """Return what the panel was told to do, or was asked beyond the state of its servers."""
    return [
        f"{exchange.method} {exchange.path}"
        for exchange in stage.panel.requests
        if exchange.method != "GET"
        or exchange.path.startswith("/api/application")
        or exchange.path.endswith("/websocket")
    ]


async def _goes_in(visitor: Visitor, door: str) -> bool:
    """Try a door; say whether the panel was reached, or the server was seen."""
    before = len(_received(visitor.stage))
    seen = await _DOORS[door][1](visitor)
    return seen is True or len(_received(visitor.stage)) > before


class _Where(TypedDict, total=False):
    server: str
    panel: str


async def _given(
    visitor: Visitor, action: str, *, deny: bool = False, **where: Unpack[_Where]
) -> Message:
    verb = "deny" if deny else "allow"
    rule = {"action": action, "member": visitor.stage.guest} | where
    return await visitor.stage.answer(visitor.stage.owner, f"access {verb}", **rule)


async def _undone(visitor: Visitor, *rules: Message) -> None:
    for rule in rules:
        await visitor.stage.click(visitor.stage.owner, rule, "Undo")
        await visitor.stage.until_text(rule, "Taken back")


@pytest.mark.parametrize("door", _DOORS)
async def test_a_door_opens_to_its_right_alone(stage: Stage, visitor: Visitor, door: str) -> None:
    action = _DOORS[door][0]
    server = "Creative" if door == "Start" else "Survival"
    here, elsewhere = _Where(server=server), _Where(server="Secret")
    opening = {action, *(ON_A_SERVER if action is Action.VIEW else ())}
    if action is Action.CREATE:
        here, elsewhere = _Where(panel="Main panel"), _Where()

    assert not await _goes_in(visitor, door)
    for other in Action:
        if other not in opening:
            where = _Where() if other is Action.MANAGE else _Where(panel="Main panel")
            rule = await _given(visitor, other, **where)
            assert not await _goes_in(visitor, door), other
            await _undone(visitor, rule)
    all_but = [await _given(visitor, "everything")]
    all_but += [await _given(visitor, each, deny=True, **here) for each in sorted(opening)]
    assert not await _goes_in(visitor, door)
    await _undone(visitor, *reversed(all_but))
    if elsewhere:
        rule = await _given(visitor, "everything", **elsewhere)
        assert not await _goes_in(visitor, door)
        await _undone(visitor, rule)
    assert _received(stage) == []

    await _given(visitor, action, **here)
    assert await _opens(visitor, door)


async def _opens(visitor: Visitor, door: str) -> bool:
    """Try a door that must open; its order may reach the panel after the first answer."""
    if await _goes_in(visitor, door):
        return True
    await visitor.stage.until(lambda: bool(_received(visitor.stage)))
    return True


@pytest.mark.parametrize("door", [door for door in _DOORS if door.startswith(("/", "sugg"))])
async def test_a_door_of_another_guild_leads_nowhere(
    stage: Stage, visitor: Visitor, door: str
) -> None:
    """Messages of one guild are not to be seen in another: see `tests/ui/test_forgery.py`."""
    elsewhere = stage.discord.add_guild("Elsewhere")
    visitor.member, visitor.channel = elsewhere.owner, elsewhere.add_channel("general")
    for text in ("Survival", stage.survival.identifier, f"main:{stage.survival.identifier}"):
        visitor.server = text
        assert not await _goes_in(visitor, door)
    assert _received(stage) == []
