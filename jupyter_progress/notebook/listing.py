"""Finding runs, models and the server again, for example after a kernel restart."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from ..client.discovery import page_in_browser
from ..client.rest import RestClient
from ..core.activity import headline
from ..core.durations import duration
from ..core.ending import status_words
from ..core.names import is_run_id, shorten
from ..core.run_choice import ids_that_fit, named_hint
from ..core.run_query import read_run_query
from ..core.transitions import ACTIVE, ENDED
from ..errors import InvalidRequest, ServerNotFound, UnknownRun
from ..panel.report import runs_table
from ..tracking import arguments
from .backend import current_backend
from .handle import RunHandle

if TYPE_CHECKING:
    import pandas as pd

STATUSES = sorted(ACTIVE | ENDED)
RUNS_LIMIT = 1_000_000


class NoRuns(UnknownRun):
    """There is no run yet."""

    def __str__(self) -> str:
        return "there is no run yet; jp.train(…) starts one"


class RunList(list[RunHandle]):
    """Runs, newest first; a list that a notebook shows as a table."""

    def to_frame(self) -> pd.DataFrame:
        """The runs as a DataFrame: a row for each, with its result."""
        import pandas as pd

        return pd.DataFrame(
            [
                {
                    "run_id": run.run_id,
                    "name": state["name"],
                    "status": state["status"],
                    "tags": state["tags"],
                    "start_time": state["start_time"],
                    "elapsed_time": state["elapsed_time"],
                    **((state["result"] or {}).get("test") or {}),
                }
                for run in self
                if (state := run.state)
            ]
        )

    def __repr__(self) -> str:
        lines = []
        for run in self:
            state = run._state()
            took = duration(state.elapsed_time) if state.elapsed_time is not None else ""
            words = (
                state.run_id,
                status_words(state),
                state.name,
                headline(state.result or {}),
                took,
            )
            lines.append("  ".join(word for word in words if word))
        return "\n".join(lines) or "no runs"

    def _repr_html_(self) -> str:
        return runs_table([run._state() for run in self])


def runs(
    *,
    q: str | None = None,
    tag: str | Iterable[str] | None = None,
    status: str | Iterable[str] | None = None,
    estimator: str | Iterable[str] | None = None,
    metric: str | Iterable[str] | None = None,
    sort: str = "newest",
    limit: int = 50,
) -> RunList:
    """List runs: all, or those that fit; newest first, or in an order.

    Parameters
    ----------
    q
        Words; each is in the run's name, id, tags or estimator.
    tag
        Only runs with this tag, or with all of these.
    status
        Only runs of this status, or of one of these: ``"running"``, ``"completed"``.
    estimator
        Only runs that fit this class, or one of these: ``"RandomForestClassifier"``.
    metric
        What a metric must be, or several: ``"test.accuracy>0.9"``, ``"metrics.loss<=0.2"``.
    sort
        ``"newest"``, ``"oldest"``, ``"name"``, ``"duration"``, ``"score"`` or a metric; with a
        ``-`` before it the other way round: ``"-test.accuracy"`` has the best first.
    limit
        At most so many.
    """
    most = min(arguments.whole("limit", limit), RUNS_LIMIT)
    wanted = read_run_query(
        q=None if q is None else arguments.text("q", q),
        tag=[arguments.label("tag", text) for text in _several("tag", tag)],
        status=[_status(text) for text in _several("status", status)],
        estimator=[arguments.label("estimator", text) for text in _several("estimator", estimator)],
        metric=_several("metric", metric),
        sort=arguments.text("sort", sort),
    )
    backend = current_backend()
    found = backend.runs(wanted, most)
    return RunList(RunHandle(run.run_id, backend=backend, state=run) for run in found)


def _several(field: str, given: str | Iterable[str] | None) -> list[str]:
    """One text, or several."""
    if given is None:
        return []
    return [given] if isinstance(given, str) else arguments.strings(field, given)


def _status(text: str) -> str:
    if text not in STATUSES:
        expected = ", ".join(STATUSES)
        raise InvalidRequest("status", f"{arguments.found(text)}; expected one of: {expected}")
    return text


def get_run(run_id: str) -> RunHandle:
    """Find a run by its id.

    Parameters
    ----------
    run_id
        The id, or its beginning or end, as long as only one run has it.

    Raises
    ------
    UnknownRun
        No run has it; with the ids of the runs that have it for their name.
    InvalidRequest
        Several runs have it.
    """
    if not isinstance(run_id, str):
        raise InvalidRequest(
            "run_id",
            f"{arguments.found(run_id)}; expected a run's id, a string such as "
            "'20250102-030405-0a1b2c3d'",
        )
    backend = current_backend()
    if not is_run_id(run_id):
        run_id = _completed(run_id, runs(limit=RUNS_LIMIT))
    return RunHandle(run_id, backend=backend, state=backend.state(run_id))


def _completed(given: str, known: RunList) -> str:
    """The one id that this is a part of."""
    fitting = ids_that_fit(given, [run.run_id for run in known])
    if len(fitting) == 1:
        return fitting[0]
    if fitting:
        shown = ", ".join(fitting[:5])
        raise InvalidRequest(
            "run_id", f"{shorten(repr(given), 80)} fits {len(fitting)} runs: {shown}; expected one"
        )
    hints = (
        "expected an id, or the beginning or end of one; jp.runs() lists them",
        named_hint(given, [run._state() for run in known]),
    )
    raise UnknownRun(shorten(given, 80), "; ".join(hint for hint in hints if hint))


def last_run() -> RunHandle:
    """The run that was started last.

    Raises
    ------
    UnknownRun
        There is none yet.
    """
    found = runs(limit=1)
    if not found:
        raise NoRuns("last")
    return found[0]


def load_model(name: str, version: int | None = None) -> Any:
    """Open a registered model in this kernel.

    Parameters
    ----------
    name
        The model.
    version
        By default the one in service, else the newest.

    Returns
    -------
    estimator
        Fitted; takes raw rows.

    Raises
    ------
    UnknownModel
    """
    from ..models.persistence import load_model as open_model

    arguments.model_name("name", name)
    asked = None if version is None else arguments.whole("version", version)
    backend = current_backend()
    registered = backend.model(name)
    versions = [known["version"] for known in registered["versions"]]
    version = asked or registered["deployed"] or versions[-1]
    if version not in versions:
        shown = ", ".join(str(number) for number in versions[-10:])
        raise InvalidRequest("version", f"is {version}; {name!r} has the versions {shown}")
    return open_model(backend.version_folder(name, version), key=backend.key())


class Server:
    """The Jupyter server that this process works with, for REST calls of one's own.

    ::

        server = jp.server()
        requests.get(server.api_url + "status", headers=server.headers).json()

    Attributes
    ----------
    url
        The server's base URL, ending in ``/``.
    api_url
        Where the calls of this extension begin, ending in ``/``.
    page_url
        The page of all runs, for a browser; below a JupyterHub maybe only its path there.
    rest
        A client that needs nothing else: ``server.rest.get("status")``.
    """

    def __init__(self, rest: RestClient) -> None:
        self.rest = rest
        self.url = rest.address.url
        self.api_url = rest.address.api_url
        self.page_url = page_in_browser(rest.address)

    @property
    def headers(self) -> dict[str, str]:
        """What lets a request in. A secret: not to be printed in a notebook."""
        return self.rest._credentials()

    def __repr__(self) -> str:
        return f"Server({self.url!r})"


def server() -> Server:
    """The Jupyter server in reach.

    Raises
    ------
    ServerNotFound
        There is none; everything works without one, but there is no REST to call.
    """
    backend = current_backend()
    client = getattr(backend, "client", None)
    if client is None:
        raise ServerNotFound(
            "there is no Jupyter server in reach of this process; runs are started and watched "
            "without one (connection 'local'). Start one with `jupyter lab`."
        )
    return Server(client)
