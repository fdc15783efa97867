"""The server that a command starts: what lies in its folder is nothing that it imports."""

from __future__ import annotations

import json
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest
from jupyter_client import BlockingKernelClient

from jupyter_progress.cli.own_server import OwnServer, own_server
from jupyter_progress.store.layout import DATA_DIR_VARIABLE

SHADOWS = ("tty", "queue", "secrets", "jupyter_server_terminals", "jupyter_progress")
ASK = """
import json, os, sys
import mine
print(json.dumps([mine.VALUE, sys.flags.safe_path, os.environ.get('PYTHONSAFEPATH')]))
"""


def in_kernel(server: OwnServer, runtime: Path, code: str, timeout_s: float) -> str:
    """Have a new kernel of the server run some code; what that printed."""
    request = urllib.request.Request(
        f"{server.address.url}api/kernels",
        b"{}",
        {"Authorization": f"token {server.address.token}"},
    )
    with urllib.request.urlopen(request, timeout=timeout_s) as answer:
        kernel_id = json.load(answer)["id"]
    client = BlockingKernelClient(connection_file=str(runtime / f"kernel-{kernel_id}.json"))
    client.load_connection_file()
    client.start_channels()
    printed: list[str] = []
    try:
        client.wait_for_ready(timeout=timeout_s)
        client.execute_interactive(
            code,
            timeout=timeout_s,
            output_hook=lambda message: printed.append(message["content"].get("text", "")),
        )
    finally:
        client.stop_channels()
        client.context.term()
    return "".join(printed)


@pytest.mark.slow
def test_files_of_the_folder_stand_in_for_nothing_in_the_server_but_are_a_kernels_own(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaled: Callable[[float], float]
) -> None:
    folder, runtime = tmp_path / "work", tmp_path / "runtime"
    folder.mkdir()
    for name in SHADOWS:
        (folder / f"{name}.py").write_text(f"open({str(tmp_path / 'imported')!r}, 'a').write('!')")
    (folder / "mine.py").write_text("VALUE = 42\n")
    monkeypatch.setenv("JUPYTER_RUNTIME_DIR", str(runtime))
    monkeypatch.setenv(DATA_DIR_VARIABLE, str(tmp_path / "progress"))
    monkeypatch.chdir(folder)
    with own_server(folder) as server:
        assert not (tmp_path / "imported").exists()
        for name in SHADOWS:  # a kernel would import these, as a user's kernel does anywhere
            (folder / f"{name}.py").unlink()
        said = in_kernel(server, runtime, ASK, scaled(30))
    assert json.loads(said) == [42, False, None]
