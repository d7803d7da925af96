r"""Every way in which a request can fail. Carries facts; the ui finds the words for Discord.

    DeckhandError
    ├── NotAllowed            a right is missing
    ├── UnknownServer         no server of that name or id that this actor may see
    ├── AmbiguousServer       several servers of that name
    ├── ActionInProgress      somebody is acting on this server already
    ├── UnsupportedAction     this kind of panel cannot do that
    ├── InvalidCommand        a console command that is never passed on
    ├── UnknownPanel          no panel of that name that this actor may use
    ├── DraftGone             a form that is no longer open: given, too old, or lost at a restart
    ├── NameMismatch          what was typed to confirm a deletion is not the server's name
    ├── InvalidRule           a rule that would mean nothing, or more than it should
    ├── UnknownRule           no rule of that number in this guild
    ├── RuleChanged           a rule that somebody has changed since it was shown
    ├── InvalidBoard          a board that cannot be made or moved so
    ├── UnknownBoard          no board of that number in this guild
    ├── InvalidNews           a subscription or a mute that would mean nothing
    ├── UnknownNews           no such subscription or mute in this guild
    ├── InvalidPanel          a panel that cannot be added or changed so
    ├── StorageUnavailable    our own database does not answer
    └── PanelError
        ├── PanelUnreachable      nothing was changed, as far as anybody can know
        ├── PanelAddressRefused   it is where no guild may send us; nothing was sent
        ├── PanelAuthFailed       the key is refused as a whole
        ├── PanelForbidden        the key lacks this right
        ├── PanelRateLimited      too many requests; `retry_after` in seconds
        ├── PanelConflict         the server's state forbids it
        ├── ServerOffline         it must be running for that
        ├── ServerNotFound        the panel does not know this server (any more)
        ├── PanelRefused          anything else the panel says no to, with its words
        │   └── PanelInvalid      values that the panel does not take, by field
        ├── PaymentRequired       the panel wants money first
        ├── PanelProtocolError    an answer that makes no sense
        └── OutcomeUnknown        a write was sent, and no answer that says what came of it

`str(error)` is one plain English sentence, for logs and for the command line.
"""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING

from bot.domain.servers import ServerState

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.domain.access import Action, Rule
    from bot.domain.boards import BoardProblem
    from bot.domain.panels import PanelProblem
    from bot.domain.servers import Server, ServerRef


class DeckhandError(Exception):
    """The root of all expected failures."""


class NotAllowed(DeckhandError):
    """The actor may see the server (or panel) called `name`, but lacks the right for this."""

    def __init__(self, action: Action, *, name: str, rule: Rule | None) -> None:
        self.action = action
        self.name = name
        self.rule = rule
        super().__init__(f"not allowed to {action} {name}")


class UnknownServer(DeckhandError):
    """No such server for this actor: it does not exist, or may not be seen."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"no server is called {text!r}")


class AmbiguousServer(DeckhandError):
    """Several servers answer to that name."""

    def __init__(self, text: str, candidates: tuple[Server, ...]) -> None:
        self.text = text
        self.candidates = candidates
        named = ", ".join(f"{server.name} ({server.ref})" for server in candidates)
        super().__init__(f"{text!r} could be any of: {named}")


class ActionInProgress(DeckhandError):
    """One action at a time on a server: `user_id` ordered `action` and it has not ended.

    `user_id` and `link` are None where it was ordered from another guild.
    """

    def __init__(
        self, ref: ServerRef, *, action: str, user_id: int | None, link: str | None
    ) -> None:
        self.ref = ref
        self.action = action
        self.user_id = user_id
        self.link = link
        super().__init__(f"{ref} is busy: {action} is not finished")


class UnsupportedAction(DeckhandError):
    """This kind of panel does not offer the action."""

    def __init__(self, action: str, *, kind: str) -> None:
        self.action = action
        self.kind = kind
        super().__init__(f"a panel of kind {kind} does not offer {action}")


class InvalidCommand(DeckhandError):
    """A console command must be one line of text, without control characters."""

    def __init__(self) -> None:
        super().__init__("a console command is one line without control characters")


class UnknownPanel(DeckhandError):
    """No such panel for this actor."""

    def __init__(self, text: str) -> None:
        self.text = text
        super().__init__(f"no panel is called {text!r}")


class DraftGone(DeckhandError):
    """What was begun is no longer remembered, or was given to the panel already."""

    def __init__(self) -> None:
        super().__init__("this form is no longer open")


class NameMismatch(DeckhandError):
    """A deletion is confirmed by the server's name or id, and this is neither."""

    def __init__(self, server: Server) -> None:
        self.server = server
        super().__init__(f"the server is called {server.name!r}")


