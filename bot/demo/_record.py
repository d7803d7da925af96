"""The tour, played without a page, and what was said in the channels meanwhile, as Markdown."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.demo import _lines
from bot.demo._reading import plain, readable, things
from bot.demo._tour import STEPS
from bot.simulators.discord import RefusedError

if TYPE_CHECKING:
    from bot.demo._stage import Stage
    from bot.simulators.discord.exchange import Exchange
    from bot.simulators.discord.message import Message
    from bot.simulators.world import Server

_INTRODUCTION = """\
# A tour, word for word

What the bot said while `python -m bot demo --record` played the tour of the demo page: the real
bot, a make-believe Discord, make-believe panels. Behind each answer stands who sees it; a message
that changes is shown again.
"""


@dataclass(slots=True)
class Recorded:
    """What was written down so far, and why it ended early, if it did."""

    parts: list[str] = field(default_factory=lambda: [_INTRODUCTION])
    problem: str | None = None

    @property
    def text(self) -> str:
        """All that was written down."""
        return "\n".join(self.parts)

    def write(self, text: str) -> None:
        """Write a paragraph down."""
        self.parts.append(plain(text))


async def record(recorded: Recorded, stage: Stage) -> None:
    """Play all steps, until one goes wrong."""
    scribe = _Scribe(stage, recorded)
    for number, step in enumerate(STEPS, start=1):
        recorded.write(f"## {number}. {step.title}\n\n{step.told}\n")
        try:
            await step.play(scribe)
        except (AssertionError, TimeoutError, StopIteration, RefusedError, _lines.Mistake) as error:
            recorded.problem = plain(f"{step.title}: {type(error).__name__}: {error}")
            return


class _Scribe:
    """Acts for the members, and writes down what they do and what they are told."""

    def __init__(self, stage: Stage, recorded: Recorded) -> None:
        self.stage = stage
        self._write = recorded.write
        self._known = {message.id: message.text for message in stage.discord.messages}
        stage.discord.on_exchange.append(self._look)

    async def slash(self, who: str, line: str) -> Message:
        """Use a command as it is typed."""
        discord, stage = self.stage.discord, self.stage
        name, offered, given = _lines.command(discord.commands, line.removeprefix("/"))
        values = _lines.options(offered, given, things(stage))
        self._write(f"**{self._name(who)}** types `{line}`\n")
        asked = await discord.slash(stage.members[who], stage.channel, name, values)
        return await asked.reply()

    async def click(self, who: str, message: Message, label: str) -> None:
        """Press a button."""
        self._write(f"**{self._name(who)}** presses *{label}*\n")
        await self.stage.discord.click(self.stage.members[who], message, label)

    def crash(self, server: Server) -> None:
        """Let a server crash."""
        self._write(f"*{server.name} crashes.*\n")
        server.crash()

    def _look(self, _exchange: Exchange) -> None:
        """Write down what has appeared or changed; called whenever the bot has said something."""
        for message in self.stage.discord.messages:
            text = message.text
            if text and not message.loading and self._known.get(message.id) != text:
                is_new = message.id not in self._known
                self._known[message.id] = text
                self._write(self._quoted(message, is_new=is_new))

    def _quoted(self, message: Message, *, is_new: bool) -> str:
        seen = "" if message.viewer is None else f", only {message.viewer.name} sees it"
        place = f"#{message.channel.name}" + ("" if is_new else ", changed")
        # Two spaces at the end keep the line where it is.
        lines = map(_markdown, readable(self.stage, message.text).splitlines())
        buttons = " ".join(f"`{button.label}`" for button in message.buttons if not button.disabled)
        quoted = "  \n".join(f"> {line}" for line in [*lines, buttons] if line)
        return f"{message.author.name} in {place}{seen}:\n\n{quoted}\n"

    def _name(self, who: str) -> str:
        return f"{self.stage.members[who].user.name} ({who})"


def _markdown(line: str) -> str:
    """Return a line as Markdown has it; small print is Discord's own."""
    return f"<sub>{line.removeprefix('-# ')}</sub>" if line.startswith("-# ") else line
