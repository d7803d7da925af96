"""Owns the answers to interactions: the callback, and the webhook that every interaction opens."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bot.simulators.discord import components, compose, message_payloads
from bot.simulators.discord.channel_routes import limit_old_edit
from bot.simulators.discord.command_rules import OptionType, check_choice_texts
from bot.simulators.discord.compose import Draft
from bot.simulators.discord.errors import Form, refusal
from bot.simulators.discord.exchange import Reply
from bot.simulators.discord.interaction import InteractionKind
from bot.simulators.discord.message import EPHEMERAL
from bot.simulators.discord.modal_rules import check_modal

if TYPE_CHECKING:
    from bot.simulators.discord.exchange import Call
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message
    from bot.simulators.discord.state import State

MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, CHOICES, MODAL = 4, 5, 6, 7, 8, 9
_WITH_RESOURCE = (MESSAGE, UPDATE)


def callback(state: State, call: Call) -> Reply:
    """`POST /interactions/{id}/{token}/callback`: once, within three seconds."""
    interaction = state.interactions.get(call.params["interaction_token"])
    if interaction is None or interaction.id != call.id("interaction_id"):
        raise refusal(10062)
    if interaction.acknowledged:
        raise refusal(40060)
    if interaction.failed:
        raise refusal(10062)
    kind = _kind(interaction, call.form.get("type"))
    _answer(state, interaction, call, kind=kind)
    interaction.acknowledge(kind)
    return Reply(_callback_body(interaction, kind)) if call.flag("with_response") else Reply()


def create_followup(state: State, call: Call) -> Reply:
    """`POST /webhooks/{id}/{token}`; a message that is still "thinking" is filled instead."""
    interaction = _interaction(state, call)
    draft = Draft(call.form, call.uploads)
    if interaction.thinking and interaction.original is not None:
        compose.edit(state, interaction.original, draft)
        return Reply(message_payloads.message(interaction.original))
    message = compose.create(state, interaction.channel, draft, cause=interaction)
    interaction.followups.append(message)
    return Reply(message_payloads.message(message))


def get_response(state: State, call: Call) -> Reply:
    """`GET /webhooks/{id}/{token}/messages/...`."""
    return Reply(message_payloads.message(_response(_interaction(state, call), call)))


def edit_response(state: State, call: Call) -> Reply:
    """`PATCH /webhooks/{id}/{token}/messages/...`."""
    message = _response(_interaction(state, call), call)
    limit_old_edit(state, message)
    compose.edit(state, message, Draft(call.form, call.uploads))
    return Reply(message_payloads.message(message))


def delete_response(state: State, call: Call) -> Reply:
    """`DELETE /webhooks/{id}/{token}/messages/...`."""
    compose.delete(_response(_interaction(state, call), call))
    return Reply()


def _kind(interaction: Interaction, kind: Any) -> int:
    allowed = {
        InteractionKind.COMMAND: {MESSAGE, DEFERRED, MODAL},
        InteractionKind.COMPONENT: {MESSAGE, DEFERRED, DEFERRED_UPDATE, UPDATE, MODAL},
        InteractionKind.AUTOCOMPLETE: {CHOICES},
        # A modal is no answer to a modal; updates need the message from which it was opened.
        InteractionKind.MODAL: {MESSAGE, DEFERRED}
        | ({DEFERRED_UPDATE, UPDATE} if interaction.source else set()),
    }[interaction.kind]
    form = Form()
    form.choice(("type",), kind, allowed)
    form.close()
    return int(kind)


def _answer(state: State, interaction: Interaction, call: Call, *, kind: int) -> None:
    form = Form()
    data = form.object(("data",), call.form.get("data"))
    form.close()
    draft = Draft(data, call.uploads, ("data",))
    if kind == MESSAGE:
        interaction.original = compose.create(state, interaction.channel, draft, cause=interaction)
    elif kind == DEFERRED:
        # Of all flags only this one counts here; the others come with the later edit.
        flags = data.get("flags")
        ephemeral = isinstance(flags, int) and bool(flags & EPHEMERAL)
        interaction.original = compose.create_loading(state, interaction, ephemeral=ephemeral)
    elif kind == CHOICES:
        interaction.choices = _choices(interaction, data)
    elif kind == MODAL:
        modal = check_modal(data)
        interaction.modal = modal | {"components": components.numbered(modal["components"])}
    else:
        interaction.original = _source(interaction)
        if kind == UPDATE:
            compose.edit(state, interaction.original, draft)


def _source(interaction: Interaction) -> Message:
    if interaction.source is None or interaction.source.deleted:
        raise refusal(10008)
    return interaction.source


def _choices(interaction: Interaction, data: dict[str, Any]) -> list[tuple[str, Any]]:
    form = Form()
    path = ("data", "choices")
    choices = form.items(path, data.get("choices"), 25)
    check_choice_texts(form, path, choices, kind=_focused_type(interaction.data["options"]))
    form.close()
    return [(choice["name"], choice["value"]) for choice in choices]


def _focused_type(options: list[dict[str, Any]]) -> int:
    for option in options:
        if option.get("focused"):
            return int(option["type"])
        if option.get("options"):
            return _focused_type(option["options"])
    return OptionType.STRING


def _callback_body(interaction: Interaction, kind: int) -> dict[str, Any]:
    about: dict[str, Any] = {"id": str(interaction.id), "type": int(interaction.kind)}
    body: dict[str, Any] = {"interaction": about}
    message = interaction.original
    if message is not None:
        about["response_message_id"] = str(message.id)
        about["response_message_loading"] = message.loading
        about["response_message_ephemeral"] = message.ephemeral
        if kind in _WITH_RESOURCE:
            body["resource"] = {"type": kind, "message": message_payloads.message(message)}
    return body


def _interaction(state: State, call: Call) -> Interaction:
    """Find the interaction of a webhook; before the first answer its webhook does not exist."""
    interaction = state.interactions.get(call.params["webhook_token"])
    if interaction is None or call.id("webhook_id") != state.application.id:
        raise refusal(10015)
    if interaction.token_expired:
        raise refusal(50027)
    if not interaction.acknowledged:
        raise refusal(10015)
    return interaction


def _response(interaction: Interaction, call: Call) -> Message:
    if "message_id" not in call.params:
        found = interaction.original
    else:
        candidates = [*interaction.followups, interaction.original]
        wanted = call.id("message_id")
        found = next((m for m in candidates if m is not None and m.id == wanted), None)
    if found is None or found.deleted:
        raise refusal(10008)
    return found
