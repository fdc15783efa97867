"""NVIDIA GPUs, where ``nvidia-ml-py`` is installed and a driver answers; else none."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any


class GpuReader:
    """Reads every GPU's use; asks for the library only once."""

    def __init__(self) -> None:
        self._library: Any = None
        if importlib.util.find_spec("pynvml") is None:
            return
        library = importlib.import_module("pynvml")
        try:
            library.nvmlInit()
        except library.NVMLError:
            return  # the library without a driver: a laptop, a container without GPUs
        self._library = library

    def read(self) -> list[dict[str, Any]]:
        """``[{"name", "percent", "memory": {"percent", "used", "limit"}}]``."""
        if self._library is None:
            return []
        return [self._one(index) for index in range(self._library.nvmlDeviceGetCount())]

    def _one(self, index: int) -> dict[str, Any]:
        library = self._library
        handle = library.nvmlDeviceGetHandleByIndex(index)
        try:
            name = library.nvmlDeviceGetName(handle)
            percent = library.nvmlDeviceGetUtilizationRates(handle).gpu
            memory = library.nvmlDeviceGetMemoryInfo(handle)
        except library.NVMLError:
            return {"name": f"GPU {index}", "percent": None, "memory": None}
        return {
            "name": name if isinstance(name, str) else name.decode(),
            "percent": percent,
            "memory": {
                "percent": round(100.0 * memory.used / memory.total, 1),
                "used": memory.used,
                "limit": memory.total,
            },
        }

    def close(self) -> None:
        """Let go of the driver."""
        if self._library is not None:
            self._library.nvmlShutdown()
            self._library = None