class RuleProblem(StrEnum):
    """Why a rule is not taken."""

    NOBODY = "names no role and no member, or both"
    PLACE = "names a server and a panel"
    MANAGE = "limits to a server or panel what is about the guild"
    CREATE = "limits to a server what is about a panel"
    COMMANDS = "has patterns without being about commands"
    PATTERN = "has patterns that no command can match, or too many"
    DURATION = "has a duration that is none"
    ROLE_GONE = "is about a role that is deleted"


class InvalidRule(DeckhandError):
    """A rule as it was asked for would mean nothing, or more than it should."""

    def __init__(self, problem: RuleProblem) -> None:
        self.problem = problem
        super().__init__(f"such a rule cannot be given: it {problem}")


class UnknownRule(DeckhandError):
    """No such rule in this guild, nor was there one that can still be brought back."""

    def __init__(self) -> None:
        super().__init__("there is no such rule")


class RuleChanged(DeckhandError):
    """The rule was ended or replaced since it was shown."""

    def __init__(self) -> None:
        super().__init__("somebody has changed this rule since")


class InvalidBoard(DeckhandError):
    """A board cannot be made or moved as it was asked for."""

    def __init__(self, problem: BoardProblem) -> None:
        self.problem = problem
        super().__init__(f"the board {problem}")


class UnknownBoard(DeckhandError):
    """No such board in this guild."""

    def __init__(self) -> None:
        super().__init__("there is no such board")


class NewsProblem(StrEnum):
    """Why a subscription or a mute is not taken."""

    EVENTS = "names what is no kind of event"
    CHANNEL = "names a channel that the bot does not see"
    PLACE = "names a server and a panel"
    EVERYBODY = "mentions everybody"
    NOTHING = "changes nothing"
    BOTH_WAYS = "sets and takes away the same"
    TAKEN = "is about the same as another one of that channel"
    TOO_MANY = "is one too many"


class InvalidNews(DeckhandError):
    """A subscription or a mute cannot be as it was asked for; `detail` is what was typed."""

    def __init__(self, problem: NewsProblem, detail: str = "") -> None:
        self.problem = problem
        self.detail = detail
        super().__init__(f"such news cannot be: it {problem}" + (f": {detail}" if detail else ""))


class UnknownNews(DeckhandError):
    """No such subscription or mute in this guild; somebody may have removed it."""

    def __init__(self) -> None:
        super().__init__("there is no such subscription")


class InvalidPanel(DeckhandError):
    """A panel cannot be added, changed or opened as it was asked for; `detail` is for a few."""

    def __init__(self, problem: PanelProblem, detail: str = "") -> None:
        self.problem = problem
        self.detail = detail
        super().__init__(f"the panel {problem}" + (f": {detail}" if detail else ""))


class StorageUnavailable(DeckhandError):
    """Our own database does not answer or cannot be written; `is_passing` where it is only busy."""

    def __init__(self, detail: str, *, is_passing: bool = False) -> None:
        self.detail = detail
        self.is_passing = is_passing
        super().__init__(f"the database is not available: {detail}")


class PanelError(DeckhandError):
    """A panel did not do what was asked. `panel_id` is the id in our configuration."""

    retry_after: float | None = None
    """Seconds after which it may be tried again, where the panel said so."""
    changed: tuple[str, ...] = ()
    """Of a change that takes several calls, the panel's names for what was changed before."""
    failed: tuple[str, ...] = ()
    """And for what this error is about; empty where nothing was changed before."""

    def __init__(self, panel_id: str, message: str) -> None:
        self.panel_id = panel_id
        super().__init__(message)


