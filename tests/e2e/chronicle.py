"""What truly happened to servers: what a test did to them, and the orders that reached the panel.

Never asks the bot: knows of it what stands in its channels, and whether that is the truth.
"""

from __future__ import annotations

import asyncio
import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, TypeAlias

from tests.e2e.newsroom import lines

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.simulators.discord.entities import Channel, Member
    from bot.simulators.discord.exchange import Exchange
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message
    from bot.simulators.world import Server
    from tests.e2e.stage import Stage

    Line: TypeAlias = tuple[str, int | None]
    """A word, and who asked for what it says."""

_LINE = re.compile(
    r"\*\*(?P<name>S\d+)\*\* (?P<word>started|crashed|stopped|restarted)"
    r"(?: · asked by <@(?P<by>\d+)>)?"
)
_END = re.compile(r"^-# \w+ · asked by", re.MULTILINE)
_RESULTS = {"start": "started", "stop": "stopped", "restart": "restarted"}
_COMMANDS = {"start": "server start", "stop": "server stop", "restart": "restart"}
_DONE = {"start": "is running ·", "stop": "is offline ·", "restart": "is running ·"}


@dataclass(frozen=True, slots=True)
class Change:
    """One that is to be told once, by one of these words."""

    words: tuple[str, ...]
    by: int | None = None
    """Who asked for it through the bot."""


@dataclass(eq=False, slots=True)
class Order:
    """One that a member gave to the bot, which may have been killed before it was passed on."""

    server: Server
    action: str
    member: Member
    asking: asyncio.Task[Interaction]
    signals_before: int
    signals_after: int | None = None
    """When the next thing happened to the server; None while nothing did."""

    @property
    def signals(self) -> list[str]:
        """What the panel was told because of it: at most once the order itself."""
        return self.server.signals[self.signals_before : self.signals_after]

    @property
    def line(self) -> Message | None:
        """The message that everybody reads; None where there is none, or none yet."""
        if not self.asking.done():
            return None
        message = self.asking.result().message
        return message if message is not None and message.viewer is None else None

    @property
    def has_ended(self) -> bool:
        """Whether its line says what came of it; one that has no line may still get one."""
        return self.line is not None and self._ends > 0

    @property
    def is_true(self) -> bool:
        """Whether its line has one end, and that is what the panel was told."""
        if self.line is None:
            return self.signals == []
        was_done = _DONE[self.action] in self.line.text
        return self._ends == 1 and self.signals == ([self.action] if was_done else [])

    @property
    def _ends(self) -> int:
        return self.line.text.count(f"-# {self.action} · asked by") if self.line else 0

    def __repr__(self) -> str:
        said = self.line.text if self.line else "nothing"
        return f"{self.action} of {self.server.name} reached it as {self.signals}, said: {said}"


class Chronicle:
    """What happened to servers that `news` is told of, each in one of these channels."""

    def __init__(self, stage: Stage, servers: Sequence[Server], *, news: Sequence[Channel]) -> None:
        self.orders: list[Order] = []
        self._stage = stage
        self._servers = servers
        self._news = news
        self._happened: defaultdict[Server, list[Change | Order]] = defaultdict(list)
        self._ends: dict[str, str] = {}
        """By the message, how an order ended as its line first said."""
        self._rewritten: list[str] = []
        stage.discord.on_exchange.append(self._note_end)

    def crash(self, server: Server) -> None:
        """Let its process die; whoever looks later sees only that it stopped."""
        self._add(server, Change(("crashed", "stopped")))
        server.crash()

    def stop(self, server: Server) -> None:
        """Let it be stopped in the panel."""
        self._add(server, Change(("stopped",)))
        server.power("stop")

    def start(self, server: Server) -> None:
        """Let it be started in the panel; soon after a stop there that was a restart."""
        last = self._truth(server)[-1:]
        was_stopped = last == [Change(("stopped",))]
        self._add(server, Change(("started", "restarted") if was_stopped else ("started",)))
        server.power("start")

    def order(self, server: Server, action: str, member: Member) -> None:
        """Let a member ask the bot for it, and wait for no answer."""
        stage, options = self._stage, {"server": server.identifier}
        asking = stage.discord.slash(member, stage.channel, _COMMANDS[action], options)
        task = asyncio.get_running_loop().create_task(asking)
        order = Order(server, action, member, task, len(server.signals))
        self._add(server, order)
        self.orders.append(order)

    def settled(self) -> list[Server]:
        """Return the servers of which all is told, and nothing is on its way."""
        told = self._told()
        return [each for each in self._servers if self._is_settled(each, told)]

    def wrong(self) -> list[str]:
        """Return what was said and is not true, or is true and was not said."""
        told, found = self._told(), [repr(each) for each in self.orders if not each.is_true]
        for server in self._servers:
            truth, said = self._truth(server), told[server.name]
            if not _is_told(truth, said):
                found.append(f"{server.name} is {server.state}: {said} for {truth}")
        known = [order.line for order in self.orders]
        found += [each.text for each in self._stage.channel.messages if each not in known]
        return found + self._rewritten

    def _note_end(self, exchange: Exchange) -> None:
        """Take in what a line says; once it has said an end, it never says anything else."""
        body = exchange.response_body
        text = body.get("content", "") if isinstance(body, dict) else ""
        if exchange.method != "PATCH" or not text:
            return
        first = self._ends.get(body["id"])
        if first is None and _END.search(text):
            self._ends[body["id"]] = text
        elif first not in (None, text):
            self._rewritten.append(f"{text} after {first}")

    def _add(self, server: Server, what: Change | Order) -> None:
        for last in self._happened[server][-1:]:
            if isinstance(last, Order):
                last.signals_after = len(server.signals)
        self._happened[server].append(what)

    def _is_settled(self, server: Server, told: dict[str, list[Line]]) -> bool:
        orders = (each for each in self._happened[server] if isinstance(each, Order))
        is_ended = all(order.has_ended for order in orders)
        return is_ended and _is_told(self._truth(server), told[server.name])

    def _truth(self, server: Server) -> list[Change]:
        return list(chain.from_iterable(map(_changes, self._happened[server])))

    def _told(self) -> dict[str, list[Line]]:
        """Return what can be read of each server, in order."""
        found: defaultdict[str, list[Line]] = defaultdict(list)
        for line in chain.from_iterable(map(lines, self._news)):
            if match := _LINE.search(line):
                said = found[match["name"]]
                by = int(match["by"]) if match["by"] else None
                if (match["word"], by) == ("restarted", None) and said[-1:] != [("stopped", None)]:
                    said.append(("stopped", None))  # its line was edited
                said.append((match["word"], by))
        return found


def _changes(what: Change | Order) -> Iterator[Change]:
    if isinstance(what, Change):
        yield what
    else:
        yield from (Change((_RESULTS[signal],), what.member.id) for signal in what.signals)


def _is_told(truth: Sequence[Change], said: Sequence[Line]) -> bool:
    """Whether each change is told once, in order, and nothing else is."""
    if len(truth) != len(said):
        return False
    pairs = zip(truth, said, strict=True)
    return all(word in change.words and by == change.by for change, (word, by) in pairs)
