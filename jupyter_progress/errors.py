"""Every error that jupyter-progress raises, in one hierarchy.

ProgressError
├── InvalidRequest               what was asked for cannot be right, whatever the state (400)
│   ├── UnknownKey               a key that the request does not have
│   ├── MalformedBody            not JSON, not UTF-8, or nested too deeply
│   ├── BodyTooLarge             (413)
│   ├── UnknownDataset
│   ├── FileNotReadable          a file that is missing, a folder, or cannot be parsed
│   ├── PathNotAllowed           outside of the root directory, or hidden
│   ├── UnknownColumn
│   ├── UnsuitableData           empty, one class only, NaN in the target, too few rows
│   ├── DoesNotFit               more rows than memory, or than a run may have
│   ├── UnknownEstimator
│   ├── EstimatorNotAllowed      outside of the allow-list of packages
│   ├── UnsuitableEstimator      no classifier or regressor, or it cannot be sent to a worker
│   ├── UnsuitableFunction       not to be called in a worker, or it cannot be sent there
│   └── InvalidParameter         a parameter that the estimator does not take, or not this value
├── NotFound (404)
│   ├── UnknownRun
│   ├── UnknownModel
│   └── UnknownUpload
├── Conflict (409)
│   ├── RunNotFinished           asked for what only an ended run has
│   ├── RunGoingOn               asked for what only an ended run allows
│   ├── RunHasEnded              asked to stop what has ended
│   ├── NothingToKeep            a stop before there is anything to keep
│   ├── CannotStop               a stop of a fit that nothing can interrupt
│   ├── NothingToSkip            a candidate of a search that cannot be given up
│   ├── NotResumable             the run ended well, was dropped, or left nothing to go on from
│   ├── NoModel                  the run ended without a model
│   ├── NoValue                  the run has no return value, or none that could be kept
│   └── NoCurrentRun             asked for the run of code that is in none
├── Denied (401, 403)
├── Unavailable (503)            for now; asking again can help
│   ├── ServerUnreachable
│   ├── ShuttingDown
│   ├── DiskFull                 the disk takes nothing more (507)
│   ├── ServingFailed            the process that answers `predict` did not start or died
│   └── TooMany (429)
│       ├── TooManyRequests      one user asks more often than the server allows
│       └── TooManyStreams       one user has more streams open than the server allows
├── ServerNotFound               no Jupyter server in reach of this process
├── ExtensionMissing             a server is there, but not its extension
├── VersionMismatch              kernel and server are too far apart
├── RunEndedBadly
│   ├── RunFailed                the run ended with an error; carries the user's traceback
│   └── RunCancelled
├── StoreError
│   ├── LogTooNew                a database written by a later version
│   ├── RunDirectoryBroken
│   └── LockTaken                somebody else looks after this run
├── ArtifactRefused              a model file whose signature, digest or types do not hold
└── UnsupportedPlatform

Classes keep their facts as attributes, and the facts are the exception's arguments, so that an
error survives pickling. ``reason`` is the stable code of the REST interface, ``status`` its HTTP
status and ``retryable`` says whether the same request can succeed later.
"""

from __future__ import annotations

from typing import Any, ClassVar


class ProgressError(Exception):
    """Base of all errors of this package.

    Parameters
    ----------
    message
        What was wrong, what was expected and what to do, for a person.
    """

    reason: ClassVar[str] = "internal_error"
    status: ClassVar[int] = 500
    retryable: ClassVar[bool] = False

    def to_wire(self) -> dict[str, Any]:
        """The error's shape in REST answers."""
        return {"message": str(self), "reason": self.reason, "retryable": self.retryable}


class InvalidRequest(ProgressError):
    """A request that cannot be right.

    Parameters
    ----------
    field
        The field that is wrong, as a path (``"split.test"``); empty for the request as a whole.
    problem
        What is wrong with it and what was expected.
    """

    reason = "invalid_request"
    status = 400

    def __init__(self, field: str, problem: str) -> None:
        super().__init__(field, problem)
        self.field = field
        self.problem = problem

    def __str__(self) -> str:
        return f"{self.field}: {self.problem}" if self.field else self.problem


class UnknownKey(InvalidRequest):
    """A key that the request does not have."""

    reason = "unknown_key"


class MalformedBody(InvalidRequest):
    """A body that is not UTF-8, not JSON, or nested too deeply."""

    reason = "malformed_body"


