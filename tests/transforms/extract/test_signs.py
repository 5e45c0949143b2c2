"""What the rules see of a page."""

from tests.transforms.extract.pages import PROSE, html_page, json_ld, signs_of_page
from transforms.extract.signs import Signs


def test_prose_is_continuous():
    """Only the longest run of paragraphs counts: teasers between headlines are no text."""
    assert Signs(body="\n".join(PROSE)).prose == sum(map(len, PROSE))
    assert Signs(body="\n".join([PROSE[0], "Weather", PROSE[1]])).prose == max(map(len, PROSE[:2]))


def test_unspaced_prose():
    """In scripts without blanks a line of few characters is a paragraph."""
    assert Signs(body="大雨の影響で川の水位が上がり、町の中心部で住宅が水につかったため、住民が避難した。").prose > 0


def test_types():
    """The types of the page's own nodes and its og:type count, those of nodes inside others don't."""
    head = '<meta property="og:type" content="Article">' + json_ld(
        '{"@type": "WebPage", "publisher": {"@type": "Organization"}, "mainEntity": {"@type": "NewsArticle"}}'
    )

    assert signs_of_page(html_page(head=head)).types == {"og:article", "webpage", "newsarticle"}


def test_headlines():
    """A line that is a link, and as long as headlines are, is a headline; a line with a link in it is none."""
    after = "<h3><a href='/a'>The bridge is closed</a></h3><p>More on <a href='/b'>the old town's bridge</a> soon.</p>"

    assert signs_of_page(html_page(after=after)).headlines == 1


def test_closing():
    """The closing holds the body's last short lines and those below it, not paragraphs."""
    page = html_page().replace(
        b"</article>", b"</article><div>Subscribe</div><div>" + PROSE[0].encode() * 3 + b"</div>"
    )

    assert signs_of_page(page).closing == [*PROSE[-2:], "Subscribe"]


def test_impossible_address():
    """An address that cannot be read has no parts."""
    assert Signs(url="https://[::1/a").address.path == ""
