"""Makes the services and gives each what it needs. Opens, starts and closes nothing."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from bot.domain.receipts import Patience
from bot.panels.stored import StoredPanels
from bot.services import Services
from bot.services.access import AccessService
from bot.services.administration import AdministrationService
from bot.services.announcer import Announcer
from bot.services.answers import Answers
from bot.services.audit import AuditService
from bot.services.audit_teller import AuditTeller
from bot.services.board_keeper import BoardKeeper
from bot.services.board_lines import BoardLines
from bot.services.boards import BoardService
from bot.services.clock import SystemClock
from bot.services.console import ConsoleService
from bot.services.deeds import Deeds
from bot.services.directory import ServerDirectory
from bot.services.drafts import Drafts
from bot.services.following import Following
from bot.services.gate import Gate
from bot.services.guild_life import DataDeletion, GuildLife
from bot.services.guild_panels import GuildPanels
from bot.services.health import HealthService
from bot.services.history import HistoryService
from bot.services.housekeeping import Housekeeping
from bot.services.ledger import Ledger
from bot.services.live import LiveService
from bot.services.mutes import MuteKeeper
from bot.services.notify import NotifyService
from bot.services.observer import Observer
from bot.services.panel_setup import PanelSetup
from bot.services.power import PowerService
from bot.services.rate import Rate
from bot.services.rules import RuleService
from bot.services.settings import SettingsService
from bot.services.status import StatusService
from bot.services.subscriptions import SubscriptionService
from bot.services.wanted_servers import WantedServers
from bot.services.watcher import Watcher
from bot.storage.audit import SqlAuditLog
from bot.storage.boards import SqlBoards
from bot.storage.guilds import SqlGuilds
from bot.storage.queue import SqlQueue
from bot.storage.receipts import SqlReceipts
from bot.storage.rules import SqlRules
from bot.storage.subscriptions import SqlSubscriptions
from bot.storage.tracks import SqlTracks

if TYPE_CHECKING:
    from datetime import timedelta

    from bot.domain.ports import PanelStore
    from bot.panels import PanelHub
    from bot.services.panels import PanelRegistry
    from bot.storage.engine import Database


@dataclass(frozen=True, slots=True)
class Pace:
    """How long what is waited for; only tests and the demo are in more of a hurry."""

    patience: Patience = field(default_factory=Patience)
    guild_ready_timeout: float = 2.0
    watch_seconds: float = 3.0
    """Between two edits of what somebody watches; Discord takes some 20 a minute."""
    news_pause: float = 2.0
    """After news that Discord did not take; from one failure to the next it grows."""
    board_seconds: float = 5.0
    """Between two edits of a message of a board."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Wired:
    """The services, and what of them is started and asked by the composition root alone."""

    services: Services
    audit: AuditService
    kept: GuildPanels
    subscriptions: SubscriptionService
    mutes: MuteKeeper
    watcher: Watcher
    teller: AuditTeller
    housekeeping: Housekeeping
    observer: Observer
    ledger: Ledger
    announcer: Announcer


