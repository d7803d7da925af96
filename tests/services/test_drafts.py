"""What is being filled in: kept as it was typed, read when it is given, forgotten in time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from bot.domain.access import Actor
from bot.domain.administration import Choice, Field, FieldType, Problem
from bot.domain.errors import DraftGone
from bot.domain.servers import Capability
from bot.services.drafts import Drafts
from tests.fakes import FakeClock, make_server
from tests.fakes_admin import FIELDS
from tests.services.house import ADMIN, GUILD, OPERATOR, OTHER_GUILD

if TYPE_CHECKING:
    from bot.services.drafts import Draft

_PRESENT = (
    Field(name="name", label="Name", value="Survival"),
    Field(name="description", label="Description", value="Our world"),
    Field(name="memory", label="Memory", type=FieldType.NUMBER, value=1024),
    Field(name="ports", label="Ports", type=FieldType.LIST, value=[1, 2]),
    Field(name="env", label="Variables", type=FieldType.MAP, value={"A": "1"}),
    Field(name="image", label="Image", choices=(Choice("java", "Java"),), value="java"),
    Field(name="oom", label="May run out of memory", type=FieldType.FLAG, value=True),
)


@pytest.fixture
def drafts(clock: FakeClock) -> Drafts:
    return Drafts(clock)


@pytest.fixture
def creation(drafts: Drafts) -> Draft:
    return drafts.begin(ADMIN, Capability.CREATE, panel=("main", "Main panel"), fields=FIELDS)


@pytest.fixture
def change(drafts: Drafts) -> Draft:
    panel = ("main", "Main panel")
    return drafts.begin(
        ADMIN, Capability.UPDATE, panel=panel, fields=_PRESENT, server=make_server()
    )


def test_what_must_be_filled_in_comes_first(creation: Draft) -> None:
    assert [each.name for each in creation.fields][:3] == ["name", "egg", "note"]
    assert [each.name for each in creation.missing] == ["name", "egg"]


def test_a_new_server_gets_what_was_typed_and_the_defaults(creation: Draft) -> None:
    was_ready = creation.is_ready
    creation.fill({"name": " Lobby ", "egg": "Paper", "ports": "1, 2", "dedicated": "no"})

    assert (was_ready, creation.is_ready) == (False, True)
    assert creation.values == {
        "name": "Lobby",
        "egg": 5,
        "limits.memory": 1024,
        "ports": [1, 2],
        "dedicated": False,
    }


def test_a_change_holds_only_what_was_changed(change: Draft) -> None:
    was_ready = change.is_ready
    change.fill({"name": "SMP", "description": " Our world ", "memory": "1024", "oom": "yes"})

    assert change.values == {"name": "SMP"}
    assert (was_ready, change.is_ready) == (False, True)


def test_what_is_typed_back_to_what_it_is_is_no_change(change: Draft) -> None:
    change.fill({"name": "SMP"})
    change.fill({"name": "Survival"})

    assert change.values == {}
    assert not change.is_ready


def test_an_emptied_text_is_a_change_where_it_can_be_nothing(change: Draft) -> None:
    change.fill(dict.fromkeys((each.name for each in _PRESENT), ""))

    assert change.values == {"name": "", "description": "", "ports": [], "env": {}}


def test_what_was_typed_is_taken_back_by_emptying_it(creation: Draft) -> None:
    creation.fill({"name": "Lobby", "note": "x"})
    creation.fill({"name": "", "note": " "})

    assert creation.texts == {}


def test_what_cannot_be_read_is_kept_as_typed_and_holds_the_draft_back(change: Draft) -> None:
    change.fill({"name": "SMP", "memory": "much"})
    (memory,) = (each for each in change.fields if each.name == "memory")

    assert change.problems(memory) == (Problem.NO_NUMBER,)
    assert change.text(memory) == "much"
    assert not change.is_ready
    change.fill({"memory": "2048"})
    assert change.problems(memory) == ()
    assert change.values == {"name": "SMP", "memory": 2048}


def test_what_the_panel_says_stays_at_its_field_until_that_is_changed(change: Draft) -> None:
    change.fill({"name": "SMP"})
    change.reject({"name": ("Taken.", "Too short.")})
    name = change.fields[0]

    change.fill({"memory": "2048"})
    assert change.problems(name) == ("Taken.", "Too short.")
    assert change.is_ready
    change.fill({"name": "SMP 2"})
    assert change.problems(name) == ()


def test_a_sentence_finds_the_field_that_it_is_about(change: Draft) -> None:
    change.reject({"name": ("Taken.",)})
    change.reject(
        {
            "ports.0": ("No such port.",),
            "ports.12.x": ("No.",),
            "portside": ("Unknown.",),
            "": ("Try later.",),
        }
    )

    assert change.rejected == {
        "ports": ("No such port.", "No."),
        "": ("portside: Unknown.", "Try later."),
    }


def test_a_draft_is_its_beginners_alone(drafts: Drafts, creation: Draft) -> None:
    elsewhere = Actor(user_id=ADMIN.user_id, guild_id=OTHER_GUILD, is_admin=True)

    assert drafts.get(ADMIN, creation.id) is creation
    assert GUILD != OTHER_GUILD
    for other in (OPERATOR, elsewhere):
        with pytest.raises(DraftGone):
            drafts.get(other, creation.id)


def test_a_draft_is_forgotten_when_it_was_left_alone_for_a_quarter_of_an_hour(
    drafts: Drafts, clock: FakeClock, creation: Draft
) -> None:
    clock.advance(899)
    drafts.get(ADMIN, creation.id)
    clock.advance(899)
    drafts.get(ADMIN, creation.id)
    clock.advance(900)
    with pytest.raises(DraftGone):
        drafts.get(ADMIN, creation.id)


def test_forgotten_drafts_are_not_kept_in_memory(
    drafts: Drafts, clock: FakeClock, creation: Draft
) -> None:
    clock.advance(900)
    drafts.begin(ADMIN, Capability.CREATE, panel=("main", "Main panel"), fields=FIELDS)

    assert creation.id not in drafts._drafts


def test_a_draft_is_given_once(drafts: Drafts, creation: Draft) -> None:
    drafts.take(creation)
    with pytest.raises(DraftGone):
        drafts.take(creation)
    with pytest.raises(DraftGone):
        drafts.get(ADMIN, creation.id)

    drafts.put_back(creation)
    assert drafts.get(ADMIN, creation.id) is creation


def test_a_draft_that_does_not_exist_is_gone(drafts: Drafts) -> None:
    with pytest.raises(DraftGone):
        drafts.get(ADMIN, "00ff")


def _described(drafts: Drafts, *fields: Field, action: Capability = Capability.UPDATE) -> Draft:
    return drafts.begin(ADMIN, action, panel=("main", "Main panel"), fields=fields)


def test_a_draft_is_outdated_once_something_decisive_was_chosen(drafts: Drafts) -> None:
    egg = Field(name="egg", label="Egg", type=FieldType.NUMBER, value=4, decides=True)
    draft = _described(drafts, egg, Field(name="name", label="Name"))
    assert not draft.is_outdated

    draft.fill({"name": "SMP", "egg": "none"})
    assert (draft.chosen, draft.is_outdated) == ({}, False)
    draft.fill({"egg": "5"})
    assert (draft.chosen, draft.is_outdated) == ({"egg": 5}, True)
    draft.describe(draft.fields, draft.chosen)
    assert not draft.is_outdated
    draft.fill({"egg": "4"})
    assert (draft.chosen, draft.is_outdated) == ({}, True)


def test_what_is_proposed_is_given_and_what_is_no_longer_asked_for_is_not(drafts: Drafts) -> None:
    draft = _described(drafts, Field(name="old", label="Old"), Field(name="name", label="Name"))
    draft.fill({"old": "x", "name": "SMP"})
    jar = Field(name="jar", label="Jar", required=True, value="a.jar", is_proposed=True)
    blank = Field(name="blank", label="Blank", value="", is_proposed=True)
    draft.describe([Field(name="name", label="Name"), blank, jar], {})

    assert draft.fields[0] is jar
    assert draft.values == {"name": "SMP", "jar": "a.jar"}
    assert draft.is_ready


def test_a_choice_that_is_gone_is_taken_back_and_free_text_is_not(drafts: Drafts) -> None:
    java, python = Choice("java", "Java"), Choice("python", "Python")
    draft = _described(drafts, Field(name="image", label="Image", choices=(java, python)))
    less = Field(name="image", label="Image", choices=(java,))

    for text, kept in (("python", {}), ("java", {"image": "java"}), ("own", {"image": "own"})):
        draft.describe([Field(name="image", label="Image", choices=(java, python))], {})
        draft.fill({"image": text})
        draft.describe([less], {})
        assert draft.texts == kept
