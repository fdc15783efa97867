"""Models that somebody has changed: each is refused before anything of it runs."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import pytest
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import FunctionTransformer
from sklearn.svm import SVC

from jupyter_progress.errors import ArtifactRefused
from jupyter_progress.models.manifest import write_manifest
from jupyter_progress.models.persistence import load_model, save_model
from jupyter_progress.store.layout import DataDirectory


@pytest.fixture
def proof(tmp_path: Path) -> Path:
    """What is there once something of an evil pickle has run."""
    return tmp_path / "it-ran"


@pytest.fixture
def evil(proof: Path) -> bytes:
    class Evil:
        def __reduce__(self) -> tuple[Any, tuple[str]]:
            return os.mkdir, (str(proof),)

    return pickle.dumps(Evil())


@pytest.fixture
def pickled(iris: Any, tmp_path: Path, key: bytes) -> Path:
    """A model that skops cannot hold."""
    model = make_pipeline(FunctionTransformer(lambda X: X), SVC()).fit(*iris)
    folder = tmp_path / "model"
    assert save_model(model, folder, key=key, facts={})["format"] == "cloudpickle"
    load_model(folder, key=key)
    return folder


def refuse(folder: Path, key: bytes, words: str) -> None:
    with pytest.raises(ArtifactRefused, match=words):
        load_model(folder, key=key)


@pytest.mark.parametrize("share", [0.0, 0.5, 0.999])
def test_one_changed_byte_is_refused(pickled: Path, key: bytes, share: float) -> None:
    content = bytearray((pickled / "model.pkl").read_bytes())
    content[int(share * len(content))] ^= 1
    (pickled / "model.pkl").write_bytes(content)
    refuse(pickled, key, "SHA-256 differs")


def test_pickle_with_a_second_one_behind_it_is_refused(
    pickled: Path, key: bytes, evil: bytes, proof: Path
) -> None:
    with (pickled / "model.pkl").open("ab") as file:
        file.write(evil)
    refuse(pickled, key, "SHA-256 differs")
    assert not proof.exists()


def test_manifest_that_was_made_to_fit_is_refused(
    pickled: Path, key: bytes, evil: bytes, proof: Path
) -> None:
    import hashlib

    manifest = json.loads((pickled / "manifest.json").read_text())
    (pickled / "model.pkl").write_bytes(evil)
    manifest |= {"sha256": hashlib.sha256(evil).hexdigest(), "size_bytes": len(evil)}
    (pickled / "manifest.json").write_text(json.dumps(manifest))
    refuse(pickled, key, "not signed")
    del manifest["signature"]
    (pickled / "manifest.json").write_text(json.dumps(manifest))
    refuse(pickled, key, "not signed")
    # Signed by somebody, but not here.
    write_manifest(pickled, manifest, bytes(32))
    refuse(pickled, key, "not signed")
    assert not proof.exists()


def test_skops_model_that_is_renamed_a_pickle_is_refused(
    tree: Any, tmp_path: Path, key: bytes, evil: bytes, proof: Path
) -> None:
    save_model(tree, tmp_path, key=key, facts={})
    (tmp_path / "model.pkl").write_bytes(evil)
    path = tmp_path / "manifest.json"
    told = {**json.loads(path.read_text()), "format": "cloudpickle", "file": "model.pkl"}
    path.write_text(json.dumps(told))
    refuse(tmp_path, key, "not signed")
    assert not proof.exists()


def test_model_of_another_data_directory_is_refused(iris: Any, tmp_path: Path) -> None:
    ours, theirs = (DataDirectory(tmp_path / name).ensure() for name in ("ours", "theirs"))
    model = make_pipeline(FunctionTransformer(lambda X: X), SVC()).fit(*iris)
    save_model(model, tmp_path / "there", key=theirs.key(), facts={})
    shutil.copytree(tmp_path / "there", tmp_path / "here")
    refuse(tmp_path / "here", ours.key(), "comes from elsewhere")


@pytest.mark.parametrize("name", ["model.pkl", "manifest.json"])
def test_link_in_a_models_place_is_refused_even_to_the_same_bytes(
    pickled: Path, key: bytes, tmp_path: Path, name: str
) -> None:
    elsewhere = tmp_path / "others-may-write-here"
    (pickled / name).rename(elsewhere)
    (pickled / name).symlink_to(elsewhere)
    refuse(pickled, key, "a link; expected a regular file")


@pytest.mark.parametrize("name", ["model.pkl", "manifest.json"])
@pytest.mark.timeout(20)
def test_pipe_in_a_models_place_is_waited_for_by_nobody(
    pickled: Path, key: bytes, name: str
) -> None:
    (pickled / name).unlink()
    os.mkfifo(pickled / name)
    refuse(pickled, key, "expected a regular file")


def test_manifest_that_is_nested_without_end_is_refused(pickled: Path, key: bytes) -> None:
    (pickled / "manifest.json").write_text("[" * 200_000)
    refuse(pickled, key, "cannot be read")
