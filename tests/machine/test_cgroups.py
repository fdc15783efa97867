"""The container's limits, from trees like those that the kernel shows."""

from __future__ import annotations

from pathlib import Path

from jupyter_progress.machine.cgroups import ControlGroup, CpuUse, MemoryUse


def lay(folder: Path, **files: str) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in files.items():
        (folder / name.replace("__", ".")).write_text(text + "\n")


def test_version_2_limits_are_those_of_the_group(tmp_path: Path) -> None:
    lay(tmp_path, cgroup__controllers="cpu memory")
    lay(
        tmp_path / "pod",
        memory__max="1000",
        memory__current="700",
        memory__stat="anon 500\ninactive_file 200",
        cpu__max="200000 100000",
        cpu__stat="usage_usec 3000000\nuser_usec 1",
    )
    group = ControlGroup(tmp_path, "0::/pod")
    assert group.memory() == MemoryUse(used=500, limit=1000)
    assert group.cpu() == CpuUse(used_s=3.0, cores=2.0)


def test_limit_of_an_ancestor_counts_where_it_is_the_smaller(tmp_path: Path) -> None:
    lay(tmp_path, cgroup__controllers="cpu memory")
    lay(tmp_path / "pod", memory__max="1000", memory__current="900", cpu__max="50000 100000",
        cpu__stat="usage_usec 1")  # fmt: skip
    lay(tmp_path / "pod" / "inner", memory__max="5000", memory__current="100",
        cpu__max="max 100000", cpu__stat="usage_usec 1")  # fmt: skip
    group = ControlGroup(tmp_path, "0::/pod/inner")
    assert group.memory() == MemoryUse(used=900, limit=1000)
    cpu = group.cpu()
    assert cpu is not None
    assert cpu.cores == 0.5


def test_version_1_has_a_tree_for_each_controller(tmp_path: Path) -> None:
    lay(tmp_path / "memory", memory__limit_in_bytes="4096", memory__usage_in_bytes="4000",
        memory__stat="total_inactive_file 1000")  # fmt: skip
    lay(tmp_path / "cpu", cpu__cfs_quota_us="150000", cpu__cfs_period_us="100000",
        cpuacct__usage="2500000000")  # fmt: skip
    group = ControlGroup(tmp_path, "3:memory:/host/path\n2:cpu,cpuacct:/host/path")
    assert group.memory() == MemoryUse(used=3000, limit=4096)
    assert group.cpu() == CpuUse(used_s=2.5, cores=1.5)


def test_without_limits_there_is_none(tmp_path: Path) -> None:
    lay(tmp_path / "memory", memory__limit_in_bytes="9223372036854771712",
        memory__usage_in_bytes="4000")  # fmt: skip
    lay(tmp_path / "cpu", cpu__cfs_quota_us="-1", cpu__cfs_period_us="100000")
    group = ControlGroup(tmp_path, "3:memory:/\n2:cpu,cpuacct:/")
    assert group.memory() is None
    assert group.cpu() is None
    assert ControlGroup(tmp_path / "absent", "").memory() is None
