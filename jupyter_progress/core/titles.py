"""A stage's title, for one that only has an id. Imports nothing, for the keeper needs it too."""

from __future__ import annotations


def title_of(stage_id: str) -> str:
    """A readable title for a stage: ``load_data`` becomes ``Load data``."""
    text = stage_id.replace("_", " ").strip()
    return text[:1].upper() + text[1:] or stage_id
