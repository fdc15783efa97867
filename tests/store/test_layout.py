from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from jupyter_progress.errors import RunDirectoryBroken, StoreError, UnknownRun
from jupyter_progress.store.layout import DATA_DIR_VARIABLE, DataDirectory, default_data_dir

RUN = "20260921-130000-0000002a"


def test_data_directory_is_for_its_owner_only(tmp_path: Path) -> None:
    (tmp_path / "data").mkdir(mode=0o755)
    data = DataDirectory(tmp_path / "data").ensure()
    assert data.path.stat().st_mode & 0o777 == 0o700
    assert (data.path / "key").stat().st_mode & 0o777 == 0o600
    run = data.create_run(RUN, {})
    assert (run.path / "request.json").stat().st_mode & 0o777 == 0o600


def test_data_directory_that_cannot_be_made_is_told_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    for path in (tmp_path / "file", tmp_path / "file" / "below"):
        with pytest.raises(StoreError, match=f"{path} cannot be used: .*{DATA_DIR_VARIABLE}"):
            DataDirectory(path).ensure()


def test_key_and_identity_stay(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path).ensure()
    before = data.key(), data.identity
    assert (DataDirectory(tmp_path).ensure().key(), data.identity) == before
    assert len(before[0]) == 32
    assert len(bytes.fromhex(before[1])) == 16


def test_processes_that_begin_at_once_agree_on_the_key(tmp_path: Path) -> None:
    code = (
        "import sys; from jupyter_progress.store.layout import DataDirectory\n"
        "print(DataDirectory(sys.argv[1]).ensure().key().hex())"
    )
    command = [sys.executable, "-c", code, str(tmp_path / "data")]
    begun = [subprocess.Popen(command, stdout=subprocess.PIPE) for _ in range(3)]
    assert len({process.communicate()[0] for process in begun}) == 1
    assert all(process.returncode == 0 for process in begun)
    assert not [path for path in (tmp_path / "data").iterdir() if path.name.startswith(".")]


def test_environment_names_the_data_directory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "there"))
    assert default_data_dir() == tmp_path / "there"
    monkeypatch.delenv(DATA_DIR_VARIABLE)
    monkeypatch.setenv("JUPYTER_DATA_DIR", str(tmp_path / "jupyter"))
    assert default_data_dir() == tmp_path / "jupyter" / "progress"


def test_run_appears_with_its_request(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path)
    run = data.create_run(RUN, {"name": "dígits"})
    assert data.run(RUN).request() == {"name": "dígits"}
    assert data.run_ids() == [RUN]
    assert run.exit() is None
    with pytest.raises(StoreError, match=RUN):
        data.create_run(RUN, {})
    assert data.run(RUN).request() == {"name": "dígits"}
    assert [path.name for path in data.runs.iterdir()] == [RUN]


@pytest.mark.parametrize("name", ["", "..", "../x", RUN + "/..", RUN + "\n", "a\0b", RUN.upper()])
def test_what_is_no_run_id_is_an_unknown_run(tmp_path: Path, name: str) -> None:
    data = DataDirectory(tmp_path).ensure()
    with pytest.raises(UnknownRun):
        data.run(name)
    with pytest.raises(UnknownRun):
        data.create_run(name if name != RUN.upper() else RUN + "x", {})


@pytest.mark.parametrize("writer", ["", "..", "a/b", "worker 1", "Worker-1", "worker-1\n", "x-é"])
def test_what_cannot_name_a_writer_is_refused(tmp_path: Path, writer: str) -> None:
    run = DataDirectory(tmp_path).create_run(RUN, {})
    with pytest.raises(StoreError):
        run.journal(writer)
    with pytest.raises(StoreError):
        run.control(writer)


def test_deleted_run_leaves_nothing(tmp_path: Path) -> None:
    data = DataDirectory(tmp_path)
    run = data.create_run(RUN, {})
    run.delete()
    run.delete()
    assert list(data.runs.iterdir()) == []
    with pytest.raises(UnknownRun):
        data.run(RUN)


def test_json_is_replaced_as_a_whole_and_torn_json_is_none(tmp_path: Path) -> None:
    run = DataDirectory(tmp_path).create_run(RUN, {})
    run.write_json(run.exit_file, {"status": 0})
    run.write_json(run.exit_file, {"status": 1})
    assert run.exit() == {"status": 1}
    run.exit_file.write_text('{"status": ')
    assert run.exit() is None
    (run.path / "request.json").write_text("[]")
    with pytest.raises(RunDirectoryBroken, match=RUN):
        run.request()
