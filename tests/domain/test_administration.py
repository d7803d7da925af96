"""A typed text means a value or says why not, and dots make values nested."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.domain.administration import Choice, Field, FieldType, Problem, nested, parsed, typed

_EGGS = (Choice(4, "Vanilla"), Choice(5, "Paper"), Choice(6, "Twin"), Choice(7, "twin "))


def _field(kind: FieldType, *, choices: tuple[Choice, ...] = ()) -> Field:
    return Field(name="x", label="X", type=kind, choices=choices)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldType.TEXT, "  Lobby ", "Lobby"),
        (FieldType.TEXT, "1024", "1024"),
        (FieldType.TEXT, "", ""),
        (FieldType.NUMBER, " 1024 ", 1024),
        (FieldType.NUMBER, "-1", -1),
        (FieldType.FLAG, "Yes", True),
        (FieldType.FLAG, "on", True),
        (FieldType.FLAG, "1", True),
        (FieldType.FLAG, "FALSE", False),
        (FieldType.FLAG, "no", False),
        (FieldType.LIST, "25565, 25570-25580,,x", [25565, "25570-25580", "x"]),
        (FieldType.LIST, "a\nb, c", ["a", "b", "c"]),
        (FieldType.LIST, "", []),
        (FieldType.MAP, "A=1\n\n B = x=y \nC=", {"A": "1", "B": "x=y", "C": ""}),
        (FieldType.MAP, "", {}),
    ],
)
def test_a_text_means_a_value(kind: FieldType, text: str, value: object) -> None:
    assert parsed(_field(kind), text) == value


@pytest.mark.parametrize(
    ("kind", "text", "problem"),
    [
        (FieldType.NUMBER, "much", Problem.NO_NUMBER),
        (FieldType.NUMBER, "1.5", Problem.NO_NUMBER),
        (FieldType.NUMBER, "", Problem.NO_NUMBER),
        (FieldType.NUMBER, "9" * 5000, Problem.NO_NUMBER),
        (FieldType.FLAG, "perhaps", Problem.NO_FLAG),
        (FieldType.FLAG, "", Problem.NO_FLAG),
        (FieldType.MAP, "A=1\nB", Problem.NO_PAIRS),
        (FieldType.MAP, "=1", Problem.NO_PAIRS),
    ],
)
def test_what_means_no_value_is_told_why(kind: FieldType, text: str, problem: Problem) -> None:
    with pytest.raises(ValueError, match=str(problem)):
        parsed(_field(kind), text)


@pytest.mark.parametrize(
    ("kind", "text", "value"),
    [
        (FieldType.NUMBER, "5", 5),
        (FieldType.NUMBER, "paper", 5),
        (FieldType.NUMBER, "99", 99),
        (FieldType.LIST, "4, Paper, 99, other", [4, 5, 99, "other"]),
        (FieldType.TEXT, "VANILLA", 4),
        (FieldType.TEXT, "other", "other"),
    ],
)
def test_a_choice_is_typed_by_its_value_or_its_label(
    kind: FieldType, text: str, value: object
) -> None:
    """What is none of them is for the panel to judge."""
    assert parsed(_field(kind, choices=_EGGS), text) == value


@pytest.mark.parametrize("kind", [FieldType.NUMBER, FieldType.LIST, FieldType.TEXT])
def test_a_label_of_several_choices_is_not_guessed_at(kind: FieldType) -> None:
    with pytest.raises(ValueError, match=str(Problem.SEVERAL)):
        parsed(_field(kind, choices=_EGGS), "TWIN")


def test_a_number_that_is_no_choice_and_no_number_is_told_so() -> None:
    with pytest.raises(ValueError, match=str(Problem.NO_CHOICE)):
        parsed(_field(FieldType.NUMBER, choices=_EGGS), "Sponge")


def test_a_choice_that_is_nothing_or_zero_is_a_choice() -> None:
    choices = (Choice(0, "none"), Choice("", "empty"))

    assert parsed(_field(FieldType.TEXT, choices=choices), "none") == 0
    assert parsed(_field(FieldType.TEXT, choices=choices), "Empty") == ""


@pytest.mark.parametrize(
    ("kind", "value"),
    [
        (FieldType.TEXT, "Lobby"),
        (FieldType.NUMBER, -1),
        (FieldType.FLAG, True),
        (FieldType.FLAG, False),
        (FieldType.LIST, [25565, "x"]),
        (FieldType.MAP, {"A": "1", "B": "x=y"}),
    ],
)
def test_a_value_is_read_back_from_its_own_text(kind: FieldType, value: object) -> None:
    assert parsed(_field(kind), typed(value)) == value


def test_no_value_is_no_text() -> None:
    assert typed(None) == ""


@given(kind=st.sampled_from(FieldType), text=st.text(max_size=40))
def test_whatever_is_typed_means_a_value_or_has_a_known_problem(kind: FieldType, text: str) -> None:
    for choices in ((), _EGGS):
        try:
            parsed(_field(kind, choices=choices), text)
        except ValueError as error:
            problem = str(error)
        else:
            continue
        assert problem in set(Problem)


def test_dots_make_values_nested() -> None:
    flat = {"name": "Lobby", "limits.memory": 1024, "limits.cpu": 0, "a.b.c": [1]}

    assert nested(flat) == {
        "name": "Lobby",
        "limits": {"memory": 1024, "cpu": 0},
        "a": {"b": {"c": [1]}},
    }


def test_values_below_an_object_join_it_and_leave_the_given_one_as_it_was() -> None:
    given = {"A": "1"}

    assert nested({"env": given, "env.B": "2", "env.A": "3"}) == {"env": {"A": "3", "B": "2"}}
    assert given == {"A": "1"}


def test_a_name_is_not_both_a_value_and_a_place_of_values() -> None:
    with pytest.raises(ValueError, match="'limits' has both"):
        nested({"limits": 1, "limits.memory": 2})
