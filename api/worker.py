"""The gunicorn worker of ours: gthread, which lets its streams go when it is asked to stop."""

from __future__ import annotations

from types import FrameType

from gunicorn.workers.gthread import ThreadWorker


class Worker(ThreadWorker):
    """Given to gunicorn as --worker-class. Streams would hold a stopping worker until it is killed."""

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Asked to stop in good order (SIGTERM)."""
        self._let_go()
        super().handle_exit(sig, frame)

    def handle_quit(self, sig: int, frame: FrameType | None) -> None:
        """Asked to stop at once (SIGINT, SIGQUIT)."""
        self._let_go()
        super().handle_quit(sig, frame)

    def _let_go(self) -> None:
        if pulse := getattr(self.wsgi, "extensions", {}).get("pulse"):
            pulse.close()
