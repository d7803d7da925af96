"""Keys that guilds give are sealed, and nowhere else: all that the bot says and keeps is searched.

Beside them there is one typed wrongly, one that took the place of another, and the master key.
"""

from __future__ import annotations

import asyncio
import base64
import gc
import json
import logging
import sqlite3
import sys
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

import pytest

from bot import log
from bot.domain.errors import StorageUnavailable
from bot.storage.key_file import KeyFile
from bot.storage.panels import SqlPanels
from tests.e2e.adding import add, fill_in, tick
from tests.e2e.stage import TOKEN

if TYPE_CHECKING:
    from collections.abc import Iterable

    from bot.domain.panels import StoredPanel
    from tests.e2e.stage import Stage

SOURCE = str(Path(__file__).parents[2])
WRONG = "ptlc_typedWronglyAndAllTheSameASecret0123456789"
_SHOWN = {"bot", "discord", "sqlalchemy", "asyncio", "cryptography"}
"""Not aiohttp: the stand-ins use it in this very process, for the other side."""


class Ear(logging.Handler):
    """Keeps all that is logged, before anything is redacted."""

    def __init__(self) -> None:
        super().__init__(logging.DEBUG)
        self.lines: list[str] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.lines.append(logging.Formatter().format(record))


pytestmark = pytest.mark.usefixtures("own_logging")


def listen() -> Ear:
    """Log as `run --debug` does, and listen to it."""
    log.set_up("DEBUG")
    ear = Ear()
    logging.getLogger().addHandler(ear)
    return ear


def forms(secret: str) -> Iterable[bytes]:
    """The secret as it could stand somewhere."""
    plain = secret.encode()
    yield from (plain, quote(secret, safe="").encode(), json.dumps(secret)[1:-1].encode())
    # Wherever it begins within a group of three bytes.
    yield from (base64.b64encode(b" " * at + plain)[4:-4] for at in range(3))
    yield from (plain.hex().encode(), secret.encode("utf-16-le"))


def found(secrets: Iterable[str], *places: bytes | str) -> list[str]:
    """What stands around the secrets that are in one of the places."""
    raw = [place if isinstance(place, bytes) else place.encode() for place in places]
    return [
        place[max(0, at - 200) : at + 100].decode(errors="replace")
        for secret in secrets
        for form in forms(secret)
        for place in raw
        if (at := place.find(form)) >= 0
    ]


def shown_objects() -> str:
    """What our objects, those of libraries, and all errors say of themselves."""
    gc.unfreeze()  # or what was there before the tests would not be shown
    gc.collect()
    return "\n".join(_shown(each) for each in gc.get_objects() if _is_of_interest(each))


def _is_of_interest(thing: object) -> bool:
    module = str(type(thing).__module__)
    is_of_standin = module.startswith("bot.simulators")
    is_ours = module.split(".", maxsplit=1)[0] in _SHOWN and not is_of_standin
    return is_ours or isinstance(thing, BaseException)


def _shown(thing: object) -> str:
    try:
        return f"{thing!r} {thing}"
    except Exception as error:  # noqa: BLE001 - half-made things of libraries cannot say
        return repr(error)


def said_to_discord(stage: Stage) -> str:
    exchanges = [
        (each.path, dict(each.query), each.request_body, dict(each.request_headers))
        for each in stage.discord.exchanges
    ]
    sent = [each.payload for each in stage.discord.gateway_log if each.direction == "send"]
    return json.dumps([exchanges, sent], default=str, ensure_ascii=False)


def files(stage: Stage) -> dict[str, bytes]:
    """The database as it lies on the disk while the bot runs, its log of changes as well."""
    found = {each.name: each.read_bytes() for each in stage.folder.glob("deckhand.db*")}
    assert {"deckhand.db", "deckhand.db-wal", "deckhand.db.key"} <= found.keys()
    return found


def rows(stage: Stage) -> str:
    """The database as anybody reads it who has it."""
    with closing(sqlite3.connect(stage.database)) as connection:
        return "\n".join(connection.iterdump())


def of_process(number: int, name: str) -> bytes:
    return Path(f"/proc/{number}/{name}").read_bytes()


