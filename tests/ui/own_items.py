"""Every kind of button and menu, with all that its custom_id may hold. Asserts nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.domain.guilds import GuildSettings, Setting
from bot.domain.servers import PowerAction, ServerState
from bot.services.history import Place
from bot.ui.access import Expire, TakeBack
from bot.ui.access_pages import TurnAccess, Wanted
from bot.ui.board_items import CARD, BoardButton
from bot.ui.confirm import ConfirmOrder, Reason
from bot.ui.data_deletion import DeleteData
from bot.ui.drafts import FillIn, Give, TurnDraft
from bot.ui.history import TurnHistory
from bot.ui.items import ServerButton, Verb
from bot.ui.notify import NewsButton, PickEvents
from bot.ui.notify_pages import OpenNews, TurnNews
from bot.ui.pager import OpenCard, TurnPage
from bot.ui.panel_entry import PanelAgain, Typed
from bot.ui.panel_list import BringBack, PanelFate, TurnPanels
from bot.ui.panel_ticks import ChoiceButton, TickServers
from bot.ui.render.listing import Filters
from bot.ui.settings import Choose, ChooseAuditChannel
from bot.ui.setup_items import (
    PickAuditChannel,
    PickGrant,
    PickKind,
    PickPanel,
    PickRole,
    SeeAsRole,
)
from bot.ui.setup_nav import GoTo, Step
from bot.ui.setup_news import PickNewsChannel
from bot.ui.watch import StopWatch
from tests.fakes import make_server
from tests.ui.render.languages import ENGLISH

if TYPE_CHECKING:
    from collections.abc import Iterator

    from discord.ui import DynamicItem

_KEYS = ("main:1a2b3c4d", "p:d1b:start:x", "a:<:0", "main:open", "m:服务器 :|", "m:" + "x" * 60)
_PANELS = ("main", "g" + "f" * 16, "a-1", "add", "x" * 32)
_SNOWFLAKE = 2**63 - 1


def own_items() -> Iterator[DynamicItem[Any]]:
    """Yield at least one of each kind."""
    yield from _of_servers()
    yield from _of_drafts()
    yield from _of_rules()
    yield from _of_panels()
    yield from _of_settings()
    yield from _of_news()


def _of_servers() -> Iterator[DynamicItem[Any]]:
    for key in _KEYS:
        yield from (ServerButton(verb, key) for verb in Verb)
        yield from (BoardButton(verb, key) for verb in ("start", "restart", CARD))
        for action in (PowerAction.KILL, PowerAction.STOP, PowerAction.RESTART):
            yield ConfirmOrder(action, 10, 1_782_907_200, key)
        yield Reason(key)
        yield TurnHistory(">", Place(server=key, user_id=_SNOWFLAKE, after=2**31 - 1))
    yield TurnHistory("<", Place(before=1))
    for side in "<>":
        yield TurnPage(side, Filters().encode())
        filters = Filters(state=ServerState.OFFLINE, search="d1b:start:x", page=-1)
        yield TurnPage(side, filters.encode())
    yield OpenCard.of([make_server()], ENGLISH)


def _of_drafts() -> Iterator[DynamicItem[Any]]:
    yield FillIn("00ff" * 4, 12)
    yield Give("00ff" * 4)
    for page in (-1, 0, 12):
        yield TurnDraft("00ff" * 4, page)
    yield StopWatch("00ff" * 4)


def _of_rules() -> Iterator[DynamicItem[Any]]:
    for former in ((), (1, 2**31 - 1)):
        yield TakeBack(None, former)
        yield TakeBack(7, former)
        yield Expire(7, former, ENGLISH)
    for key in (None, *_KEYS):
        yield TurnAccess(Wanted(page=3, server=key))
    yield TurnAccess(Wanted(is_preview=True, role_id=_SNOWFLAKE))


def _of_panels() -> Iterator[DynamicItem[Any]]:
    for panel_id in _PANELS:
        yield from (PanelFate(verb, panel_id) for verb in ("remove", "restore"))
        yield from (ChoiceButton(verb, panel_id, 3) for verb in ("turn", "all", "some"))
        yield from (PanelAgain(verb, panel_id) for verb in ("add", "edit", "key"))
        yield TickServers(None, 3, panel_id=panel_id)
    yield from (Typed(what, "d1b:start:x") for what in "nao")
    yield BringBack.of((), ENGLISH)
    yield TurnPanels(-1)
    yield TurnPanels(12)


def _of_news() -> Iterator[DynamicItem[Any]]:
    for number in (1, 999_999_999):
        yield PickEvents(number)
        yield from (NewsButton(verb, number) for verb in "trbu")
    yield TurnNews(-1)
    yield TurnNews(12)
    yield OpenNews.of((), None, ENGLISH)
    yield PickNewsChannel.of(ENGLISH)


def _of_settings() -> Iterator[DynamicItem[Any]]:
    for setting in (Setting.LANGUAGE, Setting.PRIVATE_REPLIES, Setting.CONFIRM):
        yield Choose.of(setting, GuildSettings(guild_id=_SNOWFLAKE), ENGLISH)
    yield ChooseAuditChannel.of(None, ENGLISH)
    yield DeleteData(_SNOWFLAKE, 2**32)
    yield from map(GoTo, Step)
    yield PickKind.of({}, ENGLISH)
    yield PickPanel.of((), ENGLISH)
    yield PickRole.of(ENGLISH)
    yield PickGrant.of(_SNOWFLAKE, ENGLISH)
    yield PickAuditChannel.of(None, ENGLISH)
    yield SeeAsRole.of(ENGLISH)
