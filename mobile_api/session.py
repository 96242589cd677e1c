"""Signing in from a handset; its photos and notices, as on the console."""

from __future__ import annotations

from api import notices, photos, records, sessions, voices
from mobile_api.http import PREFIX, blueprint

blp = blueprint("session", "手机：登录、照片、通知")
sessions.routes(blp, f"{PREFIX}/session", "session")
photos.routes(blp)
voices.routes(blp)
records.routes(blp)
notices.routes(blp)
