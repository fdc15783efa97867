"""Estimators by name: a class within the allow-list of packages, made with parameters from JSON.

Nothing outside of the allow-list is imported: the dotted name is compared before any import, and
the class that it leads to must itself come from that package, so that a name such as
``sklearn.utils.os.system`` leads nowhere. A parameter may be an estimator again, written the same
way (``{"class": …, "params": …}``), alone or in a list.
"""

from __future__ import annotations

import importlib
import importlib.util
import inspect
import re
import sys
import warnings
from collections.abc import Iterable
from typing import Any

from ..core.names import shorten
from ..core.nearest import nearest
from ..errors import (
    EstimatorNotAllowed,
    InvalidParameter,
    InvalidRequest,
    UnknownEstimator,
    UnsuitableEstimator,
)

DEFAULT_ALLOWED = ("sklearn", "xgboost", "lightgbm")

# Parts of a package that are no estimators but do things when they are imported.
_NEVER_IMPORTED = frozenset({"tests", "conftest", "setup", "__main__", "externals", "testing"})


def build_estimator(
    spec: dict[str, Any], allowed: Iterable[str] = DEFAULT_ALLOWED, *, field: str = "estimator"
) -> Any:
    """Make the classifier or regressor that a request names.

    Parameters
    ----------
    spec
        ``{"class": "sklearn.ensemble.RandomForestClassifier", "params": {…}}``.
    allowed
        Packages (or dotted prefixes) that classes may come from.
    field
        How messages name the spec.

    Returns
    -------
    object
        Not fitted.

    Raises
    ------
    EstimatorNotAllowed
        The class is outside of the allow-list.
    UnknownEstimator
        There is no such class.
    UnsuitableEstimator
        It is neither a classifier nor a regressor.
    InvalidParameter
        A parameter is not known, or not with this value.
    """
    estimator = _build(spec, tuple(allowed), field)
    if task_of(estimator) is None:
        name = type(estimator).__name__
        raise UnsuitableEstimator(
            f"{field}.class", f"{name} is neither a classifier nor a regressor"
        )
    return estimator


def task_of(estimator: Any) -> str | None:
    """``"classification"``, ``"regression"`` or None.

    A class that owes nothing to scikit-learn says it by ``_estimator_type``, as scikit-learn's did.
    """
    from sklearn.base import is_classifier, is_regressor

    if not has_tags(estimator):
        named = {"classifier": "classification", "regressor": "regression"}
        kind = getattr(estimator, "_estimator_type", None)
        return named.get(kind) if isinstance(kind, str) else None

    with warnings.catch_warnings():
        # Estimators of other libraries without scikit-learn's tags: a warning, then the answer.
        warnings.simplefilter("ignore")
        if is_classifier(estimator):
            return "classification"
        return "regression" if is_regressor(estimator) else None


def has_tags(estimator: Any) -> bool:
    """Whether an estimator is of scikit-learn's kind, and can be asked what it is."""
    return hasattr(estimator, "__sklearn_tags__") or hasattr(estimator, "_get_tags")


def estimator_class(
    name: str, allowed: Iterable[str] = DEFAULT_ALLOWED, *, field: str = "estimator.class"
) -> type:
    """Find a class by its dotted name, importing nothing from outside the allow-list.

    Raises
    ------
    EstimatorNotAllowed
    UnknownEstimator
    UnsuitableEstimator
    """
    packages = tuple(allowed)
    check_allowed(name, packages, field=field)
    parts = name.split(".")
    if name.startswith("sklearn.model_selection.Halving"):
        # Their names are there only once somebody has said that they know them for experimental.
        from sklearn.experimental import enable_halving_search_cv  # noqa: F401
    found = getattr(_module(parts, packages, field), parts[-1], None)
    if not inspect.isclass(found):
        raise UnknownEstimator(
            field, f"there is no class {name!r}{_meant(parts[-1], packages, parts[0])}"
        )
    if not _is_within(f"{found.__module__}.{found.__qualname__}", packages):
        raise EstimatorNotAllowed(
            field, f"{name!r} is really {found.__module__}'s; {_only(packages)}"
        )
    if inspect.isabstract(found) or not callable(getattr(found, "fit", None)):
        raise UnsuitableEstimator(field, f"{name!r} cannot be fitted; expected an estimator")
    return found


def check_allowed(name: str, allowed: Iterable[str], *, field: str = "estimator.class") -> None:
    """Check that a name is a dotted one, and within the allow-list.

    A name that is refused is searched among scikit-learn's, so this is for a process that may
    import it.

    Raises
    ------
    UnknownEstimator
        It is no dotted name, such as a class alone.
    EstimatorNotAllowed
        It is outside of the allow-list.
    """
    packages = tuple(allowed)
    parts = name.split(".")
    if len(parts) < 2 or not all(part.isidentifier() for part in parts):
        meant = _meant(parts[-1], packages)
        expected = meant or "; expected one such as 'sklearn.ensemble.RandomForestClassifier'"
        raise UnknownEstimator(field, f"{shorten(name, 80)!r} is no dotted class name{expected}")
    if not _is_within(name, packages) or not _NEVER_IMPORTED.isdisjoint(parts[:-1]):
        raise EstimatorNotAllowed(
            field,
            f"{shorten(name, 120)!r} is outside of the allow-list; {_only(packages)}"
            f"{_meant(parts[-1], packages)}",
        )


def _is_within(name: str, packages: tuple[str, ...]) -> bool:
    return any(name == package or name.startswith(f"{package}.") for package in packages)


def _only(packages: tuple[str, ...]) -> str:
    return f"only classes of {', '.join(packages)} are allowed"


