"""What may be typed on the command line. Does nothing with it."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

from bot.cli._values import nest
from bot.domain.servers import PowerAction, ServerState

if TYPE_CHECKING:
    from collections.abc import Sequence

DEFAULT_CONFIG = Path("config.yaml")
_LAST_PORT = 65535


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
    alone = demo.add_mutually_exclusive_group()
    alone.add_argument("--headless", action="store_true", help="play a short scenario and leave")
    alone.add_argument(
        "--record",
        type=Path,
        metavar="FILE",
        help="play the tour, write what was said into FILE as Markdown, and leave",
    )
    demo.add_argument(
        "--port",
        type=_port,
        default=0,
        metavar="N",
        help="where the page listens on 127.0.0.1 (default: any free port)",
    )
    demo.add_argument("--no-browser", action="store_true", help="only print the page's address")
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
    _add_keys(commands.add_parser("keys", help="make a master key, or change to another"), common)
    _add_panel(commands.add_parser("panel", parents=[common], help="use a panel without Discord"))
    return parser


def _add_keys(keys: argparse.ArgumentParser, common: argparse.ArgumentParser) -> None:
    verbs = keys.add_subparsers(dest="verb", metavar="VERB", required=True)
    verbs.add_parser("new", parents=[common], help="print a new key, for secret_key")
    rotate = verbs.add_parser(
        "rotate", parents=[common], help="seal all secrets in the database under a new key"
    )
    _add_config(rotate)


def _add_panel(panel: argparse.ArgumentParser) -> None:
    _add_config(panel)
    panel.add_argument(
        "--json", action="store_true", help="print JSON: one value, or one for each event"
    )
    panel.add_argument("panel", metavar="PANEL", help="the panel's id in the configuration")
    last = _Parser(add_help=False)
    last.add_argument("--json", action="store_true", default=argparse.SUPPRESS, help="the same")
    last.add_argument("--debug", action="store_true", default=argparse.SUPPRESS, help="the same")
    verbs = panel.add_subparsers(dest="verb", metavar="VERB", required=True)
    listing = verbs.add_parser("list", parents=[last], help="list the servers")
    states = [state.value for state in ServerState]
    listing.add_argument("--state", choices=states, metavar="S", help="only those in this state")
    listing.add_argument("--location", metavar="L", help="only those at this location or node")
    listing.add_argument(
        "--search", default="", metavar="TEXT", help="only those with TEXT in name, id or address"
    )
    show = verbs.add_parser("show", parents=[last], help="show one server")
    power = verbs.add_parser("power", parents=[last], help="start or stop a server")
    command = verbs.add_parser("command", parents=[last], help="write a line to the console")
    watch = verbs.add_parser(
        "watch", parents=[last], help="print what happens on a server, a line for each event"
    )
    for verb in (show, power, command, watch):
        verb.add_argument("server", metavar="SERVER", help="its id or its name")
    actions = [action.value for action in PowerAction]
    power.add_argument("action", choices=actions, metavar="|".join(actions))
    command.add_argument("text", metavar="TEXT", help="one line")
    watch.add_argument(
        "--seconds", type=_seconds, default=None, metavar="N", help="leave after N seconds"
    )
    _add_administration(verbs, last)


def _add_administration(
    verbs: argparse._SubParsersAction[argparse.ArgumentParser], last: argparse.ArgumentParser
) -> None:
    create = verbs.add_parser("create", parents=[last], help="create a server")
    update = verbs.add_parser("update", parents=[last], help="change a server")
    build = verbs.add_parser("build", parents=[last], help="change what a server may use")
    suspend = verbs.add_parser("suspend", parents=[last], help="take a server out of use")
    unsuspend = verbs.add_parser("unsuspend", parents=[last], help="let it be used again")
    delete = verbs.add_parser("delete", parents=[last], help="delete a server for good")
    for verb in (update, build, suspend, unsuspend, delete):
        verb.add_argument("server", metavar="SERVER", help="its id or its name")
    for verb in (create, update, build):
        verb.add_argument(
            "--set",
            action=_Set,
            nargs="+",
            dest="values",
            required=True,
            metavar="KEY=VALUE",
            help="the panel's own name of a field, and JSON or text: limits.memory=1024",
        )
    update.add_argument(
        "--full", action="store_true", help="these are all values: clear the others"
    )
    delete.add_argument("--yes", action="store_true", help="without it nothing is deleted")
    delete.add_argument(
        "--force", action="store_true", help="also where the server's node does not answer"
    )


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


def _port(text: str) -> int:
    if not (text.isascii() and text.isdigit()) or not 0 < int(text[:6]) <= _LAST_PORT:
        raise argparse.ArgumentTypeError(f"must be a number of 1 to {_LAST_PORT}")
    return int(text)


class _Parser(argparse.ArgumentParser):
    def error(self, message: str) -> NoReturn:
        raise UsageError(message, self.format_usage())


class _Set(argparse.Action):
    """Nests the values of all its uses into one object."""

    def __call__(
        self,
        _parser: argparse.ArgumentParser,
        namespace: argparse.Namespace,
        values: str | Sequence[object] | None,
        _option: str | None = None,
    ) -> None:
        given = [*getattr(namespace, self.dest + "_given", []), *map(str, values or ())]
        setattr(namespace, self.dest + "_given", given)
        try:
            setattr(namespace, self.dest, nest(given))
        except ValueError as error:
            raise argparse.ArgumentError(self, str(error)) from error


class _Version(argparse.Action):
    """Looks the version up only when it is asked for."""

    def __init__(self, option_strings: Sequence[str], dest: str, help: str | None = None) -> None:  # noqa: A002 - argparse's name
        super().__init__(option_strings, dest, nargs=0, help=help)

    def __call__(self, parser: argparse.ArgumentParser, *_: object) -> None:
        from importlib.metadata import version  # noqa: PLC0415 - slow, and rarely wanted

        print(f"deckhand {version('deckhand-bot')}")
        parser.exit()
