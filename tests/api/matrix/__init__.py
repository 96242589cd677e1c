"""Every operation of the API, by its name in the OpenAPI document, with an example: a new route adds its own."""

from __future__ import annotations

from tests.api.matrix import desk, office, phones

EXAMPLES = desk.EXAMPLES | office.EXAMPLES | phones.EXAMPLES
