"""A body and the page's lines in, the lines around its start and around its end out: where credits stand."""

_BEFORE, _AFTER, _FIRST, _MOST = 8, 8, 4, 8
# characters: of a line that is looked for, of a paragraph of text, and of a line that may be a credit
_SEARCHED, _PROSE, _LONGEST = 40, 120, 240


def ends(body: str, visible: list[str]) -> tuple[list[str], list[str]]:
    """Return the lines around a body's start and around its end, inside and outside, in page order.

    The credit often stands just outside the body that the extractor chose, or above a box at its end.
    """
    lines = body.split("\n")
    first = next((i for i, text in enumerate(visible) if _is_in(text, body)), 0)
    last = next((i for i in range(len(visible) - 1, -1, -1) if _is_in(visible[i], body)), len(visible) - 1)
    opening = visible[max(0, first - _BEFORE) : first + _FIRST] or lines[:_FIRST]
    return [line for line in opening if len(line) <= _LONGEST], _tail(lines) + _below(visible[last + 1 :])


def _is_in(text: str, body: str) -> bool:
    return len(text) >= _SEARCHED and text[:_SEARCHED] in body and text[-_SEARCHED:] in body


def _tail(lines: list[str]) -> list[str]:
    """The last lines of a body from its last paragraph on."""
    last = next((i for i in range(1, len(lines) + 1) if len(lines[-i]) >= _PROSE), 1)
    return lines[-min(max(last, 3), _MOST) :]


def _below(lines: list[str]) -> list[str]:
    """The lines below a body as far as the next paragraph, which belongs to something else."""
    following = next((i for i, line in enumerate(lines) if len(line) >= _PROSE), len(lines))
    return lines[: min(following + 1, _AFTER)]
