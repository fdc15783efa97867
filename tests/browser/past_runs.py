"""Thousands of runs that ended long ago, as the journals of their workers have them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

from jupyter_progress.core.names import new_run_id
from jupyter_progress.store.journal_lines import Waiting, encode_lines
from jupyter_progress.store.layout import DataDirectory

BEGAN = 1_767_225_600.0  # 2026-01-01 UTC
APART_S = 3600.0
CLASSES = {
    "RandomForestClassifier": {"n_estimators": [50, 100, 300], "max_depth": [4, 8, 16]},
    "GradientBoostingClassifier": {"n_estimators": [100, 200], "learning_rate": [0.05, 0.1]},
    "SVC": {"C": [0.1, 1.0, 10.0], "gamma": ["scale", "auto"]},
}
STAGES = ("initialize", "load_data", "split_data", "train", "evaluate", "save_model")
WORDS = ("baseline", "wide", "deep", "tuned", "night", "retry")


def make_past_runs(data_dir: Path, count: int) -> list[str]:
    """Write the journals of so many runs, an hour apart; their ids, the oldest first."""
    data = DataDirectory(data_dir).ensure()
    return [_make(data, number) for number in range(count)]


def _make(data: DataDirectory, number: int) -> str:
    began = BEGAN + number * APART_S
    run_id = new_run_id(began, number)
    run = data.runs / run_id
    # Not by way of the writers: they sync each folder, which thousands of runs would take minutes.
    (run / "journal").mkdir(parents=True)
    (run / "control").mkdir()
    (run / "request.json").write_text("{}")
    story: list[Waiting] = [
        (sequence, type, began + after, facts, None, None)
        for sequence, (type, facts, after) in enumerate(_story(number), start=1)
    ]
    (run / "journal" / "worker-1.jsonl").write_bytes(encode_lines(story))
    return run_id


def _story(number: int) -> list[tuple[str, dict[str, Any], float]]:
    kind = list(CLASSES)[number * number % 3]
    params = {name: values[number % len(values)] for name, values in CLASSES[kind].items()}
    spec = {
        "dataset": {"source": "sklearn", "name": "digits"},
        "estimator": {"class": f"sklearn.any.{kind}", "params": params},
        "split": {"test": 0.2, "validation": 0.2, "random_state": number % 2},
        "preprocess": "auto",
    }
    name = f"{WORDS[number % 6]} {kind.removesuffix('Classifier')} {number}"
    tags = [WORDS[number % 6], *(["keep"] if number % 10 == 0 else [])]
    took = 4.0 + 300 * abs(math.sin(number))
    story: list[tuple[str, dict[str, Any], float]] = [
        ("training_queued", {"name": name, "spec": spec, "tags": tags, "who": "ada"}, 0.0),
        ("training_started", {"name": name, "stages": [_titled(stage) for stage in STAGES]}, 0.1),
    ]
    at = 0.1
    for index, stage in enumerate(STAGES):
        seconds = took * (0.7 if stage == "train" else 0.06)
        about = {"stage": stage, "title": _titled(stage)["title"], "index": index}
        if stage == "train" and number % 9 == 8:
            error = {"type": "ValueError", "message": "Input X contains NaN.", "stage": stage}
            failed = {"error": error, "elapsed_time": at}
            return [*story, ("stage_started", about, at), ("training_failed", failed, at + 1)]
        story += [
            ("stage_started", about, at),
            ("stage_completed", {**about, "elapsed_s": seconds}, at + seconds),
        ]
        at += seconds
    curve = [[step, 1 - math.exp(-step / 8) * (0.9 + 0.1 * math.sin(number))] for step in range(40)]
    accuracy = 0.8 + 0.19 * abs(math.sin(number * 1.7))
    right, wrong = round(accuracy * 100), round((1 - accuracy) * 100)
    result = {
        "test": {"accuracy": accuracy, "f1_macro": accuracy - 0.01},
        "confusion_matrix": [[right, wrong], [wrong // 2, 100 - wrong // 2]],
        "classes": ["no", "yes"],
        "rows": {"train": 1077, "validation": 360, "test": 360},
    }
    story.insert(-2, ("metrics_appended", {"series": {"live_accuracy": curve}}, at))
    return [*story, ("training_completed", {"result": result, "elapsed_time": took}, at)]


def _titled(stage: str) -> dict[str, str]:
    return {"id": stage, "title": stage.replace("_", " ").capitalize()}
