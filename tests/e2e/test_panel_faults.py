"""Whatever a panel does, a member reads a plain sentence in time, and nothing is done twice."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from bot.simulators.discord.message import Message
    from bot.simulators.world import Fault
    from tests.e2e.stage import Stage

_NO_ANSWER = "The panel did not answer"
_SENSELESS = "an answer that I do not understand"
_UNCONFIRMED = "did not confirm"


def _assert_plain(message: Message) -> None:
    """Assert that it holds nothing but words (and mentions, whose ids are numbers)."""
    text = re.sub(r"<@\d+>", "", message.text)
    for jargon in ("Traceback", "Exception", "Error", "http", "504", "502", "None", "127.0.0.1:"):
        assert jargon not in text, text


# What the panel does to every look at a server: the fault, its options, what a member reads.
_LOOKS: dict[str, tuple[str, dict[str, Any], str]] = {
    "page": ("html", {"status": 502}, _NO_ANSWER),
    "page-instead-of-json": ("html", {"status": 200}, _SENSELESS),
    "login": ("redirect", {}, _SENSELESS),
    "cut": ("cut-before", {}, _NO_ANSWER),
    "huge": ("big", {}, _SENSELESS),
}


@pytest.mark.parametrize(("kind", "options", "text"), _LOOKS.values(), ids=_LOOKS)
async def test_a_card_tells_why_it_is_not_fresh(
    stage: Stage, kind: str, options: dict[str, Any], text: str
) -> None:
    stage.panel.faults.add(kind, path="/api/client/servers", **options)
    card = await stage.answer(stage.helper, "server status", server="Survival")
    assert text in card.text
    assert "Survival" in card.text
    assert "Traceback" not in card.text


async def test_a_throttled_look_is_repeated_when_the_panel_says_so(stage: Stage) -> None:
    stage.panel.faults.add("throttle", path="/api/client/servers", count=1, retry_after="1")
    card = await stage.answer(stage.helper, "server status", server="Survival")
    assert "running" in card.text


async def test_a_long_throttle_is_told(stage: Stage) -> None:
    stage.panel.faults.add("throttle", path="/api/client/servers", retry_after="120")
    card = await stage.answer(stage.helper, "server status", server="Survival")
    assert "too many requests" in card.text
    assert "Try again in 2 min" in card.text


async def test_a_slow_panel_is_waited_for_behind_an_answer_in_time(stage: Stage) -> None:
    stage.panel.faults.add("late", path="/api/client/servers", seconds=3.5)
    asked = await stage.slash(stage.helper, "server status", server="Survival")
    assert asked.acknowledged
    assert asked.thinking
    assert "running" in (await stage.told(asked)).text


# What the panel does to the order itself.
_ORDERS: dict[str, tuple[str, dict[str, Any], str]] = {
    "page": ("html", {"status": 502}, _NO_ANSWER),
    "login": ("redirect", {}, _SENSELESS),
    "throttled": ("throttle", {"retry_after": "30"}, "too many requests"),
}


@pytest.mark.parametrize(("kind", "options", "text"), _ORDERS.values(), ids=_ORDERS)
async def test_an_order_that_fails_says_so_in_its_receipt(
    stage: Stage, kind: str, options: dict[str, Any], text: str
) -> None:
    path = f"/api/client/servers/{stage.survival.identifier}/power"
    stage.panel.faults.add(kind, path=path, **options)
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "⚠️", text)
    _assert_plain(receipt)
    assert stage.survival.signals == []


async def test_an_order_without_answer_is_watched_and_sent_once(stage: Stage) -> None:
    path = f"/api/client/servers/{stage.survival.identifier}/power"
    stage.panel.faults.add("cut-after", path=path)
    receipt = await stage.answer(stage.owner, "server stop", server="Survival")
    await stage.until(lambda: stage.survival.signals == ["stop"])
    stage.world_time.advance(3)
    await stage.until_text(receipt, "**Survival** is offline")
    assert stage.survival.signals == ["stop"]
    assert len([request for request in stage.panel.requests if request.path == path]) == 1


async def test_a_console_command_without_answer_says_so(stage: Stage) -> None:
    path = f"/api/client/servers/{stage.survival.identifier}/command"
    stage.panel.faults.add("cut-after", path=path)
    answer = await stage.answer(
        stage.owner, "server command", server="Survival", command="say hello"
    )
    assert _UNCONFIRMED in answer.text
    assert stage.survival.console == ["say hello"]


async def test_a_server_that_is_offline_takes_no_command(stage: Stage) -> None:
    answer = await stage.answer(
        stage.owner, "server command", server="Creative", command="say hello"
    )
    assert "not running" in answer.text
    assert "Start it first" in answer.text


@pytest.mark.parametrize(
    ("condition", "word"),
    [("suspended", "suspended"), ("installing", "installing"), ("transferring", "moving")],
)
async def test_a_conflict_names_the_state(stage: Stage, condition: str, word: str) -> None:
    stage.creative.condition = condition
    receipt = await stage.answer(stage.helper, "server start", server="Creative")
    await stage.until_text(receipt, "not possible while the server is", word)
    _assert_plain(receipt)


@pytest.mark.parametrize("fault", ["down", "reset", 500])
async def test_a_failing_daemon_is_not_a_failing_panel(stage: Stage, fault: Fault) -> None:
    stage.node.fault = fault
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "⚠️")
    _assert_plain(receipt)
    assert stage.survival.signals == []


async def test_a_key_that_was_revoked_is_told_without_jargon(stage: Stage) -> None:
    stage.panel.faults.add(
        "html", path="/api/client", status=401, body=_error("AuthenticationException", 401)
    )
    receipt = await stage.answer(stage.helper, "restart", server="Survival")
    await stage.until_text(receipt, "no longer accepts my key")
    _assert_plain(receipt)


async def test_a_panel_that_goes_away_while_a_receipt_runs_is_waited_for(stage: Stage) -> None:
    receipt = await stage.answer(stage.owner, "server stop", server="Survival")
    await stage.until_text(receipt, "🟡 stopping")
    stage.panel.faults.add("html", path="/api/client/servers", status=502)
    stage.panel.wings.faults.add("html", path="/api/servers", status=502)
    await stage.panel.wings.disconnect(stage.survival, 1006)
    await stage.until_text(receipt, "does not answer at the moment, still watching")
    stage.panel.wings.faults.clear()
    stage.panel.faults.clear()
    stage.world_time.advance(3)
    await stage.until_text(receipt, "**Survival** is offline")


async def test_without_the_panel_the_bot_starts_and_says_what_is_wrong(
    quiet_stage: Stage,
) -> None:
    stage = quiet_stage
    stage.panel.faults.add("html", path="/api/client", status=503)
    await stage.start_bot_only()
    answer = await stage.answer(stage.owner, "server status", server="Survival")
    assert _NO_ANSWER in answer.text
    assert answer.ephemeral
    assert await stage.suggest(stage.owner, "") == []


async def test_one_broken_server_hides_no_other(quiet_stage: Stage) -> None:
    stage = quiet_stage
    path = f"/api/client/servers/{stage.secret.identifier}/resources"
    stage.panel.faults.add("html", path=path, status=500)
    await stage.start_bot()
    listing = await stage.answer(stage.owner, "server list")
    assert "Survival** · running" in listing.text
    assert "Secret** · running" not in listing.text
    assert "Secret" in listing.text


async def test_nothing_that_a_panel_leaves_out_breaks_a_card(stage: Stage) -> None:
    attributes = (
        "name",
        "description",
        "limits",
        "node",
        "relationships",
        "sftp_details",
        "feature_limits",
        "status",
        "uuid",
    )
    stage.panel.faults.add(
        "set",
        path="/api/client/servers",
        fields={f"attributes.{name}": None for name in attributes} | {"attributes.resources": None},
    )
    card = await stage.answer(stage.helper, "server status", server="Survival")
    assert "Traceback" not in card.text
    assert "None" not in card.text


async def test_an_unknown_state_is_unknown(stage: Stage) -> None:
    stage.panel.faults.add(
        "set", path="/api/client/servers", fields={"attributes.current_state": "pondering"}
    )
    card = await stage.answer(stage.helper, "server status", server="Survival")
    assert "❔" in card.text
    assert "unknown" in card.text


def _error(code: str, status: int) -> str:
    return (
        f'{{"errors": [{{"code": "{code}", "status": "{status}", "detail": "Unauthenticated."}}]}}'
    )
