"""``save_model``: the model goes into the run's directory and, if asked, into the registry."""

from __future__ import annotations

import time
from typing import Any

from ...core.times import to_iso
from ...models.columns import describe_columns
from ...models.persistence import save_model
from ...models.registry import Registry
from ..context import Context


def run(context: Context) -> dict[str, Any]:
    """Save the model."""
    assert context.parts is not None
    executor = context.facts.get("executor") or {}
    facts = {
        "run_id": context.run.run_id,
        "name": context.name,
        "task": "classification" if context.is_classifier else "regression",
        "class": f"{type(context.estimator).__module__}.{type(context.estimator).__qualname__}",
        "columns": describe_columns(context.parts.train.X),
        "classes": context.evaluation.get("classes"),
        "test": context.evaluation.get("scores"),
    }
    served_by = {key: executor[key] for key in ("python", "cwd", "sys_path") if executor.get(key)}
    key = context.data_dir.key()
    manifest = context.with_room(
        lambda: save_model(
            context.model,
            context.run.model_dir,
            key=key,
            facts=facts | served_by,
            parts=context.model_parts,
        )
    )
    if context.request.register_as and not context.asked.to_interrupt:
        context.with_room(lambda: _register(context, key))
    return {"format": manifest["format"], "size_bytes": manifest["size_bytes"]}


def _register(context: Context, key: bytes) -> None:
    from ..pipeline import result_of

    name = str(context.request.register_as)
    version = Registry(context.data_dir.models, key).register(
        name,
        context.run.path,
        run_id=context.run.run_id,
        result=result_of(context),
        time=to_iso(time.time()),
    )
    context.registered = {"name": name, "version": version}
