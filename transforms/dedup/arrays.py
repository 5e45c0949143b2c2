"""The one array type of this stage's signatures; what it holds, and how it is ordered, is said beside each."""

from typing import Any

from numpy.typing import NDArray

Array = NDArray[Any]
