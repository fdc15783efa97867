"""A PyTorch loop that outlives a restart of its kernel, is killed, and goes on as if unbroken.

PyTorch is large and no part of what the tests need otherwise: it is installed once into a folder of
its own, and removed with the environment.
"""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from jupyter_client.blocking.client import BlockingKernelClient
from jupyter_client.manager import KernelManager, start_new_kernel

from jupyter_progress.store.locks import FileLock

TORCH = "torch==2.13.0"
INSTALL_S = 1200

DEFINES = """\
import os, time, torch
import jupyter_progress as jp
class Net(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.layers = torch.nn.Sequential(
            torch.nn.Linear(8, 16), torch.nn.Dropout(0.2), torch.nn.ReLU(), torch.nn.Linear(16, 1))
    def forward(self, X):
        return self.layers(X)
def fit(epochs, pause=0.0):
    run = jp.current_run()
    torch.manual_seed(0)
    X = torch.randn(256, 8)
    y = X.sum(1, keepdim=True).sin()
    net = Net()
    optimizer = torch.optim.Adam(net.parameters(), lr=0.01)
    saved, begin, losses = run.checkpoint_dir / "net.pt", 0, []
    if saved.exists():
        kept = torch.load(saved)
        net.load_state_dict(kept["net"])
        optimizer.load_state_dict(kept["optimizer"])
        torch.set_rng_state(kept["random"])
        begin, losses = kept["epoch"], kept["losses"]
    with run.stage("fit"):
        for epoch in run.track(range(begin, epochs)):
            total = 0.0
            for batch in torch.randperm(len(X)).split(32):
                optimizer.zero_grad()
                loss = torch.nn.functional.mse_loss(net(X[batch]), y[batch])
                loss.backward()
                optimizer.step()
                total += loss.item()
            losses.append(total)
            run.log(loss=total, step=epoch)
            torch.save({"net": net.state_dict(), "optimizer": optimizer.state_dict(),
                        "random": torch.get_rng_state(), "epoch": epoch + 1, "losses": losses},
                       f"{saved}.new")
            os.replace(f"{saved}.new", saved)
            time.sleep(pause)
    print("attempt", run.attempt, "began at", begin)
    return net, losses
"""
BREAKS = """\
import json, os, signal, time
import jupyter_progress as jp
run = jp.last_run()
assert run.status in ("queued", "running"), run.state
while (run.state["step"] or 0) < 15:
    time.sleep(0.05)
folder = f"{os.environ['JUPYTER_PROGRESS_DATA_DIR']}/runs/{run.run_id}"
os.kill(json.load(open(f"{folder}/worker.json"))["pid"], signal.SIGKILL)
try:
    run.wait()
except jp.errors.RunFailed as error:
    assert "SIGKILL" in str(error), error
assert run.state["resumable"]
"""
COMPARES = """\
net, losses = run.resume().wait().value
print(run.output(), end="")
assert run.state["attempt"] == 2
unbroken, expected = jp.submit(fit, 60, display=False).wait().value
assert losses == expected and len(losses) == 60, (losses, expected)
# The first Net is that of the kernel before; the second is defined in this one.
assert type(net).__name__ == "Net" and type(unbroken) is Net
assert losses[-1] < losses[0] * 0.9, losses
for mine, other in zip(net.parameters(), unbroken.parameters()):
    assert torch.equal(mine, other)
history = run.history()["loss"]
assert history.index[-1] == 59 and history.iloc[-1] == losses[-1]
print("the same", len(losses))
"""


@pytest.fixture(scope="session")
def with_torch() -> str:
    """A folder to be put on the module path; empty where PyTorch is installed anyhow."""
    import importlib.util

    if importlib.util.find_spec("torch") is not None:
        return ""
    folder = Path(sys.prefix) / "torch"
    lock = FileLock(folder.with_name("torch.lock"))
    while not lock.acquire():  # by another process of the same tests
        import time

        time.sleep(1.0)
    try:
        if not folder.exists():
            _install(folder)
    finally:
        lock.release()
    return str(folder)


def _install(folder: Path) -> None:
    aside = folder.with_name("torch.new")
    command = [sys.executable, "-m", "pip", "install", "--quiet", "--upgrade", "--target"]
    try:
        subprocess.run(
            [*command, str(aside), TORCH], check=True, capture_output=True, timeout=INSTALL_S
        )
    except (subprocess.CalledProcessError, subprocess.TimeoutExpired) as error:
        said = (error.stderr or b"").decode(errors="replace").strip().splitlines()
        pytest.skip(f"{TORCH} cannot be installed here: {said[-1] if said else error}")
    aside.rename(folder)


@pytest.fixture
def kernel(
    with_torch: str, own_data_dir: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, scaled
) -> Iterator[tuple[KernelManager, BlockingKernelClient]]:
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    monkeypatch.setenv("JUPYTER_PROGRESS_DATA_DIR", str(own_data_dir))
    path = [with_torch, os.environ.get("PYTHONPATH", "")]
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join(part for part in path if part))
    manager, client = start_new_kernel(kernel_name="python3", startup_timeout=scaled(60))
    try:
        yield manager, client
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.slow
@pytest.mark.timeout(INSTALL_S + 600)
def test_loop_outlives_its_kernel_and_resumes_with_the_same_losses(kernel: Any, scaled) -> None:
    manager, client = kernel

    def cell(code: str) -> str:
        printed: list[str] = []

        def hear(message: dict[str, Any]) -> None:
            content = message["content"]
            assert message["msg_type"] != "error", "\n".join(content["traceback"])
            if message["msg_type"] == "stream" and content["name"] == "stdout":
                printed.append(content["text"])

        client.execute_interactive(code, output_hook=hear, timeout=scaled(120))
        return "".join(printed)

    cell(DEFINES)
    cell("run = jp.submit(fit, 60, pause=0.1, name='net', stages=['fit'], display=False)")
    manager.restart_kernel(now=True)
    client.wait_for_ready(timeout=scaled(60))
    cell(BREAKS)
    cell(DEFINES)
    first, _, second = cell(COMPARES).partition("\n")
    words = first.split()
    assert words[:4] == ["attempt", "2", "began", "at"]
    assert 10 <= int(words[4]) < 60
    assert second.strip() == "the same 60"
