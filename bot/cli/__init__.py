"""The command line: one thin function per command, and one place where every failure ends.

Imports nothing heavy before a command needs it: `panel` must start fast and knows no Discord.
"""

from __future__ import annotations

import io
import os
import sys
from typing import TYPE_CHECKING

from bot import log
from bot.cli._parser import build_parser

if TYPE_CHECKING:
    import argparse
    from collections.abc import Sequence

    from bot.config import Config, Section

# What shells report for SIGINT and SIGPIPE.
_INTERRUPTED = 130
_PIPE_CLOSED = 141


def main(argv: Sequence[str] | None = None) -> int:
    """Do what is asked and return the exit status."""
    arguments = list(sys.argv[1:] if argv is None else argv)
    try:
        status = _carry_out(arguments)
        sys.stdout.flush()
    except KeyboardInterrupt:
        return _INTERRUPTED
    except BrokenPipeError:
        # The reader has gone; without this the interpreter complains when it flushes at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return _PIPE_CLOSED
    except Exception as error:  # noqa: BLE001 - the boundary: every failure ends in a sentence
        from bot.cli import _failures  # noqa: PLC0415 - costs pydantic

        verbose = "--debug" in arguments or "run" in arguments[:1]
        return _failures.tell(error, as_json="--json" in arguments, traceback=verbose)
    return status


def _carry_out(arguments: list[str]) -> int:
    if isinstance(sys.stdout, io.TextIOWrapper):
        # A name that the terminal cannot show must not hide all the others.
        sys.stdout.reconfigure(errors="backslashreplace")
    try:
        args = build_parser().parse_args(arguments)
    except SystemExit:  # --help and --version; wrong usage is a UsageError
        return 0
    log.set_up(_level(args))
    return _COMMANDS[args.command](args)


def _start_bot(args: argparse.Namespace) -> int:
    config = _load(args)
    from bot.cli import _run  # noqa: PLC0415 - costs discord and SQLAlchemy

    return _run.execute(config)


def _play_demo(args: argparse.Namespace) -> int:
    from bot.demo import main as play  # noqa: PLC0415 - costs all there is

    return play(args)


def _check_all(args: argparse.Namespace) -> int:
    config = _load(args)
    from bot.cli import _check  # noqa: PLC0415 - costs discord and SQLAlchemy

    return _check.execute(config, traceback=args.debug)


def _migrate_database(args: argparse.Namespace) -> int:
    url = args.database_url
    if args.config is not None:
        url = _load(args, needs=frozenset({"database_url"})).database_url
    from bot.cli import _migrate  # noqa: PLC0415 - costs SQLAlchemy

    return _migrate.execute(url)


def _change_keys(args: argparse.Namespace) -> int:
    needs: frozenset[Section] = frozenset({"database_url", "secret_key"})
    config = None if args.verb == "new" else _load(args, needs=needs)
    from bot.cli import _keys  # noqa: PLC0415 - costs discord and SQLAlchemy

    return _keys.make() if config is None else _keys.rotate(config)


def _drive_panel(args: argparse.Namespace) -> int:
    config = _load(args, needs=frozenset({"panels"}))
    from bot.cli import _panel  # noqa: PLC0415 - costs aiohttp

    return _panel.execute(args, config)


def _load(args: argparse.Namespace, *, needs: frozenset[Section] | None = None) -> Config:
    from bot import config  # noqa: PLC0415 - costs pydantic

    loaded = config.load(args.config, needs=config.ALL_SECTIONS if needs is None else needs)
    log.set_up(_level(args), config.secret_values(loaded))
    return loaded


def _level(args: argparse.Namespace) -> str:
    if args.debug:
        return "DEBUG"
    return "INFO" if args.command == "run" else "WARNING"


_COMMANDS = {
    "run": _start_bot,
    "demo": _play_demo,
    "check": _check_all,
    "migrate": _migrate_database,
    "keys": _change_keys,
    "panel": _drive_panel,
}
