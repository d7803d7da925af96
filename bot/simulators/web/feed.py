"""Owns what one window was sent already, and works out what is new. Sends nothing."""

from __future__ import annotations

from operator import is_
from typing import TYPE_CHECKING, Any

from bot.simulators.discord import RefusedError
from bot.simulators.web import view

if TYPE_CHECKING:
    from collections.abc import Sequence

    from bot.simulators.discord.entities import Channel, Member
    from bot.simulators.discord.message import Message
    from bot.simulators.web.view import Scene

_WINDOW = 50

Stamp = tuple[object, ...]


class Feed:
    """What one member sees in one window, from the whole state on.

    A channel may be long: only its end is sent, then whatever comes, and what was asked for.
    """

    def __init__(self, scene: Scene, member: Member) -> None:
        self.member = member
        self._scene = scene
        self._around: dict[str, Any] | None = None
        self._commands: list[dict[str, Any]] = []
        self._world: dict[str, Any] = {}
        self._since: dict[int, int] = {}
        self._known: dict[int, dict[int, Stamp]] = {}

    def news(self) -> list[dict[str, Any]]:
        """Return the frames that bring the window up to date; it counts as told."""
        around = view.surroundings(self._scene, self.member)
        if self._around is None:
            self._around = around
            return [self._state(around)]
        frames: list[dict[str, Any]] = []
        if around != self._around:
            self._around = around
            frames.append(self._surroundings(around))
        for channel in view.channels(self._scene, self.member):
            frames += self._changes(channel)
        if (commands := view.commands(self._scene, self.member)) != self._commands:
            self._commands = commands
            frames.append({"type": "commands", "commands": commands})
        if (world := self._world_now()) != self._world:
            self._world = world
            frames.append({"type": "world", "world": world})
        return frames

    def history(self, channel: Channel, *, before: int, limit: int) -> dict[str, Any]:
        """Return what stands before a message; changes of it will be told from now on."""
        if channel.id not in self._known:
            raise RefusedError("What stands there now has to be told first")
        seen = view.messages(self._scene, self.member, channel)
        return self._page([message for key, message in seen.items() if key < before], limit)

    def _state(self, around: dict[str, Any]) -> dict[str, Any]:
        self._commands = view.commands(self._scene, self.member)
        self._world = self._world_now()
        return {
            **self._surroundings(around),
            "type": "state",
            "commands": self._commands,
            "world": self._world,
        }

    def _surroundings(self, around: dict[str, Any]) -> dict[str, Any]:
        """Return who and where there is; with what stands in a channel where it is a new one."""
        channels = view.channels(self._scene, self.member)
        seen = {channel.id for channel in channels}
        for key in self._known.keys() - seen:
            del self._known[key]
        pages = [{} if each.id in self._known else self._end(each) for each in channels]
        told = [about | page for about, page in zip(around["channels"], pages, strict=True)]
        return {"type": "surroundings", **around, "channels": told}

    def _end(self, channel: Channel) -> dict[str, Any]:
        """Return the end of a channel, of which nothing was told so far."""
        known = self._known[channel.id] = {}
        seen = view.messages(self._scene, self.member, channel)
        page = self._page(list(seen.values()), _WINDOW)
        self._since[channel.id] = min(known, default=0)
        return page

    def _page(self, messages: Sequence[Message], limit: int) -> dict[str, Any]:
        """Return the last of these messages, which count as told from now on."""
        page = messages[-limit:]
        for message in page:
            self._known[message.channel.id][message.id] = _stamp(message)
        return {"entries": self._entries(page), "more": len(messages) > limit}

    def _changes(self, channel: Channel) -> list[dict[str, Any]]:
        seen = view.messages(self._scene, self.member, channel)
        known = self._known[channel.id]
        gone = [key for key in known if key not in seen]
        for key in gone:
            del known[key]
        fresh = []
        for key, message in seen.items():
            if key in known or key >= self._since[channel.id]:
                stamp = _stamp(message)
                if not all(map(is_, stamp, known.get(key, (_UNTOLD,)))):
                    known[key] = stamp
                    fresh.append(message)
        about = {"channel": str(channel.id)}
        frames: list[dict[str, Any]] = []
        if fresh:
            frames.append({"type": "entries", **about, "entries": self._entries(fresh)})
        if gone:
            frames.append({"type": "gone", **about, "ids": [str(key) for key in gone]})
        return frames

    def _entries(self, messages: Sequence[Message]) -> list[dict[str, Any]]:
        return [view.entry(self._scene, message) for message in messages]

    def _world_now(self) -> dict[str, Any]:
        return self._scene.switches.shown(connected=self._scene.discord.connected)


_UNTOLD = object()


def _stamp(message: Message) -> Stamp:
    """Return what tells one look at a message from another: an edit sets all of these anew."""
    return (
        message.flags,
        message.content,
        message.edited_at,
        message.embeds,
        message.components,
        message.attachments,
    )
