"""A form asks for five fields in the way that suits each, and knows what was changed in it."""

from __future__ import annotations

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any

import pytest

from bot.domain.administration import Choice, Field, FieldType
from bot.domain.servers import Capability
from bot.ui.draft_form import changes, draft_form
from tests.fakes import make_server
from tests.ui.render.drafting import a_draft
from tests.ui.render.judge import INVISIBLE, PIECES
from tests.ui.render.languages import CHINESE, ENGLISH, EVERY
from tests.ui.render.limits import check_form

if TYPE_CHECKING:
    from bot.services.drafts import Draft
    from bot.ui.i18n import Words

_TEXT_INPUT, _SELECT = 4, 3
_SHORT, _PARAGRAPH = 1, 2
_EGGS = (Choice(4, "Vanilla"), Choice(5, "Paper"))
_MANY = tuple(Choice(number, f"Port {number}") for number in range(26))


def _asked(draft: Draft, number: int = 0, t: Words = ENGLISH) -> list[dict[str, Any]]:
    """Return the labels of a form with what is in them."""
    form: Any = draft_form(draft, number, t).to_dict()
    labels: list[dict[str, Any]] = form["components"]
    return labels


def _pick(draft: Draft, number: int, option: str) -> str:
    """Return what a form sends where that option of a menu is picked."""
    options = _asked(draft)[number]["component"]["options"]
    return str(next(each["value"] for each in options if each["label"] == option))


def _only(field: Field, t: Words = ENGLISH, *, typed: str | None = None) -> dict[str, Any]:
    draft = a_draft(field)
    if typed is not None:
        draft.fill({field.name: typed})
    (label,) = _asked(draft, t=t)
    return label


def test_a_form_is_called_after_what_is_changed_and_numbered() -> None:
    fields = [Field(name=f"f{n}", label=f"Field {n}") for n in range(7)]
    draft = a_draft(*fields, action=Capability.UPDATE)

    form: Any = draft_form(draft, 1, ENGLISH).to_dict()

    assert form["title"] == "Survival"
    assert form["custom_id"] == f"d1m:{draft.id}:1"
    assert [label["label"] for label in form["components"]] == ["Field 5", "Field 6"]
    assert draft_form(a_draft(*fields), 0, ENGLISH).title == "Main panel"


@pytest.mark.parametrize(
    ("kind", "value", "style", "default"),
    [
        (FieldType.TEXT, "Lobby", _SHORT, "Lobby"),
        (FieldType.TEXT, "two\nlines", _PARAGRAPH, "two\nlines"),
        (FieldType.TEXT, None, _SHORT, None),
        (FieldType.NUMBER, 1024, _SHORT, "1024"),
        (FieldType.LIST, [1, "a"], _SHORT, "1, a"),
        (FieldType.MAP, {"A": "1", "B": "2"}, _PARAGRAPH, "A=1\nB=2"),
        (FieldType.MAP, None, _PARAGRAPH, None),
    ],
)
def test_what_is_typed_begins_with_what_it_is(
    kind: FieldType, value: object, style: int, default: str | None
) -> None:
    asked = _only(Field(name="x", label="X", type=kind, value=value))["component"]

    assert asked["type"] == _TEXT_INPUT
    assert (asked["style"], asked.get("value")) == (style, default)


@pytest.mark.parametrize("kind", [FieldType.NUMBER, FieldType.MAP, FieldType.LIST])
def test_what_is_expected_is_said_in_both_languages(kind: FieldType) -> None:
    field = Field(name="x", label="X", type=kind)

    assert _only(field)["description"] != _only(field, CHINESE)["description"]


@pytest.mark.parametrize("required", [True, False])
def test_what_must_be_given_must_be_given_in_the_form(required: bool) -> None:
    for field in (
        Field(name="x", label="X", required=required),
        Field(name="x", label="X", required=required, type=FieldType.FLAG),
    ):
        assert _only(field)["component"]["required"] is required
    assert _only(field)["component"]["min_values"] == int(required)


def test_few_choices_make_a_menu_with_the_present_one_chosen() -> None:
    field = Field(name="egg", label="Egg", type=FieldType.NUMBER, choices=_EGGS, value=5)
    asked = _only(field)["component"]

    assert asked["type"] == _SELECT
    assert asked["max_values"] == 1
    picked = [(option["label"], option["default"]) for option in asked["options"]]
    assert picked == [("Vanilla", False), ("Paper", True)]


def test_what_decides_about_other_fields_says_so() -> None:
    field = Field(name="egg", label="Egg", choices=_EGGS, decides=True)

    assert "depends on this" in _only(field)["description"]
    assert _only(replace(field, decides=False)).get("description") is None


def test_of_a_list_several_can_be_picked() -> None:
    field = Field(name="x", label="X", type=FieldType.LIST, choices=_EGGS)
    asked = _only(field, typed="4, 5")["component"]

    assert asked["max_values"] == 2
    assert [option["default"] for option in asked["options"]] == [True, True]


