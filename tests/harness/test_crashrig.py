"""The crash rig starts, kills and starts again, and leaves nobody behind."""

import os
from pathlib import Path

import httpx
import pytest

from tests.harness.crashrig import CrashRig, _living

APP = """
import os
def application(environ, start_response):
    if environ["PATH_INFO"] == "/healthz" and os.environ.get("SICK"):
        start_response("503 Service Unavailable", [])
        return [b""]
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [f"{os.getpid()} {os.getpgid(0)} {os.environ['WANGGE_DATABASE']}".encode()]
"""


@pytest.fixture
def rig(tmp_path: Path) -> CrashRig:
    (tmp_path / "tiny.py").write_text(APP)
    return CrashRig(tmp_path, {"WANGGE_DATABASE": "sqlite:///x.db"}, app="tiny:application", chdir=tmp_path)


def who(rig: CrashRig) -> tuple[int, int, str]:
    pid, group, database = httpx.get(rig.url).text.split()
    return int(pid), int(group), database


def test_it_serves_with_its_own_environment_in_its_own_group(rig):
    with rig:
        _, group, database = who(rig)

        assert database == "sqlite:///x.db"
        assert group != os.getpgid(0)
    assert not _living(group)


def test_a_kill_takes_master_and_workers(rig):
    with rig:
        _, group, _ = who(rig)

        rig.kill()

        assert not _living(group) and not rig.is_ready()


def test_after_a_restart_it_serves_at_the_same_address(rig):
    with rig:
        before = who(rig)
        ready_s = rig.restart()

        assert who(rig)[1] != before[1]
        assert 0 < ready_s < 30


def test_a_server_that_cannot_start_says_why(rig):
    (rig.log.parent / "tiny.py").write_text("raise RuntimeError('no keys')")

    with pytest.raises(RuntimeError, match="no keys"):
        rig.start()


def test_a_server_that_never_gets_ready_is_killed(rig):
    rig.env["SICK"] = "1"

    with pytest.raises(RuntimeError, match="did not start"):
        rig.start(ready_s=1.5)

    assert not rig.is_ready()


def test_stopping_twice_is_fine(rig):
    rig.start()
    rig.stop()
    rig.stop()
