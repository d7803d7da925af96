"""Owns how a request becomes a message or changes one. Knows no routes, tokens or permissions."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from bot.simulators.discord import components, rules
from bot.simulators.discord.entities import Thread
from bot.simulators.discord.errors import Form, refusal
from bot.simulators.discord.mentions import mentioned
from bot.simulators.discord.message import (
    COMPONENTS_V2,
    EPHEMERAL,
    LOADING,
    Attachment,
    Message,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.simulators.discord.entities import Channel
    from bot.simulators.discord.errors import Path
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.state import State

FILE_BYTES = 10 * 1024 * 1024
_SUPPRESS_EMBEDS, _SUPPRESS_NOTIFICATIONS = 1 << 2, 1 << 12
_SETTABLE = _SUPPRESS_EMBEDS | _SUPPRESS_NOTIFICATIONS | COMPONENTS_V2


@dataclass(frozen=True, slots=True)
class Upload:
    """A file of a multipart request; `index` is the number in `files[0]`."""

    index: int
    filename: str
    content_type: str
    data: bytes = field(repr=False)


@dataclass(frozen=True, slots=True)
class Draft:
    """What a request wants to be written: its body, its files, and where in the form it stands."""

    body: dict[str, Any]
    uploads: tuple[Upload, ...] = ()
    path: Path = ()


def create(
    state: State, channel: Channel, draft: Draft, *, cause: Interaction | None = None
) -> Message:
    """Write a new message; as the answer to an interaction it may be for one user only."""
    flags = _flags(draft) & (_SETTABLE | (EPHEMERAL if cause else 0))
    message = _blank(state, channel, flags, cause=cause)
    _write(state, message, draft, flags)
    message.nonce = draft.body.get("nonce")
    message.pings = [] if message.ephemeral else list(message.mentions)
    _keep(message)
    return message


def create_post(state: State, forum: Channel, name: str, draft: Draft) -> tuple[Thread, Message]:
    """Write the first message of a new post; refused, it leaves no thread."""
    thread = Thread(state, name, parent=forum, owner_id=state.application.bot_user.id)
    message = _blank(state, thread, _flags(draft) & _SETTABLE, cause=None)
    message.id = thread.id
    _write(state, message, draft, message.flags)
    message.pings = list(message.mentions)
    _keep(message)
    return thread, message


def create_loading(state: State, cause: Interaction, *, ephemeral: bool) -> Message:
    """Write the message that says that the bot is thinking."""
    flags = LOADING | (EPHEMERAL if ephemeral else 0)
    message = _blank(state, cause.channel, flags, cause=cause)
    _keep(message)
    return message


def edit(state: State, message: Message, draft: Draft) -> None:
    """Change a message; the flag for Components V2 can be added and never taken away.

    The first edit of a "thinking" message is its first appearance: it pings and is not marked.
    """
    first = message.loading
    flags = message.flags & ~LOADING | _flags(draft) & (COMPONENTS_V2 | _SUPPRESS_EMBEDS)
    _write(state, message, draft, flags)
    if first:
        message.pings = [] if message.ephemeral else list(message.mentions)
    else:
        message.edited_at = state.clock()


def delete(message: Message) -> None:
    """Take a message away."""
    message.deleted = True
    message.channel.stored.pop(message.id, None)


def _blank(state: State, channel: Channel, flags: int, *, cause: Interaction | None) -> Message:
    author = state.application.bot_user
    message = Message(state.next_id(), channel, author, state.clock(), flags=flags)
    message.interaction = cause
    message.viewer = cause.user if cause and flags & EPHEMERAL else None
    return message


def _keep(message: Message) -> None:
    if message.viewer is None:
        message.channel.stored[message.id] = message


def _write(state: State, message: Message, draft: Draft, flags: int) -> None:
    """Check everything, then change everything: a refused request leaves no trace."""
    body = draft.body
    v2 = bool(flags & COMPONENTS_V2)
    files = _attachments(state, message, draft)
    filenames = [file.filename for file in files]
    rules.check_message(body, v2=v2, filenames=filenames, path=draft.path)
    content = str(_given(body, "content", message.content) or "").strip()
    embeds = _given(body, "embeds", message.embeds) or []
    tree = _given(body, "components", message.components) or []
    if v2:
        form = Form()
        rules.refuse_legacy(form, draft.path, {"content": content, "embeds": embeds})
        form.close()
    if not (tree if v2 else content or embeds or files):
        raise refusal(50006)
    if message.interaction is None:
        _moderate(message.channel, "\n".join([content, *_texts(tree)]))
    message.flags = flags
    message.content = content
    message.embeds = [_embed(item) for item in embeds]
    message.attachments = files
    if "components" in body:
        message.components = components.stored(tree, files)
    message.mentions = mentioned(message, body.get("allowed_mentions"))


def _moderate(channel: Channel, text: str) -> None:
    """Refuse words that AutoMod blocks; edits are looked at as well."""
    blocked = channel.guild.blocked_words if channel.guild else ()
    if any(word.casefold() in text.casefold() for word in blocked):
        raise refusal(200000)


def _texts(tree: Sequence[dict[str, Any]]) -> Iterator[str]:
    shown = (item for item in components.walk(tree) if item["type"] == components.Kind.TEXT)
    return (str(item["content"]) for item in shown)


def _flags(draft: Draft) -> int:
    flags = draft.body.get("flags")
    return flags if isinstance(flags, int) else 0


def _given(body: dict[str, Any], key: str, otherwise: Any) -> Any:
    return body.get(key) if key in body else otherwise


def _attachments(state: State, message: Message, draft: Draft) -> list[Attachment]:
    if any(len(upload.data) > FILE_BYTES for upload in draft.uploads):
        raise refusal(40005)
    given = draft.body.get("attachments")
    listed = given if isinstance(given, list) else []
    described = {str(item.get("id")): item for item in listed if isinstance(item, dict)}
    kept = message.attachments
    if "attachments" in draft.body:
        kept = [file for file in kept if str(file.id) in described]
    return [*kept, *(_attachment(state, message, item, described) for item in draft.uploads)]


def _attachment(
    state: State, message: Message, upload: Upload, described: dict[str, dict[str, Any]]
) -> Attachment:
    about = described.get(str(upload.index), {})
    number = state.next_id()
    filename = about.get("filename") or upload.filename
    url = f"{state.origin}/attachments/{message.channel.id}/{number}/{filename}"
    description = about.get("description")
    return Attachment(number, filename, upload.content_type, description, url, upload.data)


def _embed(given: dict[str, Any]) -> dict[str, Any]:
    kept = {key: value for key, value in given.items() if value is not None} | {"type": "rich"}
    if "fields" in kept:
        kept["fields"] = [{"inline": False, **item} for item in kept["fields"]]
    return kept
