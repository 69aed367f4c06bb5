"""People who wait for what they do not get: they place holds, and collect, suspend or cancel them."""

from typing import Any

from tests.chaos.patrons import Call, Patron

REFUSALS = {
    "copy_available", "already_held", "on_loan_to_you", "hold_limit_reached", "not_waiting",
}  # fmt: skip
"""What may come between a look and an act."""


class Waiting(Patron):
    """A patron who places a hold where nothing is left."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._waits: list[int] = []

    def borrow(self, body: dict[str, Any]) -> str:
        """Looks after a hold, or borrows; where nothing is left, places a hold."""
        if self._waits and self._dice.random() < 0.4:
            self._look_after(self._waits.pop(0))
            return ""
        refused = super().borrow(body)
        if refused == "out_of_stock":
            self._do(Call("/api/v1/holds", body))
        return refused

    def _look_after(self, hold: int) -> None:
        """What is ready is collected, or left to the next; what waits is cancelled or suspended now and then."""
        status, answer = self._ask("GET", f"/api/v1/holds/{hold}")
        state, luck = answer.get("status"), self._dice.random()
        if state == "ready" and luck < 0.7:
            super().borrow({"book": answer["book"]})
        elif (state == "ready" and luck < 0.9) or (state == "waiting" and luck < 0.2):
            self._do(Call(f"/api/v1/holds/{hold}/cancel", {}))
        elif state == "suspended" or (state == "waiting" and luck < 0.4):
            self._do(Call(f"/api/v1/holds/{hold}/{'resume' if state == 'suspended' else 'suspend'}", {}))
        if status != 200 or state in {"waiting", "suspended", "ready"}:
            self._waits.append(hold)

    def _note(self, call: Call, status: int, answer: Any) -> None:
        if "/holds" not in call.path:
            super()._note(call, status, answer)
            return
        self.memory.answers[f"{call.path.rpartition('/')[2]} {status} {answer.get('code', '')}".strip()] += 1
        if status == 201:
            self.memory.held[answer["id"]] = status
            self._waits.append(answer["id"])
        elif status == 200 and call.path.endswith("/cancel"):
            self.memory.cancelled.append(answer["id"])
        elif status != 200 and answer.get("code") not in REFUSALS:
            self.memory.wrong.append(f"{call} was answered {status} {answer}")
