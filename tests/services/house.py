"""The services wired to fakes: one guild, one panel, four members."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.domain.access import Action, Actor, Rule, Subject
from bot.domain.audit import Door, Outcome
from bot.domain.servers import Capability
from bot.services.access import AccessService
from bot.services.administration import AdministrationService
from bot.services.announcer import Announcer
from bot.services.answers import Answers
from bot.services.audit import Attempt, AuditService
from bot.services.audit_teller import AuditTeller
from bot.services.board_keeper import BoardKeeper
from bot.services.board_lines import BoardLines
from bot.services.boards import BoardService
from bot.services.console import ConsoleService
from bot.services.directory import ServerDirectory
from bot.services.drafts import Drafts
from bot.services.following import Following
from bot.services.gate import Gate
from bot.services.guild_life import DataDeletion, GuildLife
from bot.services.guild_panels import GuildPanels
from bot.services.health import HealthService
from bot.services.history import HistoryService
from bot.services.ledger import Ledger
from bot.services.live import LiveService
from bot.services.mutes import MuteKeeper
from bot.services.notify import NotifyService
from bot.services.panel_setup import PanelSetup
from bot.services.panels import PanelEntry, PanelRegistry
from bot.services.power import PowerService
from bot.services.rate import Rate
from bot.services.rules import RuleService
from bot.services.settings import SettingsService
from bot.services.status import StatusService
from bot.services.subscriptions import SubscriptionService
from bot.services.watcher import Watcher
from tests.fakes import FakeClock, FakePanel, MemoryRules, make_server
from tests.fakes_admin import FakeAdminPanel
from tests.fakes_boards import MemoryBoards
from tests.fakes_guilds import MemoryGuilds, MemoryHistory
from tests.fakes_news import MemoryNews
from tests.fakes_panels import FakeMaker, MemoryPanels
from tests.fakes_receipts import MemoryReceipts, RecordingNews
from tests.fakes_sightings import RecordingSightings

if TYPE_CHECKING:
    from datetime import datetime

    from bot.domain.audit import AuditEntry
    from bot.domain.servers import Server, ServerRef

GUILD, OTHER_GUILD = 1, 2
ADMINISTRATION = frozenset(
    {
        Capability.CREATE,
        Capability.UPDATE,
        Capability.REPLACE,
        Capability.BUILD,
        Capability.SUSPEND,
        Capability.DELETE,
        Capability.FORCE_DELETE,
    }
)
_OPERATORS = 20

ADMIN = Actor(user_id=10, guild_id=GUILD, is_admin=True)
OPERATOR = Actor(user_id=11, guild_id=GUILD, role_ids=frozenset({_OPERATORS}))
VIEWER = Actor(user_id=12, guild_id=GUILD)
STRANGER = Actor(user_id=13, guild_id=GUILD)


def allow(
    subject_id: int, action: Action, server: Server | None = None, *, by_role: bool = False
) -> Rule:
    """Return a rule that allows an action on a server, or on all."""
    return Rule(
        guild_id=GUILD,
        subject=Subject.ROLE if by_role else Subject.MEMBER,
        subject_id=subject_id,
        grant=action,
        allow=True,
        panel_id=server.ref.panel_id if server else None,
        server_id=server.ref.server_id if server else None,
    )


def attempt(house: House, actor: Actor) -> Attempt:
    """Return what is known of an order when it comes in."""
    return Attempt(
        actor=actor,
        action=Action.RESTART,
        ref=house.server.ref,
        name=house.server.name,
        door=Door.COMMAND,
        at=house.clock.now(),
    )


@dataclass
class House:
    """Everything that the services need, and the services."""

    clock: FakeClock = field(default_factory=FakeClock)
    rules: MemoryRules = field(
        default_factory=lambda: MemoryRules(
            *(allow(_OPERATORS, action, by_role=True) for action in Action),
            allow(VIEWER.user_id, Action.VIEW),
        )
    )
    audit_log: MemoryHistory = field(default_factory=MemoryHistory)
    guilds: MemoryGuilds = field(default_factory=MemoryGuilds)
    news: MemoryNews = field(default_factory=MemoryNews)
    board_store: MemoryBoards = field(default_factory=MemoryBoards)
    budgets: dict[str, int] = field(default_factory=dict)
    """How many requests panels may still be sent, by id."""

    def __post_init__(self) -> None:
        self.panel = FakeAdminPanel(self.clock)
        self.backup = FakePanel(self.clock, panel_id="backup")
        self.backup.capabilities -= ADMINISTRATION
        self.panels = PanelRegistry(
            PanelEntry(panel=panel, name=name, guild_ids=guilds, poll_seconds=60)
            for panel, name, guilds in (
                (self.panel, "Main panel", frozenset({GUILD})),
                (self.backup, "Backup panel", frozenset({GUILD, OTHER_GUILD})),
            )
        )
        self.access = AccessService(self.rules, self.clock)
        self.directory = ServerDirectory(self.panels, self.access)
        self.audit = AuditService(self.audit_log, self.clock)
        self.gate = Gate(
            panels=self.panels,
            directory=self.directory,
            access=self.access,
            audit=self.audit,
            clock=self.clock,
        )
        self.receipts = MemoryReceipts(self.audit_log)
        self.order_news = RecordingNews()
        self.power = self.power_of_a_new_process()
        self.console = ConsoleService(self.gate, self.audit, self.clock)
        self.live = LiveService(
            gate=self.gate,
            directory=self.directory,
            audit=self.audit,
            clock=self.clock,
            pace_seconds=3,
        )
        self.status = StatusService(
            gate=self.gate, panels=self.panels, directory=self.directory, audit=self.audit
        )
        self.drafts = Drafts(self.clock)
        self.created: list[tuple[ServerRef, datetime]] = []
        self.store = MemoryPanels()
        self.maker = FakeMaker(self.clock)
        self.kept = GuildPanels(
            store=self.store,
            maker=self.maker,
            panels=self.panels,
            directory=self.directory,
            clock=self.clock,
        )
        self.administration = AdministrationService(
            gate=self.gate,
            panels=self.panels,
            kept=self.kept,
            directory=self.directory,
            audit=self.audit,
            drafts=self.drafts,
            created=lambda ref, at: self.created.append((ref, at)),
        )
        self.access_rules = RuleService(
            gate=self.gate,
            access=self.access,
            panels=self.panels,
            directory=self.directory,
            audit=self.audit,
            clock=self.clock,
        )
        self.settings = SettingsService(
            repository=self.guilds,
            cursors=self.guilds,
            history=self.audit_log,
            gate=self.gate,
            audit=self.audit,
        )
        self.history = HistoryService(
            history=self.audit_log,
            access=self.access,
            rules=self.access_rules,
            gate=self.gate,
            directory=self.directory,
        )
        self.panel_setup = PanelSetup(
            kept=self.kept,
            maker=self.maker,
            gate=self.gate,
            audit=self.audit,
            clock=self.clock,
        )
        self.subscriptions = SubscriptionService(self.news, self.panels, self.clock)
        self.rate = Rate(self.clock)
        self.board_keeper = BoardKeeper(
            store=self.board_store,
            lines=BoardLines(self.panels, self.directory),
            clock=self.clock,
            rate=self.rate,
        )
        self.directory.listen(self.board_keeper.panel_changed)
        self.panels.listen(self.board_keeper.panel_changed)
        self.settings.listen(self.board_keeper.guild_changed)
        self.boards = BoardService(
            gate=self.gate,
            keeper=self.board_keeper,
            panels=self.panels,
            directory=self.directory,
            audit=self.audit,
            clock=self.clock,
        )
        self.announcer = Announcer(
            queue=self.news, book=self.subscriptions, clock=self.clock, rate=self.rate
        )
        self.ledger = Ledger(
            self.news,
            self.clock,
            matching=self.subscriptions.matching,
            wake=self.announcer.wake,
        )
        self.mutes = MuteKeeper(
            self.subscriptions, ledger=self.ledger, panels=self.panels, clock=self.clock
        )
        self.notify = NotifyService(
            gate=self.gate,
            subscriptions=self.subscriptions,
            mutes=self.mutes,
            store=self.news,
            panels=self.panels,
            directory=self.directory,
            audit=self.audit,
            clock=self.clock,
        )
        self.life = GuildLife(
            data=self.guilds,
            panels=self.kept,
            access=self.access,
            settings=self.settings,
            subscriptions=self.subscriptions,
            boards=self.board_keeper,
            audit=self.audit,
            clock=self.clock,
        )
        self.deletion = DataDeletion(self.life, self.gate, self.audit)
        self.teller = AuditTeller(
            history=self.audit_log,
            cursors=self.guilds,
            settings=self.settings,
            clock=self.clock,
        )
        self.sightings = RecordingSightings()
        self.watcher = Watcher(
            self.panels,
            self.directory,
            self.clock,
            observer=self.sightings,
            chance=lambda: 1.0,
        )
        self.health = HealthService(
            panels=self.panels,
            directory=self.directory,
            watched=self.watcher.health,
            budget_left=lambda panel: self.budgets.get(panel.panel_id),
            backlog=self.news,
            subscriptions=self.subscriptions,
            announcer=self.announcer,
            ledger=self.ledger,
            boards=self.board_keeper,
            running=lambda: self.power.running,
            answers=Answers(self.clock),
            gate=self.gate,
            clock=self.clock,
        )
        self.attention = self.watcher.attention
        self.followers = self.watcher.followers
        self.directory.replace("main", [self.panel.add(make_server())])
        self.directory.replace("backup", [])

    def power_of_a_new_process(self) -> PowerService:
        """Return a service that knows nothing but what is stored."""
        following = Following(
            gate=self.gate, directory=self.directory, store=self.receipts, clock=self.clock
        )
        return PowerService(
            gate=self.gate,
            audit=self.audit,
            store=self.receipts,
            following=following,
            news=self.order_news,
        )

    @property
    def server(self) -> Server:
        """The first server, as it is now."""
        return self.panel.now("1a2b3c4d")

    def add(self, *servers: Server) -> None:
        """Add servers to the main panel and let the directory know."""
        for server in servers:
            self.directory.note(self.panel.add(server))

    def add_to_backup(self, server: Server) -> Server:
        """Add a server to the panel that two guilds share."""
        self.directory.note(self.backup.add(server))
        return server

    @property
    def rows(self) -> list[AuditEntry]:
        """The audit rows so far of what has ended, or never began."""
        return [row for row in self.audit_log.entries if row.outcome is not Outcome.SENT]

    @property
    def sent(self) -> list[AuditEntry]:
        """The audit rows so far of what was given to a panel."""
        return [row for row in self.audit_log.entries if row.outcome is Outcome.SENT]
