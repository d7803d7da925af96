"""The demo by hand: typed lines become what members do, and every message is printed."""

from __future__ import annotations

import asyncio
import re
import shlex
import sys
from contextlib import suppress
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from bot.demo._stage import Stage
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message

_WELCOME = """
This is the real bot, on a make-believe Discord with make-believe panels. Nothing leaves
this machine. You are Mia, a moderator, who may manage the Discord server. Type:

  /server list                 what there is
  /status Survival             a card with buttons
  click Restart                press that button on the newest message that has it
  say hello                    fill in the form that is open (after: click Command)
  pick Lobby                   choose from the newest menu
  as helper                    be somebody else: moderator, helper, guest
  crash Creative               let a server crash; then look at it again
  panel down | panel up        let the machines behind the panels fail
  help | quit
"""


_TIME = re.compile(r"<t:(\d+):R>")


class _Mistake(Exception):
    """The line cannot be carried out; says why."""


async def converse(stage: Stage, seconds: float | None) -> None:
    """Print what to do, and do what is typed, until `quit`, the end of input or of the time."""
    print(_WELCOME, flush=True)
    console = _Console(stage)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            narrator = group.create_task(console.narrate())
            await console.obey(await _typed())
            narrator.cancel()


class _Console:
    """Who is typing, and what they asked for so far."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._who = "moderator"
        self._asked: list[Interaction] = []
        self._verbs: Mapping[str, Callable[[str], Awaitable[None]]] = {
            "as": self._become,
            "click": self._click,
            "pick": self._pick,
            "say": self._say,
            "crash": self._crash,
            "panel": self._panel,
            "help": self._help,
        }

    async def obey(self, typed: asyncio.StreamReader) -> None:
        """Carry out line by line."""
        while line := (await typed.readline()).decode().strip(" \r"):
            if line.strip() == "quit":
                return
            try:
                await self._carry_out(line.strip())
            except (_Mistake, ValueError, LookupError, TimeoutError) as mistake:
                print(f"  ! {mistake}", flush=True)

    async def narrate(self) -> None:
        """Print every message when it appears and whenever it changes."""
        told: dict[int, str] = {}
        while True:
            await self._stage.discord.until(lambda: self._texts() != told, timeout=1e9)
            for key, text in self._texts().items():
                if told.get(key) != text:
                    told[key] = text
                    print("\n".join(f"  │ {line}" for line in text.splitlines()), flush=True)

    def _texts(self) -> dict[int, str]:
        return {message.id: self._described(message) for message in self._messages()}

    def _messages(self) -> list[Message]:
        """All that can be read: by everybody, and by those who asked."""
        found = list(self._stage.channel.messages)
        for interaction in self._asked:
            found += [interaction.message] if interaction.message else []
            found += interaction.followups
        return sorted({message.id: message for message in found}.values(), key=lambda m: m.id)

    async def _carry_out(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        if line.startswith("/"):
            await self._slash(shlex.split(line[1:]))
        elif verb in self._verbs:
            await self._verbs[verb](rest.strip())
        elif verb:
            raise _Mistake(f"I do not know {verb!r}; type help")

    async def _slash(self, words: Sequence[str]) -> None:
        name, options, given = _command(self._stage.discord.commands, words)
        await self._ask(self._stage.discord.slash, name, _values(options, given))

    async def _click(self, label: str) -> None:
        message = self._newest(lambda message: label in [b.label for b in message.buttons])
        await self._ask(self._stage.discord.click, label, message=message)

    async def _pick(self, label: str) -> None:
        message = self._newest(lambda message: bool(message.selects))
        menu = message.selects[-1]
        options = dict(menu.options)
        if label not in options:
            raise _Mistake(f"the menu offers {', '.join(options)}")
        await self._ask(
            self._stage.discord.select, menu.custom_id, [options[label]], message=message
        )

    async def _say(self, text: str) -> None:
        form = next((asked for asked in reversed(self._asked) if asked.modal), None)
        if form is None:
            raise _Mistake("no form is open; click Command on a card first")
        member = self._stage.members[self._who]
        self._asked.append(await self._stage.discord.submit(member, form, {"line": f"say {text}"}))

    async def _ask(
        self,
        verb: Callable[..., Awaitable[Interaction]],
        *what: Any,
        message: Message | None = None,
    ) -> None:
        place = message or self._stage.channel
        interaction = await verb(self._stage.members[self._who], place, *what)
        self._asked.append(interaction)
        if interaction.failed:
            print("  ! The application did not respond", flush=True)
        if interaction.modal:
            title = interaction.modal["title"]
            print(f"  a form opens: {title}; answer with: say ...", flush=True)

    async def _become(self, who: str) -> None:
        if who not in self._stage.members:
            raise _Mistake(f"there are {', '.join(self._stage.members)}")
        self._who = who
        print(f"  you are {self._stage.members[who].user.name} now", flush=True)

    async def _crash(self, name: str) -> None:
        if name not in self._stage.servers:
            raise _Mistake(f"there are {', '.join(self._stage.servers)}")
        self._stage.servers[name].crash()
        print(f"  {name} has crashed; nobody but its panel knows", flush=True)

    async def _panel(self, how: str) -> None:
        if how not in ("up", "down"):
            raise _Mistake("say panel up or panel down")
        for server in self._stage.servers.values():
            server.node.up = how == "up"
        print(f"  the machines behind the panels are {how}", flush=True)

    async def _help(self, _: str) -> None:
        print(_WELCOME, flush=True)

    def _described(self, message: Message) -> str:
        """Return a message as text, with what can be pressed below it."""
        text = _TIME.sub(lambda found: _clock(int(found[1])), message.text)
        for member in self._stage.members.values():
            text = text.replace(member.mention, f"@{member.user.name}")
        buttons = " ".join(f"[{b.label}]" for b in message.buttons if not b.disabled)
        privacy = "(only you see this)" if message.ephemeral else ""
        return "\n".join(part for part in (text, buttons, privacy) if part)

    def _newest(self, fits: Callable[[Message], bool]) -> Message:
        member = self._stage.members[self._who]
        seen = [m for m in self._messages() if m.visible_to(member) and fits(m)]
        if not seen:
            raise _Mistake("no message has that")
        return seen[-1]


def _clock(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%X}"


async def _typed() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    protocol = asyncio.StreamReaderProtocol(reader)
    await asyncio.get_running_loop().connect_read_pipe(lambda: protocol, sys.stdin)
    return reader


def _command(
    registered: Sequence[Mapping[str, Any]], words: Sequence[str]
) -> tuple[str, list[Mapping[str, Any]], Sequence[str]]:
    """Find what was typed among the registered commands: its name, its options, the rest."""
    name: list[str] = []
    level: Sequence[Mapping[str, Any]] = registered
    for word in words:
        found = next((each for each in level if each["name"] == word), None)
        if found is None:
            break
        name.append(word)
        level = found.get("options", [])
        if not level or level[0]["type"] > 2:  # noqa: PLR2004 - 1 and 2 are subcommands and groups
            return " ".join(name), list(level), words[len(name) :]
    offered = ", ".join(each["name"] for each in level)
    raise _Mistake(f"/{' '.join(name)} goes on with one of: {offered}")


def _values(options: Sequence[Mapping[str, Any]], given: Sequence[str]) -> dict[str, Any]:
    """Take words as `name:value`, or in the order of the options."""
    names = [option["name"] for option in options]
    values: dict[str, Any] = {}
    for word in given:
        name, colon, value = word.partition(":")
        if not colon or name not in names:
            free = [each for each in names if each not in values]
            if not free:
                raise _Mistake(f"too much: {word}")
            name, value = free[0], word
        values[name] = value
    booleans = {option["name"] for option in options if option["type"] == 5}  # noqa: PLR2004
    return {name: value == "true" if name in booleans else value for name, value in values.items()}
