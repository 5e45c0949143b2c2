"""The lines around a body are found on the page, and those of other articles are left out."""

from tests.transforms.extract.pages import PROSE
from transforms.extract.ends import ends

BODY = "\n".join(PROSE)


def test_outside_the_body():
    """Lines just above and below the body are given in page order, whole."""
    opening, closing = ends(BODY, ["Menu", "By AP", *PROSE, "Quelle: dpa", *["Teaser"] * 20])

    assert opening[:2] == ["Menu", "By AP"]
    assert "Quelle: dpa" in closing
    assert len(closing) < 20


def test_between_standfirst_and_text():
    """A line that stands between the first lines of the body is one of the opening."""
    opening, _ = ends(BODY, [PROSE[0], "AFP, LIMA", *PROSE[1:]])

    assert opening[:2] == [PROSE[0], "AFP, LIMA"]


def test_other_articles():
    """Below the body the next paragraph is the last line: what follows it belongs to something else."""
    other = (
        "A paragraph of another article, which begins below this one and is about a quite different river, far away "
        * 2
    )
    _, closing = ends(BODY, [*PROSE, "Read on", other, "Quelle: dpa"])

    assert "Read on" in closing
    assert "Quelle: dpa" not in closing


def test_boxes_in_the_body():
    """The last paragraph of the body is one of the closing lines, though the body goes on with short lines."""
    _, closing = ends(f"{BODY} (dpa)\nRead also:\nFrom the archive:", [])

    assert closing == [f"{PROSE[2]} (dpa)", "Read also:", "From the archive:"]


def test_unknown_body():
    """A body that stands nowhere on the page has only its own last lines, and the page's first as its opening."""
    opening, closing = ends(BODY, ["Menu", "By AP"])

    assert opening == ["Menu", "By AP"]
    assert closing == list(PROSE)


def test_no_page():
    """Without a page the body's own lines are all there is."""
    assert ends(BODY, []) == (list(PROSE), list(PROSE))
