from __future__ import annotations

import logging
import re

import pytest

from bot import log

pytestmark = pytest.mark.usefixtures("own_logging")

SECRET = "ptlc_s3cret/with+signs"
_log = logging.getLogger("bot.somewhere")


def stderr(capsys: pytest.CaptureFixture[str]) -> str:
    out, err = capsys.readouterr()
    assert out == ""
    return err


def test_a_line_says_when_how_grave_where_and_what(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO")

    _log.info("Panel %s has %d servers", "main", 3)

    line = r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ INFO    bot\.somewhere: Panel main has 3 servers\n"
    assert re.fullmatch(line, stderr(capsys))


def test_set_up_again_replaces_what_was(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("DEBUG")
    log.set_up("WARNING")

    _log.info("not shown")
    _log.warning("shown once")

    assert stderr(capsys).count("\n") == 1


@pytest.mark.parametrize("form", [SECRET, "ptlc_s3cret%2Fwith%2Bsigns"])
def test_a_secret_is_redacted_in_messages_arguments_and_tracebacks(
    capsys: pytest.CaptureFixture[str], form: str
) -> None:
    log.set_up("INFO", [SECRET, "s3cret", ""])

    _log.info(f"in the message {form}")
    _log.info("as an argument %s %r", form, {"key": form})
    try:
        raise ValueError(f"in an error {form}")  # noqa: TRY301 - for its traceback
    except ValueError:
        _log.exception("with its traceback")

    shown = stderr(capsys)
    assert "in an error [secret]" in shown
    assert "s3cret" not in shown
    assert shown.count("[secret]") == 4


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("Authorization: Bearer abc.def-123", "Authorization: Bearer [secret]"),
        ("{'Authorization': 'Bot abc.def'}", "{'Authorization': 'Bot [secret]'}"),
        ('{"authorization": "abc"}', '{"authorization": "[secret]"}'),
        (
            "PATCH /api/v10/webhooks/12/aW50ZXI_x-z/messages/@original",
            "PATCH /api/v10/webhooks/12/[secret]/messages/@original",
        ),
        ("POST /interactions/12/aW50ZXI/callback", "POST /interactions/12/[secret]/callback"),
        ("postgresql://deck:p%40ss@db/deck", "postgresql://deck:[secret]@db/deck"),
        ("http://127.0.0.1:8080/api/x@y", "http://127.0.0.1:8080/api/x@y"),
    ],
)
def test_credentials_are_redacted_by_their_form(
    capsys: pytest.CaptureFixture[str], text: str, shown: str
) -> None:
    log.set_up("INFO")

    _log.info("%s", text)

    assert stderr(capsys).endswith(f": {shown}\n")


def test_text_from_outside_cannot_forge_a_line(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO")

    _log.info("named %s", "evil\r\n2030-01-01 ERROR \x1b[31mforged\u2028line")

    line = stderr(capsys)
    assert len(line.splitlines()) == 1
    assert "evil\\x0d\\x0a2030-01-01 ERROR \\x1b[31mforged\\x2028line" in line


@pytest.mark.parametrize("level", ["DEBUG", "INFO", "WARNING"])
def test_libraries_never_write_payloads(capsys: pytest.CaptureFixture[str], level: str) -> None:
    log.set_up(level)

    logging.getLogger("discord.gateway").debug("payload")
    logging.getLogger("discord.http").info("payload")
    logging.getLogger("aiosqlite").debug("payload")
    logging.getLogger("sqlalchemy.engine").info("payload")
    logging.getLogger("aiohttp.access").info("payload")
    _log.warning("our own line")

    lines = stderr(capsys).splitlines()
    assert [line.rpartition(": ")[2] for line in lines] == ["our own line"]


def test_secrets_that_come_later_are_redacted_as_well(capsys: pytest.CaptureFixture[str]) -> None:
    log.set_up("INFO", ["first"])

    log.redact(["second/one", "second", ""])
    log.redact(["third"])
    _log.info("first second/one second%2Fone second third")

    assert stderr(capsys).endswith(": [secret] [secret] [secret] [secret] [secret]\n")


def test_without_any_set_up_there_is_nothing_to_redact() -> None:
    log.redact(["first"])
