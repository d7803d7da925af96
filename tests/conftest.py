"""What every test stands on: no connection leaves this machine, and the referee."""

from __future__ import annotations

import ipaddress
import logging
import os
import socket
from typing import TYPE_CHECKING

import pytest

from bot import log
from bot.storage.engine import Database
from tests.garbage import keep_for_good
from tests.referee import RULES_MISSING, Referee, Rules, rules_folder
from tests.storage.databases import Databases

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


_PATIENCE = 20.0
"""Seconds for each transaction; tests of how long one may take set their own."""


class OutsideConnectionError(AssertionError):
    """A test tried to reach something that is not this machine."""


def pytest_configure(config: pytest.Config) -> None:
    """Put the guard up before any test module is imported."""
    patch = pytest.MonkeyPatch()
    config.add_cleanup(patch.undo)
    # A machine that stands still for two seconds is not a database that does not answer.
    patch.setattr(Database, "answer_seconds", _PATIENCE)
    for name in ("connect", "connect_ex"):
        patch.setattr(socket.socket, name, _guarded(getattr(socket.socket, name)))
    patch.setattr(socket, "getaddrinfo", _guarded_lookup(socket.getaddrinfo))


def pytest_collection_finish() -> None:
    """Leave modules and tests out of what is searched for garbage from now on."""
    keep_for_good()


@pytest.fixture(scope="session")
def referee_rules() -> Rules | None:
    """Discord's schemas, or None where they are missing; in CI they must not be."""
    folder = rules_folder()
    if folder is None and os.getenv("CI"):
        pytest.fail(RULES_MISSING)
    rules = Rules(folder) if folder else None
    keep_for_good()
    return rules


@pytest.fixture
def referee(referee_rules: Rules | None) -> Iterator[Referee]:
    """Judge what the watched stand-ins and bots say; the test fails for each foul."""
    referee = Referee(referee_rules)
    yield referee
    referee.verdict()


@pytest.fixture(scope="session")
def databases(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Databases]:
    """Where tests borrow databases."""
    databases = Databases(tmp_path_factory.mktemp("databases"))
    yield databases
    databases.close()


@pytest.fixture
def own_logging() -> Iterator[None]:
    """Let the test set up logging for the whole process, and undo that."""
    root = logging.getLogger()
    handlers = root.handlers[:]
    levels = {name: logging.getLogger(name).level for name in (None, *log.LIBRARIES)}
    root.handlers = []  # set_up() closes those that it finds
    yield
    root.handlers = handlers
    for name, level in levels.items():
        logging.getLogger(name).setLevel(level)


def _guarded(connect: Callable[..., object]) -> Callable[..., object]:
    def guarded(self: socket.socket, address: tuple[str, ...]) -> object:
        if self.family != socket.AF_UNIX and not _is_loopback(address[0]):
            raise OutsideConnectionError(f"a test tried to connect to {address!r}")
        return connect(self, address)

    return guarded


def _guarded_lookup(getaddrinfo: Callable[..., object]) -> Callable[..., object]:
    def guarded(host: str | bytes | None, *args: object, **options: object) -> object:
        name = host.decode() if isinstance(host, bytes) else host
        if not name or name == "localhost" or _is_address(name):
            return getaddrinfo(host, *args, **options)
        if name.endswith(".invalid"):  # never exists (RFC 2606); said without asking anybody
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
        raise OutsideConnectionError(f"a test tried to look up {name!r}")

    return guarded


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return False
    return True
