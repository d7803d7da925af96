from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from bot import config
from bot.cli import main
from bot.domain.errors import StorageUnavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from pathlib import Path

    from tests.cli.conftest import Ended, Installation

    Deckhand = Callable[..., Awaitable[Ended]]

LIST = ("main", "list")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        ([], "the following arguments are required: COMMAND"),
        (["fly"], "invalid choice: 'fly'"),
        (["panel", "main"], "the following arguments are required: VERB"),
        (["panel", "main", "power", "x", "explode"], "invalid choice: 'explode'"),
        (["panel", "main", "list", "--state", "runing"], "invalid choice: 'runing'"),
        (["run", "--unknown"], "unrecognized arguments: --unknown"),
        (["migrate", "--config", "a", "--database-url", "b"], "not allowed with argument"),
        (["demo", "--seconds", "0"], "must be a number of more than 0"),
        (["demo", "--seconds", "soon"], "must be a number of more than 0"),
    ],
)
async def test_wrong_usage_is_told_with_the_right_one(
    deckhand: Deckhand, arguments: list[str], words: str
) -> None:
    ended = await deckhand(*arguments)

    assert (ended.status, ended.out) == (2, "")
    assert ended.err.startswith("usage: deckhand")
    assert words in ended.err.splitlines()[-1]


async def test_wrong_usage_is_json_where_json_was_asked_for(deckhand: Deckhand) -> None:
    ended = await deckhand("panel", "main", "fly", "--json")

    error = json.loads(ended.out)["error"]
    assert (ended.status, ended.err, error["type"]) == (2, "", "UsageError")


@pytest.mark.parametrize("command", [["run"], ["check"], ["panel", *LIST], ["migrate"]])
async def test_a_configuration_that_is_not_there_is_named(
    deckhand: Deckhand, tmp_path: Path, command: list[str]
) -> None:
    missing = tmp_path / "none.yaml"

    ended = await deckhand(command[0], "--config", missing, *command[1:])

    assert (ended.status, ended.out) == (2, "")
    assert ended.err == f"{missing}: there is no such file\n"


async def test_every_problem_of_a_configuration_has_its_line(
    deckhand: Deckhand, tmp_path: Path
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("discord: {token: written-out}\nextra: 1\n", encoding="utf-8")

    ended = await deckhand("run", "--config", file)

    assert (ended.status, ended.out) == (2, "")
    assert [line.split(":")[0] for line in ended.err.splitlines()] == ["discord.token", "extra"]
    assert "written-out" not in ended.err


async def test_problems_of_a_configuration_are_one_json_error(
    deckhand: Deckhand, tmp_path: Path
) -> None:
    file = tmp_path / "config.yaml"
    file.write_text("a: 1\nb: 1\n", encoding="utf-8")

    ended = await deckhand("panel", "--config", file, *LIST, "--json")

    assert (ended.status, ended.err) == (2, "")
    assert json.loads(ended.out)["error"] == {
        "type": "ConfigError",
        "message": "a: is not a known key\nb: is not a known key",
        "panel": None,
        "retry_after": None,
    }


async def test_the_configuration_is_looked_for_in_the_working_directory(
    deckhand: Deckhand, installation: Installation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(installation.folder)

    ended = await deckhand("panel", *LIST)

    assert ended.status == 0


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Make every command fail while it reads its configuration."""

    def fail_with(error: BaseException) -> None:
        def load(*_: object, **__: object) -> None:
            raise error

        monkeypatch.setattr(config, "load", load)

    return fail_with


async def test_the_unexpected_ends_in_a_sentence_with_an_incident(
    deckhand: Deckhand, failing: Callable[[BaseException], None]
) -> None:
    failing(RuntimeError("details for developers"))

    ended = await deckhand("panel", *LIST)

    assert (ended.status, ended.out) == (1, "")
    logged, told = ended.err.splitlines()
    found = re.search(r"\(incident ([0-9a-f]{8})\)", told)
    assert found
    assert logged.endswith(f"Incident {found[1]}")
    assert "details" not in ended.err


@pytest.mark.parametrize("command", [["run"], ["check", "--debug"], ["panel", *LIST, "--debug"]])
async def test_the_log_has_the_traceback_of_the_unexpected(
    deckhand: Deckhand, failing: Callable[[BaseException], None], command: list[str]
) -> None:
    failing(RuntimeError("details for developers"))

    ended = await deckhand(*command)

    assert ended.status == 1
    assert "Traceback" in ended.err
    assert "RuntimeError: details for developers" in ended.err
    assert "(incident " in ended.err.splitlines()[-1]


@pytest.mark.parametrize("command", [["run"], ["check"], ["migrate", "--config", "x"]])
async def test_a_failing_database_is_told_in_its_sentence(
    deckhand: Deckhand, failing: Callable[[BaseException], None], command: list[str]
) -> None:
    failing(StorageUnavailable("the disk is full"))

    ended = await deckhand(*command)

    assert (ended.status, ended.err) == (2, "the database is not available: the disk is full\n")


async def test_an_interrupt_ends_quietly(
    deckhand: Deckhand, failing: Callable[[BaseException], None]
) -> None:
    failing(KeyboardInterrupt())

    ended = await deckhand("check")

    assert (ended.status, ended.out, ended.err) == (130, "", "")


def test_a_reader_that_has_gone_ends_it_quietly() -> None:
    reading, writing = os.pipe()
    os.close(reading)
    ended = subprocess.run(
        [sys.executable, "-c", "from bot.cli import main; raise SystemExit(main())", "--version"],
        stdout=writing,
        stderr=subprocess.PIPE,
        check=False,
        timeout=30,
    )
    os.close(writing)

    assert (ended.returncode, ended.stderr) == (141, b"")


@pytest.mark.parametrize("option", ["--help", "--version"])
def test_help_and_version_succeed(option: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main([option]) == 0
    assert "deckhand" in capsys.readouterr().out


def test_the_module_is_the_same_as_the_command() -> None:
    ended = subprocess.run(
        [sys.executable, "-m", "bot", "--version"],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    assert re.fullmatch(r"deckhand \d+\.\d+\.\d+\n", ended.stdout)
