"""The demo site: its content keeps what the golden test builds on, and it answers as news sites do."""

import http.client
import re
import signal
import socket
import subprocess
import sys
import time
import xml.etree.ElementTree as ET
from html import unescape
from itertools import combinations
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import feedparser
import pytest

from pipeline.demo.content import PAGES, load_outlets
from pipeline.demo.site import DemoSite

OUTLETS = load_outlets()
STORIES = {f"{outlet.key}/{story.slug}": story for outlet in OUTLETS.values() for story in outlet.stories}
TEXTS = {key: story.paragraphs for key, story in STORIES.items() if story.paragraphs}
REPRINTS = {
    "tribune/envoys-to-return-after-geneva-summit",
    "northgate/what-biden-and-putin-agreed",
    "meridian/geneva-handshake-opens-nuclear-dialogue",
    "pacific/biden-putin-end-talks-without-trust",
    "lakeside/lakeside-watches-geneva",
    "ridgeway/no-hostility-says-putin",
}
OWN_REPORTS = {"pacific/a-summit-measured-in-small-steps", "meridian/notebook-villa-la-grange"}
QUOTE = "there was no hostility at all on the contrary our meeting took place in a constructive spirit"
EDITED = "/business/central-bank-holds-rates.html"
FEEDS = [
    ("elbe", "/aktuell.xml", "rss20", 4),
    ("faro", "/rss", "rss20", 5),
    ("isar", "/feed.rss", "rss20", 5),
    ("lakeside", "/rss/news.xml", "rss20", 8),
    ("lakeside", "/rss/county.xml", "rss20", 2),
    ("northgate", "/feed/", "rss20", 6),
    ("pacific", "/atom.xml", "atom10", 6),
    ("plaza", "/atom", "atom10", 5),
    ("quais", "/flux/une.xml", "rss20", 6),
    ("ridgeway", "/index.rdf", "rss10", 4),
    ("tribune", "/rss.xml", "rss20", 6),
]
ENDS = [
    ("tribune/local/lighthouse-fire-live.html", 404, "text/html; charset=utf-8", b"Not Found"),
    ("quais/economie/les-saisonniers-se-font-rares.html", 404, "text/html; charset=utf-8", b"Not Found"),
    ("northgate/news/council-budget-papers.html", 200, "application/pdf", b"%PDF-1.4"),
    ("northgate/news/summer-fair-programme.html", 200, "text/html; charset=utf-8", b"Page not found"),
    ("pacific/travel/coast-guide-for-subscribers.html", 200, "text/html; charset=utf-8", b"Accept all cookies"),
    ("meridian/world/interactive-map-of-the-talks.html", 200, "text/html; charset=utf-8", b"enable JavaScript"),
    ("elbe/nothing/here.html", 404, "text/html", b"Not Found"),
    ("faro/robots.txt", 200, "text/plain", b"Allow: /"),
]
DATES = [
    ("tribune/politics/valley-by-election-upset.html", b'"datePublished": "2021-06-18T06:27:00+02:00"'),
    ("northgate/sport/rovers-win-cup-on-penalties.html", b'published_time" content="2021-06-14T22:19:00+01:00"'),
    ("pacific/science/three-astronauts-reach-new-station.html", b'<time datetime="2021-06-17T02:18:00-07:00"'),
]


@pytest.fixture(scope="module")
def quiet_site():
    """A site for tests that only read."""
    with DemoSite() as site:
        yield site


@pytest.fixture
def site():
    """A site for tests that change or count."""
    with DemoSite() as site:
        yield site


def get(url, **headers):
    """Status, headers and body of an address, whatever the status."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    try:
        with urlopen(Request(url, headers=named), timeout=5) as answer:
            return answer.status, answer.headers, answer.read()
    except HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def page(site, where):
    """The same for an outlet's key followed by a path."""
    outlet, _, path = where.partition("/")
    return get(f"{site.addresses[outlet]}/{path}")


def entries(site, where):
    """What feedparser finds in a feed."""
    return feedparser.parse(page(site, where)[2]).entries


def runs(paragraphs):
    """Runs of eight words of a text."""
    words = re.findall(r"\w+", " ".join(paragraphs).casefold())
    return {" ".join(words[at : at + 8]) for at in range(len(words) - 7)}


def accepts(address):
    """Whether something listens at an address such as http://127.0.0.1:80."""
    host, _, port = address.removeprefix("http://").partition(":")
    with socket.socket() as probe:
        return probe.connect_ex((host, int(port))) == 0


def until(condition):
    """Whether a condition comes true in time."""
    end = time.monotonic() + 15
    while not condition() and time.monotonic() < end:
        time.sleep(0.05)
    return condition()


