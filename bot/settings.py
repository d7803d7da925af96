"""From the configuration's panels to what `bot.panels` opens. Opens nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from bot.config import ConfigError
from bot.panels import PanelSettings, SettingsError, check_settings

if TYPE_CHECKING:
    from bot.config import Config


def panel_settings(config: Config) -> dict[str, PanelSettings]:
    """Return the settings by panel id; raises `ConfigError` for what their kinds refuse."""
    problems: list[str] = []
    found: dict[str, PanelSettings] = {}
    for index, panel in enumerate(config.panels):
        settings = PanelSettings(
            panel_id=panel.id,
            kind=panel.kind,
            base_url=panel.base_url,
            credentials={
                name: secret.get_secret_value() for name, secret in panel.credentials.items()
            },
            verify_tls=panel.verify_tls,
            options=panel.options,
        )
        try:
            check_settings(settings)
        except SettingsError as error:
            problems.append(f"panels[{index}].{error}")
        found[panel.id] = settings
    if problems:
        raise ConfigError(problems)
    return found
