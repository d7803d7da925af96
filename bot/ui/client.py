"""The Discord client: intents and set-up, nothing else."""

from __future__ import annotations

import asyncio
import threading
from typing import TYPE_CHECKING, Any

import discord
from discord.ext import commands
from discord.gateway import KeepAliveHandler

from bot.ui import forms
from bot.ui.access import Expire, TakeBack
from bot.ui.access_pages import TurnAccess
from bot.ui.board_items import BoardButton
from bot.ui.cogs import build_cogs
from bot.ui.confirm import ConfirmOrder, Reason
from bot.ui.data_deletion import DeleteData
from bot.ui.drafts import FillIn, Give, TurnDraft
from bot.ui.errors import guard, too_old
from bot.ui.events import GuildEvents
from bot.ui.history import TurnHistory
from bot.ui.i18n import CommandTranslator
from bot.ui.items import ServerButton
from bot.ui.link import Link, answer_trace
from bot.ui.notify import NewsButton, PickEvents
from bot.ui.notify_pages import OpenNews, TurnNews
from bot.ui.pager import OpenCard, TurnPage
from bot.ui.panel_entry import PanelAgain, Typed
from bot.ui.panel_list import BringBack, PanelFate, TurnPanels
from bot.ui.panel_ticks import ChoiceButton, TickServers
from bot.ui.settings import Choose, ChooseAuditChannel
from bot.ui.setup_items import (
    PickAuditChannel,
    PickGrant,
    PickKind,
    PickPanel,
    PickRole,
    SeeAsRole,
)
from bot.ui.setup_nav import GoTo
from bot.ui.setup_news import PickNewsChannel
from bot.ui.tree import Tree
from bot.ui.watch import StopWatch

if TYPE_CHECKING:
    from bot.services import Services

_GRACE = 8.0
"""Seconds; Docker waits 10 before it kills."""

_ITEMS = (
    ServerButton,
    BoardButton,
    ConfirmOrder,
    Reason,
    TurnPage,
    OpenCard,
    FillIn,
    TurnDraft,
    Give,
    StopWatch,
    TakeBack,
    Expire,
    TurnAccess,
    TurnHistory,
    Choose,
    ChooseAuditChannel,
    DeleteData,
    GoTo,
    PickKind,
    PickPanel,
    PickRole,
    PickGrant,
    PickAuditChannel,
    SeeAsRole,
    PanelAgain,
    Typed,
    TickServers,
    ChoiceButton,
    PanelFate,
    BringBack,
    TurnPanels,
    PickEvents,
    NewsButton,
    TurnNews,
    OpenNews,
    PickNewsChannel,
)


class Client(commands.AutoShardedBot):
    """Slash commands and components only: no message is ever read."""

    def __init__(
        self,
        services: Services,
        *,
        ask_for_shards: bool = False,
        guild_ready_timeout: float = 2.0,
    ) -> None:
        """Take what the commands need; `ask_for_shards` where the gateway's address is given."""
        super().__init__(
            command_prefix=commands.when_mentioned,
            help_command=None,
            intents=discord.Intents(guilds=True),
            tree_cls=Tree,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=60,
            guild_ready_timeout=guild_ready_timeout,
            http_trace=answer_trace(self),
        )
        self.services = services
        self._ask_for_shards = ask_for_shards
        self._busy: set[asyncio.Task[object]] = set()
        """In each of them somebody waits for an answer, or a change is noted."""

    async def setup_hook(self) -> None:
        """Register everything, once, before the gateway is connected."""
        for cog in build_cogs():
            await self.add_cog(cog)
        await self.add_cog(GuildEvents(self))
        link = Link(self)
        await self.add_cog(link)
        self.services.health.attach(link)
        self.add_dynamic_items(*_ITEMS)
        await self.tree.set_translator(CommandTranslator())
        if self._ask_for_shards:
            # Without a shard count discord.py takes the gateway's address from this answer.
            self.shard_count, _, _ = await self.http.get_bot_gateway()

    def keep(self, task: asyncio.Task[object] | None) -> None:
        """Let this task end before the client is closed."""
        if task is not None:
            self._busy.add(task)
            task.add_done_callback(self._busy.discard)

    async def close(self) -> None:
        """Hang up, and let what is on its way come to its end first, within reason."""
        shards = self.shards.values()
        await asyncio.gather(*(shard.disconnect() for shard in shards), return_exceptions=True)
        left = [heart.ws.close(1000) for heart in self._hearts()]
        await asyncio.gather(*left, return_exceptions=True)
        await self._settle()
        await super().close()
        # What Discord had told just before had not begun yet.
        await self._settle()

    def _hearts(self) -> list[KeepAliveHandler]:
        """Return the threads that beat for this client's connections.

        discord.py 2.7.1 itself forgets a connection over which it has not logged in yet.
        """
        threads = (each for each in threading.enumerate() if isinstance(each, KeepAliveHandler))
        return [each for each in threads if each.ws._dispatch == self.dispatch]  # noqa: SLF001

    async def _settle(self) -> None:
        """Wait for what is kept, and for what is kept meanwhile; end what takes too long."""
        clock = asyncio.get_running_loop().time
        deadline = clock() + _GRACE
        while busy := self._busy - {asyncio.current_task()}:
            left = deadline - clock()
            if left <= 0:
                break
            await asyncio.wait(busy, timeout=left)
        for task in busy:
            task.cancel()
        if busy:
            await asyncio.wait(busy, timeout=_GRACE)

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Answer what discord.py would drop: forms after a restart, buttons of older versions."""
        if interaction.type is discord.InteractionType.modal_submit:
            if not await forms.submitted(interaction):
                await guard(interaction, too_old(interaction))
        elif interaction.type is discord.InteractionType.component:
            data: Any = interaction.data
            templates = (item.__discord_ui_compiled_template__ for item in _ITEMS)
            if not any(template.fullmatch(data["custom_id"]) for template in templates):
                await guard(interaction, too_old(interaction))
