"""Secrets by reference: `{env: NAME}` or `{file: PATH}`. Refuses a secret that is written out."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from pydantic import BeforeValidator, ValidationInfo

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

Section = Literal["discord", "database_url", "secret_key", "panels"]
ALL_SECTIONS: frozenset[Section] = frozenset({"discord", "database_url", "secret_key", "panels"})


@dataclass(frozen=True, slots=True)
class Source:
    """Where references lead, and of which sections they are followed."""

    folder: Path
    environ: Mapping[str, str]
    needs: frozenset[Section]

    @classmethod
    def of(cls, info: ValidationInfo) -> Source:
        """Return the one that the models are validated with."""
        if not isinstance(info.context, cls):
            raise TypeError("a configuration is made by load()")
        return info.context


def secret(section: Section) -> BeforeValidator:
    """Put the secret in the place of its reference, or nothing where it is not wanted."""

    def follow(value: object, info: ValidationInfo) -> str:
        return resolve(value, section, source=Source.of(info))

    return BeforeValidator(follow)


def resolve(value: object, section: Section, *, source: Source, is_several: bool = False) -> str:
    """Follow a reference; raises `ValueError`, which never holds the value: it may be a secret.

    Of several secrets each may stand on a line of its own; they are returned with spaces between.
    """
    way, name = _way(value)
    if section not in source.needs:
        return ""
    if way == "env":
        where, content = _variable(name), source.environ.get(name)
    else:
        where = _file(name, source.folder)
        content = _content(source.folder / name, where)
    if content is None:
        raise ValueError(f"{where} does not exist")
    found = " ".join(content.split()) if is_several else content.strip()
    if not found:
        raise ValueError(f"{where} is empty")
    if not found.isprintable():
        raise ValueError(f"{where} holds more than one line of text")
    return found


def _way(value: object) -> tuple[Literal["env", "file"], str]:
    match value:
        case {"env": str(name), **others} if name and not others:
            return "env", name
        case {"file": str(name), **others} if name and not others:
            return "file", name
    raise ValueError(
        "must be a reference, {env: NAME} or {file: PATH}; "
        "the secret itself does not belong in this file"
    )


# People put the secret itself where its name belongs.
_UNSHOWN = "named here (not shown: it may be a secret)"


def _variable(name: str) -> str:
    usual = re.fullmatch("[A-Z][A-Z0-9_]*", name)
    return f"the environment variable {name if usual else _UNSHOWN}"


def _file(name: str, folder: Path) -> str:
    usual = "/" in name or re.search(r"\.[A-Za-z0-9]{1,5}$", name)
    return f"the file {folder / name if usual or os.access(folder / name, os.F_OK) else _UNSHOWN}"


def _content(file: Path, where: str) -> str | None:
    try:
        return file.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return None
    except OSError as error:
        raise ValueError(f"{where} cannot be read: {error.strerror}") from None
    except UnicodeDecodeError:
        raise ValueError(f"{where} is not text") from None