def test_yes_and_no_are_picked_in_the_readers_language() -> None:
    field = Field(name="x", label="X", type=FieldType.FLAG, value=False)

    for t, words in ((ENGLISH, ["yes", "no"]), (CHINESE, ["是", "否"])):
        options = _only(field, t)["component"]["options"]
        assert [option["label"] for option in options] == words
        assert [option["default"] for option in options] == [False, True]


@pytest.mark.parametrize(
    ("kind", "hint"),
    [
        (FieldType.NUMBER, "Name or id; there are 26"),
        (FieldType.LIST, "Names or ids, separated by commas; there are 26"),
    ],
)
def test_more_choices_than_a_menu_holds_are_typed(kind: FieldType, hint: str) -> None:
    asked = _only(Field(name="port", label="Port", type=kind, choices=_MANY))

    assert asked["component"]["type"] == _TEXT_INPUT
    assert asked["component"]["placeholder"].startswith("0 = Port 0, 1 = Port 1, ")
    assert asked["description"] == hint


@pytest.mark.parametrize(
    "field",
    [
        Field(name="environment.PASSWORD", label="X", required=True),
        Field(name="env", label="X", type=FieldType.MAP),
        Field(name="long", label="X", value="x" * 5000),
    ],
)
def test_what_cannot_be_shown_again_may_be_left_empty_and_stays(field: Field) -> None:
    draft = a_draft(field)
    if field.value is None:
        draft.fill({field.name: "DB_SECRET=hunter2"})
    (label,) = _asked(draft)

    assert "hunter2" not in str(label)
    if field.name != "long":
        assert label["component"]["placeholder"] == "Left empty, it stays as it is"
        assert label["component"]["required"] is False
    shown = label["component"].get("value") or ""
    assert changes(draft, {"0": [shown]}) == {}


def test_a_secret_that_was_never_given_must_be_given() -> None:
    asked = _only(Field(name="password", label="Password", required=True))["component"]

    assert asked["required"] is True


def test_only_what_was_changed_counts() -> None:
    draft = a_draft(
        Field(name="name", label="Name", value="Survival"),
        Field(name="note", label="Note", value="  a\x07b\nc "),
        Field(name="egg", label="Egg", type=FieldType.NUMBER, choices=_EGGS, value=4),
        Field(name="oom", label="May", type=FieldType.FLAG, value=True),
        Field(name="places", label="Places", type=FieldType.LIST, choices=_EGGS),
    )
    pick = partial(_pick, draft)
    untouched = {"0": [" Survival"], "1": ["ab\nc"], "2": [pick(2, "Vanilla")], "3": ["yes"]}

    assert changes(draft, untouched) == {}
    touched = {"0": ["SMP"], "1": [""], "2": [pick(2, "Paper")], "3": ["no"]}
    touched["4"] = [pick(4, "Paper"), pick(4, "Vanilla")]
    assert changes(draft, touched) == {
        "name": "SMP",
        "note": "",
        "egg": "5",
        "oom": "no",
        "places": "5, 4",
    }


def test_what_was_never_asked_for_is_not_looked_at() -> None:
    draft = a_draft(Field(name="f", label="Field"))

    assert changes(draft, {"0": ["a"], "1": ["b"], "99": ["c"], "x": ["d"]}) == {"f": "a"}


def test_a_form_that_was_opened_before_other_fields_came_up_is_still_read() -> None:
    egg = Field(name="egg", label="Egg", type=FieldType.NUMBER, choices=_EGGS)
    note = Field(name="note", label="Note")
    draft = a_draft(egg, note)
    given = {"0": [_pick(draft, 0, "Paper")], "1": ["A note"]}

    newer = replace(egg, choices=(Choice(6, "Forge"), *_EGGS))
    draft.describe([Field(name="jar", label="Jar", required=True), note, newer], {})

    assert changes(draft, given) == {"egg": "5", "note": "A note"}
    draft.describe([note, replace(egg, choices=_EGGS[:1])], {})
    assert changes(draft, given) == {"note": "A note"}


@pytest.mark.parametrize("t", EVERY.values(), ids=EVERY)
def test_a_form_of_hostile_names_and_choices_is_taken_by_discord(t: Words) -> None:
    for text in (*PIECES, *INVISIBLE, "x" * 5000):
        choices = tuple(Choice(text, text) for _ in range(25))
        fields = [
            Field(
                name=f"{text}{kind}{len(listed)}", label=text, type=kind, choices=listed, value=text
            )
            for kind in FieldType
            for listed in ((), choices, (*choices, *choices))
        ]
        draft = a_draft(*fields, panel_name=text)
        for number in range(3):
            check_form(draft_form(draft, number, t))
        change = a_draft(fields[0], action=Capability.UPDATE, server=make_server(text))
        check_form(draft_form(change, 0, t))


def test_equal_values_stand_in_a_menu_once() -> None:
    twins = (Choice("a", "One"), Choice("a", "Other"), Choice("b", "Third"))
    draft = a_draft(Field(name="x", label="X", choices=twins))

    options = _asked(draft)[0]["component"]["options"]
    assert [option["label"] for option in options] == ["One", "Third"]
    assert changes(draft, {"0": [_pick(draft, 0, "One")]}) == {"x": "a"}
