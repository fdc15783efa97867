"""A server that its JupyterHub interrupts is stopped in good order.

A Hub that starts servers as processes of its own machine stops them by SIGINT. It means Jupyter to
take that as SIGTERM (https://github.com/jupyterhub/jupyterhub/pull/4864), which Jupyter does only
where it has a terminal; else the interrupt ends the process as it stands, no extension is told, and
no run saves what it has.
"""

from __future__ import annotations

import asyncio
import os
import signal
import threading
from collections.abc import Callable


def stop_on_interrupt(loop: asyncio.AbstractEventLoop, stop: Callable[[], None]) -> None:
    """Under a Hub, stop the server at a SIGINT that nobody else takes.

    Parameters
    ----------
    loop
        The server's event loop.
    stop
        What stops the server in good order.
    """
    is_ours = (
        "JUPYTERHUB_SERVICE_PREFIX" in os.environ
        and threading.current_thread() is threading.main_thread()
        and signal.getsignal(signal.SIGINT) is signal.default_int_handler
    )
    if is_ours:
        loop.add_signal_handler(signal.SIGINT, stop)
