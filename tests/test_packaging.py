from __future__ import annotations

import re
import tomllib
from importlib.metadata import distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

import bot
from bot.cli import main

ROOT = Path(__file__).parent.parent
PACKAGE = Path(bot.__file__).parent
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def pins() -> dict[str, str]:
    """The pinned versions by name."""
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pinned = [line.partition("==") for line in lines if line and not line.startswith("#")]
    return {canonicalize_name(name): version for name, _, version in pinned}


def required() -> list[Requirement]:
    """What pyproject.toml asks for, with every extra."""
    project = PROJECT["project"]
    asked = set(project["dependencies"]).union(*project["optional-dependencies"].values())
    found = map(Requirement, sorted(asked))
    return [each for each in found if each.name != "deckhand-bot"]


def test_the_console_script_is_the_command_line() -> None:
    scripts = distribution("deckhand-bot").entry_points.select(group="console_scripts")

    assert scripts["deckhand"].load() is main


def test_the_metadata_says_what_it_needs() -> None:
    metadata = distribution("deckhand-bot").metadata

    assert metadata["Requires-Python"] == ">=3.11"
    assert metadata["License-File"] == "LICENSE"
    assert metadata["Description-Content-Type"] == "text/markdown"


def test_types_and_catalogues_stand_in_the_package() -> None:
    assert (PACKAGE / "py.typed").is_file()
    assert list(PACKAGE.glob("locales/*/LC_MESSAGES/*.po"))
    assert not list(PACKAGE.rglob("*.mo"))


def test_the_demo_page_stands_in_the_package() -> None:
    static = PACKAGE / "simulators" / "web" / "static"

    assert (static / "index.html").is_file()
    # The wheel takes the whole package but for what the repository ignores.
    ignored = (ROOT / ".gitignore").read_text(encoding="utf-8").splitlines()
    assert not {line.strip("/") for line in ignored} & {"static", "*.html", "*.css", "*.js"}


def test_migrations_go_where_an_installed_package_looks_for_them() -> None:
    wheel = PROJECT["tool"]["hatch"]["build"]["targets"]["wheel"]

    assert wheel["packages"] == ["bot"]
    assert wheel["force-include"] == {"migrations": "bot/migrations"}
    assert not (PACKAGE / "migrations").exists()


@pytest.mark.parametrize("requirement", required(), ids=str)
def test_every_requirement_has_a_pin_that_satisfies_it(
    pins: dict[str, str], requirement: Requirement
) -> None:
    assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)])


def test_constraints_name_versions_and_nothing_else() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()

    for line in lines:
        assert re.fullmatch(r"(#.*)?|[A-Za-z0-9._-]+==[A-Za-z0-9.]+", line)


def test_what_the_build_needs_is_pinned_too(pins: dict[str, str]) -> None:
    for requirement in map(Requirement, PROJECT["build-system"]["requires"]):
        assert requirement.specifier.contains(pins[canonicalize_name(requirement.name)])
