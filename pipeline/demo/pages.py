"""Stories in, web pages out, in the manner of real ones: navigation, teasers, share boxes and the rest."""

import json
from collections.abc import Iterable
from html import escape
from string import Template

from pipeline.demo.answer import Answer
from pipeline.demo.content import Edition, Outlet, Story, read_text

_MORE = {"de": "Mehr zum Thema", "en": "More stories", "es": "Más noticias", "fr": "À lire aussi"}
_TEASERS = 4
_PDF = b"""%PDF-1.4
1 0 obj << /Type /Catalog /Pages 2 0 R >> endobj
2 0 obj << /Type /Pages /Kids [3 0 R] /Count 1 >> endobj
3 0 obj << /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] >> endobj
trailer << /Root 1 0 R /Size 4 >>
%%EOF
"""


def page_answer(story: Story, outlet: Outlet, edition: Edition) -> Answer:
    """What the story's own link leads to, be it the article or something sadder."""
    if story.page == "pdf":
        return Answer(200, "application/pdf", _PDF)
    if story.page != "article":
        return _html(
            f"{story.page}.html", outlet, _frame(outlet, edition), status=404 if story.page == "missing" else 200
        )
    return _html(outlet.template, outlet, _frame(outlet, edition, beside=story) | _article(story, outlet, edition))


def front_page(outlet: Outlet, edition: Edition) -> Answer:
    """The outlet's front page: teasers only."""
    return _html("front.html", outlet, _frame(outlet, edition))


def missing_page(outlet: Outlet, edition: Edition) -> Answer:
    """The answer to a path that nothing lies under."""
    return _html("missing.html", outlet, _frame(outlet, edition), status=404)


def paragraphs_html(story: Story) -> str:
    """The story's body as mark-up."""
    return "\n".join(f"<p>{escape(paragraph)}</p>" for paragraph in story.paragraphs)


def _html(template: str, outlet: Outlet, values: dict[str, str], status: int = 200) -> Answer:
    text = Template(read_text(template)).substitute(values)
    charset = f"; charset={outlet.charset}" if outlet.charset_in == "header" else ""
    return Answer(status, f"text/html{charset}", text.encode(outlet.charset, "xmlcharrefreplace"))


def _frame(outlet: Outlet, edition: Edition, beside: Story | None = None) -> dict[str, str]:
    """What surrounds the content on every page of an outlet; `beside` is the story that needs no teaser of itself."""
    others = [
        story
        for story in edition.stories(outlet.key)
        if story.page == "article" and story.link is None and story != beside
    ]
    sections = dict.fromkeys(story.section for story in outlet.stories)
    links = [f'<a href="/{section}/">{section.capitalize()}</a>' for section in sections]
    return {
        "language": outlet.language,
        "charset": outlet.charset,
        "site": escape(outlet.name),
        "place": outlet.place,
        "more": _MORE[outlet.language[:2]],
        "links": " ".join(links),
        "nav": "".join(f"<li>{link}</li>" for link in links),
        "teasers": _teasers(others[:_TEASERS]),
    }


def _teasers(stories: Iterable[Story]) -> str:
    return "\n".join(_teaser(story) for story in stories)


def _teaser(story: Story) -> str:
    headline = f'<h4><a href="{story.path}">{escape(story.title)}</a></h4>'
    return f'<div class="teaser">{headline}<p>{escape(story.teaser[:90])}…</p></div>'


def _article(story: Story, outlet: Outlet, edition: Edition) -> dict[str, str]:
    url = edition.bases[outlet.key] + story.path
    caption = f'{escape(story.caption)} <span class="credit">{escape(story.credit)}</span>'
    figure = f'<figure><img src="/images/{story.slug}.jpg" alt=""><figcaption>{caption}</figcaption></figure>'
    return {
        "language": story.language or outlet.language,
        "url": url,
        "title": escape(story.title),
        "section": escape(story.section.capitalize()),
        "summary": escape(story.teaser),
        "byline": escape(story.byline),
        "figure": figure if story.caption else "",
        "body": paragraphs_html(story),
        "json_ld": _json_ld(story, outlet, url),
        "meta_dates": _meta_dates(story),
        "time": _time(story),
    }


def _json_ld(story: Story, outlet: Outlet, url: str) -> str:
    stated = {
        "@context": "https://schema.org",
        "@type": "NewsArticle",
        "mainEntityOfPage": url,
        "headline": story.title,
        "articleSection": story.section,
        "author": [{"@type": "Person", "name": story.byline}] if story.byline else [],
        "publisher": {"@type": "NewsMediaOrganization", "name": outlet.name},
    } | _dates(story, "datePublished", "dateModified")
    # a less-than sign would end the script element early
    text = json.dumps(stated, ensure_ascii=False, indent=1).replace("<", "\\u003c")
    return f'<script type="application/ld+json">\n{text}\n</script>'


def _meta_dates(story: Story) -> str:
    stated = _dates(story, "article:published_time", "article:modified_time")
    return "\n".join(f'<meta property="{name}" content="{date}">' for name, date in stated.items())


def _time(story: Story) -> str:
    return "".join(
        f'<time datetime="{date}">{date[:16].replace("T", " ")}</time>'
        for date in _dates(story, "published", "updated").values()
    )


def _dates(story: Story, published: str, updated: str) -> dict[str, str]:
    """The story's dates under the names that a template has for them; what is not stated is left out."""
    stated = ((published, story.published), (updated, story.updated))
    return {name: date.isoformat() for name, date in stated if date}
