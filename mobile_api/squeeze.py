"""Answers made small for thin lines: what a phone keeps is much the same from row to row."""

from __future__ import annotations

import gzip

from flask import Response, request

WORTH_BYTES = 1400  # less fits into one packet
LEVEL = 5
# No secrets of the caller's stand in these beside what others wrote.
SQUEEZED = ("/mobile/v1/sync/", "/mobile/v1/bootstrap")


def squeeze(response: Response) -> Response:
    """Compress a large JSON answer for who takes it so."""
    if not request.path.startswith(SQUEEZED) or response.mimetype != "application/json":
        return response
    response.vary.add("Accept-Encoding")
    takes = request.accept_encodings["gzip"] > 0
    if not takes or response.direct_passthrough or len(response.get_data()) < WORTH_BYTES:
        return response
    response.set_data(gzip.compress(response.get_data(), LEVEL, mtime=0))
    response.headers["Content-Encoding"] = "gzip"
    return response
