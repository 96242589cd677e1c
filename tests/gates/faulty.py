"""The application with faults built in that carry what people wrote, to see where it ends up."""

from __future__ import annotations

from flask import Flask, Response, request
from sqlalchemy import text

from api.mark import public
from grid.db import db
from wsgi import create_app as whole


@public
def lookup() -> str:
    return {}[request.get_data(as_text=True)]  # the KeyError says what was asked for


@public
def refused() -> Response:
    """The database says which row it did not take."""
    try:
        db.session.execute(text("SELECT * FROM nowhere WHERE name = :name"), {"name": request.args["name"]})
    except Exception as error:
        raise ValueError(request.args["name"]) from error
    return Response()


@public
def unwritten() -> Response:
    """Fails behind Flask's back, in the hands of the server."""

    def stream() -> object:
        yield b"a"
        raise RuntimeError(request.args["name"])

    return Response(stream(), headers={"Content-Length": "9"})  # type: ignore[arg-type]


def create_app() -> Flask:
    app = whole()
    app.add_url_rule("/faulty/lookup", view_func=lookup, methods=["POST"])
    app.add_url_rule("/faulty/refused", view_func=refused)
    app.add_url_rule("/faulty/unwritten", view_func=unwritten)
    return app
