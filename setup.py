"""Everything is declared in setup.cfg; this file only packs the built front ends into the wheel."""

import os
import shutil
import subprocess
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

WEB = Path(__file__).parent / "web"


class BuildWithWeb(build_py):
    """Run the web build before packing; skipped for editable installs and with WANGGE_SKIP_WEB=1."""

    def run(self) -> None:
        if not self.editable_mode and os.environ.get("WANGGE_SKIP_WEB") != "1":
            npm = shutil.which("npm")
            if npm is None:
                raise SystemExit("Packing needs npm (Node 20), or WANGGE_SKIP_WEB=1 for a wheel without pages.")
            subprocess.run([npm, "ci"], cwd=WEB, check=True)  # noqa: S603  fixed arguments
            subprocess.run([npm, "run", "build"], cwd=WEB, check=True)  # noqa: S603
        super().run()


setup(cmdclass={"build_py": BuildWithWeb})
