"""The application with pages of its own, in ``WANGGE_TEST_BUILT``: a test may change them."""

from __future__ import annotations

import os
from pathlib import Path

import web
from wsgi import create_app

__all__ = ("create_app",)
web.BUILT = Path(os.environ["WANGGE_TEST_BUILT"])
