"""Odd articles are kept and flagged."""

from pathlib import Path

import pytest

from schemas.article import PAGE_FLAGS
from tests.transforms.extract.pages import NOW, PROSE, URL, html_page, json_ld, signs_of_page
from transforms.extract.kinds import FLAGS, page_flags
from transforms.extract.page import extract_fragment, extract_page
from transforms.extract.rejects import RULES
from transforms.extract.signs import Signs

# two hundred words, so that nothing else is odd
LONG = PROSE * 4


def _flags(*paragraphs, url="https://news.example.org/a", title="Flood", head="", **parts):
    page = html_page(*paragraphs or LONG, head=f"<title>{title}</title>{head}", **parts)
    return page_flags(signs_of_page(page, url=url))


def test_the_list_is_closed():
    """Every rule puts a word of the documented list on a page, and every word has its rule."""
    assert [flag.name for flag in FLAGS] == list(PAGE_FLAGS)[: len(FLAGS)]


def test_plain_article():
    """An article of some paragraphs has no flag."""
    assert _flags() == ()


def test_short():
    """A text is short under a hundred words, or characters in scripts without blanks."""
    assert _flags(*PROSE) == ("short",)
    assert page_flags(Signs(body="大雨で川があふれた。" * 5)) == ("short",)
    assert page_flags(Signs(body="大雨で川があふれた。" * 20)) == ()


def test_list():
    """Most lines are items in a list."""
    items = [f"{place}. Runner {place} of the river club, 2:{place} hours" for place in range(10, 40)]

    assert _flags(PROSE[0], *items) == ("list",)


def test_paragraphs_are_no_list():
    """Short paragraphs are sentences, and a list below a long text does not make it one."""
    items = [f"Street number {n}" for n in range(20)]

    assert "list" not in _flags(*[f"The water reached house number {n} in the night." for n in range(40)])
    assert "list" not in _flags(*LONG * 2, *items)


class TestLiveBlogs:
    """Live blogs and tickers."""

    POSTS = "".join(f"<h4>1{n}:05</h4><p>The water stands at {n} metres at the old bridge.</p>" for n in range(8))

    def test_type(self):
        """A page of that type is one."""
        assert _flags(head=json_ld('{"@type": "LiveBlogPosting", "headline": "Flood"}')) == ("live_blog",)

    @pytest.mark.parametrize(
        ("title", "path"),
        [
            ("Flood live: river still rises", "a"),
            ("Hochwasser", "liveticker-hochwasser"),
            ("Crue : suivez la situation en direct", "a"),
            ("Inundación: minuto a minuto", "a"),
            ("Piena, la diretta", "piena-in-diretta"),
            ("Enchente ao vivo", "a"),
        ],
    )
    def test_posts(self, title, path):
        """A live word in title or address and many posts with a time are one."""
        url = f"https://news.example.org/{path}"

        assert "live_blog" in _flags(title=title, url=url, before=self.POSTS)
        assert "live_blog" not in _flags(title=title, url=url)

    def test_heading(self):
        """The word may also be a heading above the posts; in a paragraph it tells nothing."""
        assert "live_blog" in _flags(before="<h2>Live-Ticker</h2>" + self.POSTS)
        assert "live_blog" not in _flags(before=f"<p>The town keeps a live ticker. {PROSE[0]}</p>" + self.POSTS)

    def test_times_of_other_things(self):
        """Times without the word are a programme, and posts outside the text are a news ticker beside it."""
        page = html_page(*LONG, head="<title>Flood live: the river rises</title>")
        ticker = page.replace(b"<article>", f"<div>{self.POSTS}</div><article>".encode())

        assert "live_blog" not in _flags(title="Programme of the town festival", before=self.POSTS)
        assert "live_blog" not in page_flags(signs_of_page(ticker))


