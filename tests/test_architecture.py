"""Rules of the house that a machine can check: imports point one way, one place commits, every route is marked."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest
from flask import Flask

from api.mark import marked
from grid.accounts.permission import Permission
from wsgi import create_app

ROOT = Path(__file__).parents[1]

# Left never imports right; names in one group stand side by side and do not import each other.
TOP = (("grid",), ("reports", "fixtures"), ("api",), ("mobile_api", "web"), ("wsgi",))
GRID = (
    ("errors",),
    ("clock",),
    ("log",),
    ("keyfile",),
    ("seal",),
    ("mask",),
    ("db",),
    ("row",),
    ("revision",),
    ("codes", "geo", "worktime", "media"),
    ("forms",),
    ("areas",),
    ("accounts",),
    ("trail", "job"),
    ("ruling",),
    ("notices",),
    ("sync",),
    ("imports",),
    ("calendars", "tasks"),
    ("records",),
    ("events",),
    ("handset", "fieldwork", "uploads"),
    ("supervision",),
    ("standards", "staff", "live"),
    ("intake",),
    ("handover",),
    ("setup", "upkeep"),
    ("serving",),
    ("commands",),
)
PACKAGES = [name for group in TOP for name in group if name != "wsgi"]
# wsgi.py alone puts the demo in.
NOT_FOR = {"reports": {"fixtures"}, "api": {"fixtures"}, "mobile_api": {"fixtures"}, "web": {"fixtures"}}
WEB_LIBRARIES = {"flask", "flask_smorest", "marshmallow", "flask_jwt_extended", "flask_migrate", "reportlab"}


def _files(package: str) -> list[Path]:
    found = [ROOT / "wsgi.py"] if package == "wsgi" else list((ROOT / package).rglob("*.py"))
    return [path for path in found if "node_modules" not in path.parts]


def _imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Dotted names a file imports, and whether inside a function."""
    tree = ast.parse(path.read_text("utf-8"))
    inner = {
        id(node)
        for function in ast.walk(tree)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef)
        for node in ast.walk(function)
    }
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from ((name.name, id(node) in inner) for name in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            yield from ((f"{node.module}.{name.name}", id(node) in inner) for name in node.names)


def _rank(order: tuple[tuple[str, ...], ...], name: str) -> int:
    return next(rank for rank, group in enumerate(order) if name in group)


def _part(path: Path) -> str:
    """The package of grid/, or its module, that a file belongs to."""
    return path.relative_to(ROOT / "grid").parts[0].removesuffix(".py")


@pytest.mark.parametrize("package", PACKAGES)
def test_packages_import_only_to_the_left(package: str) -> None:
    wrong = [
        (str(path.relative_to(ROOT)), name)
        for path in _files(package)
        for name, _ in _imports(path)
        for top in [name.split(".")[0]]
        if top in ("tests", "benchmarks", "migrations", "wsgi")
        or (top in PACKAGES and top != package and _rank(TOP, top) >= _rank(TOP, package))
        or top in NOT_FOR.get(package, ())
    ]

    assert wrong == []
    assert _files(package)


def test_inside_the_domain_imports_go_down_too() -> None:
    wrong = []
    for path in _files("grid"):
        own = _part(path)
        if own == "__init__":
            continue
        for name, _ in _imports(path):
            parts = name.split(".")
            if parts[0] == "grid" and parts[1] != own and _rank(GRID, parts[1]) >= _rank(GRID, own):
                wrong.append((str(path.relative_to(ROOT)), name))

    assert wrong == []


def test_every_part_of_the_domain_has_its_place_in_the_order() -> None:
    parts = {_part(path) for path in _files("grid")} - {"__init__"}

    assert parts == {name for group in GRID for name in group}


def test_the_domain_and_the_reports_know_nothing_of_the_web() -> None:
    wrong = [
        (str(path.relative_to(ROOT)), name)
        for path in _files("grid")
        for name, _ in _imports(path)
        if name.split(".")[0] in WEB_LIBRARIES
        or (name.split(".")[0] == "flask_sqlalchemy" and path != ROOT / "grid" / "db.py")
    ]
    wrong += [
        (str(path.relative_to(ROOT)), name)
        for path in _files("reports")
        for name, _ in _imports(path)
        if name.split(".")[0].startswith("flask")
    ]

    assert wrong == []


def test_nothing_is_imported_inside_a_function() -> None:
    wrong = [
        (str(path.relative_to(ROOT)), name)
        for package in (*PACKAGES, "wsgi")
        for path in _files(package)
        for name, is_inner in _imports(path)
        if is_inner
    ]

    assert wrong == []


def _calls(path: Path) -> Iterator[tuple[str, str]]:
    """Of every call: what it is called on, and its name; ("", "transaction") for a plain function."""
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
            owner = node.func.value
            yield owner.id if isinstance(owner, ast.Name) else getattr(owner, "attr", ""), node.func.attr
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Name):
            yield "", node.func.id


