"""Which records were named before."""

from __future__ import annotations

from cadence.engine.seen import Seen


def test_the_first_row_of_a_name_is_remembered_across_batches_and_within_one() -> None:
    with Seen() as seen:
        assert seen.first_rows(["a", "b"], [2, 3]) == {}
        assert seen.first_rows(["c", "a", "c"], [4, 5, 6]) == {5: 2, 6: 4}
        assert seen.first_rows(["a"], [7]) == {7: 2}


def test_a_name_that_comes_again_for_its_own_row_is_not_a_second_one() -> None:
    with Seen() as seen:
        seen.first_rows(["a"], [2])
        assert seen.first_rows(["a", "b"], [2, 3]) == {}


def test_many_names_are_many() -> None:
    with Seen() as seen:
        for start in range(0, 20_000, 500):
            assert (
                seen.first_rows([f"user{n}@x.test" for n in range(start, start + 500)], range(start, start + 500)) == {}
            )
        again = seen.first_rows([f"user{n}@x.test" for n in range(0, 20_000, 10)], range(50_000, 52_000))
        assert again == {50_000 + place: 10 * place for place in range(2000)}