class BodyTooLarge(InvalidRequest):
    """A body over its limit."""

    reason = "body_too_large"
    status = 413


class UnknownDataset(InvalidRequest):
    """A data set name that scikit-learn does not bundle."""

    reason = "unknown_dataset"


class FileNotReadable(InvalidRequest):
    """A data file that is missing, is no file, or cannot be parsed."""

    reason = "file_not_readable"


class PathNotAllowed(InvalidRequest):
    """A path out of the server's root directory, or a hidden one."""

    reason = "path_not_allowed"


class UnknownColumn(InvalidRequest):
    """A column that the data does not have."""

    reason = "unknown_column"


class UnsuitableData(InvalidRequest):
    """Data that no estimator of this kind can be fitted on."""

    reason = "unsuitable_data"


class DoesNotFit(InvalidRequest):
    """More rows than the memory holds, or than a run may learn from."""

    reason = "does_not_fit"


class UnknownEstimator(InvalidRequest):
    """A class that does not exist."""

    reason = "unknown_estimator"


class EstimatorNotAllowed(InvalidRequest):
    """A class outside of the allow-list of packages."""

    reason = "estimator_not_allowed"


class UnsuitableEstimator(InvalidRequest):
    """An object that is no classifier or regressor, or cannot be sent to a worker."""

    reason = "unsuitable_estimator"


class UnsuitableFunction(InvalidRequest):
    """Something that cannot be called in a worker, or cannot be sent there."""

    reason = "unsuitable_function"


class InvalidParameter(InvalidRequest):
    """A parameter that the estimator does not take, or not with this value."""

    reason = "invalid_parameter"


class NotFound(ProgressError):
    """Something that is not there.

    Parameters
    ----------
    name
        What was asked for.
    hint
        What there is in its place, or where to look.
    """

    reason = "not_found"
    status = 404
    kind: ClassVar[str] = "page"

    def __init__(self, name: str, hint: str = "") -> None:
        super().__init__(name, hint)
        self.name = name
        self.hint = hint

    def __str__(self) -> str:
        hint = f"; {self.hint}" if self.hint else ""
        return f"there is no {self.kind} {self.name!r}{hint}"


class UnknownRun(NotFound):
    """A run that no log knows."""

    reason = "unknown_run"
    kind = "run"


class UnknownModel(NotFound):
    """A model, or a version of one, that is not registered."""

    reason = "unknown_model"
    kind = "model"


class UnknownUpload(NotFound):
    """An upload that is not (or no longer) kept."""

    reason = "unknown_upload"
    kind = "upload"


class Conflict(ProgressError):
    """A request that the present state does not allow."""

    reason = "conflict"
    status = 409


class RunNotFinished(Conflict):
    """Something that only an ended run has."""

    reason = "run_not_finished"


class RunGoingOn(Conflict):
    """Something that only an ended run allows."""

    reason = "run_going_on"


class RunHasEnded(Conflict):
    """A control for a run that has ended."""

    reason = "run_has_ended"


class NothingToKeep(Conflict):
    """A stop before the training has made anything that could be kept."""

    reason = "nothing_to_keep"


class CannotStop(Conflict):
    """A stop of a fit that is one call of its library: it can be waited for, or cancelled."""

    reason = "cannot_stop"


class NothingToSkip(Conflict):
    """A candidate that is not there to be given up: it is over, or nothing is searched."""

    reason = "nothing_to_skip"


class NotResumable(Conflict):
    """A resumption of what completed, was dropped, or left nothing to go on from."""

    reason = "not_resumable"


class NoModel(Conflict):
    """A run that ended without a model."""

    reason = "no_model"


class NoValue(Conflict):
    """A run that returned nothing, or nothing that could be kept."""

    reason = "no_value"


class NoCurrentRun(Conflict):
    """Code that asks for its run, and is in none."""

    reason = "no_current_run"


class Denied(ProgressError):
    """The server does not let this user do this."""

    reason = "denied"
    status = 403


class Unavailable(ProgressError):
    """Not now; the same request can succeed later."""

    reason = "unavailable"
    status = 503
    retryable = True


class ServerUnreachable(Unavailable):
    """No answer from the Jupyter server."""

    reason = "server_unreachable"


class ShuttingDown(Unavailable):
    """The Jupyter server is going down."""

    reason = "shutting_down"


