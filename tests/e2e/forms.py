"""Fills in the forms of drafts as a member does: by the labels of their fields. Asserts nothing."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from bot.simulators.discord.entities import Member
    from bot.simulators.discord.interaction import Interaction
    from bot.simulators.discord.message import Message
    from tests.e2e.stage import Stage

_SELECT = 3


async def fill(
    stage: Stage, draft: Message, values: Mapping[str, str], *, member: Member | None = None
) -> None:
    """Let the owner, or somebody else, give values by labels, form by form, until all are given."""
    missing, member = dict(values), member or stage.owner
    for number in itertools.count():
        form = await stage.click(member, draft, _forms(draft)[number])
        before = draft.edited_at
        await stage.send_form(member, form, given(form, missing))
        await stage.until(lambda before=before: draft.edited_at != before)  # type: ignore[misc]
        if not missing:
            return


def given(form: Interaction, missing: dict[str, str]) -> dict[str, str | list[str]]:
    """Return what a member fills into one form; what is chosen already is sent as it is.

    What found its place is taken out of `missing`.
    """
    modal = form.modal or {}
    sent: dict[str, str | list[str]] = {}
    for part in modal["components"]:
        asked, text = part["component"], missing.pop(part["label"], None)
        if asked["type"] != _SELECT:
            sent |= {asked["custom_id"]: text} if text is not None else {}
        else:
            sent[asked["custom_id"]] = [
                option["value"]
                for option in asked["options"]
                if (option.get("default") if text is None else option["label"] == text)
            ]
    return sent


async def type_name(stage: Stage, asked: Interaction, name: str) -> str:
    """Send the form that asks for a server's name, and return the private answer."""
    sent = await stage.send_form(stage.owner, asked, {"name": name})
    answer = await sent.reply()
    return answer.text if answer.ephemeral else "a public answer"


def _forms(draft: Message) -> list[str]:
    """Return the custom ids of the buttons that open forms."""
    ids = [button.custom_id or "" for button in draft.buttons]
    return [custom_id for custom_id in ids if custom_id.startswith("d1f:")]