class TestGalleries:
    """Picture series."""

    FIGURES = "".join(
        f"<figure><img src='{n}.jpg'><figcaption>Picture {n}: {PROSE[0]}</figcaption></figure>" for n in range(8)
    )
    TYPE = json_ld('{"@type": "ImageGallery", "name": "Flood"}')

    @pytest.mark.parametrize(
        ("title", "url", "head"),
        [
            ("Flood", "https://news.example.org/in-pictures-flood", ""),
            ("Bildergalerie: Hochwasser", "https://news.example.org/a", ""),
            ("Crue", "https://news.example.org/diaporama/crue", ""),
            ("Inundación", "https://news.example.org/galeria/inundacion", ""),
            ("Flood", "https://news.example.org/a", TYPE),
        ],
    )
    def test_two_signs(self, title, url, head):
        """Long captions, with a gallery's type or its word, are a gallery."""
        assert "gallery" in _flags(*PROSE, title=title, url=url, head=head, before=self.FIGURES)
        assert "gallery" not in _flags(title=title, url=url, head=head)

    def test_article_with_pictures(self):
        """An article with many pictures is none, nor is one on a gallery of art."""
        assert "gallery" not in _flags(before=self.FIGURES)
        assert "gallery" not in _flags(title="The national gallery opens again", before=self.FIGURES)

    def test_word_and_type(self):
        """Type and word are enough where the captions are in scripts."""
        assert "gallery" in _flags(url="https://news.example.org/gallery/flood", head=self.TYPE)


class TestVideos:
    """Pages around a video."""

    TYPE = json_ld('{"@type": "VideoObject", "name": "Flood"}')
    OG = '<meta property="og:type" content="video.other">'

    @pytest.mark.parametrize(
        ("path", "head"), [("video/flood", TYPE), ("videos/flood", OG), ("a", TYPE + OG), ("watch/flood", TYPE)]
    )
    def test_two_signs(self, path, head):
        """Two of type, og:type and address are a video."""
        assert "video" in _flags(url=f"https://news.example.org/{path}", head=head)

    def test_article_with_video(self):
        """One sign is not enough, nor are two above a long text or on what is called an article."""
        article = json_ld('{"@type": "NewsArticle", "headline": "Flood"}')

        assert "video" not in _flags(head=self.TYPE)
        assert "video" not in _flags(url="https://news.example.org/video/flood")
        assert "video" not in _flags(url="https://news.example.org/video/flood", head=self.TYPE + article)
        assert "video" not in _flags(*LONG * 3, url="https://news.example.org/video/flood", head=self.TYPE)


class TestTeasers:
    """Openings of texts that are not free."""

    LOCKED = '<meta property="article:content_tier" content="locked">'

    def test_offer(self):
        """An opening with an offer to subscribe below it is one."""
        assert "paywall_teaser" in _flags(*PROSE, after="<p>Subscribe to continue reading</p>")

    def test_locked(self):
        """What is said to be not free is one if it is short or cut off."""
        assert "paywall_teaser" in _flags(*PROSE, head=self.LOCKED)
        assert "paywall_teaser" in _flags(*LONG, "The mayor then said …", head=self.LOCKED)

    def test_whole_texts(self):
        """A whole text that is not free is none, and so is a short one that is."""
        assert "paywall_teaser" not in _flags(head=self.LOCKED)
        assert "paywall_teaser" not in _flags(*PROSE)


class TestExtraction:
    """What the stage's entrances make of the rules."""

    def test_page(self):
        """A page carries its flags, and a text that an offer cuts off is not free, whatever the markup says."""
        html = html_page().replace(b"</article>", b"</article><div>Subscribe to continue reading</div>")
        found = extract_page(html, url=URL, now=NOW)

        assert found.page_flags == ("short", "paywall_teaser")
        assert found.paywalled

    def test_whole_page(self):
        """A plain article has no flag and is free."""
        found = extract_page(
            html_page(*(f"On day {day} {line}" for day in range(4) for line in PROSE)), url=URL, now=NOW
        )

        assert (found.page_flags, found.paywalled) == ((), False)

    def test_fragment(self):
        """A feed's own text is judged by its words alone."""
        assert extract_fragment("<p>Rain fell.</p>", url=URL, now=NOW).page_flags == ("short",)


def test_documented():
    """docs/extraction.md has a line for each rule, with what it looks for."""
    page = (Path(__file__).parents[3] / "docs" / "extraction.md").read_text("utf-8")

    assert all(f"| `{rule.name}` | `{rule.reason}` | {rule.meaning} |" in page for rule in RULES)
    assert all(f"| `{flag.name}` | {flag.meaning} |" in page for flag in FLAGS)
