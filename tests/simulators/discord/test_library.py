"""The real discord.py against the stand-in: what a slash-command bot does all day."""

from __future__ import annotations

import asyncio
import io
from typing import TYPE_CHECKING, Any

import discord
import pytest
from discord import app_commands, ui

if TYPE_CHECKING:
    import re
    from collections.abc import AsyncIterator, Callable, Coroutine

    from bot.simulators.discord import DiscordStandIn
    from bot.simulators.discord.entities import Channel, Guild, Member
    from tests.simulators.discord.bots import LibraryBot


class Power(ui.DynamicItem[ui.Button[Any]], template=r"p:(?P<action>\w+):(?P<server>\w+)"):
    """A button that works without being remembered."""

    def __init__(self, action: str, server: str) -> None:
        super().__init__(
            ui.Button(label=action.title(), custom_id=f"p:{action}:{server}"),
        )
        self.action, self.server = action, server

    @classmethod
    async def from_custom_id(
        cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
    ) -> Power:
        return cls(match["action"], match["server"])

    async def callback(self, interaction: discord.Interaction[Any]) -> None:
        await interaction.response.edit_message(view=card(f"{self.server}: {self.action} asked"))


class Question(ui.Modal, title="Console"):
    """A form with one line."""

    line: ui.Label[Question] = ui.Label(text="Command", component=ui.TextInput(max_length=20))

    async def on_submit(self, interaction: discord.Interaction[Any]) -> None:
        assert isinstance(self.line.component, ui.TextInput)
        await interaction.response.send_message(f"sent {self.line.component.value}")


def card(text: str) -> ui.LayoutView:
    view = ui.LayoutView(timeout=None)
    row: ui.ActionRow[Any] = ui.ActionRow(Power("restart", "abc"))
    view.add_item(ui.Container(ui.TextDisplay(text), ui.Separator(), row, accent_colour=0x00FF00))
    return view