class DiskFull(Unavailable):
    """The disk that holds the data directory takes nothing more."""

    reason = "disk_full"
    status = 507


class ServingFailed(Unavailable):
    """The process that answers ``predict`` did not start, or died."""

    reason = "serving_failed"


class TooMany(Unavailable):
    """More than the server lets one user have.

    Parameters
    ----------
    message
        What there is too much of, and the limit.
    retry_after_s
        After how many seconds asking again can succeed; the answer's ``Retry-After``.
    """

    reason = "too_many"
    status = 429

    def __init__(self, message: str, retry_after_s: float = 1.0) -> None:
        super().__init__(message, retry_after_s)
        self.message = message
        self.retry_after_s = retry_after_s

    def __str__(self) -> str:
        return self.message


class TooManyRequests(TooMany):
    """One user asks more often than the server allows."""

    reason = "too_many_requests"


class TooManyStreams(TooMany):
    """One user has more streams open than the server allows."""

    reason = "too_many_streams"


class ServerNotFound(ProgressError):
    """No Jupyter server is in reach of this process."""

    reason = "server_not_found"


class ExtensionMissing(ProgressError):
    """A Jupyter server is there, but jupyter-progress is not loaded in it."""

    reason = "extension_missing"


class VersionMismatch(ProgressError):
    """Kernel and server run versions that are too far apart."""

    reason = "version_mismatch"


class RunEndedBadly(ProgressError):
    """A run that was waited for ended without a model.

    Parameters
    ----------
    run_id
        The run.
    message
        What happened, with the user's part of the traceback.
    """

    reason = "run_ended_badly"

    def __init__(self, run_id: str, message: str) -> None:
        super().__init__(run_id, message)
        self.run_id = run_id
        self.message = message

    def __str__(self) -> str:
        return self.message


class RunFailed(RunEndedBadly):
    """The run ended with an error."""

    reason = "run_failed"


class RunCancelled(RunEndedBadly):
    """The run was cancelled, or Jupyter was stopped under it."""

    reason = "run_cancelled"


class StoreError(ProgressError):
    """Something is wrong with what is kept on disk."""

    reason = "store_error"


class LogTooNew(StoreError):
    """The database was written by a later version of jupyter-progress."""

    reason = "log_too_new"


class RunDirectoryBroken(StoreError):
    """A run directory without a readable request."""

    reason = "run_directory_broken"


class LockTaken(StoreError):
    """Somebody else holds the lock."""

    reason = "lock_taken"


class ArtifactRefused(ProgressError):
    """A model file whose signature, digest or types do not hold."""

    reason = "artifact_refused"
    status = 409


class UnsupportedPlatform(ProgressError):
    """Neither Linux nor macOS."""

    reason = "unsupported_platform"


def error_from_wire(status: int, wire: dict[str, Any]) -> ProgressError:
    """Rebuild an error from a REST answer.

    Parameters
    ----------
    status
        The HTTP status of the answer.
    wire
        The answer's body: ``{"message", "reason", "retryable"}``.

    Returns
    -------
    ProgressError
        Of the class whose ``reason`` it is, else of the nearest class for the status.
    """
    reason = str(wire.get("reason") or "")
    message = str(wire.get("message") or f"the server answered with status {status}")
    cls = _by_reason().get(reason)
    if cls is None:
        cls = {400: InvalidRequest, 401: Denied, 403: Denied, 404: NotFound, 409: Conflict}.get(
            status, Unavailable if status >= 500 else ProgressError
        )
    if issubclass(cls, InvalidRequest):
        field, separator, problem = message.partition(": ")
        return cls(field, problem) if separator and " " not in field else cls("", message)
    if issubclass(cls, RunEndedBadly):
        return cls("", message)
    if issubclass(cls, NotFound):
        # "there is no run 'x'; what to do": the name is what stands in quotes.
        opening = f"there is no {cls.kind} '"
        name, _, hint = message.removeprefix(opening).partition("'; ")
        return cls(name if hint else name.removesuffix("'"), hint)
    return cls(message)


def _by_reason() -> dict[str, type[ProgressError]]:
    found: dict[str, type[ProgressError]] = {}
    waiting: list[type[ProgressError]] = [ProgressError]
    while waiting:
        cls = waiting.pop()
        found.setdefault(cls.reason, cls)
        waiting.extend(cls.__subclasses__())
    return found