def _callers(*names: tuple[str | None, str]) -> set[str]:
    """Files that call one of these; None: on anything."""
    wanted = set(names)
    return {
        str(path.relative_to(ROOT))
        for package in (*PACKAGES, "wsgi")
        for path in _files(package)
        for owner, name in _calls(path)
        if (owner, name) in wanted or (None, name) in wanted
    }


def test_only_one_place_commits() -> None:
    assert _callers((None, "commit")) == {"grid/db.py"}


def test_in_the_domain_only_commands_and_jobs_open_transactions() -> None:
    openers = {path for path in _callers((None, "transaction")) if path.startswith("grid/")}

    assert {
        path for path in openers if Path(path).name != "commands.py" and not path.startswith("grid/job/")
    } == set()
    assert "grid/job/worker.py" in openers


def test_only_the_clock_asks_for_the_time() -> None:
    asked = _callers(
        ("datetime", "now"), ("datetime", "utcnow"), ("datetime", "today"), ("date", "today"), ("dt", "now")
    )

    assert asked == {"grid/clock.py"}


def test_no_code_names_a_post() -> None:
    posts = {"grid_worker", "acceptor", "shift_leader", "dispatcher", "department_head", "clerk", "leader"}
    named = {
        (str(path.relative_to(ROOT)), node.value)
        for package in ("grid", "reports", "api", "mobile_api")
        for path in _files(package)
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Constant) and node.value in posts
    }

    assert named == set()


@pytest.fixture(scope="module")
def bare(tmp_path_factory: pytest.TempPathFactory) -> Flask:
    """The application without any database behind it."""
    return create_app({"DATA": str(tmp_path_factory.mktemp("bare")), "DEMO": True})


def test_every_route_declares_its_permission(bare: Flask) -> None:
    declared = []
    with bare.app_context():
        for rule in bare.url_map.iter_rules():
            for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}:
                permission = marked(rule.endpoint, method)  # raises for an unmarked one
                declared.append((method, rule.rule, permission))

    assert all(permission is None or isinstance(permission, Permission) for _, _, permission in declared)
    public = {f"{method} {rule}" for method, rule, permission in declared if permission is None}
    assert public == PUBLIC


# Whoever makes a route public says so here as well.
PUBLIC = {
    "GET /",
    "GET /m/",
    "GET /m/<any('icon-192.png', 'icon-512.png', 'icon-maskable-512.png'):name>",
    "GET /m/<any('sw.js', 'manifest.webmanifest'):name>",
    "GET /console/",
    "GET /assets/<path:name>",
    "GET /api/docs",
    "GET /api/openapi.json",
    "GET /healthz",
    "POST /api/sessions",
    "POST /api/sessions/refresh",
    "POST /mobile/v1/session",
    "POST /mobile/v1/session/refresh",
    "GET /mobile/v1/osmand",
    "POST /mobile/v1/osmand",
}


def test_every_table_of_ours_names_its_source() -> None:
    tables = [path for package in ("grid", "fixtures", "docs") for path in (ROOT / package).rglob("*.csv")]
    silent = [
        str(path.relative_to(ROOT))
        for path in tables
        if not path.open(encoding="utf-8").readline().startswith("# source: ")
    ]

    assert silent == []
    assert len(tables) >= 8


def test_no_two_schemas_share_a_name() -> None:
    """In the OpenAPI document they would be one, or numbered."""
    trees = (ast.parse(path.read_text(encoding="utf-8")) for api in ("api", "mobile_api") for path in _files(api))
    named = [node.name for tree in trees for node in ast.walk(tree) if isinstance(node, ast.ClassDef)]
    schemas = [name for name in named if name.endswith("Schema")]

    assert sorted(schemas) == sorted(set(schemas))
    assert len(schemas) > 200


def test_no_module_is_named_after_a_kind() -> None:
    kinds = {"utils", "util", "helpers", "models", "services", "constants", "misc", "managers", "base", "common"}
    named = {path.stem for package in PACKAGES for path in _files(package)} & kinds

    assert named == set()
