"""The YAML of a configuration file. Refuses what YAML would let pass: keys given twice."""

from __future__ import annotations

from typing import TYPE_CHECKING

import yaml

from bot.config._problems import ConfigError

if TYPE_CHECKING:
    from pathlib import Path


def read(path: Path) -> dict[str, object]:
    """Return the mapping that the file holds; raises `ConfigError`."""
    try:
        settings = _parse(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        raise ConfigError([f"{path}: there is no such file"]) from None
    except OSError as error:
        raise ConfigError([f"{path}: cannot be read: {error.strerror}"]) from None
    except UnicodeDecodeError:
        raise ConfigError([f"{path}: is not UTF-8 text"]) from None
    except yaml.MarkedYAMLError as error:
        # Without the quoted line that the error carries as well: a secret may stand in it.
        mark = error.problem_mark or error.context_mark
        where = f" line {mark.line + 1}, column {mark.column + 1}:" if mark else ""
        raise ConfigError([f"{path}:{where} {error.problem}"]) from None
    except yaml.YAMLError:
        raise ConfigError([f"{path}: holds characters that YAML does not allow"]) from None
    if settings is None:
        raise ConfigError([f"{path}: is empty"])
    if not isinstance(settings, dict):
        raise ConfigError([f"{path}: must be a mapping of keys to values"])
    return settings


def _parse(text: str) -> object:
    loader = _Loader(text)
    try:
        return loader.get_single_data()
    finally:
        loader.dispose()


class _Loader(yaml.SafeLoader):
    """Refuses a key that is no text or stands twice, of which YAML would keep the last."""

    def compose_mapping_node(self, anchor: dict[str, yaml.Node]) -> yaml.MappingNode:
        node = super().compose_mapping_node(anchor)
        seen = set()
        for key, _ in node.value:
            if not isinstance(key, yaml.ScalarNode) or key.tag not in _KEYS:
                raise yaml.MarkedYAMLError(
                    problem="a key must be text", problem_mark=key.start_mark
                )
            if key.value in seen:
                problem = f"the key {key.value} stands here for the second time"
                raise yaml.MarkedYAMLError(problem=problem, problem_mark=key.start_mark)
            seen.add(key.value)
        return node


_KEYS = ("tag:yaml.org,2002:str", "tag:yaml.org,2002:merge")
