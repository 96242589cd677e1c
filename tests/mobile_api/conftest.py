"""A phone, and files it sends in pieces."""

from __future__ import annotations

import pytest
from flask import Flask

from grid.uploads.draft import Drafts
from tests.factories.phone import Phone
from tests.factories.tus import Tus


@pytest.fixture
def phone(app: Flask) -> Phone:
    return Phone(app)


@pytest.fixture
def tus(phone: Phone) -> Tus:
    return Tus(phone)


@pytest.fixture
def drafts(app: Flask) -> Drafts:
    found: Drafts = app.extensions["drafts"]
    return found