def test_sixty_articles_in_six_languages():
    """Eleven outlets have sixty articles between them, in the four languages of the topics and two more."""
    languages = {story.language or outlet.language[:2] for outlet in OUTLETS.values() for story in outlet.stories}

    assert (len(OUTLETS), len(TEXTS)) == (11, 60)
    assert languages == {"en", "es", "fr", "de", "pt", "ja"}


def test_every_text_is_an_article():
    """No text is shorter than 60 words, or than 300 characters where words are not parted by blanks."""
    short = [key for key, text in TEXTS.items() if len(" ".join(text).split()) < 60]

    assert short == ["meridian/tokyo-emergency-eased"]
    assert len("".join(TEXTS[short[0]])) >= 300


def test_dates_are_distinct():
    """Every dated story has a zone and a minute of its own between 14 and 18 June 2021."""
    dates = [story.published for story in STORIES.values() if story.published]

    assert len(set(dates)) == len(dates) == len(STORIES) - 1
    assert all(date.tzinfo and date.second == 0 for date in dates)
    assert {date.strftime("%Y-%m-%d") for date in dates} == {f"2021-06-{day}" for day in range(14, 19)}


def test_paths_and_kinds():
    """No two feeds or stories share a path, so that requests can be counted; every kind of page occurs."""
    paths = [one.path for outlet in OUTLETS.values() for one in (*outlet.feeds, *outlet.stories)]

    assert len(set(paths)) == len(paths)
    assert {story.page for story in STORIES.values()} == set(PAGES)


def test_reprints_share_their_words_and_follow_within_nine_hours():
    """Six outlets run one text, each pair sharing most of the shorter one's words; the verbatim copy comes first."""
    pairs = [(runs(TEXTS[a]), runs(TEXTS[b])) for a, b in combinations(sorted(REPRINTS), 2)]
    first, *others = sorted(REPRINTS, key=lambda key: STORIES[key].published)
    lags = [(STORIES[key].published - STORIES[first].published).total_seconds() / 60 for key in others]

    assert min(len(a & b) / min(len(a), len(b)) for a, b in pairs) >= 0.8
    assert first == "tribune/envoys-to-return-after-geneva-summit"
    assert (min(lags), max(lags)) == (12, 539)


def test_own_reports_share_only_the_quote():
    """The own reports of the summit share no run of eight words with a reprint or each other, but for one quote."""
    pairs = [(own, other) for own in OWN_REPORTS for other in (REPRINTS | OWN_REPORTS) - {own}]

    assert all(runs(TEXTS[own]) & runs(TEXTS[other]) == runs([QUOTE]) for own, other in pairs)


def test_other_texts_are_independent():
    """Beside the summit, two texts are run twice; else only notes of one template share runs of eight words."""
    pairs = [pair for pair in combinations(sorted(TEXTS), 2) if not set(pair) <= REPRINTS | OWN_REPORTS]
    related = {pair for pair in pairs if runs(TEXTS[pair[0]]) & runs(TEXTS[pair[1]])}
    notes = {pair for pair in related if all("/weather-" in key or "/markets-" in key for key in pair)}

    assert len(notes) == 20
    assert related - notes == {
        ("elbe/kliniken-im-notbetrieb", "isar/erpresser-legen-krankenhaeuser-lahm"),
        ("faro/america-latina-mira-a-ginebra", "plaza/espana-celebra-el-dialogo"),
    }


def test_every_feed_answers(quiet_site):
    """All feeds answer, and only the one that is to be missing is."""
    failed = [url for url in quiet_site.feeds if get(url)[0] != 200]

    assert len(quiet_site.feeds) == 15
    assert failed == [quiet_site.addresses["ridgeway"] + "/weekend.xml"]


@pytest.mark.parametrize(("outlet", "path", "kind", "count"), FEEDS)
def test_feedparser_reads_the_feed(quiet_site, outlet, path, kind, count):
    """A feed is of its kind and lists the expected number of entries, each with a title and an id of its own."""
    document = feedparser.parse(page(quiet_site, outlet + path)[2])

    assert (document.version, len(document.entries)) == (kind, count)
    assert len({entry.id for entry in document.entries}) == count
    assert all(entry.title for entry in document.entries)
    assert bool(document.bozo) == (path == "/rss/county.xml")


def test_json_feed(quiet_site):
    """The JSON Feed lists eleven entries under the version that it follows."""
    _, headers, body = page(quiet_site, "meridian/feed.json")

    assert headers["Content-Type"].startswith("application/feed+json")
    assert (body.count(b'"date_published"'), b"https://jsonfeed.org/version/1.1" in body) == (11, True)


