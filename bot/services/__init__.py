"""The use cases. Import only the domain and the standard library."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from bot.services.administration import AdministrationService
    from bot.services.announcer import Announcer
    from bot.services.audit_teller import AuditTeller
    from bot.services.board_keeper import BoardKeeper
    from bot.services.boards import BoardService
    from bot.services.console import ConsoleService
    from bot.services.directory import ServerDirectory
    from bot.services.guild_life import DataDeletion, GuildLife
    from bot.services.health import HealthService
    from bot.services.history import HistoryService
    from bot.services.live import LiveService
    from bot.services.notify import NotifyService
    from bot.services.panel_setup import PanelSetup
    from bot.services.panels import PanelRegistry
    from bot.services.power import PowerService
    from bot.services.rules import RuleService
    from bot.services.settings import SettingsService
    from bot.services.status import StatusService


@dataclass(frozen=True, slots=True, kw_only=True)
class Services:
    """What the doors to the outside are given."""

    panels: PanelRegistry
    panel_setup: PanelSetup
    directory: ServerDirectory
    status: StatusService
    power: PowerService
    console: ConsoleService
    live: LiveService
    administration: AdministrationService
    rules: RuleService
    notify: NotifyService
    settings: SettingsService
    history: HistoryService
    life: GuildLife
    deletion: DataDeletion
    teller: AuditTeller
    announcer: Announcer
    boards: BoardService
    board_keeper: BoardKeeper
    health: HealthService
