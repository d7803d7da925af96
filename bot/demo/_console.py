"""The demo by hand: typed lines become what members do, and every message is printed."""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import stat
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
  /manage update Survival      change a server; then: click Name, to open that form
  fill Name=SMP Egg=Paper      fill in the form that is open, by its labels; then: click Save
  /server watch Survival       see its console for a while; then click Stop
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
    """Print what to do, and do what is typed, until `quit` or the end of input or of the time.

    Where a time is given, the end of input does not end it.
    """
    print(_WELCOME, flush=True)
    console = _Console(stage)
    with suppress(TimeoutError):
        async with asyncio.timeout(seconds), asyncio.TaskGroup() as group:
            narrator = group.create_task(console.narrate())
            has_quit = await console.obey(await _typed())
            if seconds is not None and not has_quit:
                await asyncio.Event().wait()
            console.tell_news()
            narrator.cancel()


class _Console:
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
        while line := (await typed.readline()).decode(errors="replace"):
            if line.strip() == "quit":
                return True
            try:
                await self._carry_out(line.strip())
            except (_Mistake, ValueError, LookupError, TimeoutError) as mistake:
                print(f"  ! {mistake}", flush=True)
        return False

    async def narrate(self) -> None:
        """Print every message when it appears and whenever it changes."""
        while True:
            await self._stage.discord.until(lambda: self._texts() != self._told, timeout=1e9)
            self.tell_news()

    def tell_news(self) -> None:
        """Print what was not printed yet."""
        for key, text in self._texts().items():
            if self._told.get(key) != text:
                self._told[key] = text
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
        message = self._newest(lambda message: bool(_called(label, message)))
        await self._ask(self._stage.discord.click, _called(label, message)[0], message=message)

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
        await self._submit({"line": f"say {text}"})

    async def _fill(self, text: str) -> None:
        pairs = [word.partition("=") for word in shlex.split(text)]
        labelled = {label: value for label, _, value in pairs}
        modal = self._form().modal or {}
        await self._submit(_given(modal["components"], labelled))

    async def _submit(self, values: dict[str, str | list[str]]) -> None:
        member = self._stage.members[self._who]
        self._asked.append(await self._stage.discord.submit(member, self._form(), values))

    def _form(self) -> Interaction:
        form = next((asked for asked in reversed(self._asked) if asked.modal), None)
        if form is None:
            raise _Mistake("no form is open; click Command on a card first")
        return form

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
            labels = [part["label"] for part in interaction.modal["components"] if "label" in part]
            print(f"  a form opens: {title}: {', '.join(labels)}", flush=True)
            print("  answer with: say ..., or fill Label=value ...", flush=True)

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


def _called(label: str, message: Message) -> list[str]:
    """Return the labels of a message's buttons that begin so, an exact one first."""
    labels = [button.label for button in message.buttons if button.label.startswith(label)]
    return sorted(labels, key=len)


def _given(
    parts: Sequence[Mapping[str, Any]], labelled: Mapping[str, str]
) -> dict[str, str | list[str]]:
    """Return what a form is sent: what was typed at its labels, all else as it stands there."""
    given: dict[str, str | list[str]] = {}
    for part in parts:
        asked = part.get("component", {})
        text = labelled.get(part.get("label", ""))
        if "options" in asked:
            given[asked["custom_id"]] = [
                option["value"]
                for option in asked["options"]
                if (option.get("default") if text is None else option["label"] == text)
            ]
        elif text is not None:
            given[asked["custom_id"]] = text
    unknown = labelled.keys() - {part.get("label") for part in parts}
    if unknown:
        raise _Mistake(f"the form does not ask for {', '.join(sorted(unknown))}")
    return given


def _clock(seconds: int) -> str:
    return f"{datetime.fromtimestamp(seconds, UTC).astimezone():%X}"


async def _typed() -> asyncio.StreamReader:
    reader = asyncio.StreamReader()
    mode = os.fstat(sys.stdin.fileno()).st_mode
    if not (sys.stdin.isatty() or stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode)):
        # A file or nothing at all: an event loop cannot wait for these, and need not.
        reader.feed_data(sys.stdin.buffer.read())
        reader.feed_eof()
    else:
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
