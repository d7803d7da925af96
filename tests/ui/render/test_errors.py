"""Every expected failure reads as plain words in every language, whatever its facts contain."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from bot.domain import errors
from bot.domain.access import Action, Rule, Subject
from bot.domain.boards import BoardProblem
from bot.domain.errors import DeckhandError
from bot.domain.panels import PanelProblem
from bot.domain.servers import Capability, ServerRef, ServerState
from bot.ui.render.errors import right, sentence
from tests.fakes import make_server
from tests.ui.render.judge import hostile_texts, threats, unseen
from tests.ui.render.languages import CHINESE, ENGLISH, EVERY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bot.ui.i18n import Words

_MESSAGE_LIMIT = 2000
_LINK = "https://discord.com/channels/1/2/3"
_JARGON = re.compile(
    r"\b(?:[45]\d\d|HTTP|API|JSON|TLS|DNS|URL|HTML|timeout|timed out|exception|error|null|None"
    r"|daemon|token|database_url)\b|Error\b|Traceback|\w+_\w+",
    re.IGNORECASE,
)
_CHINESE_STOP = r"[\u3002\uff1f\uff1a]"
_MAY_HAVE_CHANGED_SOMETHING = {
    errors.OutcomeUnknown,
    errors.PanelProtocolError,
    errors.PanelRefused,
}
_NOTHING_THERE_TO_CHANGE = {errors.UnknownServer, errors.ServerNotFound}


def _failures(text: str = "Survival") -> Iterator[DeckhandError]:
    """Yield an error of every kind and shape, with the same foreign text in every place."""
    server = make_server(text, text)
    many = tuple(make_server(text, f"{text}{number}") for number in range(30))
    for action in Action:
        yield errors.NotAllowed(action, name=server.name, rule=None)
        yield errors.UnsupportedAction(action, kind=text)
        yield errors.OutcomeUnknown(text, action)
    for link in (None, _LINK):
        yield errors.ActionInProgress(server.ref, action=Action.STOP, user_id=11, link=link)
    yield errors.UnknownServer(text)
    yield errors.AmbiguousServer(text, many[:2])
    yield errors.AmbiguousServer(text, many)
    yield errors.UnsupportedAction(Capability.FORCE_DELETE, kind=text)
    yield errors.UnknownPanel(text)
    yield errors.DraftGone()
    yield errors.NameMismatch(server)
    yield errors.InvalidCommand()
    for problem in errors.RuleProblem:
        yield errors.InvalidRule(problem)
    yield errors.UnknownRule()
    yield from map(errors.InvalidBoard, BoardProblem)
    yield errors.UnknownBoard()
    yield errors.RuleChanged()
    yield from (errors.InvalidNews(problem, text) for problem in errors.NewsProblem)
    yield errors.UnknownNews()
    yield from (errors.InvalidPanel(problem, text) for problem in PanelProblem)
    limited = Rule(
        guild_id=1,
        subject=Subject.ROLE,
        subject_id=2,
        grant=Action.COMMAND,
        allow=True,
        commands=(text,) * 20,
    )
    yield errors.NotAllowed(Action.COMMAND, name=text, rule=limited)
    yield errors.StorageUnavailable(text)
    for node in (True, False):
        yield errors.PanelUnreachable(text, text, node=node)
        yield errors.PanelAddressRefused(text, node=node)
    for retry_after in (None, 0, 0.4, 59.5, 300):
        yield errors.PanelRateLimited(text, retry_after)
    for state in ServerState:
        yield errors.PanelConflict(text, state, text)
    for kind in (errors.PanelAuthFailed, errors.PanelForbidden, errors.PanelProtocolError):
        yield kind(text, text)
    for refusal in (errors.PanelRefused, errors.PaymentRequired):
        yield refusal(text, text)
    for fields in ({"": (text,)}, {text: (text, text)}, dict.fromkeys("abcdefgh", (text,) * 9)):
        yield errors.PanelInvalid(text, fields)
    yield errors.ServerOffline(text)
    yield errors.ServerNotFound(text, text)


def _below(kind: type[DeckhandError]) -> set[type[DeckhandError]]:
    """Return the kinds of the domain; an adapter may have narrower ones for itself."""
    own = [child for child in kind.__subclasses__() if child.__module__ == kind.__module__]
    return {kind}.union(*(_below(child) for child in own))


def test_every_error_is_tried_here() -> None:
    abstract = {DeckhandError, errors.PanelError}
    assert {type(error) for error in _failures()} == _below(DeckhandError) - abstract


@pytest.mark.parametrize("kind", sorted({type(error) for error in _failures()}, key=repr))
def test_every_error_has_its_own_words(kind: type[DeckhandError]) -> None:
    """And not the general ones of its family."""
    others = {sentence(error, ENGLISH) for error in _failures() if type(error) is not kind}

    for error in _failures():
        if type(error) is kind:
            assert sentence(error, ENGLISH) not in others | {str(error)}


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_no_error_speaks_of_how_things_are_built(t: Words) -> None:
    for error in _failures():
        text = sentence(error, t).replace(_LINK, "")
        assert type(error).__name__ not in text
        assert _JARGON.findall(text) == [], text


def test_an_error_says_whether_anything_was_changed() -> None:
    for error in _failures():
        text = sentence(error, ENGLISH)
        if type(error) in _MAY_HAVE_CHANGED_SOMETHING:
            assert "look at the server before you try again" in text.lower(), text
        elif type(error) not in _NOTHING_THERE_TO_CHANGE:
            assert "Nothing was" in text or "nothing was" in text, text


def test_without_the_database_no_more_is_claimed_than_is_known() -> None:
    text = sentence(errors.StorageUnavailable("locked"), ENGLISH)
    assert "your rights" not in text
    assert "Most likely nothing was changed; look before you try again" in text


@pytest.mark.parametrize(("t", "stop"), [(ENGLISH, r"[.?:](?= |$|\n)"), (CHINESE, _CHINESE_STOP)])
def test_an_error_says_more_than_that_it_failed(t: Words, stop: str) -> None:
    for error in _failures():
        assert len(re.findall(stop, sentence(error, t))) >= 2, sentence(error, t)


@pytest.mark.parametrize("error", list(_failures()), ids=lambda error: type(error).__name__)
def test_an_error_is_translated(error: DeckhandError) -> None:
    text = sentence(error, CHINESE)

    assert text != sentence(error, ENGLISH)
    assert re.search(r"[\u4e00-\u9fff]", text)
    assert not re.search(r"[{}]", text)


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_what_an_error_quotes_cannot_act(t: Words) -> None:
    for text in hostile_texts(seed=2, count=150):
        for error in _failures(text):
            said = sentence(error, t).replace(_LINK, "")
            assert threats(said) == [], (said, text)
            assert unseen(said.replace("\n", "")) == [], (said, text)


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("text", ["n" * 200, "*" * 200, "@" * 5000, "[](://" * 100, "", "\u200b"])
def test_an_error_fits_into_a_message(t: Words, text: str) -> None:
    for error in _failures(text):
        assert 0 < len(sentence(error, t)) <= _MESSAGE_LIMIT


def test_braces_in_a_fact_stay_as_they_are() -> None:
    said = sentence(errors.PanelRefused("main", "{server} {0} {"), ENGLISH)

    assert "{server} {0} {" in said


def test_a_refusal_by_the_panel_is_quoted() -> None:
    said = sentence(errors.PanelRefused("main", "The allocation is in use."), ENGLISH)

    assert "The allocation is in use." in said


def test_a_refused_value_is_named_with_what_the_panel_says_of_it() -> None:
    said = sentence(
        errors.PanelInvalid("main", {"limits.io": ("Too low.",), "": ("No.",)}), ENGLISH
    )

    assert said.splitlines()[1:] == ["• `limits.io`: Too low.", "• No."]


def test_what_was_done_in_part_is_never_called_unchanged() -> None:
    for error in (errors.PanelUnreachable("main", "gone"), errors.PanelInvalid("main", {})):
        error.changed, error.failed = ("name", "user"), ("egg",)
        said = sentence(error, ENGLISH)
        assert "Changed: `name`, `user`" in said
        assert "Not changed, as far as I know: `egg`" in said
        assert "gone" in said or "refused" in said
        assert sentence(error, CHINESE) != said
        assert said.startswith("A part of this is done")
        assert "Nothing was changed" not in said
        assert "look at the server before you try again" in said


def test_a_panel_that_cannot_create_is_not_called_the_panel_of_a_server() -> None:
    said = sentence(errors.UnsupportedAction(Action.CREATE, kind="cvm"), ENGLISH)

    assert said.startswith("This panel cannot create servers.")


def test_a_denial_names_right_server_and_who_can_give_it() -> None:
    said = sentence(errors.NotAllowed(Action.RESTART, name="Survival", rule=None), ENGLISH)

    assert "restart **Survival**" in said
    assert "Manage Server" in said


def test_a_busy_server_names_who_does_what_and_where_it_can_be_read() -> None:
    ref = ServerRef("main", "1a2b3c4d")
    said = sentence(errors.ActionInProgress(ref, action="restart", user_id=11, link=_LINK), ENGLISH)

    assert "<@11> asked to restart" in said
    assert said.endswith(_LINK)


def test_an_ambiguous_name_lists_what_can_be_typed_instead() -> None:
    """Ids alone would not do: two panels may count their servers alike."""
    one, other = make_server("Lobby", "7"), make_server("lobby", "7", panel_id="backup")

    said = sentence(errors.AmbiguousServer("lobby", (one, other)), ENGLISH)

    assert said.splitlines()[1:] == ["- **Lobby** · `main:7`", "- **lobby** · `backup:7`"]


@pytest.mark.parametrize(
    ("seconds", "wait"),
    [(0, "1 s"), (0.4, "1 s"), (1.2, "2 s"), (59.5, "1 min"), (90, "1 min 30 s"), (300, "5 min")],
)
def test_a_wait_is_never_promised_too_short(seconds: float, wait: str) -> None:
    assert f"in {wait}." in sentence(errors.PanelRateLimited("main", seconds), ENGLISH)


@pytest.mark.parametrize("state", [state for state in ServerState if state != "unknown"])
def test_a_conflict_names_the_state(state: ServerState) -> None:
    said = sentence(errors.PanelConflict("main", state), ENGLISH)

    assert "while the server is" in said


def test_a_conflict_in_a_state_that_nobody_knows_does_not_name_it() -> None:
    assert "unknown" not in sentence(errors.PanelConflict("main", ServerState.UNKNOWN), ENGLISH)


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_every_right_has_a_name(t: Words) -> None:
    names = [right(action, t) for action in Action]

    assert all(names)
    assert len(set(names)) == len(names)
