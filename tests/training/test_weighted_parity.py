"""Sample weights over all estimators: what plain ``fit`` makes of them, or a refusal in words."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from sklearn.base import clone
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer

from jupyter_progress.core.requests import RunRequest, Split, check_run_request
from jupyter_progress.errors import InvalidRequest
from jupyter_progress.models.persistence import load_model
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.training.fit_params import weight_name
from jupyter_progress.training.sources.mapped import pack
from jupyter_progress.training.uploads import Uploads

from .runs import train_here, upload
from .test_parity import ALL, SEVERAL_TARGETS, data_for, make

NAMES = sorted(set(ALL) - SEVERAL_TARGETS)


def weighted(data_dir: DataDirectory, estimator: Any, X: Any, y: Any, weights: Any) -> Any:
    uploads = Uploads(data_dir)
    parts = {"id": X, "y": np.asarray(y), "sample_weight": weights}
    dataset = {key: uploads.hand_over(pack(value)) for key, value in parts.items()}
    request = RunRequest(
        dataset={"source": "upload", **dataset},
        estimator={"upload": upload(data_dir, clone(estimator))},
        split=Split(),
        preprocess="none",
    )
    return train_here(data_dir, check_run_request(request))


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("is_in_pipeline", [False, True], ids=["alone", "in a pipeline"])
@pytest.mark.parametrize("name", NAMES)
def test_weighted_model_is_the_one_that_plain_fit_gives(
    name: str, is_in_pipeline: bool, data_dir: DataDirectory
) -> None:
    estimator = make(name)
    X, y = data_for(name, estimator)
    if is_in_pipeline:
        estimator = make_pipeline(FunctionTransformer(), estimator)
    weights = np.random.default_rng(0).uniform(0.5, 2.0, len(y))
    key = weight_name(estimator)
    if key is None:
        with pytest.raises(InvalidRequest, match="has no sample_weight"):
            weighted(data_dir, estimator, X, y, weights)
        return
    run = weighted(data_dir, estimator, X, y, weights)
    train = np.load(run.split_file)["train"]
    plain = clone(estimator).fit(X.iloc[train], np.asarray(y)[train], **{key: weights[train]})
    model = load_model(run.model_dir, key=data_dir.key())
    for ask in ("predict", "predict_proba", "decision_function"):
        if hasattr(plain, ask):
            expected = getattr(plain, ask)(X)
            assert np.array_equal(getattr(model, ask)(X), expected, equal_nan=True)
