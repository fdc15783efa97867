"""``jp.submit``: hand over a function, and get a run that goes on by itself."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

from ..core.functions import FunctionRequest, UploadedFunction, check_function_request
from ..core.names import check_label
from ..errors import InvalidRequest
from ..tracking import arguments
from ..tracking.values import planned_stages
from . import functions, handover
from .backend import current_backend
from .handle import RunHandle
from .run_limits import read_time_limit


def submit(
    fn: Callable[..., Any],
    /,
    *args: Any,
    name: str | None = None,
    stages: Iterable[str] = (),
    time_limit: float | timedelta | None = None,
    tags: Iterable[str] = (),
    display: bool = True,
    **kwargs: Any,
) -> RunHandle:
    """Run a function in the Jupyter server's care, or, without one, in a process of its own.

    ::

        def fit(epochs, rate=0.1):
            run = jp.current_run()
            for epoch in jp.track(range(epochs)):
                run.log(loss=step(rate))
            return weights

        run = jp.submit(fit, 100, rate=0.01, name="my net", stages=["fit"])
        weights = run.wait().value

    The call returns as soon as the run is on its way; it goes on when the kernel is restarted. The
    function is called by this kernel's interpreter, with copies of all that it refers to: its
    closures, and the functions, classes and variables of the notebook.

    Parameters
    ----------
    fn
        The function; also a method, a lambda or any other object that can be called.
    args, kwargs
        What it is called with. For an argument named ``name``, ``stages``, ``time_limit``, ``tags``
        or ``display``, which are the run's: ``functools.partial(fn, name=…)``.
    name
        What the run is called; by default as the function.
    stages
        The names of its stages, in order. It may begin others.
    time_limit
        Seconds, or a ``timedelta``, after which the run is stopped, as :meth:`RunHandle.stop` does
        it; a function that does not come to its end then has failed.
    tags
        For finding the run again.
    display
        Whether the run shows itself in the cell.

    Returns
    -------
    RunHandle
        What the function returns is its ``value``.

    Raises
    ------
    UnsuitableFunction
        It cannot be called with these arguments, or not be sent to another process; the message
        says what is in the way.
    InvalidRequest
        Another argument cannot be right.
    ExtensionMissing
        The Jupyter server has not got this extension; the message says how to install it there.
    """
    functions.check_function(fn)
    functions.check_call(fn, args, kwargs)
    arguments.is_true("display", display)
    draft = FunctionRequest(
        kind="function",
        function=UploadedFunction(upload="0" * 32),
        name=_default_name(fn) if name is None else arguments.label("name", name),
        stages=[stage.id for stage in planned_stages(stages)],
        time_limit=read_time_limit(time_limit),
        tags=arguments.labels("tags", tags),
        executor=handover.own_executor(),
    )
    # All but the id is in it: what is wrong is told before anything is sent.
    check_function_request(draft)
    backend = current_backend()
    upload = functions.upload_call(backend, fn, args, kwargs)
    state = backend.submit(functions.with_upload(draft, upload))
    return RunHandle(state.run_id, backend=backend, state=state, display=display)


def _default_name(fn: Any) -> str:
    while isinstance(fn, functools.partial):
        fn = fn.func
    called = getattr(fn, "__name__", None) or type(fn).__name__
    try:
        return check_label("name", str(called).strip("<>"))
    except InvalidRequest:
        return "function"  # a name that somebody has put there, and that cannot be shown
