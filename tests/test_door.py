"""Promise: a name looked for in the wrong place is answered with the right one."""

import pytest

import workbench as wb


def test_a_call_of_a_room_is_found_at_the_door():
    with pytest.raises(AttributeError, match=r"it is workbench\.explore\.geary"):
        _ = wb.geary
    with pytest.raises(AttributeError, match=r"it is workbench\.weights\.queen"):
        _ = wb.queen


def test_a_misspelt_name_is_answered_with_the_nearest():
    with pytest.raises(AttributeError, match="did you mean 'lisa'"):
        _ = wb.lissa
