"""Makes the services and gives each what it needs. Opens, starts and closes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.receipts import Patience
from bot.services import Services
from bot.services.access import AccessService
from bot.services.administration import AdministrationService
from bot.services.audit import AuditService
from bot.services.audit_teller import AuditTeller
from bot.services.clock import SystemClock
from bot.services.console import ConsoleService
from bot.services.directory import ServerDirectory
from bot.services.drafts import Drafts
from bot.services.gate import Gate
from bot.services.guild_life import DataDeletion, GuildLife
from bot.services.guild_panels import GuildPanels
from bot.services.history import HistoryService
from bot.services.housekeeping import Housekeeping
from bot.services.live import LiveService
from bot.services.panel_setup import PanelSetup
from bot.services.power import PowerService
from bot.services.rules import RuleService
from bot.services.settings import SettingsService
from bot.services.status import StatusService
from bot.services.watcher import Watcher
from bot.storage.audit import SqlAuditLog
from bot.storage.guilds import SqlGuilds
from bot.storage.rules import SqlRules

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.domain.ports import PanelMaker, PanelStore
    from bot.services.panels import PanelRegistry
    from bot.storage.engine import Database


@dataclass(frozen=True, slots=True)
class Pace:
    """How long what is waited for; only tests and the demo are in more of a hurry."""

    patience: Patience = field(default_factory=Patience)
    guild_ready_timeout: float = 2.0
    watch_seconds: float = 3.0
    """Between two edits of what somebody watches; Discord takes some 20 a minute."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """The services, and what of them is started and asked by the composition root alone."""

    services: Services
    audit: AuditService
    kept: GuildPanels
    watcher: Watcher
    teller: AuditTeller
    housekeeping: Housekeeping


def wire(
    panels: PanelRegistry,
    database: Database,
    *,
    pace: Pace,
    store: PanelStore,
    maker: PanelMaker,
    keep_audit: timedelta,
) -> Wired:
    """Return everything, ready to be started."""
    clock = SystemClock()
    log, guilds = SqlAuditLog(database), SqlGuilds(database)
    access = AccessService(SqlRules(database), clock)
    audit = AuditService(log, clock)
    directory = ServerDirectory(panels, access)
    gate = Gate(panels=panels, directory=directory, access=access, audit=audit, clock=clock)
    kept = GuildPanels(store=store, maker=maker, panels=panels, directory=directory, clock=clock)
    settings = SettingsService(
        repository=guilds, cursors=guilds, history=log, gate=gate, audit=audit
    )
    teller = AuditTeller(history=log, cursors=guilds, settings=settings, clock=clock)
    audit.listen(teller.wake)
    settings.listen(teller.wake)
    life = GuildLife(
        data=guilds, panels=kept, access=access, settings=settings, audit=audit, clock=clock
    )
    rules = RuleService(
        gate=gate, access=access, panels=panels, directory=directory, audit=audit, clock=clock
    )
    services = Services(
        panels=panels,
        panel_setup=PanelSetup(kept=kept, maker=maker, gate=gate, audit=audit, clock=clock),
        directory=directory,
        status=StatusService(gate=gate, panels=panels, directory=directory, audit=audit),
        power=PowerService(
            gate=gate, directory=directory, audit=audit, clock=clock, patience=pace.patience
        ),
        console=ConsoleService(gate, audit, clock),
        live=LiveService(
            gate=gate,
            directory=directory,
            audit=audit,
            clock=clock,
            pace_seconds=pace.watch_seconds,
        ),
        administration=AdministrationService(
            gate=gate,
            panels=panels,
            kept=kept,
            directory=directory,
            audit=audit,
            drafts=Drafts(clock),
        ),
        rules=rules,
        settings=settings,
        history=HistoryService(
            history=log, access=access, rules=rules, gate=gate, directory=directory
        ),
        life=life,
        deletion=DataDeletion(life, gate, audit),
        teller=teller,
    )
    return Wired(
        services=services,
        audit=audit,
        kept=kept,
        watcher=Watcher(panels, directory, clock),
        teller=teller,
        housekeeping=Housekeeping(
            leftovers=guilds, life=life, panels=kept, clock=clock, keep_audit=keep_audit
        ),
    )
