"""What watching costs is measured of every family that has live scores (``make bench``)."""

from __future__ import annotations

from importlib.util import find_spec

import pytest

from benchmarks.overhead_families import families
from jupyter_progress.training.fitting import choose


def test_every_class_with_a_way_of_its_own_is_measured():
    measured = {family.name for family in families()}
    shown = {path.rpartition(".")[2] for path in choose._WAYS if find_spec(path.partition(".")[0])}
    assert shown | {"GridSearchCV"} == measured


@pytest.mark.filterwarnings("ignore:Class PassiveAggressive:FutureWarning")
def test_what_is_measured_shows_steps():
    for family in families():
        for jobs in family.jobs:
            assert choose.shows_steps(family.make(family.start, jobs)), (family.name, jobs)
