"""The demo by hand: typed lines become what members do, and every message is printed."""

from __future__ import annotations

import asyncio
import os
import stat
import sys
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from bot.demo import _lines
from bot.demo._lines import Mistake
from bot.demo._reading import described, plain, things
from bot.simulators.discord import RefusedError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

    from bot.demo._lines import Values
    from bot.demo._stage import Stage
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message

_WELCOME = """
This is the real bot, on a make-believe Discord with make-believe panels. Nothing leaves
this machine. Use it on the page, or in here, where you are Mia, a moderator, who may manage the
Discord server. Type:

  /server list                 what there is
  /status Survival             a card with buttons
  click Restart                press that button on the newest message that has it
  say list                     fill in the form that is open (after: click Command)
  /manage update Survival      change a server; then: click Name, to open that form
  fill Name=SMP Egg=Paper      fill in the form that is open, by its labels; then: click Save
  /server watch Survival       see its console for a while; then click Stop
  pick Lobby                   choose from the newest menu
  as helper                    be somebody else: owner, moderator, helper, guest
  /notify add #alerts problems let a channel be told what goes wrong
  crash Creative               let a server crash; #alerts is told, and /status shows it
  panel down | panel up        let the machines behind the panels fail
  help | quit
"""


_LONGEST = 64 * 1024
_LONGEST_ANSWER = 300


async def converse(stage: Stage, seconds: float | None) -> None:
    """Print what to do, and do what is typed, until `quit` or the end of input or of the time.

    Where a time is given, the end of input does not end it.
    """
    _print(_WELCOME)
    console = Console(stage)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            narrator = group.create_task(console.narrate())
            has_quit = await console.obey(await _typed())
            if seconds is not None and not has_quit:
                await asyncio.Event().wait()
            console.tell_news()
            narrator.cancel()


