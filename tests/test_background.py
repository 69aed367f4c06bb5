"""Work in the background rests while the other threads of its process have work, and only then."""

from kernel.background import REST, TURN, Turns, in_background, in_turns

FULL = TURN * 1.01
"""A turn that is over."""


class Processor:
    """What this thread and all threads have used of it, and how long this one rested; of others it is said beforehand
    what each does meanwhile."""

    def __init__(self, others_in_rest: float = 0) -> None:
        self.own = self.all = 0.0
        self.rests: list[float] = []
        self._others_in_rest = others_in_rest

    def compute(self, own: float, others: float = 0) -> None:
        """This thread for so long, the others meanwhile."""
        self.own += own
        self.all += own + others

    def rest(self, seconds: float) -> None:
        """Only the others use it."""
        self.rests.append(seconds)
        self.all += self._others_in_rest

    def turns(self) -> Turns:
        """A thread's."""
        return Turns(lambda: self.own, lambda: self.all, self.rest)


def test_an_idle_process_is_made_full_use_of() -> None:
    processor = Processor()
    turns = processor.turns()
    for _item in range(50):
        processor.compute(FULL, others=FULL / 3)
        turns.end_one()
    assert processor.rests == []


def test_it_rests_after_each_turn_while_others_are_at_work_in_the_rests() -> None:
    processor = Processor(others_in_rest=REST)
    turns = processor.turns()
    processor.compute(FULL, others=2 * FULL)
    turns.end_one()
    for _item in range(9):
        processor.compute(FULL)  # the others wait for the interpreter
        turns.end_one()
    assert processor.rests == [REST] * 10


def test_it_goes_on_once_the_others_have_ended() -> None:
    processor = Processor()
    turns = processor.turns()
    processor.compute(FULL, others=2 * FULL)
    turns.end_one()
    for _item in range(9):
        processor.compute(FULL)
        turns.end_one()
    assert processor.rests == [REST]


def test_a_turn_is_not_over_with_each_item() -> None:
    processor = Processor(others_in_rest=REST)
    turns = processor.turns()
    for _item in range(8):
        processor.compute(FULL / 4, others=FULL)
        turns.end_one()
    assert processor.rests == [REST, REST]


def test_who_waits_for_it_has_all_items_at_once_and_the_background_has_all_with_rests() -> None:
    processor = Processor(others_in_rest=REST)

    def items() -> list[int]:
        taken = []
        for item in in_turns(range(5), processor.turns):
            processor.compute(FULL, others=2 * FULL)
            taken.append(item)
        return taken

    assert items() == [0, 1, 2, 3, 4]
    assert processor.rests == []
    with in_background():
        assert items() == [0, 1, 2, 3, 4]
    assert processor.rests == [REST] * 5
