"""Whole numbers that a caller asks for: any whole type will do, and too few are refused by name."""

import numpy as np
import pytest

from workbench.core.seeds import enough_draws
from workbench.errors import InputError, check_whole


@pytest.mark.parametrize("given", [19, np.int64(19), np.uint8(19), np.int32(19)])
def test_every_whole_type_is_a_plain_integer(given):
    found = check_whole("draws", given, least=19)
    assert found == 19
    assert type(found) is int


@pytest.mark.parametrize("given", [18, 0, -1, 19.0, True, np.True_, "19", None, float("nan")])
def test_anything_else_is_refused(given):
    with pytest.raises(InputError, match="draws: expected a whole number of at least 19; got"):
        check_whole("draws", given, least=19)


def test_none_is_an_answer_only_where_it_is_allowed():
    assert check_whole("draws", 0, least=19, none_allowed=True) == 0
    with pytest.raises(InputError, match="0 for none, or a whole number of at least 19"):
        check_whole("draws", 1, least=19, none_allowed=True)


def test_an_interval_has_a_draw_beyond_each_end():
    """(R + 1)(1 − level)/2 ≥ 1: 39 draws at 95 %, 199 at 99 % (Davison and Hinkley 1997, 5.1)."""
    assert enough_draws(39, 0.95) == 39
    assert enough_draws(199, 0.99) == 199
    with pytest.raises(InputError, match=r"bootstrap: expected at least 39(.|\n)*bootstrap=999"):
        enough_draws(38, 0.95, argument="bootstrap")
