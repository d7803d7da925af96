"""Every error is one plain sentence and carries its facts."""

from __future__ import annotations

import pytest

from bot.domain import errors
from bot.domain.access import Action
from bot.domain.boards import BoardProblem
from bot.domain.errors import DeckhandError, PanelError
from bot.domain.panels import PanelProblem
from bot.domain.servers import ServerRef, ServerState
from tests.fakes import make_server

_SERVER = make_server("Survival")

_SENTENCES: list[tuple[DeckhandError, str]] = [
    (
        errors.NotAllowed(Action.START, name=_SERVER.name, rule=None),
        "not allowed to start Survival",
    ),
    (errors.UnknownServer("surv"), "no server is called 'surv'"),
    (
        errors.AmbiguousServer("survival", (_SERVER, make_server("survival", "ffff0000"))),
        "'survival' could be any of: Survival (main:1a2b3c4d), survival (main:ffff0000)",
    ),
    (
        errors.ActionInProgress(
            ServerRef("main", "1a2b3c4d"), action="restart", user_id=10, link=None
        ),
        "main:1a2b3c4d is busy: restart is not finished",
    ),
    (
        errors.UnsupportedAction("kill", kind="vpsorg"),
        "a panel of kind vpsorg does not offer kill",
    ),
    (
        errors.InvalidCommand(),
        "a console command is one line without control characters",
    ),
    (errors.UnknownPanel("Main"), "no panel is called 'Main'"),
    (errors.DraftGone(), "this form is no longer open"),
    (errors.NameMismatch(_SERVER), "the server is called 'Survival'"),
    (
        errors.InvalidRule(errors.RuleProblem.NOBODY),
        "such a rule cannot be given: it names no role and no member, or both",
    ),
    (
        errors.InvalidNews(errors.NewsProblem.EVENTS, "explosions"),
        "such news cannot be: it names what is no kind of event: explosions",
    ),
    (errors.UnknownNews(), "there is no such subscription"),
    (errors.InvalidPanel(PanelProblem.TOO_MANY), "the panel would be one too many"),
    (
        errors.InvalidPanel(PanelProblem.UNFIT, "no such kind"),
        "the panel cannot be opened: no such kind",
    ),
    (errors.InvalidBoard(BoardProblem.SAME), "the board is there already"),
    (errors.UnknownBoard(), "there is no such board"),
    (errors.UnknownRule(), "there is no such rule"),
    (errors.RuleChanged(), "somebody has changed this rule since"),
    (errors.StorageUnavailable("disk full"), "the database is not available: disk full"),
    (
        errors.PanelUnreachable("main", "connection refused"),
        "panel main did not answer: connection refused",
    ),
    (
        errors.PanelUnreachable("main", "timed out", node=True),
        "the server's node did not answer: timed out",
    ),
    (errors.PanelAddressRefused("main"), "panel main is not at a public address"),
    (
        errors.PanelAddressRefused("main", node=True),
        "the server's node is not at a public address",
    ),
    (errors.PanelAuthFailed("main", "wrong"), "panel main refused the key: wrong"),
    (
        errors.PanelForbidden("main", "no right"),
        "the key of panel main may not do that: no right",
    ),
    (errors.PanelRateLimited("main", None), "panel main is getting too many requests"),
    (
        errors.PanelRateLimited("main", 12.4),
        "panel main is getting too many requests; try again in 12 s",
    ),
    (errors.PanelConflict("main", ServerState.SUSPENDED), "the server is suspended"),
    (errors.PanelConflict("main", ServerState.UNKNOWN, "no"), "the server's state forbids it: no"),
    (
        errors.PanelConflict("main", ServerState.INSTALLING, "wait"),
        "the server is installing: wait",
    ),
    (errors.ServerOffline("main"), "the server is not running"),
    (errors.ServerNotFound("main", "1a2b3c4d"), "panel main has no server 1a2b3c4d"),
    (errors.PanelRefused("main", "nope"), "panel main refused: nope"),
    (
        errors.PanelInvalid("main", {"name": ("too long", "taken"), "": ("no room",)}),
        "panel main refused: name: too long · name: taken · no room",
    ),
    (errors.PaymentRequired("main", "5 EUR"), "panel main asks for payment: 5 EUR"),
    (
        errors.PanelProtocolError("main", "HTML"),
        "panel main gave an answer that makes no sense: HTML",
    ),
    (
        errors.OutcomeUnknown("main", "restart"),
        "panel main did not confirm restart; it may have been carried out",
    ),
]


@pytest.mark.parametrize(
    ("error", "sentence"), _SENTENCES, ids=[type(error).__name__ for error, _ in _SENTENCES]
)
def test_an_error_is_one_plain_sentence(error: DeckhandError, sentence: str) -> None:
    assert str(error) == sentence


def test_every_error_is_in_the_table_above() -> None:
    abstract = {DeckhandError, PanelError}
    assert _below(DeckhandError) - abstract == {type(error) for error, _ in _SENTENCES}


def test_every_panel_error_knows_its_panel_and_when_to_come_back() -> None:
    for error, _ in _SENTENCES:
        if isinstance(error, PanelError):
            assert error.panel_id == "main"
            waits = isinstance(error, errors.PanelRateLimited)
            assert error.retry_after is None or waits


def _below(kind: type[DeckhandError]) -> set[type[DeckhandError]]:
    """Return the kinds of the domain; an adapter may have narrower ones for itself."""
    own = [child for child in kind.__subclasses__() if child.__module__ == kind.__module__]
    return {kind}.union(*(_below(child) for child in own))
