"""What is said of a fall with distance is what the fall does."""

from __future__ import annotations

import numpy as np
import pytest

from workbench.numerics.distance_decay.forms import falling, half_distance


@pytest.mark.parametrize("form", ["exponential", "gaussian"])
@pytest.mark.parametrize("length", [0.5, 40.0])
def test_at_the_half_distance_half_is_left(form, length):
    here, there = falling(np.array([0.0, half_distance(form, length)]), form, length)
    assert there / here == pytest.approx(0.5, rel=1e-12)


@pytest.mark.parametrize("exponent", [0.5, 2.0])
def test_the_half_distance_of_a_power_is_a_ratio_of_any_two(exponent):
    far = 7.0 * half_distance("power", exponent)
    here, there = falling(np.array([7.0, far]), "power", exponent)
    assert there / here == pytest.approx(0.5, rel=1e-12)
