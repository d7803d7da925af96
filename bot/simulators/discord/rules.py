"""Owns what Discord demands of a message and its schemas do not say. Stores nothing.

Figures: Discord's message reference: content 2000; 10 embeds and 6000 characters over all of them;
title 256, description 4096, 25 fields, name 256, value 1024, footer 2048, author 256; nonce 25.
Polls and stickers are not part of this stand-in, so their keys are unknown to it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.discord.component_rules import check_components
from bot.simulators.discord.errors import Form

if TYPE_CHECKING:
    from collections.abc import Collection

    from bot.simulators.discord.errors import Path

MAX_CONTENT = 2000
MAX_FILES = 10
MAX_EMBED_CHARACTERS = 6000
_KEYS = frozenset(
    {
        *("content", "embeds", "components", "attachments", "flags", "tts"),
        *("allowed_mentions", "nonce", "enforce_nonce", "message_reference"),
    },
)
_FILE_KEYS = frozenset(
    {"id", "filename", "description", "title", "duration_secs", "waveform", "is_spoiler"},
)
_LEGACY = "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2"
_EMBED_KEYS = frozenset(
    {
        *("title", "type", "description", "url", "timestamp", "color", "fields", "flags"),
        *("footer", "image", "thumbnail", "author", "provider", "video"),
    },
)


def check_message(
    body: dict[str, Any], *, v2: bool, filenames: Collection[str], path: Path = ()
) -> None:
    """Raise Discord's form error unless this may be written on a message.

    `v2` is whether the message has or gets the flag for Components V2; `path` is where the message
    stands in the body of the request.
    """
    form = Form()
    form.known(path, body, _KEYS)
    form.text((*path, "content"), body.get("content"), MAX_CONTENT)
    form.whole((*path, "flags"), body.get("flags"), (1 << 31) - 1)
    _check_embeds(form, (*path, "embeds"), body.get("embeds"))
    _check_mentions(form, (*path, "allowed_mentions"), body.get("allowed_mentions"))
    form.object((*path, "message_reference"), body.get("message_reference"))
    _check_files(form, (*path, "attachments"), body.get("attachments"), count=len(filenames))
    if isinstance(body.get("nonce"), str):
        form.text((*path, "nonce"), body["nonce"], 25)
    check_components(
        form, (*path, "components"), body.get("components"), v2=v2, filenames=filenames
    )
    if v2:
        refuse_legacy(form, path, body)
    form.close()


def refuse_legacy(form: Form, path: Path, body: dict[str, Any]) -> None:
    """Complain about what a message with Components V2 may not have."""
    for key in ("content", "embeds"):
        if body.get(key):
            text = f"The '{key}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            form.refuse((*path, key), _LEGACY, text)


def _check_files(form: Form, path: Path, value: Any, *, count: int) -> None:
    described = form.items(path, value, MAX_FILES)
    for index, file in enumerate(described):
        form.known((*path, index), file, _FILE_KEYS)
    if len(described) <= MAX_FILES < count:
        form.refuse(path, "BASE_TYPE_MAX_LENGTH", f"Must be {MAX_FILES} or fewer in length.")


def _check_embeds(form: Form, path: Path, value: Any) -> None:
    total = 0
    for index, embed in enumerate(form.items(path, value, 10)):
        here = (*path, index)
        form.known(here, embed, _EMBED_KEYS)
        footer = form.object((*here, "footer"), embed.get("footer"))
        author = form.object((*here, "author"), embed.get("author"))
        form.text((*here, "title"), embed.get("title"), 256)
        form.text((*here, "description"), embed.get("description"), 4096)
        form.text((*here, "footer", "text"), footer.get("text"), 2048)
        form.text((*here, "author", "name"), author.get("name"), 256)
        texts = [embed.get("title"), embed.get("description"), footer.get("text")]
        texts.append(author.get("name"))
        for number, field in enumerate(form.items((*here, "fields"), embed.get("fields"), 25)):
            below = (*here, "fields", number)
            form.known(below, field, {"name", "value", "inline"})
            form.text((*below, "name"), field.get("name"), 256, minimum=1)
            form.text((*below, "value"), field.get("value"), 1024, minimum=1)
            texts += [field.get("name"), field.get("value")]
        total += sum(len(text) for text in texts if isinstance(text, str))
    if total > MAX_EMBED_CHARACTERS:
        text = f"Embed size exceeds maximum size of {MAX_EMBED_CHARACTERS}"
        form.refuse(path, "MAX_EMBED_SIZE_EXCEEDED", text)


def _check_mentions(form: Form, path: Path, value: Any) -> None:
    allowed = form.object(path, value)
    form.known(path, allowed, {"parse", "users", "roles", "replied_user"})
    parse = allowed.get("parse") or []
    if not isinstance(parse, list):
        form.refuse((*path, "parse"), "LIST_TYPE_CONVERT", "Only lists are valid here.")
        return
    for index, word in enumerate(parse):
        form.choice((*path, "parse", index), word, ("everyone", "roles", "users"))
    for key in ("users", "roles"):
        if form.ids((*path, key), allowed.get(key), 100) and key in parse:
            text = f'parse:["{key}"] and {key}: [ids...] are mutually exclusive.'
            form.refuse(path, "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE", text)