def with_commands(bot: LibraryBot) -> LibraryBot:
    group = app_commands.Group(name="server", description="Servers", guild_only=True)

    async def suggest(
        interaction: discord.Interaction[Any], current: str
    ) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current} · running", value="main:1a2b3c4d")]

    @group.command(name="status", description="The card")
    @app_commands.autocomplete(server=suggest)
    async def status(interaction: discord.Interaction[Any], server: str) -> None:
        await interaction.response.send_message(view=card(f"status of {server}"))

    @group.command(name="restart", description="Restart")
    async def restart(interaction: discord.Interaction[Any], force: bool = False) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.edit_original_response(content="restarting")
        await interaction.edit_original_response(content=f"running, force={force}")

    @group.command(name="command", description="Console")
    async def command(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_modal(Question(timeout=60))

    @group.command(name="private", description="For your eyes only")
    async def private(interaction: discord.Interaction[Any]) -> None:
        await interaction.response.send_message("psst", ephemeral=True)
        await interaction.followup.send("and more", ephemeral=True)

    @group.command(name="graph", description="A picture")
    async def graph(interaction: discord.Interaction[Any]) -> None:
        picture = discord.File(io.BytesIO(b"\x89PNG"), filename="graph.png")
        view = ui.LayoutView(timeout=60)
        gallery: ui.MediaGallery[ui.LayoutView] = ui.MediaGallery()
        view.add_item(gallery.add_item(media=picture))
        await interaction.response.send_message(view=view, file=picture)
        view.stop()

    bot.tree.add_command(group)
    bot.add_dynamic_items(Power)
    return bot


@pytest.fixture
async def running(library: type[LibraryBot], channel: Channel) -> AsyncIterator[LibraryBot]:
    bot = with_commands(library())
    async with bot.running():
        yield bot


async def test_logs_in_syncs_and_knows_its_guild(
    running: LibraryBot, standin: DiscordStandIn, guild: Guild, channel: Channel
) -> None:
    assert running.application_id == standin.application.id
    assert [command["name"] for command in standin.commands] == ["server"]
    found = running.get_guild(guild.id)
    assert found is not None
    assert found.owner_id == guild.owner_id
    assert found.get_channel(channel.id) is not None


async def test_a_late_guild_role_and_channel_reach_the_bot(
    running: LibraryBot, standin: DiscordStandIn
) -> None:
    joined: asyncio.Future[discord.Guild] = asyncio.get_running_loop().create_future()
    running.add_listener(_setter(joined), "on_guild_join")
    late = standin.add_guild("Late", locale="fr")
    guild = await asyncio.wait_for(joined, 10)
    added: asyncio.Future[discord.abc.GuildChannel] = asyncio.get_running_loop().create_future()
    running.add_listener(_setter(added), "on_guild_channel_create")
    role, channel = late.add_role("Helpers"), late.add_channel("news")
    assert (await asyncio.wait_for(added, 10)).id == channel.id
    assert guild.preferred_locale is discord.Locale.french
    assert guild.get_role(role.id) is not None
    removed: asyncio.Future[discord.Guild] = asyncio.get_running_loop().create_future()
    running.add_listener(_setter(removed), "on_guild_remove")
    late.remove_bot()
    assert (await asyncio.wait_for(removed, 10)).id == late.id


async def test_a_deleted_role_is_gone_for_the_bot_and_for_who_had_it(
    running: LibraryBot, guild: Guild
) -> None:
    role = guild.add_role("Passing")
    member = guild.add_member("Pia", roles=[role])
    deleted: asyncio.Future[discord.Role] = asyncio.get_running_loop().create_future()
    running.add_listener(_setter(deleted), "on_guild_role_delete")
    guild.delete_role(role)
    assert (await asyncio.wait_for(deleted, 10)).id == role.id
    assert role not in guild.roles
    assert member.roles == []


async def test_a_slash_command_shows_a_card_with_components(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    used = await standin.slash(mia, channel, "server status", {"server": "x"})
    message = await used.reply()
    assert message.text == "status of x"
    assert [button.label for button in message.buttons] == ["Restart"]
    assert channel.messages == [message]
    assert used.ack_seconds is not None
    assert not used.failed


async def test_autocomplete_returns_names_and_values(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    choices = await standin.autocomplete(mia, channel, "server status", "server", "sur")
    assert choices == [("sur · running", "main:1a2b3c4d")]


async def test_a_button_that_is_not_remembered_updates_its_message(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    used = await standin.slash(mia, channel, "server status", {"server": "x"})
    message = await used.reply()
    pressed = await standin.click(mia, message, "Restart")
    assert pressed.message is message
    assert message.text == "abc: restart asked"
    assert message.edited


async def test_a_deferred_answer_is_thinking_until_its_first_edit(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    used = await standin.slash(mia, channel, "server restart", {"force": True})
    await standin.until(lambda: "running" in used.message.text)  # type: ignore[union-attr] # "not yet" is what is tested
    assert used.text == "running, force=True"
    assert not used.thinking


async def test_a_modal_is_opened_filled_in_and_answered(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    opened = await standin.slash(mia, channel, "server command")
    assert opened.modal is not None
    [field] = [part["component"]["custom_id"] for part in opened.modal["components"]]
    sent = await standin.submit(mia, opened, {field: "say hi"})
    assert (await sent.reply()).text == "sent say hi"


async def test_private_answers_stay_out_of_the_channel(
    running: LibraryBot, standin: DiscordStandIn, guild: Guild, channel: Channel, mia: Member
) -> None:
    used = await standin.slash(mia, channel, "server private")
    await standin.until(lambda: used.followups)
    assert [message.text for message in used.followups] == ["and more"]
    message = await used.reply()
    assert message.ephemeral
    assert message.visible_to(mia)
    assert not message.visible_to(guild.owner)
    assert channel.messages == []


async def test_a_file_becomes_an_attachment_that_components_refer_to(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel, mia: Member
) -> None:
    message = await (await standin.slash(mia, channel, "server graph")).reply()
    [file] = message.attachments
    assert (file.filename, file.data) == ("graph.png", b"\x89PNG")
    media = message.components[0]["items"][0]["media"]
    assert media["url"] == file.url


async def test_the_bot_writes_edits_and_deletes_in_a_channel(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel
) -> None:
    where = await running.fetch_channel(channel.id)
    assert isinstance(where, discord.TextChannel)
    sent = await where.send("one")
    await sent.edit(content="two")
    assert [message.text for message in channel.messages] == ["two"]
    assert [message.content async for message in where.history()] == ["two"]
    answer = await sent.reply("three")
    assert answer.reference is not None
    await sent.delete()
    assert [message.text for message in channel.messages] == ["three"]


async def test_an_old_message_becomes_a_card(
    running: LibraryBot, standin: DiscordStandIn, channel: Channel
) -> None:
    where = running.get_partial_messageable(channel.id)
    sent = await where.send("plain")
    await sent.edit(content=None, view=card("now a card"))
    [message] = channel.messages
    assert message.text == "now a card"
    with pytest.raises(discord.HTTPException) as refused:
        await sent.edit(content="plain again")
    assert refused.value.code == 50035


def _setter(future: asyncio.Future[Any]) -> Callable[[object], Coroutine[Any, Any, None]]:
    async def listener(value: object) -> None:
        future.set_result(value)

    return listener
