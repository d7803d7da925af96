"""Reads `config.yaml` and the secrets it refers to into frozen models; all that is wrong at once.

Refuses secrets that are written out, keys it does not know, and any other use of the environment;
what a kind of panel makes of its settings is not judged here.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

from pydantic import ValidationError

from bot.config._file import read
from bot.config._models import Config, DiscordConfig, PanelConfig, secret_values
from bot.config._problems import ConfigError, sentence
from bot.config._references import ALL_SECTIONS, Section, Source
from bot.config._values import DEFAULT_DATABASE, database_url

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

__all__ = [
    "ALL_SECTIONS",
    "DEFAULT_DATABASE",
    "Config",
    "ConfigError",
    "DiscordConfig",
    "PanelConfig",
    "Section",
    "database_url",
    "load",
    "secret_values",
]


def load(
    path: Path,
    environ: Mapping[str, str] | None = None,
    *,
    needs: frozenset[Section] = ALL_SECTIONS,
) -> Config:
    """Read the file, or raise `ConfigError`.

    `needs` names the sections whose secrets are wanted. Those of the other sections are not read
    and stay empty, so that a panel can be driven where no Discord token is at hand.
    """
    settings = read(path)
    if "discord" not in needs:
        settings.setdefault("discord", {"token": {"env": "DISCORD_TOKEN"}})
    known = os.environ if environ is None else environ  # noqa: TID251 - here it is read
    source = Source(path.absolute().parent, known, needs)
    problems = _repeated_ids(settings.get("panels"))
    try:
        config = Config.model_validate(settings, context=source)
    except ValidationError as error:
        problems += [sentence(details) for details in error.errors()]
    if problems:
        raise ConfigError(problems)
    return config


def _repeated_ids(panels: object) -> list[str]:
    first: dict[str, int] = {}
    problems = []
    for index, panel in enumerate(panels if isinstance(panels, list) else []):
        panel_id = panel.get("id") if isinstance(panel, dict) else None
        if isinstance(panel_id, str) and first.setdefault(panel_id, index) != index:
            problems.append(f"panels[{index}].id: panels[{first[panel_id]}] has the same id")
    return problems
