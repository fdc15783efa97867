"""Memory limits of control groups, from folders such as the kernel shows."""

from __future__ import annotations

from jupyter_progress.training.memory_limit import cgroup_limit, oom_kills, own_cgroup


def test_second_version_group_is_found_by_its_path(tmp_path):
    group = tmp_path / "cgroup" / "user" / "job"
    group.mkdir(parents=True)
    (tmp_path / "self").write_text("0::/user/job\n")
    assert own_cgroup(tmp_path / "self", tmp_path / "cgroup") == group


def test_first_version_group_is_found_by_its_controller(tmp_path):
    group = tmp_path / "cgroup" / "memory" / "job"
    group.mkdir(parents=True)
    (tmp_path / "self").write_text("5:cpu,cpuacct:/other\n4:memory:/job\n")
    assert own_cgroup(tmp_path / "self", tmp_path / "cgroup") == group


def test_group_of_a_container_stands_at_the_root(tmp_path):
    root = tmp_path / "cgroup"
    root.mkdir()
    (root / "memory.max").write_text("25769803776\n")
    (tmp_path / "self").write_text("0::/docker/not-mounted-here\n")
    found = own_cgroup(tmp_path / "self", root)
    assert found == root
    assert cgroup_limit(found) == 24 * 2**30


def test_no_limit_is_none(tmp_path):
    (tmp_path / "memory.max").write_text("max\n")
    assert cgroup_limit(tmp_path) is None
    (tmp_path / "memory.limit_in_bytes").write_text("9223372036854771712\n")
    assert cgroup_limit(tmp_path) is None
    assert cgroup_limit(None) is None


def test_kills_for_want_of_memory_are_counted(tmp_path):
    assert oom_kills(tmp_path) is None
    (tmp_path / "memory.events").write_text("low 0\nhigh 0\nmax 12\noom 3\noom_kill 2\n")
    assert oom_kills(tmp_path) == 2
    assert oom_kills(None) is None