async def live_through(stage: Stage) -> list[str]:
    """Add, change and test panels, with every failure that there is; returns the keys."""
    owner = stage.panel.add_user("root", admin=True)
    stage.panel.own(owner, stage.survival)
    first, new = stage.panel.add_key(stage.panel_owner), stage.panel.add_key(stage.panel_owner)
    admin = stage.panel.add_key(owner)
    application = stage.panel.add_key(owner, application=True)
    mia = stage.moderator
    await add(stage, mia, name="Wrong", key=WRONG)
    await add(stage, mia, name="Both", key=admin, application_key=application)
    message = await add(stage, mia, key=first)
    await tick(stage, mia, message, "Secret")
    quoted = {
        "errors": [{"code": "X", "status": "400", "detail": f"Authorization: Bearer {first}"}]
    }
    for fault, options in (
        ("html", {"status": 500, "body": f"<pre>Bearer {first}</pre>"}),
        ("html", {"status": 400, "body": json.dumps(quoted)}),
        ("redirect", {"to": f"https://panel.example.com/login?key={first}"}),
        ("cut-before", {}),
        ("throttle", {}),
    ):
        stage.panel.faults.add(fault, **options)
        await stage.answer(mia, "panel test", panel="Annex")
        stage.panel.faults.clear()
    stage.panel.accounts.revoke(first)
    await stage.answer(mia, "panel test", panel="Annex")
    opened = await stage.slash(mia, "panel rotate-key", panel="Annex")
    await (await stage.send_form(mia, opened, {"key.key": new})).reply()
    await stage.answer(mia, "panel list")
    await stage.answer(mia, "server list", panel="Annex")
    return [first, new, admin, application, WRONG]


async def test_keys_are_nowhere_but_sealed(
    quiet_stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    ear = listen()
    await quiet_stage.start_bot()
    secrets = await live_through(quiet_stage)
    raw = files(quiet_stage)
    printed = "".join(capsys.readouterr())

    assert "Annex" in said_to_discord(quiet_stage)
    assert "Annex" in rows(quiet_stage)
    assert "ready as" in printed
    assert len(ear.lines) >= printed.count("\n20")
    assert found(secrets, said_to_discord(quiet_stage)) == []
    assert found(secrets, *raw.values()) == []
    assert found(secrets, rows(quiet_stage)) == []
    assert found(secrets, printed, *ear.lines) == []
    assert found(secrets, shown_objects()) == []


async def test_the_master_key_is_nowhere_but_in_its_file(
    quiet_stage: Stage, capsys: pytest.CaptureFixture[str]
) -> None:
    ear = listen()
    await quiet_stage.start_bot()
    await add(quiet_stage, quiet_stage.moderator)
    master = KeyFile(quiet_stage.database.with_name("deckhand.db.key")).read()
    others = [raw for name, raw in files(quiet_stage).items() if name != "deckhand.db.key"]

    assert found(master, said_to_discord(quiet_stage), rows(quiet_stage), *others) == []
    assert found(master, shown_objects(), "".join(capsys.readouterr()), *ear.lines) == []


@pytest.mark.parametrize(
    "error", [StorageUnavailable("disk full"), RuntimeError("a defect of ours")], ids=type
)
async def test_a_failure_in_the_middle_lets_no_key_out(
    quiet_stage: Stage,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
    *,
    error: Exception,
) -> None:
    key = quiet_stage.panel.add_key(quiet_stage.panel_owner)

    async def fail(_self: SqlPanels, panel: StoredPanel) -> None:
        raise error

    monkeypatch.setattr(SqlPanels, "add", fail)
    ear = listen()
    await quiet_stage.start_bot()

    message = await (await fill_in(quiet_stage, quiet_stage.moderator, key=key)).reply()

    assert "Annex is added" not in message.text
    printed = "".join(capsys.readouterr())
    assert isinstance(error, StorageUnavailable) or "a defect of ours" in printed
    assert found([key], printed, said_to_discord(quiet_stage), *ear.lines) == []
    assert found([key], shown_objects(), *files(quiet_stage).values()) == []


async def test_what_would_be_logged_all_the_same_is_redacted(
    quiet_stage: Stage,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Suspenders: a mistake of tomorrow that puts a key into an error."""
    key = quiet_stage.panel.add_key(quiet_stage.panel_owner)

    async def fail(_self: SqlPanels, panel: StoredPanel) -> None:
        raise RuntimeError(panel.credentials["key"])

    monkeypatch.setattr(SqlPanels, "add", fail)
    ear = listen()
    await quiet_stage.start_bot()
    await (await fill_in(quiet_stage, quiet_stage.moderator, key=key)).reply()

    assert found([key], *ear.lines)
    printed = "".join(capsys.readouterr())
    assert "RuntimeError: [secret]" in printed
    assert found([key], printed) == []


async def test_a_process_shows_no_key_to_others_on_its_machine(quiet_stage: Stage) -> None:
    quiet_stage.settings()
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "bot", "run", "--debug", "--config", str(quiet_stage.folder / "config.yaml")),
        env={"DISCORD_TOKEN": TOKEN, "PANEL_KEY": quiet_stage.key, "PYTHONPATH": SOURCE},
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.STDOUT,
    )
    try:
        await quiet_stage.discord.wait_connected(timeout=30)
        await quiet_stage.until_listed()
        keys = await live_through(quiet_stage)
        keys += KeyFile(quiet_stage.database.with_name("deckhand.db.key")).read()
        shown = [of_process(process.pid, name) for name in ("cmdline", "environ")]
    finally:
        process.terminate()
        output, _ = await process.communicate()

    assert b"ready as" in output
    assert found(keys, output, *shown) == []
    assert found([TOKEN, quiet_stage.key], output, shown[0]) == []