def test_broken_feeds(quiet_site):
    """One feed is a web page, one declares entities, one ends in the middle of a tag."""
    assert page(quiet_site, "northgate/latest")[1]["Content-Type"].startswith("text/html")
    assert b"<!ENTITY" in page(quiet_site, "meridian/archive.xml")[2]
    assert page(quiet_site, "lakeside/rss/county.xml")[2].endswith(b"<ite")


def test_one_url_in_two_feeds(quiet_site):
    """A story of the Tribune is listed by the Gazette too, with utm parameters, and leads to the same page."""
    (link,) = [entry.link for entry in entries(quiet_site, "ridgeway/index.rdf") if "utm_source=" in entry.link]
    plain = link.partition("?")[0]

    assert plain in {entry.link for entry in entries(quiet_site, "tribune/rss.xml")}
    assert get(link)[2] == get(plain)[2]


def test_odd_entries(quiet_site):
    """One entry has no link, one a script for a link, one the 31 November for a date, one no date at all."""
    (letters,) = [entry for entry in entries(quiet_site, "lakeside/rss/news.xml") if "Letters" in entry.title]
    (valley,) = [entry for entry in entries(quiet_site, "tribune/rss.xml") if "31 Nov" in entry.published]
    (museum,) = [entry for entry in entries(quiet_site, "ridgeway/index.rdf") if "updated" not in entry]

    assert "link" not in letters
    assert valley.link.endswith("/valley-by-election-upset.html")
    assert museum.link.endswith("/museum-of-small-things-reopens.html")
    assert b'"javascript:openQuiz(18)"' in page(quiet_site, "meridian/feed.json")[2]


def test_unchanged_feed_is_not_sent_again(quiet_site):
    """A matching If-None-Match is answered with 304, the same validators and no body; another tag with the feed."""
    url = quiet_site.addresses["quais"] + "/flux/une.xml"
    _, headers, body = get(url)
    status, again, nothing = get(url, If_None_Match=headers["ETag"])

    assert (status, nothing) == (304, b"")
    assert (again["ETag"], again["Last-Modified"]) == (headers["ETag"], "Fri, 18 Jun 2021 08:17:00 GMT")
    assert get(url, If_None_Match='"other"')[::2] == (200, body)


def test_feed_list_has_folders(quiet_site, tmp_path):
    """The OPML lists every feed, in nested folders, and leaves no draft behind."""
    quiet_site.write_feed_list(tmp_path / "feeds.opml")
    body = ET.parse(tmp_path / "feeds.opml").find("body")
    europe = body.findall("outline[@text='World']/outline[@text='Europe']/outline")

    assert sorted(outline.get("xmlUrl") for outline in body.findall(".//outline[@xmlUrl]")) == sorted(quiet_site.feeds)
    assert len(europe) == 9
    assert [path.name for path in tmp_path.iterdir()] == ["feeds.opml"]


@pytest.mark.parametrize("outlet", OUTLETS.values(), ids=OUTLETS)
def test_articles_are_on_their_pages(quiet_site, outlet):
    """Each paragraph of an article stands once on its page, in the charset that the outlet states."""
    stories = [story for story in outlet.stories if story.page == "article" and story.link is None]
    texts = [unescape(page(quiet_site, outlet.key + story.path)[2].decode(outlet.charset)) for story in stories]
    counts = [
        text.count(f"<p>{part}</p>") for story, text in zip(stories, texts, strict=True) for part in story.paragraphs
    ]

    assert stories
    assert set(counts) == {1}


@pytest.mark.parametrize(("where", "status", "content_type", "words"), ENDS)
def test_sad_ends(quiet_site, where, status, content_type, words):
    """A link that leads to no article answers in its own way."""
    found, headers, body = page(quiet_site, where)

    assert (found, headers["Content-Type"]) == (status, content_type)
    assert words in body


def test_text_of_the_lost_page_is_in_the_feed(quiet_site):
    """The article whose page is gone is whole in the feed."""
    lost = STORIES["quais/les-saisonniers-se-font-rares"]
    (content,) = [e.content[0].value for e in entries(quiet_site, "quais/flux/une.xml") if e.title == lost.title]

    assert (content.count("<p>"), lost.page) == (len(lost.paragraphs), "missing")


def test_charsets(quiet_site):
    """One outlet's pages are windows-1252 by their header, another's ISO-8859-1 by their mark-up alone."""
    _, spanish, campaign = page(quiet_site, "faro/internacional/recuento-final-en-peru.html")
    _, german, heat = page(quiet_site, "elbe/lokales/hitze-in-der-altstadt.html")

    assert (spanish["Content-Type"], german["Content-Type"]) == ("text/html; charset=windows-1252", "text/html")
    assert "campaña".encode("cp1252") in campaign
    assert b"charset=iso-8859-1" in heat
    assert "gehört".encode("latin-1") in heat


