"""A draft shows what is given, what is missing and what is wrong, and never a secret."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.administration import Choice, Field, FieldType, Problem
from bot.domain.servers import Capability
from bot.ui.drafts import draft_view
from bot.ui.render.draft import draft_box, problem_text
from tests.fakes import make_server
from tests.ui.render.drafting import a_draft
from tests.ui.render.judge import PIECES, hostile_texts, threats, unseen
from tests.ui.render.languages import CHINESE, ENGLISH, EVERY
from tests.ui.render.layout import every_part, text_of
from tests.ui.render.limits import check_layout

if TYPE_CHECKING:
    import discord

    from bot.services.drafts import Draft
    from bot.ui.i18n import Words

_EGG = Field(
    name="egg",
    label="Egg",
    type=FieldType.NUMBER,
    required=True,
    choices=(Choice(4, "Vanilla"), Choice(5, "Paper")),
)
_NAME = Field(name="name", label="Name", required=True)
_BUTTON = 2


def _text(draft: Draft, t: Words = ENGLISH) -> str:
    return text_of(draft_box(draft, draft.fields, t))


def _hostile_draft(text: str) -> Draft:
    """Return a draft with the same foreign text in every place."""
    kinds = [*FieldType, FieldType.TEXT]
    fields = [
        Field(
            name=f"{text}{number}",
            label=text,
            type=kinds[number % len(kinds)],
            required=number % 3 == 0,
            value=text if number % 4 == 0 else None,
            choices=(Choice(text, text), Choice(text, text)) if number % 7 == 0 else (),
        )
        for number in range(60)
    ]
    draft = a_draft(*fields, panel_name=text)
    draft.fill(dict.fromkeys((field.name for field in fields[::2]), text))
    draft.reject({field.name: (text, text, text) for field in fields} | {"": (text,) * 9})
    return draft


@pytest.mark.parametrize(
    ("action", "title"),
    [
        (Capability.CREATE, "### New server on Main panel"),
        (Capability.UPDATE, "### Change Survival"),
        (Capability.BUILD, "### Limits of Survival"),
    ],
)
def test_the_title_says_what_it_is_about(action: Capability, title: str) -> None:
    assert _text(a_draft(_NAME, action=action)).splitlines()[0] == title


def test_each_field_shows_how_it_stands() -> None:
    draft = a_draft(
        _NAME,
        _EGG,
        Field(name="memory", label="Memory in MB", type=FieldType.NUMBER, value=1024),
        Field(name="note", label="Note"),
        Field(name="disk", label="Disk in MB", type=FieldType.NUMBER),
    )
    draft.fill({"egg": "5", "note": "A good one", "disk": "much"})

    assert _text(draft).splitlines()[1:] == [
        "❗ Still needed: **Name**",
        "❗ Name",
        "▪️ Egg: `Paper`",
        "▫️ Memory in MB: `1024`",
        "▪️ Note: `A good one`",
        "⚠️ Disk in MB: `much` · must be a whole number",
    ]


def test_what_the_panel_says_stands_at_its_field_or_above_all() -> None:
    draft = a_draft(_NAME)
    draft.fill({"name": "Lobby"})
    draft.reject({"name": ("Taken.", "Too short."), "": ("No room.",), "other": ("Unknown.",)})

    assert _text(draft).splitlines()[1:] == [
        "⚠️ No room.",
        "⚠️ other: Unknown.",
        "⚠️ Name: `Lobby` · Taken. · Too short.",
    ]


def test_an_emptied_value_is_told_from_none() -> None:
    draft = a_draft(Field(name="d", label="Description", value="x"), action=Capability.UPDATE)
    draft.fill({"d": ""})

    assert _text(draft).splitlines()[1] == "▪️ Description: emptied"


@pytest.mark.parametrize(
    ("field", "value"),
    [
        (Field(name="environment.RCON_PASSWORD", label="Remote control"), "hunter2"),
        (Field(name="environment.STEAM_ACC", label="Steam Account Token"), "hunter2"),
        (Field(name="api_key", label="X", value="hunter2"), None),
        (Field(name="env", label="Variables", type=FieldType.MAP), "A=1\nDB_PASS=hunter2"),
    ],
)
def test_a_secret_is_not_shown_again(field: Field, value: str | None) -> None:
    draft = a_draft(field)
    if value:
        draft.fill({field.name: value})

    assert "hunter2" not in _text(draft)
    assert "•••" in _text(draft)


@pytest.mark.parametrize(
    "field",
    [
        Field(name="reset_token", label="Make a new token", type=FieldType.FLAG, value=True),
        Field(name="ssh_keys", label="SSH keys", choices=(Choice("yes", "yes"),), value="yes"),
    ],
)
def test_what_only_sounds_secret_is_shown(field: Field) -> None:
    assert "`yes`" in _text(a_draft(field))


def test_choices_are_shown_by_their_names() -> None:
    several = Field(name="l", label="Places", type=FieldType.LIST, choices=_EGG.choices)
    draft = a_draft(several)
    draft.fill({"l": "4, 5, 6"})

    assert "`Vanilla, Paper, 6`" in _text(draft)


@pytest.mark.parametrize("problem", Problem)
def test_a_problem_is_told_in_the_readers_language(problem: Problem) -> None:
    assert problem_text(problem, ENGLISH) == problem
    assert problem_text(problem, CHINESE) != problem


def test_what_a_panel_says_is_left_in_its_own_words() -> None:
    assert problem_text("The name is taken.", CHINESE) == "The name is taken."


def test_all_but_the_panels_own_words_is_translated() -> None:
    draft = a_draft(
        _NAME,
        Field(name="f", label="Skip the installation script", type=FieldType.FLAG, value=True),
    )
    text = _text(draft, CHINESE)

    for english in ("New server", "Name", "Still", "Skip", "yes"):
        assert english not in text


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
@pytest.mark.parametrize("text", ["n" * 300, "*" * 300, "@" * 300, "[](://" * 99, "", "\u200b"])
def test_sixty_fields_fit_into_messages_whatever_they_hold(t: Words, text: str) -> None:
    draft = _hostile_draft(text)
    for page in range(3):
        check_layout(draft_view(draft, page, t))


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_what_a_draft_quotes_cannot_act(t: Words) -> None:
    for text in (*PIECES, *hostile_texts(seed=4, count=60)):
        said = _text(_hostile_draft(text), t).removeprefix("### ")
        assert threats(said) == [], (said, text)
        assert unseen(said.replace("\n", "")) == [], (said, text)


def test_every_field_is_reached_over_the_pages() -> None:
    draft = a_draft(*(Field(name=f"f{n}", label=f"Field {n}") for n in range(61)))
    labels = []
    for page in range(4):
        view = draft_view(draft, page, ENGLISH)
        parts = every_part(view)
        labels += [part["label"] for part in parts if part["type"] == _BUTTON]
        shown = [f"Field {n}" for n in range(61) if f"▫️ Field {n}\n" in f"{_page_text(view)}\n"]
        assert shown == [f"Field {n}" for n in range(page * 20, min(page * 20 + 20, 61))]

    forms = [label for label in labels if label.startswith("Field")]
    assert forms[0] == "Field 0 … Field 4"
    assert forms[-1] == "Field 60"
    assert len(forms) == 13


def _page_text(view: discord.ui.LayoutView) -> str:
    return "\n".join(text_of(item) for item in view.children)


def test_pages_can_be_turned_only_where_there_are_any() -> None:
    few = draft_view(a_draft(_NAME), 0, ENGLISH)
    many = a_draft(*(Field(name=f"f{n}", label=f"Field {n}") for n in range(45)))

    def turns(page: int) -> dict[str, bool]:
        parts = every_part(draft_view(many, page, ENGLISH))
        return {p["label"]: not p["disabled"] for p in parts if p.get("label") in ("◀", "▶")}

    assert not {"◀", "▶"} & {part.get("label") for part in every_part(few)}
    assert [turns(page) for page in range(3)] == [
        {"◀": False, "▶": True},
        {"◀": True, "▶": True},
        {"◀": True, "▶": False},
    ]


@pytest.mark.parametrize(
    ("action", "label"), [(Capability.CREATE, "Create"), (Capability.UPDATE, "Save")]
)
def test_it_can_be_given_when_it_is_complete(action: Capability, label: str) -> None:
    draft = a_draft(_NAME, action=action)

    def can_be_given() -> bool:
        (button,) = [
            p for p in every_part(draft_view(draft, 0, ENGLISH)) if p.get("label") == label
        ]
        return not button["disabled"]

    before = can_be_given()
    draft.fill({"name": "Lobby"})
    assert (before, can_be_given()) == (False, True)


def test_a_hostile_server_name_stays_in_the_title() -> None:
    draft = a_draft(_NAME, action=Capability.UPDATE, server=make_server("# @everyone\n[x](://y)"))

    assert len(_text(draft).splitlines()) == 3
    assert threats(_text(draft).removeprefix("### ")) == []