class PanelUnreachable(PanelError):
    """The panel, its proxy or the server's node does not answer.

    `node` is True when the panel itself answered and the machine behind it did not.
    """

    def __init__(self, panel_id: str, detail: str, *, node: bool = False) -> None:
        self.detail = detail
        self.node = node
        who = "the server's node" if node else f"panel {panel_id}"
        super().__init__(panel_id, f"{who} did not answer: {detail}")


class PanelAddressRefused(PanelError):
    """A panel that a guild has added, or with `node` a machine behind it, is in no public network.

    Tells nothing of the network where it is: whoever added it may be looking around in there.
    """

    def __init__(self, panel_id: str, *, node: bool = False) -> None:
        self.node = node
        who = "the server's node" if node else f"panel {panel_id}"
        super().__init__(panel_id, f"{who} is not at a public address")


class PanelAuthFailed(PanelError):
    """The panel refuses the key: wrong, of the wrong kind, locked to other addresses."""

    def __init__(self, panel_id: str, detail: str) -> None:
        self.detail = detail
        super().__init__(panel_id, f"panel {panel_id} refused the key: {detail}")


class PanelForbidden(PanelError):
    """The key is good and lacks the right for this call."""

    def __init__(self, panel_id: str, detail: str) -> None:
        self.detail = detail
        super().__init__(panel_id, f"the key of panel {panel_id} may not do that: {detail}")


class PanelRateLimited(PanelError):
    """The panel's request budget is used up; `retry_after` in seconds."""

    def __init__(self, panel_id: str, retry_after: float | None) -> None:
        self.retry_after = retry_after
        when = "" if retry_after is None else f"; try again in {retry_after:.0f} s"
        super().__init__(panel_id, f"panel {panel_id} is getting too many requests{when}")


class PanelConflict(PanelError):
    """The server is in a state that forbids the action (suspended, installing, ...)."""

    def __init__(self, panel_id: str, state: ServerState, detail: str = "") -> None:
        self.state = state
        self.detail = detail
        known = f"the server is {state}"
        what = "the server's state forbids it" if state is ServerState.UNKNOWN else known
        super().__init__(panel_id, what + (f": {detail}" if detail else ""))


class ServerOffline(PanelError):
    """The server must be running for that."""

    def __init__(self, panel_id: str) -> None:
        super().__init__(panel_id, "the server is not running")


class ServerNotFound(PanelError):
    """The panel does not know the server, or hides it from this key."""

    def __init__(self, panel_id: str, server_id: str) -> None:
        self.server_id = server_id
        super().__init__(panel_id, f"panel {panel_id} has no server {server_id}")


class PanelRefused(PanelError):
    """The panel said no; `detail` is its own text and not to be trusted."""

    def __init__(self, panel_id: str, detail: str) -> None:
        self.detail = detail
        super().__init__(panel_id, f"panel {panel_id} refused: {detail}")


class PanelInvalid(PanelRefused):
    """The panel found values that it does not take.

    `fields` maps the panel's own field names, nested ones with dots, to its sentences; what is
    about no single field has the name "". None of it is to be trusted.
    """

    def __init__(self, panel_id: str, fields: Mapping[str, tuple[str, ...]]) -> None:
        self.fields = fields
        named = (
            f"{name}: {text}" if name else text for name, texts in fields.items() for text in texts
        )
        super().__init__(panel_id, " · ".join(named))


class PaymentRequired(PanelError):
    """The panel wants to be paid first."""

    def __init__(self, panel_id: str, detail: str) -> None:
        self.detail = detail
        super().__init__(panel_id, f"panel {panel_id} asks for payment: {detail}")


class PanelProtocolError(PanelError):
    """An answer that is not of the documented form."""

    def __init__(self, panel_id: str, detail: str) -> None:
        self.detail = detail
        super().__init__(panel_id, f"panel {panel_id} gave an answer that makes no sense: {detail}")


class OutcomeUnknown(PanelError):
    """The order was sent and no answer makes sense: it may or may not have been carried out."""

    def __init__(self, panel_id: str, action: str) -> None:
        self.action = action
        super().__init__(
            panel_id, f"panel {panel_id} did not confirm {action}; it may have been carried out"
        )