class Console:
    """Who is typing, and what they asked for so far."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._who = "moderator"
        self._asked: list[Interaction] = []
        self._told: dict[int, str] = {}
        self._verbs: Mapping[str, Callable[[str], Awaitable[None]]] = {
            "as": self._become,
            "click": self._click,
            "pick": self._pick,
            "say": self._say,
            "fill": self._fill,
            "crash": self._crash,
            "panel": self._panel,
            "help": self._help,
        }

    async def obey(self, typed: asyncio.StreamReader) -> bool:
        """Carry out line by line; True if the last one was `quit`."""
        while True:
            try:
                line = await _line(typed)
                if not line:
                    return False
                if line.strip() == "quit":
                    return True
                await self._carry_out(line.strip())
            except (Mistake, RefusedError, TimeoutError) as mistake:
                _print(f"  ! {str(mistake)[:_LONGEST_ANSWER]}")

    async def narrate(self) -> None:
        """Print every message when it appears and whenever it changes."""
        while True:
            await self._stage.discord.until(lambda: self._texts() != self._told, timeout=1e9)
            self.tell_news()

    def tell_news(self) -> None:
        """Print what was not printed yet."""
        before, self._told = self._told, self._texts()
        for key, text in self._told.items():
            if before.get(key) != text:
                _print("\n".join(f"  │ {line}" for line in text.splitlines()))

    def _texts(self) -> dict[int, str]:
        return {message.id: described(self._stage, message) for message in self._messages()}

    def _messages(self) -> list[Message]:
        """All that can be read: by everybody, and by those who asked."""
        found = [m for channel in self._stage.guild.channels for m in channel.messages]
        for interaction in self._asked:
            found += [interaction.message] if interaction.message else []
            found += interaction.followups
        return sorted({message.id: message for message in found}.values(), key=lambda m: m.id)

    async def _carry_out(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        if line.startswith("/"):
            await self._slash(line[1:])
        elif verb in self._verbs:
            await self._verbs[verb](rest.strip())
        elif verb:
            raise Mistake(f"I do not know {verb!r}; type help")

    async def _slash(self, line: str) -> None:
        name, offered, given = _lines.command(self._stage.discord.commands, line)
        values = _lines.options(offered, given, things(self._stage))
        await self._ask(self._stage.discord.slash, name, values)

    async def _click(self, label: str) -> None:
        if not label:
            raise Mistake("say which button: click Restart")
        message = self._newest(lambda message: bool(_called(label, message)))
        await self._ask(self._stage.discord.click, _called(label, message)[0], message=message)

    async def _pick(self, label: str) -> None:
        message = self._newest(lambda message: bool(message.selects))
        named = things(self._stage)
        for menu in reversed(message.selects):
            chosen = dict(menu.options).get(label) if menu.options else named.get(label)
            if chosen is not None:
                select = self._stage.discord.select
                await self._ask(select, menu.custom_id, [chosen], message=message)
                return
        offered = [each for menu in message.selects for each, _ in menu.options]
        raise Mistake(f"the menu offers {', '.join(offered or named)}")

    async def _say(self, text: str) -> None:
        await self._submit(_lines.said, text)

    async def _fill(self, text: str) -> None:
        await self._submit(_lines.filled, text)

    async def _submit(self, read: Callable[[Mapping[str, Any], str], Values], text: str) -> None:
        member = self._stage.members[self._who]
        for asked in reversed(self._asked):
            if asked.modal is not None and asked.actor is member:
                values = read(asked.modal, text)
                await self._hear(await self._stage.discord.submit(member, asked, values))
                return
        raise Mistake("no form is open; click Command on a card first")

    async def _ask(
        self,
        verb: Callable[..., Awaitable[Interaction]],
        *what: Any,
        message: Message | None = None,
    ) -> None:
        place = message or self._stage.channel
        await self._hear(await verb(self._stage.members[self._who], place, *what))

    async def _hear(self, interaction: Interaction) -> None:
        self._asked.append(interaction)
        # What is typed next may be about the answer.
        await self._stage.discord.until(lambda: not interaction.thinking)
        if interaction.failed:
            _print("  ! The application did not respond")
        if interaction.modal:
            form = interaction.modal
            _print(f"  a form opens: {form['title']}: {', '.join(_lines.labels(form))}")
            _print(f"  answer with: {_lines.how_to_answer(form)}")

    async def _become(self, who: str) -> None:
        if who not in self._stage.members:
            raise Mistake(f"there are {', '.join(self._stage.members)}")
        self._who = who
        _print(f"  you are {self._stage.members[who].user.name} now")

    async def _crash(self, name: str) -> None:
        if name not in self._stage.servers:
            raise Mistake(f"there are {', '.join(self._stage.servers)}")
        self._stage.servers[name].crash()
        _print(f"  {name} has crashed; nobody but its panel knows")

    async def _panel(self, how: str) -> None:
        if how not in ("up", "down"):
            raise Mistake("say panel up or panel down")
        for server in self._stage.servers.values():
            server.node.up = how == "up"
        _print(f"  the machines behind the panels are {how}")

    async def _help(self, _: str) -> None:
        _print(_WELCOME)

    def _newest(self, fits: Callable[[Message], bool]) -> Message:
        member = self._stage.members[self._who]
        seen = [m for m in self._messages() if m.visible_to(member) and fits(m)]
        if not seen:
            raise Mistake("no message has that")
        return seen[-1]


def _print(text: str) -> None:
    print(plain(text), flush=True)


def _called(label: str, message: Message) -> list[str]:
    """Return the labels of a message's buttons that begin so, an exact one first."""
    labels = [button.label for button in message.buttons if button.label.startswith(label)]
    return sorted(labels, key=len)


async def _line(typed: asyncio.StreamReader) -> str:
    try:
        return (await typed.readline()).decode(errors="replace")
    except ValueError:
        raise Mistake("that is too long for one line") from None


async def _typed() -> asyncio.StreamReader:
    reader = asyncio.StreamReader(limit=_LONGEST)
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not (sys.stdin.isatty() or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        # A file or nothing at all: an event loop cannot wait for these, and need not.
        reader.feed_data(sys.stdin.buffer.read())
        reader.feed_eof()
    else:
        protocol = asyncio.StreamReaderProtocol(reader)
        await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return reader
