"""NVIDIA GPUs, where ``nvidia-ml-py`` is installed and a driver answers; else none."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable
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
        count = told_or_none(self._library.NVMLError, self._library.nvmlDeviceGetCount)
        return [self._one(index) for index in range(count or 0)]

    def _one(self, index: int) -> dict[str, Any]:
        library = self._library

        def asked(call: Callable[[Any], Any]) -> Any:
            # Anew for each figure: a card that is cut into parts tells its memory and not how busy
            # it is, one that shares the machine's memory the other way round, a lost one nothing.
            return told_or_none(
                library.NVMLError, lambda: call(library.nvmlDeviceGetHandleByIndex(index))
            )

        return described(
            index,
            asked(library.nvmlDeviceGetName),
            asked(library.nvmlDeviceGetUtilizationRates),
            asked(library.nvmlDeviceGetMemoryInfo),
        )

    def close(self) -> None:
        """Let go of the driver."""
        if self._library is not None:
            self._library.nvmlShutdown()
            self._library = None


def told_or_none(refusal: type[Exception], call: Callable[[], Any]) -> Any:
    """What a call of the library answers; None where it refuses."""
    try:
        return call()
    except refusal:
        return None


def described(index: int, name: Any, utilization: Any, memory: Any) -> dict[str, Any]:
    """One GPU in the words of the wire.

    Parameters
    ----------
    name
        Text, or bytes from older releases of the library.
    utilization, memory
        Its ``c_nvmlUtilization_t`` and ``c_nvmlMemory_t``. Any of the three is None where the card
        does not tell.
    """
    told = name.decode(errors="replace") if isinstance(name, bytes) else name
    return {
        "name": told or f"GPU {index}",
        "percent": None if utilization is None else utilization.gpu,
        "memory": None if memory is None or not memory.total else _gauge(memory),
    }


def _gauge(memory: Any) -> dict[str, Any]:
    return {
        "percent": round(100.0 * memory.used / memory.total, 1),
        "used": memory.used,
        "limit": memory.total,
    }