@pytest.mark.parametrize(("where", "date"), DATES)
def test_dates_are_stated_in_three_ways(quiet_site, where, date):
    """JSON-LD, meta tag or time element: each template has its own way to state the date, and only that."""
    body = page(quiet_site, where)[2]

    assert date in body
    assert sum(mark in body for mark in (b"datePublished", b"published_time", b"<time")) == 1


def test_undated_article(quiet_site):
    """Nothing on the page of the undated article looks like a date."""
    body = page(quiet_site, "ridgeway/culture/museum-of-small-things-reopens.html")[2]

    assert not re.search(rb"20[0-9]{2}|published_time|<time", body)


def test_edition_changes_one_feed_and_one_page(site):
    """Edition 2 changes a title, an updated time and a paragraph and adds one; edition 1 comes back when asked for."""
    before, old = {url: get(url)[2] for url in site.feeds}, page(site, "pacific" + EDITED)[2]
    site.publish_edition(2)
    after, new = {url: get(url)[2] for url in site.feeds}, page(site, "pacific" + EDITED)[2]
    site.publish_edition(1)

    changed = site.addresses["pacific"] + "/atom.xml"
    assert [url for url in site.feeds if before[url] != after[url]] == [changed]
    assert (after[changed].count(b"14:47:00-07:00"), before[changed].count(b"14:47:00-07:00")) == (1, 0)
    assert (b"<h1>Central bank holds" in old, b"<h1>Central bank brings forward" in new) == (True, True)
    assert new.count(b"<p>") == old.count(b"<p>") + 1
    assert page(site, "pacific" + EDITED)[2] == old


def test_edition_over_http(site):
    """A POST moves the site on; one without a known number is refused."""
    first = next(iter(site.addresses.values()))
    with urlopen(Request(f"{first}/__edition?n=2", method="POST"), timeout=5) as answer:
        said = answer.read()
    with pytest.raises(HTTPError, match="400") as refused:
        urlopen(Request(f"{first}/__edition?n=x", method="POST"), timeout=5)
    refused.value.close()

    assert said == b"edition 2\n"
    assert b"<h1>Central bank brings forward" in page(site, "pacific" + EDITED)[2]


def test_connections_stay_open(site):
    """Several requests use one connection, HEAD and 404 among them, and are counted by path without the query."""
    connection = http.client.HTTPConnection(site.addresses["tribune"].removeprefix("http://"), timeout=5)
    sockets = set()
    for method, path in (("HEAD", "/rss.xml"), ("GET", "/nowhere"), ("GET", "/rss.xml?x=1")):
        connection.request(method, path)
        sockets.add(connection.sock)
        body = connection.getresponse().read()
    connection.close()

    assert (len(sockets), body[-7:]) == (1, b"</rss>\n")
    assert site.requests == {"/rss.xml": 2, "/nowhere": 1}


def test_ports_are_free_afterwards():
    """When the context ends, nothing listens any more."""
    with DemoSite() as site:
        listening = [accepts(address) for address in site.addresses.values()]

    assert all(listening)
    assert not any(accepts(address) for address in site.addresses.values())


def test_occupied_port_leaves_nothing_behind():
    """Where a port is taken, the error comes through and the outlets already opened are closed."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1] - 1
        with pytest.raises(OSError, match="in use"), DemoSite(port):
            pass

        assert not accepts(f"http://127.0.0.1:{port}")


def test_command_serves_until_terminated(tmp_path):
    """The command writes the feed list when it is ready, prints one line, and ends with 0 at SIGTERM."""
    feeds = tmp_path / "feeds.opml"
    command = [sys.executable, "-m", "pipeline.demo", "--feeds", str(feeds)]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        try:
            ready = until(feeds.exists)
            status = get(ET.parse(feeds).find(".//outline[@xmlUrl]").get("xmlUrl"))[0]
        finally:
            process.send_signal(signal.SIGTERM)
        said = process.communicate(timeout=10)[0]

    assert (ready, status, process.returncode) == (True, 200, 0)
    assert said == f"demo site: 15 feeds of 11 outlets, listed in {feeds}\n"


def test_command_ends_with_its_parent(tmp_path):
    """The site goes when the process that started it is gone."""
    feeds = tmp_path / "feeds.opml"
    serve = f"'{sys.executable}' -m pipeline.demo --feeds '{feeds}' >/dev/null &"
    subprocess.run(["sh", "-c", f"{serve} while [ ! -e '{feeds}' ]; do sleep 0.1; done"], check=True, timeout=20)
    address = ET.parse(feeds).find(".//outline[@xmlUrl]").get("xmlUrl").rpartition("/")[0]

    assert until(lambda: not accepts(address))
