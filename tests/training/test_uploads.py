"""What is handed over: kept whole under an id, or not at all."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

from jupyter_progress.errors import BodyTooLarge, InvalidRequest, UnknownUpload
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.training.uploads import FORMATS, Uploads


@pytest.fixture
def data_dir(tmp_path: Path) -> DataDirectory:
    found = DataDirectory(tmp_path / "progress")
    found.ensure()
    return found


@pytest.fixture
def uploads(data_dir: DataDirectory) -> Uploads:
    return Uploads(data_dir)


@pytest.mark.parametrize("format", FORMATS)
def test_upload_is_kept_with_its_digest(uploads: Uploads, format: str) -> None:
    upload = uploads.begin(format)
    upload.write(b"a,b\n")
    upload.write(b"1,2\n")
    kept = upload.finish()
    digest = hashlib.sha256(b"a,b\n1,2\n").hexdigest()
    assert kept == {"id": upload.id, "sha256": digest, "size_bytes": 8}
    assert uploads.path(upload.id).read_bytes() == b"a,b\n1,2\n"
    assert uploads.path(upload.id).name == f"data.{format}"
    facts = uploads.meta(upload.id)
    assert {key: facts[key] for key in kept} == kept
    assert facts["format"] == format
    assert uploads.ids() == [upload.id]


def test_upload_under_way_has_no_id_yet(uploads: Uploads) -> None:
    with uploads.begin("csv") as upload:
        upload.write(b"half")
        assert uploads.ids() == []
        with pytest.raises(UnknownUpload):
            uploads.path(upload.id)
    assert list(uploads.folder.iterdir()) == []


def test_upload_over_its_limit_is_refused_and_leaves_nothing(data_dir: DataDirectory) -> None:
    uploads = Uploads(data_dir, limit_bytes=10)
    assert uploads.add("csv", b"x" * 10)["size_bytes"] == 10
    with pytest.raises(BodyTooLarge, match="larger than 10 bytes"):
        uploads.add("csv", b"x" * 11)
    assert len(list(uploads.folder.iterdir())) == 1


def test_empty_upload_is_refused_and_leaves_nothing(uploads: Uploads) -> None:
    with pytest.raises(InvalidRequest, match="is empty"):
        uploads.add("npz", b"")
    assert list(uploads.folder.iterdir()) == []


@pytest.mark.parametrize("format", ["exe", "", "../csv", "CSV"])
def test_unknown_format_is_refused(uploads: Uploads, format: str) -> None:
    with pytest.raises(InvalidRequest, match=r"format: .* expected one of csv, parquet"):
        uploads.begin(format)


@pytest.mark.parametrize("upload_id", ["", "..", "0" * 32, "../" + "0" * 29, "A" * 32, "é" * 32])
def test_unknown_ids_are_refused(uploads: Uploads, upload_id: str) -> None:
    for ask in (uploads.path, uploads.meta):
        with pytest.raises(UnknownUpload):
            ask(upload_id)


def test_deleted_upload_is_gone(uploads: Uploads) -> None:
    kept = uploads.add("csv", b"a")["id"]
    uploads.delete(kept)
    uploads.delete(kept)
    with pytest.raises(UnknownUpload):
        uploads.path(kept)
