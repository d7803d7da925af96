"""A short scenario, played through real discord.py, and what was seen of it in the channels."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from bot.demo._stage import Stage
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message

_GRACE = 30.0
"""Seconds beyond the asked ones before a step counts as failed: machines can be slow."""


async def play(stage: Stage) -> dict[str, Any]:
    """Play all steps; returns what each saw and whether all of it was as it must be."""
    began = time.monotonic()
    scenes: list[Callable[[Stage], Coroutine[Any, Any, str]]] = [
        a_moderator_lists_the_servers,
        a_helper_looks_at_a_card,
        a_helper_restarts_by_button,
        a_helper_may_not_stop,
        a_moderator_asks_the_console,
        a_guest_sees_nothing,
        a_crash_is_seen,
    ]
    steps = [await _step(scene, stage) for scene in scenes]
    return {
        "ok": all(step["ok"] for step in steps),
        "seconds": round(time.monotonic() - began, 2),
        "steps": steps,
        "channels": {stage.channel.name: [message.text for message in stage.channel.messages]},
        "signals": {name: list(server.signals) for name, server in stage.servers.items()},
    }


async def a_moderator_lists_the_servers(stage: Stage) -> str:
    """Whoever has Manage Server sees those of all kinds of panel, each in its true state."""
    text, missing = "", list(stage.servers)
    async with asyncio.timeout(stage.seconds + _GRACE):
        # Each panel is read in its own time.
        while missing:
            asked = await _slash(stage, "moderator", "server list")
            text = (await asked.reply()).text
            missing = [
                name
                for name, server in stage.servers.items()
                if f"**{name}** · {server.state}" not in text
            ]
    return text


async def a_helper_looks_at_a_card(stage: Stage) -> str:
    """The card shows the state and offers what is possible."""
    asked = await _slash(stage, "helper", "server status", server="Survival")
    card = await asked.reply()
    enabled = {button.label for button in card.buttons if not button.disabled}
    _expect("running" in card.text, f"the card does not say running: {card.text}")
    _expect("Restart" in enabled, f"the card does not offer Restart: {enabled}")
    _expect("Start" not in enabled, "the card offers to start a running server")
    return card.text


async def a_helper_restarts_by_button(stage: Stage) -> str:
    """The receipt ends only when the server is seen running again."""
    card = next(message for message in stage.channel.messages if message.buttons)
    await stage.discord.click(stage.members["helper"], card, "Restart")
    receipt = await _until_message(stage, "**Survival** is running ·")
    _expect(stage.servers["Survival"].signals == ["restart"], "not exactly one restart arrived")
    return receipt.text


async def a_helper_may_not_stop(stage: Stage) -> str:
    """A missing right is named, in private, and nothing reaches the panel."""
    asked = await _slash(stage, "helper", "server stop", server="Lobby")
    answer = await asked.reply()
    _expect(answer.ephemeral, "the denial is public")
    _expect("may not stop" in answer.text, f"the denial does not name the right: {answer.text}")
    _expect(not stage.servers["Lobby"].signals, "the panel was asked to stop Lobby")
    return answer.text


async def a_moderator_asks_the_console(stage: Stage) -> str:
    """A command is answered with what the game printed."""
    asked = await _slash(stage, "moderator", "server command", server="Lobby", command="list")
    answer = await asked.reply()
    _expect(answer.ephemeral, "the answer is public")
    _expect("players online" in answer.text, f"the game's answer is missing: {answer.text}")
    return answer.text


async def a_guest_sees_nothing(stage: Stage) -> str:
    """What may not be seen is answered like what does not exist."""
    texts = []
    for name in ("Survival", "Atlantis"):
        asked = await _slash(stage, "guest", "restart", server=name)
        texts.append((await asked.reply()).text.replace(name, "…"))
    _expect(texts[0] == texts[1], f"the answers differ: {texts}")
    suggested = await stage.discord.autocomplete(
        stage.members["guest"], stage.channel, "restart", "server", ""
    )
    _expect(not suggested, f"a guest is offered {suggested}")
    return texts[0]


async def a_crash_is_seen(stage: Stage) -> str:
    """A fresh look shows the server down, once the panel's own cache has passed."""
    stage.servers["Creative"].crash()
    asked = await _slash(stage, "helper", "server status", server="Creative")
    card = await asked.reply()
    async with asyncio.timeout(stage.seconds + _GRACE):
        while "offline" not in card.text:
            await asyncio.sleep(stage.seconds / 60)
            await stage.discord.click(stage.members["helper"], card, "Refresh")
    return card.text


async def _step(scene: Callable[[Stage], Coroutine[Any, Any, str]], stage: Stage) -> dict[str, Any]:
    step: dict[str, Any] = {"step": scene.__name__.replace("_", " "), "ok": True}
    try:
        step["saw"] = await scene(stage)
    except (AssertionError, TimeoutError, StopIteration) as error:
        step |= {"ok": False, "problem": f"{type(error).__name__}: {error}"}
    return step


async def _slash(stage: Stage, who: str, command: str, /, **options: str) -> Interaction:
    return await stage.discord.slash(stage.members[who], stage.channel, command, options)


async def _until_message(stage: Stage, text: str) -> Message:
    def found() -> list[Message]:
        return [message for message in stage.channel.messages if text in message.text]

    await stage.discord.until(lambda: bool(found()), timeout=stage.seconds + _GRACE)
    return found()[-1]


def _expect(condition: object, problem: str) -> None:
    if not condition:
        raise AssertionError(problem)
