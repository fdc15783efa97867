"""``jp.Run`` and ``jp.track`` in a notebook: the run of one's own code shows itself in its cell."""

from __future__ import annotations

from ..client.discovery import find_server
from ..core.state import RunState
from ..errors import ProgressError
from ..panel.kernel_state import kernel_shell
from ..store.layout import DataDirectory, default_data_dir
from ..tracking.display import Display, set_display
from ..tracking.run import Run
from ..tracking.track import track
from .backend import Backend, current_backend, local_backend

__all__ = ["Run", "show_own_runs", "track"]


class PanelDisplay:
    """Shows a run of one's own by a panel, which follows the run's journal."""

    def __init__(self, run: Run) -> None:
        from .panel import Panel

        self.panel = Panel(run.run_id, backend=_backend_for_own())
        self.panel.display_once()

    def update(self, state: RunState) -> None:
        """Show the state until the panel has read it in the journal."""
        self.panel.offer(state)

    def close(self, state: RunState) -> None:
        """Leave the end in the notebook."""
        self.panel.settle(state)


def show_own_runs() -> None:
    """Have runs of one's own shown by panels, where this process is a Jupyter kernel."""
    if kernel_shell() is not None:
        set_display(_panel_display)


def _panel_display(run: Run) -> Display | None:
    return PanelDisplay(run)


def _backend_for_own() -> Backend:
    """Who can see the runs of this process: a server on the same data directory, else it itself.

    A loop of one's own must not fail because of a server that cannot be asked.
    """
    if find_server() is None:
        return local_backend()
    try:
        backend = current_backend()
    except ProgressError as error:
        print(f"The panel is fed by this kernel: {error}")
        return local_backend()
    server = getattr(backend, "server", None)
    if server is None:
        return backend
    own = DataDirectory(default_data_dir()).ensure().identity
    return backend if server.get("data_dir_id") == own else local_backend()


show_own_runs()
