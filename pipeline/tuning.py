"""What Beam does again and again at every start and every bundle, done less or not; decision 0013 has what it took."""

from functools import lru_cache
from types import MethodType
from typing import Any

from apache_beam.runners.portability.fn_api_runner import worker_handlers
from apache_beam.runners.worker.statesampler import StateSampler
from apache_beam.transforms import core

# milliseconds
_PERIOD = 10
_Signature = tuple[list[Any], list[Any]]
_read_signature = lru_cache(maxsize=4_096)(core.get_function_args_defaults)


def tune_beam() -> None:
    """Wait 10 ms for Beam's sampler at the end of a bundle, not up to 200; read signatures once; weigh no side inputs.

    The sampler sleeps ever longer, up to its period, and is waited for. A graph asks 11,000 times for the arguments of
    a few hundred functions. The embedded runner keeps what a bundle reads for the next one, and goes through every
    object of it to know its size, though the original lies in the same process. There is an option for none of these.
    May be called again.
    """
    StateSampler.__init__.__defaults__ = (_PERIOD,)
    core.get_function_args_defaults = _signature
    worker_handlers.STATE_CACHE_SIZE_MB = 0


def _signature(function: Any) -> _Signature:
    """Names and defaults of a function's arguments, in lists of the caller's own; a method's without its object."""
    is_method = isinstance(function, MethodType)
    names, defaults = _read_signature(function.__func__ if is_method else function)
    return names[1:] if is_method else list(names), list(defaults)
