"""What the wire says of a GPU, from the structures that nvidia-ml-py itself fills."""

from __future__ import annotations

from typing import Any

import msgspec
import pynvml
import pytest

from jupyter_progress.core.answers import Gpu
from jupyter_progress.machine.gpus import GpuReader, described, told_or_none

GIB = 1 << 30


def memory_of(used: int, total: int) -> Any:
    return pynvml.c_nvmlMemory_t(total=total, free=total - used, used=used)


def utilization_of(gpu: int) -> Any:
    return pynvml.c_nvmlUtilization_t(gpu=gpu, memory=7)


def as_answered(told: dict[str, Any]) -> Gpu:
    """As ``GET health`` describes it: the encoded words decode as that type."""
    return msgspec.json.decode(msgspec.json.encode(told), type=Gpu)


def test_gpu_is_told_with_its_load_and_its_memory() -> None:
    told = described(0, "NVIDIA A100-SXM4-40GB", utilization_of(93), memory_of(30 * GIB, 40 * GIB))
    gpu = as_answered(told)
    assert (gpu.name, gpu.percent) == ("NVIDIA A100-SXM4-40GB", 93)
    assert gpu.memory is not None
    assert (gpu.memory.percent, gpu.memory.used, gpu.memory.limit) == (75, 30 * GIB, 40 * GIB)


def test_name_in_bytes_is_text_and_no_name_a_number() -> None:
    assert described(0, b"Tesla T4", None, None)["name"] == "Tesla T4"
    assert described(3, None, None, None) == {"name": "GPU 3", "percent": None, "memory": None}


@pytest.mark.parametrize("code", [pynvml.NVML_ERROR_NOT_SUPPORTED, pynvml.NVML_ERROR_GPU_IS_LOST])
def test_refused_figure_is_none_and_leaves_the_others(code: int) -> None:
    def refuse() -> None:
        raise pynvml.NVMLError(code)

    refused = told_or_none(pynvml.NVMLError, refuse)
    gpu = as_answered(described(0, "GB10", utilization_of(5), refused))
    assert (gpu.percent, gpu.memory) == (5, None)
    gpu = as_answered(described(0, "A100 MIG", refused, memory_of(1, 4)))
    assert gpu.percent is None
    assert gpu.memory is not None
    assert gpu.memory.percent == 25


def test_card_without_memory_of_its_own_divides_by_nothing() -> None:
    assert described(0, "Orin", utilization_of(5), memory_of(0, 0))["memory"] is None


def test_library_tells_of_the_cards_that_there_are_and_of_none_without_a_driver() -> None:
    try:
        pynvml.nvmlInit()
    except pynvml.NVMLError:
        cards = 0
    else:
        cards = pynvml.nvmlDeviceGetCount()
        pynvml.nvmlShutdown()
    reader = GpuReader()
    assert len(reader.read()) == cards
    reader.close()
