"""Rows that are put elsewhere are found by their ids, kept once, and removed with their links."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from jupyter_progress.core.retention import Limits
from jupyter_progress.errors import DiskFull, StoreError, UnknownUpload
from jupyter_progress.store.layout import DataDirectory
from jupyter_progress.store.pruning import prune
from jupyter_progress.training.scratch import (
    SCRATCH_VARIABLE,
    check_room,
    make_scratch,
    own_scratch,
    scratch_identity,
)
from jupyter_progress.training.sources.mapped import map_array, pack, pack_bytes
from jupyter_progress.training.uploads import Uploads

ROWS = np.arange(5000.0).reshape(100, 50)


@pytest.fixture
def scratch(tmp_path: Path) -> Path:
    return make_scratch(tmp_path / "fast" / "disk")


@pytest.fixture
def uploads(data_dir: DataDirectory, scratch: Path) -> Uploads:
    return Uploads(data_dir, scratch=scratch)


def test_rows_lie_in_the_scratch_directory_and_estimators_do_not(
    uploads: Uploads, data_dir: DataDirectory, scratch: Path
) -> None:
    rows, estimator = uploads.hand_over(pack(ROWS)), uploads.hand_over(pack_bytes(b"x", "pickle"))
    assert (scratch / rows / "data.npy").is_file()
    assert not (scratch / estimator).exists()
    # Whoever knows nothing of the scratch directory finds both.
    found = Uploads(data_dir)
    assert np.array_equal(map_array(found.path(rows), "X"), ROWS)
    assert found.meta(rows)["size_bytes"] == found.path(rows).stat().st_size
    assert sorted(found.ids()) == sorted((rows, estimator))
    assert uploads.hand_over(pack(ROWS.copy())) == rows
    assert len(list(scratch.iterdir())) == 2  # its name, and the rows


def test_rows_that_lost_their_file_are_written_again(
    uploads: Uploads, data_dir: DataDirectory, scratch: Path
) -> None:
    rows = uploads.hand_over(pack(ROWS))
    for damage in (
        lambda: (scratch / rows / "data.npy").unlink(),
        lambda: (scratch / rows).rename(scratch / "away"),
        lambda: (scratch / rows / "data.npy").write_bytes(b"cut"),
        lambda: (scratch / rows / "upload.json").write_text("{"),
    ):
        damage()
        assert uploads.hand_over(pack(ROWS)) == rows
        assert np.array_equal(map_array(Uploads(data_dir).path(rows), "X"), ROWS)


def test_removing_takes_the_rows_and_the_link(
    uploads: Uploads, data_dir: DataDirectory, scratch: Path
) -> None:
    rows = uploads.hand_over(pack(ROWS))
    uploads.delete(rows)
    with pytest.raises(UnknownUpload):
        uploads.path(rows)
    assert not (scratch / rows).exists()
    assert list(data_dir.uploads.iterdir()) == []


def test_link_to_something_else_takes_nothing_with_it(
    uploads: Uploads, data_dir: DataDirectory, tmp_path: Path
) -> None:
    other = tmp_path / "precious"
    other.mkdir()
    (data_dir.uploads / ("a" * 32)).symlink_to(other)
    uploads.delete("a" * 32)
    assert other.is_dir()


def test_unneeded_rows_and_leftovers_are_pruned_there(
    uploads: Uploads, data_dir: DataDirectory, scratch: Path
) -> None:
    old, new = uploads.hand_over(pack(ROWS)), uploads.hand_over(pack(ROWS + 1))
    half = scratch / ".incoming-x"
    half.mkdir()
    for path in (scratch / old, *(scratch / old).iterdir(), half):
        os.utime(path, (1e9, 1e9))
    found = prune(
        data_dir, [], Limits(keep_uploads_hours=24), in_service=set(),
        delete_run=lambda _run: None, scratch=scratch,
    )  # fmt: skip
    assert {(removal.kind, removal.id) for removal in found} == {
        ("upload", old), ("leftover", str(half)),
    }  # fmt: skip
    assert [r.size_bytes > ROWS.nbytes for r in found if r.kind == "upload"] == [True]
    assert uploads.ids() == [new]
    assert not (scratch / old).exists()
    assert not half.exists()


def test_rows_elsewhere_count_as_the_data_directory_does(
    uploads: Uploads, data_dir: DataDirectory, scratch: Path
) -> None:
    kept = uploads.hand_over(pack(ROWS))
    for path in (scratch / kept, *(scratch / kept).iterdir()):
        os.utime(path, (1e9, 1e9))
    limits = Limits(max_data_bytes=20_000, keep_uploads_hours=0)
    found = prune(
        data_dir, [], limits, in_service=set(), delete_run=lambda _run: None, scratch=scratch
    )
    assert [(removal.id, removal.reason) for removal in found] == [(kept, "size")]


def test_what_is_handed_over_again_is_kept_as_if_it_were_new(uploads: Uploads) -> None:
    rows = uploads.hand_over(pack(ROWS))
    facts = uploads.path(rows).with_name("upload.json")
    os.utime(facts, (1e9, 1e9))
    uploads.hand_over(pack(ROWS))
    assert facts.stat().st_mtime > 1e9 + 1


def test_scratch_directory_has_a_name_of_its_own(scratch: Path, tmp_path: Path) -> None:
    assert len(scratch_identity(scratch)) == 32
    assert scratch_identity(make_scratch(scratch.parent)) == scratch_identity(scratch)
    assert scratch_identity(make_scratch(tmp_path / "other")) != scratch_identity(scratch)
    assert scratch_identity(tmp_path / "nowhere") == ""
    assert scratch.stat().st_mode & 0o077 == 0


def test_folder_that_somebody_else_could_have_made_is_not_used(tmp_path: Path) -> None:
    theirs = tmp_path / "theirs"
    theirs.mkdir()
    (tmp_path / f"jupyter-progress-{os.getuid()}").symlink_to(theirs)
    with pytest.raises(StoreError, match="not this user's own folder"):
        make_scratch(tmp_path)


def test_scratch_directory_that_cannot_be_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").write_text("in the way")
    monkeypatch.setenv(SCRATCH_VARIABLE, str(tmp_path / "file" / "below"))
    with pytest.raises(StoreError, match=r"cannot be used.*JupyterProgress\.scratch_dir"):
        own_scratch()


def test_scratch_directory_that_went_away_is_told(uploads: Uploads, scratch: Path) -> None:
    for path in scratch.iterdir():
        path.unlink()
    scratch.rmdir()
    scratch.write_text("in the way")
    with pytest.raises(StoreError, match=r"not this user's own|File exists"):
        make_scratch(scratch.parent)
    with pytest.raises(StoreError, match=r"cannot be written to.*JUPYTER_PROGRESS_SCRATCH_DIR"):
        uploads.hand_over(pack(ROWS))


def test_disk_without_room_is_told_before_a_byte_is_written(tmp_path: Path) -> None:
    with pytest.raises(DiskFull, match=r"needs 1\.00 PB of disk and .* are free of "):
        check_room(tmp_path / "not" / "there", 10**15)