def wire(
    panels: PanelRegistry,
    database: Database,
    *,
    pace: Pace,
    store: PanelStore,
    hub: PanelHub,
    keep_audit: timedelta,
) -> Wired:
    """Return everything, ready to be started."""
    clock, maker = SystemClock(), StoredPanels(hub)
    log, guilds = SqlAuditLog(database), SqlGuilds(database)
    receipts = SqlReceipts(database, log)
    access = AccessService(SqlRules(database), clock)
    audit = AuditService(log, clock)
    directory = ServerDirectory(panels, access, staleness=pace.patience.staleness)
    gate = Gate(panels=panels, directory=directory, access=access, audit=audit, clock=clock)
    kept = GuildPanels(store=store, maker=maker, panels=panels, directory=directory, clock=clock)
    subscriptions = SubscriptionService(SqlSubscriptions(database), panels, clock)
    settings = SettingsService(
        repository=guilds, cursors=guilds, history=log, gate=gate, audit=audit
    )
    teller = AuditTeller(history=log, cursors=guilds, settings=settings, clock=clock)
    audit.listen(teller.wake)
    settings.listen(teller.wake)
    rate = Rate(clock)
    keeper = BoardKeeper(
        store=SqlBoards(database),
        lines=BoardLines(panels, directory),
        clock=clock,
        rate=rate,
        seconds=pace.board_seconds,
    )
    directory.listen(keeper.panel_changed)
    panels.listen(keeper.panel_changed)
    settings.listen(keeper.guild_changed)
    life = GuildLife(
        data=guilds,
        panels=kept,
        access=access,
        settings=settings,
        subscriptions=subscriptions,
        boards=keeper,
        audit=audit,
        clock=clock,
    )
    rules = RuleService(
        gate=gate, access=access, panels=panels, directory=directory, audit=audit, clock=clock
    )
    queue = SqlQueue(database)
    announcer = Announcer(
        queue=queue, book=subscriptions, clock=clock, rate=rate, first_pause=pace.news_pause
    )
    tracks = SqlTracks(database)
    ledger = Ledger(tracks, clock, matching=subscriptions.matching, wake=announcer.wake)
    observer = Observer(store=tracks, ledger=ledger, panels=panels, clock=clock)
    audit.read_by(observer.noted)
    log.tell(Deeds(matching=subscriptions.matching, wake=announcer.wake))
    mutes = MuteKeeper(subscriptions, ledger=ledger, panels=panels, clock=clock)
    mutes.listen(announcer.wake)
    observer.listen(mutes.looked_at)
    notify = NotifyService(
        gate=gate,
        subscriptions=subscriptions,
        mutes=mutes,
        store=tracks,
        panels=panels,
        directory=directory,
        audit=audit,
        clock=clock,
    )
    notify.listen(announcer.wake)
    watcher = Watcher(panels, directory, clock, observer=observer)
    power = PowerService(
        gate=gate,
        audit=audit,
        store=receipts,
        news=observer,
        wanted=partial(watcher.followers.want, "receipts"),
        following=Following(
            gate=gate,
            directory=directory,
            store=receipts,
            clock=clock,
            patience=pace.patience,
        ),
    )
    services = Services(
        panels=panels,
        panel_setup=PanelSetup(kept=kept, maker=maker, gate=gate, audit=audit, clock=clock),
        directory=directory,
        status=StatusService(gate=gate, panels=panels, directory=directory, audit=audit),
        power=power,
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
            created=observer.created,
        ),
        rules=rules,
        notify=notify,
        settings=settings,
        history=HistoryService(
            history=log, access=access, rules=rules, gate=gate, directory=directory
        ),
        life=life,
        deletion=DataDeletion(life, gate, audit),
        teller=teller,
        announcer=announcer,
        health=HealthService(
            panels=panels,
            directory=directory,
            watched=watcher.health,
            budget_left=hub.budget_left,
            backlog=queue,
            subscriptions=subscriptions,
            announcer=announcer,
            ledger=ledger,
            boards=keeper,
            running=lambda: power.running,
            answers=Answers(clock),
            gate=gate,
            clock=clock,
        ),
        boards=BoardService(
            gate=gate,
            keeper=keeper,
            panels=panels,
            directory=directory,
            audit=audit,
            clock=clock,
        ),
        board_keeper=keeper,
    )
    audit.read_by(watcher.attention.noted)
    for owner, wanting in (("news", subscriptions), ("boards", keeper)):
        wanted = WantedServers(
            owner,
            wanting,
            panels=panels,
            directory=directory,
            followers=watcher.followers,
        )
        watcher.listen(wanted.look_at)
        panels.listen(wanted.look_at)
        wanting.listen(wanted.look_for)
    return Wired(
        services=services,
        audit=audit,
        kept=kept,
        watcher=watcher,
        teller=teller,
        housekeeping=Housekeeping(
            leftovers=guilds, life=life, panels=kept, clock=clock, keep_audit=keep_audit
        ),
        subscriptions=subscriptions,
        mutes=mutes,
        observer=observer,
        ledger=ledger,
        announcer=announcer,
    )
