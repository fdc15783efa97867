"""Other ways to log a point, each until it is on disk, by the processor time of the process."""

from __future__ import annotations

import contextlib
import io
import os
import time
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Tracker:
    """One peer: the module that it needs, how many points it gets, and how it logs them."""

    name: str
    needs: str
    points: int
    log_all: Callable[[Path, int], None]

    def measure(self, folder: Path) -> float:
        """Microseconds a point, what it prints left out."""
        quiet = io.StringIO()
        with contextlib.redirect_stdout(quiet), contextlib.redirect_stderr(quiet):
            self.log_all(folder, 10)  # imports, and whatever happens once
            began = time.process_time()
            self.log_all(folder, self.points)
            return 1e6 * (time.process_time() - began) / self.points


def _tensorboard(folder: Path, points: int) -> None:
    from tensorboard.compat.proto.event_pb2 import Event
    from tensorboard.compat.proto.summary_pb2 import Summary
    from tensorboard.summary.writer.event_file_writer import EventFileWriter

    writer = EventFileWriter(str(folder / "tensorboard"))
    for step in range(points):
        summary = Summary(value=[Summary.Value(tag="loss", simple_value=0.5)])
        writer.add_event(Event(wall_time=time.time(), step=step, summary=summary))
    writer.close()


def _trackio(folder: Path, points: int) -> None:
    os.environ["TRACKIO_DIR"] = str(folder / "trackio")
    import trackio

    trackio.init(project="bench")
    for step in range(points):
        trackio.log({"loss": 0.5}, step=step)
    trackio.finish()


def _wandb(folder: Path, points: int) -> None:
    os.environ.update(WANDB_MODE="offline", WANDB_SILENT="true")
    import wandb

    run = wandb.init(project="bench", dir=str(folder))
    for step in range(points):
        run.log({"loss": 0.5}, step=step)
    run.finish()


def _mlflow(folder: Path, points: int) -> None:
    import mlflow

    mlflow.set_tracking_uri(f"sqlite:///{folder / 'mlflow.db'}")
    with mlflow.start_run():
        for step in range(points):
            mlflow.log_metric("loss", 0.5, step=step)


TRACKERS = (
    Tracker("TensorBoard", "tensorboard", 20_000, _tensorboard),
    Tracker("Trackio", "trackio", 20_000, _trackio),
    Tracker("W&B offline", "wandb", 5_000, _wandb),
    Tracker("MLflow in SQLite", "mlflow", 300, _mlflow),
)
