"""An event loop whose clock jumps: waiting takes no time, and every time is exact. For coroutines without I/O."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class _JumpingSelector:
    """Waits for nothing; what it would have waited is added to the loop's time."""

    def __init__(self, loop: "_FakeTimeLoop") -> None:
        self._loop = loop

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loop.real_selector, name)

    def select(self, timeout: float | None) -> list[Any]:
        """Pass the time."""
        if timeout is None:
            raise AssertionError("everything waits for something that never comes")
        self._loop.now += timeout
        return self._loop.real_selector.select(0)  # type: ignore[no-any-return]


class _FakeTimeLoop(asyncio.SelectorEventLoop):
    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.real_selector = self._selector
        self._selector = _JumpingSelector(self)

    def time(self) -> float:
        return self.now

    def close(self) -> None:
        self._selector = self.real_selector
        super().close()


def run_in_fake_time(work: Coroutine[Any, Any, Any]) -> Any:
    """The result of a coroutine, run with a clock that begins at 0 and jumps."""
    loop = _FakeTimeLoop()
    try:
        return loop.run_until_complete(work)
    finally:
        loop.close()
