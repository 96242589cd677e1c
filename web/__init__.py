"""Pages: the blueprint that serves what `npm run build` makes of the Vue sources. No data, no templates."""

from pathlib import Path

from flask import Blueprint, Response, request, send_from_directory
from werkzeug.security import safe_join

from api.mark import public

BUILT = Path(__file__).parent / "static"
YEAR_S = 365 * 24 * 3600
# Not left to the host's registry: browsers refuse a script under another type.
TYPES = {
    ".js": "text/javascript",
    ".css": "text/css",
    ".svg": "image/svg+xml",
    ".png": "image/png",
    ".webmanifest": "application/manifest+json",
}

pages = Blueprint("pages", __name__)

MISSING = """<!doctype html>
<html lang="zh-CN">
<head><meta charset="utf-8"><title>网格：页面还没有构建</title></head>
<body>
<h1>页面还没有构建</h1>
<p>服务在运行，接口可以用，只缺网页文件。</p>
<p>在有 Node 20 的机器上，到项目目录里输入：</p>
<pre>make web</pre>
<p>完成后刷新本页。</p>
</body>
</html>
"""


def page(name: str) -> Response:
    """An index page, asked for again each time; or the page that says what is missing."""
    if not (BUILT / name / "index.html").is_file():
        return Response(MISSING, status=503, mimetype="text/html", headers={"Cache-Control": "no-store"})
    response = send_from_directory(BUILT / name, "index.html")
    response.headers["Cache-Control"] = "no-cache"
    return response


@pages.get("/")
@public
def portal() -> Response:
    """Where handset and console are."""
    return page("portal")


@pages.get("/m/")
@public
def handset() -> Response:
    """The grid worker's app."""
    return page("handset")


@pages.get("/m/<any('sw.js', 'manifest.webmanifest'):name>")
@pages.get("/m/<any('icon-192.png', 'icon-512.png', 'icon-maskable-512.png'):name>")
@public
def handset_file(name: str) -> Response:
    """The handset's service worker, manifest, icons: their names never change, so they are asked for each time."""
    response = send_from_directory(BUILT / "handset", name, mimetype=TYPES.get(Path(name).suffix))
    response.headers["Cache-Control"] = "no-cache"
    return response


@pages.get("/console/")
@public
def console() -> Response:
    """The dispatcher's and the departments' working page."""
    return page("console")


@pages.get("/api/docs")
@public
def docs() -> Response:
    """The OpenAPI document, readable."""
    return page("docs")


@pages.get("/assets/<path:name>")
@public
def asset(name: str) -> Response:
    """A built file; its name carries the hash of its content, so it never changes. Packed when the browser may."""
    packed = safe_join(str(BUILT / "assets"), f"{name}.gz")
    is_packed = "gzip" in request.accept_encodings and packed is not None and Path(packed).is_file()
    kind = TYPES.get(Path(name).suffix)
    response = send_from_directory(
        BUILT / "assets", f"{name}.gz" if is_packed else name, mimetype=kind, max_age=YEAR_S
    )
    if is_packed:
        response.headers["Content-Encoding"] = "gzip"
    response.vary.add("Accept-Encoding")
    response.cache_control.public = True
    response.cache_control.immutable = True
    return response
