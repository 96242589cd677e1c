"""What the server itself logs (gunicorn): through the same renderer as ours, so without addresses and bodies."""

from __future__ import annotations

from typing import Any

from gunicorn.config import Config
from gunicorn.glogging import Logger

from grid.log import set_up_logging


class ServerLog(Logger):
    """Given to gunicorn as --logger-class: its messages go to the root logger; there is no access log but ours."""

    def setup(self, cfg: Config) -> None:
        super().setup(cfg)
        set_up_logging()
        self.error_log.handlers.clear()
        self.error_log.propagate = True

    def warning(self, msg: str, *args: Any, **kwargs: Any) -> None:
        """Without the line that could not be read: the server repeats it in its sentence."""
        super().warning(msg.partition(": ")[0] if msg.startswith("Invalid request") else msg, *args, **kwargs)
