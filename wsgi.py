"""The application: settings, extensions, blueprints, commands. `wangge …` is its command group."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from flask import Flask
from flask.cli import FlaskGroup
from flask_migrate import Migrate
from werkzeug.middleware.proxy_fix import ProxyFix

import api
import fixtures.commands
import fixtures.qinghe.example
import grid.commands
import mobile_api
import reports.commands
import web
from api.key import signing_key
from grid import clock
from grid.db import db, engine_options
from grid.log import set_up_logging
from grid.media.store import MediaStore
from grid.notices.courier import Courier
from grid.notices.gate import Gate
from grid.seal import Sealer
from grid.uploads.draft import Drafts
from mobile_api.http import mark

ROOT = Path(__file__).parent


def create_app(settings: Mapping[str, Any] | None = None) -> Flask:
    """Build the application.

    Settings come from WANGGE_* in the environment, then from ``settings``: DATABASE (address), DATA (folder for
    the embedded database, media and keys), DEMO, DEMO_CLOCK (file that drives the clock), COOKIE_SECURE, PROXIES
    (how many reverse proxies of ours stand in front and set X-Forwarded-For), HOSTS (the names we are called by,
    with commas; any when empty), MIN_APP (oldest handset app to
    talk to, in three parts like 1.4.0; empty: any), UPLOAD_SILENCE (seconds without a byte after which an upload
    counts as cut), CROWD (how many threads of a process serve what phones synchronise; 0: all), ADDRESS (where
    people reach us, for links in notices), NOTICE_HOSTS (internal hosts that notices may be sent to, with commas),
    THREADS (how many requests a process works on at once; 0: as many as it has threads), STREAMS (how many open
    pages a process keeps told), STREAM_LIFE and STREAM_BEAT (seconds after which such a stream ends and the page
    comes anew, and after which it says that it is still there).
    """
    app = Flask(__name__, static_folder=None)
    app.config.from_mapping(DATA="var", DATABASE="", DEMO=False, DEMO_CLOCK="", COOKIE_SECURE=True, PROXIES=0)
    app.config.from_mapping(HOSTS="", MIN_APP="", UPLOAD_SILENCE=20, CROWD=2, ADDRESS="", NOTICE_HOSTS="")
    app.config.from_mapping(THREADS=0, STREAMS=64, STREAM_LIFE=3600, STREAM_BEAT=15)
    app.config.from_prefixed_env("WANGGE")
    app.config.from_mapping(settings or {})
    app.json.ensure_ascii = app.json.sort_keys = False  # type: ignore[attr-defined]
    data = Path(app.config["DATA"]).resolve()
    data.mkdir(parents=True, exist_ok=True, mode=0o700)
    url = app.config["DATABASE"] or f"sqlite:///{data / 'wangge.db'}"
    app.config.update(
        DEMO=str(app.config["DEMO"]).lower() in ("1", "true"),
        SQLALCHEMY_DATABASE_URI=url,
        SQLALCHEMY_ENGINE_OPTIONS=engine_options(url),
        MAX_CONTENT_LENGTH=8 * 1024 * 1024 + 1024,
    )
    app.config["TRUSTED_HOSTS"] = [name.strip() for name in app.config["HOSTS"].split(",") if name.strip()] or None
    set_up_logging()
    if proxies := app.config["PROXIES"]:
        app.wsgi_app = ProxyFix(app.wsgi_app, x_for=proxies, x_proto=proxies)  # type: ignore[method-assign]
    if app.config["DEMO"] and app.config["DEMO_CLOCK"]:
        clock.use(clock.DrivenClock(Path(app.config["DEMO_CLOCK"])))
    db.init_app(app)
    Migrate(app, db, directory=str(ROOT / "migrations"), render_as_batch=True, compare_type=True)
    open_folder(app, data)
    app.extensions["example_street"] = fixtures.qinghe.example.write
    api_ = api.register(app, signing_key(data))
    mobile_api.register(api_)
    app.after_request(mark)
    app.register_blueprint(web.pages)
    api.openapi.complete(app, api_)
    for command in (*grid.commands.COMMANDS, fixtures.commands.group, reports.commands.group):
        app.cli.add_command(command)
    return app


def open_folder(app: Flask, data: Path) -> None:
    """What lives in the data folder beside the database (master key, photos, uploads), and who works with it."""
    app.extensions["sealer"] = Sealer.of(data)
    app.extensions["media_store"] = MediaStore(data / "media", app.extensions["sealer"])
    app.extensions["drafts"] = Drafts(data / "uploads")
    gate = Gate(str(app.config["NOTICE_HOSTS"]).split(","), is_demo=app.config["DEMO"])
    app.extensions["courier"] = Courier(app.extensions["sealer"], gate, str(app.config["ADDRESS"]))


main = FlaskGroup(
    name="wangge",
    create_app=create_app,
    add_default_commands=False,
    add_version_option=False,
    load_dotenv=False,
    help="Wangge (网格): the working system of a street office that governs by grid.",
)