def _module(parts: list[str], packages: tuple[str, ...], field: str) -> Any:
    """Import the module of a dotted class name, one part after the other."""
    for end in range(1, len(parts)):
        module = ".".join(parts[:end])
        if importlib.util.find_spec(module) is None:
            if end == 1:
                raise UnknownEstimator(
                    field,
                    f"the package {parts[0]!r} is not installed for {sys.executable}; "
                    f"install it there: {sys.executable} -m pip install {parts[0]}",
                )
            meant = _meant(parts[-1], packages, parts[0])
            raise UnknownEstimator(field, f"there is no module {module!r}{meant}")
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                found = importlib.import_module(module)
        except ImportError as error:
            raise UnknownEstimator(field, f"{module} cannot be imported: {error}") from None
        if not hasattr(found, "__path__") and end < len(parts) - 1:
            inner = ".".join(parts[: end + 1])
            raise UnknownEstimator(field, f"there is no module {inner!r}")
    return found


def _meant(name: str, packages: tuple[str, ...], root: str = "sklearn") -> str:
    """``"; did you mean …?"``, from the public estimators of scikit-learn."""
    if root != "sklearn" or not any(p.partition(".")[0] == "sklearn" for p in packages):
        return ""
    from .catalogue import public_estimators

    known = {cls.__name__: public for public, cls in public_estimators().items()}
    near = nearest(name, known, cutoff=0.75)
    return f"; did you mean {known[near]!r}?" if near else ""


def _build(spec: Any, packages: tuple[str, ...], field: str) -> Any:
    if not isinstance(spec, dict) or not isinstance(spec.get("class"), str):
        raise InvalidRequest(f"{field}.class", "is missing; expected a dotted class name")
    params = spec.get("params", {})
    if not isinstance(params, dict) or set(spec) - {"class", "params"}:
        raise InvalidRequest(field, 'expected {"class": …, "params": {…}}')
    cls = estimator_class(spec["class"], packages, field=f"{field}.class")
    _check_names(cls, params, field)
    made = {
        name: _value(value, packages, f"{field}.params.{name}") for name, value in params.items()
    }
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # a class that will go away some day is there today
            estimator = cls(**made)
    except Exception as error:
        # Any library's constructor, with values from a stranger: whatever it says is the answer.
        raise InvalidParameter(f"{field}.params", f"{cls.__name__}: {_first_line(error)}") from None
    _check_values(estimator, field)
    return estimator


def _value(value: Any, packages: tuple[str, ...], field: str) -> Any:
    if isinstance(value, dict) and "class" in value:
        return _build(value, packages, field)
    if isinstance(value, dict):
        # A search's parameters, by name: their values may be estimators, too.
        return {key: _value(inner, packages, f"{field}.{key}") for key, inner in value.items()}
    if isinstance(value, list):
        found = [_value(inner, packages, f"{field}[{i}]") for i, inner in enumerate(value)]
        # Named steps, as VotingClassifier and Pipeline have them, are pairs there.
        is_step = len(found) == 2 and isinstance(found[0], str) and hasattr(found[1], "get_params")
        return tuple(found) if is_step else found
    return value


def parameter_names(cls: type) -> list[str]:
    """The parameters that a class takes, in the order of its signature."""
    names = getattr(cls, "_get_param_names", None)
    if not callable(names):
        return _named_parameters(cls.__init__)
    try:
        found = list(names())
    except RuntimeError:
        return []  # a constructor with *args, which is no scikit-learn estimator's
    # XGBoost's classes pass keywords on to the class that they are derived from.
    for base in cls.__mro__:
        constructor = vars(base).get("__init__")
        if constructor is None:
            continue
        if base is object:
            break
        found += [name for name in _named_parameters(constructor) if name not in found]
        if not _takes_any_keyword(constructor):
            break
    return found


def _named_parameters(constructor: Any) -> list[str]:
    return [
        name
        for name, parameter in inspect.signature(constructor).parameters.items()
        if parameter.kind in (parameter.POSITIONAL_OR_KEYWORD, parameter.KEYWORD_ONLY)
        and name != "self"
    ]


def _takes_any_keyword(constructor: Any) -> bool:
    parameters = inspect.signature(constructor).parameters.values()
    return any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters)


def _check_names(cls: type, params: dict[str, Any], field: str) -> None:
    known = parameter_names(cls)
    for name, value in params.items():
        if name not in known:
            near = nearest(name, known)
            hint = f"did you mean {near!r}?" if near else f"expected: {', '.join(sorted(known))}"
            where = f"{field}.params.{shorten(name, 80)}"
            raise InvalidParameter(where, f"is no parameter of {cls.__name__}; {hint}")
        if name == "memory" and value is not None:
            # joblib unpickles what it finds there: a path must not come from a request.
            raise InvalidParameter(f"{field}.params.memory", "cannot be set here; expected null")
    for name in known:
        if name not in params and _is_required(cls, name):
            raise InvalidParameter(f"{field}.params.{name}", f"is missing; {cls.__name__} needs it")


def _is_required(cls: type, name: str) -> bool:
    parameter = inspect.signature(cls).parameters.get(name)
    return parameter is not None and parameter.default is parameter.empty


def _check_values(estimator: Any, field: str) -> None:
    """Let scikit-learn check the values as it would when fitting."""
    check = getattr(estimator, "_validate_params", None)
    # Other libraries' estimators inherit the check, and have nothing for it to check by.
    if not callable(check) or not hasattr(estimator, "_parameter_constraints"):
        return
    try:
        check()
    except ValueError as error:
        text = _first_line(error)
        named = re.match(r"The '(\w+)' parameter", text)
        where = f"{field}.params.{named[1]}" if named else f"{field}.params"
        raise InvalidParameter(where, text) from None


def _first_line(error: Exception) -> str:
    lines = str(error).strip().splitlines()
    return shorten(lines[0], 400) if lines else type(error).__name__
