"""What may be typed on the command line. Does nothing with it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bot.domain.servers import PowerAction, ServerState

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_CONFIG = Path("config.yaml")


class UsageError(Exception):
    """The command line makes no sense; carries the line that shows how it is used."""

    def __init__(self, message: str, usage: str) -> None:
        self.usage = usage.strip()
        super().__init__(message)


def build_parser() -> argparse.ArgumentParser:
    """Return the parser of all commands; it raises `UsageError` instead of leaving."""
    common = _Parser(add_help=False)
    common.add_argument("--debug", action="store_true", help="show tracebacks, log everything")
    parser = _Parser(
        prog="deckhand",
        description="A Discord bot that puts a community's game servers within reach.",
    )
    parser.add_argument("--version", action=_Version, help="show the version and leave")
    commands = parser.add_subparsers(dest="command", metavar="COMMAND", required=True)
    run = commands.add_parser("run", parents=[common], help="run the bot")
    _add_config(run)
    demo = commands.add_parser(
        "demo", parents=[common], help="run the bot on this machine against stand-ins"
    )
    demo.add_argument("--headless", action="store_true", help="play a short scenario and leave")
    demo.add_argument(
        "--seconds", type=_seconds, default=None, metavar="N", help="leave after N seconds"
    )
    check = commands.add_parser(
        "check",
        parents=[common],
        help="try the configuration, the database, Discord and all panels",
    )
    _add_config(check)
    migrate = commands.add_parser(
        "migrate",
        parents=[common],
        help="bring the database to the newest version",
        description="Without an option it is the file deckhand.db in the working directory.",
    )
    where = migrate.add_mutually_exclusive_group()
    where.add_argument("--config", type=Path, metavar="FILE", help="take the database from FILE")
    where.add_argument("--database-url", metavar="URL", help="such as sqlite:///deckhand.db")
    _add_panel(commands.add_parser("panel", parents=[common], help="use a panel without Discord"))
    return parser


def _add_panel(panel: argparse.ArgumentParser) -> None:
    _add_config(panel)
    panel.add_argument("--json", action="store_true", help="print exactly one JSON value")
    panel.add_argument("panel", metavar="PANEL", help="the panel's id in the configuration")
    last = _Parser(add_help=False)
    last.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="the same")
    last.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="the same")
    verbs = panel.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", parents=[last], help="list the servers")
    states = [state.value for state in ServerState]
    listing.add_argument("--state", choices=states, metavar="S", help="only those in this state")
    listing.add_argument(
        "--search", default="", metavar="TEXT", help="only those with TEXT in name, id or address"
    )
    show = verbs.add_parser("show", parents=[last], help="show one server")
    power = verbs.add_parser("power", parents=[last], help="start or stop a server")
    command = verbs.add_parser("command", parents=[last], help="write a line to the console")
    for verb in (show, power, command):
        verb.add_argument("server", metavar="SERVER", help="its id or its name")
    actions = [action.value for action in PowerAction]
    power.add_argument("action", choices=actions, metavar="|".join(actions))
    command.add_argument("text", metavar="TEXT", help="one line")


def _add_config(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--config",
        type=Path,
        default=DEFAULT_CONFIG,
        metavar="FILE",
        help="the configuration (default: %(default)s)",
    )


def _seconds(text: str) -> float:
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise argparse.ArgumentTypeError("must be a number of more than 0")
    return seconds


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self.format_usage())


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002 - argparse's name
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and rarely wanted

        print(f"deckhand {version('deckhand-bot')}")
        parser.exit()
