"""The house rules that no linter knows."""

from __future__ import annotations

import ast
import re
import shlex
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from bot.cli._parser import build_parser

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
SOURCES = sorted((ROOT / "bot").rglob("*.py"))
TESTS = sorted((ROOT / "tests").rglob("*.py"))

SOFT_LIMIT = 300
HARD_LIMIT = 400
LONG = {"bot/domain/errors.py"}  # one tree
"""Files that are better read as one piece, although they are over the soft limit."""

BOUNDARIES = {
    "bot/cli/__init__.py",  # main: every failure ends in a sentence
    "bot/services/background.py",  # loops that nobody waits for outlive bugs
    "bot/ui/errors.py",  # components and forms: Discord's user gets an answer
}
"""The places that catch whatever comes, and no others."""

MUTATORS = {"add", "append", "clear", "extend", "insert", "pop", "popitem", "remove", "setdefault"}
MUTATORS |= {"appendleft", "discard", "popleft", "update"}

TOP_LEVEL = {
    ".ci",
    ".dockerignore",
    ".gitignore",
    "CHANGELOG.md",
    "CONTRIBUTING.md",
    "Dockerfile",
    "LICENSE",
    "README.md",
    "bot",
    "compose.yaml",
    "config.example.yaml",
    "constraints.txt",
    "docs",
    "migrations",
    "pyproject.toml",
    "tests",
}


def name_of(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def tree_of(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"))


def test_files_stay_short_enough_to_be_read_in_one_go() -> None:
    lengths = {name_of(path): length_of(path) for path in SOURCES}

    assert {name for name, length in lengths.items() if length > SOFT_LIMIT} == LONG
    assert not [name_of(path) for path in SOURCES + TESTS if length_of(path) > HARD_LIMIT]


def length_of(path: Path) -> int:
    return len(path.read_text(encoding="utf-8").splitlines())


def test_only_the_boundaries_catch_whatever_comes() -> None:
    broad = {
        name_of(path)
        for path in SOURCES
        for node in ast.walk(tree_of(path))
        if isinstance(node, ast.ExceptHandler) and is_broad(node.type)
    }

    assert broad == BOUNDARIES


def is_broad(caught: ast.expr | None) -> bool:
    if isinstance(caught, ast.Tuple):
        return any(map(is_broad, caught.elts))
    return caught is None or ast.unparse(caught) in {"Exception", "BaseException"}


def test_nothing_at_module_level_is_ever_changed() -> None:
    assert not [change for path in SOURCES for change in changes_of_globals(path)]


def changes_of_globals(path: Path) -> Iterator[str]:
    """Find `global`, and changes to what a module-level name stands for."""
    tree = tree_of(path)
    names = {
        target.id
        for node in tree.body
        if isinstance(node, ast.Assign | ast.AnnAssign)
        for target in (node.targets if isinstance(node, ast.Assign) else [node.target])
        if isinstance(target, ast.Name)
    }
    for node in ast.walk(tree):
        changed: ast.expr | None = None
        if isinstance(node, ast.Global):
            yield f"{name_of(path)}:{node.lineno} global"
        elif isinstance(node, ast.Subscript) and not isinstance(node.ctx, ast.Load):
            changed = node.value
        elif (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in MUTATORS
        ):
            changed = node.func.value
        if isinstance(changed, ast.Name) and changed.id in names:
            yield f"{name_of(path)}:{changed.lineno} {changed.id}"


def test_the_stand_ins_share_no_code_with_the_bot() -> None:
    foreign = [
        f"{name_of(path)}: {module}"
        for path in SOURCES
        if "simulators" in path.parts
        for module in imported(path)
        if module.split(".")[0] == "bot" and not f"{module}.".startswith("bot.simulators.")
    ]

    assert not foreign


def imported(path: Path) -> Iterator[str]:
    for node in ast.walk(tree_of(path)):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{name_of(path)} imports relatively"
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


WATCHED_IMPORT = """
import importlib, logging, os, pkgutil, sys, threading
import alembic, babel.messages.pofile, discord, discord.ext.commands, sqlalchemy.ext.asyncio

FORBIDDEN = ("os.mkdir", "os.putenv", "os.remove", "os.rename", "shutil.", "signal.",
             "socket.bind", "socket.connect", "socket.getaddrinfo", "sqlite3.", "subprocess.")

def watch(event, arguments):
    writes = event == "open" and isinstance(arguments[1], str) and set("wax+") & set(arguments[1])
    if writes or event.startswith(FORBIDDEN):
        raise SystemExit(f"{event} {arguments}")

handlers = list(logging.getLogger().handlers)
sys.addaudithook(watch)
import bot
for module in pkgutil.walk_packages(bot.__path__, "bot."):
    if not module.name.startswith(("bot.migrations", "bot.__main__")):
        importlib.import_module(module.name)
assert logging.getLogger().handlers == handlers
assert threading.active_count() == 1
"""


def test_to_import_a_module_does_nothing() -> None:
    ended = subprocess.run(  # noqa: S603 - our own words
        [sys.executable, "-B", "-c", WATCHED_IMPORT],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )

    assert (ended.returncode, ended.stdout, ended.stderr) == (0, "", "")


def documents() -> list[Path]:
    return [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").rglob("*.md"))]


def commands_in(document: Path) -> Iterator[str]:
    """Find the command lines in fenced blocks."""
    text = document.read_text(encoding="utf-8")
    for block in re.findall(r"^ *```[a-z]*\n(.*?)^ *```", text, flags=re.DOTALL | re.MULTILINE):
        for line in block.splitlines():
            yield from re.findall(r"(?:^ *|&& )(?:deckhand|\S*python3? -m bot)(?: (.*))?$", line)


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_commands_that_a_document_names_exist(document: Path) -> None:
    for command in commands_in(document):
        build_parser().parse_args(shlex.split(command, comments=True))


def test_the_readme_names_commands() -> None:
    named = [command.split()[0] for command in commands_in(ROOT / "README.md")]

    assert {"demo", "check", "run"} <= set(named)


@pytest.mark.parametrize("document", documents(), ids=name_of)
def test_files_that_a_document_links_to_exist(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    links = re.findall(r"\]\((?!https?:|#)([^)#]+)[^)]*\)", text)

    assert not [link for link in links if not (document.parent / link).exists()]


def test_the_top_level_holds_nothing_else() -> None:
    listed = subprocess.run(
        ["git", "ls-files"],  # noqa: S607 - the git of whoever runs the tests
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )
    if listed.returncode:
        pytest.skip("this is no checkout")

    assert {name.split("/")[0] for name in listed.stdout.splitlines()} <= TOP_LEVEL
