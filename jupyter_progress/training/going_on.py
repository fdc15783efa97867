"""From where the fit of an attempt goes on: a checkpoint of an earlier one, or its beginning."""

from __future__ import annotations

from ..core.durations import duration
from ..errors import ArtifactRefused
from ..models.manifest import package_versions
from .checkpoint_files import CheckpointFiles, Kept
from .context import Context
from .fitting.keeping import EVERY_S, Keeping
from .workload import class_of

_KIND = "training_resumed"  # the fact that these lines of the feed belong to
# Words for what a checkpoint and this fit have not in common.
_DIFFERS = {
    "class": "it is of another class",
    "versions": "it was written with other versions of Python or its packages",
    "shape": "it is of other rows",
}


def prepare(context: Context) -> Keeping:
    """The checkpoints of the fit that is about to begin, and the one that it goes on from."""
    assert context.parts is not None
    train = context.prepared_train
    files = CheckpointFiles(
        context.run.checkpoints,
        context.data_dir.key(),
        {
            "run": context.run.run_id,
            "class": class_of(context.estimator),
            "versions": package_versions([]),
            "shape": [context.parts.train.rows, int(train.shape[1])],
        },
    )
    limits = context.facts.get("limits") or {}
    keeping = Keeping(
        files,
        max_overhead=context.request.max_overhead,
        every_s=float(limits.get("checkpoint_every_s", EVERY_S)),
        is_interrupted=lambda: context.asked.to_interrupt,
        warn=lambda text: context.finding("warning", text, kind=_KIND),
    )
    if context.attempt.number > 1:
        _take_up(context, files, keeping)
    else:
        files.clear()
    return keeping


def _take_up(context: Context, files: CheckpointFiles, keeping: Keeping) -> None:
    kept, why = _usable(context, files)
    if kept is not None:
        keeping.go_on_from(kept)
        took = duration(kept.train_s)
        context.finding(
            "info", f"The fit goes on after step {kept.step:,}, which took {took}", kind=_KIND
        )
        return
    files.clear()
    context.finding("info", f"The fit starts again: {why}", kind=_KIND)


def _usable(context: Context, files: CheckpointFiles) -> tuple[Kept | None, str]:
    """The checkpoint that is gone on from; or None, and why the fit starts again."""
    if context.data_changed:
        return None, "the data file has changed"
    try:
        kept = files.read()
    except ArtifactRefused as refusal:
        return None, f"the checkpoint is refused: {refusal}"
    if kept is None:
        return None, "no checkpoint of it was kept"
    differs = files.what_differs(kept)
    if differs is not None:
        return None, f"the checkpoint cannot be used: {_DIFFERS.get(differs, differs)}"
    return kept, ""
