"""`/setup` end to end: from nothing to servers that members can use, in one private message."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.simulators.discord.permissions import Permission

if TYPE_CHECKING:
    from bot.simulators.discord.entities import Channel, Guild
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage


class Beginner:
    """An admin of a guild in which nothing is set up yet."""

    def __init__(self, stage: Stage) -> None:
        self.stage = stage
        self.guild: Guild = stage.discord.add_guild("Fresh")
        self.channel: Channel = self.guild.add_channel("general")
        self.crew = self.guild.add_role("Crew")
        self.member = self.guild.add_member("Cleo", roles=[self.crew])
        self.me = self.guild.owner

    async def uses(self, command: str, **options: object) -> Message:
        """Use a command."""
        asked = await self.stage.discord.slash(self.me, self.channel, command, options)
        return await asked.reply()

    async def picks(self, message: Message, menu: str, *values: object) -> None:
        """Pick from a menu."""
        await self.stage.discord.select(self.me, message, menu, list(values))  # type: ignore[arg-type]

    async def goes(self, message: Message, where: str, *, until: str) -> None:
        """Press a button of the way."""
        await self.stage.click(self.me, message, where)
        await self.stage.until_text(message, until)

    async def adds_a_panel(self, message: Message) -> None:
        """Fill in the form that step one opens."""
        opened = await self.stage.discord.select(self.me, message, "d1ik", ["pterodactyl"])
        values = {"name": "Annex", "address": self.stage.panel.url, "key.key": self.stage.key}
        await self.stage.discord.submit(self.me, opened, values)
        await self.stage.until_text(message, "Annex is added")


@pytest.fixture
def beginner(stage: Stage) -> Beginner:
    return Beginner(stage)


async def test_it_leads_from_nothing_to_servers_that_members_can_use(
    stage: Stage, beginner: Beginner
) -> None:
    message = await beginner.uses("setup")
    assert message.ephemeral
    assert "Setup · 1 of 5: Panel" in message.text
    await beginner.adds_a_panel(message)
    await beginner.goes(message, "Go on ▶", until="Annex**: 0 servers")
    [(_, panel_id)] = message.selects[0].options
    await beginner.picks(message, "d1ip", panel_id)
    await stage.until_text(message, "0 of 3 are used")
    await stage.click(beginner.me, message, "All, also future ones")
    await stage.until_text(message, "All of them")
    await beginner.goes(message, "Go on ▶", until="3 of 5: Roles")
    await beginner.picks(message, "d1ir", beginner.crew)
    await stage.until_text(message, f"What may {beginner.crew.mention} do")
    await beginner.picks(message, f"d1ig:{beginner.crew.id:x}", "operator")
    await stage.until_text(message, f"{beginner.crew.mention} may now")
    await beginner.goes(message, "Go on ▶", until="4 of 5: Channel")
    await beginner.picks(message, "d1ic", beginner.channel)
    await stage.until_text(message, f"Audit channel: {beginner.channel.mention}")
    await beginner.goes(message, "Go on ▶", until="5 of 5: News")
    await beginner.picks(message, "d1in", beginner.channel)
    await stage.until_text(message, f"{beginner.channel.mention} · problems · all servers")
    await beginner.goes(message, "Go on ▶", until="what members can do now")
    assert f"News: {beginner.channel.mention}" in message.text
    assert "3 servers can be used here." in message.text
    assert f"{beginner.crew.mention} may view, start, restart all servers" in message.text
    asked = await stage.discord.slash(beginner.member, beginner.channel, "server list")
    assert "Survival" in (await asked.reply()).text
    shown = await stage.discord.select(beginner.me, message, "d1is", [beginner.crew])
    seen = await stage.told(shown)
    assert seen.ephemeral
    assert "Survival" in seen.text


async def test_each_step_can_be_left_out_and_repeated(stage: Stage, beginner: Beginner) -> None:
    message = await beginner.uses("setup")
    for until in ("2 of 5", "3 of 5", "4 of 5", "5 of 5", "No role has any right yet"):
        await beginner.goes(message, "Go on ▶", until=until)
    for until in ("5 of 5", "4 of 5", "3 of 5"):
        await beginner.goes(message, "◀ Back", until=until)
    await beginner.picks(message, "d1ir", beginner.crew)
    await stage.until_text(message, "do with all servers?")
    await beginner.goes(message, "◀ Back", until="2 of 5")


async def test_it_goes_on_after_a_restart_of_the_bot_where_it_was(
    stage: Stage, beginner: Beginner
) -> None:
    message = await beginner.uses("setup")
    await beginner.adds_a_panel(message)
    await stage.stop_bot(stage.bots[0])
    await stage.start_bot_only()
    await beginner.goes(message, "Go on ▶", until="2 of 5: Servers")
    again = await beginner.uses("setup")
    assert "2 of 5: Servers" in again.text


async def test_it_names_the_missing_permission_in_the_very_channel(
    stage: Stage, beginner: Beginner
) -> None:
    closed = beginner.guild.add_channel("closed")
    closed.bot_permissions = Permission.VIEW_CHANNEL
    beginner.channel.bot_permissions = Permission.SEND_MESSAGES
    message = await beginner.uses("setup")
    for until in ("2 of 5", "3 of 5", "4 of 5"):
        await beginner.goes(message, "Go on ▶", until=until)
    await beginner.picks(message, "d1ic", closed)
    await stage.until_text(message, f"I am missing in {closed.mention}: **Send Messages**")
    await beginner.goes(message, "Go on ▶", until="5 of 5")
    await beginner.picks(message, "d1in", closed)
    await stage.until_text(message, f"⚠️ I am missing in {closed.mention}: **Send Messages**")
    await beginner.goes(message, "Go on ▶", until="missing in this channel: **View Channel**")


async def test_it_begins_with_what_is_not_done_yet(stage: Stage) -> None:
    message = await stage.answer(stage.owner, "setup")
    assert "4 of 5: Channel" in message.text
