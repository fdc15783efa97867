"""Models on disk: what comes back, and what is refused."""

from __future__ import annotations

import json
import os
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import skops.io
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer, OneHotEncoder
from sklearn.svm import SVC

from jupyter_progress.errors import ArtifactRefused
from jupyter_progress.models.manifest import read_manifest, write_manifest
from jupyter_progress.models.persistence import load_model, save_model

OWN_MODULE = """
import numpy as np
from sklearn.base import BaseEstimator, ClassifierMixin

class Constant(ClassifierMixin, BaseEstimator):
    def fit(self, X, y):
        self.classes_, self.answer_ = np.unique(y), y[0]
        return self

    def predict(self, X):
        return np.full(len(X), self.answer_)
"""


@pytest.mark.parametrize(
    "estimator",
    [
        RandomForestClassifier(5, random_state=0),
        HistGradientBoostingClassifier(max_iter=3),
        KNeighborsClassifier(),
        SVC(),
        make_pipeline(FunctionTransformer(np.log1p), LogisticRegression(max_iter=500)),
        make_pipeline(OneHotEncoder(handle_unknown="ignore"), LogisticRegression()),
    ],
    ids=lambda estimator: type(estimator).__name__,
)
def test_scikit_learn_models_come_back_from_skops_the_same(
    estimator: Any, iris: Any, tmp_path: Path, key: bytes
) -> None:
    X, y = iris
    estimator.fit(X, y)
    manifest = save_model(estimator, tmp_path, key=key, facts={})
    assert manifest["format"] == "skops"
    np.testing.assert_array_equal(load_model(tmp_path, key=key).predict(X), estimator.predict(X))


def test_manifest_says_what_the_file_is_and_what_opens_it(
    tree: Any, tmp_path: Path, key: bytes
) -> None:
    written = save_model(tree, tmp_path, key=key, facts={"run_id": "r", "shares": (0.2, 0.2)})
    found = read_manifest(tmp_path, key)
    assert found == written
    assert found["run_id"] == "r"
    assert found["shares"] == [0.2, 0.2]
    assert found["types"] == ["sklearn.tree._tree.Tree"]
    assert found["size_bytes"] == (tmp_path / found["file"]).stat().st_size
    assert found["python"] == sys.executable
    assert found["cwd"] == str(Path.cwd())
    assert {"python", "sklearn", "numpy", "skops"} <= set(found["versions"])


def test_class_of_a_notebook_is_pickled_by_value_and_opens_in_another_process(
    tmp_path: Path, key: bytes
) -> None:
    script = f"""
from pathlib import Path
{OWN_MODULE}
from jupyter_progress.models.persistence import save_model
model = Constant().fit([[0], [1]], np.array([7, 8]))
print(save_model(model, Path({str(tmp_path)!r}), key=bytes.fromhex({key.hex()!r}), facts={{}})
      ["pickled_because"])
"""
    ran = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert "__main__.Constant" in ran.stdout
    assert read_manifest(tmp_path, key)["format"] == "cloudpickle"
    assert load_model(tmp_path, key=key).predict([[5], [6]]).tolist() == [7, 7]


def test_function_without_a_name_goes_into_a_pickle(iris: Any, tmp_path: Path, key: bytes) -> None:
    model = make_pipeline(FunctionTransformer(lambda X: X * 2), SVC()).fit(*iris)
    assert save_model(model, tmp_path, key=key, facts={})["format"] == "cloudpickle"
    np.testing.assert_array_equal(
        load_model(tmp_path, key=key).predict(iris[0]), model.predict(iris[0])
    )


def test_saving_again_leaves_one_model_file(
    tree: Any, iris: Any, tmp_path: Path, key: bytes
) -> None:
    pickled = make_pipeline(FunctionTransformer(lambda X: X), SVC()).fit(*iris)
    for model, file in ((tree, "model.skops"), (pickled, "model.pkl"), (tree, "model.skops")):
        save_model(model, tmp_path, key=key, facts={})
        assert sorted(path.name for path in tmp_path.iterdir()) == ["manifest.json", file]


def test_other_key_is_refused(tree: Any, tmp_path: Path, key: bytes) -> None:
    save_model(tree, tmp_path, key=key, facts={})
    with pytest.raises(ArtifactRefused, match="not signed"):
        load_model(tmp_path, key=bytes(32))


@pytest.mark.parametrize("change", [{"types": ["os.system"]}, {"python": "/bin/sh"}, {"x": 1}])
def test_changed_manifest_is_refused(
    change: dict[str, Any], tree: Any, tmp_path: Path, key: bytes
) -> None:
    save_model(tree, tmp_path, key=key, facts={})
    path = tmp_path / "manifest.json"
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ArtifactRefused, match="not signed"):
        load_model(tmp_path, key=key)


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\xff", b'{"signature": "\\u00e9"}'])
def test_manifest_that_is_none_is_refused(
    content: bytes, tree: Any, tmp_path: Path, key: bytes
) -> None:
    save_model(tree, tmp_path, key=key, facts={})
    (tmp_path / "manifest.json").write_bytes(content)
    with pytest.raises(ArtifactRefused):
        load_model(tmp_path, key=key)


def test_file_that_was_exchanged_is_refused(tree: Any, tmp_path: Path, key: bytes) -> None:
    save_model(tree, tmp_path, key=key, facts={})
    skops.io.dump(SVC(), tmp_path / "model.skops")
    with pytest.raises(ArtifactRefused, match="SHA-256"):
        load_model(tmp_path, key=key)


def test_exchanged_pickle_is_refused_before_it_runs(iris: Any, tmp_path: Path, key: bytes) -> None:
    model = make_pipeline(FunctionTransformer(lambda X: X), SVC()).fit(*iris)
    save_model(model, tmp_path, key=key, facts={})
    proof = tmp_path / "it-ran"

    class Evil:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return os.mkdir, (str(proof),)

    (tmp_path / "model.pkl").write_bytes(pickle.dumps(Evil()))
    with pytest.raises(ArtifactRefused):
        load_model(tmp_path, key=key)
    assert not proof.exists()


def test_types_that_the_manifest_does_not_name_are_refused(
    tree: Any, tmp_path: Path, key: bytes
) -> None:
    manifest = save_model(tree, tmp_path, key=key, facts={})
    write_manifest(tmp_path, {**manifest, "types": []}, key)
    with pytest.raises(ArtifactRefused, match=r"sklearn\.tree\._tree\.Tree"):
        load_model(tmp_path, key=key)


def test_missing_file_is_refused(tree: Any, tmp_path: Path, key: bytes) -> None:
    save_model(tree, tmp_path, key=key, facts={})
    (tmp_path / "model.skops").unlink()
    with pytest.raises(ArtifactRefused, match="cannot be read"):
        load_model(tmp_path, key=key)
