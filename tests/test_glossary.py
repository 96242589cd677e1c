"""The glossary knows every model, state, post and permission, by the word the product shows."""

from __future__ import annotations

import csv
import re
from pathlib import Path

import pytest

from grid.accounts import post as posts
from grid.accounts.permission import Permission
from grid.db import Base
from grid.events.state import AssignmentState, Stage, State
from wsgi import create_app

GLOSSARY = Path(__file__).parents[1] / "docs" / "glossary.csv"


def _entries() -> list[dict[str, str]]:
    with GLOSSARY.open(encoding="utf-8", newline="") as file:
        assert next(file).startswith("# source: ")
        return list(csv.DictReader(file))


WORDS = {entry["identifier"]: entry["中文"] for entry in _entries()}


def test_every_entry_has_an_identifier_a_word_and_a_source_and_stands_once() -> None:
    entries = _entries()

    assert all(entry["identifier"] and entry["source"] for entry in entries)
    assert all(re.search("[\u4e00-\u9fff]", entry["中文"]) for entry in entries)
    assert len(WORDS) == len(entries)


def test_every_model_is_in_the_glossary_under_the_word_its_docstring_begins_with() -> None:
    assert callable(create_app)  # importing it loads every model
    models = [mapper.class_ for mapper in Base.registry.mappers]
    wrong = [
        model.__name__
        for model in models
        if f"({WORDS.get(model.__name__)})" not in (model.__doc__ or "").splitlines()[0]
    ]

    assert wrong == []
    assert len(models) > 25


@pytest.mark.parametrize("kind", [State, AssignmentState, Stage])
def test_every_state_and_stage_is_in_the_glossary_as_shown(kind: type[State]) -> None:
    assert {member.name: WORDS.get(f"{kind.__name__}.{member.name}") for member in kind} == {
        member.name: member.label for member in kind
    }


def test_every_post_is_in_the_glossary_as_shown() -> None:
    assert {code: WORDS.get(f"post.{code}") for code in posts.posts()} == {
        code: post.label for code, post in posts.posts().items()
    }


def test_every_permission_is_in_the_glossary() -> None:
    assert [str(permission) for permission in Permission if str(permission) not in WORDS] == []


def test_every_permission_is_called_by_the_glossarys_word() -> None:
    assert {str(permission): posts.words(permission) for permission in Permission} == {
        str(permission): WORDS[permission] for permission in Permission
    }


def test_the_glossary_names_nothing_that_is_gone() -> None:
    known = {mapper.class_.__name__ for mapper in Base.registry.mappers} | {str(p) for p in Permission}
    known |= {f"{kind.__name__}.{member.name}" for kind in (State, AssignmentState, Stage) for member in kind}
    known |= {f"post.{code}" for code in posts.posts()}

    assert set(WORDS) - known == set()
