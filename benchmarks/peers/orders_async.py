"""The orders of the one who measures, without blocking an event loop."""

from __future__ import annotations

import asyncio
import json
import sys
from collections.abc import AsyncIterator
from typing import Any


async def orders_async() -> AsyncIterator[dict[str, Any]]:
    """What is asked for, one after the other."""
    while line := await asyncio.to_thread(sys.stdin.readline):
        yield json.loads(line)
